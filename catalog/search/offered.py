"""What of the catalog can be found: workshops, programs and facilitators. Four queries, however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Value
from django.urls import reverse
from django.utils.text import slugify

from accounts.models import Person
from accounts.models.groups import may
from catalog.models import Facilitator, Objective, Part, Program, ProgramWorkshop, Workshop
from catalog.search.documents import Document, Weight

REMEMBERED = 4096
# Whose names are among the words of a workshop, and what they are worth there.
PROGRAM, FACILITATOR = "program", "facilitator"
WORTH = {
    "part": Weight.NAME,
    FACILITATOR: Weight.NAME,
    "topic": Weight.SUBJECT,
    "action": Weight.SUBJECT,
    "partner": Weight.SUBJECT,
    PROGRAM: Weight.SUBJECT,
    "objective": Weight.SUMMARY,
}


class Said(NamedTuple):
    """One thing that is said of a workshop: its name or text, what it is, and its primary key."""

    workshop: int
    what: str
    key: int
    text: str


def offered(person: Person | AnonymousUser) -> Iterator[Document]:
    """Give all workshops, programs and facilitators; drafts to the office alone."""
    sees_drafts = may(person, "catalog.view_workshop")
    programs = {one.pk: one for one in (Program.objects.all() if sees_drafts else Program.objects.published())}
    workshops = list(Workshop.objects.all() if sees_drafts else Workshop.objects.listed())
    titles = {one.pk: one.title for one in workshops}
    of_workshop, of_other = defaultdict(list), defaultdict(list)
    for said in all_said():
        if said.workshop in titles and (said.what != PROGRAM or said.key in programs):
            of_workshop[said.workshop].append((WORTH[said.what], said.text))
            of_other[said.what, said.key].append(said.workshop)
    for workshop in workshops:
        yield of_a_workshop(workshop, of_workshop[workshop.pk])
    for program in programs.values():
        yield of_a_program(program, {pk: titles[pk] for pk in of_other[PROGRAM, program.pk]})
    for facilitator in Facilitator.objects.all():
        yield of_a_facilitator(facilitator, {pk: titles[pk] for pk in of_other[FACILITATOR, facilitator.pk]})


def all_said() -> Iterator[Said]:
    """Give what is said of all workshops besides what stands in their own row. One query."""
    queries = [
        Objective.objects.order_by().values_list("workshop_id", Value("objective"), "pk", "text"),
        Part.objects.order_by().values_list("workshop_id", Value("part"), "pk", "title"),
        ProgramWorkshop.objects.order_by().values_list("workshop_id", Value(PROGRAM), "program_id", "program__title"),
        Workshop.objects.filter(sponsor__isnull=False)
        .order_by()
        .values_list("pk", Value("partner"), "sponsor_id", "sponsor__name"),
        *(
            getattr(Workshop, f"{what}s").through.objects.values_list(
                "workshop_id", Value(what), f"{what}_id", f"{what}__name"
            )
            for what in ("topic", "action", FACILITATOR, "partner")
        ),
    ]
    return map(Said._make, queries[0].union(*queries[1:], all=True).iterator())


def of_a_workshop(workshop: Workshop, said: Iterable[tuple[Weight, str]] = ()) -> Document:
    return Document(
        key=("workshop", workshop.pk),
        what="Workshop" if workshop.is_plain_training else workshop.offering_words,
        title=workshop.title,
        url=page("workshop", workshop.slug),
        summary=workshop.summary,
        fields=(
            *said,
            (Weight.TEXT, workshop.description),
            (Weight.TEXT, workshop.pre_work),
            (Weight.TEXT, workshop.offering_words),
        ),
        workshops=(workshop.pk,),
        slug=workshop.slug,
        is_draft=not workshop.is_published,
    )


def of_a_program(program: Program, workshops: dict[int, str]) -> Document:
    return Document(
        key=("program", program.pk),
        what="Program",
        title=program.title,
        url=page("program", program.slug),
        summary=program.lead,
        fields=((Weight.TEXT, program.description), *((Weight.TEXT, title) for title in workshops.values())),
        workshops=tuple(workshops),
        is_draft=not program.is_published,
    )


def of_a_facilitator(facilitator: Facilitator, workshops: dict[int, str]) -> Document:
    return Document(
        key=("facilitator", facilitator.pk),
        what="Facilitator",
        title=facilitator.name,
        url=page("facilitator", "-".join(filter(None, (str(facilitator.pk), slugify(facilitator.name))))),
        summary=", ".join(filter(None, (facilitator.title, facilitator.unit))),
        fields=((Weight.TEXT, facilitator.biography), *((Weight.TEXT, title) for title in workshops.values())),
        workshops=tuple(workshops),
    )


@lru_cache(REMEMBERED)
def page(name: str, key: str) -> str:
    """Return the address of a page. All that is offered has one, and to make hundreds of them takes milliseconds."""
    return reverse(name, args=[key])
