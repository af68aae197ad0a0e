"""What speaks against a session that is typed on its own page: said once, and saved on the next press all the same.

The sentences are those of the season page (sessions_app/concerns.py).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from accounts.models import Person
from catalog.models import Workshop
from catalog.models.parts import default_minutes
from foundation.dates import short_day, time_span
from foundation.text import number_words
from registrations.clash import people_elsewhere
from sessions_app.concerns import Planned, concerns, of_what_is_missing
from sessions_app.models import Session, Venue
from sessions_app.models.venue import Span

# Of so many people who have something else at the time, the page names each.
MOST_NAMED = 12


class Placed(Span, Protocol):
    """A meeting that is planned or there: when, on which clock, and where."""

    @property
    def time_zone(self) -> str: ...
    @property
    def venue(self) -> Venue | None: ...


def of_the_dates(
    workshop: Workshop,
    placed: Sequence[tuple[Placed, int]],
    facilitators: Collection[int],
    capacity: int | None,
    now: datetime,
    beside: Session | None = None,
) -> list[str]:
    """Return what speaks against the meetings of one session: each with the minutes that it should take.

    `beside` is the session itself, where it is there.
    """
    planned = [
        Planned(
            f"meeting {number}",
            one.starts_at,
            one.ends_at,
            one.time_zone,
            venue=one.venue,
            facilitators=frozenset(facilitators),
            capacity=capacity,
            minutes=minutes,
            workshop=workshop.pk,
        )
        for number, (one, minutes) in enumerate(placed, 1)
    ]
    found = concerns(planned, now, beside.pk if beside else None)
    if len(planned) == 1:
        return list(dict.fromkeys(found[0]))
    days = (short_day(one.starts_at, one.time_zone) for one in planned)
    return [f"{day}: {sentence}" for day, said in zip(days, found, strict=True) for sentence in dict.fromkeys(said)]


def of_a_draft(session: Session, now: datetime) -> list[str]:
    """Return what speaks against publishing `session`: its dates and places, and what people who look at it miss."""
    meetings = list(session.meetings.select_related("venue", "part"))
    facilitators = [one.pk for one in session.facilitators.all()]
    placed = [(one, default_minutes(session.workshop, one.part)) for one in meetings]
    said = of_the_dates(session.workshop, placed, facilitators, seats_in_a_room(session), now, session)
    links = [one.join_link for one in meetings]
    return said + of_what_is_missing(session.workshop, session.format, links, bool(facilitators))


def of_drafts(sessions: Sequence[Session], now: datetime) -> list[list[str]]:
    """Return for each of `sessions` what speaks against publishing it. Fixed queries, as their meetings were fetched.

    They are held against each other, too.
    """
    planned = [
        Planned(
            str(session),
            one.starts_at,
            one.ends_at,
            one.time_zone,
            venue=one.venue,
            facilitators=frozenset(leader.pk for leader in session.facilitators.all()),
            capacity=seats_in_a_room(session),
            minutes=default_minutes(session.workshop, one.part),
            workshop=session.workshop_id,
        )
        for session in sessions
        for one in session.meetings.all()
    ]
    found = iter(concerns(planned, now, besides={session.pk for session in sessions}))
    said = []
    for session in sessions:
        held = list(session.meetings.all())
        of_it = [sentence for _ in held for sentence in next(found)]
        links, is_led = [one.join_link for one in held], bool(session.facilitators.all())
        of_it += of_what_is_missing(session.workshop, session.format, links, is_led)
        said.append(list(dict.fromkeys(of_it)))
    return said


def seats_in_a_room(session: Session) -> int:
    """Return how many people a room of the session is to hold."""
    return session.room_capacity or session.capacity


def of_new_times(session: Session, moved: Sequence[tuple[Placed, int]], now: datetime, reader: Person) -> list[str]:
    """Return what speaks against meetings that `session` is to have, each with the minutes that it should take.

    That is the dates themselves, and what its people have then: names are said only to a `reader` who may see them.
    Nothing is said of a time that is past: the verb refuses it.
    """
    if not moved or any(one.starts_at <= now for one, _ in moved):
        return []
    facilitators = [one.pk for one in session.facilitators.all()]
    said = of_the_dates(session.workshop, moved, facilitators, seats_in_a_room(session), now, session)
    return said + of_the_people(session, [one for one, _ in moved], reader)


def of_the_people(session: Session, spans: Sequence[Span], reader: Person) -> list[str]:
    """Return how many people of `session` have a seat elsewhere at the time of one of `spans`, and who they are."""
    found = people_elsewhere(session, spans)
    many = len({registration.person_id for registration, _ in found})
    if not many:
        return []
    if many == 1:
        said = ["One person who is registered or waits has another session at that time."]
    else:
        said = [
            f"{number_words(many).capitalize()} people who are registered or wait have another session at that time."
        ]
    if not reader.has_perm("registrations.view_registration"):
        return said
    said += [
        f"{registration.person} has a seat in {registration.session.workshop.title}, "
        f"{time_span(meeting.starts_at, meeting.ends_at, session.time_zone)}."
        for registration, meeting in found[:MOST_NAMED]
    ]
    return said
