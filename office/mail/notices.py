"""Mail in the admin: what was sent, what waits, and what could not be delivered, with a way to try it again."""

from django.contrib import admin, messages

from notifications.kinds import KINDS
from notifications.models import CalendarThread, Notice
from office.base import ReadOnlyAdmin
from office.mail.invitations import SendAgainPage
from office.mail.undeliverable import UndeliverablePages, try_again


class KindFilter(admin.SimpleListFilter):
    """Notices of one kind."""

    title = "kind"
    parameter_name = "kind__exact"

    def lookups(self, request, model_admin):
        return [(kind.name, kind.label) for kind in KINDS.values()]

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Notice)
class NoticeAdmin(UndeliverablePages, ReadOnlyAdmin):
    """Bodies are not shown, nor subjects of account mail: a sign-in code belongs to its reader alone."""

    office_may = ("view", "change")
    list_display = ["created_at", "to", "kind_of_mail", "subject_unless_secret", "state", "attempts", "problem"]
    list_filter = ["state", ("handled_at", admin.EmptyFieldListFilter), KindFilter, "method"]
    search_fields = ["to", "person__name", "problem"]
    date_hierarchy = "created_at"
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
        "expires_at",
        "message_id",
    ]
    actions = ["retry_selected"]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("person", "handled_by", "registration__person", "registration__session__workshop")
        )

    @admin.display(description="kind", ordering="kind")
    def kind_of_mail(self, notice: Notice) -> str:
        return notice.kind_label

    @admin.display(description="subject")
    def subject_unless_secret(self, notice: Notice) -> str:
        return notice.subject_unless_secret

    @admin.action(description="Try selected undeliverable mail again", permissions=["retry"])
    def retry_selected(self, request, queryset):
        dead = list(queryset.filter(state=Notice.State.DEAD))
        for notice in dead:
            try_again(notice, request.user)
        left = queryset.count() - len(dead)
        if dead:
            messages.success(request, f"{len(dead)} queued again.")
        if left:
            messages.warning(request, f"{left} left as they were: only undeliverable mail is tried again.")


@admin.register(CalendarThread)
class CalendarThreadAdmin(SendAgainPage, ReadOnlyAdmin):
    list_display = ["uid", "person", "session", "sequence", "requested_at", "partstat"]
    list_select_related = ["registration__person", "registration__session__workshop"]
    search_fields = ["uid", "registration__person__name", "registration__person__email"]
    fields = ["uid", "registration", "meeting", "sequence", "requested_at", "partstat", "answered_at"]

    @admin.display(description="person")
    def person(self, thread: CalendarThread) -> str:
        return str(thread.registration.person)

    @admin.display(description="session")
    def session(self, thread: CalendarThread) -> str:
        return str(thread.registration.session)
