"""What is forgotten by time and is nobody's record: who waited or withdrew, old requests, who changed what.

Rows that are counted stay, and are nobody's from then on (`nobody`).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import AddressChange, Champion, Person
from foundation.sweeps import sweep
from foundation.verbs import verb
from notifications.models import Notice
from notifications.models.notices import forgotten
from operations.forgetting.erasing import NO_ADDRESS
from operations.forgetting.mail import ON_ITS_WAY
from operations.forgetting.rows import SAID, theirs
from operations.models.hold import Held
from outcomes.retention import years_before
from registrations.models import Nomination, Registration
from sessions_app.models import Session, SessionRequest

BATCH = 1000
ENDED = (
    Registration.Status.WITHDRAWN,
    Registration.Status.WAITLIST_CLOSED,
    Registration.Status.SESSION_CANCELLED,
)


def nobody(now: datetime) -> Person:
    """Return the person whose registrations are those that nobody remembers whose they were."""
    erased = {"name": "Somebody", "is_active": False, "password": "!", "erased_at": now}
    person, _ = Person.objects.get_or_create(email=f"nobody@{NO_ADDRESS}", defaults=erased)
    return person


# ---- who waited, withdrew or was proposed ----


def lapsed(now: datetime, held: Held) -> QuerySet[Registration]:
    """Return the registrations without a seat whose session ended WAITLIST_DAYS ago, and that are still somebody's.

    Where attendance says something of one it waits until that is forgotten.
    """
    ended = now - timedelta(days=settings.WAITLIST_DAYS)
    rows = Registration.objects.filter(status__in=ENDED, session__ends_at__lte=ended, attendances=None)
    return rows.exclude(person__email=f"nobody@{NO_ADDRESS}").exclude(person__in=held.people)


def proposed(now: datetime, held: Held) -> QuerySet[Nomination]:
    """Return the nominations for sessions that ended WAITLIST_DAYS ago and still have an address."""
    ended = now - timedelta(days=settings.WAITLIST_DAYS)
    rows = Nomination.objects.filter(session__ends_at__lte=ended).exclude(email__endswith=f"@{NO_ADDRESS}")
    return rows.exclude(email__in=held.addresses)


def forget_lapsed(now: datetime, held: Held) -> None:
    """Let it be nobody's who waited, withdrew or was proposed, each session in its own transaction."""
    mine = {"session": OuterRef("pk")}
    due = Session.objects.filter(Exists(lapsed(now, held).filter(**mine)) | Exists(proposed(now, held).filter(**mine)))
    sweep(
        due.order_by("pk"),
        lambda session: _forget_lapsed_of(session, now, held),
        "who waited for session {} was not forgotten",
    )


@verb
def _forget_lapsed_of(session: Session, now: datetime, held: Held) -> None:
    session.lock()
    keys = list(lapsed(now, held).filter(session=session).values_list("pk", flat=True))
    somebody = nobody(now)
    mail = Notice.objects.filter(registration__in=keys).exclude(state__in=ON_ITS_WAY)
    mail.update(**forgotten(somebody) | {"person": None})
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Registration))
    entries.filter(object_id__in=[str(key) for key in keys]).update(change_message=SAID, object_repr="registration")
    # A seat that they took instead would say whose it was.
    Registration.objects.filter(pk__in=keys).update(person=somebody, moved_to=None)
    for nomination in proposed(now, held).filter(session=session):
        Nomination.objects.filter(pk=nomination.pk).update(email=f"nominated-{nomination.pk}@{NO_ADDRESS}")


# ---- requests for a session ----


def forget_requests(now: datetime, held: Held) -> int:
    """Delete the requests for a session that ended REQUEST_DAYS ago. Returns how many."""
    old = SessionRequest.objects.filter(ended_at__lte=now - timedelta(days=settings.REQUEST_DAYS))
    keys = list(old.exclude(by__in=held.people).values_list("pk", flat=True))
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(SessionRequest))
    entries.filter(object_id__in=[str(key) for key in keys]).delete()
    SessionRequest.objects.filter(pk__in=keys).delete()
    return len(keys)


# ---- who changed what ----


def forget_audit(now: datetime, held: Held) -> int:
    """Delete what the change log says of AUDIT_YEARS ago, a thousand at a time, and old changes of address.

    What somebody under a legal hold did, and what was done to what is theirs, stays. Returns how many entries.
    """
    before, done = years_before(now, settings.AUDIT_YEARS), 0
    old = LogEntry.objects.filter(action_time__lte=before).exclude(user__in=held.people)
    for model, keys in theirs(Person.objects.filter(pk__in=held.people)):
        old = old.exclude(content_type=ContentType.objects.get_for_model(model), object_id__in=keys)
    while batch := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        done += LogEntry.objects.filter(pk__in=batch).delete()[0]
    AddressChange.objects.filter(ended_at__lte=before).exclude(person__in=held.people).delete()
    return done


# ---- accounts that nobody uses ----


def idle(now: datetime, held: Held) -> QuerySet[Person]:
    """Return the accounts that nobody has used for IDLE_YEARS: no sign-in, no session, nothing asked for.

    People of the office, people who lead sessions and champions stay, and so does everybody with a certificate or an
    activity elsewhere that is still kept. So do people in the directory: it would add them again the next night.
    """
    before = years_before(now, settings.IDLE_YEARS)
    quiet = Q(last_login=None) | Q(last_login__lte=before)
    people = Person.objects.filter(quiet, created_at__lte=before, erased_at=None, is_staff=False, is_superuser=False)
    people = people.exclude(from_directory=True, is_active=True)
    people = people.exclude(Exists(Champion.objects.standing().filter(person=OuterRef("pk"))))
    people = people.filter(facilitator=None, outside_activities=None).exclude(email=Person.objects.RULE_ADDRESS)
    busy = (
        Registration.objects.filter(session__ends_at__gt=before),
        SessionRequest.objects.filter(asked_at__gt=before).annotate(person=F("by")),
    )
    for rows in busy:
        people = people.exclude(Exists(rows.filter(person=OuterRef("pk"))))
    recent = Q(attendances__meeting__ends_at__gt=before) | Q(interests__since__gt=before)
    certified = Person.objects.filter(certificates__isnull=False)
    return (
        people.exclude(pk__in=Person.objects.filter(recent).values("pk"))
        .exclude(pk__in=certified.values("pk"))
        .exclude(pk__in=held.people)
        .order_by("pk")
    )
