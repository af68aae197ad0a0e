"""Mail in the admin: what was sent, what waits, and what could not be delivered, with a way to try it again."""

from django.contrib import admin, messages
from django.db import transaction

from accounts.desk import ReadOnlyAdmin
from accounts.record import record
from notifications.models import CalendarThread, Notice

SECRET_KINDS = (Notice.Kind.CODE, Notice.Kind.ACCOUNT)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """Bodies are not shown, nor subjects of account mail: a sign-in code belongs to its reader alone."""

    office_may = ("view", "change")
    list_display = ["created_at", "to", "kind", "subject_unless_secret", "state", "attempts", "problem"]
    list_filter = ["state", "kind", "method"]
    search_fields = ["to", "person__name", "problem"]
    date_hierarchy = "created_at"
    fields = [
        "kind",
        "to",
        "person",
        "registration",
        "subject_unless_secret",
        "method",
        "sequence",
        "state",
        "problem",
        "attempts",
        "created_at",
        "next_attempt_at",
        "sent_at",
        "expires_at",
        "message_id",
    ]
    actions = ["retry_selected"]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("person", "registration__person", "registration__session__workshop")
        )

    def has_retry_permission(self, request) -> bool:
        return request.user.has_perm("notifications.change_notice")

    @admin.display(description="subject")
    def subject_unless_secret(self, notice: Notice) -> str:
        return "" if notice.kind in SECRET_KINDS else notice.subject

    @admin.action(description="Try selected undeliverable mail again", permissions=["retry"])
    def retry_selected(self, request, queryset):
        dead = list(queryset.filter(state=Notice.State.DEAD))
        for notice in dead:
            with transaction.atomic():
                record(request.user, notice, f"Tried again. It had failed: {notice.problem}")
                notice.retry()
        left = queryset.count() - len(dead)
        if dead:
            messages.success(request, f"{len(dead)} queued again.")
        if left:
            messages.warning(request, f"{left} left as they were: only undeliverable mail is tried again.")


@admin.register(CalendarThread)
class CalendarThreadAdmin(ReadOnlyAdmin):
    list_display = ["uid", "person", "session", "sequence", "requested_at"]
    list_select_related = ["registration__person", "registration__session__workshop"]
    search_fields = ["uid", "registration__person__name", "registration__person__email"]
    fields = ["uid", "registration", "meeting", "sequence", "requested_at"]

    @admin.display(description="person")
    def person(self, thread: CalendarThread) -> str:
        return str(thread.registration.person)

    @admin.display(description="session")
    def session(self, thread: CalendarThread) -> str:
        return str(thread.registration.session)
