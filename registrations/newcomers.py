"""Registering while signed out: what was typed waits in the browser session until the mailed code is accepted."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.urls import resolve

from accounts.models import Person
from accounts.pressed.press import Press
from accounts.signals import DECIDING, person_changed
from foundation import database_clock
from foundation.verbs import verb
from registrations.clash import ACCEPT
from registrations.forms.mode import said_how, would_rather_wait
from registrations.forms.registering import WAIT, ProfileGapsForm, promised_in
from registrations.models import Accommodation, Registration
from registrations.models.standing import lock_all
from sessions_app.models import Session

KEY = "registration_intent"
LIFE = 60 * 60


@dataclass(frozen=True)
class Intent:
    """The person who owns `email` wants to register for the session `code`, with the profile they typed.

    An intent lives for an hour in one browser session and is carried out once, by the POST that accepts the mailed
    code.
    """

    code: str
    email: str
    name: str
    role: str
    unit: int | None = None
    campus: int | None = None
    mode: str = ""
    # SEAT or WAIT: what the button promised.
    promised: str = ""
    accepts_clash: bool = False
    at: float = field(default_factory=lambda: database_clock.now().timestamp())

    def wait_in(self, browser_session: SessionBase) -> None:
        """Put it into the browser session, instead of any other."""
        browser_session[KEY] = asdict(self)

    @classmethod
    def waiting_in(cls, browser_session: SessionBase) -> "Intent | None":
        """Return the intent that waits there, or None if there is none or its hour has passed."""
        typed = browser_session.get(KEY)
        intent = cls(**typed) if typed else None
        return intent if intent and database_clock.now().timestamp() - intent.at <= LIFE else None

    @classmethod
    def take_from(cls, browser_session: SessionBase) -> "Intent | None":
        """Return the intent that waits there and leave none behind."""
        intent = cls.waiting_in(browser_session)
        browser_session.pop(KEY, None)
        return intent

    @classmethod
    def of(cls, press: Press, person: Person) -> "Intent | None":
        """Return the intent of a `press` of the button that registers, of somebody whose sign-in had ended under it.

        None if the profile of `person` lacks something that was not typed: they register on the form, signed in.
        """
        typed, code, mode = press.data(), str(resolve(press.path).kwargs["code"]), ""
        promised = promised_in(typed)
        session = Session.objects.public().filter(code=code).first()
        profile: dict[str, Any] = {"name": "", "role": ""}
        if session is not None:
            form = ProfileGapsForm(typed, person=person, session=session)
            if not form.is_valid():
                return None
            profile, mode = form.profile, said_how(form)
            promised = WAIT if would_rather_wait(form) else promised
        return cls(
            code,
            person.email,
            profile["name"],
            profile["role"],
            profile.get("unit_id"),
            profile.get("campus_id"),
            mode=mode,
            promised=promised,
            accepts_clash=ACCEPT in typed,
        )

    @property
    def session(self) -> Session | None:
        return Session.objects.public().select_related("workshop").filter(code=self.code).first()

    @verb
    def carry_out(self, person: Person, now: datetime) -> Registration:
        """Fill what is empty in the profile of `person` and register them. Raises Registration.Refused, or Clash.

        What the profile already says is never overwritten. Of a clash the person decides on the form, signed in.
        """
        session = self.session
        if session is None:
            raise Registration.NotPublic("This session is not open for registration yet.")
        said = {"name": self.name, "role": self.role, "unit_id": self.unit, "campus_id": self.campus}
        complete_profile(person, session, **said)
        registrations = Registration.objects
        register = registrations.register if self.accepts_clash else registrations.register_unless_clash
        registration = register(person, session, now=now, mode=self.mode)
        Accommodation.objects.carry(registration, now=now)
        return registration


def complete_profile(person: Person, *sessions: Session, **said: Any) -> None:
    """Write `said` (name, role, unit_id, campus_id) into the empty fields of the profile, and into no others.

    Say so if one of them decides what the person may attend. Called in the transaction that then locks `sessions`: they
    are locked here if the person has seats, which may be freed, so that all are locked in ascending order.
    """
    missing = [name for name, value in said.items() if value and not getattr(person, name)]
    for name in missing:
        setattr(person, name, said[name])
    is_deciding = DECIDING.intersection(name.removesuffix("_id") for name in missing)
    if is_deciding:
        seats = person.registrations.registered().filter(session__starts_at__gt=database_clock.now())
        if held := [seat.session for seat in seats.select_related("session")]:
            lock_all([*sessions, *held])
    if missing:
        person.save(update_fields=missing)
    if is_deciding:
        person_changed.send(Person, person=person)
