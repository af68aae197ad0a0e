"""What comes before the session: whether a person has read or done its pre-work."""

from datetime import datetime

from django.db import models

from foundation import database_clock
from foundation.verbs import verb
from registrations.models.standing import Standing
from sessions_app.models import Session

REMEMBERED = "_has_pre_work"


def has_pre_work(session: Session, now: datetime) -> bool:
    """Tell whether there is something to read or do before `session` that its people may open at `now`: a text of the
    workshop's own, or pre-work of the library, which is asked through the workshop. A query at most.

    Of a `session` that was read for many people at one moment (`asks_once_of_pre_work`) it is asked once."""
    memory = vars(session)
    if (known := memory.get(REMEMBERED)) is not None:
        return known
    own = session.workshop.pre_work.strip() != ""
    answer = own or session.workshop.resources.to_prepare_for(session, now).exists()
    if REMEMBERED in memory:
        memory[REMEMBERED] = answer
    return answer


def asks_once_of_pre_work(session: Session) -> None:
    """Let this object remember what `has_pre_work` finds first: it is read for many people, and soon gone."""
    vars(session)[REMEMBERED] = None


class Preparation(Standing):
    """The part of a Registration about pre-work. Only the person's own button says that they have read it."""

    pre_work_done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def has_pre_work_to_do(self) -> bool:
        """True while there is something to read or do before, and the person has not said that they have."""
        return self.pre_work_done_at is None and has_pre_work(self.session, database_clock.now())

    @verb
    def finish_pre_work(self, now: datetime | None = None) -> None:
        """Note that the person has read or done what comes before the session, so that nobody reminds them.

        Refuses (NotThere) where there is nothing to read or the registration has ended, and (SessionOver) afterwards.
        """
        now = now or database_clock.now()
        self._lock()
        if self.pre_work_done_at:
            return
        if not has_pre_work(self.session, now):
            raise self.NotThere("There is nothing to read or do before this session.")
        if not self.is_active:
            raise self.NotThere("This place has ended, so there is nothing to prepare for.")
        if self.session.ends_at <= now:
            raise self.SessionOver("This session has been held, so there is nothing left to prepare for.")
        self.pre_work_done_at = now
        self.save(update_fields=["pre_work_done_at"])
