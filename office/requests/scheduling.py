"""Schedule what a team asked for, in one step: an unlisted session, published, with the team nominated."""

from typing import Any

from django import forms

from accounts.models import Person
from catalog.models import Facilitator, Format, Part, Workshop
from foundation.values.zones import zone_of
from foundation.wall_clock import instant
from office.base import MOST
from office.requests.decisions import RequestDecisionForm
from office.sessions.fields import MeetingFields, WallClockField
from office.sessions.seats import HELP, ModeSeatsForm
from sessions_app.models import MeetingPlan, Where
from sessions_app.requests.minimum import minimum_of


class ScheduleRequestForm(ModeSeatsForm, MeetingFields, RequestDecisionForm):
    """Ask what, when, where and who leads it. What is left blank follows from the workshop and the rule.

    `window` is which of the team's times the page starts from, 1 being the soonest.
    """

    title, button = "Schedule it", "Schedule it and write to everyone"
    page = "requests/schedule"

    workshop = forms.ModelChoiceField(
        Workshop.objects.published(), label="Workshop", error_messages={"required": "Choose a workshop."}
    )
    format = forms.ChoiceField(choices=[("", "As the workshop"), *Format.choices], required=False)
    facilitators = forms.ModelMultipleChoiceField(
        Facilitator.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: those of the workshop.",
    )
    minimum = forms.IntegerField(min_value=1, max_value=MOST, required=False)
    capacity = forms.IntegerField(
        min_value=1, max_value=MOST, required=False, help_text="Blank: the workshop’s default capacity."
    )
    room_capacity = forms.IntegerField(
        label="Seats in the room", min_value=1, max_value=MOST, required=False, help_text=HELP["room_capacity"]
    )
    online_capacity = forms.IntegerField(
        label="Seats online", min_value=1, max_value=MOST, required=False, help_text=HELP["online_capacity"]
    )
    confirm_by = WallClockField(
        label="Confirm by",
        help_text="When a session still short of its minimum is decided. Blank: 5:00 PM three days before, back to "
        "Friday if that is a weekend.",
    )
    anyway = forms.BooleanField(
        label="At another time anyway", required=False, widget=forms.HiddenInput, help_text="The team may not be free."
    )

    field_order = ["workshop", "day", "starts", "ends", "zone", "format", "venue", "join_link", "facilitators"]

    def __init__(self, *args: Any, window: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spans = self.request.spans
        self.initial.update(self._first_words(window))
        self.parts = self._parts_to_hold()
        self.further = [self._further(number, part) for number, part in enumerate(self.parts[1:], start=2)]
        least = minimum_of(self.request.workshop)
        help_text = "Blank: the workshop’s default minimum."
        if self.request.people < least:
            help_text = f"Blank: the workshop’s default minimum. They are {self.request.people}."
        self.fields["minimum"].help_text = help_text

    def _first_words(self, window: int) -> dict[str, Any]:
        """Return what the form starts from: what was asked for, at the start of one of the windows."""
        request, zone = self.request, zone_of(self.request.time_zone)
        workshop = request.workshop if request.workshop and request.workshop.is_published else None
        starts_at = self.spans[min(window, len(self.spans)) - 1][0].astimezone(zone)
        return {
            "workshop": workshop.pk if workshop else None,
            "day": starts_at.date(),
            "starts": starts_at.time(),
            "zone": zone.key,
            "format": "" if request.where == Where.EITHER else request.where,
        }

    def _parts_to_hold(self) -> list[Part]:
        """Return the parts of the workshop that is chosen, or was asked for: each is held in a meeting of its own."""
        chosen = self.data.get("workshop") if self.is_bound else self.initial["workshop"]
        try:
            workshop = self.fields["workshop"].clean(chosen)
        except forms.ValidationError:
            return []
        return list(workshop.parts.all())

    def _further(self, number: int, part: Part) -> MeetingFields:
        """Return the fields of a further meeting, which starts from the next of the team's times if there is one."""
        spans, zone = self.spans[number - 1 : number], zone_of(self.request.time_zone)
        first = spans[0][0].astimezone(zone) if spans else None
        initial = {"day": first.date(), "starts": first.time()} if first else {"starts": self.initial["starts"]}
        fields = MeetingFields(self.data if self.is_bound else None, prefix=f"part{number}", initial=initial)
        fields.heading = f"Part {number}: {part.title}"
        return fields

    # ---- what is refused ----

    def is_valid(self) -> bool:
        # Each is asked, also after one that is wrong, so that every error is shown at once.
        wrong = [fields for fields in self.further if not fields.is_valid()]
        return super().is_valid() and not wrong

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if workshop := cleaned.get("workshop"):
            venues = [fields.cleaned_data.get("venue") for fields in [self, *self.further] if fields.is_bound]
            self.clean_seats(cleaned.get("format") or workshop.format, filter(None, venues))
            for name in ("minimum", "capacity"):
                if name not in self.errors:
                    cleaned[name] = cleaned.get(name) or getattr(workshop, f"default_{name}")
        minimum, capacity = cleaned.get("minimum"), cleaned.get("capacity")
        if minimum and capacity and minimum > capacity:
            self.add_error("minimum", f"The minimum cannot be larger than the capacity, {capacity}.")
        self._clean_confirm_by()
        if not self.errors and all(fields.is_valid() for fields in self.further):
            self._ask_about_another_time()
        return cleaned

    def _clean_confirm_by(self) -> None:
        local, zone = self.cleaned_data.get("confirm_by"), self.cleaned_data.get("zone")
        self.cleaned_data["confirm_by"] = None
        if local is None or not zone:
            return
        try:
            confirm_by = instant(local.date(), local.time(), zone)
        except ValueError as error:
            self.add_error("confirm_by", str(error))
            return
        if self.starts_at and confirm_by > self.starts_at:
            self.add_error("confirm_by", "The decision date cannot be after the start.")
            return
        self.cleaned_data["confirm_by"] = confirm_by

    def _ask_about_another_time(self) -> None:
        """Refuse a time outside of the team's windows until the office says that it is meant."""
        if self.cleaned_data["anyway"] or all(self._is_theirs(plan) for plan in self._plans()):
            return
        self.fields["anyway"].widget = forms.CheckboxInput()
        self.fields["anyway"].widget.is_required = False
        raise forms.ValidationError("This is not within the times the team gave. If it is meant, tick the box below.")

    def _is_theirs(self, plan: MeetingPlan) -> bool:
        return any(first <= plan.starts_at and plan.ends_at <= last for first, last in self.spans)

    def _plans(self) -> list[MeetingPlan]:
        """Return the meetings as planned: one, or one for each part, without an end as long as that part."""
        minutes = [part.minutes for part in self.parts] or [self.cleaned_data["workshop"].minutes]
        return [fields.plan(length) for fields, length in zip([self, *self.further], minutes, strict=True)]

    # ---- what it does ----

    def told(self) -> list[str]:
        request, many = self.request, len(self.request.addresses)
        if not request.takes_part:
            first = (
                f"{request.by} is told when and where it is. They are not registered: they said they do not take part."
            )
        elif request.by.profile_is_complete:
            first = f"{request.by} is told when and where it is, and is registered if they may be and are free."
        else:
            first = f"{request.by} is told when and where it is, and how to register: their profile lacks name or role."
        if not many:
            second = "No colleague is written to: no address was given. The team can nominate them from its page."
        elif many == 1:
            second = f"1 colleague gets a mail that proposes the session: {request.addresses[0]}."
        else:
            second = f"{many} colleagues get a mail each that proposes the session: {', '.join(request.addresses)}."
        return [first, second, "Nobody else is told: the session is published at once and stands in no list."]

    def act(self, by: Person) -> str:
        said = self.cleaned_data
        session = self.request.schedule(
            said["workshop"],
            self._plans(),
            by=by,
            facilitators=said["facilitators"] or None,
            format=said["format"],
            minimum=said["minimum"],
            capacity=said["capacity"],
            room_capacity=said.get("room_capacity"),
            online_capacity=said.get("online_capacity"),
            confirm_by=said["confirm_by"],
        )
        return f"Scheduled: {session}. Everyone is being told."
