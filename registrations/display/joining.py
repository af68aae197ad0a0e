"""What people are told on the page after they registered or left (design.md section 6)."""

from datetime import datetime, timedelta

from django.utils.html import format_html
from django.utils.safestring import SafeString

from foundation.dates import local, short_day
from foundation.text import number_words, ordinal, ordinal_words
from registrations.models import Nomination, Registration
from registrations.waitlist import has_room
from sessions_app.display.panel import by_words
from sessions_app.models import Session


def titled(session: Session, now: datetime) -> str:
    """“Implicit Bias on Tue, May 14”."""
    return f"{session.workshop.title} on {day_of(session, session.starts_at, now)}"


def day_of(session: Session, instant: datetime, now: datetime) -> str:
    """“Tue, May 14” in the session's zone, with the year if it is not the current one."""
    return short_day(instant, session.time_zone, local(now, session.time_zone).year)


SAME_PRESS = timedelta(seconds=10)


def after_registering(registration: Registration, now: datetime) -> str:
    """Say what the person has now. A second press of the same button is answered as the first was."""
    session = registration.session
    is_new = registration.registered_at > now - SAME_PRESS
    if registration.is_waitlisted:
        place = ordinal(registration.place_in_line)
        if not is_new:
            return format_html("You’re already on the waitlist, {} in line.", place)
        waits = format_html("<strong>You’re on the waitlist, {} in line.</strong>", place)
        return format_html("{} {}", waits, _next_seat(session, now))
    if not is_new:
        return "You’re already registered for this session."
    title, taken, minimum = titled(session, now), session.seats_taken, session.minimum
    if session.is_confirmed:
        return format_html(
            "<strong>You’re registered for {}.</strong> It is confirmed, and your calendar invitation is on its way.",
            title,
        )
    if taken == minimum:
        return format_html(
            "<strong>You’re the {}. {} is being confirmed.</strong> Your calendar invitation is on its way.",
            ordinal_words(taken),
            title,
        )
    if taken > minimum:
        return format_html(
            "<strong>You’re registered for {}.</strong> "
            "It is being confirmed, and your calendar invitation is on its way.",
            title,
        )
    return format_html(
        "<strong>You’re registered for {}.</strong> That makes {} of {}. We will write to you by {}.",
        title,
        taken,
        minimum,
        day_of(session, session.confirm_by, now),
    )


def _next_seat(session: Session, now: datetime) -> str:
    if session.has_seat_for_the_quickest(now):
        return "A seat stands open, and the first person on the waitlist to take it has it."
    if session.is_in_last_day(now):
        return "If a seat opens, we write to everyone waiting, and the first to take it has it."
    return "If a seat opens, it is yours and we write to you at once."


def before_registering(session: Session, now: datetime) -> str:
    """“You would be the fifth.”, or what joining the waitlist means."""
    if would_wait(session, now):
        place = ordinal(session.waiting_count + 1)
        if session.is_in_last_day(now):
            return f"You would be {place} in line. {_next_seat(session, now)}"
        return f"You would be {place} in line. If a seat opens, the next person in line gets it and we write at once."
    return f"You would be the {ordinal_words(session.seats_taken + 1)}."


def call_for_people(session: Session, now: datetime) -> str:
    """“Implicit Bias on Tue, May 14 needs two more people by Friday.”"""
    missing = session.minimum - session.seats_taken
    people = "one more person" if missing == 1 else f"{number_words(missing)} more people"
    return f"{titled(session, now)} needs {people} {by_words(session.confirm_by, session, now)}."


def would_wait(session: Session, now: datetime) -> bool:
    """Tell whether the next person to register joins the waitlist."""
    return not has_room(session, now)


OFF_THE_CALENDAR = "We take the meetings still to come off your calendar."


def after_leaving(registration: Registration, now: datetime) -> SafeString:
    """Confirm that the place was given up."""
    title, has_begun = titled(registration.session, now), registration.session.has_started(registration.withdrawn_at)
    return format_html(
        "<strong>You’ve left {}.</strong> {}", title, OFF_THE_CALENDAR if has_begun else "Thank you for making room."
    )


def before_leaving(registration: Registration, now: datetime) -> str:
    """Say what leaving means for the others and for the person."""
    session = registration.session
    if registration.is_waitlisted:
        place = ordinal(registration.place_in_line)
        return f"You are {place} in line. If you change your mind later, you start again at the end."
    if session.has_started(now):
        return f"The session has begun, so you cannot register again, and nobody takes your seat. {OFF_THE_CALENDAR}"
    if session.waiting_count and session.is_in_last_day(now):
        return "We tell the people on the waitlist, and the first to take your seat has it."
    if session.waiting_count:
        return "The next person on the waitlist gets your seat at once."
    if session.is_confirmed:
        return "The session is confirmed and goes ahead. We take it off your calendar and free your seat."
    left = session.seats_taken - 1
    people = {0: "Nobody", 1: "One person"}.get(left, f"{number_words(left).capitalize()} people")
    if left >= session.minimum:
        return f"{people} will be left, which is enough."
    decided = day_of(session, session.confirm_by, now)
    return f"{people} will be left, and it needs {number_words(session.minimum)} by {decided}."


def pre_work_line(registration: Registration, now: datetime) -> str:
    """Say that the pre-work is read and since when, or what the button is for."""
    if registration.pre_work_done_at:
        return f"You have read this, on {day_of(registration.session, registration.pre_work_done_at, now)}."
    return (
        "We know that you have read this only if you press the button; opening the page tells us nothing. "
        "Without it we remind you once, two days before the session."
    )


def after_taking(registration: Registration, now: datetime) -> SafeString:
    """Confirm that the open seat was taken."""
    title = titled(registration.session, now)
    coming = "Your calendar invitation is on its way." if registration.session.is_confirmed else ""
    return format_html("<strong>You have a seat in {}.</strong> {}", title, coming)


def after_moving(registration: Registration, now: datetime) -> SafeString:
    """Say what the person has on the new date."""
    session = registration.session
    mail = "We have sent you the details" if not session.is_confirmed else "Your new calendar invitation is on its way"
    return format_html(
        "<strong>Your place has moved to {}.</strong> {}.", day_of(session, session.starts_at, now), mail
    )


def after_nominating(made: list[Nomination], emails: list[str], session: Session, now: datetime) -> SafeString:
    """Say who is nominated now. Whether somebody had a place already is not said: that would tell who comes."""
    before = len(emails) - len(made)
    if not made:
        them = "this colleague" if before == 1 else "these colleagues"
        return format_html("You nominated {} before, so nothing was sent again.", them)
    many = "One colleague is" if len(made) == 1 else f"{number_words(len(made)).capitalize()} colleagues are"
    sentence = format_html(
        "<strong>{} nominated for {}:</strong> {}. Each is told once, and decides for themselves.",
        many,
        titled(session, now),
        ", ".join(nomination.email for nomination in made),
    )
    if before:
        others = "One other was" if before == 1 else f"{number_words(before).capitalize()} others were"
        sentence = format_html("{} {} nominated by you before, so nothing was sent again.", sentence, others)
    return sentence


def accepted_words(accepted: int, many: int) -> str:
    """“2 of your 5 colleagues have accepted.”: how many, never who. Nothing if nobody was nominated."""
    if many == 1:
        return "The colleague you nominated has accepted." if accepted else "Your colleague has not accepted so far."
    if not accepted:
        return f"None of your {many} colleagues has accepted so far." if many else ""
    return f"{accepted} of your {many} colleagues {'has' if accepted == 1 else 'have'} accepted."
