"""“Two more by Friday”: three days before it is decided, a session short of its minimum asks for people.

Who is registered hears of it once for each decision date; who is interested in the workshop, or waits for another of
its dates, once for each session. How many more, and by when, is read when the letter is written.
"""

from datetime import datetime

from django.db.models import Max, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from foundation.dates import local
from foundation.links import absolute
from foundation.text import number_words
from notifications.kinds.contexts import OF_A_REGISTRATION, day_of, first_name, registration_context, session_context
from notifications.kinds.timed import owe_what_is_due, prompt
from notifications.models import Notice, NoticeQuerySet
from notifications.models.kind import Example, Family, Kind
from registrations import eligibility
from registrations.models import Interest, Registration
from sessions_app.display.panel import by_words
from sessions_app.models import Decision, Session
from sessions_app.models.deciding import AT_RISK as AHEAD


def owe(now: datetime) -> None:
    """Owe every notice about the sessions that are at risk at `now`."""
    owe_what_is_due(Session.objects.at_risk(now).values_list("pk", flat=True), plan, now)


def plan(session: Session, now: datetime) -> list[Notice]:
    """Return the notices that `session` owes if it is at risk at `now`."""
    if not is_at_risk(session.pk, now):
        return []
    return [*_to_the_registered(session, now), *(_to_others(session, now) if session.listed else [])]


def is_at_risk(session_pk: int, now: datetime) -> bool:
    return Session.objects.at_risk(now).filter(pk=session_pk).exists()


def _to_the_registered(session: Session, now: datetime) -> list[Notice]:
    """Whoever registered later than this began to be said has read the numbers on registering."""
    extensions = session.decisions.filter(kind=Decision.Kind.EXTENDED)
    extended_at = extensions.aggregate(at=Max("at"))["at"]
    since = max(filter(None, [session.confirm_by - AHEAD, extended_at]))
    by = session.confirm_by.isoformat()
    event = f":{session.confirm_by:%Y%m%d%H%M}"
    told = session.registrations.registered().filter(seated_at__lte=since).select_related("person")
    return [prompt(AT_RISK, one, event, session.confirm_by, now, by=by) for one in told]


def _to_others(session: Session, now: datetime) -> list[Notice]:
    """Whoever waits for another date is told that, also if they are interested in any."""
    # Who may come is asked for both: what comes before the workshop is read once.
    prefetch_related_objects([session.workshop], "requires")
    notices, eligible = {}, eligibility.people_for(session)
    for waiting in _waiting_elsewhere(session, now).filter(person__in=eligible).select_related("person"):
        notices.setdefault(waiting.person_id, _room_left(session, waiting.person, now, waiting=waiting.pk))
    for one in Interest.objects.met_by(session, now).select_related("person"):
        notices.setdefault(one.person_id, _room_left(session, one.person, now, interest=one.pk))
    return list(notices.values())


def _waiting_elsewhere(session: Session, now: datetime):
    """Places on the waitlists of the other dates, of people who have none in `session` itself, soonest date first."""
    here = session.registrations.active().order_by().values("person")
    dates = {"session__workshop": session.workshop_id, "session__status__in": Session.RUNNING}
    waiting = Registration.objects.waitlisted().filter(**dates, session__starts_at__gt=now)
    return waiting.exclude(session=session).exclude(person__in=here).order_by("session__starts_at", "pk")


def _room_left(session: Session, person, now: datetime, **why) -> Notice:
    return Notice(
        kind=ROOM_LEFT.name,
        to=person.email,
        person=person,
        facts={"room_in": session.pk} | why,
        dedupe_key=_room_left_key(person, session),
        created_at=now,
        next_attempt_at=now,
        expires_at=session.starts_at,
    )


def told_of_room(person: Person, session: Session) -> NoticeQuerySet:
    """Return the notice that tells `person`, who has no place in `session`, of the seats left there, if any does."""
    return Notice.objects.filter(dedupe_key=_room_left_key(person, session))


def _room_left_key(person: Person, session: Session) -> str:
    return f"{ROOM_LEFT.name}:{session.pk}:{person.pk}:"


# ---- still true ----


def still_needs_people(notice: Notice, now: datetime) -> bool:
    """Tell whether the session is still at risk by the same date and the reader still in it."""
    registration, session = notice.registration, notice.registration.session
    by = session.confirm_by.isoformat()
    is_there = registration.is_registered and not eligibility.why_not_as(registration.person, session)
    return is_there and by == notice.facts["by"] and is_at_risk(session.pk, now)


def still_has_room_for(notice: Notice, now: datetime) -> bool:
    """Tell whether the session is still at risk, and the reader still wants a date and may come."""
    session = Session.objects.select_related("workshop").filter(pk=notice.facts["room_in"], listed=True).first()
    if notice.person is None or session is None or not is_at_risk(session.pk, now):
        return False
    if "interest" in notice.facts:
        wants = Interest.objects.met_by(session, now).filter(pk=notice.facts["interest"])
    else:
        wants = _waiting_elsewhere(session, now).filter(person=notice.person)
    return wants.exists() and not eligibility.why_not(notice.person, session)


# ---- what the templates may name ----


def at_risk_context(notice: Notice) -> dict:
    """Return what the templates of the mail to the registered may name."""
    session = notice.registration.session
    asks = session.at_deadline == Session.AtDeadline.ASK
    nominate = absolute(reverse("nominate", args=[session.code]))
    return registration_context(notice) | needed(session, timezone.now()) | {"asks": asks, "nominate_url": nominate}


def room_left_context(notice: Notice) -> dict:
    """Return what the templates of the mail to people without a seat may name."""
    session = Session.objects.select_related("workshop").get(pk=notice.facts["room_in"])
    interest = Interest.objects.filter(pk=notice.facts.get("interest")).first()
    waiting = Registration.objects.filter(pk=notice.facts.get("waiting")).select_related("session").first()
    # The keys of the facts are ours, and the session is named by them.
    context = session_context(notice, session, first_name(notice.person)) | {"session": session}
    return (
        context
        | needed(session, timezone.now())
        | {
            "interest_url": absolute(interest.get_absolute_url()) if interest else "",
            "waits_for": day_of(waiting) if waiting else "",
            "leave_url": absolute(reverse("withdrawal", args=[waiting.uuid])) if waiting else "",
        }
    )


def needed(session: Session, now: datetime) -> dict:
    """Return how many more are needed, and by when: “two more”, “two more people”, “by Friday at 5:00 PM”."""
    # The office reads the mail of a session that lacks nobody, too.
    missing = max(1, session.minimum - session.seats_taken)
    more = f"{number_words(missing)} more"
    by = by_words(session.confirm_by, session, now)
    day = local(session.confirm_by, session.time_zone)
    is_today = day.date() == local(now, session.time_zone).date()
    return {
        "how_many_more": more,
        "people_needed": f"{more} {'person' if missing == 1 else 'people'}",
        "by": by,
        "by_day": by if is_today else f"by {day:%A}",
    }


NEEDS = {"people_needed": "how many are missing: two more people", "by": "by when: by Friday at 5:00 PM"}
AT_RISK = Kind(
    name="at_risk",
    label="More people needed",
    family=Family.PROMPT,
    context=at_risk_context,
    placeholders={**OF_A_REGISTRATION, **NEEDS},
    still_true=still_needs_people,
    example=Example(fits=(Session.Status.OPEN,)),
)
ROOM_LEFT = Kind(
    name="room_left",
    label="Seats on a date at risk",
    family=Family.PROMPT,
    context=room_left_context,
    placeholders=NEEDS,
    still_true=still_has_room_for,
    example=Example(fits=(Session.Status.OPEN,), facts=lambda session: {"room_in": session.pk}),
)

KINDS = (AT_RISK, ROOM_LEFT)
