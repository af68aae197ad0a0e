"""Press: one POST that met nobody signed in, as it was typed, in the browser session."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from accounts.browser_sessions.model import BrowserSession, name_of
from accounts.models import Person
from foundation import database_clock

KEY = "press"
LIFE = 60 * 60
# Characters of all that was typed.
MOST = 100_000
TOKEN = "csrfmiddlewaretoken"

KEPT = "You were signed out before this was sent. Sign in: what you typed is kept for an hour."
NOT_KEPT = "You were signed out before this was sent, and it is more than we can keep. Sign in, and send it again."


@dataclass(frozen=True)
class Press:
    """A POST to `path`, the address of the page named `view`, with its `fields`. After signing in one comes to `next`.

    It waits for an hour in one browser session, which is sealed, and for one person: `person` is the key of the one
    whose sign-in had ended, where that is known, and `email` the address that asked for a code on the page to which the
    press led. Somebody else who signs in at the same computer does not see it.
    """

    path: str
    view: str
    fields: list[tuple[str, str]]
    next: str
    person: int | None = None
    email: str = ""
    at: float = field(default_factory=lambda: database_clock.now().timestamp())

    def wait_in(self, browser_session: SessionBase) -> None:
        """Put it into the browser session, instead of any other."""
        browser_session[KEY] = asdict(self)

    @classmethod
    def waiting_in(cls, browser_session: SessionBase) -> "Press | None":
        """Return the press that waits there, or None if there is none or its hour has passed."""
        kept = browser_session.get(KEY)
        press = cls(**kept) if kept else None
        return press if press and database_clock.now().timestamp() - press.at <= LIFE else None

    @classmethod
    def waiting_for(cls, browser_session: SessionBase, person: Person) -> "Press | None":
        """Return the press that waits there if it is that of `person`, who has signed in since."""
        press = cls.waiting_in(browser_session)
        is_theirs = press and press.email == person.email and press.person in (None, person.pk)
        return press if is_theirs else None

    @classmethod
    def take_from(cls, browser_session: SessionBase, person: Person, *views: str) -> "Press | None":
        """Return the press of `person` that waits there for one of these `views`, and leave none behind."""
        press = cls.waiting_for(browser_session, person)
        if press is None or press.view not in views:
            return None
        forget_in(browser_session)
        return press

    def data(self) -> dict[str, Any]:
        """Return the last value of each field, by name."""
        return {str(name): value for name, value in self.fields}

    def prose(self) -> list[str]:
        """Return what was typed in words, for a page: not the codes and boxes of the form."""
        values = (value.strip() for _, value in self.fields)
        return [value for value in values if any(sign.isspace() or sign == "@" for sign in value)]


def keep(request: HttpRequest, next_url: str = "", words: str = KEPT) -> HttpResponseRedirect:
    """Keep the POST until its person has signed in, say so in `words`, and lead to the page where they do.

    From there they come to `next_url`, or to the page where one press sends it. What is too long, or has files, is not
    kept, and the page says that.
    """
    page = request.resolver_match
    fields = [(name, value) for name, values in request.POST.lists() if name != TOKEN for value in map(str, values)]
    if request.FILES or sum(len(name) + len(value) for name, value in fields) > MOST or page is None:
        messages.warning(request, NOT_KEPT)
        return redirect(reverse("account_login"))
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    ended = BrowserSession.objects.filter(name=name_of(cookie)).first() if cookie else None
    next_url = next_url or reverse("unsent")
    press = Press(request.path, page.view_name, fields, next_url, ended.person_id if ended else None)
    press.wait_in(request.session)
    messages.info(request, words)
    return redirect(reverse("account_login", query={"next": next_url}))


def bind(request: HttpRequest, email: str, next_url: str | None) -> None:
    """Let a press wait for the person with this address, who signs in where the press led; else forget it.

    `next_url` is the page to which they come once they are signed in.
    """
    press = Press.waiting_in(request.session)
    if press is not None and next_url == press.next:
        replace(press, email=email).wait_in(request.session)
    else:
        forget_in(request.session)


def forget_in(browser_session: SessionBase) -> None:
    """Let go of what waits there."""
    browser_session.pop(KEY, None)


def forget_sent(request: HttpRequest) -> None:
    """Let go of what waits there if this request, of somebody signed in, sends it."""
    kept = request.session.get(KEY)
    if kept and kept["path"] == request.path:
        forget_in(request.session)
