"""What becomes of each row that points to a person who is erased (G17).

Each foreign key to Person has one fate here; `operations/tests/test_erasure.py` fails for one that has none.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q, QuerySet

from accounts.models import Person
from catalog.models import Facilitator, TeamMember, Workshop
from catalog.models.facilitators import FORMER
from notifications.models import LeadingThread, ReceivedMail
from outcomes.models import AttendanceDispute, Certificate, OutsideActivity, OutsideProof
from registrations.models import Accommodation, PriorAttendance
from sessions_app.models import Leading, SessionRequest

DELETED = "the row goes"
LET_GO = "the row stays, and points to nobody"
PSEUDONYM = "the row stays for its count, under the pseudonym"

FATES = {
    # Who they are, how they sign in, and what they agreed to or asked to be told.
    "account.EmailAddress.user": DELETED,
    "mfa.Authenticator.user": DELETED,
    "socialaccount.SocialAccount.user": DELETED,
    "accounts.BrowserSession.person": DELETED,
    "accounts.SchoolRecord.person": DELETED,
    "accounts.Person_groups.person": DELETED,
    "accounts.Person_user_permissions.person": DELETED,
    "accounts.AddressChange.person": DELETED,
    "accounts.OtherAddress.person": DELETED,
    "accounts.DirectoryQuestion.person": DELETED,
    "accounts.Champion.person": DELETED,
    "registrations.Interest.person": DELETED,
    "outcomes.Consent.person": DELETED,
    "outcomes.License.person": DELETED,
    "notifications.CalendarFeed.person": DELETED,
    # What they took part in, as a count.
    "registrations.Registration.person": PSEUDONYM,
    "registrations.Call.person": PSEUDONYM,
    "registrations.PriorAttendance.person": PSEUDONYM,
    "outcomes.Attendance.person": PSEUDONYM,
    "outcomes.Certificate.person": PSEUDONYM,
    "outcomes.EvaluationReceipt.person": PSEUDONYM,
    "outcomes.OutsideActivity.person": PSEUDONYM,
    "registrations.Nomination.by": PSEUDONYM,
    "sessions_app.SessionRequest.by": PSEUDONYM,
    "notifications.Notice.person": PSEUDONYM,
    "operations.LegalHold.person": PSEUDONYM,
    # What they did for the office: that it was done stays on record.
    "admin.LogEntry.user": PSEUDONYM,
    "accounts.AddressChange.asked_by": PSEUDONYM,
    "accounts.AddressChange.agreed_by": PSEUDONYM,
    "sessions_app.Decision.by": PSEUDONYM,
    "sessions_app.ScheduleImport.made_by": PSEUDONYM,
    "sessions_app.SeasonFile.made_by": PSEUDONYM,
    "registrations.Accommodation.answered_by": PSEUDONYM,
    "registrations.Call.by": PSEUDONYM,
    "registrations.PastedPeople.made_by": PSEUDONYM,
    "registrations.RosterReading.by": PSEUDONYM,
    "outcomes.Attendance.said_by": PSEUDONYM,
    "outcomes.AttendanceDispute.decided_by": PSEUDONYM,
    "outcomes.AttendanceSheet.closed_by": PSEUDONYM,
    "outcomes.Export.by": PSEUDONYM,
    "outcomes.OutsideActivity.answered_by": PSEUDONYM,
    "notifications.Announcement.written_by": PSEUDONYM,
    "notifications.Notice.handled_by": PSEUDONYM,
    "notifications.ReceivedMail.handled_by": PSEUDONYM,
    "operations.LegalHold.set_by": PSEUDONYM,
    "operations.LegalHold.lifted_by": PSEUDONYM,
    "sessions_app.SessionRequest.assigned_to": LET_GO,
    "catalog.Facilitator.person": LET_GO,
    "notifications.LeadingThread.person": LET_GO,
}

ELSEWHERE = "Activity elsewhere"
SAID = "What was said here was erased with the person."


def keys_to_people() -> Iterator[tuple[str, Any]]:
    """Yield every foreign key to Person that there is, with its name as FATES writes it."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if field.is_relation and field.related_model is Person:
                yield f"{model._meta.label}.{field.name}", field


def forget_rows(people: QuerySet[Person], addresses: set[str]) -> None:
    """Delete, let go or empty every row of `people`, and received mail from `addresses`. Safe to run twice.

    Walk-ins, nominations and whatever else has an address or a name in words of its own: see words.py.
    """
    forget_record(people)
    ReceivedMail.objects.filter(
        Q(sender__in=addresses) | Q(attendee__in=addresses) | Q(thread__registration__person__in=people)
    ).delete()
    _empty(people, addresses)
    let_go_of(people)


def let_go_of(people: QuerySet[Person]) -> None:
    """Delete the rows that are nothing without their person, and let others point to nobody. Safe to run twice."""
    for name, field in keys_to_people():
        rows = field.model._base_manager.filter(**{f"{field.name}__in": people})
        if FATES.get(name) == DELETED:
            rows.delete()
        elif FATES.get(name) == LET_GO:
            rows.update(**{field.name: None})


def _empty(people: QuerySet[Person], addresses: set[str]) -> None:
    """Take free text, names and files out of rows that stay, and delete those that are nothing without them."""
    Accommodation.objects.filter(registration__person__in=people).delete()
    AttendanceDispute.objects.filter(registration__person__in=people).delete()
    PriorAttendance.objects.filter(person__in=people).update(note="")
    certificates = Certificate.objects.filter(person__in=people)
    certificates.update(name="")
    certificates.exclude(revoked_at=None).update(revoke_reason=SAID)
    OutsideProof.objects.filter(activity__person__in=people).delete()
    elsewhere = OutsideActivity.objects.filter(person__in=people)
    elsewhere.exclude(status=OutsideActivity.Status.APPROVED).delete()  # it counts for nothing
    elsewhere.update(title=ELSEWHERE, where="")
    elsewhere.exclude(answer="").update(answer=SAID)
    requests = SessionRequest.objects.filter(by__in=people)
    requests.update(why_fewer="", hopes="", answer="", addresses=[])
    requests.exclude(topic="").update(topic=SAID)
    requests.exclude(decline_reason="").update(decline_reason=SAID)
    leaders = Facilitator.objects.filter(Q(person__in=people) | Q(email__in=addresses))
    LeadingThread.objects.filter(leading__facilitator__in=leaders).update(person=None, address="", shown={})
    Leading.objects.filter(facilitator__in=leaders).update(reason="")
    TeamMember.objects.filter(Q(facilitator__in=leaders) | Q(email__in=addresses)).delete()
    Workshop.facilitators.through.objects.filter(facilitator__in=leaders).delete()
    # Last: by these they are found.
    nothing = dict.fromkeys(("credentials", "pronouns", "title", "unit", "biography", "email"), "")
    Facilitator.objects.filter(pk__in=list(leaders.values_list("pk", flat=True))).update(
        person=None, name=FORMER, **nothing
    )


# ---- the record of what was changed ----


def forget_record(people: QuerySet[Person]) -> None:
    """Empty what the change log says of `people` and of all that is theirs: who did it, when, and to what stays."""
    for model, keys in theirs(people):
        entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
        entries.filter(object_id__in=keys).exclude(change_message=SAID).update(
            change_message=SAID, object_repr=str(model._meta.verbose_name)
        )


def theirs(people: QuerySet[Person]) -> Iterator[tuple[type[models.Model], list[str]]]:
    """Yield each model with the keys of the rows that are of `people`, as the change log writes keys."""
    yield Person, [str(pk) for pk in people.values_list("pk", flat=True)]
    for name, field in keys_to_people():
        # What they did for others is about those others.
        if field.name in ("person", "user") or name == "sessions_app.SessionRequest.by":
            rows = field.model._base_manager.filter(**{f"{field.name}__in": people})
            if keys := [str(pk) for pk in rows.values_list("pk", flat=True)]:
                yield field.model, keys
    for model in (Accommodation, AttendanceDispute):
        of_seats = model._base_manager.filter(registration__person__in=people).values_list("pk", flat=True)
        yield model, [str(pk) for pk in of_seats]


def left_of_the_erased(now: datetime) -> Iterator[str]:
    """G17: of an erased person nothing is left but counts. `check_invariants` asks; people are named by ids only."""
    erased = Person.objects.exclude(erased_at=None)
    for name, field in keys_to_people():
        if FATES.get(name) in (DELETED, LET_GO):
            rows = field.model._base_manager.filter(**{f"{field.name}__in": erased})
            for key in rows.order_by().values_list(field.attname, flat=True).distinct():
                yield f"G17 person {key}: erased, and {name} still names them."
    named = Certificate.objects.filter(person__in=erased).exclude(name="")
    for key in named.order_by().values_list("person", flat=True).distinct():
        yield f"G17 person {key}: erased, and a certificate has a name."
