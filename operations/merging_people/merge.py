"""Two accounts of one person become one: the verb, and what it will do, in sentences.

1. Every session of both is locked, in ascending order; then both accounts, so that nobody is registered under either
   in between: the database makes the row of a registration wait for the account it points to, and refuses it once the
   account is gone.
2. What would be done is put together again. If it is not what somebody has said yes to, nothing is done (Changed).
3. Seats, attendance and certificates follow (seats.py), then all other rows (moves.py), then the profile.
4. The account goes. Its address opens nothing any more: who asks there for a code reads to use the other address.
"""

import hashlib
import logging
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from accounts.models import Champion, OtherAddress, Person
from catalog.models import Facilitator
from foundation import database_clock
from foundation.record import record
from foundation.verbs import lock_row, verb
from foundation.wake import wake
from notifications.kinds.account import owe_account_news
from notifications.models import CalendarFeed, Notice
from notifications.tasks import deliver_soon
from operations.merging_people.moves import foreign_keys, move_rows, same_rows
from operations.merging_people.seats import move_seats, pairs_of, second_certificates, sessions_of
from operations.models import LegalHold
from outcomes.models import Attendance, Certificate
from registrations.models import Nomination, Registration
from sessions_app.models import Session

logger = logging.getLogger(__name__)

FILLED = ("name", "pronouns", "addressed_as", "role", "unit_id", "campus_id")
NEWS = "Two accounts of yours have become one. Sign in with the address of the account that stays"


class Refused(Exception):
    """Two accounts are not made one; `str(error)` is the sentence shown to the office."""


class Changed(Refused):
    """What would be done is not what was shown."""


@dataclass(frozen=True)
class Plan:
    """What merging does: `moves` in numbers of what follows, `collides` a sentence for each thing both have."""

    moves: list[tuple[str, int]] = field(default_factory=list)
    collides: list[str] = field(default_factory=list)

    @property
    def agreement(self) -> str:
        """What a yes to exactly this is."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def plan(kept: Person, gone: Person, by: Person) -> Plan:
    """Return what merging `gone` into `kept` would do. Raises Refused where it is not done at all."""
    now = database_clock.now()
    _refuse(kept, gone, by, now)
    pairs = pairs_of(gone, kept)
    numbers = [
        ("Registrations", Registration.objects.filter(person=gone).count()),
        ("Attendance", Attendance.objects.filter(person=gone).count()),
        ("Certificates", Certificate.objects.filter(person=gone).count()),
        ("Facilitator", Facilitator.objects.filter(person=gone).count()),
        ("Champion of units", Champion.objects.filter(person=gone).count()),
    ]
    said = []
    for pair in pairs:
        stays = "the seat" if pair.stays.is_registered else "the place in line"
        ends = "the seat" if pair.ends.is_registered else "the place in line"
        said.append(
            f"{pair.stays.session}: {stays} of {pair.stays.person.email} stays, and {ends} of {pair.ends.person.email} "
            "ends."
        )
        if pair.ends.session.has_meeting_ahead(now):
            said.append("That address is told, and a seat that is freed goes to the next in line.")
    both = Attendance.objects.filter(person=kept).order_by().values("meeting")
    if many := Attendance.objects.filter(person=gone, meeting__in=both).count():
        said.append(f"Meetings at which both were noted: {many}. One row of each stays, “here” before “absent”.")
    said += [f"{one.title}: both have a certificate. That of {gone.email} is revoked."
             for one in second_certificates(gone, kept)]  # fmt: skip
    for name, each in sorted(foreign_keys().items()):
        if many := len(same_rows(name, each, gone, kept)):
            noun = each.model._meta.verbose_name
            said.append(f"Both have the same {noun}: {many}. One of each stays.")
    return Plan([(label, many) for label, many in numbers if many], said)


def _refuse(kept: Person, gone: Person, by: Person, now: datetime) -> None:
    rule = Person.objects.RULE_ADDRESS
    if kept.pk == gone.pk:
        raise Refused("This is the same account. Enter the address of the other one.")
    if rule in (kept.email, gone.email):
        raise Refused(f"{settings.PRODUCT_NAME} itself acts for the rule, and is nobody’s account.")
    for person in (kept, gone):
        # What ends with an account, such as how somebody signed in, would be gone.
        if said := LegalHold.objects.sentence(person, now):
            raise Refused(said)
    if by.pk in (kept.pk, gone.pk):
        raise Refused("Nobody merges an account of their own: what is in the other one would be theirs to read. Ask a "
                      "colleague.")  # fmt: skip
    if not kept.is_active:
        raise Refused(f"{kept.email} is switched off. Switch it on first, or keep the other account.")
    if gone.is_staff or gone.is_superuser:
        raise Refused(f"{gone.email} is of the office. Take it out of its groups first, or keep it instead.")
    leads = list(Facilitator.objects.filter(person__in=[kept, gone]))
    if len(leads) > 1:
        raise Refused(f"Both lead sessions, as {leads[0]} and as {leads[1]}. Take the account off one of them first.")


@verb
def merge_people(kept: Person, gone: Person, by: Person, agreed: str, now: datetime | None = None) -> None:
    """Make `gone` one with `kept`; `agreed` is the agreement of the Plan that somebody has said yes to.

    Raises Refused, and Changed where something is not as it was shown. `gone` does not exist afterwards.
    """
    now = now or database_clock.now()
    _lock(kept, gone)
    if plan(kept, gone, by).agreement != agreed:
        raise Changed("Something changed since you looked. Nothing is done yet: look at this again.")
    _readdress(gone, kept)
    move_seats(gone, kept, by, now)
    _move_nominations(gone, kept)
    before = _filled(kept, gone)
    dropped = move_rows(gone, kept)
    content_type = ContentType.objects.get_for_model(Person)
    LogEntry.objects.filter(content_type=content_type, object_id=str(gone.pk)).update(object_id=str(kept.pk))
    address, name = gone.email, str(gone)
    Person.objects.filter(pk=gone.pk).delete()
    kept.save(update_fields=[*before, "from_directory"])
    OtherAddress.objects.create(email=address, person=kept, since=now)
    record(by, kept, f"{name} ({address}) was merged into this account, and is gone.")
    owe_account_news(address, NEWS)
    owe_account_news(kept.email, NEWS)
    wake(deliver_soon)
    logger.info("person %s: person %s was merged into it; dropped %s", kept.pk, gone.pk, dropped)


def _lock(kept: Person, gone: Person) -> None:
    """Lock the sessions of both, then both accounts, so that nobody is registered under either until this is done."""
    sessions = sessions_of([kept, gone])
    for pk in sessions:
        Session(pk=pk).lock()
    lock_accounts(kept, gone)
    if sessions_of([kept, gone]) != sessions:
        raise Changed("Somebody registered at this very moment. Nothing is done yet: look at this again.")


def lock_accounts(*people: Person) -> None:
    """Lock accounts so that no row can be made that points to one, in ascending order. Raises Changed for one gone."""
    for person in sorted(people, key=lambda each: each.pk):
        try:
            # For the three seconds; then FOR UPDATE, which also stops rows that point here.
            lock_row(person)
        except Person.DoesNotExist:
            raise Changed("One of the two accounts is gone already.") from None
        if connection.vendor == "postgresql":
            Person.objects.select_for_update().get(pk=person.pk)


def _readdress(gone: Person, kept: Person) -> None:
    """Send what waits for `gone` to the address that stays; account mail is not sent any more. Feeds end."""
    moved = copy(gone)
    moved.email = kept.email
    Notice.objects.readdress(moved, with_secrets=False)
    CalendarFeed.objects.filter(person=gone).delete()


def _move_nominations(gone: Person, kept: Person) -> None:
    """Let proposals that went to the address of `gone` be those of `kept`, one of a session and a colleague.

    Of two that were told of one session, that of `kept` counts as told: nobody is written to about it twice.
    """
    for proposal in Nomination.objects.filter(email=gone.email):
        row = Nomination.objects.filter(pk=proposal.pk)
        theirs = Nomination.objects.filter(session=proposal.session_id, email=kept.email)
        if theirs.filter(by=proposal.by_id).exists():
            row.delete()
        elif theirs.filter(told_at__isnull=False).exists():
            row.update(email=kept.email, told_at=None)
        else:
            row.update(email=kept.email)


def _filled(kept: Person, gone: Person) -> list[str]:
    """Give `kept` what it lacks of the profile of `gone`. Returns the names of the fields."""
    kept.from_directory = kept.from_directory or gone.from_directory
    lacking: dict[str, Any] = {
        name: getattr(gone, name) for name in FILLED if not getattr(kept, name) and getattr(gone, name)
    }
    for name, value in lacking.items():
        setattr(kept, name, value)
    return list(lacking)
