"""AddressChange: a new address of a person, which holds only once both addresses have had their say (G12).

A person signs in with a code that is mailed to their address, so a person who sets the address can act as them. So:

1. `ask` writes down what is asked. Both addresses are told; the old one stays in force.
2. The new address says yes (`confirm_new`), which proves that somebody reads it.
3. The person says yes too, signed in with the old address (`confirm_old`), or a second person, of the Accommodations
   group, agrees (`agree`), or nobody stops it (`stop`) for 72 hours.
4. `take_hold` changes the address and ends every sign-in. What only the person may read comes along only with their own
   yes or that of the group; after 72 hours of silence it does not.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.deletion import ProtectedError
from django.urls import reverse

from accounts.models.other_address import OtherAddress
from accounts.models.people import Person, PersonManager
from accounts.signals import address_change_asked, address_changed, address_changes_now
from foundation import database_clock
from foundation.record import record
from foundation.tokens import digest_of, new_token
from foundation.values.addresses import AddressField, plain_address
from foundation.verbs import lock_row, part_of_a_verb, verb

# How long the old address may stop it, from the yes of the new one: by then mail has been shown to go out.
SILENCE = timedelta(hours=72)
# How long the new address may take to say yes.
LIFE = timedelta(days=7)


def path_of(token: str) -> str:
    """Return the path of the page that this token opens."""
    return reverse("address_change_link", args=[token])


@dataclass(frozen=True)
class Links:
    """The tokens of one change, known only while it is asked for: each goes into the one mail to its address."""

    old: str
    new: str


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    def waiting(self) -> Self:
        """Return those that have neither taken hold nor ended."""
        return self.filter(state=AddressChange.State.WAITING)

    def due(self, now: datetime) -> Self:
        """Return those that take hold at `now`: the new address has said yes, and the old one may stop it no longer."""
        agreed = Q(confirmed_old_at__isnull=False) | Q(agreed_at__isnull=False)
        return self.waiting().filter(agreed | Q(confirmed_new_at__lte=now - SILENCE), confirmed_new_at__isnull=False)

    def lapsed(self, now: datetime) -> Self:
        """Return those whose new address has not said yes within a week."""
        return self.waiting().filter(confirmed_new_at=None, asked_at__lte=now - LIFE)

    def of(self, person: Person) -> "AddressChange | None":
        """Return the change that waits for `person`."""
        return self.waiting().filter(person=person).select_related("person", "asked_by").first()

    def opened_by(self, token: str) -> "AddressChange | None":
        """Return the change that the link to one of its addresses opens, ended or not; None for an unknown token."""
        digest = digest_of(token)
        found = self.filter(Q(old_digest=digest) | Q(new_digest=digest))
        return found.select_related("person", "asked_by").first()

    @verb
    def ask(self, person: Person, new_address: str, by: Person, now: datetime | None = None) -> "AddressChange":
        """Write down that `person` is to have `new_address`, and have both addresses told. Nothing changes yet.

        Asking for the same again answers with what waits; asking for another address ends what waits. Raises
        AddressChange.Refused for the address the person has, and for one that another account has.
        """
        now, new_address = now or database_clock.now(), plain_address(new_address)
        lock_row(person)
        AddressChange.refuse_unless_free(person, new_address)
        waiting = self.of(person)
        if waiting and waiting.new_address == new_address and waiting.old_address == person.email:
            return waiting
        if waiting:
            waiting.end(AddressChange.State.REPLACED, now)
        links = Links(old=new_token(), new=new_token())
        change = self.create(
            person=person,
            old_address=person.email,
            new_address=new_address,
            asked_by=by,
            asked_at=now,
            old_digest=digest_of(links.old),
            new_digest=digest_of(links.new),
        )
        record(by, person, f"New address asked for: from {person.email} to {new_address}. Both addresses are told.")
        address_change_asked.send(AddressChange, change=change, links=links)
        return change


class AddressChange(models.Model):
    """That one person is to have another address: who asked, who said yes, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        HELD = "held", "Took hold"
        STOPPED = "stopped", "Stopped"
        REPLACED = "replaced", "Another address was asked for"
        LAPSED = "lapsed", "The new address did not answer"
        TAKEN = "taken", "The new address belongs to another account"

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence shown to the person."""

    class NotFree(Refused):
        """Another account has the address, or the person has it already."""

    class NotAnother(Refused):
        """The person who agrees is not a second person of the Accommodations group."""

    class Ended(Refused):
        """The change waits no longer."""

    if TYPE_CHECKING:
        person: Person
        asked_by: Person | None
    else:
        person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="address_changes")
        asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    old_address = AddressField(max_length=254)
    new_address = AddressField(max_length=254)
    asked_at = models.DateTimeField()
    old_digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token in the old one’s mail.")
    new_digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token in the new one’s mail.")
    confirmed_new_at = models.DateTimeField("the new address said yes", null=True)
    confirmed_old_at = models.DateTimeField("the person said yes", null=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    ended_at = models.DateTimeField(null=True)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "address change"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="waiting"), name="one_address_change_waits_per_person"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(confirmed_new_at__isnull=False), name="held_address_said_yes"
            ),
            models.CheckConstraint(
                condition=~Q(state="held")
                | Q(confirmed_old_at__isnull=False)
                | Q(agreed_at__isnull=False)
                | Q(ended_at__gte=F("confirmed_new_at") + SILENCE),
                name="held_address_was_agreed_or_waited_for",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True) | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="address_change_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Address change {self.pk}"

    # ---- questions ----

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_vouched_for(self) -> bool:
        """True once the person, or somebody of the Accommodations group, has said that it is the same person."""
        return self.confirmed_old_at is not None or self.agreed_at is not None

    @property
    def takes_hold_at(self) -> datetime | None:
        """When it takes hold if nobody stops it; None until the new address has said yes."""
        return self.confirmed_new_at and self.confirmed_new_at + SILENCE

    @property
    def takes_hold_at_the_earliest(self) -> datetime:
        """When it takes hold if nobody but the new address says anything, at the earliest."""
        return self.takes_hold_at or self.asked_at + SILENCE

    @property
    def lapses_at(self) -> datetime:
        """Until when the new address may say yes."""
        return self.asked_at + LIFE

    def is_opened_by_old(self, token: str) -> bool:
        """Tell whether this is the token in the mail to the old address."""
        return secrets.compare_digest(self.old_digest, digest_of(token))

    @classmethod
    def refuse_unless_free(cls, person: Person, address: str) -> None:
        """Raise NotFree if `person` or somebody else has `address` (lower case) already."""
        owner = Person.objects.filter(email=address).first()
        if owner == person:
            raise cls.NotFree("The person has this address already.")
        if owner or OtherAddress.objects.filter(email=address).exclude(person=person).exists():
            raise cls.NotFree("Another account has this address already.")

    def why_not_agree(self, by: Person) -> str:
        """Return why `by`, who has to be a second person of the Accommodations group, may not agree; "" if they may."""
        if not by.arranges_access:
            return "Only somebody in the group Accommodations agrees to a new address."
        if by in (self.person, self.asked_by):
            return "Somebody else in the group Accommodations has to agree: a second pair of eyes."
        return ""

    # ---- verbs: each locks the person, so that one comes after the other ----

    @verb
    def confirm_new(self, now: datetime | None = None) -> None:
        """Take it that somebody reads the new address and wants it. Raises Ended if the change waits no longer."""
        now = self._lock(now)
        if self.confirmed_new_at:
            return
        self._refuse_ended()
        self.confirmed_new_at = now
        self.save(update_fields=["confirmed_new_at"])
        record(Person.objects.rule(), self.person, f"The new address {self.new_address} has said yes.")
        self._take_hold_if_due(now)

    @verb
    def confirm_old(self, now: datetime | None = None) -> None:
        """Take it that the person, signed in with the old address, wants the new one. Raises Ended."""
        now = self._lock(now)
        if self.confirmed_old_at:
            return
        self._refuse_ended()
        self.confirmed_old_at = now
        self.save(update_fields=["confirmed_old_at"])
        record(self.person, self.person, f"Said yes to the new address {self.new_address}.")
        self._take_hold_if_due(now)

    @verb
    def agree(self, by: Person, now: datetime | None = None) -> None:
        """Shorten the wait: `by`, of the Accommodations group, knows that it is the same person.

        Raises Ended, and NotAnother unless `by` is a second person of that group.
        """
        now = self._lock(now)
        if self.agreed_at:
            return
        self._refuse_ended()
        if problem := self.why_not_agree(by):
            raise self.NotAnother(problem)
        self.agreed_by, self.agreed_at = by, now
        self.save(update_fields=["agreed_by", "agreed_at"])
        record(by, self.person, f"Agreed to the new address {self.new_address}: it is the same person.")
        self._take_hold_if_due(now)

    @verb
    def stop(self, by: Person | None, now: datetime | None = None) -> None:
        """End it: the old address stays. `by` is None for the reader of a mail. Raises Ended if it took hold before."""
        now = self._lock(now)
        if self.state == self.State.HELD:
            raise self.Ended("It is too late to stop this: the new address is in force. Write to the office at once.")
        if not self.is_waiting:
            return
        self.end(self.State.STOPPED, now)
        said = f"New address {self.new_address} stopped." if by else f"New address {self.new_address} stopped by mail."
        record(by or Person.objects.rule(), self.person, said)

    @verb
    def take_hold(self, now: datetime | None = None) -> None:
        """Change the address, if it is due; does nothing if it is not.

        Every sign-in of the person ends, the code of one that is half done included. An empty account that a request
        for a code had made for the new address goes; where another account has it the change ends.
        """
        self._take_hold_if_due(self._lock(now))

    @verb
    def lapse(self, now: datetime | None = None) -> None:
        """End a change whose new address has not said yes within a week."""
        now = self._lock(now)
        if AddressChange.objects.lapsed(now).filter(pk=self.pk).exists():
            self.end(self.State.LAPSED, now)
            record(Person.objects.rule(), self.person, f"New address {self.new_address} lapsed: it did not say yes.")

    # ---- parts of them ----

    def _lock(self, now: datetime | None) -> datetime:
        lock_row(self.person)
        person = self.person
        self.refresh_from_db()
        self.person = person
        return now or database_clock.now()

    def _refuse_ended(self) -> None:
        if self.is_waiting:
            return
        if self.state == self.State.HELD:
            raise self.Ended("The new address is in force already.")
        raise self.Ended("This change of address has ended, so the old address stays.")

    @part_of_a_verb
    def end(self, state: str, now: datetime) -> None:
        """Write that it waits no longer. The caller holds the lock of the person."""
        self.state, self.ended_at = state, now
        self.save(update_fields=["state", "ended_at"])

    @part_of_a_verb
    def _take_hold_if_due(self, now: datetime) -> None:
        if not AddressChange.objects.due(now).filter(pk=self.pk).exists():
            return
        # Sessions are locked before the row that others point at has a new key (guarantees: Locks).
        address_changes_now.send(AddressChange, person=self.person)
        if not _is_free(self.new_address):
            self.end(self.State.TAKEN, now)
            said = f"New address {self.new_address} refused: it belongs to another account now."
            record(Person.objects.rule(), self.person, said)
            return
        self.end(self.State.HELD, now)
        self._change_the_person()
        address_changed.send(
            Person, person=self.person, old_address=self.old_address, is_vouched_for=self.is_vouched_for
        )

    @part_of_a_verb
    def _change_the_person(self) -> None:
        person, rule = self.person, Person.objects.rule()
        person.email = self.new_address
        person.end_sign_ins()
        person.save(update_fields=["email"])
        OtherAddress.objects.filter(email=self.new_address).delete()
        # The old address must not open this account any longer.
        EmailAddress.objects.filter(user=person).delete()
        EmailAddress.objects.create(user=person, email=self.new_address, verified=True, primary=True)
        record(rule, person, f"Address changed from {self.old_address} to {self.new_address}. Every sign-in has ended.")
        if not self.is_vouched_for and person.leave_accommodations():
            record(rule, person, f"Left the group {PersonManager.ACCOMMODATIONS}: nobody vouched for the new address.")


def _is_free(address: str) -> bool:
    """Tell whether nobody has `address`. An account in which nobody did anything goes for it."""
    owner = Person.objects.filter(email=address).first()
    if owner is None:
        return True
    if not Person.objects.unused().filter(pk=owner.pk).exists():
        return False
    try:
        owner.delete()
    except ProtectedError:
        return False
    return True
