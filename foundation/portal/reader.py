"""Whom a list is made for. A visitor finds less than a person who has signed in, where the office wants it so.

How open the catalog is, and each workshop, is its posture (docs/decisions/how-open-the-catalog-is.md). What is made for
no page, such as mail, is made for people of ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import models


class Posture(models.TextChoices):
    """Who finds and opens what is offered, from the most open to the least."""

    PUBLIC = "public", "Everybody"
    SIGNED_IN = "signed-in", "People who have signed in"
    LINK = "link", "Only people with the link of a session"


AS_THE_CATALOG = ""  # of a workshop: no stricter than the catalog
NONE = ("none",)  # a posture that no workshop has: of a query for no value Django makes no SQL that could be kept
STRICTNESS = {posture: number for number, posture in enumerate(Posture.values)}
is_visitor: ContextVar[bool] = ContextVar("is_visitor", default=False)


@contextmanager
def reader(*, visitor: bool) -> Iterator[None]:
    """Make what is listed inside for a visitor, or for a person who has signed in."""
    token = is_visitor.set(visitor)
    try:
        yield
    finally:
        is_visitor.reset(token)


def stricter(posture: str) -> Posture:
    """Return the posture of a workshop beside that of the catalog: the stricter one holds."""
    return Posture(max(posture or Posture.PUBLIC, settings.CATALOG, key=STRICTNESS.__getitem__))


def found() -> tuple[str, ...]:
    """Return which postures of a workshop let the reader find it in a list."""
    most = Posture.PUBLIC if is_visitor.get() else Posture.SIGNED_IN
    every = (AS_THE_CATALOG, *Posture.values)
    listed = tuple(one for one in every if STRICTNESS[stricter(one)] <= STRICTNESS[most])
    return listed or NONE
