"""What the office types to schedule a session: wall-clock times at a place, and what differs from the workshop."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.models import BaseInlineFormSet

from accounts.models import validate_time_zone
from foundation.wall_clock import instant
from office.base import OfficeForm
from sessions_app.models import Meeting, MeetingPlan, Session, Times, Venue
from sessions_app.models.deciding import is_by_rule

DEADLINES = ("confirm_by", "registration_opens_at", "registration_closes_at")
DAYS_OF_A_CALENDAR = [
    MinValueValidator(date(2000, 1, 1), "Choose a date from the year 2000 on."),
    MaxValueValidator(date(2100, 12, 31), "Choose a date before the year 2101."),
]


def day_input(**attrs) -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attrs})


def time_input(**attrs) -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time", **attrs})


class WallClockWidget(forms.MultiWidget):
    def __init__(self, attrs=None):
        super().__init__([day_input(**{"aria-label": "Date"}), time_input(**{"aria-label": "Time"})], attrs)

    def decompress(self, value: datetime | None) -> list:
        return [value.date(), value.time()] if value else [None, None]


class WallClockField(forms.MultiValueField):
    """A date and a time as the clock on the wall shows them: a naive datetime, None when both are blank."""

    widget = WallClockWidget

    def __init__(self, **kwargs):
        fields = [forms.DateField(required=False, validators=DAYS_OF_A_CALENDAR), forms.TimeField(required=False)]
        super().__init__(fields, require_all_fields=False, **{"required": False} | kwargs)

    def compress(self, data_list: list) -> datetime | None:
        day, at = data_list or (None, None)
        if day is None and at is None:
            return None
        if day is None or at is None:
            raise forms.ValidationError("Enter both a date and a time.")
        return datetime.combine(day, at)


class TimesFields(forms.Form):
    """When one meeting is: a day, and its times on the wall clock of a zone."""

    day = forms.DateField(label="Date", widget=day_input(), validators=DAYS_OF_A_CALENDAR)
    starts = forms.TimeField(label="Starts at", widget=time_input())
    ends = forms.TimeField(
        label="Ends at", required=False, widget=time_input(), help_text="Blank: the start plus the workshop’s length."
    )
    zone = forms.CharField(
        label="Time zone",
        required=False,
        max_length=60,
        validators=[validate_time_zone],
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "class": "vTextField"}),
    )

    @staticmethod
    def initial_of(meeting: Meeting) -> dict:
        """Return what the fields show for a meeting that exists."""
        zone = ZoneInfo(meeting.time_zone)
        starts_at, ends_at = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
        return {
            "day": starts_at.date(),
            "starts": starts_at.time(),
            "ends": ends_at.time(),
            "zone": meeting.time_zone,
        }

    def default_zone(self) -> str:
        """Return the zone of a meeting whose zone was left blank."""
        return settings.TIME_ZONE

    def clean(self):
        cleaned = super().clean()
        if "zone" not in self.errors:
            cleaned["zone"] = cleaned.get("zone") or self.default_zone()
        self.starts_at, self.ends_at = self._instant("starts"), self._instant("ends")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            self.add_error("ends", "A meeting ends after it starts.")
        return cleaned

    def _instant(self, name: str) -> datetime | None:
        day, at, zone = (self.cleaned_data.get(field) for field in ("day", name, "zone"))
        if day is None or at is None or not zone:
            return None
        try:
            return instant(day, at, zone)
        except ValueError as error:
            self.add_error(name, str(error))
            return None

    def times(self, minutes: int) -> Times:
        """Return when it is; without an end it lasts `minutes`."""
        ends_at = self.ends_at or self.starts_at + timedelta(minutes=minutes)
        return Times(self.starts_at, ends_at, self.cleaned_data["zone"])


class PlaceFields(forms.Form):
    """Where one meeting is: a place or a link."""

    venue = forms.ModelChoiceField(
        Venue.objects.select_related("campus"), label="Venue", required=False, empty_label="No venue, online"
    )
    join_link = forms.URLField(
        label="Join link",
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )


class MeetingFields(PlaceFields, TimesFields):
    """One meeting to schedule. What is left blank of the zone follows from the place."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zone"].help_text = f"Blank: that of the venue’s campus, otherwise {settings.TIME_ZONE}."

    @staticmethod
    def initial_of(meeting: Meeting) -> dict:
        where = {"venue": meeting.venue_id, "join_link": meeting.join_link}
        return TimesFields.initial_of(meeting) | where

    def default_zone(self) -> str:
        venue = self.cleaned_data.get("venue")
        return venue.campus.time_zone if venue else super().default_zone()

    def plan(self, minutes: int) -> MeetingPlan:
        """Return the meeting as planned; without an end it lasts `minutes`."""
        where = {"venue": self.cleaned_data["venue"], "join_link": self.cleaned_data["join_link"]}
        return MeetingPlan(**vars(self.times(minutes)), **where)


class MeetingForm(MeetingFields, forms.ModelForm):
    """A further meeting of the same session."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial |= self.initial_of(self.instance)


class FurtherMeetings(BaseInlineFormSet):
    """All meetings but the first, which stands in the form itself."""

    def __init__(self, *args, instance=None, queryset=None, **kwargs):
        if instance is not None and instance.pk and (first := instance.meetings.first()):
            queryset = queryset.exclude(pk=first.pk)
        super().__init__(*args, instance=instance, queryset=queryset, **kwargs)

    def kept(self) -> list[MeetingForm]:
        """Return the forms that say something and are not marked for deletion."""
        return [form for form in self.initial_forms + self.extra_forms if self._says_something(form)]

    def _says_something(self, form) -> bool:
        return (form in self.initial_forms or form.has_changed()) and not self._should_delete_form(form)

    def clean(self):
        super().clean()
        first = getattr(self.instance, "planned_start", None)
        for form in self.kept():
            starts_at = getattr(form, "starts_at", None)
            if first and starts_at and starts_at <= first:
                form.add_error("day", "A further meeting comes after the first one.")


class ScheduleForm(MeetingFields, OfficeForm):
    """A session that is a draft or not there yet. What is left blank follows from the workshop and the rule."""

    confirm_by = WallClockField(
        label="Confirm by",
        help_text="When a session still short of its minimum is decided. Blank: 5:00 PM three days before the first "
        "meeting, back to Friday if that is a weekend.",
    )
    registration_opens_at = WallClockField(label="Registration opens at", help_text="Blank: once it is published.")
    registration_closes_at = WallClockField(label="Registration closes at", help_text="Blank: at the start.")

    FOLLOWING = {"format": "format", "minimum": "default_minimum", "capacity": "default_capacity"}

    class Meta:
        widgets = {"facilitators": forms.CheckboxSelectMultiple, "at_deadline": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        first = self.instance.meetings.select_related("venue").first() if self.instance.pk else None
        if first:
            zone = ZoneInfo(self.instance.time_zone)
            self.initial |= self.initial_of(first)
            for name in DEADLINES:
                at = getattr(self.instance, name)
                self.initial[name] = at.astimezone(zone).replace(tzinfo=None) if at else None
        for name in self.FOLLOWING:
            self.fields[name].required = False
            self.fields[name].help_text = f"Blank: the workshop’s {name}."
        self.fields["format"].choices = [("", "As the workshop"), *self.fields["format"].choices[1:]]
        if not self.instance.pk:
            self.fields["facilitators"].help_text = "None chosen: those of the workshop."

    def clean(self):
        cleaned = super().clean()
        self.instance.planned_start = self.starts_at
        if workshop := cleaned.get("workshop"):
            for name, source in self.FOLLOWING.items():
                if name not in self.errors:
                    cleaned[name] = cleaned.get(name) or getattr(workshop, source)
        minimum, capacity = cleaned.get("minimum"), cleaned.get("capacity")
        if minimum and capacity and minimum > capacity:
            self.add_error("minimum", f"The minimum cannot be larger than the capacity, {capacity}.")
        for name, late in (
            ("confirm_by", "The decision date cannot be after the start."),
            ("registration_opens_at", "Registration opens before the start."),
            ("registration_closes_at", "Registration closes at the start at the latest."),
        ):
            if self._followed_the_start(name):
                cleaned[name] = None
            self._clean_deadline(name, late)
        opens_at, closes_at = (cleaned.get(f"registration_{what}_at") for what in ("opens", "closes"))
        closes_at = closes_at or self.starts_at
        if opens_at and closes_at and opens_at >= closes_at:
            self.add_error("registration_opens_at", "Registration opens before it closes.")
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the deadlines to `clean`: in a form that is refused early they are still times on a wall clock."""
        return super()._get_validation_exclusions() | set(DEADLINES)

    def _followed_the_start(self, name: str) -> bool:
        """True when a draft moves and this deadline was the rule's and is left alone: then it moves along."""
        old_start, value = self.instance.starts_at, getattr(self.instance, name)
        if not (self.instance.pk and old_start and self.starts_at) or name in self.changed_data:
            return False
        if name == "registration_opens_at":
            return False
        return self.starts_at != old_start and is_by_rule(value, old_start, self.instance.time_zone)

    def _clean_deadline(self, name: str, late: str) -> None:
        local, zone = self.cleaned_data.get(name), self.cleaned_data.get("zone")
        if local is None or not zone:
            self.cleaned_data[name] = None
            return
        try:
            self.cleaned_data[name] = instant(local.date(), local.time(), zone)
        except ValueError as error:
            self.add_error(name, str(error))
            return
        if self.starts_at and self.cleaned_data[name] > self.starts_at:
            self.add_error(name, late)


class PublishedForm(OfficeForm):
    """A session people may have registered for: only what a verb may change, and how it is shown."""

    class Meta:
        widgets = {"facilitators": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("minimum", "capacity"):
            if name in self.fields:
                self.fields[name].required = True

    def clean(self):
        cleaned = super().clean()
        minimum, capacity = cleaned.get("minimum"), cleaned.get("capacity")
        if minimum is not None and capacity is not None:
            try:
                self.instance.refuse_size(minimum, capacity)
            except Session.Refused as refusal:
                self.add_error("minimum" if minimum > capacity else "capacity", str(refusal))
        return cleaned


# ---- one form per decision ----


class DecisionForm(forms.Form):
    """A page that asks before a verb is called. `act` calls the one verb and returns the sentence for afterwards."""

    title = button = ""
    is_grave = False
    page = "office/sessions/decision.html"

    def __init__(self, *args, session: Session, **kwargs):
        self.session = session
        super().__init__(*args, **kwargs)

    def explanation(self) -> str:
        """Return what the button is going to do, in a sentence or two."""
        raise NotImplementedError

    def act(self, by) -> str:
        raise NotImplementedError


class PublishForm(DecisionForm):
    title = button = "Publish"

    def explanation(self) -> str:
        where = "It is listed in the catalog" if self.session.listed else "It is not listed: people need its link"
        return f"{where}, and people can register from now on. From then on they are told what changes."

    def act(self, by) -> str:
        self.session.publish(by=by)
        return "Published. People can register now."


class ReasonForm(DecisionForm):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}), max_length=1000)


class RunAnywayForm(ReasonForm):
    title = button = "Confirm anyway"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "For the record; registrants are not shown it."
        self.fields["reason"].error_messages["required"] = "Say why it is held below its minimum."

    def explanation(self) -> str:
        session = self.session
        return (
            f"{session.seats_taken} of {session.minimum} have registered. They are told that it is confirmed and get "
            "a calendar invitation. This cannot be taken back, only cancelled."
        )

    def act(self, by) -> str:
        self.session.run_anyway(self.cleaned_data["reason"], by=by)
        return "Confirmed. Everyone registered gets an invitation."


class ExtendForm(DecisionForm):
    title = button = "Give it more time"

    until = WallClockField(label="New decision date", required=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.session.confirm_by:
            before = self.session.confirm_by.astimezone(ZoneInfo(self.session.time_zone))
            self.initial["until"] = before.replace(tzinfo=None)
        self.fields["until"].help_text = f"On the clock of {self.session.time_zone}, at the start at the latest."

    def explanation(self) -> str:
        return f"{self.session.seats_taken} of {self.session.minimum} have registered. It is decided at the new date."

    def clean_until(self) -> datetime:
        local = self.cleaned_data["until"]
        try:
            return instant(local.date(), local.time(), self.session.time_zone)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def act(self, by) -> str:
        self.session.extend(self.cleaned_data["until"], by=by)
        return "The decision date has moved."


class CancelForm(ReasonForm):
    title = button = "Cancel and write to everyone"
    is_grave = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "People read this in the mail they get."
        self.fields["reason"].error_messages["required"] = "Say why: people are told the reason."

    def explanation(self) -> str:
        registered, waiting = self.session.seats_taken, self.session.waiting_count
        people = "1 person is told" if registered + waiting == 1 else f"{registered + waiting} people are told"
        return f"{people}: {registered} registered, {waiting} on the waitlist. This cannot be taken back."

    def act(self, by) -> str:
        self.session.cancel(self.cleaned_data["reason"], by=by)
        return "Cancelled. Everyone is being told."
