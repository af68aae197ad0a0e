"""What search found, and what has no date, as rows that lead on."""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from typing import NamedTuple

from catalog.models import Workshop
from catalog.search import Document
from catalog.search.offered import of_a_workshop
from sessions_app.display.rows import date_words
from sessions_app.filters.counting import Dates

# So many are shown at once, so many more behind one press.
FIRST, MOST = 3, 30
# What people come to. Of something to read, the dates of the workshops it belongs to are not its own.
DATED = {"workshop", "program", "facilitator"}


class Found(NamedTuple):
    """One row: what it is, its name and page, its dates in words. `tell_me` is the slug of a workshop without one."""

    what: str
    title: str
    url: str
    summary: str
    dates: str
    tell_me: str
    is_draft: bool


def rows(documents: Iterable[Document], dates: Dates, now: datetime) -> list[Found]:
    """Return a row for each of `documents`; its dates are those of the workshops it stands for."""
    return [row(document, [dates[pk] for pk in document.workshops if pk in dates], now) for document in documents]


def row(document: Document, dates: Sequence[tuple[int, datetime | None]], now: datetime) -> Found:
    ahead = sum(count for count, _ in dates)
    first = min((first for _, first in dates if first is not None), default=None)
    has_dates = document.key[0] in DATED and bool(document.workshops) and not document.is_draft
    return Found(
        document.what,
        document.title,
        document.url,
        document.summary,
        date_words(ahead, first, now) if has_dates else "",
        document.slug if has_dates and not ahead else "",
        document.is_draft,
    )


def without_dates(fitting: Set[int], dates: Dates, now: datetime) -> list[Found]:
    """Return a row for each of these workshops that has no date ahead, by title, as many as are shown. One query."""
    undated = [pk for pk in fitting if not dates.get(pk, (0, None))[0]]
    workshops = Workshop.objects.filter(pk__in=undated).order_by("title", "pk")[:MOST]
    return rows(map(of_a_workshop, workshops), dates, now)
