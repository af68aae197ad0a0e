"""What was put up at one press: its sessions, and the button that undoes it."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from foundation.dates import day_and_time
from office.base import OwnPage, ReadOnlyAdmin, acting, carry_out
from office.season.files import file_page
from office.season.page import season_page
from office.season.tables import empty_table, table_to_correct
from sessions_app.models import ScheduleImport

# Sessions that the page of an import names one by one.
MOST_NAMED = 200


@admin.register(ScheduleImport)
class ScheduleImportAdmin(ReadOnlyAdmin):
    list_display = ["when", "made_by", "many", "undone"]
    list_select_related = ["made_by"]
    fields = readonly_fields = ("when", "made_by", "undone", "its_sessions")
    change_form_template = "office/season/import.html"

    def own_pages(self) -> list[OwnPage]:
        return [
            ("<int:pk>/undo/", self.undo, "undo"),
            ("files/<int:pk>/", partial(file_page, self), "file"),
            ("empty.xlsx", partial(empty_table, self), "empty_table"),
            ("season.xlsx", partial(table_to_correct, self), "table_to_correct"),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Answer with the season page: that is how an import comes to be."""
        return season_page(self, request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("sessions_app.add_session")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScheduleImport]:
        return super().get_queryset(request).annotate(number=Count("sessions"))

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Undo the import on POST. A refusal is said on its page."""
        if not request.user.has_perm("sessions_app.delete_session"):
            raise PermissionDenied
        one, page = get_object_or_404(ScheduleImport, pk=pk), "admin:sessions_app_scheduleimport_change"
        if request.method == "POST":
            form = forms.Form(request.POST)
            status = carry_out(form, lambda: one.undo(by=acting(request)), ScheduleImport.Refused)
            if status == HTTPStatus.FOUND:
                messages.success(request, "Undone: its drafts are deleted, and what was published is cancelled.")
            else:
                messages.error(request, " ".join(map(str, form.non_field_errors())))
        return redirect(page, pk)

    @admin.display(description="put up", ordering="made_at")
    def when(self, one: ScheduleImport) -> str:
        return day_and_time(one.made_at, settings.TIME_ZONE)

    @admin.display(description="sessions")
    def many(self, one: ScheduleImport) -> int:
        return one.number  # type: ignore[attr-defined] # by get_queryset

    @admin.display(description="undone")
    def undone(self, one: ScheduleImport) -> str:
        return day_and_time(one.undone_at, settings.TIME_ZONE) or "No"

    @admin.display(description="sessions")
    def its_sessions(self, one: ScheduleImport) -> str:
        sessions = one.sessions.select_related("workshop").order_by("starts_at", "pk")[:MOST_NAMED]
        more = one.sessions.count() - MOST_NAMED
        lines = (
            (reverse("admin:sessions_app_session_change", args=[session.pk]), session, session.get_status_display())
            for session in sessions
        )
        items = format_html_join("", '<li><a href="{}">{}</a> {}</li>', lines)
        if more > 0:
            items += format_html("<li>and {} more</li>", more)
        return format_html('<ul class="office-todo">{}</ul>', items) if items else "None are left."
