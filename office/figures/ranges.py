"""From which day to which day a report goes, as it is asked for in the address."""

from datetime import date
from typing import Any, NamedTuple

from django import forms

from foundation.dates import plain_date
from outcomes.models.kept_figures import span_of_year, year_of_day
from outcomes.record.windows import Span

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
BACKWARDS = "The last day is before the first. Choose a last day that is not before the first one."
UNREAD = "Write a day as 2026-07-01, between 2000 and 2099."
HALF = "Choose both days, the first and the last, or neither."


class RangeForm(forms.Form):
    """The first and the last day. Neither is the academic year that goes on."""

    first = forms.DateField(
        label="From",
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": UNREAD},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label="Until",
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": UNREAD},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        days = [self.cleaned_data.get(name) for name in ("first", "last")]
        if self.errors:
            return self.cleaned_data
        if any(day and not EARLIEST <= day <= LATEST for day in days):
            raise forms.ValidationError(UNREAD)
        if None in days and days != [None, None]:
            raise forms.ValidationError(HALF)
        if days[0] and days[1] and days[1] < days[0]:
            raise forms.ValidationError(BACKWARDS)
        return self.cleaned_data

    def span(self, today: date) -> Span:
        """Return the days that a valid form asks for."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return Span(first, last) if first else span_of_year(year_of_day(today))


class YearLink(NamedTuple):
    """One academic year to choose: “2026–27”, and its days."""

    year: int
    words: str
    span: Span
    is_chosen: bool


def year_words(year: int) -> str:
    """“2026–27”; “2026” where academic years are calendar years."""
    span = span_of_year(year)
    return f"{year}" if span.last.year == year else f"{year}–{(year + 1) % 100:02}"


def span_words(span: Span) -> str:
    """“Academic year 2026–27” where it is one, else its days."""
    year = year_of_day(span.first)
    if span == span_of_year(year):
        return f"Academic year {year_words(year)}"
    return f"{plain_date(span.first)} until {plain_date(span.last)}"


def years_within(span: Span, today: date, kept: list[int]) -> list[int]:
    """Return those of `kept` that lie in `span` as a whole, or as far as they have come by `today`."""
    whole = []
    for year in sorted(kept):
        first, last = span_of_year(year)
        if span.first <= first and min(last, max(today, first)) <= span.last:
            whole.append(year)
    return whole
