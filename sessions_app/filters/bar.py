"""The filter bar, pure: every choice is a link to the page with that choice, what is chosen to the page without it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from catalog.models import Format
from foundation.dates import day_words
from sessions_app.filters.counting import Option
from sessions_app.forms import FilterForm, in_address

# The groups in their order, by the name of their field, as people read them.
GROUPS = {
    "when": "Time",
    "weekday": "Day",
    "topic": "Topic",
    "audience": "Audience",
    "campus": "Campus",
    "program": "Program",
    "action": "Action",
}
# Of the first row: the field, the value and the name.
CHIPS = [
    ("status", FilterForm.Status.NEEDS_PEOPLE, "Needs people"),
    ("status", FilterForm.Status.CONFIRMED, "Confirmed"),
    ("format", Format.ONLINE.value, "Online"),
    ("format", Format.IN_PERSON.value, "In person"),
]
STATUSES, FORMATS = dict(FilterForm.Status.CHOICES), dict(Format.choices)


class Link(NamedTuple):
    """A choice, how many sessions it leaves (None where that is said elsewhere), and where it leads."""

    id: str
    name: str
    number: int | None
    query: str
    chosen: bool


class Group(NamedTuple):
    """The choices of one kind."""

    id: str
    title: str
    links: tuple[Link, ...]


class Bar(NamedTuple):
    """All links of the bar. `chosen` has a link for each thing that is chosen, to the page without it.

    `clear` leads to the page without any filter; `as_list` and `as_months` lead to the same sessions in the other view.
    """

    chips: tuple[Link, ...]
    groups: tuple[Group, ...]
    chosen: tuple[Link, ...]
    clear: str
    as_list: str
    as_months: str


def bar(
    form: FilterForm | None,
    chosen: Mapping[str, Any],
    numbers: Mapping[str, int],
    options: Mapping[str, Iterable[tuple[Option, int]]],
) -> Bar:
    """Return the bar for what is `chosen`, with the counts of its chips and of the `options` of its groups."""
    values = in_order({name: in_address(value) for name, value in chosen.items()})
    everything = Link(
        "chip-all",
        "All",
        numbers["all"],
        address(values, status=None, format=None),
        not values.keys() & {"status", "format"},
    )
    return Bar(
        (
            everything,
            *(choice("chip", field, Option(0, name, value), numbers[value], values) for field, value, name in CHIPS),
        ),
        tuple(
            Group(field, title, tuple(choice(field, field, option, count, values) for option, count in options[field]))
            for field, title in GROUPS.items()
            if field in options
        ),
        tuple(taken_away(form, chosen, values)) if form is not None else (),
        address({name: value for name, value in values.items() if name in FilterForm.NO_FILTERS}),
        address(values, view=None),
        address(values, view="month"),
    )


def choice(prefix: str, field: str, option: Option, count: int, values: Mapping[str, str]) -> Link:
    """Return the link of one option: to the page with it, or where it is chosen to the page without it."""
    is_chosen = option.value in values.get(field, "").split()
    if field in FilterForm.SEVERAL_AT_ONCE:
        left = toggled(field, values, option.value)
    else:
        left = None if is_chosen else option.value
    return Link(f"{prefix}-{option.value}", option.name, count, address(values, **{field: left}), is_chosen)


def toggled(field: str, values: Mapping[str, str], value: str) -> str | None:
    """Return the several values of `field` with `value`, or without it where it is there; None where none is left."""
    chosen = set(values.get(field, "").split()) ^ {value}
    return " ".join(name for name in FilterForm.SEVERAL_AT_ONCE[field] if name in chosen) or None


def taken_away(form: FilterForm, chosen: Mapping[str, Any], values: Mapping[str, str]) -> Iterator[Link]:
    """Yield for each thing that is chosen the link to the page without it."""
    for field, value in chosen.items():
        if field in FilterForm.SEVERAL_AT_ONCE:
            for each in value:
                name, _ = FilterForm.SEVERAL_AT_ONCE[field][each]
                query = address(values, **{field: toggled(field, values, each)})
                yield Link(f"without-{field}-{each}", name, None, query, True)
        elif field not in FilterForm.NO_FILTERS:
            yield Link(f"without-{field}", name_of(form, field, value), None, address(values, **{field: None}), True)


def name_of(form: FilterForm, field: str, value: Any) -> str:
    """Return a chosen value as people read it."""
    if field == "q":
        return f"“{value}”"
    if field == "audience":
        return form.audience_words.capitalize()
    if field == "day":
        return day_words(value)
    return str({**STATUSES, **FORMATS}.get(value, value) if isinstance(value, str) else value)


def in_order(values: Mapping[str, str]) -> dict[str, str]:
    """Return `values` in the order of the form, so that one choice has one address; never the page.

    A month is not there without the view that shows it.
    """
    left_out = {"page"} if "view" in values else {"page", "m"}
    return {name: values[name] for name in FilterForm.base_fields if name in values and name not in left_out}


def address(values: Mapping[str, str], **changes: str | None) -> str:
    """Return the query string of `values` with the `changes`, None for what goes: “?topic=bias#sessions”, or "".

    The page of what is chosen opens where its results begin.
    """
    left = in_order({name: value for name, value in {**values, **changes}.items() if value is not None})
    return f"?{urlencode(left)}#sessions" if left else ""
