"""The page of undeliverable mail: why each message failed, trying it again, and marking it as handled."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.models import Person
from foundation.record import record
from foundation.wake import wake
from notifications.models import Notice, ReceivedMail
from notifications.tasks import deliver_soon
from office.base import DONE, carry_out

ON_A_PAGE = 50
PAGE = "admin:notifications_notice_undeliverable"


class HandledForm(forms.Form):
    """Say what was done instead."""

    note = forms.CharField(
        label="What was done",
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        max_length=500,
        help_text="For the record, for example: called them; the new address is in their profile.",
        error_messages={"required": "Say what was done: the record needs it."},
    )

    def handle(self, mail: Notice | ReceivedMail, by: Person) -> int:
        """Mark `mail` as handled if a note was typed. Returns the status of the answer, as `carry_out` does."""
        return carry_out(self, lambda: mail.handle(by, self.cleaned_data["note"]), mail.Refused)


@transaction.atomic
def try_again(notice: Notice, by: Person) -> None:
    """Queue an undeliverable notice again and put on record who did and why it had failed."""
    record(by, notice, f"Tried again. It had failed: {notice.problem}")
    notice.retry()
    wake(deliver_soon)


class UndeliverablePages:
    """Add the pages to NoticeAdmin."""

    def get_urls(self):
        pages = [
            ("undeliverable/", self.undeliverable_view, "undeliverable"),
            ("<int:pk>/retry/", require_POST(self.retry_view), "retry"),
            ("<int:pk>/handled/", self.handled_view, "handled"),
        ]
        own = [
            path(url, self.admin_site.admin_view(view), name=f"notifications_notice_{name}")
            for url, view, name in pages
        ]
        return own + super().get_urls()

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_notice")

    def undeliverable_view(self, request: HttpRequest) -> HttpResponse:
        """Show what waits for the office, newest first; with ?handled=1 what it has dealt with."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        dead = Notice.objects.filter(state=Notice.State.DEAD)
        handled = request.GET.get("handled") == "1"
        shown = (
            dead.filter(handled_at__isnull=False).order_by("-handled_at", "-pk")
            if handled
            else Notice.objects.undeliverable()
        )
        shown = shown.select_related("person", "registration__session__workshop", "handled_by")
        page = Paginator(shown, ON_A_PAGE).get_page(request.GET.get("page"))
        return self._page(request, "undeliverable", "Undeliverable mail", page=page, handled=handled)

    def retry_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Try one again."""
        notice = self._notice(request, pk)
        if notice.state == Notice.State.DEAD:
            try_again(notice, request.user)
            messages.success(request, f"Queued again: {notice.kind_label}, to {notice.to}.")
        else:
            messages.warning(request, "Left as it was: only undeliverable mail is tried again.")
        return redirect(PAGE)

    def handled_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what was done, and on POST mark the notice as handled."""
        notice, form, status = self._notice(request, pk), HandledForm(), 200
        if request.method == "POST":
            form = HandledForm(request.POST)
            status = form.handle(notice, request.user)
            if status == DONE:
                messages.success(request, f"Handled: {notice.kind_label}, to {notice.to}.")
                return redirect(PAGE)
        return self._page(request, "handled_notice", "Mark as handled", status=status, notice=notice, form=form)

    def _notice(self, request: HttpRequest, pk: int) -> Notice:
        if not self.has_retry_permission(request):
            raise PermissionDenied
        return get_object_or_404(Notice.objects.select_related("person", "handled_by"), pk=pk)

    def _page(self, request: HttpRequest, name: str, title: str, status: int = 200, **said) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "may_change": self.has_retry_permission(request),
            **said,
        }
        return TemplateResponse(request, f"office/mail/{name}.html", context, status=status)
