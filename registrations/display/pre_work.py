"""What people are told about the pre-work of a session."""

from datetime import datetime

from registrations.display.titles import day_of
from registrations.models import Registration


def pre_work_line(registration: Registration, now: datetime) -> str:
    """Say that the pre-work is read and since when, or what the button is for."""
    if registration.pre_work_done_at:
        return f"You have read this, on {day_of(registration.session, registration.pre_work_done_at, now)}."
    return (
        "We know that you have read this only if you press the button; opening the page tells us nothing. "
        "Without it we remind you once, two days before the session."
    )
