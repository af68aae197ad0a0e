"""What the people who lead a session read of its evaluation."""

from django import template

from outcomes.evaluations.results import Result, results_of
from outcomes.models import Evaluation
from sessions_app.models import Session

register = template.Library()


@register.simple_tag
def frozen_results(session: Session) -> list[Result]:
    """Give what came of the closed evaluation of `session`; nothing of an open one, nor of fewer than five answers.

    A query at most.
    """
    if session.status != Session.Status.COMPLETED:
        return []
    closed = Evaluation.objects.filter(session=session, closed_at__isnull=False).first()
    return results_of(closed) if closed else []
