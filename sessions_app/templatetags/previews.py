"""Tags for the card that chat programs show of a link to a session or a workshop."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from catalog.models import Workshop
from foundation.links import absolute
from foundation.portal.reader import Posture
from sessions_app.display.preview import (
    NEUTRAL,
    NEUTRAL_TITLE,
    NEUTRAL_WORDS,
    Preview,
    preview_of_session,
)
from sessions_app.display.rows import date_words
from sessions_app.models import Session
from sessions_app.templatetags.quorum import now_of, upcoming_dates

register = template.Library()


@register.inclusion_tag("sessions_app/_preview.html", takes_context=True)
def session_preview(context: Context, session: Session) -> dict[str, object]:
    """Write the card of the session of a session page. No query."""
    card = preview_of_session(
        session,
        context["meetings"],
        context["where"],
        context["zone"],
        absolute(session.get_absolute_url()),
        now_of(context),
        neutral=NEUTRAL in context["request"].GET,
    )
    return {"card": card, "office_name": context.get("office_name", SafeString())}


@register.inclusion_tag("sessions_app/_preview.html", takes_context=True)
def workshop_preview(context: Context, workshop: Workshop) -> dict[str, object]:
    """Write the card of a workshop: its sentence, and how many dates it has from when. The page's own query."""
    if workshop.seen_by != Posture.PUBLIC:
        return {"card": Preview(NEUTRAL_TITLE, NEUTRAL_WORDS, "", True), "office_name": context.get("office_name", "")}
    now = now_of(context)
    ahead = [date for date in upcoming_dates(context, workshop) if date.is_running]
    dates = date_words(len(ahead), ahead[0].starts_at if ahead else None, now)
    words = f"{workshop.summary} · {dates}" if workshop.summary else dates
    card = Preview(workshop.title, words, absolute(workshop.get_absolute_url()), False)
    return {"card": card, "office_name": context.get("office_name", SafeString())}
