"""The rows of My training: a date row that leads to what the person has there, and joins on the day."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from registrations.models import Registration
from sessions_app.display.rows import row

if TYPE_CHECKING:
    from sessions_app.display.rows import ListedSession


def own_row_html(
    session: "ListedSession", own: Registration, now: datetime, join_link: str, attended: str
) -> SafeString:
    """Render the row of one of `listing()`; `join_link` is the address to join today, or empty.

    `attended` says whether the person was there, where it is known.
    """
    shown = row(session, now, own, settings.TIME_ZONE)
    context = {"row": shown, "own": own, "join_link": join_link, "attended": attended}
    return mark_safe(get_template("registrations/_own_row.html").render(context))
