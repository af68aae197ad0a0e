"""Plant a canary in every private column: in the row that is the owner's, or in every row where it is nobody's."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction

from accounts.models import OtherAddress, Person
from accounts.sealed import ACCESS_NEEDS, LICENSES
from catalog.models import Workshop
from devtools.testing.canaries import canary_of
from devtools.testing.private_columns import name_of, private_columns
from foundation.record import record
from library.models import Resource, StoredFile
from library.uploads import Upload
from notifications.kinds import KINDS
from notifications.kinds.account import owe_code
from notifications.models import MailQueue, Notice, ReceivedMail, ReplyMailbox
from outcomes.models import Attendance, AttendanceDispute, Evaluation
from registrations.models import Accommodation, Nomination, Registration
from sessions_app.models import MeetingPlan, Session, SessionRequest

SEALS = {
    "registrations.Accommodation": ACCESS_NEEDS,
    "outcomes.Consent": ACCESS_NEEDS,
    "outcomes.License": LICENSES,
}
# Which rows take them, by column or by model, where neither `person` nor `user` says it.
OTHERS: dict[str, Callable[[Registration], dict[str, Any]]] = {
    "accounts.Person": lambda own: {"pk": own.person_id},
    "accounts.AddressChange": lambda own: {},
    "admin.LogEntry": lambda own: {
        "content_type": ContentType.objects.get_for_model(Registration),
        "object_id": str(own.pk),
    },
    "catalog.Facilitator": lambda own: {"person__email": "leader@example.edu"},
    "notifications.Notice": lambda own: {},
    "notifications.Notice.to": lambda own: {"person": own.person_id},
    "notifications.Notice.subject": lambda own: {"person": own.person_id},
    "notifications.LeadingThread": lambda own: {},
    "operations.LegalHold": lambda own: {},
    "registrations.Nomination": lambda own: {"by": _other()},
    "outcomes.Attendance": lambda own: {"person": None},
}


def plant(registration: Registration, make_resource: Callable, office: Person, now: datetime) -> Person:
    """Put its canary into every private column. Returns somebody who waits for a seat in the same session."""
    fellow = _in_rows(registration, make_resource, office, now)
    secret = [kind.name for kind in KINDS.values() if kind.is_secret]
    Notice.objects.filter(kind__in=secret).update(subject="canarysecret")
    missing = [column for column in private_columns() if not _is_taken(column, registration)]
    assert not missing, f"no row took a canary: {missing}"
    return fellow


def _is_taken(name: str, registration: Registration) -> bool:
    """Write the canary of a column into the rows it belongs into, and tell whether one of them took it."""
    label, _, column = name.rpartition(".")
    model = apps.get_model(label)
    field = model._meta.get_field(column)
    rows = _rows_of(name, model, registration)
    if name == "notifications.Notice.subject":
        rows = rows.exclude(subject="canarysecret")
    took = 0
    for pk in rows.order_by("pk").values_list("pk", flat=True)[: 1 if field.unique else None]:
        # A constraint may say that only some rows have such words.
        with suppress(IntegrityError), transaction.atomic():
            took += model._base_manager.filter(pk=pk).update(**{column: _value(field)})
    return took > 0


def _rows_of(name: str, model: Any, registration: Registration) -> models.QuerySet[Any]:
    """Return the rows of a model that are the owner's; all of them, where rows are nobody's."""
    names = {field.name for field in model._meta.get_fields()}
    if of_whom := OTHERS.get(name) or OTHERS.get(model._meta.label):
        return model._base_manager.filter(**of_whom(registration))
    for key in ("person", "user"):
        if key in names:
            return model._base_manager.filter(**{key: registration.person_id})
    return model._base_manager.all()


def _value(field: Any) -> Any:
    """Return the canary of a column as it fits there: alone, in an address, in JSON, sealed, or as a file."""
    word = canary_of(name_of(field))
    if seal := SEALS.get(field.model._meta.label):
        return seal.seal(word)
    if isinstance(field, models.JSONField):
        said = f"{word}@example.edu" if field.name == "addresses" else word
        return [said] if field.default is list else {"a": said}
    if isinstance(field, models.BinaryField):
        return f"%PDF-1.4 {word}".encode()
    if field.name in ("join_link", "link", "url"):
        return f"https://meet.example.edu/{word}"
    if field.name == "doi":
        return f"10.1000/{word}"
    is_address = isinstance(field, models.EmailField) or "address" in field.name or field.name in ("email", "sender")
    return f"{word}@example.edu" if is_address and field.name != "addressed_as" else word


def _in_rows(registration: Registration, make_resource: Callable, office: Person, now: datetime) -> Person:
    """Make the rows that are private as a whole, those that every_noun has not, and those that take a canary."""
    owner, session = registration.person, registration.session
    arranger = Person.objects.get(email="arranger@example.edu")
    Session.objects.update(capacity=1)
    fellow = Person.objects.create_user("fellow@example.edu", name="canarywaits", role=Person.Role.STAFF)
    Registration.objects.register(fellow, session, now=now)
    Accommodation.objects.get().reply("An interpreter comes.", arranger, Accommodation.objects.get().asked_at, now=now)
    owe_code(owner.email, "canarycode", 900)
    EmailAddress.objects.create(user=owner, email="second@example.edu", verified=True)
    SocialAccount.objects.create(user=owner, provider="saml", uid="at.school")
    OtherAddress.objects.create(person=owner, email="before@example.edu", since=now)
    MailQueue.load().save()
    ReplyMailbox.load().save()
    Attendance.objects.walk_in(session.meetings.get(), by=office, name="Somebody", address="in@example.edu", now=now)
    AttendanceDispute.objects.get().decide(office, {}, "Thank you.", now=now)
    # Proposed by the office under the address that the owner has from now on; another one, by another person.
    Nomination.objects.update(by=office, email=f"{canary_of('accounts.Person.email')}@example.edu")
    Nomination.objects.nominate(["proposed@example.edu"], session, by=_other(), now=now)
    SessionRequest.objects.update(topic="Listening", workshop=None)
    ReceivedMail.objects.update(outcome=ReceivedMail.Outcome.UNREADABLE)
    Notice.objects.filter(kind="confirmed").update(
        state="dead", problem="No such mailbox.", handled_at=now, handled_note="Called."
    )
    record(office, registration, "Moved up.")
    resource = Resource.objects.get()
    StoredFile.objects.put(resource, Upload("pdf", "application/pdf", b"%PDF-1.4"))
    evaluation = Evaluation.objects.get()
    evaluation.answer(owner, [0, "canarysheet", 1, ""], now=now)
    closed = Session.objects.schedule(session.workshop, meetings=[plan_like(session)], by=arranger, now=now)
    shown = Evaluation.objects.begin(closed, now=now)
    for person in Person.objects.exclude(pk=owner.pk)[:5]:
        shown.answer(person, [0, "canaryresult", 1, ""], now=now)
    shown.close(asked=5, now=now)
    draft = Workshop.objects.create(title="canarydraft", slug="draft")
    make_resource("canaryunreleased", status=Resource.Status.DRAFT, beside=[registration.session.workshop, draft])
    Session.objects.schedule(draft, meetings=[plan_like(session)], by=office, now=now)
    return fellow


def _other() -> Person:
    return Person.objects.get(email="person2@example.edu")


def plan_like(session: Session) -> MeetingPlan:
    meeting = session.meetings.get()
    return MeetingPlan(meeting.starts_at, meeting.ends_at, meeting.time_zone, join_link=meeting.join_link)
