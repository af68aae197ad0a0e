"""What commands are told on their line, read alike: a file, and who of the office goes on record."""

from pathlib import Path

from django.core.management.base import CommandError

from accounts.models import Person
from foundation.values.addresses import plain_address


def content_of(file: Path, largest: int) -> bytes:
    """Return what is in `file`. Raises CommandError where it cannot be read, or has more than `largest` bytes."""
    try:
        with file.open("rb") as stream:
            data = stream.read(largest + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have that name"
        raise CommandError(f"The file {file} cannot be read: {reason}.") from None
    if len(data) > largest:
        raise CommandError(f"The file {file} is larger than {largest // 1_000_000} MB. Is it the right one?")
    return data


def person_at(address: str | None) -> Person:
    """Return the person of the office at `address`; for None the one that acts for the rule. Raises CommandError."""
    if address is None:
        return Person.objects.rule()
    try:
        return Person.objects.get(email=plain_address(address), is_staff=True)
    except Person.DoesNotExist:
        raise CommandError(f"Nobody of the office has the address {address}.") from None
