"""How the office types when and where a meeting is: a day and times on the wall clock of a zone, a venue or a link."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings

from foundation.values.days import validate_day
from foundation.values.links import LinkFormField
from foundation.values.zones import ZoneFormField, zone_of
from foundation.wall_clock import end_after, instant
from sessions_app.models import Meeting, MeetingPlan, Times, Venue


def day_input(**attrs: str) -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attrs})


def time_input(**attrs: str) -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time", **attrs})


class WallClockWidget(forms.MultiWidget):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([day_input(**{"aria-label": "Date"}), time_input(**{"aria-label": "Time"})], attrs)

    def decompress(self, value: datetime | None) -> list:
        return [value.date(), value.time()] if value else [None, None]


class WallClockField(forms.MultiValueField):
    """A date and a time as the clock on the wall shows them: a naive datetime, None when both are blank."""

    widget = WallClockWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.DateField(required=False, validators=[validate_day]), forms.TimeField(required=False)]
        super().__init__(fields, require_all_fields=False, **{"required": False} | kwargs)

    def compress(self, data_list: list) -> datetime | None:
        day, at = data_list or (None, None)
        if day is None and at is None:
            return None
        if day is None or at is None:
            raise forms.ValidationError("Enter both a date and a time.")
        return datetime.combine(day, at)


class OneMeeting(forms.Form):
    """Fields of one meeting. A page that shows several puts a heading above each."""

    heading = ""


class TimesFields(OneMeeting):
    """When one meeting is: a day, and its times on the wall clock of a zone. A valid form knows the instants, too."""

    day = forms.DateField(label="Date", widget=day_input(), validators=[validate_day])
    starts = forms.TimeField(label="Starts at", widget=time_input())
    ends = forms.TimeField(
        label="Ends at",
        required=False,
        widget=time_input(),
        help_text="Blank: the start plus the length of the workshop or its part. Before the start: on the next day.",
    )
    zone = ZoneFormField(
        label="Time zone",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "class": "vTextField"}),
    )

    @staticmethod
    def initial_of(meeting: Meeting) -> dict:
        """Return what the fields show for a meeting that exists."""
        zone = zone_of(meeting.time_zone)
        starts_at, ends_at = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
        return {
            "day": starts_at.date(),
            "starts": starts_at.time(),
            "ends": ends_at.time(),
            "zone": zone.key,
        }

    def default_zone(self) -> str:
        """Return the zone of a meeting whose zone was left blank."""
        return settings.TIME_ZONE

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if "zone" not in self.errors:
            cleaned["zone"] = cleaned.get("zone") or self.default_zone()
        day, starts, ends, zone = (cleaned.get(field) for field in ("day", "starts", "ends", "zone"))
        self.starts_at = self._instant("starts", instant, day, starts, zone)
        self.ends_at = self._instant("ends", end_after, self.starts_at, ends, zone)
        return cleaned

    def _instant(self, name: str, clock: Callable[..., datetime], *typed: Any) -> datetime | None:
        """Return the instant that `clock` makes of what was `typed`; None where a part is missing or wrong."""
        if None in typed or "zone" in self.errors:
            return None
        try:
            return clock(*typed)
        except ValueError as error:
            self.add_error(name, str(error))
            return None

    def times(self, minutes: int) -> Times:
        """Return when it is; without an end it lasts `minutes`."""
        assert self.starts_at is not None, "only a valid form says when it is"
        ends_at = self.ends_at or self.starts_at + timedelta(minutes=minutes)
        return Times(self.starts_at, ends_at, self.cleaned_data["zone"])


class PlaceFields(OneMeeting):
    """Where one meeting is: a venue or a link."""

    venue = forms.ModelChoiceField(
        Venue.objects.select_related("campus"), label="Venue", required=False, empty_label="No venue, online"
    )
    join_link = LinkFormField(
        label="Join link",
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )


class MeetingFields(PlaceFields, TimesFields):
    """One meeting to schedule. A zone left blank follows from the venue."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].help_text = f"Blank: that of the venue’s campus, otherwise {settings.TIME_ZONE}."

    @staticmethod
    def initial_of(meeting: Meeting) -> dict:
        where = {"venue": meeting.venue_id, "join_link": meeting.join_link}
        return TimesFields.initial_of(meeting) | where

    def default_zone(self) -> str:
        venue = self.cleaned_data.get("venue")
        return zone_of(venue.campus.time_zone).key if venue else super().default_zone()

    def plan(self, minutes: int) -> MeetingPlan:
        """Return the meeting as planned; without an end it lasts `minutes`."""
        where = {"venue": self.cleaned_data["venue"], "join_link": self.cleaned_data["join_link"]}
        return MeetingPlan(**vars(self.times(minutes)), **where)
