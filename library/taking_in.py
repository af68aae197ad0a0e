"""Taking the records of a RIS file into the library: what is there already, and a draft for each of the others."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from accounts.models import Person
from foundation.naming import label_of
from foundation.record import record
from foundation.values.lines import line_key
from library.citations.ris import Record
from library.citations.style import reference
from library.models import Citation, Resource

LONGEST_TITLE, LONGEST_SLUG = 240, 160
DOI_LINK = "https://doi.org/"


@dataclass(frozen=True)
class Found:
    """A record of a file as it would be taken in: its reference, and what stands against it or was left out of it."""

    number: int
    citation: Citation
    reference: str
    problems: list[str]
    refusal: str
    known: Resource | None

    @property
    def may_be_taken(self) -> bool:
        return not self.refusal


def look_at(records: Iterable[Record]) -> list[Found]:
    """Return what each of `records` would become. Writes nothing; one query."""
    known: dict[str, Resource] = {}
    for citation in Citation.objects.select_related("resource"):
        known |= dict.fromkeys(_keys(citation), citation.resource)
    return [_found(number, one, known) for number, one in enumerate(records, 1)]


def _found(number: int, read: Record, known: dict[str, Resource]) -> Found:
    citation = Citation(resource=Resource(title=_shortened(read.fields["title"])), **read.fields)
    refusal = _refusal(citation)
    there = next((known[key] for key in _keys(citation) if key in known), None)
    written = "" if refusal else reference(citation.facts())
    return Found(number, citation, written or citation.title, read.problems, refusal, there)


def _refusal(citation: Citation) -> str:
    """Return why this record cannot be a citation, or nothing."""
    if not citation.title:
        return "It has no title, so it is not taken in."
    try:
        citation.full_clean(exclude=["resource"])
    except ValidationError as error:
        name, (said, *_) = next(iter(error.message_dict.items()))
        label = label_of(Citation, name)
        return f"It is not taken in. {label[:1].upper()}{label[1:]}: {said}"
    return ""


def _keys(citation: Citation) -> list[str]:
    return [f"doi:{citation.doi.lower()}"] * bool(citation.doi) + [f"title:{line_key(citation.work)}"]


@transaction.atomic
def take_in(chosen: Iterable[Found], by: Person) -> list[Resource]:
    """Make a draft of each of `chosen`, with its citation, on the record of `by`. Publishing them is the office's."""
    made = []
    for one in chosen:
        citation, is_film = one.citation, one.citation.type == Citation.Type.FILM
        resource = Resource.objects.create(
            kind=Resource.Kind.VIDEO if is_film else Resource.Kind.ARTICLE,
            title=citation.resource.title,
            slug=_free_slug(citation.resource.title),
            link=citation.url or (f"{DOI_LINK}{citation.doi}" if citation.doi else ""),
        )
        citation.resource = resource
        citation.title = "" if citation.title == resource.title else citation.title
        citation.save()
        record(by, resource, "Taken in from a RIS file.")
        made.append(resource)
    return made


def _shortened(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def _free_slug(title: str) -> str:
    """Return the title as the end of an address, with a number where another resource has it."""
    start = slugify(title)[: LONGEST_SLUG - 5].strip("-") or "resource"
    taken = set(Resource.objects.filter(slug__startswith=start).values_list("slug", flat=True))
    number = 2
    slug = start
    while slug in taken:
        slug, number = f"{start}-{number}", number + 1
    return slug
