"""What people are told about asking for what they need to take part."""

from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.html import format_html

from foundation.dates import local, short_day
from registrations.models import Accommodation, Registration
from sessions_app.models import Session

WHO_READS = "Only the people who arrange access read this. We delete it 30 days after the session."


class AccessLine(NamedTuple):
    """What the page of a registration says about access, and the words of the link to the page where one asks.

    `is_settled` is true once there is an answer.
    """

    words: str
    link: str
    is_settled: bool = False


def ask_by_words(session: Session, now: datetime) -> str:
    """“Ask by Tue, May 7 for an interpreter …”, or afterwards that it is worth asking anyway."""
    last, today = session.accommodation_by, local(now, session.time_zone)
    if today.date() > last.date():
        return "It may be too late for some arrangements; ask anyway."
    day = short_day(last, session.time_zone, today.year)
    return f"Ask by {day} for an interpreter, or anything else that takes time to arrange."


def asking_help(session: Session, now: datetime, is_carried: bool = False) -> str:
    """Say whether it is what was asked last time, by when to ask, what is there anyway, and who reads it."""
    sentences = [ask_by_words(session, now), WHO_READS]
    if session.workshop.has_captions_when(session.format):
        sentences.insert(1, "Live captions are on for people who take part online.")
    if is_carried:
        sentences.insert(0, "This is what you asked for last time.")
    return " ".join(sentences)


def access_line(registration: Registration, now: datetime) -> AccessLine | None:
    """Return what the page of a registration says about access, or None if nothing. Two queries."""
    asked = Accommodation.objects.of(registration)
    try:
        Accommodation.refuse_unless_askable(registration, now)
    except Accommodation.Refused:
        return AccessLine("You asked for something here.", "See or delete it") if asked else None
    if asked is None:
        return AccessLine(ask_by_words(registration.session, now), "Tell us what you need to take part")
    if asked.is_answered:
        return AccessLine("There is an answer to what you asked for.", "Read the answer", is_settled=True)
    words = "You have asked for what you need. We write to you when there is an answer."
    return AccessLine(words, "Change your access needs")


def offer_access(registration: Registration, now: datetime) -> str | None:
    """Offer to ask, to somebody who registered while signed out and could not ask then; None if they have asked."""
    asked, url = Accommodation.objects.of(registration), reverse("accommodation", args=[registration.uuid])
    if asked is None:
        return format_html(
            '{ask_by} <a href="{url}">Tell us what you need to take part</a>',
            ask_by=ask_by_words(registration.session, now),
            url=url,
        )
    if asked.asked_at != now:
        return None
    return format_html('What you asked for last time to take part comes along. <a href="{url}">Change it</a>', url=url)
