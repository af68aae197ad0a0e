"""What the office's home says."""

from typing import Any

from django import template

from foundation import database_clock
from office.base import acting
from office.home import ahead
from office.home.lines import LINES
from office.home.search import SearchForm
from office.home.waiting import Waiting, waiting
from sessions_app.models import Meeting, Session

register = template.Library()
register.filter("meeting_times", ahead.times)


@register.simple_tag(takes_context=True)
def what_waits(context: dict[str, Any]) -> list[Waiting] | None:
    """Give what waits for the person: None if nothing ever does, as they may see none of it. One query."""
    return waiting(LINES, acting(context["request"]), database_clock.now())


@register.simple_tag
def figures_ahead() -> ahead.Figures:
    """Give the figures of what lies ahead. One query."""
    return ahead.figures(database_clock.now())


@register.simple_tag
def decided_soon() -> list[Session]:
    """Give the sessions to be decided within ten days, and one more than are shown. One query."""
    return ahead.decided_soon(database_clock.now())


@register.simple_tag
def two_weeks_ahead() -> ahead.Ahead:
    """Give the meetings of the next two weeks by day. Three queries."""
    return ahead.two_weeks(database_clock.now())


@register.simple_tag
def most_ahead() -> int:
    return ahead.MOST


@register.simple_tag
def office_search_form() -> SearchForm:
    return SearchForm()


@register.filter
def led_by(session: Session) -> str:
    """Return the names of the people who lead it, as they were read with it."""
    return ", ".join(one.name for one in session.led_by)


@register.filter
def place_words(meeting: Meeting) -> str:
    """Return the room, “Online”, or both."""
    room = str(meeting.venue) if meeting.venue else ""
    if room and meeting.join_link:
        return f"{room} and online"
    return room or "Online"
