"""ReceivedMail: one mail that came in, and what it changed."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from foundation.verbs import part_of_a_verb
from notifications.models.handled import Handled
from notifications.models.threads import CalendarThread

RAW_LIFE = timedelta(days=30)


class ReceivedMailQuerySet(models.QuerySet["ReceivedMail"]):
    def waiting_for_the_office(self) -> "ReceivedMailQuerySet":
        """Return the mail that no rule could answer and that the office has not dealt with yet."""
        return self.filter(outcome__in=ReceivedMail.TO_READ, handled_at__isnull=True)

    @part_of_a_verb
    def forget(self, now: datetime) -> int:
        """Erase the mail itself, and who wrote what in it, 30 days after it came. Returns how many were erased.

        What the mail changed stays on record, and the address of the person whose answer was applied; no other address.
        """
        old = self.filter(received_at__lte=now - RAW_LIFE)
        old.exclude(outcome__in=ReceivedMail.APPLIED).exclude(attendee="").update(attendee="")
        full = old.exclude(raw=b"", comment="", subject="", sender="")
        return full.update(raw=b"", comment="", subject="", sender="")


class ReceivedMail(Handled):
    """One mail that came in: what it claimed, and what was made of it. Written once, together with what it changed."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        TENTATIVE = "tentative", "Tentative"
        DECLINED = "declined", "Declined"
        REPEATED = "repeated", "Invitation sent again"
        RETURNED = "returned", "Could not be delivered"
        DUPLICATE = "duplicate", "Known already"
        STALE = "stale", "To an older invitation"
        ENDED = "ended", "Place or session over"
        UNPROVEN = "unproven", "Sender not proven"
        UNCLEAR = "unclear", "For the office to read"
        WORDS = "words", "Written in words"
        UNKNOWN = "unknown", "No invitation of ours"
        IGNORED = "ignored", "No answer"
        UNREADABLE = "unreadable", "Unreadable"

    APPLIED = (Outcome.ACCEPTED, Outcome.TENTATIVE, Outcome.DECLINED)
    # The sender wanted something, and only a person can tell what.
    TO_READ = (Outcome.UNCLEAR, Outcome.WORDS, Outcome.UNREADABLE)

    NOTHING_TO_HANDLE = "This mail was dealt with when it came."

    received_at = models.DateTimeField()
    # What makes two mails one: programs keep one DTSTAMP over several answers.
    message_id = models.CharField("Message-ID", max_length=255, unique=True)
    sender = models.CharField(max_length=254, blank=True, help_text="The From of the mail: a claim.")
    subject = models.CharField(max_length=255, blank=True)
    raw = models.BinaryField(blank=True, default=b"", help_text="The mail as it came, for 30 days.")
    thread = models.ForeignKey(CalendarThread, models.PROTECT, null=True, blank=True, related_name="answers")
    attendee = models.CharField(max_length=254, blank=True)
    stamp = models.DateTimeField("DTSTAMP", null=True, blank=True, help_text="When the calendar wrote the answer.")
    partstat = models.CharField("PARTSTAT", max_length=20, blank=True)
    comment = models.TextField(blank=True, help_text="What the person wrote, beside the answer or instead of one.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    sentence = models.CharField("what was made of it", max_length=500, blank=True)

    objects = ReceivedMailQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "received mail"
        indexes = [models.Index(fields=["outcome", "received_at"], name="received_by_outcome")]
        constraints = [
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True)
                | (Q(outcome__in=["unclear", "words", "unreadable"]) & ~Q(handled_note="")),
                name="handled_mail_waited_and_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender or 'nobody'}, {self.get_outcome_display().lower()}"

    @property
    def needs_the_office(self) -> bool:
        """True for mail that no rule could answer."""
        return self.outcome in self.TO_READ
