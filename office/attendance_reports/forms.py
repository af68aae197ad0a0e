"""The form that takes an attendance report, or a list, for one meeting of a session."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Campus
from foundation.dates import day_and_time, zone_words
from foundation.values.zones import zone_of
from outcomes.reports.reading import MOST_BYTES, read_file, read_text
from outcomes.reports.report import Refused, Report, together
from sessions_app.models import Meeting, Session
from sessions_app.models.venue import meeting_words

OTHER_TIMES = (
    "None of its times fall into this meeting, {meeting}: the first is {first}. Choose the time zone it was written "
    "in, or the report of this meeting."
)


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once: a meeting that was started twice has two reports. The value is a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        one = super().clean
        files = data if isinstance(data, (list, tuple)) else [data]
        return [file for file in (one(file, initial) for file in files) if file]


class WordsField(forms.CharField):
    """Text as it was pasted. A NUL character, which no database keeps, is left out."""

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").replace("\0", "")


class MeetingField(forms.ModelChoiceField):
    def label_from_instance(self, meeting: Any) -> str:
        return meeting_words(meeting)


class ReportForm(forms.Form):
    """A report of one meeting of `session`, or a list. A valid form has the `report` and the `meeting`."""

    report: Report

    meeting = MeetingField(Meeting.objects.none(), empty_label=None, error_messages={"required": "Choose the meeting."})
    uploads = FilesField(
        label="Attendance report",
        required=False,
        help_text="The file that Zoom or Teams gives you, as it is; or any CSV or Excel file with names or addresses. "
        "A meeting that was started twice has two: choose both.",
    )
    text = WordsField(
        label="Or a list",
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
        help_text="A name, an address or both in each line.",
    )
    zone = forms.ChoiceField(
        label="Its times are in", help_text="A report says no time zone: it has the clock of its owner."
    )

    def __init__(self, *args: Any, session: Session, meetings: list[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["meeting"]
        assert isinstance(field, MeetingField)
        field.queryset = Meeting.objects.filter(pk__in=[one.pk for one in meetings])
        field.initial = self.initial.get("meeting") or (meetings[-1].pk if meetings else None)
        if len(meetings) == 1:
            field.widget = forms.HiddenInput()
        zones = dict.fromkeys([session.time_zone, *Campus.objects.values_list("time_zone", flat=True), "UTC"])
        choice = self.fields["zone"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(zone, _zone_label(zone, session)) for zone in zones]
        choice.initial = session.time_zone

    def clean(self) -> dict[str, Any]:
        """Read the report. Refuses, with a sentence, what is none, and one of another time."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        files, text, meeting = cleaned["uploads"], cleaned["text"], cleaned["meeting"]
        if not files and not text.strip():
            raise ValidationError("Choose the report, or paste a list.")
        reports = []
        try:
            for file in files:
                reports.append(read_file(file.read(MOST_BYTES + 1), meeting, cleaned["zone"]))
        except Refused as refusal:
            self.add_error("uploads", str(refusal))
        try:
            if text.strip():
                reports.append(read_text(text, meeting, cleaned["zone"]))
        except Refused as refusal:
            self.add_error("text", str(refusal))
        if not self.errors:
            self.report = together(reports)
            if not self.report.touches(meeting):
                self.add_error("zone", _other_times(self.report, meeting))
        return cleaned


def _zone_label(zone: str, session: Session) -> str:
    words = zone_words(zone, session.starts_at)
    return f"{words} ({zone_of(zone).key})" if zone != "UTC" else "UTC"


def _other_times(report: Report, meeting: Meeting) -> str:
    first = day_and_time(min(report.stretches)[0], meeting.time_zone)
    return OTHER_TIMES.format(meeting=meeting_words(meeting), first=first)
