"""The home page: what is coming up, filtered, and the workshops that open and close."""

from collections import Counter
from collections.abc import Set
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Min, Q, QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from catalog.models import Format, Topic, Workshop
from foundation.dates import local, zone_words
from sessions_app.display.rows import Part, date_words, listed
from sessions_app.forms import FilterForm
from sessions_app.models import Meeting, Session

PAGE_SIZE = 50
NEAR, NEARLY_THERE = 3, 3
ONLINE = Q(format__in=[Format.ONLINE, Format.HYBRID])
IN_PERSON = Q(format__in=[Format.IN_PERSON, Format.HYBRID])
BY_FORMAT = {Format.ONLINE: ONLINE, Format.IN_PERSON: IN_PERSON, Format.HYBRID: Q(format=Format.HYBRID)}
RUNNING = Q(status__in=Session.RUNNING)


def needs_people(now: datetime) -> Q:
    return Q(status=Session.Status.OPEN, seats_taken__lt=F("minimum"), confirm_by__gt=now)


class Chip(NamedTuple):
    """One choice of the filter bar; `status` and `format` are what its address has, None for none."""

    key: str
    label: str
    count: int
    status: str | None
    format: str | None
    chosen: bool


class Month(NamedTuple):
    """The sessions of one month; `count` is known only when the list has no other page."""

    name: str
    anchor: str
    sessions: list[Session]
    count: int | None


@method_decorator(login_not_required, name="dispatch")
class HomeView(TemplateView):
    """Upcoming sessions with search and filters, and the workshops. htmx asks for the list alone."""

    template_name = "sessions_app/home.html"

    def get(self, request, *args, **kwargs):
        self.filter = FilterForm(request.GET) if request.GET else None
        self.chosen = {}
        if self.filter is not None:
            self.filter.is_valid()
            self.chosen = {name: value for name, value in self.filter.cleaned_data.items() if value}
        response = super().get(request, *args, **kwargs)
        if self.filter is not None and not self.filter.is_valid():
            response.status_code = 400
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_template_names(self):
        return ["sessions_app/_sessions.html" if self.only_list else self.template_name]

    @property
    def only_list(self) -> bool:
        htmx = self.request.htmx
        return bool(htmx) and not htmx.history_restore_request

    def get_context_data(self, **kwargs):
        now = timezone.now()
        upcoming = Session.objects.listed().upcoming(now)
        within, choice = self.within(), self.choice(now)
        counts, dates = self.count(upcoming, within, choice, now)
        number, pages = self.chosen.get("page", 1), max(1, -(-counts["shown"] // PAGE_SIZE))
        if number > pages:
            raise Http404(f"There are {pages} pages.")
        start = (number - 1) * PAGE_SIZE
        sessions = list(listed().upcoming(now).filter(within & choice)[start : start + PAGE_SIZE])
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
            context["parts"] = workshop_parts(dates, now)
        return context

    def within(self) -> Q:
        """Search, topic, audience and campus: what the chips count within."""
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
        """The chosen status and format."""
        choice = Q()
        if self.chosen.get("status") == FilterForm.Status.NEEDS_PEOPLE:
            choice &= needs_people(now)
        elif self.chosen.get("status") == FilterForm.Status.CONFIRMED:
            choice &= Q(status=Session.Status.CONFIRMED)
        if "format" in self.chosen:
            choice &= BY_FORMAT[self.chosen["format"]]
        return choice

    def count(self, upcoming: QuerySet, within: Q, choice: Q, now: datetime) -> tuple[dict, dict]:
        """Count for the chips, and per workshop its dates and the first of them: one query, over a few sums."""
        flags = {"needs": needs_people(now)}
        if within:
            flags["within"] = within
        if choice:
            flags["chosen"] = choice
        sums = (
            upcoming.order_by()
            .annotate(**{name: ExpressionWrapper(flag, BooleanField()) for name, flag in flags.items()})
            .values_list("workshop", "status", "format", *flags)
            .annotate(many=Count("pk"), first=Min("starts_at"))
        )
        counts, dates = Counter(), {}
        for workshop, status, format, needs, *found in sums:
            flagged = dict(zip([*list(flags)[1:], "many", "first"], found, strict=True))
            many, first = flagged["many"], flagged["first"]
            if status in Session.RUNNING:
                before = dates.get(workshop, (0, first))
                dates[workshop] = before[0] + many, min(before[1], first)
            if not flagged.get("within", True):
                continue
            counts["all"] += many
            counts[FilterForm.Status.NEEDS_PEOPLE] += many if needs else 0
            counts[FilterForm.Status.CONFIRMED] += many if status == Session.Status.CONFIRMED else 0
            counts[Format.ONLINE] += many if format != Format.IN_PERSON else 0
            counts[Format.IN_PERSON] += many if format != Format.ONLINE else 0
            counts["shown"] += many if flagged.get("chosen", True) else 0
        return counts, dates

    def query(self, without: Set[str] = frozenset()) -> QueryDict:
        """Return the chosen filters as an address has them, for {% querystring %}; never the page."""
        query = QueryDict(mutable=True)
        for name, value in self.chosen.items():
            if name not in {"page", *without}:
                query[name] = getattr(value, "slug", getattr(value, "pk", value))
        return query

    def chips(self, counts: dict) -> list[Chip]:
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


def months(sessions: list[Session], now: datetime, whole: bool) -> list[Month]:
    """Group `sessions`, which stand in order, by the month on their own wall clock."""
    this_year = local(now, settings.TIME_ZONE).year
    found = []
    for (year, month), group in groupby(sessions, key=lambda one: local(one.starts_at, one.time_zone).timetuple()[:2]):
        group = list(group)
        name = f"{local(group[0].starts_at, group[0].time_zone):%B}"
        found.append(
            Month(
                name if year == this_year else f"{name} {year}",
                f"month-{year}-{month:02}-{len(found)}",
                group,
                len(group) if whole else None,
            )
        )
    return found


def workshop_parts(dates: dict[int, tuple], now: datetime) -> list[Part]:
    """Return every published workshop with its objectives, in one query; `dates` has (count, first) by workshop."""
    lines = (
        Workshop.objects.published()
        .order_by("title", "pk", "objectives__position", "objectives__pk")
        .values_list("pk", "title", "slug", "summary", "objectives__text")
    )
    return [
        Part(
            *workshop[1:],
            date_words(*dates.get(workshop[0], (0, None)), now),
            tuple(line[4] for line in group if line[4]),
        )
        for workshop, group in groupby(lines, key=lambda line: line[:4])
    ]
