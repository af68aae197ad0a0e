"""The home page: what is coming up, filtered, and the workshops that open and close."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import groupby
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import EmptyPage, Paginator
from django.db.models import Count, F, Max, Min, Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView
from django_htmx.middleware import HtmxDetails

from catalog.audiences import FIELDS, open_to
from catalog.models import Format, Topic, Workshop
from foundation import database_clock
from foundation.dates import local, zone_words
from sessions_app.display.gathering import gathering
from sessions_app.display.rows import Part, date_words, listed
from sessions_app.forms import FilterForm
from sessions_app.models import Meeting, Session

PAGE_SIZE = 50
NEAR, NEARLY_THERE = 3, 3
ONLINE = Q(format__in=[Format.ONLINE, Format.HYBRID])
IN_PERSON = Q(format__in=[Format.IN_PERSON, Format.HYBRID])
BY_FORMAT = {Format.ONLINE: ONLINE, Format.IN_PERSON: IN_PERSON, Format.HYBRID: Q(format=Format.HYBRID)}
CONFIRMED = Q(status=Session.Status.CONFIRMED)
RUNNING = Q(status__in=Session.RUNNING)
# Of each workshop, by key: how many dates it has ahead, and when the first of them begins.
Dates = dict[int, tuple[int, datetime | None]]


def needs_people(now: datetime) -> Q:
    return Q(status=Session.Status.OPEN, seats_taken__lt=F("minimum"), confirm_by__gt=now)


@dataclass(frozen=True)
class Chip:
    """One choice of the filter bar; `status` and `format` are what its address has, None for none."""

    key: str
    label: str
    count: int
    status: str | None
    format: str | None
    chosen: bool


@dataclass(frozen=True)
class Month:
    """The sessions of one month; `count` is known only when the list has no other page."""

    name: str
    anchor: str
    sessions: Sequence[Session]
    count: int | None


class HtmxRequest(HttpRequest):
    """A request as django_htmx hands it on."""

    htmx: HtmxDetails


@method_decorator(login_not_required, name="dispatch")
class HomeView(TemplateView):
    """Upcoming sessions with search and filters, and the workshops. htmx asks for the list alone."""

    request: HtmxRequest
    template_name = "sessions_app/home.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.filter = FilterForm(request.GET) if request.GET else None
        self.chosen: dict[str, Any] = {}
        if self.filter is not None:
            self.filter.is_valid()
            self.chosen = {name: value for name, value in self.filter.cleaned_data.items() if value}
        response = super().get(request, *args, **kwargs)
        if self.filter is not None and not self.filter.is_valid():
            response.status_code = HTTPStatus.BAD_REQUEST
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_template_names(self) -> list[str]:
        return ["sessions_app/_sessions.html" if self.only_list else self.template_name]

    @property
    def only_list(self) -> bool:
        """True where htmx asks for the list, and not for a whole page it has shown before."""
        return bool(self.request.htmx) and not self.request.htmx.history_restore_request

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = database_clock.now()
        within, choice = self.within(), self.choice(now)
        counts, dates, minimums = self.count(within, choice, now)
        paginator = Paginator(listed().upcoming(now).filter(within & choice), PAGE_SIZE)
        # Counted with the chips, in their query.
        paginator.count = counts["shown"]
        number, pages = self.chosen.get("page", 1), paginator.num_pages
        try:
            sessions = list(paginator.page(number))
        except EmptyPage:
            raise Http404(f"There are {pages} pages.") from None
        context = super().get_context_data(
            **kwargs,
            nav="sessions",
            now=now,
            only_list=self.only_list,
            filter=self.filter,
            chosen=self.chosen,
            typed=self.request.GET.get("q", "")[:1000].replace("\0", ""),
            query=self.query(),
            narrowed=self.query(without={"status", "format"}),
            chips=self.chips(counts),
            counts=counts,
            zone=zone_words(settings.TIME_ZONE, now),
            sessions=sessions,
            months=months(sessions, now, whole=pages == 1),
            number=number,
            pages=pages,
            # The first page has no number in its address.
            earlier=number - 1 if number > 2 else None,
            later=number + 1,
        )
        if not self.only_list:
            near = listed().upcoming(now).filter(needs_people(now), registration_closes_at__gt=now)
            near = near.filter(seats_taken__gte=F("minimum") - NEAR, seats_taken__gt=0).order_by("confirm_by", "pk")
            context["near"] = list(near[:NEARLY_THERE])
            lines = workshop_lines()
            context["parts"] = workshop_parts(lines, dates, now)
            context["open_to"] = open_to({line.audience for line in lines})
            context["gathering"] = gathering(minimums or dict(Counter(line.minimum for line in lines)))
        return context

    def within(self) -> Q:
        """Return the condition of search, topic, audience and campus, within which the chips count."""
        within = Q()
        workshops = Workshop.objects.all()
        for word in self.chosen.get("q", "").split():
            topics = Topic.objects.filter(name__icontains=word)
            workshops = workshops.filter(Q(title__icontains=word) | Q(pk__in=topics.values("workshops")))
        if "topic" in self.chosen:
            workshops = workshops.filter(topics=self.chosen["topic"])
        if "audience" in self.chosen:
            workshops = workshops.filter(**{Workshop.AUDIENCE_FIELDS[self.chosen["audience"]]: True})
        if self.chosen.keys() & {"q", "topic", "audience"}:
            within &= Q(workshop__in=workshops.order_by().values("pk"))
        if "campus" in self.chosen:
            within &= Q(pk__in=Meeting.objects.filter(venue__campus=self.chosen["campus"]).order_by().values("session"))
        return within

    def choice(self, now: datetime) -> Q:
        """Return the condition of the chosen status and format."""
        choice = Q()
        if self.chosen.get("status") == FilterForm.Status.NEEDS_PEOPLE:
            choice &= needs_people(now)
        elif self.chosen.get("status") == FilterForm.Status.CONFIRMED:
            choice &= CONFIRMED
        if "format" in self.chosen:
            choice &= BY_FORMAT[self.chosen["format"]]
        return choice

    def count(self, within: Q, choice: Q, now: datetime) -> tuple[dict[str, int], Dates, dict[int, int]]:
        """Count for each chip, and those `shown` by the choice; give the dates of each workshop.

        And how many sessions need each minimum; where those of one workshop differ, the lowest and the highest count
        once. One query for all of it.
        """
        counted = {
            "all": within,
            "shown": within & choice,
            FilterForm.Status.NEEDS_PEOPLE: within & needs_people(now),
            FilterForm.Status.CONFIRMED: within & CONFIRMED,
            Format.ONLINE.value: within & ONLINE,
            Format.IN_PERSON.value: within & IN_PERSON,
        }
        numbers = {name: Count("pk", filter=condition or None) for name, condition in counted.items()}
        ahead = {"dates": Count("pk", filter=RUNNING), "first": Min("starts_at", filter=RUNNING)}
        ahead |= {"fewest": Min("minimum", filter=RUNNING), "most": Max("minimum", filter=RUNNING)}
        by_workshop = Session.objects.listed().upcoming(now).order_by().values("workshop").annotate(**ahead, **numbers)
        rows = cast("list[dict[str, Any]]", list(by_workshop))
        dates = {row["workshop"]: (row["dates"], row["first"]) for row in rows}
        minimums: Counter[int] = Counter()
        for row in rows:
            if row["fewest"] == row["most"] is not None:
                minimums[row["most"]] += row["dates"]
            elif row["dates"]:
                minimums.update((row["fewest"], row["most"]))
        return {name: sum(row[name] for row in rows) for name in counted}, dates, dict(minimums)

    def query(self, without: Set[str] = frozenset()) -> QueryDict:
        """Return the chosen filters as an address has them, for {% querystring %}; never the page."""
        query = QueryDict(mutable=True)
        for name, value in self.chosen.items():
            if name not in {"page", *without}:
                query[name] = getattr(value, "slug", getattr(value, "pk", value))
        return query

    def chips(self, counts: dict[str, int]) -> list[Chip]:
        choices = [
            ("all", "All", None, None),
            (FilterForm.Status.NEEDS_PEOPLE, "Needs people", FilterForm.Status.NEEDS_PEOPLE, None),
            (FilterForm.Status.CONFIRMED, "Confirmed", FilterForm.Status.CONFIRMED, None),
            (Format.ONLINE.value, "Online", None, Format.ONLINE.value),
            (Format.IN_PERSON.value, "In person", None, Format.IN_PERSON.value),
        ]
        chosen = (self.chosen.get("status"), self.chosen.get("format"))
        return [
            Chip(key, label, counts[key], status, format, chosen == (status, format))
            for key, label, status, format in choices
        ]


def months(sessions: Sequence[Session], now: datetime, whole: bool) -> list[Month]:
    """Group `sessions`, which stand in order, by the month on their own wall clock."""
    this_year = local(now, settings.TIME_ZONE).year
    found: list[Month] = []
    for (year, month), group in groupby(sessions, key=lambda one: local(one.starts_at, one.time_zone).timetuple()[:2]):
        its = list(group)
        name = f"{local(its[0].starts_at, its[0].time_zone):%B}"
        found.append(
            Month(
                name if year == this_year else f"{name} {year}",
                f"month-{year}-{month:02}-{len(found)}",
                its,
                len(its) if whole else None,
            )
        )
    return found


class Line(NamedTuple):
    """One published workshop beside one of its objectives, or beside none."""

    pk: int
    title: str
    slug: str
    summary: str
    objective: str | None
    minimum: int
    audience: tuple[bool, ...]


def workshop_lines() -> list[Line]:
    """Return every published workshop, with a line for each of its objectives, in order. One query."""
    lines = (
        Workshop.objects.published()
        .order_by("title", "pk", "objectives__position", "objectives__pk")
        .values_list("pk", "title", "slug", "summary", "objectives__text", "default_minimum", *FIELDS)
    )
    return [Line(*line[:6], line[6:]) for line in lines]


def workshop_parts(lines: Sequence[Line], dates: Dates, now: datetime) -> list[Part]:
    """Return every workshop of `lines` with its objectives and its `dates`."""
    parts = []
    for (pk, title, slug, summary), group in groupby(lines, key=lambda line: line[:4]):
        objectives = tuple(line.objective for line in group if line.objective)
        parts.append(Part(title, slug, summary, date_words(*dates.get(pk, (0, None)), now), objectives))
    return parts
