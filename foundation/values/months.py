"""A month of the calendar, as an address has it: 2027-01."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.core.exceptions import ValidationError

from foundation.dates import months_later
from foundation.values.days import FIRST_DAY, LAST_DAY

WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True, order=True)
class Month:
    """One month of the years that sessions are planned for."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    def later(self, months: int) -> "Month | None":
        """Return the month so many later, earlier for less than 0; None where no session is planned."""
        other = months_later(self.first_day, months)
        return Month.of(other) if FIRST_DAY <= other <= LAST_DAY else None

    def name(self, this_year: int | None = None) -> str:
        """“January 2027”; without the year if it is `this_year`."""
        return f"{self.first_day:%B}" if self.year == this_year else f"{self.first_day:%B} {self.year}"

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def read_month(text: str) -> Month:
    """Return the month that stands in an address. Raises ValidationError with a sentence for the page."""
    written = WRITTEN.fullmatch(text)
    if not written or not 1 <= int(written[2]) <= 12:
        raise ValidationError("There is no such month. Write it like 2027-01.")
    year, month = int(written[1]), int(written[2])
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise ValidationError(f"Choose a month of the years {FIRST_DAY.year} to {LAST_DAY.year}.")
    return Month(year, month)
