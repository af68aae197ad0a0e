"""Open and close evaluations when it is time. Each is a transaction of its own, safe to run twice or late."""

from datetime import datetime

from django.conf import settings

from accounts.models import Person
from foundation.sweeps import sweep
from outcomes.evaluations.asked import people_asked
from outcomes.models import Evaluation
from sessions_app.models import Session


def open_due(now: datetime) -> None:
    """Open the evaluation of every session that was held and has none, but for those only put on record."""
    held = Session.objects.announced().filter(
        status=Session.Status.COMPLETED, ends_at__gt=now - settings.EVALUATION_LIFE, evaluation=None
    )
    held = held.select_related("workshop")
    sweep(held, lambda session: Evaluation.objects.open(session, now=now), "the evaluation of {} was not opened")


def close_due(now: datetime) -> None:
    """Close every evaluation whose time is over."""
    due = Evaluation.objects.due_to_close(now).select_related("session")
    sweep(due, lambda evaluation: close(evaluation, now=now), "evaluation {} was not closed")


def close(evaluation: Evaluation, by: Person | None = None, now: datetime | None = None) -> None:
    """Close `evaluation`, for good; `by` is somebody of the office who does so early."""
    evaluation.close(asked=people_asked(evaluation.session), by=by, now=now)
