"""What the office does to many sessions at once: publish drafts, change them alike, delete drafts nobody needs."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import ProtectedError, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse

from accounts.models import Person
from catalog.models import Facilitator
from foundation import database_clock
from foundation.dates import local, time_span
from foundation.values.links import LinkFormField
from foundation.wall_clock import end_after, instant
from office.base import MOST, OfficeAdmin
from office.consequences import people_words
from office.many.asking import Line, ManyForm, ask, one_by_one
from office.sessions.concerned import of_drafts
from office.sessions.fields import time_input
from registrations.models import Interest
from sessions_app.models import Meeting, Session, Times, Venue
from sessions_app.models.putting_up import share_workshops
from sessions_app.schedule_import.changing import Change, Wish, change_of

SEVERAL = "It has several meetings: their times and places change on its own page."


class PublishMany(ManyForm):
    title, button = "Publish the selected drafts", "Publish them"

    def lines(self) -> list[Line]:
        now = database_clock.now()
        share_workshops(self.chosen)
        prefetch_related_objects([session.workshop for session in self.chosen], "objectives")
        lines = []
        for session, said in zip(self.chosen, of_drafts(self.chosen, now), strict=True):
            why_not = session.why_not_published(now)
            shown = "It is listed, and people can register." if session.listed else "People with its link can register."
            lines.append(Line(session, [shown, *said], refusal=why_not))
        return lines

    def together(self, lines: Sequence[Line]) -> list[str]:
        seen = [line.noun for line in lines if isinstance(line.noun, Session) and line.noun.listed]
        met = Interest.objects.met_by_each(seen, database_clock.now())
        told = len({interest.person_id for interest, _ in met})
        return [f"A mail about these dates goes to {people_words(told)} who asked for one."] if told else []

    def act(self, lines: Sequence[Line], by: Person) -> list[tuple[Any, str]]:
        keys = [line.noun.pk for line in lines]
        _, refused = Session.objects.filter(pk__in=keys).publish_each(by)
        return [(session, str(error)) for session, error in refused]

    def done(self, many: int) -> str:
        return f"{many} published."


class DiscardMany(ManyForm):
    title, button, is_grave = "Delete the selected drafts", "Delete them", True

    def lines(self) -> list[Line]:
        return [
            Line(one, ["It is deleted. Nobody has seen it."], refusal=one.why_not_discarded()) for one in self.chosen
        ]

    def act(self, lines: Sequence[Line], by: Person) -> list[tuple[Any, str]]:
        def discard(line: Line) -> None:
            assert isinstance(line.noun, Session)
            line.noun.discard(by)

        return one_by_one(lines, discard, (Session.Refused, ProtectedError))

    def done(self, many: int) -> str:
        return "One draft is deleted." if many == 1 else f"{many} drafts are deleted."


class ChangeMany(ManyForm):
    title, button = "Change the selected sessions", "Change them"

    starts = forms.TimeField(label="Starts at", required=False, widget=time_input(), help_text="On their own days.")
    ends = forms.TimeField(
        label="Ends at", required=False, widget=time_input(), help_text="Blank: each lasts as long as it did."
    )
    venue = forms.ModelChoiceField(Venue.objects.select_related("campus"), required=False, empty_label="As they are")
    join_link = LinkFormField(
        label="Link to join", required=False, max_length=500, widget=forms.URLInput(attrs={"class": "vURLField"})
    )
    facilitators = forms.ModelMultipleChoiceField(
        Facilitator.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: as they are.",
    )
    minimum = forms.IntegerField(required=False, min_value=1, max_value=MOST)
    capacity = forms.IntegerField(required=False, min_value=1, max_value=MOST)
    closes = forms.IntegerField(
        label="Registration closes, hours before the start",
        required=False,
        min_value=0,
        max_value=24 * 60,
        help_text="0: at the start. Of published sessions.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("ends") and not cleaned.get("starts"):
            self.add_error("starts", "Say when they start, too.")
        if not self.errors and cleaned.get("closes") is None and not any(cleaned.values()):
            raise forms.ValidationError("Say what changes: everything is blank.")
        return cleaned

    def lines(self) -> list[Line]:
        now = database_clock.now()
        return [self._line(session, now) for session in self.chosen]

    def _line(self, session: Session, now: Any) -> Line:
        try:
            change = self._change(session)
        except ValueError as error:
            return Line(session, refusal=str(error))
        said = change.sentences()
        if times := change.times:
            said.append(f"It will be {time_span(times.starts_at, times.ends_at, times.time_zone)}.")
        return Line(session, said, change.told(now), change.refusal(now))

    def _change(self, session: Session) -> Change:
        """Return what changes of a session. Raises ValueError with a sentence for what cannot."""
        meetings, chosen = list(session.meetings.all()), self.cleaned_data
        if not meetings:
            raise ValueError("It has no date yet.")
        moves = any(chosen.get(name) for name in ("starts", "venue", "join_link"))
        if moves and len(meetings) > 1:
            raise ValueError(SEVERAL)
        wish = Wish(
            times=self._times(meetings[0]),
            venue=chosen.get("venue"),
            join_link=chosen.get("join_link") or None,
            capacity=chosen.get("capacity"),
            minimum=chosen.get("minimum"),
            facilitators=frozenset(chosen["facilitators"]) or None,
            closes=None if chosen.get("closes") is None else timedelta(hours=chosen["closes"]),
        )
        return change_of(session, meetings, session.facilitators.all(), wish)

    def _times(self, meeting: Meeting) -> Times | None:
        starts, ends, zone = self.cleaned_data.get("starts"), self.cleaned_data.get("ends"), meeting.time_zone
        if not starts:
            return None
        starts_at = instant(local(meeting.starts_at, zone).date(), starts, zone)
        lasts: timedelta = meeting.ends_at - meeting.starts_at
        return Times(starts_at, end_after(starts_at, ends, zone) if ends else starts_at + lasts, zone)

    def act(self, lines: Sequence[Line], by: Person) -> list[tuple[Any, str]]:
        now = database_clock.now()

        def change(line: Line) -> None:
            assert isinstance(line.noun, Session)
            self._change(line.noun).carry_out(by, now)

        return one_by_one(lines, change, (Session.Refused, ValueError))

    def done(self, many: int) -> str:
        return "One session is changed." if many == 1 else f"{many} sessions are changed."


class ManySessions(OfficeAdmin):
    """The actions of the list of sessions."""

    MANY = ("publish_selected", "change_selected", "discard_selected")

    def _in_full(self, queryset: QuerySet[Session]) -> QuerySet[Session]:
        full = queryset.select_related("workshop").prefetch_related("meetings__venue__campus", "facilitators")
        return full.order_by("starts_at", "pk")

    @admin.action(description="Publish selected drafts", permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Session]) -> HttpResponse | None:
        return ask(
            self, request, self._in_full(queryset).prefetch_related("meetings__part"), PublishMany, "publish_selected"
        )

    @admin.action(description="Change selected sessions", permissions=["change"])
    def change_selected(self, request: HttpRequest, queryset: QuerySet[Session]) -> HttpResponse | None:
        return ask(self, request, self._in_full(queryset), ChangeMany, "change_selected")

    @admin.action(description="Delete selected drafts", permissions=["delete"])
    def discard_selected(self, request: HttpRequest, queryset: QuerySet[Session]) -> HttpResponse | None:
        return ask(self, request, self._in_full(queryset), DiscardMany, "discard_selected")
