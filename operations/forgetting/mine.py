"""A person's own export: everything that names them, as JSON and as a page to read, in one ZIP file.

Each foreign key to Person is either in ROWS, with the columns that are shown, or in LEFT_OUT with the reason; each
column that holds an address is in BY_ADDRESS or ADDRESSES_LEFT_OUT. `operations/tests/test_own_export.py` fails for one
that is in neither.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string

from accounts.models import Person
from foundation.dates import long_day_and_time
from operations.forgetting.rows import theirs
from operations.models import LegalHold
from outcomes.models import OutsideProof


class Section(NamedTuple):
    """One kind of row: where it is, what it is called, and of each row the values by their labels."""

    key: str
    title: str
    rows: list[dict[str, Any]]


OFFICE = "what you did for the office is the office’s own record; ask it"
# The path from a model to the person, the heading, and the columns that are shown (properties of the row too).
ROWS: dict[str, tuple[str, str]] = {
    "account.EmailAddress.user": ("Addresses", "email verified"),
    "mfa.Authenticator.user": ("Second factors", "type created_at last_used_at"),
    "socialaccount.SocialAccount.user": ("Sign-in by your institution", "provider uid last_login date_joined"),
    "accounts.SchoolRecord.person": (
        "What your institution says at sign-in",
        "provider name role unit_words campus_words has_left said_at",
    ),
    "accounts.BrowserSession.person": ("Where you are signed in", "last_used_at ends_at"),
    "accounts.AddressChange.person": ("Changes of your address", "old_address new_address asked_at state ended_at"),
    "accounts.OtherAddress.person": ("Other addresses of yours", "email since"),
    "accounts.Person_groups.person": ("What you may do in the office", "group"),
    "accounts.Champion.person": ("Units you speak for", "unit"),
    "catalog.Facilitator.person": ("As a facilitator", "name credentials pronouns title unit biography email"),
    "registrations.Registration.person": (
        "Registrations",
        "session status mode registered_at seated_at withdrawn_at left_late admitted pre_work_done_at",
    ),
    "registrations.Interest.person": ("Workshops you asked to be told of", "workshop since stopped_at"),
    # Whom, but not what each of them answered: they say that themselves.
    "registrations.Nomination.by": ("Colleagues you proposed", "session email nominated_at"),
    "registrations.Call.person": ("Sessions you were asked to come to", "session why called_at stopped_at"),
    "registrations.PriorAttendance.person": ("Taken elsewhere, as the office noted", "workshop note added_at"),
    "sessions_app.SessionRequest.by": (
        "Requests for a session",
        "title unit campus people why_fewer addresses hopes asked_at status answer decline_reason ended_at session",
    ),
    "outcomes.Attendance.person": ("Attendance", "meeting state source minutes said_at"),
    "outcomes.Certificate.person": ("Certificates", "title day name code issued_at revoked_at revoke_reason"),
    "outcomes.Consent.person": ("What you let us hand on", "purpose given_at revoked_at birthday_if_readable state"),
    "outcomes.EvaluationReceipt.person": ("Evaluations you answered; what you said is kept without you", "evaluation"),
    "outcomes.License.person": ("Licenses", "kind number_if_readable given_at"),
    "outcomes.OutsideActivity.person": (
        "Activities elsewhere",
        "title where happened_on hours kind status told_at answer answered_at",
    ),
    "notifications.Notice.person": ("Mail to you", "kind_label to created_at sent_at subject_unless_secret"),
    "notifications.CalendarFeed.person": ("Your private calendar feed", "made_at"),
    # By way of a registration, or of the facilitator.
    "registrations.Accommodation.registration": (
        "What you need to take part",
        "registration needs_if_readable answer_if_readable asked_at",
    ),
    "registrations.MergeOffer.registration": ("Other dates you were offered", "into answer offered_at answered_at"),
    "outcomes.AttendanceDispute.registration": (
        "What you said of your attendance",
        "words said_at outcome answer decided_at",
    ),
    "notifications.Decline.registration": ("“No” from your calendar", "state"),
    "sessions_app.Leading.facilitator": ("Sessions you were asked to lead", "session asked_at answer reason ended_at"),
}
LEFT_OUT = {
    "accounts.DirectoryQuestion.person": "a question to the office, asked before it costs a seat",
    "accounts.Person_user_permissions.person": "nobody has any: groups say what people may do",
    "accounts.AddressChange.asked_by": OFFICE,
    "accounts.AddressChange.agreed_by": OFFICE,
    "admin.LogEntry.user": OFFICE,
    "sessions_app.Decision.by": OFFICE,
    "sessions_app.ScheduleImport.made_by": OFFICE,
    "sessions_app.SeasonFile.made_by": OFFICE,
    "sessions_app.SessionRequest.assigned_to": OFFICE,
    "registrations.Accommodation.answered_by": OFFICE,
    "registrations.Call.by": OFFICE,
    "registrations.PastedPeople.made_by": OFFICE,
    "registrations.RosterReading.by": OFFICE,
    "outcomes.Attendance.said_by": OFFICE,
    "outcomes.AttendanceDispute.decided_by": OFFICE,
    "outcomes.AttendanceSheet.closed_by": OFFICE,
    "outcomes.Export.by": OFFICE,
    "outcomes.OutsideActivity.answered_by": OFFICE,
    "notifications.Announcement.written_by": OFFICE,
    "notifications.Notice.handled_by": OFFICE,
    "notifications.ReceivedMail.handled_by": OFFICE,
    "operations.LegalHold.set_by": OFFICE,
    "operations.LegalHold.lifted_by": OFFICE,
    "operations.LegalHold.person": "the office says itself whether a legal hold stands",
    "notifications.LeadingThread.person": "the calendar’s own numbers; the sessions are under those you led",
}
# Columns that hold an address: shown where it is the person's, or why not.
BY_ADDRESS: dict[str, tuple[str, str]] = {
    "registrations.Nomination.email": ("Sessions you were proposed for", "session status nominated_at answered_at"),
    "outcomes.Attendance.address": ("Attendance without an account", "meeting name address state said_at"),
    "notifications.ReceivedMail.sender": ("Mail from you", "received_at subject comment get_outcome_display sentence"),
    "notifications.ReceivedMail.attendee": ("Answers of your calendar", "received_at comment get_outcome_display"),
    "catalog.TeamMember.email": ("On the page about the team", "name credentials pronouns role email about"),
}
ADDRESSES_LEFT_OUT = {
    "account.EmailAddress.email": "shown by its person",
    "accounts.Person.email": "the profile",
    "accounts.OtherAddress.email": "shown by its person",
    "accounts.AddressChange.old_address": "shown by its person",
    "accounts.AddressChange.new_address": "shown by its person",
    "catalog.Program.contact": "where people write about a program, and nobody’s own",
    "catalog.Facilitator.email": "used where no account is linked, and so nobody’s who can ask here",
    "notifications.Notice.to": "shown by its person",
    "notifications.LeadingThread.address": "shown by its person",
}
PROFILE = "email name pronouns addressed_as role unit campus discreet_titles is_staff is_active created_at last_login"


def sections_of(person: Person) -> list[Section]:
    """Return everything that names `person`, the profile first, without what is empty."""
    found = [Section("profile", "Profile", [_values(person, PROFILE.split())])]
    for table, rows_of in ((ROWS, _rows_of), (BY_ADDRESS, _rows_with_address)):
        for key, (title, columns) in table.items():
            rows = rows_of(key, person)
            shown = [_values(row, columns.split()) for row in rows]
            if shown:
                found.append(Section(key, title, shown))
    if changes := _changes(person):
        found.append(Section("admin.LogEntry", "What was changed about you, and when", changes))
    return found


def _rows_of(key: str, person: Person) -> Iterable[models.Model]:
    model, name = _model_of(key)
    path = {"registration": "registration__person", "facilitator": "facilitator__person"}.get(name, name)
    return model._base_manager.filter(**{path: person}).order_by("pk") if model else ()


def _rows_with_address(key: str, person: Person) -> Iterable[models.Model]:
    model, name = _model_of(key)
    return model._base_manager.filter(**{name: person.email}).order_by("pk") if model else ()


def _model_of(key: str) -> tuple[Any, str]:
    """Return the model and the field of a key; None for an app that this portal is installed without."""
    app, model, name = key.split(".")
    try:
        return apps.get_model(app, model), name
    except LookupError:
        return None, name


def _changes(person: Person) -> list[dict[str, Any]]:
    """Return what the change log says of the person and of what is theirs, without who did it."""
    of_theirs = Q()
    for model, keys in theirs(Person.objects.filter(pk=person.pk)):
        if model is LegalHold:
            continue
        of_theirs |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=keys)
    rows = LogEntry.objects.filter(of_theirs).order_by("action_time", "pk").values_list("action_time", "change_message")
    return [{"when": _plain(at), "what": said} for at, said in rows]


# ---- values ----


def _values(row: models.Model, columns: Iterable[str]) -> dict[str, Any]:
    """Return the columns by their labels, as JSON takes them."""
    said = {}
    for name in columns:
        value = getattr(row, name)
        display: Callable[[], str] | None = getattr(row, f"get_{name}_display", None)
        said[_label(row, name)] = _plain(display() if display else value() if callable(value) else value)
    return said


def _label(row: models.Model, name: str) -> str:
    names = {field.name for field in row._meta.get_fields()}
    plain = name.removesuffix("_if_readable").removesuffix("_unless_secret").removeprefix("get_")
    words = row._meta.get_field(name).verbose_name if name in names else plain.removesuffix("_display")  # type: ignore[union-attr]
    return str(words).replace("_", " ")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str, list, dict)):
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if not isinstance(value, Decimal) else f"{value.normalize():f}"


# ---- the file ----


def export_of(person: Person, now: datetime) -> bytes:
    """Return the ZIP file: data.json, index.html to read, and the proofs that the person sent. Changes nothing."""
    sections, file = sections_of(person), io.BytesIO()
    made = long_day_and_time(now, settings.TIME_ZONE, now)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        data = {section.key: section.rows for section in sections}
        packed.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        packed.writestr("index.html", render_to_string("operations/export.html", {"sections": sections, "made": made}))
        proofs = OutsideProof.objects.filter(activity__person=person).order_by("pk")
        for number, proof in enumerate(proofs, 1):
            packed.writestr(f"proofs/{number}.{proof.extension}", bytes(proof.content))
    return file.getvalue()
