"""What pages show to people who lead sessions."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from foundation import database_clock
from sessions_app.display.rows import day_by_day, row
from sessions_app.models import Leading, Session

if TYPE_CHECKING:
    from sessions_app.display.rows import ListedSession

register = template.Library()


@register.simple_tag(takes_context=True)
def led_rows(context: dict[str, Any], sessions: "Iterable[ListedSession]", asked: dict[int, Leading]) -> SafeString:
    """Show a row for each of `listing()` that the viewer leads; `asked` has what they were asked, by session id."""
    now, zone = context.get("now") or database_clock.now(), settings.TIME_ZONE
    shown = list(sessions)
    rows = day_by_day(row(session, now, None, zone, button=False) for session in shown)
    page, pairs = get_template("registrations/leading/_row.html"), zip(rows, shown, strict=True)
    return mark_safe("".join(page.render({"row": one, "asked": asked.get(session.pk)}) for one, session in pairs))


@register.simple_tag(takes_context=True)
def leads_next(context: dict[str, Any]) -> int:
    """Return how many sessions to come the viewer leads; -1 for people who lead nothing. One query, or two."""
    person = context["request"].user
    if not hasattr(person, "facilitator"):
        return -1
    led = Session.objects.running().upcoming(context.get("now") or database_clock.now())
    return led.filter(facilitators=person.facilitator).count()
