"""The pages that change a session people have planned with: when it meets, where, and how often."""

from copy import copy
from dataclasses import replace
from datetime import time
from typing import Any, Generic, TypeVar

from django import forms
from django.core import signing
from django.http import QueryDict

from accounts.models import Person
from catalog.models import Part
from catalog.models.parts import default_minutes
from foundation import database_clock
from office.base import model_choice
from office.sessions.concerned import Placed, of_new_times
from office.sessions.decisions import DecisionForm, ReasonForm
from office.sessions.fields import MeetingFields, OneMeeting, PlaceFields, TimesFields
from office.sessions.foreseen import ConcernedForm
from sessions_app.concerns import NO_LINK, of_the_places
from sessions_app.models import Meeting, MeetingPlan, Mode, Place, Session, Times, Venue
from sessions_app.models.linking import ONLINE
from sessions_app.models.venue import meeting_words

Fields = TypeVar("Fields", bound=OneMeeting)
TOLD = "They are told two minutes from now, once, what was and what is; until then it can be changed again unnoticed."
LARGEST = 10**6
STALE = (
    "Somebody changed this session while you had the page open, so nothing was changed. "
    "What they changed is shown as it is now, and what you typed is still here. Look at both, and press again."
)


class MeetingsForm(DecisionForm, Generic[Fields]):
    """Fields for every meeting that is to come, under a heading each. Refuses a page that is out of date."""

    page = "sessions/meetings"
    fields_class: type[Fields]

    as_loaded = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, session: Session, **kwargs: Any) -> None:
        self.meetings = list(
            session.meetings.filter(starts_at__gt=database_clock.now()).select_related("venue__campus", "part")
        )
        now = {meeting.pk: self.initial_of(meeting) for meeting in self.meetings}
        shown = {str(pk): {name: as_shown(value) for name, value in fields.items()} for pk, fields in now.items()}
        loaded = None if data is None else _loaded(data.get("as_loaded", ""))
        self.is_stale = data is not None and loaded != shown
        super().__init__(None if self.is_stale else data, session=session, **kwargs)
        self.initial["as_loaded"] = signing.dumps(shown, compress=True)
        self.each = [self._fields_of(meeting, now[meeting.pk]) for meeting in self.meetings]
        if self.is_stale and data is not None:
            self.initial.update({name: data[name] for name in self.fields if name in data and name != "as_loaded"})
            for meeting, fields in zip(self.meetings, self.each, strict=True):
                fields.initial.update(_typed(data, fields, (loaded or {}).get(str(meeting.pk), {})))

    def _fields_of(self, meeting: Meeting, initial: dict[str, Any]) -> Fields:
        fields = self.fields_class(self.data or None, prefix=f"meeting{meeting.pk}", initial=initial)
        fields.heading = f"{meeting.part}: {meeting_words(meeting)}" if meeting.part else meeting_words(meeting)
        return fields

    def initial_of(self, meeting: Meeting) -> dict:
        """Return what the fields show of a meeting."""
        raise NotImplementedError

    def is_whole(self) -> bool:
        return all(fields.is_valid() for fields in self.each)

    def is_valid(self) -> bool:
        # Each meeting is asked, also after one that is wrong, so that every error is shown at once.
        wrong = [fields for fields in self.each if not fields.is_valid()]
        return super().is_valid() and not wrong

    def explanation(self) -> str:
        registered, waiting = self.session.seats_taken, self.session.waiting_count
        if not self.meetings:
            return "Every meeting of this session has started, so nothing is left to change."
        return f"{registered} registered, {waiting} on the waitlist. {TOLD}"


def as_shown(value: object) -> str:
    """Return the value of a field as the page holds it, and as the browser sends it back."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "" if value is None else str(value)


def _typed(data: QueryDict, fields: OneMeeting, loaded: dict[str, str]) -> dict[str, str]:
    """Return what somebody typed for a meeting: what came back otherwise than it was `loaded`, by field."""
    sent = {name: data.get(fields.add_prefix(name)) for name in fields.fields}
    return {name: value for name, value in sent.items() if value is not None and value != loaded.get(name)}


def _loaded(words: str) -> dict[str, dict[str, str]] | None:
    """Return the fields as the page was made with, by meeting and name; None if nobody can tell."""
    try:
        return signing.loads(words)
    except signing.BadSignature:
        return None


class RescheduleForm(ConcernedForm, MeetingsForm[TimesFields]):
    title, button = "Change the times", "Change the times and write to everyone"
    fields_class = TimesFields

    def initial_of(self, meeting: Meeting) -> dict:
        return TimesFields.initial_of(meeting)

    def concerns(self) -> list[str]:
        moved: list[tuple[Placed, int]] = [
            (MeetingPlan(**vars(times), venue=meeting.venue), self._minutes(meeting))
            for meeting, times in self._times().items()
            if (times.starts_at, times.ends_at) != (meeting.starts_at, meeting.ends_at)
        ]
        return of_new_times(self.session, moved, database_clock.now(), self.reader)

    def meant(self) -> list[object]:
        return [(meeting.pk, times) for meeting, times in self._times().items()]

    def _times(self) -> dict[Meeting, Times]:
        pairs = zip(self.meetings, self.each, strict=True)
        return {meeting: fields.times(self._minutes(meeting)) for meeting, fields in pairs}

    def _minutes(self, meeting: Meeting) -> int:
        return default_minutes(self.session.workshop, meeting.part)

    def act(self, by: Person) -> str:
        along = self.session.reschedule(self._times(), by=by)
        return " ".join(["The times are changed.", *along])


class RelocateForm(ConcernedForm, MeetingsForm[PlaceFields]):
    title, button = "Change the place", "Change the place and write to everyone"
    fields_class = PlaceFields

    anyway = forms.BooleanField(
        label="Move there anyway", required=False, widget=forms.HiddenInput, help_text="Not everybody may have a seat."
    )

    def initial_of(self, meeting: Meeting) -> dict:
        return {"venue": meeting.venue_id, "join_link": meeting.join_link}

    def concerns(self) -> list[str]:
        moved = []
        for meeting, fields in zip(self.meetings, self.each, strict=True):
            if "venue" in fields.changed_data:
                there = copy(meeting)
                there.venue = fields.cleaned_data["venue"]
                moved.append(there)
        said = of_the_places(self.session, moved)
        lost = ["join_link" in one.changed_data and not one.cleaned_data["join_link"] for one in self.each]
        if self.session.format in ONLINE and any(lost):
            said.append(NO_LINK)
        return said

    def meant(self) -> list[object]:
        return [sorted(fields.cleaned_data.items(), key=str) for fields in self.each]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        in_room = self.session.taken_in(self.session.line_of(Mode.ROOM))
        small = [venue for venue in self._new_venues() if (venue.capacity or LARGEST) < in_room]
        if small and not cleaned.get("anyway"):
            self.fields["anyway"].widget = forms.CheckboxInput()
            self.fields["anyway"].widget.is_required = False
            holds = "; ".join(f"{venue} holds {venue.capacity}" for venue in small)
            where = " in the room" if self.session.asks_how else ""
            if self.is_whole():
                self.look_at_it()
            raise forms.ValidationError(f"{holds}, and {in_room} people have seats{where}.")
        return super().clean()

    def _new_venues(self) -> list[Venue]:
        chosen = [one.cleaned_data.get("venue") for one in self.each if "venue" in one.changed_data]
        return sorted({venue for venue in chosen if venue}, key=str)

    def act(self, by: Person) -> str:
        places = {meeting: Place(**one.cleaned_data) for meeting, one in zip(self.meetings, self.each, strict=True)}
        self.session.relocate(places, by=by)
        return "The place is changed."


class PartFields(OneMeeting):
    """Which part of the workshop one meeting holds."""

    part: "forms.ModelChoiceField[Part]" = forms.ModelChoiceField(
        None, label="Part of the workshop", required=False, empty_label="None: a further meeting"
    )


class AssignPartsForm(MeetingsForm[PartFields]):
    title, button = "Change the parts", "Change the parts and update calendars"
    fields_class = PartFields

    def explanation(self) -> str:
        if not self.meetings:
            return super().explanation()
        return (
            f"{self.session.seats_taken} registered. People who have an invitation get an update two minutes from now, "
            "once; until then it can be changed again unnoticed. Times and places stay as they are."
        )

    def _fields_of(self, meeting: Meeting, initial: dict[str, Any]) -> PartFields:
        fields = super()._fields_of(meeting, initial)
        model_choice(fields, "part").queryset = self.session.workshop.parts.all()
        fields.heading = meeting_words(meeting)
        return fields

    def initial_of(self, meeting: Meeting) -> dict:
        return {"part": meeting.part_id}

    def act(self, by: Person) -> str:
        parts = {meeting: fields.cleaned_data["part"] for meeting, fields in zip(self.meetings, self.each, strict=True)}
        self.session.assign_parts(parts, by=by)
        return "The parts are changed."


class AddMeetingForm(ConcernedForm, MeetingFields):
    title, button = "Add a meeting", "Add it and write to everyone"

    part: "forms.ModelChoiceField[Part]" = forms.ModelChoiceField(
        None,
        label="Part of the workshop",
        required=False,
        empty_label="None: a further meeting",
        help_text="Parts that no meeting of this session holds.",
    )

    field_order = ["part"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if last := self.session.meetings.last():
            shown = MeetingFields.initial_of(last)
            self.initial.update({name: shown[name] for name in ("starts", "ends", "zone", "venue", "join_link")})
        free = self.session.workshop.parts.exclude(pk__in=self.session.meetings.exclude(part=None).values("part"))
        if not free.exists():
            del self.fields["part"]
            return
        model_choice(self, "part").queryset = free
        self.initial["part"] = free.first()

    def explanation(self) -> str:
        return (
            f"{self.session.seats_taken} registered. People who have an invitation get one for this meeting too. {TOLD}"
        )

    def concerns(self) -> list[str]:
        minutes = default_minutes(self.session.workshop, self.cleaned_data.get("part"))
        return of_new_times(self.session, [(self._plan(), minutes)], database_clock.now(), self.reader)

    def meant(self) -> list[object]:
        return [self._plan()]

    def _plan(self) -> MeetingPlan:
        part = self.cleaned_data.get("part")
        return replace(self.plan(default_minutes(self.session.workshop, part)), part=part)

    def act(self, by: Person) -> str:
        meeting = self.session.add_meeting(self._plan(), by=by)
        return f"Added: {meeting_words(meeting)}."


class MeetingChoice(forms.ModelChoiceField):
    def label_from_instance(self, meeting: Meeting) -> str:
        return meeting_words(meeting)


class CancelMeetingForm(ReasonForm):
    title, button = "Cancel one meeting", "Cancel this meeting and write to everyone"
    is_grave = True

    meeting = MeetingChoice(
        None,
        label="Which meeting",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choose a meeting.", "invalid_choice": "This meeting is not held any more."},
    )

    field_order = ["meeting", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "meeting").queryset = self.session.meetings.filter(ends_at__gt=database_clock.now())
        self.fields["reason"].help_text = "People read this in the mail they get."
        self.fields["reason"].error_messages["required"] = "Say why: people are told the reason."

    def explanation(self) -> str:
        return (
            "The others stand. Everyone registered is told, and it leaves their calendars. This cannot be taken back."
        )

    def act(self, by: Person) -> str:
        meeting = self.cleaned_data["meeting"]
        self.session.cancel_meeting(meeting, self.cleaned_data["reason"], by=by)
        return f"Cancelled: {meeting_words(meeting)}."
