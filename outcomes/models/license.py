"""The number of somebody's license, for the one kind of credit that asks for it: sealed, and read by few."""

from datetime import datetime
from typing import Self

from django.db import models

from accounts.models import Person
from accounts.sealed import LICENSES, Unreadable
from foundation import database_clock
from foundation.verbs import verb
from outcomes.models.credit import CreditKind


class LicenseQuerySet(models.QuerySet["License"]):
    def of(self, person: Person) -> Self:
        """Those that `person` has given."""
        return self.filter(person=person)

    @verb
    def give(self, person: Person, kind: CreditKind, number: str, now: datetime | None = None) -> "License":
        """Write down the number of the license for which `person` wants this credit, instead of the one before.

        Raises License.NotAsked for a kind that asks for none, or is given no more.
        """
        if not (kind.asks_license and kind.is_active):
            raise License.NotAsked("This credit asks for no license number, so none was kept.")
        said, _ = self.update_or_create(
            person=person,
            kind=kind,
            defaults={"sealed_number": LICENSES.seal(number), "given_at": now or database_clock.now()},
        )
        return said

    @verb
    def take_back(self, person: Person, kind: CreditKind) -> None:
        """Delete the number. Possible at any time."""
        self.filter(person=person, kind=kind).delete()


class License(models.Model):
    """That one person wants a kind of credit that asks for a license, and its number, sealed in the database."""

    MOST = 60

    class Refused(Exception):
        """Giving the number was refused; `str(error)` is the sentence shown to the person."""

    class NotAsked(Refused):
        """The kind of credit asks for no license number."""

    # Hidden from the other side, so that no list of people can be filtered by who has a license.
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.ForeignKey(CreditKind, models.CASCADE, related_name="+")
    sealed_number = models.TextField(editable=False)
    given_at = models.DateTimeField(editable=False)

    objects = LicenseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_license_per_person_and_kind")]

    def __str__(self) -> str:
        return f"License {self.pk}"

    @property
    def number(self) -> str:
        """The number as the person gave it. Raises Unreadable if the key is missing."""
        return LICENSES.unseal(self.sealed_number)

    @property
    def number_if_readable(self) -> str:
        """The number, "" if the key is missing."""
        try:
            return self.number
        except Unreadable:
            return ""

    @verb
    def rotate(self) -> bool:
        """Seal the number with the first key. False if the person changed it in between. Raises Unreadable."""
        before = self.sealed_number
        unchanged = License.objects.filter(pk=self.pk, sealed_number=before)
        return bool(unchanged.update(sealed_number=LICENSES.reseal(before)))
