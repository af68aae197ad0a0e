"""ScheduleImport: the sessions that were put up at one press, so that one press can undo it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.text import number_words
from foundation.verbs import lock_row, verb

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from sessions_app.models.session import Session

UNDONE = "It was put up by mistake."


class ScheduleImport(models.Model):
    """One press of the season page, or one file of `import_schedule`."""

    class Refused(Exception):
        """Undoing was refused; `str(error)` is the sentence shown to the person."""

    class PeopleCame(Refused):
        """Somebody has registered since."""

    made_at = models.DateTimeField(editable=False)
    made_by = models.ForeignKey(Person, models.PROTECT, editable=False, related_name="+")
    undone_at = models.DateTimeField(null=True, editable=False)

    if TYPE_CHECKING:
        sessions: RelatedManager["Session"]

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"The import of {self.made_at:%Y-%m-%d %H:%M} UTC"

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None

    @verb
    def undo(self, by: Person, now: datetime | None = None) -> int:
        """Delete its drafts and cancel what it published. Returns how many sessions that were.

        Raises PeopleCame, with the sessions, if anybody ever registered for one of them: then each is decided alone.
        """
        now = now or database_clock.now()
        lock_row(self)
        if self.is_undone:
            return 0
        sessions = list(self.sessions.select_related("workshop").order_by("pk"))
        for session in sessions:
            session.lock()
        met = [str(session) for session in sessions if session.next_position > 1]
        if met:
            raise self.PeopleCame(f"People have registered already: {'; '.join(met)}. Cancel each date that is wrong.")
        for session in sessions:
            if session.status == session.Status.DRAFT:
                session.delete()
            elif session.is_running:
                session.cancel(UNDONE, by=by, now=now)
        self.undone_at = now
        self.save(update_fields=["undone_at"])
        many = "one session" if len(sessions) == 1 else f"{number_words(len(sessions))} sessions"
        record(by, self, f"Undone: {many}.")
        return len(sessions)
