"""Sign-ins: the browsers in which a person is signed in, as that person sees and ends them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

from accounts.browser_sessions.devices import device_words
from accounts.browser_sessions.model import name_of
from accounts.browser_sessions.store import SessionStore
from accounts.models import Person

NOTE = "sign_in"  # the key in the browser session


@dataclass(frozen=True)
class SignIn:
    """One browser in which a person is signed in. `name` names it in the database; `is_this_one` is where they look."""

    name: str
    device: str
    began_at: datetime
    last_used_at: datetime
    is_this_one: bool


def note_sign_in(request: HttpRequest, now: datetime) -> None:
    """Write into the browser session from which device and when somebody signs in, and end it for good in 30 days."""
    device = device_words(request.META.get("HTTP_USER_AGENT", ""))
    request.session[NOTE] = {"device": device, "at": now.isoformat()}
    request.session.set_expiry(now + timedelta(seconds=settings.SESSION_COOKIE_AGE))


def sign_ins_of(person: Person, request: HttpRequest, now: datetime) -> list[SignIn]:
    """Return the sign-ins of `person`: this one first, then the one used last.

    What waits for a second factor, and what no key opens, is none.
    """
    this_one, store = name_of(request.session.session_key or ""), SessionStore()
    found = []
    for row in person.browser_sessions.alive(now).order_by("-last_used_at"):
        kept = store.decode(row.sealed)
        if SESSION_KEY in kept:
            note = kept[NOTE]
            began_at = datetime.fromisoformat(note["at"])
            found.append(SignIn(row.pk, note["device"], began_at, row.last_used_at, row.pk == this_one))
    return sorted(found, key=lambda one: not one.is_this_one)
