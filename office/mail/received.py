"""Received mail in the admin: what came back, what was made of it, and the mail itself for 30 days."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from foundation.record import record
from notifications.models import ReceivedMail
from office.base import OwnPage, ReadOnlyAdmin, acting
from office.lists.large import LargeList, PeriodFilter
from office.lookups import ChosenFilter
from office.mail.handled import handled_page

RECEIVED = "admin:notifications_receivedmail_changelist"


class WaitingFilter(ChosenFilter):
    """The mail that waits for the office to read it."""

    title = "waiting"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("1", "For the office to read")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.waiting_for_the_office() if self.value() else queryset


@admin.register(ReceivedMail)
class ReceivedMailAdmin(LargeList, ReadOnlyAdmin):
    """Everything shown is a claim of the mail's writer. The record says who took a mail itself."""

    list_display = ["received_at", "sender", "subject", "outcome", "sentence", "person", "handled_at"]
    list_filter = [WaitingFilter, PeriodFilter, "outcome", ("handled_at", admin.EmptyFieldListFilter)]
    list_select_related = ["handled_by", "thread__registration__person", "thread__registration__session__workshop"]
    search_fields = ["sender", "subject", "thread__registration__person__name", "thread__uid"]
    period = "received_at"
    fields = [
        "received_at",
        "outcome",
        "sentence",
        "person",
        "session",
        "sender",
        "subject",
        "attendee",
        "partstat",
        "stamp",
        "comment",
        "message_id",
        "handled_at",
        "handled_by",
        "handled_note",
    ]
    office_may = ("view", "change")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReceivedMail]:
        return super().get_queryset(request).defer("raw")

    def own_pages(self) -> list[OwnPage]:
        return [
            ("<int:pk>/mail/", require_POST(self.mail_view), "mail"),
            ("<int:pk>/handled/", self.handled_view, "handled"),
        ]

    @method_decorator(transaction.atomic)
    def mail_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with the mail as it came, as a file nothing opens by itself, and put on record who took it."""
        if not request.user.has_perm("notifications.view_receivedmail"):
            raise PermissionDenied
        mail = get_object_or_404(ReceivedMail, pk=pk)
        if not mail.raw:
            raise Http404
        record(acting(request), mail, "Mail downloaded.")
        response = HttpResponse(bytes(mail.raw), content_type="application/octet-stream")
        response["Content-Disposition"] = f'attachment; filename="received-{pk}.eml"'
        return response

    def handled_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what was done, and on POST mark the mail as handled."""
        if not request.user.has_perm("notifications.change_receivedmail"):
            raise PermissionDenied
        mail = get_object_or_404(self.get_queryset(request).select_related("handled_by"), pk=pk)
        name, template = f"the mail from {mail.sender or 'nobody'}", "mail/handled_received"
        return handled_page(self, request, mail, name, template=template, then=RECEIVED, mail=mail)

    @admin.display(description="person")
    def person(self, mail: ReceivedMail) -> str:
        return str(mail.thread.registration.person) if mail.thread else ""

    @admin.display(description="session")
    def session(self, mail: ReceivedMail) -> str:
        if mail.thread is None:
            return ""
        session = mail.thread.registration.session
        url = reverse("admin:registrations_registration_roster", args=[session.pk])
        return format_html('<a href="{}">{}</a>', url, session)
