"""What the people who lead a session prepare so that everybody can take part: what, never for whom.

Somebody who arranges access says it once for the whole session. It does not follow from single requests, so that no
line of it comes or goes as somebody registers or leaves (docs/decisions/what-to-prepare-names-nobody.md).
"""

from collections.abc import Collection
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models

from accounts.models import Person
from accounts.sealed import ACCESS_NEEDS, Unreadable
from foundation.record import record
from foundation.verbs import verb
from sessions_app.models import Session

# People with a seat from whom on those who lead a session are told: with fewer it would say who is meant (G12).
LEAST = 5


class ToPrepare(models.TextChoices):
    """One thing to prepare, in words for the people who lead the session."""

    INTERPRETER = "interpreter", "An interpreter takes part: leave them a place in sight, and send your slides ahead."
    CAPTIONS = "captions", "Live captions are on: use the microphone, and repeat what is said without it."
    MICROPHONE = "microphone", "Use the microphone the whole time, and repeat questions."
    STEP_FREE = "step_free", "Keep the way in and between the seats free: the room is used without steps."
    SEATING = "seating", "Some seats are kept: leave them as they stand."
    MATERIALS = "materials", "Send slides and handouts ahead, as files with real text."
    SAY_ALOUD = "say_aloud", "Say aloud what slides and films show."
    BREAKS = "breaks", "Keep to the breaks, and say when they are."
    PACE = "pace", "Give exercises in writing too, and nobody has to read aloud or speak up."


class AccessPlanQuerySet(models.QuerySet["AccessPlan"]):
    def things_of(self, session: Session) -> list[str]:
        """Return what is to be prepared for `session`, as values of ToPrepare. Raises Unreadable without the key."""
        plan = self.filter(session=session).first()
        return plan.things if plan else []

    def told_for(self, session: Session) -> list[str] | None:
        """Return the sentences that those who lead `session` read, None while too few have a seat. One query."""
        if session.seats_taken < LEAST:
            return None
        try:
            return [ToPrepare(thing).label for thing in self.things_of(session)]
        except Unreadable as problem:
            return [str(problem)]

    def spent(self, now: datetime) -> Self:
        """Those to delete: as long after the session as the requests they come from."""
        return self.filter(session__ends_at__lte=now - settings.ACCOMMODATION_LIFE)

    @verb
    def change(self, session: Session, ticked: Collection[str], shown: Collection[str], by: Person) -> bool:
        """Add what is ticked and was not when the form was `shown`, and drop what was and is no longer.

        What a colleague changed in between stays. Returns whether anything is different now. Put on record without the
        words.
        """
        session.lock()
        before = set(self.things_of(session))
        after = (before | (set(ticked) - set(shown))) - (set(shown) - set(ticked))
        if after == before:
            return False
        sealed = ACCESS_NEEDS.seal(" ".join(value for value in ToPrepare.values if value in after))
        plan, _ = self.update_or_create(session=session, defaults={"sealed_things": sealed})
        record(by, plan, "Changed.")
        return True


class AccessPlan(models.Model):
    """What is to be prepared for one session, sealed like the requests it comes from."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="+")
    sealed_things = models.TextField(blank=True, editable=False)

    objects = AccessPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "what to prepare for access"
        ordering = ["session"]

    def __str__(self) -> str:
        return f"What to prepare {self.pk}"

    @property
    def things(self) -> list[str]:
        """The values of ToPrepare that are to be prepared, in their order. Raises Unreadable without the key."""
        said = ACCESS_NEEDS.unseal(self.sealed_things).split()
        return [value for value in ToPrepare.values if value in said]

    @verb
    def rotate(self) -> bool:
        """Seal it with the first key. False if somebody changed it in between. Raises Unreadable."""
        same = AccessPlan.objects.filter(pk=self.pk, sealed_things=self.sealed_things)
        return bool(same.update(sealed_things=ACCESS_NEEDS.reseal(self.sealed_things)))
