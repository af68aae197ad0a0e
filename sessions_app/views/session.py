"""The page of one session. Reading only; registering belongs to registrations."""

from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from accounts.models import Person
from catalog.models import Facilitator, Workshop
from foundation import database_clock
from foundation.dates import zone_words
from sessions_app.display.rows import listed, place_of
from sessions_app.models import Meeting, Session

OTHER_DATES = 6


# Built once, and put in order here: building an ORDER BY takes longer than sorting these few.
@cache
def shown() -> QuerySet:
    """Return the meetings with all that a session page shows of their session and venue, in no order.

    Each has `comes_after`: whether the workshop comes after another.
    """
    required = Workshop.requires.through.objects.filter(from_workshop=OuterRef("session__workshop"))
    meetings = Meeting.objects.select_related("venue", "session__workshop", "session__for_campus").order_by()
    return meetings.annotate(comes_after=Exists(required))


@cache
def teaching() -> QuerySet:
    """Return each session's objectives beside its facilitators, in no order."""
    return Session.objects.order_by().values_list(
        *("workshop__objectives__position", "workshop__objectives__pk", "workshop__objectives__text"),
        *("facilitators__name", "facilitators__pk", "facilitators__credentials", "facilitators__pronouns"),
    )


def find(code: str, person: Person | AnonymousUser) -> tuple[Session, list[Meeting]]:
    """Return the session with its workshop, and its meetings with their venues: one query. A draft is the office's."""
    meetings = sorted(shown().filter(session__code=code), key=lambda meeting: (meeting.starts_at, meeting.pk))
    if meetings:
        session = meetings[0].session
    else:
        session = get_object_or_404(Session.objects.select_related("workshop", "for_campus"), code=code)
    if (session.status == Session.Status.DRAFT or not session.workshop.is_published) and not person.is_staff:
        raise Http404("Not published yet.")
    return session, meetings


@method_decorator(login_not_required, name="dispatch")
class SessionView(TemplateView):
    """One session, for everybody with its link; a draft only for the office."""

    template_name = "sessions_app/session.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, (session, meetings) = database_clock.now(), find(kwargs.pop("code"), self.request.user)
        venues = list({meeting.venue_id: meeting.venue for meeting in meetings if meeting.venue}.values())
        room = venues[0] if len(venues) == 1 else None
        # One more than is shown: this session is one of them.
        dates = listed().joinable(now).filter(workshop=session.workshop_id)[: OTHER_DATES + 1]
        objectives, facilitators = taught(session)
        return super().get_context_data(
            **kwargs,
            nav="sessions",
            now=now,
            session=session,
            here=[session],
            zone=zone_words(session.time_zone, session.starts_at) if meetings else "",
            again=0,
            meetings=meetings,
            many_venues=len(venues) > 1,
            where=place_of(session.format, room.building if room else None, room.room if room else None),
            led_by=facilitators,
            objectives=objectives,
            comes_after=any(getattr(meeting, "comes_after", True) for meeting in meetings),
            access=tuple((str(venue), venue.directions, venue.access) for venue in venues),
            other_dates=[other for other in dates if other.pk != session.pk][:OTHER_DATES],
        )


def taught(session: Session) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the objectives in order, and of each facilitator the address of their page and how they wish to be named.

    One query: it reads each of the few objectives beside each of the few facilitators.
    """
    objectives, facilitators = {}, {}
    for position, objective, text, name, pk, credentials, pronouns in teaching().filter(pk=session.pk):
        if objective is not None:
            objectives[position, objective] = text
        if pk is not None:
            one = Facilitator(pk=pk, name=name, credentials=credentials, pronouns=pronouns)
            facilitators[name, pk] = (one.get_absolute_url(), one.byline)
    leaders = tuple(facilitators[key] for key in sorted(facilitators))
    return tuple(objectives[key] for key in sorted(objectives)), leaders


@method_decorator(login_not_required, name="dispatch")
class MeterView(TemplateView):
    """The register panel alone, for a page that waits until a session is confirmed. It asks `MOST` times at most."""

    MOST = 15
    template_name = "sessions_app/_panel_again.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session, _ = find(kwargs.pop("code"), self.request.user)
        typed = self.request.GET.get("asked", "")
        asked = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else self.MOST
        again = asked + 1 if asked < self.MOST else None
        return super().get_context_data(
            **kwargs, now=database_clock.now(), session=session, here=[session], again=again
        )
