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

if TYPE_CHECKING:
    from sessions_app.display.rows import ListedSession

CONFIRMED, GATHERING, FULL = "Confirmed", "Not confirmed yet", "Full"


class Offer(NamedTuple):
    """One other date. `own` is what the person has there already, if anything; then it is not offered."""

    code: str
    day: str
    times: str
    place: str
    meter: Meter
    exchange: Exchange
    own: Registration | None


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
        kinds[kind].append(Offer(date.code, day, shown.times, shown.place, shown.meter, means, there.get(date.pk)))
    return [Offers(heading, offers) for heading, offers in kinds.items() if offers]
