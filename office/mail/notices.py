"""Mail in the admin: what was sent, what waits, and what could not be delivered, with a way to try it again."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import Person
from foundation.record import record
from foundation.wake import wake
from notifications.kinds import KINDS
from notifications.kinds.account import ACCOUNT
from notifications.models import Notice
from notifications.tasks import deliver_soon
from office.base import OwnPage, ReadOnlyAdmin, acting
from office.lists.large import LargeList, PeriodFilter
from office.lookups import ChosenFilter
from office.mail.handled import handled_page

ON_A_PAGE = 50
UNDELIVERABLE = "admin:notifications_notice_undeliverable"


@transaction.atomic
def try_again(notice: Notice, by: Person) -> None:
    """Queue an undeliverable notice again and put on record who did and why it had failed."""
    record(by, notice, f"Tried again. It had failed: {notice.problem}")
    notice.retry()
    wake(deliver_soon)


class KindFilter(ChosenFilter):
    """Notices of one kind. Those that belong to their readers alone are one choice, as they have one label."""

    title = "kind"
    parameter_name = "kind__exact"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        shown = [(kind.name, kind.label) for kind in KINDS.values() if not kind.is_secret]
        return [*shown, (ACCOUNT.name, ACCOUNT.label)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        if self.value() == ACCOUNT.name:
            return queryset.filter(kind__in=[kind.name for kind in KINDS.values() if kind.is_secret])
        return queryset.filter(kind=self.value()) if self.value() else queryset


class PeriodOfMailFilter(PeriodFilter):
    """The mail of a period, found in each state by the index there is."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        found: QuerySet[Notice] = super().queryset(request, queryset)
        return found.filter(state__in=Notice.State.values) if self.value() else found


@admin.register(Notice)
class NoticeAdmin(LargeList, ReadOnlyAdmin):
    """Bodies are not shown, nor subjects of account mail: a sign-in code belongs to its reader alone.

    Nor is shown what tells news about access from other account mail: when it expires, and an order by kind.
    """

    office_may = ("view", "change")
    list_display = ["created_at", "to", "kind_of_mail", "subject_unless_secret", "state", "attempts", "problem"]
    list_filter = [PeriodOfMailFilter, "state", ("handled_at", admin.EmptyFieldListFilter), KindFilter, "method"]
    search_fields = ["to", "person__name", "problem"]
    period, search_people = "created_at", "person"
    fields = [
        "kind_of_mail",
        "to",
        "person",
        "registration",
        "subject_unless_secret",
        "method",
        "sequence",
        "state",
        "problem",
        "handled_at",
        "handled_by",
        "handled_note",
        "attempts",
        "created_at",
        "next_attempt_at",
        "sent_at",
        "bounced_at",
        "expires_unless_secret",
        "message_id",
    ]
    actions = ["retry_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        return (
            super()
            .get_queryset(request)
            .select_related("person", "handled_by", "registration__person", "registration__session__workshop")
        )

    def search_beside(self, word: str) -> Q:
        """Find mail to addresses that are nobody's, and by what kept it from arriving."""
        return Q(person=None, to__icontains=word) | Q(state=Notice.State.DEAD, problem__icontains=word)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_notice")

    @admin.display(description="kind")
    def kind_of_mail(self, notice: Notice) -> str:
        return notice.kind_label

    @admin.display(description="subject")
    def subject_unless_secret(self, notice: Notice) -> str:
        return notice.subject_unless_secret

    @admin.display(description="expires at")
    def expires_unless_secret(self, notice: Notice) -> datetime | None:
        return None if notice.of_kind.is_secret else notice.expires_at

    @admin.action(description="Try selected undeliverable mail again", permissions=["retry"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        dead = list(queryset.filter(state=Notice.State.DEAD))
        for notice in dead:
            try_again(notice, acting(request))
        left = queryset.count() - len(dead)
        if dead:
            messages.success(request, f"{len(dead)} queued again.")
        if left:
            messages.warning(request, f"{left} left as they were: only undeliverable mail is tried again.")

    # ---- what could not be delivered ----

    def own_pages(self) -> list[OwnPage]:
        return [
            ("undeliverable/", self.undeliverable_view, "undeliverable"),
            ("<int:pk>/retry/", require_POST(self.retry_view), "retry"),
            ("<int:pk>/handled/", self.handled_view, "handled"),
        ]

    def undeliverable_view(self, request: HttpRequest) -> HttpResponse:
        """Show the undeliverable mail that waits for the office, newest first; with ?handled=1 what was handled."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        handled = request.GET.get("handled") == "1"
        notices = Notice.objects.undeliverable()
        if handled:
            dead = Notice.objects.filter(state=Notice.State.DEAD)
            notices = dead.filter(handled_at__isnull=False).order_by("-handled_at", "-pk")
        notices = notices.select_related("person", "registration__session__workshop", "handled_by")
        page = Paginator(notices, ON_A_PAGE).get_page(request.GET.get("page"))
        shown: dict[str, Any] = {"page": page, "handled": handled, "may_change": self.has_retry_permission(request)}
        return self.page(request, "mail/undeliverable", "Undeliverable mail", **shown)

    def retry_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Queue one undeliverable notice again."""
        notice = self._notice(request, pk)
        if notice.state == Notice.State.DEAD:
            try_again(notice, acting(request))
            messages.success(request, f"Queued again: {notice.kind_label}, to {notice.to}.")
        else:
            messages.warning(request, "Left as it was: only undeliverable mail is tried again.")
        return redirect(UNDELIVERABLE)

    def handled_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what was done, and on POST mark the notice as handled."""
        notice = self._notice(request, pk)
        name = f"{notice.kind_label}, to {notice.to}"
        template = "mail/handled_notice"
        return handled_page(self, request, notice, name, template=template, then=UNDELIVERABLE, notice=notice)

    def _notice(self, request: HttpRequest, pk: int) -> Notice:
        if not self.has_retry_permission(request):
            raise PermissionDenied
        return get_object_or_404(Notice.objects.select_related("person", "handled_by"), pk=pk)
