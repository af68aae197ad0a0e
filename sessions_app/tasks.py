"""The tasks that decide: one woken when a minimum is reached, and the sweep of every minute; and what is forgotten."""

from celery import shared_task

from foundation import database_clock
from foundation.sweeps import sweep
from sessions_app.models import Session, SessionRequest


@shared_task
def settle_session(pk: int) -> None:
    """Settle one session."""
    Session.objects.get(pk=pk).settle()


@shared_task
def settle_due() -> None:
    """Settle every session that is due, each in its own transaction."""
    due = Session.objects.due_for_decision(database_clock.now())
    sweep(due, lambda session: session.settle(), "session {} was not settled")


@shared_task
def forget_request_addresses() -> None:
    """Erase the addresses of colleagues in requests that ended long enough ago."""
    SessionRequest.objects.forget_addresses(database_clock.now())
