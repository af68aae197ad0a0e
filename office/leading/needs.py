"""Facilitators who said no, as the office's home counts them."""

from office.home.waiting import Line
from sessions_app.models import Leading

NEEDS_A_HAND = [
    Line(
        Leading.objects.waiting,
        "sessions_app.view_leading",
        "admin:sessions_app_leading_changelist",
        "answer=waiting",
        "1 facilitator said no",
        "{count} facilitators said no",
    )
]
