"""Consent: that a person lets the office hand on what they completed, for one purpose, until they say otherwise."""

import calendar
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Person
from accounts.sealed import ACCESS_NEEDS, Unreadable
from foundation import database_clock
from foundation.record import record
from foundation.values.states import STATES
from foundation.verbs import lock_row, verb


class Purpose(models.TextChoices):
    """Whom it goes to. What goes there stands in outcomes/exports/purposes.py."""

    HR = "hr", "Human resources"
    CE = "ce", "The continuing education office"
    PARS = "pars", "ACCME’s PARS"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> Self:
        """Those that hold now."""
        return self.filter(revoked_at=None)

    def of_person(self, person: Person) -> Self:
        return self.filter(person=person)

    @verb
    def give(
        self, person: Person, purpose: str, birthday: str = "", state: str = "", now: datetime | None = None
    ) -> "Consent":
        """Write down that `person` agrees. Given again it is the same one, with the facts told last.

        Where the purpose is PARS: `birthday`, a month and a day such as "05-14", and perhaps the `state` that licenses
        them, such as "MI". Raises a Consent.Refused: NoBirthday, NoState.
        """
        lock_row(Person(pk=person.pk))
        if purpose == Purpose.PARS:
            birthday, state = read_birthday(birthday), read_state(state)
        known = self.of_person(person).standing().filter(purpose=purpose).first()
        given: Consent = known or self.create(person=person, purpose=purpose, given_at=now or database_clock.now())
        if known is None:
            record(person, given, f"Agreed: {given.get_purpose_display()}.")
        if purpose == Purpose.PARS and (given.birthday_if_readable, given.state) != (birthday, state):
            given.sealed_birthday, given.state = ACCESS_NEEDS.seal(birthday), state
            given.save(update_fields=["sealed_birthday", "state"])
        return given


class Consent(models.Model):
    """One person's yes for one purpose. A yes that was taken back stays as a row, so that it is known when it held."""

    class Refused(Exception):
        """Agreeing was refused; `str(error)` is the sentence shown to the person."""

    class NoBirthday(Refused):
        """The purpose needs the month and day of birth."""

    class NoState(Refused):
        """There is no such state."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=5, choices=Purpose.choices)
    given_at = models.DateTimeField(editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    # Month and day of birth, by which PARS tells two people of one name apart. Gone once the yes is taken back.
    sealed_birthday = models.TextField(blank=True, editable=False)
    state = models.CharField("state of the license", max_length=2, blank=True, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(revoked_at=None), name="one_consent_per_person_and_purpose"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__isnull=False, sealed_birthday="", state=""),
                name="revoked_consent_keeps_no_facts",
            ),
        ]

    def __str__(self) -> str:
        return f"Consent {self.pk}"

    @property
    def birthday_if_readable(self) -> str:
        """Month and day, "05-14"; "" where there is none or its key is missing."""
        try:
            return ACCESS_NEEDS.unseal(self.sealed_birthday)
        except Unreadable:
            return ""

    @verb
    def rotate(self) -> bool:
        """Seal the birthday with the first key. False if the person changed it in between. Raises Unreadable."""
        before = self.sealed_birthday
        unchanged = Consent.objects.filter(pk=self.pk, sealed_birthday=before)
        return bool(unchanged.update(sealed_birthday=ACCESS_NEEDS.reseal(before)))

    @verb
    def revoke(self, now: datetime | None = None) -> None:
        """Take it back: nothing is handed on for this purpose any more, and what only it needed is forgotten."""
        lock_row(self)
        if self.revoked_at is not None:
            return
        self.revoked_at, self.sealed_birthday, self.state = now or database_clock.now(), "", ""
        self.save(update_fields=["revoked_at", "sealed_birthday", "state"])
        record(self.person, self, f"Taken back: {self.get_purpose_display()}.")


def read_birthday(text: str) -> str:
    """Return month and day, "05-14". Raises Consent.NoBirthday for what is no day of a year."""
    month, _, day = text.strip().partition("-")
    is_number = month.isascii() and month.isdecimal() and day.isascii() and day.isdecimal()
    # In a leap year, so that February 29 is one.
    if not is_number or not 1 <= int(month) <= 12 or not 1 <= int(day) <= calendar.monthrange(2024, int(month))[1]:
        raise Consent.NoBirthday("Choose the month and the day of your birth. The year is not asked.")
    return f"{int(month):02}-{int(day):02}"


def read_state(text: str) -> str:
    """Return the state in two letters, "" for none. Raises Consent.NoState."""
    state = text.strip().upper()
    if state and state not in STATES:
        raise Consent.NoState("Choose one of the states, or none.")
    return state
