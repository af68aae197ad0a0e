"""What people are told before and after they join a session: a seat, a number in line, another date."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from catalog.models import Workshop
from foundation.text import number_words, ordinal, ordinal_words
from registrations.display.titles import day_of, title_and_day
from registrations.forms.registering import SEAT, WAIT
from registrations.models import Registration
from registrations.waitlist import has_room
from sessions_app.display.panel import by_words, seats_left_words
from sessions_app.display.seats import left_in_each
from sessions_app.models import Session

# Within it, a second press of the same button is answered as the first was.
SAME_PRESS = timedelta(seconds=10)


def after_registering(registration: Registration, now: datetime) -> str:
    """Say what the person has: as news within SAME_PRESS of registering, afterwards as what they had already."""
    is_news = registration.registered_at > now - SAME_PRESS
    if registration.is_waitlisted:
        return _on_the_waitlist(registration, now) if is_news else _already_on_the_waitlist(registration)
    return _registered(registration.session, now) if is_news else "You’re already registered for this session."


def after_pressing(registration: Registration, now: datetime, promised: str = "") -> str:
    """Say what `after_registering` says, and what has changed since the button `promised` SEAT or WAIT; "" for neither.

    A session may fill up, or a seat come free, between the page and its button.
    """
    said = after_registering(registration, now)
    if registration.registered_at <= now - SAME_PRESS:
        return said
    if promised == WAIT and registration.is_registered:
        return format_html("A seat came free just now, and you have it. {said}", said=said)
    if promised == SEAT and registration.is_waitlisted:
        return format_html(
            "The last seat went before your code came. {said} "
            '<a href="{leave}">Leave the waitlist</a> if you would rather not wait.',
            said=said,
            leave=reverse("withdrawal", args=[registration.uuid]),
        )
    return said


def after_registering_for_all(registrations: list[Registration], now: datetime) -> str:
    """Say of each of them what `after_registering` says, line by line."""
    said = ((after_registering(registration, now),) for registration in registrations)
    return format_html_join(mark_safe("<br>"), "{}", said)


def _already_on_the_waitlist(registration: Registration) -> str:
    return f"You’re already on the waitlist, {ordinal(registration.place_in_line)} in line."


def _on_the_waitlist(registration: Registration, now: datetime) -> str:
    return format_html(
        "<strong>You’re on the waitlist, {nth} in line.</strong> {who_gets_the_next_seat}",
        nth=ordinal(registration.place_in_line),
        who_gets_the_next_seat=_who_gets_the_next_seat(registration.session, now, registration.mode),
    )


def _registered(session: Session, now: datetime) -> str:
    title, taken, minimum = title_and_day(session, now), session.seats_taken, session.minimum
    if session.is_confirmed:
        return format_html(
            "<strong>You’re registered for {title}.</strong> "
            "It is confirmed, and your calendar invitation is on its way.",
            title=title,
        )
    if taken == minimum:
        return format_html(
            "<strong>You’re the {nth}. {title} is being confirmed.</strong> Your calendar invitation is on its way.",
            nth=ordinal_words(taken),
            title=title,
        )
    if taken > minimum:
        return format_html(
            "<strong>You’re registered for {title}.</strong> "
            "It is being confirmed, and your calendar invitation is on its way.",
            title=title,
        )
    return format_html(
        "<strong>You’re registered for {title}.</strong> "
        "That makes {taken} of {minimum}. We will write to you by {decided_on}.",
        title=title,
        taken=taken,
        minimum=minimum,
        decided_on=day_of(session, session.confirm_by, now),
    )


def _who_gets_the_next_seat(session: Session, now: datetime, mode: str | None = None) -> str:
    if session.has_seat_for_the_quickest(now, mode):
        return "A seat stands open, and the first person on the waitlist to take it has it."
    if session.is_in_last_day(now):
        return "If a seat opens, we write to everyone waiting, and the first to take it has it."
    return "If a seat opens, it is yours and we write to you at once."


def before_registering(session: Session, now: datetime) -> str:
    """“You would be the fifth.”, what joining the waitlist means, or how many seats of a confirmed session are left."""
    if not would_wait(session, now):
        if session.is_confirmed:
            left = left_in_each(session) if session.asks_how else seats_left_words(session)
            return f"It is confirmed. {left}"
        if session.seats_taken >= session.minimum:
            return "It is being confirmed now."
        return f"You would be the {ordinal_words(session.seats_taken + 1)}."
    if session.asks_how:
        # The choice says it, for each mode.
        return ""
    nth = ordinal(session.waiting_count + 1)
    if session.is_in_last_day(now):
        return f"You would be {nth} in line. {_who_gets_the_next_seat(session, now)}"
    return f"You would be {nth} in line. If a seat opens, the next person in line gets it and we write at once."


def would_wait(session: Session, now: datetime) -> bool:
    """Tell whether the next person to register joins the waitlist, however they take part."""
    return not any(has_room(session, now, mode) for mode in session.lines)


def after_asking(workshop: Workshop) -> str:
    """Confirm that somebody is told of the dates of `workshop`."""
    return format_html(
        "<strong>We’ll write to you when {title} has a new date.</strong> "
        "One mail per date that is for you, none while you are registered for one.",
        title=workshop.title,
    )


def call_for_people(session: Session, now: datetime) -> str:
    """“Implicit Bias on Tue, May 14 needs two more people by Friday.”"""
    title, by_friday = title_and_day(session, now), by_words(session.confirm_by, session, now)
    missing = session.minimum - session.seats_taken
    if missing == 1:
        return f"{title} needs one more person {by_friday}."
    return f"{title} needs {number_words(missing)} more people {by_friday}."


def after_taking(registration: Registration, now: datetime) -> str:
    """Confirm that the open seat was taken."""
    title = title_and_day(registration.session, now)
    if registration.session.is_confirmed:
        return format_html(
            "<strong>You have a seat in {title}.</strong> Your calendar invitation is on its way.", title=title
        )
    return format_html("<strong>You have a seat in {title}.</strong> ", title=title)


def after_moving(registration: Registration, now: datetime) -> str:
    """Say what the person has on the new date."""
    session = registration.session
    day = day_of(session, session.starts_at, now)
    if session.is_confirmed:
        return format_html(
            "<strong>Your place has moved to {day}.</strong> Your new calendar invitation is on its way.", day=day
        )
    return format_html("<strong>Your place has moved to {day}.</strong> We have sent you the details.", day=day)


def after_joining_beside(waiting: Registration, beside: Registration, now: datetime) -> str:
    """Say that the person waits on the other date and keeps the registration they have `beside` it."""
    return format_html(
        "{you_wait} You keep your place on {day} meanwhile.",
        you_wait=after_registering(waiting, now),
        day=day_of(beside.session, beside.session.starts_at, now),
    )
