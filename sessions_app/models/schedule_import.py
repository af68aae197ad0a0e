"""ScheduleImport: the sessions that were put up at one press, so that one press can undo it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import ProtectedError

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.text import number_words
from foundation.verbs import lock_row, lock_rows, verb
from sessions_app.models.decision import Decision
from sessions_app.signals import sessions_taken_back

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from sessions_app.models.session import Session

UNDONE = "It was put up by mistake."


class ScheduleImport(models.Model):
    """One press of the season page, or one file of `import_schedule`."""

    class Refused(Exception):
        """Undoing was refused; `str(error)` is the sentence shown to the person."""

    class PeopleCame(Refused):
        """Somebody has registered since, or was written down as there."""

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
        """Delete its drafts and what it put on record, cancel what it published, and return how many that were.

        Raises PeopleCame, with the sessions, if anybody ever registered for one of them, or attendance was written down
        since: then each is decided alone. What it changed of other sessions stays as it is.
        """
        now = now or database_clock.now()
        lock_row(self)
        if self.is_undone:
            return 0
        # Somebody who registers at this moment has the lock of the session, and is seen once this has it.
        sessions = lock_rows(self.sessions.select_related("workshop"))
        met = [str(session) for session in sessions if session.next_position > 1]
        if met:
            raise self.PeopleCame(f"People have registered already: {'; '.join(met)}. Cancel each date that is wrong.")
        held = [session for session in sessions if session.published_at is None and session.completed_at]
        if held:
            sessions_taken_back.send(type(held[0]), sessions=held, now=self.made_at)
            # Nobody has decided anything: the row said that they were held.
            Decision.objects.filter(session__in=held, at=self.made_at).delete()
        unheard = {session.pk for session in sessions if session.status == session.Status.DRAFT}
        try:
            self.sessions.filter(pk__in=unheard.union(session.pk for session in held)).delete()
        except ProtectedError:
            raise self.PeopleCame("Attendance was written down since. Correct each date that is wrong.") from None
        for session in sessions:
            if session.is_running:
                session.cancel(UNDONE, by=by, now=now)
        self.undone_at = now
        self.save(update_fields=["undone_at"])
        many = "one session" if len(sessions) == 1 else f"{number_words(len(sessions))} sessions"
        record(by, self, f"Undone: {many}.")
        return len(sessions)
