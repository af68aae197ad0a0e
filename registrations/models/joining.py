"""Joining a session: who may, and what they get: a seat that nobody who waits may have, or the end of the waitlist."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.models import Person
from catalog.models import Format
from foundation.prepared import prepared
from registrations import clash, eligibility, waitlist
from registrations.models.waiting import Waiting
from registrations.signals import registration_made
from sessions_app.display.panel import opening_words
from sessions_app.models import Mode, Session

if TYPE_CHECKING:
    from registrations.models.registration import Registration

DAY = timedelta(days=1)
# Each time mail goes out, and perhaps a seat passes from one person to the next.
MOST_A_DAY = 20


class Joining(Waiting):
    """The part of a Registration about how it came to be."""

    class NotPublic(Waiting.Refused):
        """The session is a draft."""

    class SessionCancelled(Waiting.Refused):
        """The session was cancelled."""

    class NotOpenYet(Waiting.Refused):
        """Registering begins later."""

    class RegistrationClosed(Waiting.Refused):
        """Registering has ended."""

    class BeingMerged(Waiting.Refused):
        """The session is being merged into another date."""

    class TooOften(Waiting.Refused):
        """The person has joined and left this session too often within a day."""

    class HowMissing(Waiting.Refused):
        """The session asks how a person takes part, and they have not said."""

    class NoSuchMode(Waiting.Refused):
        """The session is not held in that way."""

    class NotAll(Waiting.Refused):
        """Of several sessions one or more cannot be had, so that none was given.

        `problems` has the Refused or the Clash of each of them, by the key of the session.
        """

        def __init__(self, words: str, problems: dict[int, Exception]) -> None:
            super().__init__(words)
            self.problems = problems

    registered_at = models.DateTimeField()

    class Meta:
        abstract = True

    # ---- questions ----

    def qualifies(self) -> bool:
        """True while the person may still take a seat here."""
        if self.admitted:
            return self.person.is_active
        return eligibility.qualifies(self.person, self.session)

    @classmethod
    def refuse_unless_joinable(cls, person: Person, session: Session, now: datetime) -> None:
        """Raise the Refused that says why `person` cannot register for `session` at `now`; return None if they can."""
        cls.refuse_unless_held(session, now)
        if session.opens_later(now):
            raise cls.NotOpenYet(f"Registration opens {opening_words(session, now)}. Come back then.")
        if session.registration_closes_at <= now:
            raise cls.RegistrationClosed("Registration for this session is closed. Choose another date.")
        if problem := eligibility.why_not(person, session):
            raise cls.NotEligible(problem)

    @classmethod
    def refuse_unless_held(cls, session: Session, now: datetime) -> None:
        """Raise the Refused of a draft, and of a session that was cancelled, has started or was held."""
        if session.status == Session.Status.DRAFT or not session.workshop.is_published:
            raise cls.NotPublic("This session is not open for registration yet.")
        if session.status == Session.Status.CANCELLED:
            raise cls.SessionCancelled("This session was cancelled. Choose another date.")
        if session.status == Session.Status.COMPLETED or session.ends_at <= now:
            raise cls.SessionOver("This session has been held. Choose another date.")
        if session.has_started(now):
            raise cls.SessionOver("This session has already started. Choose another date.")
        if session.is_merging:
            raise cls.BeingMerged("This date and another one become one. Choose another date.")

    @classmethod
    def mode_in(cls, session: Session, mode: str) -> str:
        """Return how somebody takes part in `session` who says `mode`: "" where nobody is asked.

        Raises HowMissing where the session asks and nothing is said, and NoSuchMode for what it is not.
        """
        if session.asks_how:
            if not mode:
                raise cls.HowMissing("Say how you take part: in the room or online.")
            if mode not in Mode.values:
                raise cls.NoSuchMode("Choose one of the two: in the room or online.")
            return mode
        if mode and session.format not in (mode, Format.HYBRID):
            raise cls.NoSuchMode(
                "This session is held online only." if mode == Mode.ROOM else "This session is not held online."
            )
        return ""

    # ---- what the verbs have in common ----

    @classmethod
    def _join(
        cls, person: Person, session: Session, now: datetime, seat: bool, warns: bool = False, mode: str = ""
    ) -> "Registration":
        """Do what `register` says, in the transaction of the verb that calls; with `warns` raise the Clash first."""
        session.lock()
        return cls._join_locked(person, session, now, seat, warns, mode=mode)

    @classmethod
    def _join_locked(
        cls,
        person: Person,
        session: Session,
        now: datetime,
        seat: bool,
        warns: bool,
        announces: bool = True,
        mode: str = "",
        admitted: bool = False,
        by: Person | None = None,
    ) -> "Registration":
        """Do what `_join` does once the session is locked. Without `announces` nobody is told: it will be undone.

        With `admitted` no rule about people and the time of registering counts; `by` is the person of the office who
        registers them.
        """
        # While others wait for the lock one query asks for everything the person has or had, here and elsewhere.
        rows = rows_of(person, model=cls)
        active = [row for row in rows if row.status in cls.ACTIVE]
        for row in active:
            if row.session == session.pk:
                return session.registrations.get(pk=row.pk)
        person.keep_here()
        if admitted:
            cls.refuse_unless_held(session, now)
            if not person.is_active:
                raise cls.NotEligible(eligibility.why_not_as(person, session))
        else:
            cls.refuse_unless_joinable(person, session, now)
        if sum(row.session == session.pk and row.registered_at > now - DAY for row in rows) >= MOST_A_DAY:
            raise cls.TooOften(
                "You have joined and left this session many times today. Come back tomorrow, or write to the office."
            )
        mode = cls.mode_in(session, mode)
        if seat and not waitlist.has_room(session, now, mode):
            raise cls.SessionFull("The last seat has just gone. You can join the waitlist.")
        # Last: only what nothing else stands against can be accepted.
        if warns and (found := clash.clash_among(active, person, session, now)):
            raise found
        return cls._add(person, session, now, mode, announces, by, admitted=admitted)

    @classmethod
    def _add(
        cls,
        person: Person,
        session: Session,
        now: datetime,
        mode: str,
        announces: bool = True,
        by: Person | None = None,
        **brought: Any,
    ) -> "Registration":
        """Write the next registration of a locked session, with a seat if one is free that nobody who waits may have.

        `by` is the person of the office who registers them, if it is one; `brought` are the fields that come along from
        another date.
        """
        # Somebody may qualify again since their seat became free: they come first.
        waitlist.promote_waiting(session, now)
        seated = waitlist.has_room(session, now, mode)
        position = session.next_position
        session.next_position += 1
        session.count(mode, seats=int(seated), waiting=int(not seated), also=("next_position",))
        registration = session.registrations.create(
            person=person,
            status=cls.Status.REGISTERED if seated else cls.Status.WAITLISTED,
            position=position,
            mode=mode,
            registered_at=now,
            seated_at=now if seated else None,
            **brought,
        )
        if announces:
            registration_made.send(cls, registration=registration, by_office=by is not None)
        return registration


@prepared
def rows_of(person: Person, *, model: type[Joining]) -> models.QuerySet[Joining, Any]:
    """Return what registering asks of the registrations `person` has or had; prepared, because others wait."""
    rows = model._default_manager.filter(person=person).order_by()
    return rows.values_list("status", "registered_at", *clash.COLUMNS, named=True)
