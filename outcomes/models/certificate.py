"""What people are certified: that they took part, with what, when and for how long, in the words of that day."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Person
from catalog.models import Program
from foundation import database_clock
from foundation.dates import length_words
from foundation.record import record
from foundation.values.lines import LineField
from foundation.verbs import lock_row, verb
from outcomes.models.credit import CreditKind, hours_words
from outcomes.signals import certificate_issued, certificate_revoked
from sessions_app.models import Session

# Nothing that is mistaken for another letter or figure when it is read aloud or off paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 10
REPLACED = "A newer certificate takes its place."


def new_code() -> str:
    """Return ten unguessable characters, none of which looks like another."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class Words(NamedTuple):
    """What a certificate says but for whose it is: `day` the last day, `days` all of them in words.

    `contents` are the workshops of a program, one to a line. `minutes` are those taken part in, None where nobody
    knows.
    """

    title: str
    day: date
    days: str
    minutes: int | None
    facilitators: str
    office: str
    institution: str
    contents: str = ""


class Credited(NamedTuple):
    """So many hours of one kind, to stand on a certificate."""

    kind: CreditKind
    hours: Decimal


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def valid(self) -> Self:
        """Those neither revoked nor replaced."""
        return self.filter(revoked_at=None)

    def of(self, person: Person) -> Self:
        """Those of `person`."""
        return self.filter(person=person)

    @verb
    def issue(
        self,
        person: Person,
        of: Session | Program,
        words: Words,
        credits: Sequence[Credited] = (),
        now: datetime | None = None,
    ) -> "Certificate":
        """Certify that `person` took part in a session, or completed a program; the valid one there is, if any.

        `person` is certified by the name of their account. Sends certificate_issued.
        """
        what = {"session": of} if isinstance(of, Session) else {"program": of}
        name, at = person.name or person.email, now or database_clock.now()
        # Of two at once one makes the row, and the unique index leads the other to it.
        certificate, is_new = self.get_or_create(
            person=person, **what, revoked_at=None, defaults={"name": name, "issued_at": at, **words._asdict()}
        )
        if is_new:
            certificate._put_down(credits)
            certificate_issued.send(Certificate, certificate=certificate, replaces=None)
        return certificate


class Certificate(models.Model):
    """One certificate. What it says never changes: a new one takes its place, with a code of its own."""

    class Refused(Exception):
        """Changing a certificate was refused; `str(error)` is the sentence shown to the person."""

    class NotValid(Refused):
        """It has been revoked, or replaced by a newer one."""

    code = models.CharField(max_length=LENGTH, unique=True, default=new_code, editable=False)
    # Empty once it is kept for the count alone.
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="certificates", editable=False)
    session = models.ForeignKey(Session, models.PROTECT, null=True, related_name="certificates", editable=False)
    program = models.ForeignKey(Program, models.PROTECT, null=True, related_name="certificates", editable=False)
    name = LineField(max_length=200, blank=True)
    title = LineField(max_length=160)
    day = models.DateField(help_text="The last day.")
    days = LineField(max_length=600)
    minutes = models.PositiveIntegerField(null=True)
    facilitators = models.TextField(blank=True)
    contents = models.TextField(blank=True)
    office = LineField(max_length=200)
    institution = LineField(max_length=200)
    issued_at = models.DateTimeField(editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoke_reason = models.TextField(blank=True, editable=False)
    replaced_by = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaces", editable=False
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(session=None, program__isnull=False) | Q(session__isnull=False, program=None),
                name="certificate_of_a_session_or_a_program",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoke_reason="", replaced_by=None)
                | Q(revoked_at__isnull=False) & ~Q(revoke_reason=""),
                name="certificate_revoked_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["person", "session"], condition=Q(revoked_at=None), name="one_valid_certificate_per_session"
            ),
            models.UniqueConstraint(
                fields=["person", "program"], condition=Q(revoked_at=None), name="one_valid_certificate_per_program"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.name or 'somebody'}"

    def get_absolute_url(self) -> str:
        return reverse("certificate", args=[self.code])

    # ---- questions ----

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None

    @property
    def is_replaced(self) -> bool:
        return self.replaced_by_id is not None

    @property
    def state_words(self) -> str:
        if self.is_valid:
            return "Valid"
        return "Replaced" if self.is_replaced else "Revoked"

    @property
    def length_words(self) -> str:
        """“1 hour 30 minutes”; empty where nobody knows."""
        return length_words(self.minutes) if self.minutes else ""

    @property
    def content_lines(self) -> list[str]:
        """The workshops of a program, each with its day."""
        return self.contents.splitlines()

    # ---- verbs ----

    @verb
    def revoke(self, reason: str, by: Person, now: datetime | None = None) -> None:
        """Say that it is true no more, and why. Sends certificate_revoked."""
        lock_row(self)
        if not self.is_valid:
            return
        self._end(reason, now or database_clock.now())
        record(by, self, f"Revoked: {reason}")
        certificate_revoked.send(Certificate, certificate=self)

    @verb
    def replace(
        self, by: Person, name: str = "", credits: Sequence[Credited] | None = None, now: datetime | None = None
    ) -> "Certificate":
        """Issue it again with another name, or with other credit, and all else as it said; the new one has a new code.

        Raises NotValid if it was revoked or replaced in between. The same name and credit again change nothing. Sends
        certificate_issued.
        """
        lock_row(self)
        name = name or self.name
        if not self.is_valid:
            raise self.NotValid("This certificate is not valid any more, so it was not issued again.")
        if name == self.name and credits is None:
            return self
        before, now = list(self.credits.all()), now or database_clock.now()
        self._end(REPLACED, now)
        fields = [field.name for field in Certificate._meta.concrete_fields if field.name not in OF_EACH]
        newer = Certificate(**{name: getattr(self, name) for name in fields}, name=name, issued_at=now)
        newer.save()
        if credits is None:
            for one in before:
                one.pk, one.certificate = None, newer
                one.save(force_insert=True)
        else:
            newer._put_down(credits)
        self.replaced_by = newer
        self.save(update_fields=["replaced_by"])
        record(by, self, f"Issued again as {newer.code}.")
        certificate_issued.send(Certificate, certificate=newer, replaces=self)
        return newer

    def _end(self, reason: str, now: datetime) -> None:
        self.revoked_at, self.revoke_reason = now, reason
        self.save(update_fields=["revoked_at", "revoke_reason"])

    def _put_down(self, credits: Sequence[Credited]) -> None:
        for kind, hours in credits:
            self.credits.create(kind=kind, name=kind.name, statement=kind.statement, unit=kind.unit, hours=hours)


# What a certificate does not share with the one that takes its place.
OF_EACH = ("id", "code", "name", "issued_at", "revoked_at", "revoke_reason", "replaced_by")


class CertificateCredit(models.Model):
    """The credit that stands on a certificate: its kind in the words of that day, and how many hours."""

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="credits")
    kind = models.ForeignKey(CreditKind, models.PROTECT, related_name="+")
    name = LineField(max_length=120)
    statement = LineField(max_length=600, blank=True)
    unit = LineField(max_length=40)
    hours = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["certificate", "kind"], name="one_credit_of_a_kind_per_certificate"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="certified_credit_is_more_than_none"),
        ]

    def __str__(self) -> str:
        return f"{hours_words(self.hours)} {self.unit}: {self.name}"
