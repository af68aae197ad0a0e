"""The people that what is shown is open to, in words. Pure."""

from collections.abc import Iterable, Sequence

from catalog.models import Workshop
from foundation.naming import label_of

FIELDS = tuple(Workshop.AUDIENCE_FIELDS.values())
LABELS = tuple(label_of(Workshop, field) for field in FIELDS)
EVERYONE = "everyone"


def open_to(audiences: Iterable[Sequence[bool]]) -> str:
    """Return “faculty, staff, and students”: whom at least one of `audiences` is for; “everyone”, or "" for nobody.

    Each is one workshop's flags, in the order of FIELDS.
    """
    found = [any(flags) for flags in zip(*audiences, strict=True)]
    if found and all(found):
        return EVERYONE
    return in_a_row([label for label, is_for in zip(LABELS, found, strict=False) if is_for])


def flags_of(workshop: Workshop) -> tuple[bool, ...]:
    """Return whom `workshop` is for, in the order of FIELDS."""
    return tuple(getattr(workshop, field) for field in FIELDS)


def in_a_row(names: Sequence[str]) -> str:
    """Return “faculty and staff”, “faculty, staff, and students”."""
    *others, last = names or [""]
    if not others:
        return last
    and_ = ", and " if len(others) > 1 or any(" and " in name for name in names) else " and "
    return f"{', '.join(others)}{and_}{last}"
