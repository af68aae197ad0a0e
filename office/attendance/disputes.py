"""“This is wrong”: what people say of their attendance, and what the office decides."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html

from office.attendance.sheets import MAY_TICK
from office.base import OwnPage, ReadOnlyAdmin, acting, carry_out
from office.lookups import ChosenFilter
from outcomes.models import Attendance, AttendanceDispute
from outcomes.models.dispute import LONGEST
from sessions_app.models import Meeting

STATES = [(Attendance.State.HERE, "was there"), (Attendance.State.ABSENT, "was absent")]


class WaitingFilter(ChosenFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("waiting", "To decide")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AttendanceDispute]) -> QuerySet[AttendanceDispute]:
        return queryset.filter(decided_at=None) if self.value() else queryset


class DecideForm(forms.Form):
    """Ask of each meeting how it was, also where nothing is known of it, and for a word to the person."""

    def __init__(self, *args: Any, meetings: list[Meeting], said: dict[int, Attendance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meetings = meetings
        for meeting in meetings:
            one = said.get(meeting.pk)
            known = one.state if one and one.state != Attendance.State.UNSURE else ""
            self.fields[f"meeting_{meeting.pk}"] = forms.ChoiceField(
                label=f"{meeting}: known from {one.get_source_display()}" if one else f"{meeting}: nothing is known",
                choices=[*STATES] if known else [("", "still open"), *STATES],
                initial=known,
                required=bool(known),
                widget=forms.RadioSelect,
                error_messages={"required": "Choose one."},
            )
        self.fields["answer"] = forms.CharField(
            label="Answer to the person (optional)",
            required=False,
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            help_text="They get it in a mail, and read it on the page of their registration.",
        )

    @property
    def states(self) -> dict[int, str]:
        """What was chosen in a valid form, by the key of each meeting."""
        chosen = {meeting.pk: self.cleaned_data[f"meeting_{meeting.pk}"] for meeting in self.meetings}
        return {meeting: state for meeting, state in chosen.items() if state}


@admin.register(AttendanceDispute)
class AttendanceDisputeAdmin(ReadOnlyAdmin):
    list_display = ["registration", "said_at", "state", "decide_link"]
    list_filter = [WaitingFilter]
    list_select_related = ["registration__person", "registration__session__workshop"]
    search_fields = ["registration__person__name", "registration__person__email"]
    ordering = ["-said_at", "-pk"]
    fields = ["registration", "words", "said_at", "outcome", "answer", "decided_at", "decided_by", "decide_link"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description="state")
    def state(self, dispute: AttendanceDispute) -> str:
        return dispute.get_outcome_display() if dispute.is_decided else "to decide"

    @admin.display(description="decide")
    def decide_link(self, dispute: AttendanceDispute) -> str:
        if dispute.is_decided:
            return "–"
        path = reverse("admin:outcomes_attendancedispute_decide", args=[dispute.pk])
        return format_html('<a href="{}">Decide</a>', path)

    readonly_fields = ["decide_link"]

    def own_pages(self) -> list[OwnPage]:
        return [("<int:pk>/decide/", self.decide_view, "decide")]

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what the person said and what is known; POST decides it."""
        if not request.user.has_perm(MAY_TICK):
            raise PermissionDenied
        found = AttendanceDispute.objects.select_related("registration__person", "registration__session__workshop")
        dispute = get_object_or_404(found, pk=pk)
        registration = dispute.registration
        said = Attendance.objects.of_session(registration.session).of_person(registration.person)
        known: dict[str, Any] = {
            "meetings": list(registration.session.meetings.all()),
            "said": {one.meeting_id: one for one in said},
        }
        form, status = DecideForm(**known), HTTPStatus.OK
        if request.method == "POST" and not dispute.is_decided:
            form = DecideForm(request.POST, **known)

            def decide() -> None:
                dispute.decide(acting(request), form.states, form.cleaned_data["answer"])
                messages.success(request, f"Decided: {dispute.get_outcome_display()}. The person is told in a mail.")

            status = carry_out(form, decide, (Attendance.Refused, AttendanceDispute.Refused))
            if status == HTTPStatus.FOUND:
                return redirect(f"{reverse('admin:outcomes_attendancedispute_changelist')}?state=waiting")
        return self.page(
            request,
            "attendance/decide",
            "Attendance that is disputed",
            status,
            subtitle=str(registration),
            dispute=dispute,
            registration=registration,
            form=form,
        )
