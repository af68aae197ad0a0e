"""What people took elsewhere, in the admin: a list, and a page on which the office approves one or says why not."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from foundation.values.paragraphs import ParagraphsField
from office.base import OwnPage, ReadOnlyAdmin, acting, carry_out
from outcomes.models import OutsideActivity

ALL = "admin:outcomes_outsideactivity_changelist"
MOST_LETTERS = 2000


class AnswerForm(forms.Form):
    """The words of an answer."""

    answer = ParagraphsField(
        most=MOST_LETTERS,
        required=False,
        label="Your words",
        help_text="The person reads them on their record. Needed where it does not count: say what is missing.",
    )


@admin.register(OutsideActivity)
class OutsideActivityAdmin(ReadOnlyAdmin):
    """Activities elsewhere. The rows are read; a page of its own decides on one."""

    office_may = ("view", "change")
    list_display = ["title", "person", "happened_on", "hours", "kind", "status"]
    list_filter = ["status"]
    list_select_related = ["person", "kind"]
    search_fields = ["title", "person__name", "person__email"]
    date_hierarchy = "told_at"
    ordering = ["told_at", "pk"]
    view_on_site = False
    fields = ["person", "title", "where", "happened_on", "hours", "kind", "status", "told_at", "answer", "answered_by"]

    def own_pages(self) -> list[OwnPage]:
        return [("<int:pk>/decision/", self.decide, "decision")]

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what was told, with its proof; POST approves it, or says why it does not count."""
        if not request.user.has_perm("outcomes.change_outsideactivity"):
            raise PermissionDenied
        every = self.get_queryset(request).select_related("person", "kind", "proof").defer("proof__content")
        activity = get_object_or_404(every, pk=pk)
        form, status = AnswerForm(initial={"answer": activity.answer}), HTTPStatus.OK
        if request.method == "POST":
            form = AnswerForm(request.POST)
            verb = activity.approve if "approve" in request.POST else activity.decline

            def act() -> None:
                verb(acting(request), form.cleaned_data["answer"])

            status = carry_out(form, act, OutsideActivity.Refused, "answer")
            if status == HTTPStatus.FOUND:
                said = "Approved." if activity.is_approved else "Answered."
                messages.success(request, f"{said} {activity.person} reads it on their record.")
                return redirect(ALL)
        return self.page(
            request, "record/decision", "Taken elsewhere", status, subtitle=activity.title, original=activity, form=form
        )

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        context["may_decide"] = request.user.has_perm("outcomes.change_outsideactivity")
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)
