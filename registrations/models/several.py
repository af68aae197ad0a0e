"""Registering for several sessions at once: all of them are given, or none."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from accounts.models import Person
from catalog import order
from registrations import eligibility
from registrations.clash import Clash
from registrations.models.standing import lock_all
from sessions_app.models import Session

if TYPE_CHECKING:
    from registrations.models.registration import Registration


def join_all(
    model: "type[Registration]",
    person: Person,
    sessions: Iterable[Session],
    now: datetime,
    accepted: Collection[str],
    modes: Mapping[int, str],
) -> list["Registration"]:
    """Do what `register_for_all` says, in its transaction: which ends with an error where one seat cannot be given.

    1. Lock all sessions in ascending key order, as every verb that locks several.
    2. Register for them in the order of their times, so that a workshop comes after the one that prepares for it.
    3. Raise the NotAll that says of each session why not, if of one.
    """
    chosen = list(dict.fromkeys(sessions))
    lock_all(chosen)
    attempt = Attempt(model, person, now, accepted, modes, is_in_vain=_is_full(chosen, person, modes))
    # Only a draft has no time, and it is refused.
    for session in sorted(chosen, key=lambda one: (one.starts_at is None, one.starts_at, one.pk)):
        attempt.join(session)
    if attempt.is_in_vain:
        raise model.NotAll("You are registered for none of them.", attempt.problems)
    return attempt.given


@dataclass
class Attempt:
    """What has been given so far of several sessions, which were refused, and what to say of them.

    Once `is_in_vain` all will be undone, and it goes on for the words alone: nobody is told of anything, because the
    others who want these sessions wait.
    """

    model: "type[Registration]"
    person: Person
    now: datetime
    accepted: Collection[str]
    modes: Mapping[int, str]
    is_in_vain: bool
    given: "list[Registration]" = field(default_factory=list)
    refused: list[Session] = field(default_factory=list)
    problems: dict[int, Exception] = field(default_factory=dict)

    def join(self, session: Session) -> None:
        """Give a seat, also in spite of a clash: what comes after it is looked at as if it did not matter."""
        try:
            self.given.append(self._add(session, warns=True))
        except Clash as clash:
            if clash.name not in self.accepted:
                self._say(session, clash)
            self.given.append(self._add(session, warns=False))
        except self.model.Refused as refusal:
            self._refuse(session, refusal)

    def _add(self, session: Session, warns: bool) -> "Registration":
        announces = not self.is_in_vain
        mode = self.modes.get(session.pk, "")
        registration = self.model._join_locked(self.person, session, self.now, True, warns, announces, mode)
        if registration.is_waitlisted:
            raise self.model.NotThere("You are on the waitlist for this date. Choose another date.")
        return registration

    def _refuse(self, session: Session, refusal: Exception) -> None:
        if self._follows_from_the_refused(session):
            self.is_in_vain = True
        else:
            self._say(session, refusal)
        self.refused.append(session)

    def _say(self, session: Session, problem: Exception) -> None:
        self.problems[session.pk], self.is_in_vain = problem, True

    def _follows_from_the_refused(self, session: Session) -> bool:
        """Tell whether all that keeps the person from `session` is that earlier ones of their choice were refused."""
        if eligibility.why_not_as(self.person, session):
            return False
        missing = eligibility.missing_workshops(self.person, session.workshop, session.starts_at)
        if not missing:
            return False
        earlier = {one.workshop_id for one in self.refused if one.ends_at <= session.starts_at}
        return all(counts & earlier for counts in order.counting_as(workshop.pk for workshop in missing).values())


def _is_full(sessions: list[Session], person: Person, modes: Mapping[int, str]) -> bool:
    """Tell whether one of the locked `sessions` has no seat left, and none of this person's. One query or none."""
    chosen = {session: session.line_of(modes.get(session.pk, "")) for session in sessions}
    full = {session.pk for session, line in chosen.items() if session.seats_left_in(line) == 0}
    if not full:
        return False
    own = person.registrations.registered().filter(session__in=full)
    return bool(full.difference(own.values_list("session", flat=True)))
