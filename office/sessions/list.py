"""The list of sessions: the soonest first, with who leads each and where, and filters by what each needs."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from catalog.models import Format
from foundation import database_clock
from foundation.dates import day_and_time
from office.home.finding import each_word, of_a_session
from office.lists.choosing import ChoosesAmongMany
from office.numbers.page import NumbersPages
from office.sessions.filters import NeedsFilter, UpcomingFilter, WeekFilter
from office.sessions.many import ManySessions
from office.sessions.order import soonest_first
from sessions_app.display.meter import meter_for_office
from sessions_app.models import Meeting, Mode, Session


class WithPlaces(ChangeList):
    """The list, whose page of rows is read with their meetings, rooms and facilitators: two queries."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        meetings = Prefetch("meetings", Meeting.objects.select_related("venue"))
        self.result_list = self.result_list.prefetch_related(meetings, "facilitators")


class SessionList(ManySessions, ChoosesAmongMany, NumbersPages):
    among_many = ("workshop",)
    list_display = ["when", "title", "led_by", "place", "meter", "state", "decided", "seats_and_line"]
    list_display_links = ["when", "title"]
    # Each row draws its meter.
    list_per_page = 50
    list_filter = [UpcomingFilter, NeedsFilter, WeekFilter, "status", "workshop"]
    list_select_related = ["workshop"]
    # What `get_search_results` looks at; the list has a box because there are any.
    search_fields = ["workshop__title", "code", "facilitators__name", "meetings__venue__building"]
    actions = ManySessions.MANY

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WithPlaces

    def get_ordering(self, request: HttpRequest) -> Any:
        return soonest_first(database_clock.now())

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Session], search_term: str) -> Any:
        return queryset.filter(each_word(search_term, of_a_session)), False

    @admin.display(description="date", ordering="starts_at")
    def when(self, session: Session) -> str:
        return day_and_time(session.starts_at, session.time_zone) or "No date yet"

    @admin.display(description="workshop", ordering="workshop__title")
    def title(self, session: Session) -> str:
        return session.workshop.title

    @admin.display(description="waiting", ordering="waiting_count")
    def waiting(self, session: Session) -> str:
        return in_each_mode(session, session.waiting_count, session.waiting_in)

    @admin.display(description="state", ordering="status")
    def state(self, session: Session) -> str:
        return session_state(session)

    @admin.display(description="registered")
    def meter(self, session: Session) -> str:
        shown = {"m": meter_for_office(session, database_clock.now()), "size": "sm", "code": session.code}
        return render_to_string("sessions_app/_quorum_meter.html", shown)

    @admin.display(description="confirm by", ordering="confirm_by")
    def decided(self, session: Session) -> str:
        words = day_and_time(session.confirm_by, session.time_zone)
        if session.status != Session.Status.OPEN:
            return words
        url = reverse("admin:sessions_app_session_decide", args=[session.pk])
        return format_html('<a href="{}">{}</a>', url, words)

    @admin.display(description="seats", ordering="capacity")
    def seats(self, session: Session) -> str:
        taken = f"{session.seats_taken} of {session.capacity}"
        return in_each_mode(session, taken, lambda mode: f"{session.taken_in(mode)} of {session.capacity_in(mode)}")

    @admin.display(description="seats", ordering="capacity")
    def seats_and_line(self, session: Session) -> str:
        """Return “24 of 24; waiting: 3”, and “15 of 24” where nobody waits."""
        seats = self.seats(session)
        return f"{seats}; waiting: {self.waiting(session)}" if session.waiting_count else seats

    @admin.display(description="led by")
    def led_by(self, session: Session) -> str:
        return ", ".join(one.name for one in session.led_by)

    @admin.display(description="place")
    def place(self, session: Session) -> str:
        """Return each of its rooms once, and “Online” where people join by a link or there is no room."""
        meetings = session.meetings.all()
        rooms = list(dict.fromkeys(str(meeting.venue) for meeting in meetings if meeting.venue))
        is_online = meetings and (not rooms or session.format != Format.IN_PERSON)
        return ", ".join([*rooms, "Online"] if is_online else rooms)


def in_each_mode(session: Session, whole: int | str, part: Callable[[str], int | str]) -> str:
    """Return “15 of 24”, and where people say how they take part “15 of 24: 12 of 12 in the room, 3 of 12 online”."""
    if not session.asks_how:
        return str(whole)
    return f"{whole}: {part(Mode.ROOM)} in the room, {part(Mode.ONLINE)} online"


def session_state(session: Session) -> str:
    """Return the state with what the office wants to know of it: “Open, short by two”, “Confirmed, full”."""
    words, short = session.get_status_display(), session.minimum - session.seats_taken
    if session.status == Session.Status.OPEN:
        return f"{words}, short by {short}" if short > 0 else f"{words}, minimum reached"
    if session.status == Session.Status.CONFIRMED and short > 0:
        return f"{words}, below its minimum"
    if session.is_running and session.seats_left == 0:
        return f"{words}, full"
    return words
