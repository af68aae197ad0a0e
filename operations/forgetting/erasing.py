"""Erase a person: take them out of everything, and leave the counts right (G17).

1. Refuse where it has to wait: a legal hold, the last of the office, a session they lead.
2. Withdraw what they asked for, and give up every seat and place in line to come, by the verbs that everybody uses: so
   calendars are told, seats freed, and the next in line gets them.
3. Write the mail about that at once, while there is a name and an address to write it from.
4. Give the person a pseudonym; delete or empty their rows; take their names and addresses out of every text.

All of it is one transaction. Sessions are locked first, in ascending key order, and then the person, FOR UPDATE: who
registers at that moment holds the person FOR KEY SHARE (`Person.keep_here`), so that one comes after the other.
"""

import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet

from accounts.models import Person
from accounts.models.groups import OfficeGroup, managers
from foundation import database_clock
from foundation.dates import day_and_time
from foundation.record import record
from foundation.verbs import lock_row, lock_rows, verb
from foundation.wake import wake
from notifications.kinds.account import owe_farewell
from notifications.tasks import deliver_soon
from operations.forgetting import mail
from operations.forgetting.rows import forget_rows
from operations.forgetting.words import known_as, take_out
from operations.models import LegalHold
from registrations.models import Nomination, Registration
from registrations.models.standing import lock_all
from sessions_app.models import Session, SessionRequest

logger = logging.getLogger(__name__)

# Without letters and digits that look alike.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
NO_ADDRESS = "erased.invalid"
MOST_TRIES = 5


class NotErased(Exception):
    """The erasure was refused; `str(error)` is the sentence shown to the person, or to the office."""


class Held(NotErased):
    """A legal hold stands."""


class LastOfTheOffice(NotErased):
    """Nobody else could look after the office."""


class Leads(NotErased):
    """The person leads a session to come."""


class ActsForTheRule(NotErased):
    """It is the account that acts for the rule."""


class _Joined(Exception):
    """The person joined another session before they were locked."""


@dataclass(frozen=True)
class Foreseen:
    """What an erasure does, counted, for the page that asks."""

    seats: list[Registration]
    waiting: list[Registration]
    requests: int
    took_part: int
    certificates: int
    outside: int

    @property
    def ending(self) -> list[Registration]:
        return [*self.seats, *self.waiting]


def foresee(person: Person, now: datetime) -> Foreseen:
    """Return what erasing `person` at `now` gives up, and what it takes the name from. Changes nothing."""
    coming = list(_coming(person, now).select_related("session__workshop").order_by("session__starts_at", "pk"))
    return Foreseen(
        seats=[one for one in coming if one.is_registered],
        waiting=[one for one in coming if one.is_waitlisted],
        requests=person.session_requests.filter(status=SessionRequest.Status.WAITING).count(),
        took_part=person.attendances.filter(state="here").values("meeting__session").distinct().count(),
        certificates=person.certificates.count(),
        outside=person.outside_activities.count(),
    )


def refuse_unless_erasable(person: Person, by: Person, now: datetime) -> None:
    """Raise the NotErased that says what has to be done first, to the person themself or to the office."""
    is_own = person.pk == by.pk
    if person.email == Person.objects.RULE_ADDRESS:
        raise ActsForTheRule(f"{settings.PRODUCT_NAME} itself acts for the rule, and stays.")
    if said := LegalHold.objects.sentence(person, now):
        raise Held(
            f"For a legal reason nothing about you may be deleted now. Write to {settings.OFFICE_EMAIL} to ask until "
            "when."
            if is_own
            else said
        )
    led = Session.objects.filter(facilitators__person=person, ends_at__gt=now).exclude(
        status__in=[Session.Status.CANCELLED, Session.Status.COMPLETED]
    )
    if session := led.select_related("workshop").order_by("starts_at", "pk").first():
        when = day_and_time(session.starts_at, session.time_zone)
        raise Leads(
            f"You lead “{session.workshop.title}” on {when}. Ask the office ({settings.OFFICE_EMAIL}) to let somebody "
            "else lead it; then come back."
            if is_own
            else f"{person} leads “{session.workshop.title}” on {when}. Let somebody else lead it first."
        )
    if person.is_staff:
        _refuse_the_last(person)


def _refuse_the_last(person: Person) -> None:
    if not Person.objects.filter(is_staff=True, is_active=True).exclude(pk=person.pk).exists():
        raise LastOfTheOffice("Nobody else is of the office. Add somebody to it first.")
    if [each.pk for each in managers()] == [person.pk]:
        raise LastOfTheOffice(f"{person} is the only Manager. Make somebody else Manager first.")


def erase(person: Person, by: Person, reason: str = "", now: datetime | None = None) -> None:
    """Take `person` out of everything because they ask for it, or because `by`, of the office, says why.

    A second call changes nothing. Raises NotErased. Somebody who registers at that moment is waited for.
    """
    now = now or database_clock.now()
    for _ in range(MOST_TRIES):
        try:
            return _erase(person, by, reason, now)
        except _Joined:
            continue
    raise NotErased("They are registering at this moment. Try again in a minute.")


@verb
def _erase(person: Person, by: Person, reason: str, now: datetime) -> None:
    for request in SessionRequest.objects.filter(by=person, status=SessionRequest.Status.WAITING).order_by("pk"):
        with suppress(SessionRequest.Ended):
            request.withdraw(by=by, now=now)
    locked = _sessions_of(person)
    lock_all(locked)
    _lock_for_good(person)
    if person.erased_at is not None:
        return
    if {one.pk for one in _sessions_of(person)} - {one.pk for one in locked}:
        raise _Joined
    if person.is_staff:
        # As where a group is taken away, so that the last two cannot go at once.
        lock_rows(Group.objects.filter(name=OfficeGroup.MANAGER))
    refuse_unless_erasable(person, by, now)
    by = person if by.pk == person.pk else by
    for nomination in Nomination.objects.open().filter(email=person.email):
        nomination.decline(person, now=now)
    for registration in _coming(person, now).select_related("session", "person").order_by("session_id", "pk"):
        registration.person = person
        registration.withdraw(by=by, now=now)
    name = f"Erased person {''.join(secrets.choice(LETTERS) for _ in range(6))}"
    known = known_as(person, f"{secrets.token_hex(8)}@{NO_ADDRESS}", name)
    mail.write_what_is_owed(person, known.addresses, now)
    owe_farewell(person, _said_to(person, by), now)
    _take_the_name(person, known.address, name, now)
    me = Person.objects.filter(pk=person.pk)
    forget_rows(me, set(known.addresses))
    mail.forget_mail(person, known.addresses)
    take_out(known, but=mail.on_its_way_to(person))
    said = known.taken_out_of(reason.strip())
    record(by, person, "Erased, as they asked." if by is person else f"Erased by {by}. {said}".strip())
    logger.info("person %s was erased by person %s", person.pk, by.pk)
    wake(deliver_soon)


def _said_to(person: Person, by: Person) -> str:
    """Return the sentence of the last mail that says who wanted it."""
    if by.pk == person.pk:
        return "You asked to be erased here, and you are."
    if by.email == Person.objects.RULE_ADDRESS:
        return "Nobody has used your account here for a long time, so it is erased."
    return "The office has erased you here."


def _sessions_of(person: Person) -> list[Session]:
    """Return the sessions in which something is the person's: a registration, or a nomination of their address."""
    theirs = Q(registrations__person=person) | Q(nominations__email=person.email)
    return list(Session.objects.filter(theirs).order_by("pk").distinct())


def _lock_for_good(person: Person) -> None:
    """Lock the row of the person against everybody, also who only points to it, and refresh it."""
    lock_row(person)
    person.refresh_from_db(from_queryset=Person.objects.select_for_update(of=("self",)).order_by())


def _coming(person: Person, now: datetime) -> QuerySet[Registration]:
    """Return the seats and places in line that can still be given up."""
    ahead = Q(session__meetings__starts_at__gt=now, session__meetings__cancelled_at=None)
    keys = Registration.objects.active().filter(ahead, person=person).order_by().values("pk").distinct()
    return Registration.objects.filter(pk__in=keys)


def _take_the_name(person: Person, address: str, name: str, now: datetime) -> None:
    """Give the person the pseudonym. Role, unit and campus stay, because figures count by them."""
    person.email, person.name, person.erased_at = address, name, now
    person.pronouns = person.addressed_as = ""
    person.is_active = person.is_staff = person.is_superuser = False
    person.discreet_titles, person.discreet_titles_chosen_at, person.last_login = False, None, None
    person.set_unusable_password()
    person.save(
        update_fields=[
            "email",
            "name",
            "erased_at",
            "pronouns",
            "addressed_as",
            "is_active",
            "is_staff",
            "is_superuser",
            "discreet_titles",
            "discreet_titles_chosen_at",
            "last_login",
            "password",
        ]
    )
