"""The tasks that decide: one woken when a minimum is reached, and the sweep of every minute."""

from celery import shared_task

from foundation import database_clock
from foundation.sweeps import sweep
from sessions_app.models import SeasonFile, Session
from sessions_app.schedule_import.working import work_on

# Seconds that 10,000 rows may take on a slow machine: less than the lease of a file (SeasonFile).
LONG = 540


@shared_task
def settle_session(pk: int) -> None:
    """Settle one session."""
    Session.objects.get(pk=pk).settle()


@shared_task
def settle_due() -> None:
    """Settle every session that is due, each in its own transaction."""
    due = Session.objects.due_for_decision(database_clock.now())
    sweep(due, lambda session: session.settle(), "session {} was not settled")


@shared_task(time_limit=LONG)
def take_in_season(pk: int) -> None:
    """Do what is wanted of one schedule of many rows, unless another worker is at it."""
    file = SeasonFile.objects.filter(pk=pk).first()
    if file is None or not file.claim():
        return
    try:
        work_on(file)
    except Exception:
        # Somebody had what it needed, or worse: the next sweep tries again, a few times.
        file.release()
        raise


@shared_task(time_limit=LONG)
def take_in_seasons() -> None:
    """Take in what a lost wake-up or a worker that died left behind."""
    waiting = SeasonFile.objects.waiting(database_clock.now()).values_list("pk", flat=True)
    sweep(list(waiting), take_in_season, "schedule {} was not taken in")
