"""“Two more by Friday”: three days before it is decided, a session short of its minimum asks for people.

Registered people are told once for each decision date; people who are interested in the workshop, or wait for another
of its dates, once for each session. How many more, and by when, is read when the mail is written.
"""

from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet, prefetch_related_objects
from django.urls import reverse

from accounts.models import Person
from foundation import database_clock
from foundation.dates import local
from foundation.links import absolute
from foundation.text import number_words
from notifications.kinds.contexts import OF_A_REGISTRATION, day_of, first_name, registration_context, session_context
from notifications.kinds.prompts import owe_prompts, prompt
from notifications.models import Notice, NoticeQuerySet
from notifications.models.kind import Example, Family, Kind
from registrations import eligibility
from registrations.models import Interest, Registration
from registrations.models.leaving_keys import path_of_leaving
from sessions_app.display.panel import by_words
from sessions_app.models import Decision, Session
from sessions_app.models.deciding import AT_RISK as AHEAD


def owe(now: datetime) -> None:
    """Owe every Notice about the sessions that are at risk at `now`."""
    owe_prompts(Session.objects.at_risk(now).values_list("pk", flat=True), plan, now)


def plan(session: Session, now: datetime) -> list[Notice]:
    """Return, unsaved, the Notices that `session` owes if it is at risk at `now`."""
    if not is_at_risk(session.pk, now):
        return []
    return [*_to_the_registered(session, now), *(_to_others(session, now) if session.listed else [])]


def is_at_risk(session_pk: int, now: datetime) -> bool:
    """Tell whether the session is open and short of its minimum, with its decision at most three days ahead."""
    return Session.objects.at_risk(now).filter(pk=session_pk).exists()


def _to_the_registered(session: Session, now: datetime) -> list[Notice]:
    """Return the Notices for registered people, except those who registered so late that they read the numbers then."""
    extensions = session.decisions.filter(kind=Decision.Kind.EXTENDED)
    extended_at = extensions.aggregate(at=Max("at"))["at"]
    since = max(filter(None, [session.confirm_by - AHEAD, extended_at]))
    by = session.confirm_by.isoformat()
    event = f":{session.confirm_by:%Y%m%d%H%M}"
    told = session.registrations.registered().filter(seated_at__lte=since).select_related("person")
    return [prompt(AT_RISK, one, event, session.confirm_by, now, by=by) for one in told]


def _to_others(session: Session, now: datetime) -> list[Notice]:
    """Return the Notices for people on other waitlists, and for interested people who are on none.

    Nobody whom the office has asked to come is told a second time."""
    # Eligibility is asked twice: the workshops that come before this one are read once.
    prefetch_related_objects([session.workshop], "requires")
    notices: dict[int, Notice] = {}
    eligible = eligibility.people_for(session)
    for waiting in _waiting_elsewhere(session, now).filter(person__in=eligible).select_related("person"):
        notices.setdefault(waiting.person_id, _room_left_notice(session, waiting.person, now, waiting=waiting.pk))
    for one in Interest.objects.met_by(session, now).select_related("person"):
        notices.setdefault(one.person_id, _room_left_notice(session, one.person, now, interest=one.pk))
    called = set(session.calls.filter(person__in=notices).values_list("person", flat=True))
    return [notice for person, notice in notices.items() if person not in called]


def _waiting_elsewhere(session: Session, now: datetime) -> QuerySet[Registration]:
    """Return who waits for another date and has no registration in `session` itself, soonest date first."""
    here = session.registrations.active().order_by().values("person")
    dates = {"session__workshop": session.workshop_id, "session__status__in": Session.RUNNING}
    waiting = Registration.objects.waitlisted().filter(**dates, session__starts_at__gt=now)
    return waiting.exclude(session=session).exclude(person__in=here).order_by("session__starts_at", "pk")


def _room_left_notice(session: Session, person: Person, now: datetime, **why: int) -> Notice:
    """Return the unsaved Notice; `why` is the key of the `interest`, or of the registration that is `waiting`."""
    return Notice(
        kind=ROOM_LEFT.name,
        to=person.email,
        person=person,
        facts={"room_in": session.pk} | why,
        dedupe_key=room_left_key(person, session),
        created_at=now,
        next_attempt_at=now,
        expires_at=session.starts_at,
    )


def room_left_notices(person: Person, session: Session) -> NoticeQuerySet:
    """Return the Notice that tells `person`, who has no seat in `session`, of the seats left there, if one does."""
    return Notice.objects.filter(dedupe_key=room_left_key(person, session))


def room_left_key(person: Person, session: Session) -> str:
    """Return the key of the Notice that tells `person`, who has no seat in `session`, of the seats left there."""
    return f"{ROOM_LEFT.name}:{session.pk}:{person.pk}:"


# ---- still true ----


def still_needs_people(notice: Notice, now: datetime) -> bool:
    """Tell whether the session is still at risk, with the same decision date, and the reader still in it."""
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
        wants_a_date = Interest.objects.met_by(session, now).filter(pk=notice.facts["interest"]).exists()
    else:
        wants_a_date = _waiting_elsewhere(session, now).filter(person=notice.person).exists()
    return wants_a_date and not eligibility.why_not(notice.person, session)


# ---- what the templates may name ----


def at_risk_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail to the registered may name."""
    session = notice.registration.session
    asks = session.at_deadline == Session.AtDeadline.ASK
    nominate = absolute(reverse("nominate", args=[session.code]))
    return (
        registration_context(notice) | needed(session, database_clock.now()) | {"asks": asks, "nominate_url": nominate}
    )


def room_left_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail to people without a seat may name."""
    session = Session.objects.select_related("workshop").get(pk=notice.facts["room_in"])
    interest = Interest.objects.filter(pk=notice.facts.get("interest")).first()
    waiting = Registration.objects.filter(pk=notice.facts.get("waiting")).select_related("session").first()
    # Facts replace names of the context, so the session is named after them.
    context = session_context(notice, session, first_name(notice.person)) | {"session": session}
    return (
        context
        | needed(session, database_clock.now())
        | {
            "interest_url": absolute(interest.get_absolute_url()) if interest else "",
            "waits_for": day_of(waiting) if waiting else "",
            "leave_url": absolute(path_of_leaving(waiting)) if waiting else "",
        }
    )


def needed(session: Session, now: datetime) -> dict[str, str | int]:
    """Return how many more are needed, and by when: “two more”, “two more people”, “by Friday at 5:00 PM”.

    Where nobody has registered so far there is no “more”: “six people”, “one person”.
    """
    # In the preview the office may read this mail with a session that is short of nobody.
    missing = max(1, session.minimum - session.seats_taken)
    people = "person" if missing == 1 else "people"
    more, needed = f"{number_words(missing)} more", f"{number_words(missing)} more {people}"
    if session.seats_taken == 0:
        more = needed = f"{number_words(missing)} {people}"
    by = by_words(session.confirm_by, session, now)
    day = local(session.confirm_by, session.time_zone)
    is_today = day.date() == local(now, session.time_zone).date()
    return {
        "how_many_more": more,
        "people_needed": needed,
        "missing": missing,
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
