"""What people are told about asking for what they need to take part."""

from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.html import format_html

from foundation.dates import local, short_day
from foundation.text import number_words
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


def asking_help(session: Session, now: datetime) -> str:
    """Say by when to ask, what is there anyway, and who reads it."""
    sentences = [ask_by_words(session, now), WHO_READS]
    if session.workshop.has_captions_when(session.format):
        sentences.insert(1, "Live captions are on for people who take part online.")
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


def and_access(
    said: str, registration: Registration, asked: Accommodation | None, now: datetime, last: datetime | None = None
) -> str:
    """Return what was `said` after somebody joined, and ask whether they need anything to take part.

    `last` is the session's `accommodation_by`, read before what was said was saved: nothing is to fail after it.

    The form does not ask: to register takes one press. What they asked for last time, if they said to keep it, has come
    along. `asked` is what is asked with the registration: nothing is added for a person who has asked since.
    """
    url = reverse("accommodation", args=[registration.uuid])
    if asked is None:
        return format_html(
            '{said}<br>{do_you_need} <a href="{url}">Tell us what you need to take part</a>',
            said=said,
            do_you_need=_do_you_need(registration.session, last or registration.session.accommodation_by, now),
            url=url,
        )
    if asked.asked_at != registration.registered_at:
        return said
    return format_html(
        '{said}<br>What you asked for last time to take part comes along. <a href="{url}">Change it</a>',
        said=said,
        url=url,
    )


def _do_you_need(session: Session, last: datetime, now: datetime) -> str:
    """“Is there anything you need to take part? For interpreters, two weeks’ notice helps: tell us by …”"""
    zone = session.time_zone
    today, starts = local(now, zone).date(), local(session.starts_at, zone).date()
    days = (starts - last.date()).days
    if today > last.date() or days < 1:
        return "Is there anything you need to take part? Some arrangements take longer than is left; ask anyway."
    day, weeks = short_day(last, zone, today.year), number_words(days // 7)
    if days == 7:
        return f"Is there anything you need to take part? For interpreters, a week’s notice helps: tell us by {day}."
    if days % 7 == 0:
        return (
            f"Is there anything you need to take part? For interpreters, {weeks} weeks’ notice helps: tell us by {day}."
        )
    return f"Is there anything you need to take part? For interpreters, it helps to know by {day}."
