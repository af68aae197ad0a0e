"""Old news: which later mail takes the place of a Notice that is still to be sent.

The last mail wins. What belongs to a calendar thread is overtaken by what its calendar gets next; plain mail by what
its reader gets. Kinds say what they tell (`notifications/models/kind.py`), and none is named here.
"""

from collections.abc import Iterable

from notifications.models import Notice
from notifications.models.kind import Family, Kind, News


def is_old_news(notice: Notice, siblings: Iterable[Notice]) -> bool:
    """Tell whether there is later news among `siblings`, the Notices of the same registration, sent or not.

    A prompt neither is news nor grows old by it: whether it is still true is asked of what it is about. An invitation
    that is repeated is no news either.
    """
    kind = notice.of_kind
    if notice.registration_id is None or kind.family is Family.PROMPT:
        return False
    if notice.thread_id:
        return any(one.is_later_in_its_thread_than(notice) for one in siblings)
    return any(takes_the_place_of(kind, one.of_kind) for one in siblings if one.pk > notice.pk)


def takes_the_place_of(kind: Kind, later: Kind) -> bool:
    """Tell whether a later plain mail of the same registration leaves nothing to say for one of `kind`."""
    if later.family is not Family.NEWS:
        return False
    match kind.news:
        case News.STANDING:
            return True
        case News.CHANGE:
            # Where and when it is must be said whatever else is new, unless the registration has ended.
            return later is kind or later.news is News.ENDING
        case News.DETAIL:
            return later is not kind and later.news is not News.CHANGE
    # What a change does not repeat is said beside it.
    return later.news is not News.CHANGE
