"""What the hands can do, and what can be taken away from them."""

from collections.abc import Callable, Iterable
from typing import cast

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse

from accounts.models import Person
from devtools.testing.page import read
from devtools.torture.hands import Action
from devtools.torture.stage import office
from foundation import database_clock
from office.stale.forms import MergesStale
from outcomes.checking_in.code_of_the_day import code_of
from outcomes.checking_in.roll import say_here
from outcomes.models import Attendance
from registrations.models import MergeOffer, Registration, RegistrationQuerySet, several
from sessions_app.models import Session
from sessions_app.schedule_import.changing import Wish, change_of

# One for all clients: each of its own would look through the static files again.
HANDLER = ClientHandler(enforce_csrf_checks=False)


def press(session: Session, action: Action) -> Callable:
    client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    client.handler = HANDLER
    client.force_login(Person.objects.get(pk=action.person))
    posted = {"mode": action.mode} if action.mode else {}
    return lambda: str(client.post(reverse("register", args=[session.code]), posted).status_code)


def register(session: Session, action: Action) -> Callable:
    person = Person.objects.get(pk=action.person)
    return lambda: Registration.objects.register(person, session, now=action.now).status


def register_all(session: Session, action: Action) -> Callable:
    person, chosen = Person.objects.get(pk=action.person), Session.objects.in_bulk(action.keys)
    sessions = [chosen[key] for key in action.keys]
    return lambda: ", ".join({one.status for one in Registration.objects.register_for_all(person, sessions)})


def withdraw(session: Session, action: Action) -> Callable:
    registration = Registration.objects.active().get(session=session, person=action.person)
    return lambda: registration.withdraw(registration.person, now=action.now)


def switch(session: Session, action: Action) -> Callable:
    registration = Registration.objects.active().get(session=session, person=action.person)
    return lambda: registration.switch(action.mode, registration.person, now=action.now)


def transfer(session: Session, action: Action) -> Callable:
    registration = Registration.objects.active().get(session=session, person=action.person)
    to = Session.objects.get(pk=action.to)
    return lambda: registration.transfer(to, registration.person, now=action.now).status


def say_yes(session: Session, action: Action) -> Callable:
    offer = MergeOffer.objects.open().get(registration__session=session, registration__person=action.person)
    return lambda: offer.accept(now=action.now) and None


def end_merge(session: Session, action: Action) -> Callable:
    by = office()
    return lambda: session.end_merge(by, now=action.now) and None


def settle(session: Session, action: Action) -> Callable:
    return lambda: session.settle(now=action.now)


def cancel(session: Session, action: Action) -> Callable:
    by = office()
    return lambda: session.cancel("Snow.", by=by, now=action.now)


def use_code(session: Session, action: Action) -> Callable:
    client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    client.handler = HANDLER
    client.force_login(Person.objects.get(pk=action.person))
    code = code_of(session.meetings.get())
    return lambda: str(client.post(reverse("check_in_with"), {"code": code}).status_code)


def tick(session: Session, action: Action) -> Callable:
    registration, meeting, by = session.registrations.get(person=action.person), session.meetings.get(), office()
    return lambda: say_here(meeting, f"r-{registration.uuid}", by, database_clock.now()) and None


def add(session: Session, action: Action) -> Callable:
    meeting, by = session.meetings.get(), office()
    return lambda: Attendance.objects.walk_in(meeting, by, name=f"Guest {action.person}") and None


def edit(session: Session, action: Action) -> Callable:
    """Open the session’s page as somebody of the office, and type `mode` (“capacity=30”); called, it is saved."""
    settings.OFFICE_SECOND_FACTOR = False
    client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    client.handler = HANDLER
    client.force_login(Person.objects.get(pk=action.person))
    page, (name, _, value) = reverse("admin:sessions_app_session_change", args=[session.pk]), action.mode.partition("=")
    shown = read(cast(HttpResponse, client.get(page)))
    typed = shown.form(id="session_form").data | {name: value, "_save": "Save"}
    return lambda: save(client, page, typed)


def save(client: Client, page: str, typed: dict) -> str:
    """Save a page of the office; look at what clashes, and keep what was typed; say yes to what it asks first."""
    said = ""
    for _ in range(5):
        response = client.post(page, typed)
        if response.status_code == 302:
            return f"{said}saved"
        shown = read(cast(HttpResponse, response))
        typed = shown.form(id="session_form").data | {"_save": "Save"}
        if response.status_code == 409:
            said = "clash then "
        elif shown.parts("#agreed"):
            typed |= {"agreed": shown.field(name="agreed").attributes["value"]}
        else:
            break
    return f"not saved, {response.status_code}"


def take_in(session: Session, action: Action) -> Callable:
    """Write a link to join as a row of an import does that changes a session."""
    by = office()

    def write() -> None:
        with transaction.atomic():
            fresh = Session.objects.select_related("workshop").get(pk=session.pk)
            wish = Wish(join_link=action.mode)
            change_of(fresh, [fresh.meetings.get()], fresh.facilitators.all(), wish).carry_out(by, database_clock.now())

    return write


ALL = (
    press,
    register,
    register_all,
    withdraw,
    switch,
    transfer,
    say_yes,
    end_merge,
    settle,
    cancel,
    use_code,
    tick,
    add,
    edit,
    take_in,
)
VERBS = {verb.__name__: verb for verb in ALL}


def prepare(action: Action) -> Callable[[], str]:
    """Fetch what the verb needs. Returns the function that calls it and says what came of it."""
    call = VERBS[action.verb](Session.objects.select_related("workshop").get(pk=action.key), action)

    def do() -> str:
        try:
            return str(call() or "done")
        except (Session.Refused, Registration.Refused, Attendance.Refused) as refusal:
            return f"refused {type(refusal).__name__}"
        # The errors that a verb raises are what the run is about.
        except Exception as error:
            return f"failed {type(error).__name__}: {error}".splitlines()[0]

    return do


def take_the_lock_away() -> None:
    Session.lock = Session.refresh_from_db  # type: ignore[method-assign] # what is to be shown broken


def begin_late() -> None:
    """Let a transaction of SQLite take the write lock only at its first change, when what it read may be old."""
    connection.settings_dict["OPTIONS"]["transaction_mode"] = "DEFERRED"


def lock_in_any_order() -> None:
    """Let each person lock the sessions in the order they chose them in."""

    def lock(sessions: Iterable[Session]) -> None:
        for session in sessions:
            session.lock()

    several.lock_all = lock


def give_one_by_one() -> None:
    """Let each seat of several be given in a transaction of its own, until one is refused."""

    def register(_: object, person: Person, sessions: list[Session]) -> list[Registration]:
        in_time = sorted(sessions, key=lambda session: session.starts_at)
        return [Registration.objects.register(person, session, seat=True) for session in in_time]

    RegistrationQuerySet.register_for_all = register  # type: ignore[assignment, method-assign]


def let_stale_pages_write() -> None:
    """Save what a page shows, whatever somebody else has changed since."""
    MergesStale._merge = lambda *anything: None  # type: ignore[method-assign]


WITHOUT = {
    "merging": let_stale_pages_write,
    "lock": take_the_lock_away,
    "lock and index": take_the_lock_away,  # the run itself drops the index
    "immediate transactions": begin_late,
    "one order of locks": lock_in_any_order,
    "one transaction": give_one_by_one,
}
