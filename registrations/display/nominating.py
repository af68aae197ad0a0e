"""What people are told who nominate colleagues: how many accepted, never who did."""

from datetime import datetime

from django.utils.html import format_html

from foundation.text import number_words
from registrations.display.titles import title_and_day
from registrations.models import Nomination
from sessions_app.models import Session


def after_nominating(made: list[Nomination], emails: list[str], session: Session, now: datetime) -> str:
    """Say who is nominated now. Whether somebody was registered already is not said: that would tell who comes."""
    before = len(emails) - len(made)
    if not made:
        return _none_is_new(before)
    if not before:
        return _nominated(made, session, now)
    return format_html("{} {}", _nominated(made, session, now), _others_were_before(before))


def _none_is_new(before: int) -> str:
    if before == 1:
        return "You nominated this colleague before, so nothing was sent again."
    return "You nominated these colleagues before, so nothing was sent again."


def _nominated(made: list[Nomination], session: Session, now: datetime) -> str:
    title, emails = title_and_day(session, now), ", ".join(nomination.email for nomination in made)
    if len(made) == 1:
        return format_html(
            "<strong>One colleague is nominated for {title}:</strong> {emails}. "
            "Each is told once, and decides for themselves.",
            title=title,
            emails=emails,
        )
    return format_html(
        "<strong>{many} colleagues are nominated for {title}:</strong> {emails}. "
        "Each is told once, and decides for themselves.",
        many=number_words(len(made)).capitalize(),
        title=title,
        emails=emails,
    )


def _others_were_before(before: int) -> str:
    if before == 1:
        return "One other was nominated by you before, so nothing was sent again."
    many = number_words(before).capitalize()
    return f"{many} others were nominated by you before, so nothing was sent again."


def accepted_words(accepted: int, many: int) -> str:
    """“2 of your 5 colleagues have accepted.”: how many, never who. Nothing if nobody was nominated."""
    if many == 0:
        return ""
    if many == 1:
        return "The colleague you nominated has accepted." if accepted else "Your colleague has not accepted so far."
    if accepted == 0:
        return f"None of your {many} colleagues has accepted so far."
    if accepted == 1:
        return f"1 of your {many} colleagues has accepted."
    return f"{accepted} of your {many} colleagues have accepted."
