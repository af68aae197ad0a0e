"""Requests that wait for an answer, as the office's home counts them."""

from office.home.waiting import Line
from sessions_app.models import SessionRequest

NEEDS_A_HAND = [
    Line(
        lambda now: SessionRequest.objects.waiting(),
        "sessions_app.view_sessionrequest",
        "admin:sessions_app_sessionrequest_changelist",
        "state=waiting",
        "1 request for a session to answer",
        "{count} requests for a session to answer",
    )
]
