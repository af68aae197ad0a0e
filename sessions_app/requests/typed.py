"""What somebody typed into the form while signed out: it waits in the browser session until they are back."""

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

from foundation import database_clock

KEY = "request_typed"
LIFE = 60 * 60


def wait_in(browser_session: SessionBase, typed: QueryDict, names: set[str]) -> None:
    """Keep the fields `names` of a form that is right, for an hour and in place of any others."""
    kept = {name: typed[name] for name in names if name in typed}
    browser_session[KEY] = {"at": database_clock.now().timestamp(), "fields": kept}


def waiting_in(browser_session: SessionBase) -> dict[str, str]:
    """Return the fields that wait there; nothing once their hour has passed."""
    kept = browser_session.get(KEY)
    if not kept or database_clock.now().timestamp() - kept["at"] > LIFE:
        return {}
    return kept["fields"]


def forget_in(browser_session: SessionBase) -> None:
    """Let go of what waits there: the request is made."""
    browser_session.pop(KEY, None)
