"""Old news: which later mail supersedes a Notice that is still to be sent.

The last mail wins. A Notice of a calendar thread is superseded by the next one of its thread, a plain Notice by later
news of the same registration. A kind says what sort of news it is (`notifications/models/kind.py`); none is named here.
"""

from collections.abc import Iterable

from notifications.models import Notice
from notifications.models.kind import Family, Kind, News


def is_old_news(notice: Notice, siblings: Iterable[Notice]) -> bool:
    """Tell whether later news is among `siblings`, the Notices of the same registration, sent or not.

    A prompt is no news, and no news supersedes it: its kind is asked whether it is still true. An invitation that is
    repeated is no news either.
    """
    kind = notice.of_kind
    if notice.registration_id is None or kind.family is Family.PROMPT:
        return False
    if notice.thread_id:
        return any(one.is_later_in_its_thread_than(notice) for one in siblings)
    return any(is_superseded_by(kind, one.of_kind) for one in siblings if one.pk > notice.pk)


def is_superseded_by(kind: Kind, later: Kind) -> bool:
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
    # A change does not repeat what other news says, so both are sent.
    return later.news is not News.CHANGE
