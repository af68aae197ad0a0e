"""What must not be, in the processes that send."""

from django.apps import AppConfig


class Impatient(AppConfig):
    """Whatever cannot be sent at once is given up."""

    name = "devtools.torture.controls"

    def ready(self):
        from notifications.models import Notice
        from notifications.outbox.deliver import Sender

        def give_up(sender, notice, problem, now):
            sender._mark(notice, state=Notice.State.DEAD, problem=problem[:500])

        Sender._retry = give_up


class Clinging(AppConfig):
    """Whoever lost the database never asks for another connection."""

    name = "devtools.torture.controls"

    def ready(self):
        from django.db import connection
        from django.db.backends.base.base import BaseDatabaseWrapper

        connection.close()
        BaseDatabaseWrapper.close = lambda wrapper: None


class Tireless(AppConfig):
    """A notice is tried without end, whatever becomes of those who send it."""

    name = "devtools.torture.controls"

    def ready(self):
        from notifications.outbox import claim

        claim.MOST_ATTEMPTS = 10**6


class OwnClock(AppConfig):
    """Every sender goes by the clock of its own machine."""

    name = "devtools.torture.controls"

    def ready(self):
        from django.utils import timezone

        from notifications.outbox import clock

        clock.database_now = timezone.now
