"""Received mail in the admin: what came back, what was made of it, and the mail itself for 30 days."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from accounts.desk import ReadOnlyAdmin
from accounts.record import record
from notifications.models.received import ReceivedMail


@admin.register(ReceivedMail)
class ReceivedMailAdmin(ReadOnlyAdmin):
    """Everything shown is a claim of whoever wrote the mail. Who takes a mail itself is put on record."""

    list_display = ["received_at", "sender", "subject", "outcome", "sentence", "person"]
    list_filter = ["outcome"]
    list_select_related = ["thread__registration__person", "thread__registration__session__workshop"]
    search_fields = ["sender", "subject", "thread__registration__person__name", "thread__uid"]
    date_hierarchy = "received_at"
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
    ]
    change_form_template = "admin/notifications/receivedmail/change_form.html"

    def get_queryset(self, request):
        return super().get_queryset(request).defer("raw")

    def get_urls(self):
        mail = self.admin_site.admin_view(require_POST(self.mail_view))
        return [path("<int:pk>/mail/", mail, name="notifications_receivedmail_mail"), *super().get_urls()]

    @method_decorator(transaction.atomic)
    def mail_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with the mail as it came, as a file nothing opens by itself, and put on record who took it."""
        if not request.user.has_perm("notifications.view_receivedmail"):
            raise PermissionDenied
        mail = get_object_or_404(ReceivedMail, pk=pk)
        if not mail.raw:
            raise Http404
        record(request.user, mail, "Mail downloaded.")
        response = HttpResponse(bytes(mail.raw), content_type="application/octet-stream")
        response["Content-Disposition"] = f'attachment; filename="received-{pk}.eml"'
        return response

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
