"""What people read about asking for what they need to take part."""

from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.models import Format
from foundation.dates import local, short_day
from registrations.models import Accommodation, Registration
from sessions_app.models import Session

WHO_READS = "Only the people who arrange access read this. We delete it 30 days after the session."


def ask_by_words(session: Session, now: datetime) -> str:
    """“Ask by Tue, May 7 for an interpreter …”, or afterwards that it is worth asking anyway."""
    last, today = session.accommodation_by, local(now, session.time_zone)
    if today.date() > last.date():
        return "It may be too late for some arrangements; ask anyway."
    day = short_day(last, session.time_zone, today.year)
    return f"Ask by {day} for an interpreter, or anything else that takes time to arrange."


def asking_help(session: Session, now: datetime, is_carried: bool = False) -> str:
    """Say whether it is what was asked last time, by when to ask, what is there anyway, and who reads it."""
    last_time = "This is what you asked for last time. " if is_carried else ""
    captions = "" if session.format == Format.IN_PERSON else "Captions are always on. "
    return f"{last_time}{ask_by_words(session, now)} {captions}{WHO_READS}"


def access_line(registration: Registration, now: datetime) -> dict | None:
    """Return what the page of a registration says about access (`words`, `link`), or None if nothing. Two queries."""
    asked = Accommodation.objects.of(registration)
    try:
        Accommodation.refuse_unless_askable(registration, now)
    except Accommodation.Refused:
        return {"words": "You asked for something here.", "link": "See or delete it"} if asked else None
    if asked is None:
        return {"words": ask_by_words(registration.session, now), "link": "Tell us what you need to take part"}
    if asked.is_answered:
        return {"words": "There is an answer to what you asked for.", "link": "Read the answer"}
    words = "You have asked for what you need. We write to you when there is an answer."
    return {"words": words, "link": "Change your access needs"}


def offer_access(registration: Registration, now: datetime) -> SafeString | None:
    """Offer to ask, to whoever registered while signed out and could not be asked then; None if they have asked."""
    asked = Accommodation.objects.of(registration)
    if asked and asked.asked_at != now:
        return None
    words = (
        "What you asked for last time to take part comes along." if asked else ask_by_words(registration.session, now)
    )
    link = "Change it" if asked else "Tell us what you need to take part"
    url = reverse("accommodation", args=[registration.uuid])
    return format_html('{} <a href="{}">{}</a>', words, url, link)
