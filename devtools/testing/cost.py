"""What work costs the processor, told alike on a quiet machine and on a busy one."""

import gc
import time
from collections.abc import Callable

ROUNDS = 3


def processor_seconds(work: Callable[[], object]) -> float:
    """Do `work` once and return how many seconds of the processor it took.

    Of this thread alone: others of the process, as those of a browser or of Celery, are not what is measured. And
    without the garbage collector, which looks through all that thousands of tests have left and not only at this work.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        began = time.thread_time()
        work()
        return time.thread_time() - began
    finally:
        if was_on:
            gc.enable()


def costs_at_most(seconds: float, work: Callable[[], object]) -> bool:
    """Say whether `work` takes at most so many seconds of the processor, in the best of three rounds.

    It is done again only where it took longer: what shares the processor's caches slows any one round, and what is
    slow of itself is slow in each.
    """
    return any(processor_seconds(work) <= seconds for _ in range(ROUNDS))
