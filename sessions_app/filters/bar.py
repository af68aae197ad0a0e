"""The filter bar, pure: every choice is a link to the page with that choice, what is chosen to the page without it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from catalog.models import Format
from sessions_app.filters.counting import Option
from sessions_app.forms import FilterForm, in_address

# The groups in their order, by the name of their field, as people read them.
GROUPS = {"topic": "Topic", "audience": "Audience", "campus": "Campus", "program": "Program", "action": "Action"}
CHIPS = [
    ("all", "All", None, None),
    (FilterForm.Status.NEEDS_PEOPLE, "Needs people", FilterForm.Status.NEEDS_PEOPLE, None),
    (FilterForm.Status.CONFIRMED, "Confirmed", FilterForm.Status.CONFIRMED, None),
    (Format.ONLINE.value, "Online", None, Format.ONLINE.value),
    (Format.IN_PERSON.value, "In person", None, Format.IN_PERSON.value),
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
    """All links of the bar. `chosen` has a link for each thing that is chosen, to the page without it."""

    chips: tuple[Link, ...]
    groups: tuple[Group, ...]
    chosen: tuple[Link, ...]


def bar(
    form: FilterForm | None,
    chosen: Mapping[str, Any],
    numbers: Mapping[str, int],
    options: Mapping[str, Iterable[tuple[Option, int]]],
) -> Bar:
    """Return the bar for what is `chosen`, with the counts of its chips and of the `options` of its groups."""
    values = in_order({name: in_address(value) for name, value in chosen.items()})
    return Bar(
        tuple(
            Link(
                f"chip-{key}",
                name,
                numbers[key],
                address(values, status=status, format=format),
                (values.get("status"), values.get("format")) == (status, format),
            )
            for key, name, status, format in CHIPS
        ),
        tuple(
            Group(field, title, tuple(choice(field, option, count, values) for option, count in options[field]))
            for field, title in GROUPS.items()
            if field in options
        ),
        tuple(
            Link(f"without-{field}", name_of(form, field, value), None, address(values, **{field: None}), True)
            for field, value in chosen.items()
            if form is not None and field != "page"
        ),
    )


def choice(field: str, option: Option, count: int, values: Mapping[str, str]) -> Link:
    """Return the link of one option: to the page with it, or where it is chosen to the page without it."""
    is_chosen = values.get(field) == option.value
    query = address(values, **{field: None if is_chosen else option.value})
    return Link(f"{field}-{option.value}", option.name, count, query, is_chosen)


def name_of(form: FilterForm, field: str, value: Any) -> str:
    """Return a chosen value as people read it."""
    if field == "q":
        return f"“{value}”"
    if field == "audience":
        return form.audience_words.capitalize()
    return str({**STATUSES, **FORMATS}.get(value, value) if isinstance(value, str) else value)


def in_order(values: Mapping[str, str]) -> dict[str, str]:
    """Return `values` in the order of the form, so that one choice has one address; never the page."""
    return {name: values[name] for name in FilterForm.base_fields if name in values and name != "page"}


def address(values: Mapping[str, str], **changes: str | None) -> str:
    """Return the query string of `values` with the `changes`, None for what goes: “?topic=bias#sessions”, or "".

    The page of what is chosen opens where its results begin.
    """
    left = {name: value for name, value in {**values, **changes}.items() if value is not None}
    return f"?{urlencode(in_order(left))}#sessions" if left else ""
