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


class Costly(AppConfig):
    """A connection that cannot be made costs a Notice an attempt, and nobody asks whether the mail server is back."""

    name = "devtools.torture.controls"

    def ready(self) -> None:
        from collections.abc import Mapping

        from notifications.models import MailQueue, Notice, Wording
        from notifications.outbox.deliver import Sender
        from notifications.outbox.shared import Shared

        send = Sender._send

        def send_at_a_cost(
            sender: Sender, notice: Notice, queue: MailQueue, wordings: Mapping[str, Wording], shared: Shared
        ) -> bool:
            if sender.gets_in(queue):
                return send(sender, notice, queue, wordings, shared)
            queue.resume()
            sender._retry(notice, "The mail server cannot be reached.", sender.now())
            return True

        Sender._send = send_at_a_cost  # type: ignore[assignment, method-assign]


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
    """Every process goes by the clock of its own machine."""

    name = "devtools.torture.controls"

    def ready(self) -> None:
        import time

        from django.utils import timezone

        from foundation import database_clock

        def ask_this_machine() -> database_clock.Reading:
            here = timezone.now()
            return database_clock.Reading(time.monotonic(), here, here)

        database_clock._ask = ask_this_machine


class Telling(AppConfig):
    """The lists of the office are filtered by any column, as Django's own are."""

    name = "devtools.torture.controls"

    def ready(self) -> None:
        from office.lookups import ShownOnly

        ShownOnly.lookup_allowed = lambda *asked: True  # type: ignore[method-assign]


class NoOutages(AppConfig):
    """No error of the database is told from a fault."""

    name = "devtools.torture.controls"

    def ready(self) -> None:
        from config import errors
        from foundation.middleware import outages

        outages.outage_of = errors.outage_of = lambda error: None


class Forgetting(AppConfig):
    """A form that is refused comes back as it was first shown."""

    name = "devtools.torture.controls"

    def ready(self) -> None:
        from django.forms.boundfield import BoundField

        BoundField.value = lambda field: field.initial  # type: ignore[assignment, method-assign]
