"""What each calendar was told last, for the office: by session on the roster, by person beside the person."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import Person
from foundation.dates import clock, short_day
from foundation.wake import wake
from notifications.models import CalendarThread, Notice
from notifications.tasks import deliver_soon
from sessions_app.models import Session

# Of one person; whoever wants older ones looks under Calendar threads.
MOST_OF_A_PERSON = 40
WHAT = {
    Notice.Method.REQUEST: "Invitation",
    Notice.Method.CANCEL: "Cancellation",
    Notice.Method.NONE: "Mail without a calendar part",
}


class Line(NamedTuple):
    """One entry in one calendar: the newest message about it and what came of that."""

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
    """Return a line per thread that any message was ever written for."""
    now = now or timezone.now()
    # What came to nothing, as a change taken back before it was told, is not what a calendar was told.
    of_thread = Notice.objects.filter(thread=OuterRef("pk")).exclude(state=Notice.State.SUPERSEDED)
    of_thread = of_thread.order_by("-sequence", "-pk")
    threads = list(
        threads.select_related("registration__person", "registration__session__workshop", "meeting").annotate(
            newest=Subquery(of_thread.values("pk")[:1])
        )
    )
    newest = Notice.objects.in_bulk([thread.newest for thread in threads if thread.newest])
    return [_line(thread, newest[thread.newest], now) for thread in threads if thread.newest]


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


def _at(at: datetime) -> str:
    return f"{short_day(at, settings.TIME_ZONE, 0)}, {clock(at, settings.TIME_ZONE)}"


class SendAgainPage:
    """Add to CalendarThreadAdmin the URL that sends the current invitation again."""

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.send_again_view))
        return [path("<int:pk>/send-again/", view, name="notifications_calendarthread_send_again"), *super().get_urls()]

    def send_again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the current invitation again, and go back to the person (`back=person`) or the roster."""
        if not request.user.has_perm("notifications.change_notice"):
            raise PermissionDenied
        everything = CalendarThread.objects.select_related("registration__person", "registration__session", "meeting")
        thread = get_object_or_404(everything, pk=pk)
        person = thread.registration.person
        try:
            thread.send_again(by=request.user)
        except CalendarThread.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            wake(deliver_soon)
            messages.success(request, f"The invitation to {person} is on its way.")
        if request.POST.get("back") == "person" and request.user.has_perm("accounts.view_person"):
            return redirect("admin:accounts_person_change", person.pk)
        return redirect("admin:registrations_registration_roster", thread.registration.session_id)
