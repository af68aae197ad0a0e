"""What search looks through: documents, and the sources they come from.

An app whose things are to be found writes a source, a function that gives the documents a person may find, and
registers it when the app is ready:

    # library/search.py
    def resources(person: Person | AnonymousUser) -> Iterable[Document]:
        for one in Resource.objects.published():
            yield Document(
                key=("resource", one.pk),
                what="Article",
                title=one.title,
                url=one.get_absolute_url(),
                summary=one.summary,
                fields=((Weight.NAME, one.authors), (Weight.SUBJECT, one.topic_names)),
            )

    # library/apps.py
    def ready(self) -> None:
        from catalog.search import register
        from library.search import resources

        register(resources)

A source gives what `person` may find, no more: a draft is for the office alone. It makes a fixed number of queries,
however many things there are. What may be found but not opened (an article for members) is given with its title and
summary, and its page says how to get in.
"""

from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser

from accounts.models import Person


class Weight(IntEnum):
    """How much it counts that a word stands in a field. The title and the summary of a document have theirs."""

    TITLE = 12
    NAME = 7
    SUBJECT = 5
    SUMMARY = 3
    TEXT = 1


class Document(NamedTuple):
    """One thing that people can find, and the words it is found by.

    key       what it is and its primary key: ("workshop", 12). No two documents have the same.
    what      the word people read for it: “Training”, “Program”, “Facilitator”, “Article”.
    title     its name; it is searched with Weight.TITLE.
    url       the address of its page.
    summary   one sentence, shown under the title; it is searched with Weight.SUMMARY.
    fields    more plain text to search, each with its weight. People see none of it.
    workshops the primary keys of the workshops it stands for, whose next date is shown with it; () for none.
    slug      of a workshop, so that people can ask to be told of a date; "" for everything else.
    is_draft  True for what the office alone sees.
    """

    key: tuple[str, int]
    what: str
    title: str
    url: str
    summary: str = ""
    fields: tuple[tuple[Weight, str], ...] = ()
    workshops: tuple[int, ...] = ()
    slug: str = ""
    is_draft: bool = False


Source = Callable[[Person | AnonymousUser], Iterable[Document]]
SOURCES: list[Source] = []


def register(source: Source) -> None:
    """Look through what `source` gives, too. A source that is there already is not added again."""
    if source not in SOURCES:
        SOURCES.append(source)


def findable(person: Person | AnonymousUser) -> list[Document]:
    """Return all that `person` may find, from every source, in the order they were registered."""
    return [document for source in SOURCES for document in source(person)]
