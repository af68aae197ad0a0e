"""The forms of a session: the schedule of a draft, and what may still be typed of a session that is published."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet

from catalog.models import Facilitator, Format, Workshop
from catalog.models.parts import default_minutes
from foundation import database_clock
from foundation.values.zones import zone_of
from foundation.wall_clock import instant
from office.base import OfficeForm, PartInline
from office.consequences import (
    of_a_campus,
    of_a_window,
    of_listing,
    of_more_seats,
    of_other_facilitators,
    of_the_deadline,
)
from office.sessions.concerned import of_a_draft, of_the_dates
from office.sessions.decisions import RunAnywayForm
from office.sessions.fields import MeetingFields, WallClockField
from office.sessions.seats import HELP, NAMES, ModeSeatsForm
from sessions_app.concerns import of_the_leaders, of_what_is_missing, too_small_rooms
from sessions_app.models import Meeting, MeetingPlan, Session
from sessions_app.models.deciding import is_by_rule

WINDOW = ("registration_opens_at", "registration_closes_at")
DEADLINES = ("confirm_by", *WINDOW)
LOOK_BELOW = "Something speaks against these dates. It stands further up."


def planned(workshop: Workshop, meetings: Sequence[MeetingFields]) -> list[MeetingPlan]:
    """Return the meetings as planned, in the order of time. Without an end each lasts as long as its part does."""
    parts = list(workshop.parts.all())
    in_order = sorted(meetings, key=lambda meeting: meeting.times(0).starts_at)
    of = dict(zip(range(len(in_order)), parts, strict=False))
    return [one.plan(default_minutes(workshop, of.get(number))) for number, one in enumerate(in_order)]


def clean_first(form: forms.ModelForm, unless_chosen: Iterable[Facilitator] = ()) -> None:
    """Refuse to put somebody first who does not lead the session; `unless_chosen` lead it where nobody is chosen."""
    first, cleaned = form.cleaned_data.get("first_facilitator"), form.cleaned_data
    if first is None or "facilitators" not in cleaned or first in (cleaned["facilitators"] or unless_chosen):
        return
    if "first_facilitator" in form.changed_data:
        form.add_error("first_facilitator", "Choose one of the people who lead the session.")


class MeetingForm(MeetingFields, forms.ModelForm):
    """A further meeting of the same session."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update(self.initial_of(self.instance))


class FurtherMeetings(BaseInlineFormSet):
    """All meetings but the first, which stands in the form itself. Saving writes all of them again."""

    is_rewritten = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = kwargs["instance"]
        if session.pk and (first := session.meetings.first()):
            kwargs["queryset"] = kwargs["queryset"].exclude(pk=first.pk)
        super().__init__(*args, **kwargs)

    def held(self) -> list[Any]:
        """Return the forms that say something and are not marked for deletion."""
        return [form for form in self.initial_forms + self.extra_forms if self._says_something(form)]

    def _says_something(self, form: Any) -> bool:
        return (form in self.initial_forms or form.has_changed()) and not form.cleaned_data.get(DELETION_FIELD_NAME)

    def clean(self) -> None:
        super().clean()
        schedule = getattr(self.instance, "schedule", None)
        if schedule is None:
            return
        first = schedule.starts_at
        for form in self.held():
            starts_at = getattr(form, "starts_at", None)
            if first and starts_at and starts_at <= first:
                form.add_error("day", "A further meeting comes after the first one.")
        if not schedule.errors and not any(form.errors for form in self.forms):
            schedule.look_at(self.held(), self.has_changed())
            if schedule.errors:
                raise ValidationError(LOOK_BELOW)


class FurtherMeetingInline(PartInline):
    model = Meeting
    form = MeetingForm
    formset = FurtherMeetings
    fields = ["day", ("starts", "ends"), "zone", "venue", "join_link"]
    verbose_name = "further meeting"
    verbose_name_plural = "further meetings, for sessions of several"
    show_change_link = False
    max_num = 20


class ScheduleForm(ModeSeatsForm, MeetingFields, OfficeForm):
    """A session that is a draft or not there yet. What is left blank follows from the workshop and the rule."""

    confirm_by = WallClockField(
        label="Confirm by",
        help_text="When a session still short of its minimum is decided. Blank: 5:00 PM three days before the first "
        "meeting, back to Friday if that is a weekend.",
    )
    registration_opens_at = WallClockField(label="Registration opens at", help_text="Blank: once it is published.")
    registration_closes_at = WallClockField(label="Registration closes at", help_text="Blank: at the start.")

    TIMES = ("day", "starts", "ends", "zone")
    SPEAKING = (*TIMES, "workshop", "venue", "facilitators", "capacity", "room_capacity")
    FOLLOWING = {"format": "format", "minimum": "default_minimum", "capacity": "default_capacity"}

    class Meta:
        widgets = {"facilitators": forms.CheckboxSelectMultiple, "at_deadline": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = self.instance.meetings.select_related("venue").first() if self.instance.pk else None
        if first:
            zone = zone_of(self.instance.time_zone)
            self.initial.update(self.initial_of(first))
            for name in DEADLINES:
                at = getattr(self.instance, name)
                self.initial[name] = at.astimezone(zone).replace(tzinfo=None) if at else None
        for name in self.FOLLOWING:
            self.fields[name].required = False
            self.fields[name].help_text = f"Blank: the workshop’s {name}."
        for name in NAMES:
            self.fields[name].help_text = HELP[name]
        formats = self.fields["format"]
        assert isinstance(formats, forms.ChoiceField)
        formats.choices = [("", "As the workshop"), *Format.choices]
        if not self.instance.pk:
            self.fields["facilitators"].help_text = "None chosen: those of the workshop."

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        # For the further meetings, which are looked at together with the first.
        self.instance.schedule = self
        if workshop := cleaned.get("workshop"):
            venue = cleaned.get("venue")
            self.clean_seats(cleaned.get("format") or workshop.format, [venue] if venue else [])
            for name, source in self.FOLLOWING.items():
                # Blank follows the workshop. Nobody (0) is no blank: it is refused as it was typed.
                if name not in self.errors and cleaned.get(name) in (None, ""):
                    cleaned[name] = getattr(workshop, source)
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
        clean_first(self, workshop.facilitators.all() if workshop and not self.instance.pk else ())
        return cleaned

    def look_at(self, further: Sequence[MeetingFields], is_new: bool) -> None:
        """Ask once about what speaks against the session, as it is typed with its `further` meetings.

        Asks where a date, a place, its size or a facilitator was typed, or `further` `is_new`; and before it is
        published, also about what people will miss.
        """
        publishes = "_publish" in self.data
        if not (publishes or is_new or set(self.SPEAKING) & set(self.changed_data)):
            return
        cleaned, workshop = self.cleaned_data, self.cleaned_data["workshop"]
        parts = list(workshop.parts.all())
        plans = planned(workshop, [self, *further])
        placed = [
            (plan, default_minutes(workshop, parts[number] if number < len(parts) else None))
            for number, plan in enumerate(plans)
        ]
        leads = cleaned["facilitators"] or ([] if self.instance.pk else workshop.facilitators.all())
        size = cleaned.get("room_capacity") or cleaned["capacity"]
        beside = self.instance if self.instance.pk else None
        said = of_the_dates(workshop, placed, [one.pk for one in leads], size, database_clock.now(), beside)
        if beside and not publishes and not is_new and not set(self.TIMES) & set(self.changed_data):
            # Nobody is asked twice: what speaks against the date that it has was said when it got it.
            known = of_a_draft(Session.objects.get(pk=beside.pk), database_clock.now())
            said = [sentence for sentence in said if sentence not in known]
        if publishes:
            said += of_what_is_missing(workshop, cleaned["format"], [plan.join_link for plan in plans], bool(leads))
        self.ask([], said, *(plan.starts_at for plan in plans))

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the deadlines to `clean`: in a form that is refused early they are still times on a wall clock."""
        return super()._get_validation_exclusions() | set(DEADLINES)  # type: ignore[misc] # Django's; the stubs lack it

    def _followed_the_start(self, name: str) -> bool:
        """Return whether this deadline moves along: a draft moves, and the rule had set it and nobody typed another."""
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


class PublishedForm(ModeSeatsForm, OfficeForm):
    """A session people may have registered for: only what a verb may change, and how it is shown."""

    class Meta:
        widgets = {"facilitators": forms.CheckboxSelectMultiple, "at_deadline": forms.RadioSelect}

    registration_opens_at = WallClockField(label="Registration opens at", help_text="Blank: at once.")
    registration_closes_at = WallClockField(label="Registration closes at", help_text="Blank: at the start.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WINDOW:
            if name not in (self._meta.fields or ()):
                del self.fields[name]
            elif at := getattr(self.instance, name):
                self.initial[name] = at.astimezone(zone_of(self.instance.time_zone)).replace(tzinfo=None)
        asks = self.instance.asks_how
        for name in ("minimum", *(NAMES if asks else ["capacity"])):
            if name in self.fields:
                self.fields[name].required = True
        if asks and "capacity" in self.fields:
            self.fields["capacity"].help_text = "Blank: the seats in the room and online together."

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned, before = self.cleaned_data, Session.objects.get(pk=self.instance.pk)
        self._clean_window()
        if "at_deadline" in self.changed_data and "at_deadline" in cleaned:
            self._ask("at_deadline", before.refuse_at_deadline, cleaned["at_deadline"])
        if "minimum" in self.fields:
            self._clean_size()
        clean_first(self)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the times to `clean`: in a form that is refused early they are still times on a wall clock."""
        return super()._get_validation_exclusions() | set(WINDOW)  # type: ignore[misc] # as above

    def _clean_window(self) -> None:
        """Make instants of the times for registering, on the clock of the session, and refuse what cannot be."""
        cleaned, zone = self.cleaned_data, self.instance.time_zone
        if not set(WINDOW) <= cleaned.keys():
            return
        for name in WINDOW:
            try:
                cleaned[name] = cleaned[name] and instant(cleaned[name].date(), cleaned[name].time(), zone)
            except ValueError as error:
                self.add_error(name, str(error))
        if set(WINDOW) & set(self.changed_data) and not set(WINDOW) & self.errors.keys():
            before = Session.objects.get(pk=self.instance.pk)
            cleaned["registration_closes_at"] = cleaned["registration_closes_at"] or before.starts_at
            self._ask("registration_closes_at", before.refuse_window, *(cleaned[name] for name in WINDOW))

    def _ask(self, name: str, question: Callable[..., None], *values: object) -> None:
        """Put the refusal of `question` at the field `name`, if it refuses."""
        try:
            question(*values, database_clock.now())
        except Session.Refused as refusal:
            self.add_error(name, str(refusal))

    def consequences(self) -> list[str]:
        before, chosen = Session.objects.get(pk=self.instance.pk), self.cleaned_data
        said = []
        if "capacity" in chosen:
            said += of_more_seats(before, chosen["capacity"], *(chosen.get(name) for name in NAMES))
        if "facilitators" in self.changed_data:
            said += of_other_facilitators(before, chosen["facilitators"])
        if "listed" in self.changed_data and chosen["listed"]:
            said += of_listing(before)
        if set(WINDOW) & set(self.changed_data):
            said += of_a_window(before, *(chosen[name] for name in WINDOW))
        if "at_deadline" in self.changed_data:
            said += of_the_deadline(before, chosen["at_deadline"])
        if "for_campus" in self.changed_data:
            said += of_a_campus(before, chosen["for_campus"])
        return said

    def concerns(self) -> list[str]:
        before, chosen, now = Session.objects.get(pk=self.instance.pk), self.cleaned_data, database_clock.now()
        ahead = list(before.meetings.filter(starts_at__gt=now).select_related("venue"))
        said = []
        if {"capacity", "room_capacity"} & set(self.changed_data):
            before.capacity = chosen.get("capacity") or before.capacity
            before.room_capacity = chosen.get("room_capacity") or before.room_capacity
            said += too_small_rooms(before, ahead)
        if "facilitators" in self.changed_data:
            new = set(chosen["facilitators"]) - set(before.facilitators.all())
            said += of_the_leaders(before, ahead, [one.pk for one in new])
        return said

    def _refuse_to_confirm(self, minimum: int) -> None:
        """Refuse a lower minimum that would confirm the session: people were promised the other one."""
        before = Session.objects.get(pk=self.instance.pk)
        if before.status == Session.Status.OPEN and minimum < before.minimum and minimum <= before.seats_taken:
            self.add_error(
                "minimum",
                f"{before.seats_taken} have registered, so this would confirm the session at once, below the "
                f"{before.minimum} that people were told. “{RunAnywayForm.title}” does that, with a reason.",
            )

    def _clean_size(self) -> None:
        cleaned = self.cleaned_data
        if self.instance.asks_how or any(cleaned.get(name) for name in NAMES):
            meetings = self.instance.meetings.filter(venue__isnull=False).select_related("venue")
            self.clean_seats(self.instance.format, [meeting.venue for meeting in meetings])
        minimum, capacity = cleaned.get("minimum"), cleaned.get("capacity")
        if self.errors or minimum is None or capacity is None:
            return
        self._refuse_to_confirm(minimum)
        room, online = (cleaned.get(name) for name in NAMES)
        try:
            self.instance.refuse_size(minimum, capacity, room, online)
        except Session.Refused as refusal:
            of_a_mode = "online_capacity" if (online or 0) < self.instance.online_taken else "room_capacity"
            field = of_a_mode if self.instance.asks_how or room else "capacity"
            self.add_error("minimum" if minimum > capacity else field, str(refusal))
