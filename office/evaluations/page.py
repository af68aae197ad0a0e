"""The list of evaluations, one of them, its page for the audit, closing it, and those of a workshop over time."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.sealed import Unreadable
from catalog.models import Workshop
from foundation import database_clock
from foundation.dates import day_and_time
from office.base import OwnPage, ReadOnlyAdmin, acting
from office.lookups import ChosenFilter
from outcomes.evaluations import life
from outcomes.evaluations.asked import people_asked
from outcomes.evaluations.form import EvaluationForm
from outcomes.evaluations.questions import questions_of
from outcomes.evaluations.results import over_time, results_of, words_over_time
from outcomes.models import Evaluation
from outcomes.models.evaluation import LEAST

EVALUATION = "admin:outcomes_evaluation_change"


class StateFilter(ChosenFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("open", "Open"), ("results", "With results"), ("few", "Too few answers")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "open":
            return queryset.filter(closed_at=None)
        if self.value() == "results":
            return queryset.with_results()
        return queryset.filter(closed_at__isnull=False, results=None) if self.value() else queryset


def state_words(evaluation: Evaluation) -> str:
    """Return the state of an evaluation as the list tells it."""
    if not evaluation.is_closed:
        return f"Open until {day_and_time(evaluation.closes_at, evaluation.session.time_zone)}"
    return "Closed, fewer than five answers" if evaluation.has_too_few else "Closed, with results"


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    """What people think of sessions. Nobody types anything here but the press that closes one early."""

    office_may = ("view", "change")
    list_display = ["when", "workshop", "answered", "state"]
    list_filter = [StateFilter]
    search_fields = ["session__workshop__title", "session__code"]
    date_hierarchy = "session__starts_at"
    ordering = ["-session__starts_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evaluation]:
        return super().get_queryset(request).select_related("session__workshop").defer("results", "questions")

    @admin.display(description="session", ordering="session__starts_at")
    def when(self, evaluation: Evaluation) -> str:
        return day_and_time(evaluation.session.starts_at, evaluation.session.time_zone)

    @admin.display(description="workshop", ordering="session__workshop__title")
    def workshop(self, evaluation: Evaluation) -> str:
        return evaluation.session.workshop.title

    @admin.display(description="answered", ordering="answered_count")
    def answered(self, evaluation: Evaluation) -> str:
        if evaluation.asked_count is None:
            return str(evaluation.answered_count)
        return f"{evaluation.answered_count} of {evaluation.asked_count}"

    @admin.display(description="state", ordering="closed_at")
    def state(self, evaluation: Evaluation) -> str:
        return state_words(evaluation)

    # ---- further pages ----

    def own_pages(self) -> list[OwnPage]:
        return [
            ("<int:pk>/audit/", self.audit_view, "audit"),
            ("<int:pk>/closing/", self.closing_view, "closing"),
            ("workshop/<slug:slug>/", self.workshop_view, "workshop"),
            ("workshop/<slug:slug>/form/", self.form_view, "form"),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Show one evaluation, and its results if it is closed and five people have answered."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        evaluation = self.get_object(request, object_id)
        if evaluation is None:
            messages.warning(request, f"There is no evaluation “{object_id}”. Perhaps it was deleted.")
            return redirect("admin:index")
        said = self._said(evaluation) | {"results": results_of(evaluation), "may_close": self.may_close(request)}
        return self.page(request, "evaluations/evaluation", "Evaluation", subtitle=str(evaluation.session), **said)

    def may_close(self, request: HttpRequest) -> bool:
        return acting(request).has_perm("outcomes.change_evaluation")

    def _said(self, evaluation: Evaluation) -> dict[str, Any]:
        session = evaluation.session
        asked = evaluation.asked_count
        zone = session.time_zone
        return {
            "evaluation": evaluation,
            "session": session,
            "workshop": session.workshop,
            "asked": people_asked(session) if asked is None else asked,
            "held": day_and_time(session.starts_at, zone),
            "closes": day_and_time(evaluation.closes_at, zone),
            "closed": day_and_time(evaluation.closed_at, zone),
            "opened": day_and_time(evaluation.opened_at, zone),
            "least": LEAST,
        }

    def _one(self, request: HttpRequest, pk: int) -> Evaluation:
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def audit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show, to be printed, what was asked of how many people and how many answered it; never an answer."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        evaluation = self._one(request, pk)
        said = self._said(evaluation) | {"questions": evaluation.asks}
        return self.page(
            request, "evaluations/audit", "Evaluation, for an audit", subtitle=str(said["session"]), **said
        )

    def closing_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask whether to close it before its time; on POST close it, for good. Once closed both lead to it."""
        if not self.may_close(request):
            raise PermissionDenied
        evaluation = self._one(request, pk)
        if evaluation.is_closed:
            messages.warning(request, "This evaluation is closed already.")
            return redirect(EVALUATION, pk)
        if request.method == "POST":
            try:
                life.close(evaluation, by=acting(request), now=database_clock.now())
            except Unreadable as problem:
                messages.error(request, f"Not closed, and nothing is lost. {problem}")
            else:
                messages.success(request, "Closed. No more answers are taken.")
            return redirect(EVALUATION, pk)
        return self.page(request, "evaluations/closing", "Close it now", **self._said(evaluation))

    def workshop_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show how each objective of a workshop was rated from session to session."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        workshop = get_object_or_404(Workshop, slug=slug)
        every = Evaluation.objects.filter(session__workshop=workshop).select_related("session__workshop")
        found = list(every.order_by("session__starts_at", "pk"))
        shown = [one for one in found if one.results is not None]
        said: dict[str, Any] = {
            "workshop": workshop,
            "objectives": over_time(shown),
            "words": words_over_time(shown),
            "shown": shown,
            "open": sum(not one.is_closed for one in found),
            "too_few": sum(one.has_too_few for one in found),
            "answers": sum(one.answered_count for one in shown),
        }
        return self.page(request, "evaluations/workshop", "Evaluations over time", subtitle=workshop.title, **said)

    def form_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show the form as people would get it now. It cannot be sent."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        workshop = get_object_or_404(Workshop, slug=slug)
        form = EvaluationForm(questions=questions_of(workshop))
        said = {"workshop": workshop, "form": form, "is_preview": True}
        return render(request, "office/evaluations/form.html", said)
