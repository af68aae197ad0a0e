"""How a draft is changed: nobody has planned with it, so its meetings move, come and go without a word to anybody."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import Person
from catalog.models import Facilitator
from foundation import database_clock
from foundation.record import record
from foundation.verbs import verb
from sessions_app.models.deciding import is_by_rule
from sessions_app.models.holding import Holding
from sessions_app.models.venue import Meeting, MeetingPlan, Place, Times, any_overlap


@dataclass(frozen=True)
class Redraft:
    """What is to be different of the meetings of a draft, and who leads it: None where that stays."""

    times: Mapping[Meeting, Times] = field(default_factory=dict)
    places: Mapping[Meeting, Place] = field(default_factory=dict)
    added: Sequence[MeetingPlan] = ()
    dropped: Sequence[Meeting] = ()
    facilitators: Collection[Facilitator] | None = None


class Redrafting(Holding):
    """The verb that changes a draft."""

    class Meta:
        abstract = True

    @verb
    def redraft(self, new: Redraft, by: Person, now: datetime | None = None, **chosen: Any) -> None:
        """Change a draft: when and where it meets, who leads it, and further fields (`chosen`).

        The dates that hang on the start follow it where the rule had set them, and the meetings hold the parts of the
        workshop in the order of time. Refuses (AlreadyDecided) what is published, and (Refused) a minimum above the
        capacity and two meetings at once.
        """
        now = now or database_clock.now()
        self.lock()
        if self.status != self.Status.DRAFT:
            raise self.AlreadyDecided("This session is published; its times and places change with their own pages.")
        for name, value in chosen.items():
            setattr(self, name, value)
        if self.minimum > self.capacity:
            raise self.Refused(f"The minimum of {self.minimum} is larger than the capacity of {self.capacity}.")
        if new.times and self.starts_at and is_by_rule(self.confirm_by, self.starts_at, self.time_zone):
            self.confirm_by = None  # type: ignore[assignment] # of a draft, which takes another one below
        if new.times and self.registration_closes_at == self.starts_at:
            self.registration_closes_at = None  # type: ignore[assignment]
        self.save(update_fields=[*chosen, "confirm_by", "registration_closes_at"])
        self._rearrange(new, now)
        if new.facilitators is not None:
            self.facilitators.set(new.facilitators)
        record(by, self, "The draft was changed.")

    def _rearrange(self, new: Redraft, now: datetime) -> None:
        """Move, delete and add meetings. What hangs on them follows."""
        for meeting in new.dropped:
            meeting.delete()
        for meeting in {**new.times, **new.places}:
            facts = {**vars(new.times.get(meeting, meeting.times)), **vars(new.places.get(meeting, meeting.place))}
            for name, value in facts.items():
                setattr(meeting, name, value)
            meeting.save(update_fields=list(facts))
        for plan in new.added:
            self.meetings.create(**vars(plan))
        if not (new.dropped or new.times or new.places or new.added):
            return
        if any_overlap(list(self.meetings.all())):
            raise self.Refused("Two meetings overlap. Change one of their times.")
        self._follow_meetings(now)
        self._follow_parts(list(self.workshop.parts.all()))
