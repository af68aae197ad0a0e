"""What the people who lead a session read of it: how many come and how, and, for a while, who they are."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from catalog.models import Format
from foundation.text import number_words
from registrations.models import Registration
from registrations.models.preparation import has_pre_work
from sessions_app.models import Mode, Session


class Expected(NamedTuple):
    """One person with a seat: how they are addressed, who they are, and how they take part."""

    name: str
    about: str
    mode: str


def counts_of_people(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Return what a facilitator counts on, as a label and words: people, how they take part, pre-work read.

    Two queries at most, and no name.
    """
    seats = f"{session.seats_taken} of {session.capacity} seats"
    rows = [("Registered", seats if session.is_confirmed else f"{seats}, {session.minimum} needed")]
    if session.waiting_count:
        rows.append(("On the waitlist", f"{session.waiting_count}"))
    if session.format == Format.HYBRID and session.asks_how:
        rows.append(("In the room", f"{session.room_taken} of {session.room_capacity}"))
        rows.append(("Online", f"{session.online_taken} of {session.online_capacity}"))
    if has_pre_work(session, now):
        done = seated(session).filter(pre_work_done_at__isnull=False).count()
        rows.append(("Have read the pre-work", f"{done} of {session.seats_taken}"))
    return rows


def seated(session: Session) -> QuerySet[Registration]:
    """Return the registrations with a seat."""
    return session.registrations.registered()


def people_expected(session: Session) -> list[Expected]:
    """Return everybody with a seat, by name. One query."""
    rows = seated(session).select_related("person__unit").order_by("person__name", "pk")
    return [
        Expected(
            str(one.person),
            " · ".join(filter(None, (one.person.get_role_display(), str(one.person.unit or "")))),
            one.get_mode_display() if one.mode == Mode.ONLINE else "",
        )
        for one in rows
    ]


def many_people(many: int) -> str:
    """Return “One person” or “Twelve people”."""
    return "One person" if many == 1 else f"{number_words(many).capitalize()} people"
