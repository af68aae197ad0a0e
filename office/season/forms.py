"""What the season page asks: dates as the office has them, and days that come round."""

from datetime import date, datetime, time
from typing import Any

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from catalog.models import Workshop
from foundation import database_clock
from foundation.dates import local
from foundation.files.rows import BrokenFile, as_text, read_rows
from foundation.values.days import LAST_DAY, validate_day
from foundation.values.lines import line_key
from foundation.values.links import LinkFormField
from foundation.values.zones import ZoneFormField
from office.base import MOST, model_choice
from office.sessions.fields import day_input, time_input
from sessions_app.models import Session, Venue
from sessions_app.schedule_import.days import read_days
from sessions_app.schedule_import.importing import venue_zones
from sessions_app.schedule_import.lines import lines_of, read_lines
from sessions_app.schedule_import.reading import REQUIRED, PlannedSession, WrongRow, read_schedule

LARGEST = 5_000_000  # bytes of a file
LONGEST = 1_000_000  # characters of what is pasted
MANY = 200  # rows of a table: more than that are a worker’s


class SeasonForm(forms.Form):
    """Dates of one workshop, a line each, or a table with a heading, pasted or as a file.

    A valid form has `plans` and `wrong`, as `read_schedule` returns them; `is_table` says which of the two it is. A
    table that `is_long` is not read: it has so many `rows`, on the clock of `zone_of_rows` where they name no zone.
    """

    workshop = forms.ModelChoiceField(
        Workshop.objects.order_by("title"),
        required=False,
        empty_label="As the table says",
        help_text="For dates a line each. A table names the workshop of every row.",
    )
    dates = forms.CharField(
        label="Dates",
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField", "spellcheck": "false"}),
        help_text="A line each, such as “Tue May 14 12:30-2:00 PM” or “5/14/2027 12:30 PM - 2 PM”. Or paste a table "
        "from a spreadsheet with its heading: workshop, date, start, end, and if you like venue, join_link, time_zone, "
        "format, capacity, minimum, facilitators, code. Further meetings of a session are columns: date 2, start 2, "
        "end 2, and so on.",
    )
    file = forms.FileField(label="Or a file", required=False, help_text="CSV or XLSX, with that heading.")
    venue = forms.ModelChoiceField(
        Venue.objects.select_related("campus"), required=False, empty_label="Online, or as the table says"
    )
    join_link = LinkFormField(
        label="Link to join", required=False, max_length=500, widget=forms.URLInput(attrs={"class": "vURLField"})
    )
    zone = ZoneFormField(
        label="Time zone",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "class": "vTextField"}),
        help_text="Blank: that of the venue’s campus, or the portal’s.",
    )
    minimum = forms.IntegerField(required=False, min_value=1, max_value=MOST, help_text="Blank: the workshop’s.")
    capacity = forms.IntegerField(required=False, min_value=1, max_value=MOST, help_text="Blank: the workshop’s.")

    like = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)

    plans: list[PlannedSession]
    wrong: list[WrongRow]
    is_table = is_long = False
    rows = 0
    zone_of_rows = settings.TIME_ZONE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.copied = session_to_copy(self.data.get("like", "") if self.is_bound else self.initial.get("like", ""))
        if self.copied is None:
            return
        # A copy is of the same workshop, and of few dates.
        del self.fields["workshop"], self.fields["file"]
        self.fields["dates"].label = "Other dates"
        self.fields["dates"].help_text = (
            "A line each, such as “Tue May 14”: it takes place at the same time of day. Or with a time of its own, "
            "such as “Tue May 14 12:30-2:00 PM”."
        )
        model_choice(self, "venue").empty_label = "Online"
        for name in ("minimum", "capacity"):
            self.fields[name].help_text = "Blank: as it is there."
        if not self.is_bound:
            self.initial = {**shared_with(self.copied), **self.initial}

    def clean(self) -> dict[str, Any]:
        """Read the dates. What is wrong with a row is no error of the form: the page shows every row."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        text = self._text_of_file(cleaned["file"]) if cleaned.get("file") else cleaned.get("dates") or ""
        cleaned["dates"] = text
        if not text.strip():
            raise ValidationError({"dates": "Write or paste dates, or choose a file."})
        self.is_table = self.copied is None and is_table(text)
        if self.is_table:
            self.zone_of_rows = cleaned.get("zone") or settings.TIME_ZONE
            self.rows = sum(bool(line.strip()) for line in text.splitlines()) - 1
            self.is_long = self.rows > MANY
            if not self.is_long:
                self.plans, self.wrong = read_schedule(text.encode(), self.zone_of_rows, venue_zones())
            return cleaned
        if self.copied is None and not cleaned.get("workshop"):
            heading = f"A table begins with its heading: {', '.join(REQUIRED)}."
            raise ValidationError({"workshop": f"Choose the workshop of these dates. {heading}"})
        self._read_lines(cleaned, text)
        return cleaned

    def _text_of_file(self, file: Any) -> str:
        if file.size > LARGEST:
            raise ValidationError({"file": f"This file is larger than {LARGEST // 1_000_000} MB. Is it the right one?"})
        try:
            return as_text(read_rows(file.read()))
        except BrokenFile as error:
            raise ValidationError({"file": f"Row {error.row}: {error}"}) from None

    def _read_lines(self, cleaned: dict[str, Any], text: str) -> None:
        venue = cleaned.get("venue")
        zone = cleaned.get("zone") or (venue.campus.time_zone if venue else settings.TIME_ZONE)
        today = local(database_clock.now(), zone).date()
        more = {
            "venue": f"{venue.campus} {venue}" if venue else "",
            "join_link": cleaned.get("join_link") or "",
            "minimum": cleaned.get("minimum"),
            "capacity": cleaned.get("capacity"),
        }
        workshop, span = cleaned.get("workshop"), None
        if self.copied is not None:
            workshop, span = self.copied.workshop, span_of(self.copied)
        assert workshop is not None, "without one the form is refused"
        self.plans, self.wrong = read_lines(text, workshop.title, zone, today, span, **more)


def session_to_copy(code: str) -> Session | None:
    """Return the session of this code, where it has a date; None for none."""
    if not code or "\0" in code:
        return None
    return Session.objects.filter(code=code, starts_at__isnull=False).select_related("workshop").first()


def span_of(session: Session) -> tuple[time, time]:
    """Return from when to when its first meeting is, on its own clock."""
    first = session.meetings.earliest("starts_at")
    return local(first.starts_at, first.time_zone).time(), local(first.ends_at, first.time_zone).time()


def shared_with(session: Session) -> dict[str, Any]:
    """Return what a copy of a session has from it, as the fields show it."""
    first = session.meetings.earliest("starts_at")
    return {
        "venue": first.venue_id,
        "join_link": first.join_link,
        "zone": first.time_zone,
        "minimum": session.minimum,
        "capacity": session.capacity,
    }


def is_table(text: str) -> bool:
    """Tell whether the first line that says something is the heading of a schedule."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    words = {line_key(cell) for cell in first.replace(";", "\t").replace(",", "\t").split("\t")}
    return first.casefold().startswith("sep=") or {"workshop", "date"} <= words


class RepeatForm(forms.Form):
    """Days that come round: every week, every second week, or each month on the same weekday of the month."""

    EVERY = [("1", "Every week"), ("2", "Every second week"), ("month", "Each month, on that weekday of it")]

    first = forms.DateField(label="First day", widget=day_input(), validators=[validate_day])
    starts = forms.TimeField(label="Starts at", widget=time_input())
    ends = forms.TimeField(label="Ends at", widget=time_input())
    every = forms.ChoiceField(label="How often", choices=EVERY, initial="1")
    times = forms.IntegerField(label="How many dates", min_value=1, max_value=60, initial=6)
    skip = forms.CharField(
        label="Days to skip",
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="With semicolons between them, such as 11/25/2027; 12/23/2027.",
    )

    def clean_skip(self) -> list[date]:
        days = read_days([" ".join(text.split()) for text in self.cleaned_data["skip"].split(";") if text.strip()])
        for day in days:
            if isinstance(day, ValueError):
                raise ValidationError(str(day))
        return [day for day in days if isinstance(day, date)]

    @property
    def lines(self) -> str:
        """The dates as lines for the list of dates. A day that is skipped counts as one of them."""
        chosen = self.cleaned_data
        return lines_of([day for day in self._days() if day not in chosen["skip"]], chosen["starts"], chosen["ends"])

    def _days(self) -> list[date]:
        first, every = self.cleaned_data["first"], self.cleaned_data["every"]
        begin = datetime.combine(first, datetime.min.time())
        if every == "month":
            # The fifth of a weekday is the last: not every month has five.
            nth = (first.day - 1) // 7 + 1
            rule = rrule(
                MONTHLY,
                begin,
                count=self.cleaned_data["times"],
                byweekday=weekday(first.weekday())(nth if nth < 5 else -1),
            )
        else:
            rule = rrule(WEEKLY, begin, interval=int(every), count=self.cleaned_data["times"])
        return [at.date() for at in rule if at.date() <= LAST_DAY]
