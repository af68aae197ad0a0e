"""What a certificate says, put into words on the day it is issued."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings

from catalog.models import Program
from foundation.dates import day_words, local
from foundation.text import listed
from outcomes.models.certificate import Words
from sessions_app.models import Meeting, Session

# More days than that are said as the first and the last of them.
MOST_DAYS = 4
LONGEST = 200


def words_of_session(session: Session, meetings: Sequence[Meeting], time: timedelta) -> Words:
    """Return what a certificate says of `session`: its `meetings` in order, and the `time` somebody was there."""
    days = sorted({local(meeting.starts_at, meeting.time_zone).date() for meeting in meetings})
    led_by = [facilitator.byline for facilitator in session.led_by]
    return Words(
        title=session.workshop.title,
        day=days[-1],
        days=_days_in_words(days),
        minutes=round(time / timedelta(minutes=1)),
        facilitators=listed(led_by),
        office=settings.OFFICE_NAME[:LONGEST],
        institution=settings.INSTITUTION_NAME[:LONGEST],
    )


def words_of_program(program: Program, done: Sequence[tuple[str, date | None]], day: date, minutes: int) -> Words:
    """Return what a certificate says of `program`: the workshops `done` with their days, and the `day` of the last.

    `minutes` are those certified for its workshops, 0 where nobody knows.
    """
    contents = [f"{title}, {day_words(on)}" if on else title for title, on in done]
    return Words(
        title=program.title,
        day=day,
        days=f"Completed on {_long(day)}",
        minutes=minutes or None,
        facilitators="",
        office=settings.OFFICE_NAME[:LONGEST],
        institution=settings.INSTITUTION_NAME[:LONGEST],
        contents="\n".join(contents),
    )


def _days_in_words(days: Sequence[date]) -> str:
    """“Tuesday, May 14, 2024”, “May 14 and May 21, 2024”, “10 days from May 14 to July 16, 2024”."""
    first, last = days[0], days[-1]
    if first == last:
        return _long(first)
    if len(days) > MOST_DAYS:
        return f"{len(days)} days from {_short(first, last)} to {_short(last)}"
    return listed([*(_short(day, last) for day in days[:-1]), _short(last)])


def _long(day: date) -> str:
    return f"{day:%A, %B} {day.day}, {day.year}"


def _short(day: date, last: date | None = None) -> str:
    """“May 14, 2024”, without the year where the `last` day says it."""
    year = "" if last and day.year == last.year else f", {day.year}"
    return f"{day:%B} {day.day}{year}"
