"""What people are told before and after they give up what they have in a session."""

from datetime import datetime

from django.utils.html import format_html

from foundation.text import number_words, ordinal
from registrations.display.titles import day_of, title_and_day
from registrations.models import Registration
from sessions_app.models import Session

OFF_THE_CALENDAR = "We take the meetings still to come off your calendar."


def before_leaving(registration: Registration, now: datetime) -> str:
    """Say what leaving means for the others and for the person."""
    session = registration.session
    if registration.is_waitlisted:
        nth = ordinal(registration.place_in_line)
        return f"You are {nth} in line. If you change your mind later, you start again at the end."
    if session.has_started(now):
        return f"The session has begun, so you cannot register again, and nobody takes your seat. {OFF_THE_CALENDAR}"
    somebody_waits = session.waiting_in(registration.line) > 0
    if somebody_waits and session.is_in_last_day(now):
        return "We tell the people on the waitlist, and the first to take your seat has it."
    if somebody_waits:
        return "The next person on the waitlist gets your seat at once."
    if session.is_confirmed:
        return "The session is confirmed and goes ahead. We take it off your calendar and free your seat."
    return _who_is_left(session, now)


def before_leaving_by_mail(registration: Registration, now: datetime) -> str:
    """Say what leaving means, to the reader of a mail that may have been passed on: without the place in line."""
    if registration.is_waitlisted:
        return "If you change your mind later, you start again at the end of the waitlist."
    return before_leaving(registration, now)


def _who_is_left(session: Session, now: datetime) -> str:
    left, minimum = session.seats_taken - 1, number_words(session.minimum)
    many = number_words(left).capitalize()
    if left >= session.minimum:
        if left == 1:
            return "One person will be left, which is enough."
        return f"{many} people will be left, which is enough."
    decided_on = day_of(session, session.confirm_by, now)
    if left == 0:
        return f"Nobody will be left, and it needs {minimum} by {decided_on}."
    if left == 1:
        return f"One person will be left, and it needs {minimum} by {decided_on}."
    return f"{many} people will be left, and it needs {minimum} by {decided_on}."


def after_leaving(registration: Registration, now: datetime) -> str:
    """Confirm that the seat, or the number in line, was given up."""
    session = registration.session
    title = title_and_day(session, now)
    if registration.withdrawn_at is not None and session.has_started(registration.withdrawn_at):
        return format_html("<strong>You’ve left {title}.</strong> {off}", title=title, off=OFF_THE_CALENDAR)
    return format_html("<strong>You’ve left {title}.</strong> Thank you for making room.", title=title)
