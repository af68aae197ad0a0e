"""A worker whose clock is wrong decides nothing, and says so."""

import logging
import time
from typing import Any

from celery.contrib.django.task import DjangoTask

from foundation import database_clock
from notifications.models import MailQueue

logger = logging.getLogger(__name__)

SAID_EVERY = 60  # seconds


class Task(DjangoTask):
    """What every task is made of. It is left to another worker while this machine's clock is off by more than a minute.

    Decisions go by the database's clock, so a wrong one would do no harm by itself; but a machine that cannot tell the
    time is not trusted with what cannot be undone. A task that decides nothing says `decides=False`, and goes on.
    """

    decides = True
    said_at = float("-inf")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run, unless the clock is wrong and this decides something. Then it returns None; the sweeps come again."""
        if problem := database_clock.problem("the worker"):
            self.say(problem)
            if self.decides:
                return None
        return self.run(*args, **kwargs)

    def say(self, problem: str) -> None:
        """Note what is wrong for /readyz and the banner, and log it once a minute in each process."""
        MailQueue.load().note_clock(problem, database_clock.now())
        if time.monotonic() - Task.said_at >= SAID_EVERY:
            Task.said_at = time.monotonic()
            logger.error("%s It decides nothing until its clock is set right.", problem)
