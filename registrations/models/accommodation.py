"""What a person needs to take part, sealed: read by that person and by the Accommodations group, and by nobody else."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from accounts.sealed import ACCESS_NEEDS, Unreadable
from foundation import database_clock
from foundation.record import record
from foundation.verbs import verb
from registrations.models.registration import Registration
from registrations.signals import accommodation_answered, accommodation_asked


class AccommodationQuerySet(models.QuerySet["Accommodation"]):
    def of(self, registration: Registration) -> "Accommodation | None":
        return self.filter(registration=registration).first()

    def waiting(self, now: datetime) -> Self:
        """Those to answer: not answered since they were asked, of people who still come."""
        unanswered = Q(answered_at=None) | Q(asked_at__gt=F("answered_at"))
        return self.filter(
            unanswered,
            registration__status__in=Registration.ACTIVE,
            registration__session__ends_at__gt=now,
        )

    def spent(self, now: datetime) -> Self:
        """Those to delete: 30 days (ACCOMMODATION_LIFE) after the end of the session."""
        return self.filter(registration__session__ends_at__lte=now - settings.ACCOMMODATION_LIFE)

    def carried_by(self, person: Person) -> str:
        """Return what the person asked for last if they said to keep it for their next registration, otherwise ""."""
        last = self.filter(registration__person=person).order_by("-asked_at", "-pk").first()
        return last.needs_if_readable if last and last.keep_for_next else ""

    @verb
    def ask(
        self, registration: Registration, needs: str, keep_for_next: bool | None = None, now: datetime | None = None
    ) -> "Accommodation":
        """Write down what the person needs for this registration, instead of what they said before.

        Changed needs wait for an answer again; the group that answers is told once while they wait. Without
        `keep_for_next` it stays as the person said last. Raises an Accommodation.Refused for a registration that has
        ended, a session that is cancelled or over, and a person who has another address by now.
        """
        now = now or database_clock.now()
        registration.session.lock()
        registration.refresh_from_db(fields=["status"])
        if not Person.objects.filter(pk=registration.person_id, email=registration.person.email).exists():
            raise Accommodation.AddressChanged("The address of this account has just changed. Sign in again.")
        Accommodation.refuse_unless_askable(registration, now)
        said = self.of(registration)
        if said is None:
            keeps = bool(self.carried_by(registration.person)) if keep_for_next is None else keep_for_next
            sealed = ACCESS_NEEDS.seal(needs)
            said = self.create(registration=registration, sealed_needs=sealed, keep_for_next=keeps, asked_at=now)
            accommodation_asked.send(Accommodation, accommodation=said)
            return said
        was_answered, is_news = said.is_answered, not said.says(needs)
        if is_news:
            said.sealed_needs, said.asked_at = ACCESS_NEEDS.seal(needs), now
        if keep_for_next is not None:
            said.keep_for_next = keep_for_next
        said.save(update_fields=["sealed_needs", "asked_at", "keep_for_next"])
        if is_news and was_answered:
            accommodation_asked.send(Accommodation, accommodation=said)
        return said

    @verb
    def take_back(self, registration: Registration) -> None:
        """Delete what was asked with this registration, and its answer. Possible at any time."""
        registration.session.lock()
        self.filter(registration=registration).delete()

    @verb
    def carry(
        self, registration: Registration, beside: Registration | None = None, now: datetime | None = None
    ) -> "Accommodation | None":
        """Ask again for what the person asked for last, if they said to keep it. None if there is nothing to ask here.

        What they asked for with the registration they have `beside` this one comes first: they have both until it is
        clear which seat they get.
        """
        asked = beside and self.of(beside)
        needs = asked.needs_if_readable if asked else self.carried_by(registration.person)
        if not needs or self.of(registration):
            return None
        try:
            return self.ask(registration, needs, now=now)
        except Accommodation.Refused:
            return None

    @verb
    def follow(self, left: Registration, to: Registration, now: datetime | None = None) -> "Accommodation | None":
        """Move what was asked with the registration that was `left` to the one the person has instead.

        It waits for an answer again, because each date is arranged by itself. None if nothing was asked, or if
        something is already asked there. The caller holds the locks of both sessions.
        """
        asked = self.of(left)
        if asked is None or self.of(to):
            return None
        asked.registration, asked.asked_at = to, now or database_clock.now()
        asked.sealed_answer, asked.answered_at, asked.answered_by = "", None, None
        asked.save(update_fields=["registration", "asked_at", "sealed_answer", "answered_at", "answered_by"])
        accommodation_asked.send(Accommodation, accommodation=asked)
        return asked


class Accommodation(models.Model):
    """What one person asked for with one registration, and the answer. The words are sealed in the database."""

    MOST = 4000

    class Refused(Exception):
        """Asking or answering was refused; `str(error)` is the sentence shown to the person."""

    class NotTakingPart(Refused):
        """The registration has ended, or the session is cancelled or over."""

    class AddressChanged(Refused):
        """The person has another address by now: the sign-in that asks has ended."""

    class ChangedSince(Refused):
        """What was answered is not what the person asks for now."""

    # Hidden from the other side, so that no list of registrations can be filtered by who asked for something.
    registration = models.OneToOneField(Registration, models.CASCADE, related_name="+")
    sealed_needs = models.TextField(editable=False)
    keep_for_next = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    sealed_answer = models.TextField(blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AccommodationQuerySet.as_manager()

    class Meta:
        verbose_name = "access request"
        ordering = ["registration__session__starts_at", "asked_at"]

    def __str__(self) -> str:
        return f"Access request {self.pk}"

    # ---- questions ----

    @property
    def needs(self) -> str:
        """What the person said. Raises Unreadable if the key is missing."""
        return ACCESS_NEEDS.unseal(self.sealed_needs)

    @property
    def needs_if_readable(self) -> str:
        """What the person said, "" if the key is missing."""
        try:
            return self.needs
        except Unreadable:
            return ""

    @property
    def answer(self) -> str:
        """What the Accommodations group said, "" before. Raises Unreadable if the key is missing."""
        return ACCESS_NEEDS.unseal(self.sealed_answer)

    @property
    def answer_if_readable(self) -> str:
        """What the Accommodations group said, "" before, and if the key is missing."""
        try:
            return self.answer
        except Unreadable:
            return ""

    @property
    def is_answered(self) -> bool:
        """True if there is an answer to what the person asks for now."""
        return self.answered_at is not None and self.answered_at >= self.asked_at

    def says(self, needs: str) -> bool:
        """Tell whether these are the words already written here."""
        return self.needs_if_readable == needs

    @classmethod
    def refuse_unless_askable(cls, registration: Registration, now: datetime) -> None:
        """Raise the Refused that says why nothing can be asked with `registration` at `now`; return None if it can."""
        if registration.status == Registration.Status.SESSION_CANCELLED:
            raise cls.NotTakingPart("This session was cancelled, so there is nothing to arrange.")
        if not registration.is_active:
            raise cls.NotTakingPart("You no longer have a place here, so there is nothing to arrange.")
        if registration.session.ends_at <= now:
            raise cls.NotTakingPart("This session has been held, so there is nothing left to arrange.")

    # ---- verbs ----

    @verb
    def read(self, by: Person) -> None:
        """Put on record, without the words, that `by` reads them. To be called before they are shown to the group."""
        record(by, self, "Read.")

    @verb
    def reply(self, answer: str, by: Person, asked_at: datetime, now: datetime | None = None) -> None:
        """Answer what was asked at `asked_at`, instead of an earlier answer; the person is told that there is one.

        Raises ChangedSince if the person has asked for something else since.
        """
        now = now or database_clock.now()
        self.registration.session.lock()
        try:
            self.refresh_from_db()
        except self.DoesNotExist:
            raise self.ChangedSince("The person has deleted this, so there is nothing to answer.") from None
        if self.asked_at != asked_at:
            raise self.ChangedSince("This was changed while you were answering. Read it again before you send.")
        if self.is_answered and self.answer == answer:
            return
        self.sealed_answer, self.answered_at, self.answered_by = ACCESS_NEEDS.seal(answer), now, by
        self.save(update_fields=["sealed_answer", "answered_at", "answered_by"])
        record(by, self, "Answered.")
        accommodation_answered.send(Accommodation, accommodation=self)

    @verb
    def rotate(self) -> bool:
        """Seal the words with the first key. False if somebody changed them in between. Raises Unreadable."""
        before = {"sealed_needs": self.sealed_needs, "sealed_answer": self.sealed_answer}
        after = {name: ACCESS_NEEDS.reseal(sealed) for name, sealed in before.items()}
        return bool(Accommodation.objects.filter(pk=self.pk, **before).update(**after))
