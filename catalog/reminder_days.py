"""Read the days ahead of a meeting on which people are reminded of it, as the office types them: “7, 1”."""

from django.core.exceptions import ValidationError

MOST_DAYS, MOST_REMINDERS = 30, 4
DEFAULT = "7, 1"


def parse_days(text: str) -> list[int]:
    """Return the days in `text`, numbers with commas between them, the farthest first; empty if there are none.

    Raises ValidationError, in a sentence, for what is not a number of days.
    """
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    for part in parts:
        # isdecimal alone would let other scripts' digits through, which people here would not read.
        if not (part.isascii() and part.isdecimal() and 1 <= int(part) <= MOST_DAYS):
            raise ValidationError(f"Enter days from 1 to {MOST_DAYS} with commas between them, such as {DEFAULT}.")
    days = sorted({int(part) for part in parts}, reverse=True)
    if len(days) > MOST_REMINDERS:
        raise ValidationError(f"Enter at most {MOST_REMINDERS} reminders.")
    return days


def validate_days(text: str) -> None:
    """Refuse, with ValidationError, what `parse_days` cannot read."""
    parse_days(text)


def in_order(text: str) -> str:
    """Return `text` with its days in order, once each. Raises ValidationError for what cannot be read."""
    return ", ".join(map(str, parse_days(text)))
