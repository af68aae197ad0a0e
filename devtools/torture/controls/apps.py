"""Controls in the processes that send: each takes one mechanism away by replacing a function or a method.

The replacing is the mistake that mypy is told to ignore.
"""

from datetime import datetime

from django.apps import AppConfig


class Impatient(AppConfig):
    """A Notice that cannot be sent at once is given up."""

    name = "devtools.torture.controls"

    def ready(self) -> None:
        from notifications.models import Notice
        from notifications.outbox.deliver import Sender

        def give_up(sender: Sender, notice: Notice, problem: str, now: datetime) -> None:
            sender._mark(notice, state=Notice.State.DEAD, problem=problem[:500])

        Sender._retry = give_up  # type: ignore[assignment, method-assign]


class Clinging(AppConfig):
    """A process that lost the database never asks for another connection."""

    name = "devtools.torture.controls"

    def ready(self) -> None:
        from django.db import connection
        from django.db.backends.base.base import BaseDatabaseWrapper

        connection.close()
        BaseDatabaseWrapper.close = lambda wrapper: None  # type: ignore[assignment, method-assign]


class Tireless(AppConfig):
    """A notice is tried without end, whatever becomes of those who send it."""

    name = "devtools.torture.controls"

    def ready(self) -> None:
        from notifications.outbox import claim

        claim.MOST_ATTEMPTS = 10**6


class OwnClock(AppConfig):
    """Every sender goes by the clock of its own machine."""

    name = "devtools.torture.controls"

    def ready(self) -> None:
        from django.utils import timezone

        from notifications.outbox import clock

        clock.database_now = timezone.now


class Telling(AppConfig):
    """The lists of the office are filtered by any column, as Django's own are."""

    name = "devtools.torture.controls"

    def ready(self) -> None:
        from office.lookups import ShownOnly

        ShownOnly.lookup_allowed = lambda *asked: True  # type: ignore[method-assign]
