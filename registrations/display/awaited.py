"""What the page that asks for the code says of what is done once the code is accepted."""

from datetime import datetime
from typing import NamedTuple

from django.contrib.sessions.backends.base import SessionBase
from django.urls import resolve, reverse

from accounts.pressed.press import Press
from catalog.models import Workshop
from registrations.forms.mode import WAIT as OR_WAIT
from registrations.forms.registering import SEAT, promised_in
from registrations.newcomers import Intent
from registrations.waitlist import has_room
from sessions_app.models import Session


class Awaited(NamedTuple):
    """What waits for the code in words, the words of the button, and the page to go back to and correct the address.

    `news` says what has changed since the form was sent; "" for nothing.
    """

    words: str
    button: str
    back: str
    news: str = ""


def awaited(browser_session: SessionBase, now: datetime) -> Awaited | None:
    """Return what waits in this browser session for its code, None for a sign-in and no more. Two queries, or none."""
    intent, press = Intent.waiting_in(browser_session), Press.waiting_in(browser_session)
    if intent is not None and (press is None or press.at < intent.at):
        return _registration(intent.session, intent.mode, intent.promised, reverse("register", args=[intent.code]), now)
    if press is None:
        return None
    named, back = resolve(press.path).kwargs, reverse("account_login", query={"next": press.next})
    if press.view == "register":
        session = Session.objects.public().select_related("workshop").filter(code=named["code"]).first()
        typed = press.data()
        return _registration(session, str(typed.get("mode", "")).removesuffix(OR_WAIT), promised_in(typed), back, now)
    if press.view == "interested":
        workshop = Workshop.objects.published().filter(slug=named["slug"]).first()
        words = f"We tell you when {workshop} has a new date, once you have entered this code."
        return Awaited(words, "Confirm", back) if workshop else None
    return Awaited("What you typed is kept: you can send it once you have entered this code.", "Sign in", back)


def _registration(session: Session | None, mode: str, promised: str, back: str, now: datetime) -> Awaited | None:
    if session is None:
        return None
    title = session.workshop.title
    if has_room(session, now, mode):
        return Awaited(f"Your registration for {title} is waiting for this code.", "Confirm and register", back)
    words = f"Your place on the waitlist for {title} is waiting for this code."
    news = "The last seat has gone since you registered." if promised == SEAT else ""
    return Awaited(words, "Confirm and join the waitlist", back, news)
