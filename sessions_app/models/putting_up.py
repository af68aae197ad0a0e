"""Put many sessions up at once: schedule them, publish them, or write down those that were held long ago.

A season is thousands of dates, so what is done to each of them takes a fixed number of statements for all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from accounts.models import Person
from catalog.models import Facilitator, Part, Workshop
from foundation import database_clock
from foundation.record import record_each
from foundation.verbs import lock_rows, verb
from sessions_app.models.changes import Changes, ChangesQuerySet
from sessions_app.models.decision import Decision
from sessions_app.models.life import Life
from sessions_app.models.venue import Meeting, MeetingPlan
from sessions_app.signals import sessions_published, sessions_put_on_record

AnySession = TypeVar("AnySession", bound=Changes)
HELD_BEFORE = "It was held before it was put on record here."
# Rows of one statement: SQLite takes so many values, and PostgreSQL is no faster with more.
AT_ONCE = 500


@dataclass(frozen=True)
class ToSchedule:
    """A session to be: its workshop, its meetings, and those of its fields that differ from what follows."""

    workshop: Workshop
    meetings: list[MeetingPlan]
    chosen: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Held:
    """A session that was held: as it was scheduled, and who was there.

    `people` are pairs of a name and an address, of which one may be empty; `count` is how many there were where
    nobody is named, None where that is not known.
    """

    scheduled: ToSchedule
    people: tuple[tuple[str, str], ...] = ()
    count: int | None = None


class PuttingUpQuerySet(ChangesQuerySet[AnySession]):
    """Put sessions up."""

    @verb
    def schedule(
        self, workshop: Workshop, meetings: list[MeetingPlan], by: Person, now: datetime | None = None, **overrides: Any
    ) -> AnySession:
        """Create a draft session of `workshop` with its `meetings`, the rest filled in from the workshop and the rule.

        In the order of time its meetings hold the parts of the workshop.
        `overrides` are Session fields that differ from what follows (minimum, capacity, confirm_by, facilitators ...).
        """
        return self.schedule_each([ToSchedule(workshop, meetings, overrides)], by, now)[0]

    @verb
    def schedule_each(
        self, wanted: Sequence[ToSchedule], by: Person, now: datetime | None = None, **same: Any
    ) -> list[AnySession]:
        """Create each of `wanted` as `schedule` does, with the fields that all of them have the `same`."""
        now = now or database_clock.now()
        sessions = [self._draft(one, now, same) for one in wanted]
        self._save_whole(sessions, wanted)
        record_each(by, sessions, "Scheduled.")
        return sessions

    def _draft(self, wanted: ToSchedule, now: datetime, same: dict[str, Any]) -> AnySession:
        """Return one session with its times, unsaved."""
        fields = {name: value for name, value in wanted.chosen.items() if name != "facilitators"}
        session: Any = self.model(workshop=wanted.workshop, **same, **fields)
        session.fill_in_from_workshop()
        session.take_times(_in_order(session, wanted.meetings), now)
        return session

    def _save_whole(self, sessions: list[AnySession], wanted: Sequence[ToSchedule]) -> None:
        """Save sessions with their meetings, the parts that these hold, and the people who lead them."""
        rows: Any = sessions
        self.model._default_manager.bulk_create(rows, batch_size=AT_ONCE)
        parts: dict[int, list[Part]] = {}
        leading: dict[int, list[Facilitator]] = {}
        for workshop in {one.workshop.pk: one.workshop for one in wanted}.values():
            parts[workshop.pk] = list(workshop.parts.all())
            leading[workshop.pk] = list(workshop.facilitators.all())
        meetings, leaders, leads = [], [], self.model.facilitators.through
        for session, one in zip(rows, wanted, strict=True):
            held = _in_order(session, one.meetings)
            for meeting, part in zip(held, parts[one.workshop.pk], strict=False):
                meeting.part = part
            meetings += held
            chosen = one.chosen.get("facilitators")
            for facilitator in leading[one.workshop.pk] if chosen is None else chosen:
                leaders.append(leads(session_id=session.pk, facilitator_id=facilitator.pk))
        Meeting.objects.bulk_create(meetings, batch_size=AT_ONCE)
        leads._default_manager.bulk_create(leaders, batch_size=AT_ONCE)

    @verb
    def publish_each(
        self, by: Person, now: datetime | None = None
    ) -> tuple[list[AnySession], list[tuple[AnySession, Life.Refused]]]:
        """Publish each of these sessions as `publish` does. Returns those it opened, and those it refused with why.

        All are locked, in ascending order. What is open already is neither.
        """
        now = now or database_clock.now()
        found: list[Any] = lock_rows(self.prefetch_related("meetings__venue"))
        share_workshops(found)
        opened, refused = [], []
        for session in found:
            try:
                if session.open_now(now):
                    opened.append(session)
            except Life.Refused as refusal:
                refused.append((session, refusal))
        for start in range(0, len(opened), AT_ONCE):
            keys = [one.pk for one in opened[start : start + AT_ONCE]]
            self.model._default_manager.filter(pk__in=keys).update(status=Life.Status.OPEN, published_at=now)
        record_each(by, opened, "Published.")
        if opened:
            sessions_published.send(self.model, sessions=opened)
        return opened, refused

    @verb
    def put_on_record(
        self, held: Sequence[Held], by: Person, now: datetime | None = None, **same: Any
    ) -> "list[AnySession]":
        """Write down sessions that were held before, as completed; they are announced to nobody.

        They have never been published, which is how everything that writes to people knows them.
        """
        now = now or database_clock.now()
        sessions: list[Any] = [self._draft(one.scheduled, now, same) for one in held]
        decisions = []
        for session, one in zip(sessions, held, strict=True):
            count = len(one.people) if one.people else one.count or 0
            session.status = Life.Status.COMPLETED
            session.completed_at = session.confirmed_at = now
            session.confirmed_count, session.confirmed_minimum = count, session.minimum
            session.run_anyway_reason = HELD_BEFORE
        self._save_whole(sessions, [one.scheduled for one in held])
        for session in sessions:
            facts = {"count": session.confirmed_count, "minimum": session.minimum, "reason": HELD_BEFORE}
            decisions.append(Decision(session=session, kind=Decision.Kind.RUN_ANYWAY, at=now, by=by, **facts))
        Decision.objects.bulk_create(decisions, batch_size=AT_ONCE)
        record_each(by, sessions, "Put on record: it was held before.")
        if sessions:
            pairs = list(zip(sessions, held, strict=True))
            sessions_put_on_record.send(self.model, held=pairs, by=by, now=now)
        return sessions


def share_workshops(sessions: Sequence[Any]) -> None:
    """Give sessions of one workshop the same object as their workshop, with its parts. Two queries."""
    workshops = Workshop.objects.prefetch_related("parts").in_bulk({one.workshop_id for one in sessions})
    for session in sessions:
        session.workshop = workshops[session.workshop_id]


def _in_order(session: Any, plans: Sequence[MeetingPlan]) -> list[Meeting]:
    """Return the meetings of `session` as planned, in the order of time, unsaved."""
    return [Meeting(session=session, **vars(plan)) for plan in sorted(plans, key=lambda plan: plan.starts_at)]
