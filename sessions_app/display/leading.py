"""When and where a facilitator is to be: what their pages say of each meeting."""

from datetime import datetime
from typing import NamedTuple

from foundation.dates import local, long_day, plain_day, time_span, zone_words
from sessions_app.display.rows import place_in
from sessions_app.models import Session


class Held(NamedTuple):
    """One meeting in words. `iso` is its start as a machine reads it."""

    part: str
    day: str
    iso: str
    times: str
    zone: str
    place: str
    directions: str
    join_link: str


def meetings_led(session: Session, now: datetime) -> list[Held]:
    """Return each meeting that is held, in order. Two queries, none where they were read `in_full`."""
    numbers, year = session.part_numbers(), local(now, session.time_zone).year
    return [
        Held(
            numbers[one.pk].heading,
            long_day(one.starts_at, one.time_zone, year),
            local(one.starts_at, one.time_zone).isoformat(timespec="minutes"),
            time_span(one.starts_at, one.ends_at, one.time_zone),
            zone_words(one.time_zone, one.starts_at),
            place_in(session.format, one.venue),
            one.venue.directions if one.venue else "",
            one.join_link,
        )
        for one in session.held_meetings
    ]


def title_and_day_of(session: Session, now: datetime) -> str:
    """Return “Bystander Interventions on Tue May 14”."""
    year = local(now, session.time_zone).year
    return f"{session.workshop.title} on {plain_day(session.starts_at, session.time_zone, year)}"
