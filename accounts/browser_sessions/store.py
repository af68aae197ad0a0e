"""Keep browser sessions in the database, sealed: SESSION_ENGINE.

What Django's own back end writes is only signed: a look at the table would show sign-in codes, what people typed before
they signed in, and the key of an authenticator app that is being set up. Nothing here is asynchronous, as the portal is
not.
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.utils import url_str_to_user_pk
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils.crypto import get_random_string

from accounts.browser_sessions.model import BrowserSession, name_of
from accounts.sealed import SIGN_INS, Unreadable
from foundation import database_clock
from foundation.prepared import prepared

# How exactly we know when a browser session was last used: more often nothing is written.
USE_IS_NOTED = timedelta(minutes=5)
PENDING_LOGIN = "account_login"  # where allauth keeps a sign-in that still lacks its code or its second factor


@prepared
def alive_of(name: str, idle_since: datetime, now: datetime) -> QuerySet[BrowserSession]:
    """Return the browser session of that name, if it is alive at `now`."""
    return BrowserSession.objects.used_since(idle_since, now).filter(name=name)


class SessionStore(DatabaseStore):
    """A browser session whose data is sealed, and whose row is named by a digest of the cookie."""

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:  # type: ignore[override] # it has other columns than Django's
        return BrowserSession

    @classmethod
    def clear_expired(cls) -> None:
        """Delete every browser session that opens nothing any more."""
        BrowserSession.objects.over(database_clock.now()).delete()

    def get_session_cookie_age(self) -> int:
        """Return for how many seconds it holds: 30 days for a person who signed in, else only while a code is awaited.

        A sign-in has a date of its own on which it ends; this is for browser sessions without one.
        """
        return settings.SESSION_COOKIE_AGE if SESSION_KEY in self else settings.ACCOUNT_LOGIN_TIMEOUT

    def encode(self, session_dict: dict[str, Any]) -> str:
        return SIGN_INS.seal(self.serializer().dumps(session_dict).decode("latin-1"))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return what was kept; nothing if no key opens it, and the browser starts with an empty one."""
        try:
            return self.serializer().loads(SIGN_INS.unseal(str(session_data)).encode("latin-1"))
        except (Unreadable, ValueError):
            return {}

    def load(self) -> dict[str, Any]:
        """Read it, and have it written with the answer if its last use is to be noted."""
        now = database_clock.now()
        found = alive_of(name_of(self.session_key or ""), now - settings.OFFICE_IDLE, now)
        if not found:
            self._session_key = None
            return {}
        row = found[0]
        kept = self.decode(row.sealed)
        if kept and now - row.last_used_at >= USE_IS_NOTED:
            self.modified = True
        return kept

    def _get_new_session_key(self) -> str:
        """Return a key nobody has. It is not looked up: of 36 to the 32nd none comes twice, or the row is refused."""
        return get_random_string(32, VALID_KEY_CHARS)

    def exists(self, session_key: str) -> bool:
        return BrowserSession.objects.filter(name=name_of(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            BrowserSession.objects.filter(name=name_of(key)).delete()

    def save(self, must_create: bool = False) -> None:
        """Write it. What is there already is written in one statement, for which Django takes a transaction."""
        if must_create or self.session_key is None or connection.in_atomic_block:
            super().save(must_create=must_create)
            return
        try:
            self.create_model_instance(self._get_session()).save(force_update=True)  # type: ignore[attr-defined]
        except DatabaseError as error:
            raise UpdateError from error

    def cycle_key(self) -> None:
        """Give the browser session another key, under which no try of a code was taken, and end the one it had."""
        data, key = self._session, self.session_key  # type: ignore[attr-defined] # it is Django's
        self._session_key = self._get_new_session_key()
        row = self.create_model_instance(data)
        columns = {field.name: getattr(row, field.name) for field in row._meta.fields if field.name != "person"}
        if not (key and BrowserSession.objects.filter(name=name_of(key)).update(person=row.person_id, **columns)):
            self.create()
        self._session_cache = data
        self.modified = True

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:  # type: ignore[override]
        """Return the row to write: whose it is stands beside the seal, so that a person's sign-ins can be found."""
        if self.session_key is None:
            self._session_key = self._get_new_session_key()
        pending = (data.get(PENDING_LOGIN) or {}).get("user_pk")
        return BrowserSession(
            name=name_of(str(self.session_key)),
            sealed=self.encode(data),
            ends_at=self.get_expiry_date(),
            person_id=data.get(SESSION_KEY) or (url_str_to_user_pk(pending) if pending else None),
            last_used_at=database_clock.now(),
        )
