"""How many sessions each choice of the filter bar leaves, beside all else that is chosen. Two queries, or three.

A topic, an audience, a program and an action are of the workshop; so is what search found. Sessions are counted by
workshop, and the sums over the workshops that fit are made here: no filter adds a query or a join.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast

from django.db.models import Count, Max, Min, Value

from accounts.models.campus import several_campuses
from catalog.models import Format, Program, ProgramWorkshop, Workshop
from foundation.naming import label_of
from sessions_app.filters import conditions
from sessions_app.forms import FilterForm, in_address
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
    groups    of each group its options, in order, each with its count; a group that makes no difference is not there
    dates     the dates ahead of each workshop, whatever is chosen
    minimums  how many of those dates need each minimum
    fitting   the published workshops that the topic, audience, program and action leave
    matching  those of them that search found, too
    """

    numbers: dict[str, int]
    groups: dict[str, list[tuple[Option, int]]]
    dates: Dates
    minimums: Mapping[int, int]
    fitting: frozenset[int]
    matching: frozenset[int]


def count(chosen: Mapping[str, Any], found: Set[int] | None, now: datetime) -> Counted:
    """Count what every choice leaves. `found` are the workshops that search found, None where nobody searches."""
    traits = traits_of_workshops()
    fits = {name: traits.fitting(name, in_address(chosen[name])) for name in OF_WORKSHOPS if name in chosen}
    fitting = traits.workshops.intersection(*fits.values())
    searched = traits.workshops if found is None else traits.workshops & found
    by_workshop, dates = sessions_by_workshop(chosen, now)
    groups = {}
    for name in OF_WORKSHOPS:
        if any(its != traits.workshops for its in traits.groups[name].values()):
            rest = searched.intersection(*(its for other, its in fits.items() if other != name))
            groups[name] = [
                (option, sum(by_workshop[workshop]["shown"] for workshop in rest & its & by_workshop.keys()))
                for option, its in sorted(traits.groups[name].items())
            ]
    matching = fitting & searched
    campuses = sessions_by_campus(chosen, now) if several_campuses() or "campus" in chosen else {}
    if len(campuses) > 1 or "campus" in chosen:
        groups["campus"] = [
            (option, sum(numbers[workshop] for workshop in numbers.keys() & matching))
            for option, numbers in sorted(campuses.items())
        ]
    numbers = {
        name: sum(by_workshop[workshop][name] for workshop in matching & by_workshop.keys())
        for name in counted(chosen, now)
    }
    return Counted(numbers, groups, dates, minimums_of(by_workshop), fitting, matching)


def counted(chosen: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the condition under which a session is counted for each chip, and as `shown`."""
    within = conditions.of_campus(chosen)
    return {
        "all": within,
        "shown": within & conditions.of_choice(chosen, now),
        FilterForm.Status.NEEDS_PEOPLE: within & conditions.needs_people(now),
        FilterForm.Status.CONFIRMED: within & conditions.CONFIRMED,
        Format.ONLINE.value: within & conditions.ONLINE,
        Format.IN_PERSON.value: within & conditions.IN_PERSON,
    }


def sessions_by_workshop(chosen: Mapping[str, Any], now: datetime) -> tuple[dict[int, dict[str, Any]], Dates]:
    """Count the sessions of each workshop for every chip, whatever it is about; and give its dates. One query."""
    numbers = {name: Count("pk", filter=condition or None) for name, condition in counted(chosen, now).items()}
    ahead = {
        "dates": Count("pk", filter=conditions.RUNNING),
        "first": Min("starts_at", filter=conditions.RUNNING),
        "fewest": Min("minimum", filter=conditions.RUNNING),
        "most": Max("minimum", filter=conditions.RUNNING),
    }
    grouped = Session.objects.listed().upcoming(now).order_by().values("workshop").annotate(**ahead, **numbers)
    rows = {row["workshop"]: row for row in cast("Iterable[dict[str, Any]]", grouped)}
    return rows, {workshop: (row["dates"], row["first"]) for workshop, row in rows.items()}


def minimums_of(by_workshop: Mapping[int, Mapping[str, Any]]) -> dict[int, int]:
    """Return how many sessions ahead need each minimum.

    Where those of one workshop differ, the lowest and the highest count once.
    """
    minimums: Counter[int] = Counter()
    for row in by_workshop.values():
        if row["fewest"] == row["most"] is not None:
            minimums[row["most"]] += row["dates"]
        elif row["dates"]:
            minimums.update((row["fewest"], row["most"]))
    return dict(minimums)


def sessions_by_campus(chosen: Mapping[str, Any], now: datetime) -> dict[Option, dict[int, int]]:
    """Count for each campus the sessions of each workshop that the status and format leave there. One query."""
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


@cache
def told_apart() -> Any:
    """Return each published workshop beside each topic, action and program of its own, with the roles it is for."""
    roles = Workshop.AUDIENCE_FIELDS.values()
    published = Workshop.objects.published().order_by()
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
    for workshop, *row in told_apart().all():
        if workshop not in workshops:
            workshops.add(workshop)
            for audience, is_for in zip(audiences, row, strict=False):
                if is_for:
                    groups["audience"][audience].add(workshop)
        group, position, name, value = row[len(audiences) :]
        if value is not None:
            groups[group][Option(position, name, value)].add(workshop)
    return Traits(frozenset(workshops), groups)
