"""Who comes: one Registration is one person's seat, or place in line, in one session.

Its parts bring their fields, questions and verbs: standing.py (whose it is, its status and errors), waiting.py (seat
and waitlist), joining.py, leaving.py, moving.py (to another date), switching.py (to the
other way of taking part) and preparation.py (pre-work).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Case, Count, OuterRef, Q, Subquery, When
from django.urls import reverse

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import verb
from registrations import eligibility
from registrations.models.leaving import Leaving
from registrations.models.moving import Moving
from registrations.models.several import join_all
from registrations.models.standing import Standing
from registrations.models.switching import Switching
from registrations.models.waiting import Waiting
from sessions_app.models import Mode, Session


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def active(self) -> Self:
        """Registered or waitlisted."""
        return self.filter(status__in=Registration.ACTIVE)

    def registered(self) -> Self:
        """The people with a seat, in order."""
        return self.filter(status=Registration.Status.REGISTERED).order_by("position")

    def waitlisted(self) -> Self:
        """The people waiting, in order."""
        return self.filter(status=Registration.Status.WAITLISTED).order_by("position")

    def waiting_for(self, line: str) -> Self:
        """The people waiting for a seat of `line`, in order: a mode, or "" for all. Without a word it is the room."""
        waiting = self.waitlisted()
        if not line:
            return waiting
        return waiting.filter(mode=line) if line == Mode.ONLINE else waiting.exclude(mode=Mode.ONLINE)

    def asking_for(self, mode: str) -> Self:
        """The people who have a seat of the other kind and asked for one of `mode`, in the order of their asking."""
        return self.filter(status=Registration.Status.REGISTERED, wants=mode).order_by("wants_since", "pk")

    def numbered(self) -> Self:
        """Add to each, in the same query, its `number`: what `place_in_line` is, of meaning only on the waitlist."""
        up_to_it = Q(session=OuterRef("session"), position__lte=OuterRef("position"))
        # Where nobody is asked how they take part, all of a session are in the same of these lines.
        in_room, online = (
            Subquery(
                Registration.objects.waiting_for(mode)
                .filter(up_to_it)
                .order_by()
                .values("session")
                .annotate(many=Count("pk"))
                .values("many")
            )
            for mode in (Mode.ROOM, Mode.ONLINE)
        )
        return self.annotate(number=Case(When(mode=Mode.ONLINE, then=online), default=in_room))

    def out_of_reach_of(self, person: Person, now: datetime) -> list["Registration"]:
        """The seats in sessions to come that `person`, with this role and campus, may not have. One query."""
        coming = (
            self.registered().filter(session__starts_at__gt=now, admitted=False).order_by("session__starts_at", "pk")
        )
        coming = coming.select_related("session__workshop", "session__for_campus")
        return [held for held in coming if eligibility.why_not_as(person, held.session)]

    @verb
    def register(
        self, person: Person, session: Session, now: datetime | None = None, seat: bool = False, mode: str = ""
    ) -> "Registration":
        """Give `person` a seat in `session`, or the end of its waitlist; a second call answers with what exists.

        A seat is given if one is free that nobody who waits may have: where the session asks, a seat of that `mode`.
        Raises a Registration.Refused: NotPublic, SessionCancelled, SessionOver, NotOpenYet, RegistrationClosed,
        NotEligible, TooOften, HowMissing, NoSuchMode, and SessionFull where only a `seat` will do.
        """
        return Registration._join(person, session, now or database_clock.now(), seat, mode=mode)

    @verb
    def register_unless_clash(
        self, person: Person, session: Session, now: datetime | None = None, seat: bool = False, mode: str = ""
    ) -> "Registration":
        """Do as `register` does, but where nothing else stands against it raise the Clash with what the person has."""
        return Registration._join(person, session, now or database_clock.now(), seat, warns=True, mode=mode)

    @verb
    def register_for_the_office(
        self,
        person: Person,
        session: Session,
        by: Person,
        now: datetime | None = None,
        mode: str = "",
        overruling: str = "",
    ) -> "Registration":
        """Do as `register` does because `by`, of the office, says so: the person is told that the office did it.

        A reason for `overruling` lets in somebody whom the session is not for, and before and after the time in which
        people register; it is on record. Raises what `register` raises, and whatever the reason NotEligible for an
        account that is switched off.
        """
        now = now or database_clock.now()
        session.lock()
        if existing := session.registrations.active().filter(person=person).first():
            return existing
        said, admitted = f"Registered by {by}.", False
        try:
            Registration.refuse_unless_joinable(person, session, now)
        except (Registration.NotEligible, Registration.NotOpenYet, Registration.RegistrationClosed) as refusal:
            if not overruling.strip() or not person.is_active:
                raise
            said, admitted = f"Registered by {by}, in spite of: “{refusal}” {overruling.strip()}", True
        registration = Registration._join_locked(
            person, session, now, seat=False, warns=False, mode=mode, admitted=admitted, by=by
        )
        record(by, registration, said)
        return registration

    @verb
    def register_for_all(
        self,
        person: Person,
        sessions: Iterable[Session],
        now: datetime | None = None,
        accepted: Collection[str] = (),
        modes: Mapping[int, str] | None = None,
    ) -> list["Registration"]:
        """Give `person` a seat in every one of `sessions`, or in none; a second call answers with what exists.

        A session may come after another of them. Nobody is put on a waitlist. `accepted` are the names of clashes that
        do not matter to the person, and `modes` how they take part where a session asks, by its key. Raises NotAll,
        with the Refused or the Clash of each session that is not given.
        """
        return join_all(Registration, person, sessions, now or database_clock.now(), accepted, modes or {})


class Registration(Moving, Switching):
    """One person in one session: registered or waitlisted, until withdrawn or the session is cancelled.

    A person who still waits at the start ends as `waitlist_closed`.
    """

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["session", "position"]
        constraints = [*Standing.Meta.constraints, *Waiting.Meta.constraints, *Leaving.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.person} · {self.session}"

    def get_absolute_url(self) -> str:
        return reverse("registration", args=[self.uuid])
