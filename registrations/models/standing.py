"""What every part of a Registration stands on: whose it is and in which session, its status, its errors, its lock."""

import uuid
from collections.abc import Iterable

from django.db import models

from accounts.models import Person
from sessions_app.models import Session


class Standing(models.Model):
    """The person, the session, and how it stands between them."""

    class Refused(Exception):
        """What somebody wanted to do with a registration was refused; `str(error)` is the sentence shown to them."""

    class SessionOver(Refused):
        """The session has started or been held."""

    class SessionFull(Refused):
        """There is no seat to move to, or no longer one to take."""

    class NotEligible(Refused):
        """The session is for other roles or another campus, or comes after a workshop the person has not taken."""

    class NotThere(Refused):
        """The registration is not in the state this starts from."""

    class Status(models.TextChoices):
        REGISTERED = "registered", "Registered"
        WAITLISTED = "waitlisted", "On the waitlist"
        WITHDRAWN = "withdrawn", "Withdrawn"
        SESSION_CANCELLED = "session_cancelled", "Session cancelled"
        WAITLIST_CLOSED = "waitlist_closed", "Waitlist closed"

    ACTIVE = (Status.REGISTERED, Status.WAITLISTED)
    # What a verb reads again once it holds the lock.
    CHANGES = [
        "status",
        "position",
        "mode",
        "wants",
        "seated_at",
        "admitted",
        "beyond_capacity",
        "withdrawn_at",
        "gave_up",
        "moved_to",
        "pre_work_done_at",
    ]

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="registrations")
    session = models.ForeignKey(Session, models.PROTECT, related_name="registrations")
    status = models.CharField(max_length=17, choices=Status.choices)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["person", "session"],
                condition=models.Q(status__in=["registered", "waitlisted"]),
                name="one_active_registration_per_person_and_session",
            )
        ]

    # ---- questions ----

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE

    @property
    def is_registered(self) -> bool:
        return self.status == self.Status.REGISTERED

    @property
    def is_waitlisted(self) -> bool:
        return self.status == self.Status.WAITLISTED

    # ---- what the verbs have in common ----

    def _lock(self) -> None:
        """Lock the session and read again what may have changed before the lock was had."""
        self.session.lock()
        self._refresh()

    def _refresh(self) -> None:
        self.refresh_from_db(fields=self.CHANGES)


def lock_all(sessions: Iterable[Session]) -> None:
    """Lock each of `sessions` once, in ascending key order, so that two verbs never wait for each other."""
    for session in sorted(set(sessions), key=lambda one: one.pk):
        session.lock()
