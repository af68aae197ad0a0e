"""Whom and what the office finds by what it types: people, sessions and workshops, for its search and for its lists.

Every word has to be found, each somewhere: “vale ros” finds Rosa Vale. On PostgreSQL the names and addresses of people
have an index of their letters in threes (accounts/migrations/0011), so that fifty thousand of them are no matter.
"""

from collections.abc import Callable
from functools import reduce
from operator import and_, or_

from django.db.models import Q, QuerySet

from accounts.models import Person
from catalog.models import Facilitator, Workshop
from sessions_app.models import Meeting, Session, Venue

# More words than that are a text that was pasted.
MOST_WORDS = 10


def each_word(term: str, meets: Callable[[str], Q]) -> Q:
    """Return what must hold of a row so that every word of `term` meets it; `meets` says it of one word."""
    return reduce(and_, (meets(word) for word in term.split()[:MOST_WORDS]), Q())


def _any(word: str, *fields: str) -> Q:
    return reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields))


def people(term: str) -> QuerySet[Person]:
    """Return the people whose name or address has every word of `term`, but for Quorum itself."""
    found = Person.objects.filter(each_word(term, lambda word: _any(word, "name", "email")))
    return found.exclude(email=Person.objects.RULE_ADDRESS)


def workshops(term: str) -> QuerySet[Workshop]:
    """Return the workshops that have every word of `term` in their title."""
    return Workshop.objects.filter(each_word(term, lambda word: _any(word, "title")))


def of_a_session(word: str) -> Q:
    """Return what holds of a session by its workshop, its code, its rooms or the people who lead it."""
    rooms = Venue.objects.filter(_any(word, "building", "room"))
    led = Session.facilitators.through.objects.filter(
        facilitator__in=Facilitator.objects.filter(_any(word, "name")).values("pk")
    )
    return (
        Q(workshop__in=Workshop.objects.filter(_any(word, "title")).values("pk"))
        | Q(code__istartswith=word)
        | Q(pk__in=led.values("session"))
        | Q(pk__in=Meeting.objects.filter(venue__in=rooms.values("pk")).values("session"))
    )


def sessions(term: str) -> QuerySet[Session]:
    """Return the sessions that every word of `term` says something of: workshop, code, room, facilitator."""
    return Session.objects.filter(each_word(term, of_a_session))
