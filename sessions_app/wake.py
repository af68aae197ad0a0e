"""Wake a worker after the commit, without ever letting the broker harm the request.

The broker only wakes workers: the sweep finds whatever a lost wake-up left behind. So publishing is bounded by the
broker's socket timeouts (2 s), never retried, and after one failure not tried again for 30 s.
"""

import logging
import time
from functools import partial

from django.db import transaction

logger = logging.getLogger(__name__)

CIRCUIT_OPEN_SECONDS = 30
_closed_again_at = 0.0


def wake(task, *args) -> None:
    """Publish Celery `task` with `args` (JSON values) once the current transaction has committed. Never raises.

    The same wake-up asked for twice in one transaction is published once.
    """
    if any(getattr(hook[1], "wakes", None) == (task.name, args) for hook in transaction.get_connection().run_on_commit):
        return
    publish = partial(_publish, task, args)
    publish.wakes = (task.name, args)
    transaction.on_commit(publish)


def _publish(task, args) -> None:
    global _closed_again_at
    if time.monotonic() < _closed_again_at:
        return
    try:
        task.apply_async(args, retry=False, ignore_result=True)
    # Whatever the broker or its client raises, the change is committed and the sweep will see it.
    except Exception as error:
        _closed_again_at = time.monotonic() + CIRCUIT_OPEN_SECONDS
        logger.warning("broker unreachable (%s); wake-ups pause for %s s", type(error).__name__, CIRCUIT_OPEN_SECONDS)
