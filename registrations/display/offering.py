"""The other dates that a registration can move to: each with its meter and with what is given up and got."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from registrations.display.exchanging import Exchange, exchange
from registrations.display.titles import day_of
from registrations.models import Registration
from sessions_app.display.meter import Meter
from sessions_app.display.rows import row
from sessions_app.display.seats import seats_words
from sessions_app.models import Mode, Session

if TYPE_CHECKING:
    from sessions_app.display.rows import ListedSession

CONFIRMED, GATHERING, FULL = "Confirmed", "Not confirmed yet", "Full"


class Way(NamedTuple):
    """One of the two ways to take part in a date that asks for it: what is posted, in words, and what is chosen."""

    value: str
    words: str
    is_chosen: bool


class Offer(NamedTuple):
    """One other date. `own` is what the person has there already, if anything; then it is not offered."""

    code: str
    day: str
    times: str
    place: str
    meter: Meter
    exchange: Exchange
    own: Registration | None
    modes: tuple[Way, ...]


class Offers(NamedTuple):
    """Dates of one kind under their heading."""

    heading: str
    offers: list[Offer]


def offers_to(
    own: Registration, dates: Iterable["ListedSession"], there: dict[int, Registration], now: datetime
) -> list[Offers]:
    """Return the `dates` that `own` can move to: confirmed ones first, then those that gather people, then full ones.

    `there` has what the person has on those dates, by session id.
    """
    kinds: dict[str, list[Offer]] = {CONFIRMED: [], GATHERING: [], FULL: []}
    for date in dates:
        shown, means = row(date, now, there.get(date.pk), settings.TIME_ZONE), exchange(own, date, now)
        kind = FULL if means.waits else CONFIRMED if date.is_confirmed else GATHERING
        day = day_of(date, date.starts_at, now)
        kinds[kind].append(
            Offer(date.code, day, shown.times, shown.place, shown.meter, means, there.get(date.pk), _ways(date, own))
        )
    return [Offers(heading, offers) for heading, offers in kinds.items() if offers]


def _ways(date: Session, own: Registration) -> tuple[Way, ...]:
    """Return the two ways to take part in `date`, if it asks, with the seats left of each; as they do now is chosen."""
    if not date.asks_how:
        return ()
    return tuple(Way(mode.value, _way_words(date, mode), mode.value == own.mode) for mode in Mode)


def _way_words(date: Session, mode: Mode) -> str:
    if date.is_waited_for_in(mode):
        return "In the room: full" if mode == Mode.ROOM else "Online: full"
    return f"{mode.label}: {seats_words(date.seats_left_in(mode))} left"
