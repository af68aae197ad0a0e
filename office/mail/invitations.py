"""Invitations in the admin: what each calendar was told last, and a way to send the current invitation again.

The roster shows the lines of a session, and the page of a person shows the person's.
"""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import Person
from foundation import database_clock
from foundation.dates import day_and_time
from foundation.wake import wake
from notifications.models import CalendarThread, Notice
from notifications.tasks import deliver_soon
from office.base import OwnPage, ReadOnlyAdmin, acting
from office.lists.large import LargeList
from sessions_app.models import Session

# Of one person; the list of calendar threads has the older ones.
MOST_OF_A_PERSON = 40
WHAT: dict[str, str] = {
    Notice.Method.REQUEST: "Invitation",
    Notice.Method.CANCEL: "Cancellation",
    Notice.Method.NONE: "Mail without a calendar part",
}


class Line(NamedTuple):
    """One entry in one calendar: the newest Notice about it and what came of that."""

    thread: CalendarThread
    what: str
    outcome: str
    failed: bool
    may_be_sent_again: bool


def in_session(session: Session) -> list[Line]:
    """Return the lines of a session, by person, in two queries."""
    threads = CalendarThread.objects.filter(registration__session=session)
    return lines(threads.order_by("registration__person__name", "registration__person__email", "meeting__starts_at"))


def of_person(person: Person) -> list[Line]:
    """Return the newest lines of a person, the latest meeting first, in two queries."""
    threads = CalendarThread.objects.filter(registration__person=person)
    return lines(threads.order_by("-meeting__starts_at", "-pk")[:MOST_OF_A_PERSON])


def lines(threads: QuerySet[CalendarThread], now: datetime | None = None) -> list[Line]:
    """Return a line per thread that any Notice was ever written for."""
    now = now or database_clock.now()
    # What came to nothing, as a change taken back before it was told, is not what a calendar was told.
    of_thread = Notice.objects.filter(thread=OuterRef("pk")).exclude(state=Notice.State.SUPERSEDED)
    newest_of_each = of_thread.order_by("-sequence", "-pk").values("pk")[:1]
    threads = threads.select_related("registration__person", "registration__session__workshop", "meeting")
    pairs = [(thread, thread.newest) for thread in threads.annotate(newest=Subquery(newest_of_each))]
    newest = Notice.objects.in_bulk([pk for _, pk in pairs if pk])
    return [_line(thread, newest[pk], now) for thread, pk in pairs if pk]


def _line(thread: CalendarThread, notice: Notice, now: datetime) -> Line:
    what = f"{WHAT[notice.method]}, SEQUENCE {notice.sequence}"
    is_invited = notice.method == Notice.Method.REQUEST and thread.holds and thread.meeting.ends_at > now
    return Line(thread, what, outcome(notice), notice.state == Notice.State.DEAD, is_invited)


def outcome(notice: Notice) -> str:
    """Return whether and when a notice was delivered, or why it was not."""
    match notice.state:
        case Notice.State.SENT:
            return f"Delivered to the mail server {_at(notice.sent_at)}"
        case Notice.State.QUEUED if notice.problem:
            return f"Not delivered yet, tried again {_at(notice.next_attempt_at)}: {notice.problem}"
        case Notice.State.QUEUED:
            return f"Waiting to be sent since {_at(notice.created_at)}"
        case Notice.State.DEAD if notice.handled_at:
            return f"Not delivered: {notice.problem}. Handled: {notice.handled_note}"
        case Notice.State.DEAD:
            return f"Not delivered: {notice.problem}"
    return notice.get_state_display()


def _at(instant: datetime | None) -> str:
    return day_and_time(instant, settings.TIME_ZONE)


@admin.register(CalendarThread)
class CalendarThreadAdmin(LargeList, ReadOnlyAdmin):
    list_display = ["uid", "person", "session", "sequence", "requested_at", "partstat"]
    list_select_related = ["registration__person", "registration__session__workshop"]
    search_fields = ["uid", "registration__person__name", "registration__person__email"]
    search_people = "registration__person"
    fields = ["uid", "registration", "meeting", "sequence", "requested_at", "partstat", "answered_at"]

    def search_beside(self, word: str) -> Q:
        return Q(uid__startswith=word)

    @admin.display(description="person")
    def person(self, thread: CalendarThread) -> str:
        return str(thread.registration.person)

    @admin.display(description="session")
    def session(self, thread: CalendarThread) -> str:
        return str(thread.registration.session)

    def own_pages(self) -> list[OwnPage]:
        return [("<int:pk>/send-again/", require_POST(self.send_again_view), "send_again")]

    def send_again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the current invitation again, and go back to the person (`back=person`) or the roster."""
        if not request.user.has_perm("notifications.change_notice"):
            raise PermissionDenied
        everything = CalendarThread.objects.select_related("registration__person", "registration__session", "meeting")
        thread = get_object_or_404(everything, pk=pk)
        person = thread.registration.person
        try:
            thread.send_again(by=acting(request))
        except CalendarThread.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            wake(deliver_soon)
            messages.success(request, f"The invitation to {person} is on its way.")
        if request.POST.get("back") == "person" and request.user.has_perm("accounts.view_person"):
            return redirect("admin:accounts_person_change", person.pk)
        return redirect("admin:registrations_registration_roster", thread.registration.session_id)
