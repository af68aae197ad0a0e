"""What the page of a registration says while its date is being merged with another one."""

from datetime import datetime
from typing import NamedTuple

from django import template

from foundation import database_clock
from foundation.dates import local, long_day
from registrations.merging.keys import path_of_answering
from registrations.models import MergeOffer, Registration

register = template.Library()


class Offered(NamedTuple):
    """The day of the other date, what the person has answered, and where they answer."""

    day: str
    answer: str
    url: str


@register.simple_tag
def offer_of(registration: Registration) -> Offered | None:
    """Return the open offer to the person of `registration`. One query, none unless the date is being merged."""
    if not registration.session.is_merging or not registration.is_active:
        return None
    offers = MergeOffer.objects.open().filter(registration=registration)
    offer = offers.select_related("registration", "into").first()
    if offer is None:
        return None
    return Offered(_day(offer, database_clock.now()), offer.answer, path_of_answering(offer))


def _day(offer: MergeOffer, now: datetime) -> str:
    zone = offer.into.time_zone
    return long_day(offer.into.starts_at, zone, local(now, zone).year)
