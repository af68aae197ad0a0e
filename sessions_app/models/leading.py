"""Leading: that a Facilitator is asked to lead one session, and what they say to it.

Who leads a session stands in `Session.facilitators`, and nowhere else. A Leading is what was asked of one of them since
the session is published, and it stays when they are taken off or decline.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q

from accounts.models import Person
from catalog.models import Facilitator
from foundation import database_clock
from foundation.dates import local
from foundation.record import record
from foundation.verbs import part_of_a_verb, verb
from foundation.wall_clock import instant
from sessions_app.models.life import Life
from sessions_app.models.session import Session
from sessions_app.signals import leading_declined

# Within it the office takes back what it did, and nobody is told of either (the mail waits as long).
GRACE = timedelta(minutes=2)
MOST_REASON = 500
WEEK, DAY = timedelta(days=7), timedelta(days=1)


class LeadingQuerySet(models.QuerySet["Leading"]):
    """Find what was asked of facilitators."""

    def current(self) -> Self:
        """Those that stand: neither declined nor taken off."""
        return self.filter(ended_at=None)

    def waiting(self, now: datetime) -> Self:
        """Those that were declined, of sessions that may still be held, until the office has seen to it."""
        declined = self.filter(answer=Leading.Answer.DECLINED, settled_at=None)
        return declined.filter(session__status__in=Life.RUNNING, session__ends_at__gt=now)

    @part_of_a_verb
    def ask(self, sessions: "Sequence[Session]", now: datetime) -> "list[Leading]":
        """Ask the facilitators of sessions that are just published, in a fixed number of queries. Returns those new.

        The caller holds the locks of the sessions.
        """
        by_key = {session.pk: session for session in sessions}
        pairs = Session.facilitators.through.objects.filter(session__in=by_key).order_by("pk")
        leaders = Facilitator.objects.select_related("person").in_bulk({one.facilitator_id for one in pairs})
        asked: list[Any] = [
            Leading(session=by_key[one.session_id], facilitator=leaders[one.facilitator_id], asked_at=now)
            for one in pairs
        ]
        self.bulk_create(asked)
        return asked

    @part_of_a_verb
    def follow(self, session: Session, now: datetime) -> "list[Leading]":
        """Ask each of the facilitators of `session`, and end what is asked of those who are so no longer.

        Somebody new settles what others have declined. Returns every Leading of the session, ended ones too; none of a
        draft. The caller holds the session's lock.
        """
        if session.status == Session.Status.DRAFT:
            return []
        leaders = set(session.facilitators.values_list("pk", flat=True))
        known = {one.facilitator_id: one for one in self.filter(session=session)}
        asked = [one for pk, one in known.items() if pk in leaders and one.ended_at]
        for one in asked:
            one._ask_again(now)
        made: list[Any] = [
            Leading(session=session, facilitator_id=pk, asked_at=now) for pk in sorted(leaders - known.keys())
        ]
        self.bulk_create(made)
        if made or asked:
            self.filter(session=session, answer=Leading.Answer.DECLINED, settled_at=None).update(settled_at=now)
        if gone := [one.pk for pk, one in known.items() if pk not in leaders and not one.ended_at]:
            self.filter(pk__in=gone).update(ended_at=now)
        if not leaders and not known:
            return []
        rows: list[Any] = list(self.filter(session=session).select_related("facilitator__person").order_by("pk"))
        for one in rows:
            one.session = session
        return rows


class Leading(models.Model):
    """What one Facilitator was asked for one session, and their answer. One row for each pair, however often asked."""

    class Answer(models.TextChoices):
        NONE = "", "Asked"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    class Refused(Exception):
        """An answer was refused; `str(error)` is the sentence shown to the facilitator."""

    class NotAsked(Refused):
        """Nothing is asked of them any more."""

    class Over(Refused):
        """The session is not to come any more."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="leadings")
    facilitator = models.ForeignKey(Facilitator, models.CASCADE, related_name="leadings")
    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True, default=Answer.NONE)
    answered_at = models.DateTimeField(null=True)
    reason = models.TextField("why not", max_length=MOST_REASON, blank=True)
    ended_at = models.DateTimeField(null=True, help_text="When they declined, or were taken off.")
    settled_at = models.DateTimeField(null=True, help_text="When the office had seen to it that they declined.")

    objects = LeadingQuerySet.as_manager()

    class Meta:
        ordering = ["session__starts_at", "session", "facilitator__name"]
        verbose_name_plural = "who leads"
        constraints = [
            models.UniqueConstraint(fields=["session", "facilitator"], name="one_leading_per_session_and_facilitator"),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_at__isnull=False), name="leading_answered_at_some_time"
            ),
            models.CheckConstraint(
                condition=~Q(answer="declined") | Q(ended_at__isnull=False), name="declined_leading_has_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facilitator}: {self.session}"

    # ---- questions ----

    @property
    def is_declined(self) -> bool:
        return self.answer == self.Answer.DECLINED

    @property
    def is_accepted(self) -> bool:
        return self.answer == self.Answer.ACCEPTED

    @property
    def stands(self) -> bool:
        """True while they lead the session, as far as it is held."""
        return self.ended_at is None

    @property
    def words(self) -> str:
        """Return what the office reads: “Asked”, “Accepted”, “Declined” or “Taken off”."""
        if self.ended_at and not self.is_declined:
            return "Taken off"
        return self.get_answer_display()

    # ---- verbs ----

    @verb
    def accept(self, now: datetime | None = None) -> None:
        """Say yes. It takes a no back, until the office has seen to that.

        Refuses (NotAsked) a person who was taken off or whose no is settled, and (Over) a session that is not to come.
        """
        now = now or database_clock.now()
        self._lock()
        if self.stands and self.is_accepted:
            return
        self._refuse_unless_to_come(now)
        if self.ended_at and not self.is_declined:
            raise self.NotAsked("Somebody else leads this session now, so nothing is asked of you any more.")
        if self.is_declined and self.settled_at:
            raise self.NotAsked(
                "You said no, and the office has seen to it. If you can lead it after all, write to us."
            )
        was_declined = self.is_declined
        self.answer, self.answered_at, self.reason, self.ended_at = self.Answer.ACCEPTED, now, "", None
        self.save(update_fields=["answer", "answered_at", "reason", "ended_at"])
        record(self._actor, self.session, f"{self.facilitator} said yes to leading it.")
        if was_declined:
            self.session.facilitators.add(self.facilitator)
            self.session.retell(now)

    @verb
    def decline(self, reason: str = "", now: datetime | None = None) -> None:
        """Say no, with a reason or without. They lead the session no longer, and the office is told.

        Refuses (NotAsked) a person who was taken off, and (Over) a session that is not to come.
        """
        now = now or database_clock.now()
        self._lock()
        if self.is_declined:
            return
        self._refuse_unless_to_come(now)
        if self.ended_at:
            raise self.NotAsked("Somebody else leads this session now, so there is nothing to decline.")
        self.answer, self.answered_at, self.reason = self.Answer.DECLINED, now, reason.strip()[:MOST_REASON]
        self.ended_at, self.settled_at = now, None
        self.save(update_fields=["answer", "answered_at", "reason", "ended_at", "settled_at"])
        self.session.facilitators.remove(self.facilitator)
        said = f"{self.facilitator} said no to leading it."
        record(self._actor, self.session, f"{said} {self.reason}" if self.reason else said)
        leading_declined.send(Leading, leading=self, now=now)
        self.session.retell(now)

    @verb
    def settle(self, by: Person, now: datetime | None = None) -> None:
        """Note that the office has seen to it that they declined. Nothing if they have not, or it has."""
        self._lock()
        if not self.is_declined or self.settled_at:
            return
        self.settled_at = now or database_clock.now()
        self.save(update_fields=["settled_at"])
        record(by, self.session, f"Seen to: {self.facilitator} does not lead it.")

    # ---- what the verbs have in common ----

    @property
    def _actor(self) -> Person:
        """Return who is on record: their account, or the rule where they have none."""
        return self.facilitator.reader or Person.objects.rule()

    @part_of_a_verb
    def _lock(self) -> None:
        """Lock the session, and read what is asked and answered now."""
        self.session.lock()
        self.refresh_from_db(fields=["answer", "answered_at", "reason", "ended_at", "settled_at"])

    def _refuse_unless_to_come(self, now: datetime) -> None:
        if self.session.status == Session.Status.CANCELLED:
            raise self.Over("This session is cancelled, so nothing is asked of you any more.")
        if not self.session.is_running or not self.session.has_meeting_ahead(now):
            raise self.Over("The last meeting of this session has started, so there is nothing to answer any more.")

    @part_of_a_verb
    def _ask_again(self, now: datetime) -> None:
        """Ask somebody who had been taken off or had declined. What they said before a mistake of the office stands."""
        assert self.ended_at is not None
        if self.is_declined or now - self.ended_at > GRACE:
            self.answer, self.answered_at, self.reason, self.asked_at = self.Answer.NONE, None, "", now
        self.ended_at = self.settled_at = None
        self.save(update_fields=["answer", "answered_at", "reason", "asked_at", "ended_at", "settled_at"])


def may_see_names(session: Session, now: datetime) -> bool:
    """Tell whether people who lead `session` see who comes: from a week before it until a week after it."""
    if session.status not in (Session.Status.OPEN, Session.Status.CONFIRMED, Session.Status.COMPLETED):
        return False
    return session.starts_at - WEEK <= now < session.ends_at + WEEK


def may_check_in(person: Person, session: Session, now: datetime) -> bool:
    """Tell whether `person` leads `session` and checks people in: from a day before it until the day after it is over.

    A query at most.
    """
    if session.starts_at is None or not session.starts_at - DAY <= now < end_of_the_day_after(session):
        return False
    return is_led_by(session, person)


def end_of_the_day_after(session: Session) -> datetime:
    """Return the midnight that ends the day after the session, on its own wall clock."""
    last = local(session.ends_at, session.time_zone)
    return instant(last.date() + 2 * DAY, time.min, session.time_zone)


def is_led_by(session: Session, person: Person) -> bool:
    """Tell whether `person` leads `session`. One query."""
    return session.facilitators.filter(person=person.pk).exists()
