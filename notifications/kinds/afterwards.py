"""After a session: one mail to each of its people, with thanks, or the question whether they were there.

It is owed once the office has closed the list of every meeting, and at nine the next morning at the latest. What it
says of attendance is read when it is written. Each part of it is there only where there is something to say.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse

from accounts.models import Person
from foundation import database_clock
from foundation.dates import length_words, local, long_day, time_span
from foundation.links import absolute
from foundation.text import listed
from foundation.wall_clock import instant
from library.access import opened_by_the_end
from library.models import Resource
from notifications.kinds.contexts import first_name, registration_context, session_context
from notifications.kinds.prompts import owe_prompts
from notifications.kinds.registrations import CONFIRMED_OR_OVER
from notifications.models import Notice
from notifications.models.kind import Example, Family, Kind
from outcomes.attended import Presence, is_taken, presence_of
from outcomes.credit import Earned, credit_of
from outcomes.evaluations.answered import has_answered
from outcomes.evaluations.asked import refusal_for
from outcomes.evaluations.invitations import path_for
from outcomes.models import Attendance, Certificate, Evaluation
from outcomes.models.credit import hours_words
from outcomes.what_next import Next, dialogues_after, often_taken_after
from registrations.models import Registration
from sessions_app.models import Meeting, Session

# On the wall clock of the session.
AT = time(9)
# A session that ends later at night than this belongs to the day that begins.
NIGHT_ENDS = timedelta(hours=5)
# What was held longer ago when it is first looked at is history, after an upgrade for instance.
MOST_LATE = timedelta(days=3)
LIVES = timedelta(days=7)
MOST_DATES = 3


def owe(now: datetime) -> None:
    """Owe the mail after every session whose moment has come."""
    held = Session.objects.announced().filter(
        status__in=CONFIRMED_OR_OVER, ends_at__lte=now, ends_at__gt=now - MOST_LATE
    )
    owe_prompts(held.order_by("pk").values_list("pk", flat=True), plan, now)


def plan(session: Session, now: datetime) -> list[Notice]:
    """Return, unsaved, the mail that `session` owes its people at `now`, each of them once."""
    is_over = session.status in CONFIRMED_OR_OVER and session.ends_at <= now < session.ends_at + MOST_LATE
    if not is_over or session.published_at is None or (now < morning_after(session) and not is_taken(session)):
        return []
    return [
        Notice(
            kind=AFTERWARDS.name,
            to=person.email,
            person=person,
            registration=registration,
            facts={"held": session.pk},
            dedupe_key=key_of(person, session),
            created_at=now,
            next_attempt_at=now,
            expires_at=session.ends_at + LIVES,
        )
        for person, registration in people_of(session)
    ]


def key_of(person: Person, session: Session) -> str:
    """Return the key of the mail to `person`, who may have walked in and have a registration later."""
    return f"{AFTERWARDS.name}:{person.pk}:{session.pk}:"


def is_still_to_be_written(person: Person, session: Session, now: datetime) -> bool:
    """Tell whether the mail to `person` after `session` is to come, so that it will say what is so by then."""
    notice = Notice.objects.filter(dedupe_key=key_of(person, session)).only("state", "text").first()
    if notice is None:
        return now < session.ends_at + MOST_LATE
    return notice.state == Notice.State.QUEUED and not notice.text


def morning_after(session: Session) -> datetime:
    """Return the instant of nine o’clock on the morning after the end of `session`, in its zone."""
    ended_on = local(session.ends_at - NIGHT_ENDS, session.time_zone).date()
    return instant(ended_on + timedelta(days=1), AT, session.time_zone)


def people_of(session: Session) -> Iterator[tuple[Person, Registration | None]]:
    """Yield the people with a seat in `session`, and those who were there without one. Two queries.

    Accounts that are switched off are left out.
    """
    seated = session.registrations.registered().filter(person__is_active=True).select_related("person")
    met = {registration.person_id for registration in seated}
    yield from ((registration.person, registration) for registration in seated)
    walked_in = Attendance.objects.of_session(session).here().filter(person__is_active=True)
    for said in walked_in.exclude(person__in=met).select_related("person", "registration"):
        if said.person and said.person_id not in met:
            met.add(said.person.pk)
            yield said.person, said.registration


def still_owed(notice: Notice, now: datetime) -> bool:
    """Tell whether the session counts as held, and the reader has a seat in it or was there without one."""
    session = Session.objects.get(pk=notice.facts["held"])
    if session.status not in CONFIRMED_OR_OVER or notice.person is None or not notice.person.is_active:
        return False
    if notice.registration_id and notice.registration.is_registered:
        return True
    return Attendance.objects.of_session(session).of_person(notice.person).here().exists()


# ---- what the templates may name ----


def afterwards_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail after a session may name."""
    person = notice.person
    assert person is not None
    if notice.registration_id:
        registration = notice.registration
        presence = presence_of([registration])[registration.pk]
        return registration_context(notice) | what_came_of(registration.session, person, presence)
    session = Session.objects.in_full().get(pk=notice.facts["held"])
    here = Attendance.objects.of_session(session).of_person(person).here()
    presence = Presence(here=frozenset(here.values_list("meeting", flat=True)))
    return session_context(notice, session, first_name(person)) | what_came_of(session, person, presence)


def example_context(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the same for an example: its reader was there throughout."""
    assert notice.person is not None
    presence = Presence(here=frozenset(meeting.pk for meeting in session.held_meetings))
    context = registration_context(notice) | what_came_of(session, notice.person, presence)
    return context | {
        "certificate_url": absolute(Certificate(session=session).get_absolute_url()),
        "evaluation_url": absolute(path_for(notice.person, session)),
    }


def what_came_of(session: Session, person: Person, presence: Presence) -> dict[str, Any]:
    """Return what the mail says of `session` to `person`, who was where `presence` says."""
    now = database_clock.now()
    standing = standing_of(presence)
    absent = [one for one in session.held_meetings if standing == "here" and one.pk in presence.absent]
    certificate = Certificate.objects.valid().filter(person=person, session=session).first()
    earned = credit_of({(person.pk, session.pk)}).get((person.pk, session.pk), [])
    return {
        "standing": standing,
        "certificate_url": absolute(certificate.get_absolute_url()) if certificate else "",
        "evaluation_url": evaluation_url(session, person, now),
        "credits": [credit_words(one) for one in earned if not one.waits],
        "waiting_credits": listed([credit_words(one) for one in earned if one.waits]),
        "absent_days": listed([long_day(one.starts_at, one.time_zone, now.year) for one in absent]),
        "held": [date_words(one, now) for one in session.held_meetings],
        "my_url": absolute(reverse("my_training")),
        "resources": [resource_words(one) for one in opened_by_the_end(person, session, now)],
        "dialogues": [next_words(one, now) for one in dialogues_after(session, person, now)],
        "often": [next_words(one, now) for one in often_taken_after(session, person, now)],
    }


def evaluation_url(session: Session, person: Person, now: datetime) -> str:
    """Return the address at which `person` says how `session` was; "" where they are not asked, or not any more."""
    evaluation = Evaluation.objects.filter(session=session).first()
    if refusal_for(person, session) or has_answered(person, session) or (evaluation and not evaluation.is_open(now)):
        return ""
    return absolute(path_for(person, session))


def credit_words(one: Earned) -> str:
    """“1.5 hours: DEI hours”, as certificates say it."""
    return f"{hours_words(one.hours)} {one.kind.unit}: {one.kind.name}"


def standing_of(presence: Presence) -> str:
    """Return how the mail begins: “here”, “absent”, or “unknown” where nobody has said a word about its reader."""
    if presence.was_there:
        return "here"
    return "absent" if presence.was_absent else "unknown"


def resource_words(resource: Resource) -> dict[str, str]:
    """Return what a row of the mail says of a resource."""
    length = length_words(resource.minutes) if resource.minutes else ""
    return {
        "title": resource.title,
        "facts": ", ".join(fact for fact in (resource.get_kind_display(), length) if fact),
        "url": absolute(resource.get_absolute_url()),
    }


def next_words(following: Next, now: datetime) -> dict[str, Any]:
    """Return what a row of the mail says of a workshop to go on with, and of its next dates."""
    return {
        "title": following.workshop.title,
        "summary": following.workshop.summary,
        "url": absolute(following.workshop.get_absolute_url()),
        "dates": [
            date_words(date, now) | {"url": absolute(date.get_absolute_url())} for date in following.dates[:MOST_DATES]
        ],
    }


def date_words(one: Meeting | Session, now: datetime) -> dict[str, str]:
    """Return the day and the times of a meeting or a session in words."""
    return {
        "day": long_day(one.starts_at, one.time_zone, now.year),
        "times": time_span(one.starts_at, one.ends_at, one.time_zone),
    }


AFTERWARDS = Kind(
    name="afterwards",
    label="After the session",
    family=Family.PROMPT,
    context=afterwards_context,
    placeholders={"my_url": "the link to the person’s training"},
    still_true=still_owed,
    example=Example(
        fits=(Session.Status.COMPLETED,), facts=lambda session: {"held": session.pk}, context=example_context
    ),
)

KINDS = (AFTERWARDS,)
