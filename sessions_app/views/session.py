"""The page of one session. Reading only; registering belongs to registrations."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from accounts.models import Person
from accounts.models.groups import may
from catalog.doors import check_door
from catalog.models import Facilitator, Workshop
from foundation import database_clock
from foundation.dates import zone_words
from foundation.kept import kept
from foundation.prepared import prepared
from sessions_app.display.rows import listed, place_in
from sessions_app.models import Meeting, Session
from sessions_app.models.changes import numbers_of
from sessions_app.models.numbering import Numbered

if TYPE_CHECKING:
    from sessions_app.display.rows import ListedSession

OTHER_DATES = 6


class Taught(NamedTuple):
    """One objective: its words, and the key of the part it is of, None for the whole workshop."""

    text: str
    part: int | None


@prepared
def shown(code: str) -> QuerySet[Meeting, Meeting]:
    """Return the meetings of a session with all that its page shows of it, of their venues and parts, in order.

    Those that are cancelled too, for they have a number. Each has `comes_after`: whether its workshop comes after
    another.
    """
    required = Workshop.requires.through.objects.filter(from_workshop=OuterRef("session__workshop"))
    meetings = Meeting.every.select_related(
        "venue__campus", "part", "session__workshop", "session__for_campus"
    ).order_by("starts_at", "pk")
    return meetings.filter(session__code=code).annotate(comes_after=Exists(required))


@prepared
def teaching(session: int) -> QuerySet[Session, tuple[Any, ...]]:
    """Return the objectives of a session, given by key, beside its facilitators, in no order."""
    return (
        Session.objects.filter(pk=session)
        .order_by()
        .values_list(
            *("workshop__objectives__position", "workshop__objectives__pk"),
            *("workshop__objectives__text", "workshop__objectives__part"),
            *("facilitators__name", "facilitators__pk", "facilitators__credentials", "facilitators__pronouns"),
        )
    )


def find(code: str, person: Person | AnonymousUser) -> tuple[Session, list[Meeting]]:
    """Return the session with its workshop, and every meeting, cancelled ones too, with venue and part: one query.

    Raises Http404 where there is none, and for a draft unless the person is of the office.
    """
    meetings = shown(code)
    if meetings:
        session = meetings[0].session
    else:
        session = get_object_or_404(Session.objects.select_related("workshop", "for_campus"), code=code)
    is_draft = session.status == Session.Status.DRAFT or not session.workshop.is_published
    if is_draft and not may(person, "sessions_app.view_session"):
        raise Http404("Not published yet.")
    check_door(person, session.workshop, by_code=True)
    return session, meetings


@method_decorator([login_not_required, kept("(neutral)?")], name="dispatch")
class SessionView(TemplateView):
    """One session, for everybody with its link; a draft only for the office."""

    template_name = "sessions_app/session.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, (session, every) = database_clock.now(), find(kwargs.pop("code"), self.request.user)
        meetings, numbers = [meeting for meeting in every if not meeting.is_cancelled], numbers_of(every)
        venues = list({meeting.venue_id: meeting.venue for meeting in meetings if meeting.venue}.values())
        room = venues[0] if len(venues) == 1 else None
        dates = dates_of(session.workshop_id, now)
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
            numbers=numbers,
            many_venues=len(venues) > 1,
            where=place_in(session.format, room),
            led_by=facilitators,
            objectives=by_part(objectives, every, numbers),
            comes_after=any(getattr(meeting, "comes_after", True) for meeting in every),
            access=tuple((str(venue), venue.directions, venue.access) for venue in venues),
            other_dates=[other for other in dates if other.pk != session.pk][:OTHER_DATES],
        )


@prepared
def dates_of(workshop: int, now: datetime) -> "QuerySet[Session, ListedSession]":
    """Return one more of the dates of a workshop that people may join than is shown: a session is one of its own."""
    return listed().joinable(now).filter(workshop=workshop)[: OTHER_DATES + 1]


def taught(session: Session) -> tuple[list[Taught], tuple[tuple[str, str], ...]]:
    """Return the objectives in order, and of each facilitator the address of their page and how they wish to be named.

    One query: it reads each of the few objectives beside each of the few facilitators.
    """
    objectives, facilitators, first = {}, {}, session.first_facilitator_id
    for position, objective, text, part, name, pk, credentials, pronouns in teaching(session.pk):
        if objective is not None:
            objectives[position, objective] = Taught(text, part)
        if pk is not None:
            one = Facilitator(pk=pk, name=name, credentials=credentials, pronouns=pronouns)
            facilitators[name, pk] = (one.get_absolute_url(), one.byline)
    leaders = tuple(facilitators[key] for key in sorted(facilitators, key=lambda key: (key[1] != first, key)))
    return [objectives[key] for key in sorted(objectives)], leaders


def by_part(
    objectives: list[Taught], meetings: list[Meeting], numbers: dict[int, Numbered]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the objectives under the heading of their part, "" for the whole workshop.

    Those of a part that no meeting holds are left out. Where no meeting holds a part all stand together.
    """
    parts = {meeting.part_id: numbers[meeting.pk] for meeting in meetings if meeting.part_id}
    if not parts:
        return (("", tuple(one.text for one in objectives)),) if objectives else ()
    in_order = [None, *sorted(parts, key=lambda part: parts[part].number)]
    texts = {part: tuple(one.text for one in objectives if one.part == part) for part in in_order}
    return tuple((parts[part].short_heading if part else "", texts[part]) for part in in_order if texts[part])


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
