"""Notice: one mail owed to one address, as a row."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from accounts.models import Person
from foundation import database_clock
from foundation.verbs import part_of_a_verb
from notifications.models.handled import Handled
from notifications.models.kind import KINDS, Kind, kind_named
from notifications.models.threads import CalendarThread
from notifications.models.vocabulary import Method, Priority, State
from registrations.models import Registration
from sessions_app.models import Session


def new_message_id() -> str:
    """Return a random Message-ID in its angle brackets (RFC 5322 section 3.6.4)."""
    return f"<{uuid.uuid4()}@{settings.SITE_HOST}>"


def forgotten(person: Person) -> dict[str, Any]:
    """Return the fields of a Notice of which nothing is left but that there was one, to an erased `person`."""
    empty = dict.fromkeys(("subject", "text", "html", "calendar", "problem"), "")
    return {"to": person.email, "facts": {}} | empty


def counts_of(session: Session) -> dict[str, int]:
    """Return what a Notice notes of how many had registered when it was written."""
    return {"count": session.seats_taken, "minimum": session.minimum}


def _not_before(at: datetime | None) -> dict[str, datetime]:
    return {"next_attempt_at": at} if at else {}


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, now: datetime) -> "NoticeQuerySet":
        """Return the Notices to send at `now`, by priority: queued ones, and those whose sender died holding them.

        A Notice waits while another of its thread is being sent.
        """
        in_flight = Notice.objects.filter(thread=OuterRef("thread"), state=Notice.State.SENDING).exclude(
            pk=OuterRef("pk")
        )
        return (
            self.filter(
                Q(state=Notice.State.QUEUED, next_attempt_at__lte=now)
                | Q(state=Notice.State.SENDING, lease_until__lte=now)
            )
            .exclude(expires_at__lte=now)
            .exclude(Exists(in_flight))
            .order_by("priority", "next_attempt_at", "pk")
        )

    def unwritten(self) -> "NoticeQuerySet":
        """Return the queued Notices whose mail is not written yet: nobody can have read it."""
        return self.filter(state=Notice.State.QUEUED, text="")

    def undeliverable(self) -> "NoticeQuerySet":
        """Return the Notices owed to somebody that could not be delivered and wait for the office to deal with them."""
        not_owed = [kind.name for kind in KINDS.values() if not kind.is_owed]
        return self.filter(state=Notice.State.DEAD, handled_at__isnull=True).exclude(kind__in=not_owed)

    def owe(
        self, kind: Kind, registration: Registration, facts: dict[str, Any], event: str = "", at: datetime | None = None
    ) -> "Notice":
        """Write the plain Notice of `kind` owed to a registration's person. Raises IntegrityError if it exists.

        `event` names what happened, for a kind that one registration may be owed more than once. The Notice waits until
        `at`.
        """
        notice = self.owed(kind, registration, facts, event, at)
        notice.save(force_insert=True)
        return notice

    def owed(
        self, kind: Kind, registration: Registration, facts: dict[str, Any], event: str = "", at: datetime | None = None
    ) -> "Notice":
        """Return the Notice that `owe` writes, not written yet."""
        return Notice(
            kind=kind.name,
            to=registration.person.email,
            person=registration.person,
            registration=registration,
            facts=facts,
            dedupe_key=f"{kind.name}:{registration.pk}::{event}",
            **_not_before(at),
        )

    def owe_to(
        self,
        kind: Kind,
        key: str,
        to: str,
        person: Person | None,
        facts: dict[str, Any],
        expires_at: datetime | None = None,
        at: datetime | None = None,
        priority: int = Priority.NEWS,
    ) -> "Notice":
        """Write the plain Notice of `kind` owed to an address that need not have a registration, nor an account.

        `key` is the rest of the dedupe key: object:meeting:sequence. The Notice waits until `at` and
        expires at `expires_at`. Raises IntegrityError if it exists.
        """
        notice = self.owed_to(kind, key, to, person, facts, expires_at, at, priority)
        notice.save(force_insert=True)
        return notice

    def owed_to(
        self,
        kind: Kind,
        key: str,
        to: str,
        person: Person | None,
        facts: dict[str, Any],
        expires_at: datetime | None = None,
        at: datetime | None = None,
        priority: int = Priority.NEWS,
    ) -> "Notice":
        """Return the Notice that `owe_to` writes, not written yet."""
        return Notice(
            kind=kind.name,
            to=to,
            person=person,
            facts=facts,
            expires_at=expires_at,
            priority=priority,
            dedupe_key=f"{kind.name}:{key}",
            **_not_before(at),
        )

    def owe_calendar(
        self, kind: Kind, method: str, thread: CalendarThread, facts: dict[str, Any], at: datetime | None = None
    ) -> "Notice":
        """Write the Notice of `kind` that carries an invitation or a cancellation, with the thread's next SEQUENCE.

        The Notice waits until `at`. The caller holds the session's lock.
        """
        thread.advance()
        notice = self.owed_calendar(kind, method, thread, facts, at)
        notice.save(force_insert=True)
        return notice

    def owed_calendar(
        self, kind: Kind, method: str, thread: CalendarThread, facts: dict[str, Any], at: datetime | None = None
    ) -> "Notice":
        """Return the Notice that `owe_calendar` writes, not written yet, of a thread that has its next SEQUENCE."""
        registration, sequence = thread.registration, thread.sequence
        return Notice(
            kind=kind.name,
            to=registration.person.email,
            person=registration.person,
            registration=registration,
            thread=thread,
            method=method,
            sequence=sequence,
            facts=facts,
            dedupe_key=f"{kind.name}:{registration.pk}:{thread.meeting_id}:{sequence}",
            **_not_before(at),
        )

    def owe_again(self, kind: Kind, thread: CalendarThread, times: int) -> "Notice":
        """Write the Notice of `kind` that repeats a thread's current invitation: `times` is 1 the first time."""
        registration = thread.registration
        return self.create(
            kind=kind.name,
            to=registration.person.email,
            person=registration.person,
            registration=registration,
            thread=thread,
            method=Method.REQUEST,
            sequence=thread.sequence,
            facts=counts_of(registration.session),
            dedupe_key=f"{kind.name}:{registration.pk}:{thread.meeting_id}:{thread.sequence}.{times}",
        )

    def readdress(self, person: Person, with_secrets: bool) -> None:
        """Send what waits for `person` to their new address, except sign-in codes: the old address asked for those.

        Account mail was written when it was owed, so its words stay; without `with_secrets` it expires.
        """
        waiting = self.filter(person=person, state=State.QUEUED).exclude(priority=Priority.CODE)
        secret = waiting.filter(kind__in=[kind.name for kind in KINDS.values() if kind.is_secret])
        waiting.exclude(pk__in=secret.values("pk")).update(to=person.email, subject="", text="", html="", calendar="")
        if with_secrets:
            secret.update(to=person.email)
        else:
            secret.update(state=State.EXPIRED, subject="", text="", html="")

    def owe_written(
        self,
        kind: Kind,
        key: str,
        to: str,
        person: Person | None,
        words: dict[str, str],
        expires_at: datetime,
        priority: int = Priority.NEWS,
    ) -> "Notice":
        """Write a Notice whose mail is written already: `words` are its subject, text and html.

        `key` is the rest of the dedupe key. The body of a code (Priority.CODE, ahead of the queue) is erased once it
        is sent or has expired. Raises IntegrityError if it exists.
        """
        return self.create(
            kind=kind.name,
            to=to,
            person=person,
            expires_at=expires_at,
            priority=priority,
            dedupe_key=f"{kind.name}:{key}",
            **words,
        )


def _column_field(name: str) -> "models.Field[Any, Any]":
    field = Notice._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


class Notice(Handled):
    """One mail owed to one address. Written in the transaction of what it is about; then delivered at least once."""

    State, Method, Priority = State, Method, Priority

    NOTHING_TO_HANDLE = "Only undeliverable mail is marked as handled."
    # How `problem` begins where the server was the trouble, and not this mail's reader.
    BROKE = "The connection broke"

    kind = models.CharField(max_length=20, help_text="The name of one of KINDS.")
    to = models.EmailField(max_length=254)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="notices")
    # The kind knows whether a Notice is about a registration, and the method whether it has a thread.
    if TYPE_CHECKING:
        registration: Registration
        thread: CalendarThread
    else:
        registration = models.ForeignKey(Registration, models.PROTECT, null=True, blank=True, related_name="notices")
        thread = models.ForeignKey(CalendarThread, models.PROTECT, null=True, blank=True, related_name="notices")
    method = models.CharField(max_length=7, choices=Method.choices, blank=True)
    sequence = models.PositiveIntegerField(null=True, blank=True)
    facts = models.JSONField(
        default=dict, blank=True, help_text="What was true when it was written: counts, place in line."
    )
    dedupe_key = models.CharField(max_length=120, unique=True, help_text="kind:object:meeting:sequence")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NEWS)
    message_id = models.CharField(max_length=255, unique=True, default=new_message_id)

    # The mail: written when it can be sent, and sent unchanged whenever a copy may have arrived.
    subject = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    next_attempt_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True, help_text="When it came back as undeliverable.")
    problem = models.CharField(max_length=500, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["priority", "next_attempt_at", "id"],
                name="notice_queue",
                condition=Q(state__in=["queued", "sending"]),
            ),
            models.Index(fields=["state", "created_at"], name="notice_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["thread"], condition=Q(state="sending"), name="one_notice_in_flight_per_thread"
            ),
            models.CheckConstraint(
                condition=Q(method="") | Q(thread__isnull=False, sequence__isnull=False),
                name="calendar_notice_has_its_thread",
            ),
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True) | (Q(state="dead") & ~Q(handled_note="")),
                name="handled_notice_is_undeliverable_and_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_label} ({self.get_state_display()})"

    @property
    def of_kind(self) -> Kind:
        """Return the kind of this Notice, or a stand-in where it is no longer in the table."""
        return kind_named(self.kind)

    @property
    def kind_label(self) -> str:
        """Return what the office reads for the kind."""
        return self.of_kind.label

    @property
    def carried_method(self) -> str:
        """Return the METHOD of the calendar part it carries, "" without one; that of a facilitator is in its facts."""
        return self.method or (self.facts.get("carries", "") if self.of_kind.calendar else "")

    @property
    def subject_unless_secret(self) -> str:
        """Return the subject as the office may read it, "" for account mail: that belongs to its reader alone."""
        return "" if self.of_kind.is_secret else self.subject

    @property
    def needs_the_office(self) -> bool:
        """True for undeliverable mail that the office owes somebody."""
        return self.state == self.State.DEAD and self.of_kind.is_owed

    @property
    def handled_record(self) -> str:
        """Return the sentence on record once the Notice is handled, with why it had failed."""
        return f"{super().handled_record} It had failed: {self.problem}"

    def is_later_in_its_thread_than(self, other: "Notice") -> bool:
        """Tell whether the calendar gets this Notice after `other`."""
        if self.thread_id is None or self.thread_id != other.thread_id:
            return False
        return (self.sequence or 0) > (other.sequence or 0)

    @part_of_a_verb
    def update_while_leased(self, **values: Any) -> None:
        """Write `values` of a Notice that is being sent, unless its lease ran out and another sender holds it now.

        Plain SQL, because each Notice is written twice on its way out, and building these statements through the ORM
        takes an eighth of the time that sending one takes.
        """
        held, quote = {"id": self.pk, "token": self.token, "state": self.State.SENDING}, connection.ops.quote_name
        fields = [(_column_field(name), value) for name, value in (*values.items(), *held.items())]
        written = [f"{quote(str(field.column))} = %s" for field, _ in fields]
        columns, only = ", ".join(written[: len(values)]), " AND ".join(written[len(values) :])
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {quote(self._meta.db_table)} SET {columns} WHERE {only}",
                [field.get_db_prep_save(value, connection) for field, value in fields],
            )

    @part_of_a_verb
    def retry(self) -> None:
        """Queue an undeliverable Notice again; its attempts and its three days are counted from the start."""
        Notice.objects.filter(pk=self.pk, state=self.State.DEAD).update(
            state=self.State.QUEUED,
            attempts=0,
            next_attempt_at=database_clock.now(),
            created_at=database_clock.now(),
            problem="",
            handled_at=None,
            handled_by=None,
            handled_note="",
            bounced_at=None,
        )

    @part_of_a_verb
    def bounce(self, words: str, now: datetime) -> bool:
        """Mark a Notice as undeliverable that came back after it was accepted. Tells whether that was news."""
        handed_over = Notice.objects.filter(pk=self.pk, attempts__gt=0).exclude(state=self.State.DEAD)
        problem = f"Came back: {words}"[:500]
        return bool(handed_over.update(state=self.State.DEAD, bounced_at=now, problem=problem, lease_until=None))
