"""How long a session lasts, all its meetings together. Pure."""

from collections.abc import Sequence

from foundation.dates import length_words
from foundation.text import number_words
from sessions_app.models import Meeting


def whole_length(meetings: Sequence[Meeting]) -> str:
    """Return “90 minutes”, “3 hours in two parts”, “3 hours in two meetings”; "" without meetings."""
    if not meetings:
        return ""
    length = length_words(sum(int((one.ends_at - one.starts_at).total_seconds()) for one in meetings) // 60)
    if len(meetings) == 1:
        return length
    return f"{length} in {how_many(meetings)}"


def how_many(meetings: Sequence[Meeting]) -> str:
    """Return “two parts” where each of several meetings holds a part of the workshop, otherwise “two meetings”."""
    many = number_words(len(meetings))
    return f"{many} parts" if all(one.part_id for one in meetings) else f"{many} meetings"
