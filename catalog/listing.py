"""What the catalog lists: the programs in the office's order, each with its workshops, and the workshops of none last.

Every value is plain, so that a page can remember what it made of it. However much there is to list, the number of
queries stays the same.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import QuerySet
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from catalog import audiences
from catalog.models import Objective, Part, Program, Workshop
from foundation.portal.reader import found
from foundation.prepared import prepared

REMEMBERED = 1024
FIELDS = [field.attname for field in Workshop._meta.concrete_fields]
AUDIENCE = [FIELDS.index(name) for name in audiences.FIELDS]
PK, TITLE, SLUG, STATUS = (FIELDS.index(name) for name in ("id", "title", "slug", "status"))


class Heading(NamedTuple):
    """Every value a list shows of a program."""

    title: str
    slug: str
    lead: str
    is_published: bool


class PartOf(NamedTuple):
    """Every value the catalog shows of one part of a workshop."""

    title: str
    minutes: int
    objectives: tuple[str, ...]


class Entry(NamedTuple):
    """Every value the catalog shows of a workshop but its dates.

    `fields` are the values of FIELDS; `topics` and `requires` are names with slugs; `objectives` are those that belong
    to no part.
    """

    fields: tuple[Any, ...]
    topics: tuple[tuple[str, str], ...] = ()
    requires: tuple[tuple[str, str], ...] = ()
    objectives: tuple[str, ...] = ()
    parts: tuple[PartOf, ...] = ()

    @property
    def pk(self) -> int:
        return self.fields[PK]

    @property
    def title(self) -> str:
        return self.fields[TITLE]

    @property
    def slug(self) -> str:
        return self.fields[SLUG]

    @property
    def is_published(self) -> bool:
        return self.fields[STATUS] == Workshop.Status.PUBLISHED

    @property
    def has_objectives(self) -> bool:
        return bool(self.objectives) or any(part.objectives for part in self.parts)

    @property
    def audience(self) -> tuple[bool, ...]:
        """Return whom it is for, in the order of `audiences.FIELDS`."""
        return tuple(self.fields[number] for number in AUDIENCE)

    @property
    def workshop(self) -> Workshop:
        """Return the workshop with these fields, for what asks it. What other tables hold of it is not here."""
        return Workshop.from_db(None, FIELDS, self.fields)


class Line(NamedTuple):
    """One workshop in a list of links. `audience` is whom it is for, in the order of `audiences.FIELDS`."""

    pk: int
    title: str
    slug: str
    minimum: int
    audience: tuple[bool, ...]


Listed = TypeVar("Listed", Entry, Line)


class Group(NamedTuple, Generic[Listed]):
    """A program with its workshops in order; the last group, of the workshops of no program, has no heading."""

    heading: Heading | None
    workshops: tuple[Listed, ...]

    @property
    def anchor(self) -> str:
        """Return the id of its heading on the page."""
        return f"program-{self.heading.slug}" if self.heading else "other-workshops"


class Membership(NamedTuple):
    """A program beside one of its workshops, `workshop`, which is None where it has none."""

    position: int
    title: str
    slug: str
    lead: str
    status: str
    place: int | None
    entry: int | None
    workshop: int | None

    @property
    def order(self) -> tuple[Any, ...]:
        """Return what it is sorted by, the same on every database."""
        return self.position, self.title.casefold(), self.slug, self.place, self.entry


def catalog(drafts: bool = False) -> list[Group[Entry]]:
    """Return all of the catalog; the drafts among programs and workshops too if asked for. Six queries."""
    return grouped(entries(drafts), map(Membership._make, memberships_of(drafts=drafts)))


@prepared
def memberships_of(*, drafts: bool) -> QuerySet[Program, tuple[Any, ...]]:
    """Return each program beside each of its workshops."""
    programs = Program.objects.all() if drafts else Program.objects.published()
    of_entries = ("entries__position", "entries__pk", "entries__workshop")
    return programs.order_by().values_list("position", "title", "slug", "lead", "status", *of_entries)


@prepared
def lines() -> QuerySet[Workshop, tuple[Any, ...]]:
    """Return each published workshop beside each of its programs."""
    of_programs = (f"entries__program__{name}" for name in ("position", "title", "slug", "lead", "status"))
    shown = ("title", "slug", "default_minimum", *audiences.FIELDS, *of_programs, "entries__position", "entries__pk")
    return Workshop.objects.listed().order_by("title", "pk").values_list("pk", *shown)


def index() -> list[Group[Line]]:
    """Return all published workshops as lines, by program as in the catalog. One query."""
    found: dict[int, Line] = {}
    memberships: list[Membership] = []
    for pk, title, slug, minimum, *rest in lines():
        audience, of_program = rest[: len(audiences.FIELDS)], rest[len(audiences.FIELDS) :]
        membership = Membership._make([*of_program, pk])
        found[pk] = Line(pk, title, slug, minimum, tuple(audience))
        if membership.status == Program.Status.PUBLISHED:
            memberships.append(membership)
    return grouped(found, memberships)


def grouped(found: dict[int, Listed], memberships: Iterable[Membership]) -> list[Group[Listed]]:
    """Put the workshops of `found`, which has them by key in order, under their programs.

    A workshop of two programs stands under both. One whose programs are all drafts stands among those of none as well.
    """
    groups: list[Group[Listed]] = []
    placed: set[int] = set()
    for (title, slug, lead, status), its in groupby(
        sorted(memberships, key=attrgetter("order")), itemgetter(1, 2, 3, 4)
    ):
        heading = Heading(title, slug, lead, status == Program.Status.PUBLISHED)
        held = [one.workshop for one in its if one.workshop in found]
        placed.update(held if heading.is_published else ())
        groups.append(Group(heading, tuple(found[pk] for pk in held)))
    rest = tuple(one for pk, one in found.items() if pk not in placed)
    if rest:
        groups.append(Group(None, rest))
    return groups


def entries(drafts: bool = False) -> dict[int, Entry]:
    """Return every workshop by its key, in the order of titles. Five queries."""
    topics, requires, parts = gathered(topics_of_all()), gathered(earlier_of_all()), gathered(parts_of_all())
    # By workshop and part, so that those of no part are found under None.
    objectives: dict[tuple[int, int | None], list[str]] = defaultdict(list)
    for workshop, part, text in objectives_of_all():
        objectives[workshop, part].append(text)
    return {
        fields[PK]: Entry(
            fields,
            topics.get(fields[PK], ()),
            requires.get(fields[PK], ()),
            tuple(objectives.get((fields[PK], None), ())),
            tuple(
                PartOf(title, minutes, tuple(objectives.get((fields[PK], part), ())))
                for part, title, minutes in parts.get(fields[PK], ())
            ),
        )
        for fields in fields_of_all(drafts=drafts)
    }


@prepared
def fields_of_all(*, drafts: bool) -> QuerySet[Workshop, tuple[Any, ...]]:
    workshops = Workshop.objects.all() if drafts else Workshop.objects.listed()
    return workshops.order_by("title", "pk").values_list(*FIELDS)


@prepared
def topics_of_all() -> QuerySet[Any, tuple[int, str, str]]:
    about = Workshop.topics.through.objects.order_by("topic__name")
    return about.values_list("workshop", "topic__name", "topic__slug")


@prepared
def earlier_of_all() -> QuerySet[Any, tuple[int, str, str]]:
    published = Workshop.Status.PUBLISHED
    earlier = Workshop.requires.through.objects.filter(to_workshop__status=published, to_workshop__posture__in=found())
    earlier = earlier.order_by("to_workshop__title")
    return earlier.values_list("from_workshop", "to_workshop__title", "to_workshop__slug")


@prepared
def parts_of_all() -> QuerySet[Part, tuple[int, int, str, int]]:
    return Part.objects.values_list("workshop", "pk", "title", "minutes")


@prepared
def objectives_of_all() -> QuerySet[Objective, tuple[int, int | None, str]]:
    return Objective.objects.values_list("workshop", "part", "text")


def gathered(rows: Iterable[tuple[Any, ...]]) -> dict[int, tuple[Any, ...]]:
    """Return the other values of `rows`, in their order, by the first of each."""
    found: dict[int, list[Any]] = defaultdict(list)
    for pk, *values in rows:
        found[pk].append(tuple(values))
    return {pk: tuple(values) for pk, values in found.items()}


@lru_cache(REMEMBERED)
def entry_html(entry: Entry) -> SafeString:
    """Render what the catalog says about one workshop."""
    return mark_safe(get_template("catalog/_about.html").render({"entry": entry, "workshop": entry.workshop}))
