"""What pages ask about evaluations."""

from typing import NamedTuple

from django import template

from foundation import database_clock
from outcomes.evaluations.asked import refusal_for
from outcomes.evaluations.invitations import path_for
from outcomes.models import Evaluation
from registrations.display.titles import day_of
from registrations.models import Registration
from sessions_app.models import Session

register = template.Library()


class Invited(NamedTuple):
    """That somebody may say what they think of a session at `path` until the day `closes`, or that they have."""

    path: str
    closes: str
    has_answered: bool


@register.simple_tag
def evaluation_for(registration: Registration) -> Invited | None:
    """Give the evaluation that the person of `registration` may answer or has; None where there is none.

    No query before the session is over, six at most after it.
    """
    session, now = registration.session, database_clock.now()
    if session.status != Session.Status.COMPLETED:
        return None
    asked = Evaluation.objects.defer("questions", "results").filter(session=session).first()
    if asked is None:
        return None
    has_answered = asked.has_answer_of(registration.person)
    if not has_answered and (not asked.is_open(now) or refusal_for(registration.person, session)):
        return None
    return Invited(path_for(registration.person, session), day_of(session, asked.closes_at, now), has_answered)
