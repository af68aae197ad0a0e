"""Write a Notice for what happens to a request of a team, and to the session that came of it.

session_cancelled        a mail to the person who asked for it, if they were never registered
request_made             a mail to the office, and one to the person who asks for a session
request_answered         a mail to that person: the answer
request_scheduled        a mail to that person: when and where
request_declined         a mail to that person: why not
request_withdrawn        a mail to the office, unless the first one was never written
"""

from typing import Any

from django.dispatch import receiver

from foundation import database_clock
from foundation.wake import wake
from notifications.kinds import requests
from notifications.tasks import deliver_soon
from sessions_app.models import Session, SessionRequest
from sessions_app.signals import (
    request_answered,
    request_declined,
    request_made,
    request_scheduled,
    request_withdrawn,
    session_cancelled,
)


@receiver(session_cancelled, dispatch_uid="notifications.session_cancelled")
def tell_the_team_it_is_off(sender: type, session: Session, **kwargs: Any) -> None:
    """Tell the person who asked for the session that it is cancelled, unless they hear it as registered."""
    request = SessionRequest.objects.select_related("by").filter(session=session).first()
    if request and not session.registrations.filter(person=request.by_id).exists():
        requests.owe_the_team(
            requests.REQUEST_UNMET,
            request,
            count=session.cancelled_count,
            by_rule=session.cancelled_by_rule,
            reason=session.cancel_reason,
        )
        wake(deliver_soon)


@receiver(request_made, dispatch_uid="notifications.request_made")
def tell_both_sides(sender: type, request: SessionRequest, **kwargs: Any) -> None:
    """Tell the office that a request came in, and the person who asks that it did."""
    requests.owe_the_office(request)
    requests.owe_the_team(requests.REQUEST_RECEIVED, request)
    wake(deliver_soon)


@receiver(request_answered, dispatch_uid="notifications.request_answered")
def tell_the_answer(sender: type, request: SessionRequest, **kwargs: Any) -> None:
    """Tell the person who asked what the office answered, each time it does."""
    requests.owe_the_team(
        requests.REQUEST_ANSWERED, request, f"{request.answered_at:%Y%m%d%H%M%S%f}", answer=request.answer
    )
    wake(deliver_soon)


@receiver(request_scheduled, dispatch_uid="notifications.request_scheduled")
def tell_scheduled(sender: type, request: SessionRequest, **kwargs: Any) -> None:
    """Tell the person who asked when and where their session is."""
    requests.owe_the_team(requests.REQUEST_SCHEDULED, request)
    wake(deliver_soon)


@receiver(request_declined, dispatch_uid="notifications.request_declined")
def tell_the_request_is_declined(sender: type, request: SessionRequest, **kwargs: Any) -> None:
    """Tell the person who asked why their session is not held."""
    requests.owe_the_team(requests.REQUEST_DECLINED, request, reason=request.decline_reason)
    wake(deliver_soon)


@receiver(request_withdrawn, dispatch_uid="notifications.request_withdrawn")
def tell_the_office_it_is_withdrawn(sender: type, request: SessionRequest, **kwargs: Any) -> None:
    """Tell the office, unless nobody can have read that the request came in."""
    if requests.first_notice_of(request).unwritten().update(expires_at=database_clock.now()) == 0:
        requests.owe_the_office(request, is_withdrawn=True)
        wake(deliver_soon)
