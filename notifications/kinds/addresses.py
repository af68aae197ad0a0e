"""Mail about a new address of a person: one to each of the two addresses, and one to each when it is in force.

It is account mail, written when it is owed: its link holds a token that is stored nowhere else. It goes ahead of the
queue, so its body is erased once it is sent.
"""

from datetime import datetime
from typing import Any, NoReturn

from django.conf import settings

from accounts.models import AddressChange, Person
from accounts.models.address_change import Links, path_of
from foundation import database_clock
from foundation.dates import long_day_and_time
from foundation.links import absolute
from notifications.kinds.account import ACCOUNT, NEWS_LIFE, rendered
from notifications.models import Notice
from notifications.models.kind import Family, Kind


def owe_questions(change: AddressChange, links: Links) -> None:
    """Owe the old address what is asked and a link to stop it, and the new one a link to say yes.

    The new address may be anybody's until it has said yes, so its mail names nobody.
    """
    words = {
        "new_address": change.new_address,
        "asked_by": "" if change.asked_by == change.person else str(change.asked_by),
        "earliest": _in_words(change.takes_hold_at_the_earliest),
        "url": absolute(path_of(links.old)),
    }
    _owe(ADDRESS_OLD, change, change.old_address, change.person, words, change.lapses_at)
    words = {"new_address": change.new_address, "url": absolute(path_of(links.new))}
    _owe(ADDRESS_NEW, change, change.new_address, None, words, change.lapses_at)


def owe_news(person: Person, old_address: str, is_vouched_for: bool) -> None:
    """Owe both addresses of `person` the news that the new one is in force."""
    now = database_clock.now()
    for email, is_new in ((old_address, False), (person.email, True)):
        words = {
            "is_new": is_new,
            "is_vouched_for": is_vouched_for,
            "new_address": person.email,
            "old_address": old_address,
            "url": settings.SITE_URL,
        }
        mail, key = rendered("address_held", person, words), f"held-{person.pk}-{now.timestamp()}:{int(is_new)}:"
        urgent = Notice.Priority.CODE
        Notice.objects.owe_written(ACCOUNT, key, email, person, mail, expires_at=now + NEWS_LIFE, priority=urgent)


def _owe(
    kind: Kind, change: AddressChange, email: str, person: Person | None, words: dict[str, Any], until: datetime
) -> None:
    mail, urgent = rendered(kind.name, person, words), Notice.Priority.CODE
    Notice.objects.owe_written(kind, f"{change.pk}::", email, person, mail, expires_at=until, priority=urgent)


def _in_words(at: datetime) -> str:
    return long_day_and_time(at, settings.TIME_ZONE, database_clock.now())


def cannot_be_written_again(notice: Notice) -> NoReturn:
    """Raise LookupError: the link of this mail is stored nowhere. To send another one, ask for the address again."""
    raise LookupError("The link of this mail is erased. Stop the change and ask for the address again.")


ADDRESS_OLD = Kind(
    name="address_old",
    label="New address, to the old one",
    family=Family.ACCOUNT,
    context=cannot_be_written_again,
    example=None,
)
ADDRESS_NEW = Kind(
    name="address_new",
    label="New address, to the new one",
    family=Family.ACCOUNT,
    context=cannot_be_written_again,
    example=None,
)

KINDS = (ADDRESS_OLD, ADDRESS_NEW)
