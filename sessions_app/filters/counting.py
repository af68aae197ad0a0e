"""How many sessions each choice of the filter bar leaves, beside all else that is chosen. Two queries, or three.

A topic, an audience, a program and an action are of the workshop; so is what search found. Sessions are counted by
workshop and by when in the week they start, and the sums over those that fit are made here: no filter adds a query or a
join.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast

from django.db.models import Count, Min, Q, QuerySet, Value

from accounts.models.campus import several_campuses
from catalog.models import Format, Program, ProgramWorkshop, Workshop
from foundation.kept.rows import until_written
from foundation.naming import label_of
from foundation.prepared import prepared
from sessions_app.filters import conditions, wall_clock
from sessions_app.forms import PARTS_OF_DAY, WEEKDAYS, FilterForm, in_address
from sessions_app.models import Session

OF_WORKSHOPS = ("topic", "audience", "program", "action")
# Of each workshop, by key: how many dates it has ahead, and when the first of them begins.
Dates = dict[int, tuple[int, datetime | None]]


class Option(NamedTuple):
    """One choice of a group: its place in the order, its name, and its value in the address."""

    position: int
    name: str
    value: str


class Traits(NamedTuple):
    """All published workshops, by key, and of each group those that each of its options is true of."""

    workshops: frozenset[int]
    groups: Mapping[str, Mapping[Option, Set[int]]]

    def fitting(self, name: str, value: str) -> frozenset[int]:
        """Return the workshops that the option `value` of the group `name` is true of."""
        return frozenset().union(*(its for option, its in self.groups[name].items() if option.value == value))


class Counted(NamedTuple):
    """What the bar and the page say.

    numbers   the count of each chip, and `shown`, how many sessions the whole of what is chosen leaves
    first     when the first of those begins from the start of the shown month on, where a month is shown
    groups    of each group its options, in order, each with its count; a group that makes no difference is not there
    dates     the dates ahead of each workshop, whatever is chosen; none where a month is shown, which does not say them
    minimums  how many of those dates need each minimum
    fitting   the published workshops that the topic, audience, program and action leave
    matching  those of them that search found, too
    """

    numbers: dict[str, int]
    first: datetime | None
    groups: dict[str, list[tuple[Option, int]]]
    dates: Dates
    minimums: Mapping[int, int]
    fitting: frozenset[int]
    matching: frozenset[int]


class Start(NamedTuple):
    """What starts at one time of the week: of which workshop, and how many sessions by the names of `counted`."""

    workshop: int
    weekday: str
    part: str
    numbers: Mapping[str, Any]


def count(chosen: Mapping[str, Any], found: Set[int] | None, now: datetime) -> Counted:
    """Count what every choice leaves. `found` are the workshops that search found, None where nobody searches."""
    traits = traits_of_workshops()
    fits = {name: traits.fitting(name, in_address(chosen[name])) for name in OF_WORKSHOPS if name in chosen}
    fitting = traits.workshops.intersection(*fits.values())
    searched = traits.workshops if found is None else traits.workshops & found
    matching = fitting & searched
    starts = all_starts(chosen, now)
    days, parts = chosen.get("weekday") or WEEKDAYS, chosen.get("when") or PARTS_OF_DAY
    in_time = [start for start in starts if start.weekday in days and start.part in parts]
    groups = groups_of_time(starts, chosen, matching)
    shown: Counter[int] = Counter()
    for start in in_time:
        shown[start.workshop] += start.numbers["shown"]
    for name in OF_WORKSHOPS:
        if any(its != traits.workshops for its in traits.groups[name].values()):
            rest = searched.intersection(*(its for other, its in fits.items() if other != name))
            groups[name] = [
                (option, sum(shown[workshop] for workshop in rest & its & shown.keys()))
                for option, its in sorted(traits.groups[name].items())
            ]
    campuses = sessions_by_campus(chosen, now) if several_campuses() or "campus" in chosen else {}
    if len(campuses) > 1 or "campus" in chosen:
        groups["campus"] = [
            (option, sum(numbers[workshop] for workshop in numbers.keys() & matching))
            for option, numbers in sorted(campuses.items())
        ]
    left = [start for start in in_time if start.workshop in matching]
    numbers = {name: sum(start.numbers[name] for start in left) for name in counted(chosen, now)}
    first = min((start.numbers["next"] for start in left if start.numbers.get("next")), default=None)
    dates, minimums = ({}, {}) if "view" in chosen else (dates_of(starts), minimums_of(starts))
    return Counted(numbers, first, groups, dates, minimums, fitting, matching)


def groups_of_time(
    starts: Iterable[Start], chosen: Mapping[str, Any], matching: Set[int]
) -> dict[str, list[tuple[Option, int]]]:
    """Return the weekdays and the parts of the day on which sessions start, each with how many of those that match.

    The choices of such a group widen each other: each counts its own, and what several leave is their sum.
    """
    days, parts = chosen.get("weekday") or WEEKDAYS, chosen.get("when") or PARTS_OF_DAY
    on: dict[str, int] = dict.fromkeys(chosen.get("weekday", ()), 0)
    at: dict[str, int] = dict.fromkeys(chosen.get("when", ()), 0)
    for start in starts:
        number = start.numbers["shown"] if start.workshop in matching else 0
        on[start.weekday] = on.get(start.weekday, 0) + (number if start.part in parts else 0)
        at[start.part] = at.get(start.part, 0) + (number if start.weekday in days else 0)
    groups = {}
    for name, names, found in (("when", PARTS_OF_DAY, at), ("weekday", WEEKDAYS, on)):
        if len(found) > 1 or name in chosen:
            groups[name] = [
                (Option(position, names[value][0], value), found[value])
                for position, value in enumerate(names)
                if value in found
            ]
    return groups


def counted(chosen: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the condition under which a session is counted for each chip, and as `shown`; of its time says nothing."""
    within = conditions.of_campus(chosen) & conditions.of_day(chosen)
    status = within & conditions.of_status(chosen.get("status"), now)
    format = within & conditions.of_format(chosen.get("format"))
    return {
        "all": within,
        "shown": status & format,
        FilterForm.Status.NEEDS_PEOPLE: format & conditions.needs_people(now),
        FilterForm.Status.CONFIRMED: format & conditions.CONFIRMED,
        Format.ONLINE.value: status & conditions.ONLINE,
        Format.IN_PERSON.value: status & conditions.IN_PERSON,
    }


def all_starts(chosen: Mapping[str, Any], now: datetime) -> list[Start]:
    """Count the sessions ahead by workshop and time of the week. One query; more where it met a zone not known yet."""
    wall_clock.know(now)
    starts = list(_starts(chosen, now))
    if any(not start.weekday for start in starts):
        wall_clock.learn(now)
        starts = list(_starts(chosen, now))
    return starts


def _starts(chosen: Mapping[str, Any], now: datetime) -> Iterator[Start]:
    # Only a month has a view of its own; the address of a list may name one, which says nothing there.
    month = chosen["m"] if "view" in chosen else None
    since = wall_clock.around(month.first_day, month.first_day)[0] if month else None
    if chosen.keys() & {"day", "campus"}:
        rows = list(counts_of_starts(chosen, now, since, wall_clock.known()))
    else:
        status, format, zones = chosen.get("status"), chosen.get("format"), wall_clock.known()
        if since:
            rows = counts_of_month(now, since, status=status, format=format, zones=zones)
        else:
            rows = counts_of_all(now, status=status, format=format, zones=zones)
    for row in rows:
        weekday, part = ("", "") if row["half_hour"] is None else wall_clock.WEEK[row["half_hour"]]
        yield Start(row["workshop"], weekday, part, row)


@until_written
@prepared
def counts_of_all(
    now: datetime, *, status: str | None, format: str | None, zones: wall_clock.Known
) -> "QuerySet[Session, dict[str, Any]]":
    return counts_of_starts({"status": status, "format": format}, now, None, zones)


@until_written
@prepared
def counts_of_month(
    now: datetime, since: datetime, *, status: str | None, format: str | None, zones: wall_clock.Known
) -> "QuerySet[Session, dict[str, Any]]":
    return counts_of_starts({"status": status, "format": format}, now, since, zones)


def counts_of_starts(
    chosen: Mapping[str, Any], now: datetime, since: datetime | None, zones: wall_clock.Known
) -> "QuerySet[Session, dict[str, Any]]":
    """Return of each workshop and half hour of the week how many sessions there are for each chip.

    For a list they are told apart by their minimum, and it is said how many of them are `dates` ahead and when the
    `first` of these begins. For a month, `since` a time, when the `next` of the chosen ones begins that ends later.
    """
    conditions_of = counted(chosen, now)
    numbers = {name: Count("pk", filter=condition or None) for name, condition in conditions_of.items()}
    by = ["workshop"]
    ahead: dict[str, Any] = {}
    if since:
        ahead["next"] = Min("starts_at", filter=conditions_of["shown"] & Q(ends_at__gt=since))
    else:
        by.append("minimum")
        ahead["dates"] = Count("pk", filter=conditions.RUNNING)
        ahead["first"] = Min("starts_at", filter=conditions.RUNNING)
    grouped = Session.objects.listed().upcoming(now).order_by()
    found = grouped.values(*by, half_hour=wall_clock.half_hour(zones=zones)).annotate(**ahead, **numbers)
    return cast("QuerySet[Session, dict[str, Any]]", found)


def dates_of(starts: Iterable[Start]) -> Dates:
    """Return how many dates each workshop has ahead, and when the first of them begins."""
    dates: Dates = {}
    for start in starts:
        number, first = dates.get(start.workshop, (0, None))
        its = start.numbers["first"]
        earlier = its if first is None or its is not None and its < first else first
        dates[start.workshop] = number + start.numbers["dates"], earlier
    return dates


def minimums_of(starts: Iterable[Start]) -> dict[int, int]:
    """Return how many sessions ahead need each minimum."""
    minimums: Counter[int] = Counter()
    for row in (start.numbers for start in starts):
        if row["dates"]:
            minimums[row["minimum"]] += row["dates"]
    return dict(minimums)


def sessions_by_campus(chosen: Mapping[str, Any], now: datetime) -> dict[Option, dict[int, int]]:
    """Count for each campus the sessions of each workshop that all but workshop and campus leave there. One query."""
    number = Count("pk", distinct=True, filter=conditions.of_choice(chosen, now) or None)
    found: dict[Option, dict[int, int]] = defaultdict(dict)
    for campus, name, workshop, sessions in held().upcoming(now).order_by().annotate(sessions=number):
        found[Option(0, name, str(campus))][workshop] = sessions
    return found


# Built once: building a query takes longer than running it.
@cache
def held() -> Any:
    """Return the campus of each meeting of listed sessions, its name, and the workshop."""
    sessions = Session.objects.listed().filter(meetings__venue__isnull=False).order_by()
    return sessions.values_list("meetings__venue__campus", "meetings__venue__campus__name", "workshop")


@prepared
def told_apart() -> Any:
    """Return each published workshop beside each topic, action and program of its own, with the roles it is for."""
    roles = Workshop.AUDIENCE_FIELDS.values()
    published = Workshop.objects.listed().order_by()
    of_programs = ProgramWorkshop.objects.order_by().filter(
        program__status=Program.Status.PUBLISHED, workshop__status=Workshop.Status.PUBLISHED
    )
    return published.values_list("pk", *roles, Value("topic"), Value(0), "topics__name", "topics__slug").union(
        published.exclude(actions=None).values_list(
            "pk", *roles, Value("action"), "actions__position", "actions__name", "actions__slug"
        ),
        of_programs.values_list(
            "workshop_id",
            *(f"workshop__{role}" for role in roles),
            Value("program"),
            "program__position",
            "program__title",
            "program__slug",
        ),
        all=True,
    )


def traits_of_workshops() -> Traits:
    """Return what each published workshop is about, for whom it is, and which programs it is in. One query."""
    audiences = [
        Option(position, label_of(Workshop, field).capitalize(), role)
        for position, (role, field) in enumerate(Workshop.AUDIENCE_FIELDS.items())
    ]
    groups: dict[str, dict[Option, set[int]]] = {name: defaultdict(set) for name in OF_WORKSHOPS}
    workshops = set()
    for workshop, *row in told_apart():
        if workshop not in workshops:
            workshops.add(workshop)
            for audience, is_for in zip(audiences, row, strict=False):
                if is_for:
                    groups["audience"][audience].add(workshop)
        group, position, name, value = row[len(audiences) :]
        if value is not None:
            groups[group][Option(position, name, value)].add(workshop)
    return Traits(frozenset(workshops), groups)
