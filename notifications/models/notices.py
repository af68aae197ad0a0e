"""Notice: one message owed to one address."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Person
from foundation.record import record
from foundation.verbs import lock_row
from notifications.models.threads import CalendarThread
from notifications.models.vocabulary import Kind, Method, Priority, State
from registrations.models import Registration


def new_message_id() -> str:
    return f"<{uuid.uuid4()}@{settings.SITE_HOST}>"


def _not_before(at: datetime | None) -> dict:
    return {"next_attempt_at": at} if at else {}


class NoticeQuerySet(models.QuerySet):
    def due(self, now: datetime):
        """Notices to send at `now`, first things first: queued ones, and those whose sender died with them in hand.

        A notice waits while another of its thread is being sent.
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

    def unwritten(self):
        """Queued notices whose letter nobody can have read: it is still to be written, and will say how things are."""
        return self.filter(state=Notice.State.QUEUED, text="")

    def undeliverable(self):
        """Notices that could not be delivered and that nobody of the office has dealt with yet."""
        return self.filter(state=Notice.State.DEAD, handled_at__isnull=True)

    def owe(
        self, kind: str, registration: Registration, facts: dict, event: str = "", at: datetime | None = None
    ) -> "Notice":
        """Write the plain notice of `kind` owed to a registration's person. Raises IntegrityError if it exists.

        `event` names what happened, for a kind that one registration may be owed more than once. It waits until `at`.
        """
        return self.create(
            kind=kind,
            to=registration.person.email,
            person=registration.person,
            registration=registration,
            facts=facts,
            dedupe_key=f"{kind}:{registration.pk}::{event}",
            **_not_before(at),
        )

    def owe_to(
        self,
        kind: str,
        of: str,
        to: str,
        person,
        facts: dict,
        expires_at: datetime | None = None,
        at: datetime | None = None,
    ) -> "Notice":
        """Write the plain notice of `kind` owed to an address that need not have a registration, nor an account.

        `of` is the rest of the dedupe key: object:meeting:sequence. It waits until `at`; after `expires_at` it is of no
        use. Raises IntegrityError if it exists.
        """
        key = f"{kind}:{of}"
        return self.create(
            kind=kind, to=to, person=person, facts=facts, expires_at=expires_at, dedupe_key=key, **_not_before(at)
        )

    def owe_calendar(
        self, kind: str, method: str, thread: CalendarThread, facts: dict, at: datetime | None = None
    ) -> "Notice":
        """Write the notice of `kind` that carries an invitation or a cancellation, with the thread's next SEQUENCE.

        It waits until `at`.
        """
        registration, sequence = thread.registration, thread.advance()
        return self.create(
            kind=kind,
            to=registration.person.email,
            person=registration.person,
            registration=registration,
            thread=thread,
            method=method,
            sequence=sequence,
            facts=facts,
            dedupe_key=f"{kind}:{registration.pk}:{thread.meeting_id}:{sequence}",
            **_not_before(at),
        )

    def owe_again(self, thread: CalendarThread, times: int) -> "Notice":
        """Write the notice that repeats a thread's current invitation for the first, second ... time."""
        registration, session = thread.registration, thread.registration.session
        return self.create(
            kind=Notice.Kind.AGAIN,
            to=registration.person.email,
            person=registration.person,
            registration=registration,
            thread=thread,
            method=Notice.Method.REQUEST,
            sequence=thread.sequence,
            facts={"count": session.seats_taken, "minimum": session.minimum},
            dedupe_key=f"{Notice.Kind.AGAIN}:{registration.pk}:{thread.meeting_id}:{thread.sequence}.{times}",
        )

    def send_on(self, person: Person) -> None:
        """Let what waits for `person` go to their new address. A code does not: it is for whoever reads the old one."""
        waiting = self.filter(person=person, state=Notice.State.QUEUED).exclude(priority=Notice.Priority.CODE)
        waiting.update(to=person.email, subject="", text="", html="", calendar="")

    def write_code(self, email, person, subject, text, html, expires_at, kind="code") -> "Notice":
        """Write an account notice (a sign-in code and the like), ahead of the queue, of no use after `expires_at`.

        Its body is erased once it is sent or expired.
        """
        return self.create(
            kind=kind,
            to=email,
            person=person,
            subject=subject,
            text=text,
            html=html,
            expires_at=expires_at,
            priority=Notice.Priority.CODE,
            dedupe_key=f"{kind}:{uuid.uuid4()}::",
        )

    def owe_private(self, email: str, person, key: str, subject: str, text: str, html: str, expires_at) -> "Notice":
        """Write a notice whose kind and subject tell the office nothing: it shows as account mail of its reader.

        `key` is unique to what it tells. Raises IntegrityError if it exists.
        """
        return self.create(
            kind=Notice.Kind.ACCOUNT,
            to=email,
            person=person,
            subject=subject,
            text=text,
            html=html,
            expires_at=expires_at,
            dedupe_key=f"{Notice.Kind.ACCOUNT}:{key}:",
        )


class Notice(models.Model):
    """One message owed to one address. Written in the transaction of what it tells; then delivered at least once."""

    Kind, State, Method, Priority = Kind, State, Method, Priority

    # Said at their time, whatever else is said: they are no news of the registration, and no news replaces them.
    PROMPTS = (Kind.AT_RISK, Kind.REMINDER, Kind.PRE_WORK)

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence shown to the office."""

    class NotUndeliverable(Refused):
        """There is nothing to deal with."""

    class NoteMissing(Refused):
        """The office has to say what it did."""

    # A change written after one of the first says what that one says; after the second nothing is left to say.
    TELLING = (Kind.REGISTERED, Kind.WAITLISTED, Kind.PROMOTED)
    ENDINGS = (Kind.WITHDRAWN, Kind.CANCELLED, Kind.WAITLIST_CLOSED)
    CHANGES = (Kind.CHANGED, Kind.ADDED, Kind.DROPPED)
    NO_NEWS = (*PROMPTS, Kind.AGAIN)

    kind = models.CharField(max_length=20, choices=Kind.choices)
    to = models.EmailField(max_length=254)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="notices")
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

    # Written when it can be sent, and sent unchanged whenever a copy may have arrived.
    subject = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True, help_text="When it came back as undeliverable.")
    problem = models.CharField(max_length=500, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    handled_note = models.CharField(max_length=500, blank=True)

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

    def __str__(self):
        return f"{self.get_kind_display()} ({self.get_state_display()})"

    def is_old_news(self, siblings: list["Notice"]) -> bool:
        """Tell whether there is later news among the notices of the same registration, sent or not.

        For what belongs to a thread that is what its calendar gets next; for plain mail, what its reader gets. A prompt
        neither is news nor grows old by it: whether it is still true is asked of what it is about. An invitation that
        is repeated is no news either.
        """
        if self.registration_id is None or self.kind in self.PROMPTS:
            return False
        if self.thread_id:
            return any(one.is_later_in_its_thread_than(self) for one in siblings)
        later = {one.kind for one in siblings if one.pk > self.pk}.difference(self.NO_NEWS)
        if self.kind == self.Kind.CHANGED:
            # Where and when it is must be said whatever else is new, unless the place has ended.
            return bool(later.intersection([self.Kind.CHANGED, *self.ENDINGS]))
        if self.kind in self.TELLING:
            return bool(later)
        if self.kind == self.Kind.PART_DECLINED:
            # Each is about another part.
            later.discard(self.Kind.PART_DECLINED)
        # What a change does not repeat is said beside it.
        return bool(later.difference(self.CHANGES))

    def is_later_in_its_thread_than(self, other: "Notice") -> bool:
        """Tell whether the calendar gets this after `other`."""
        return self.thread_id is not None and self.thread_id == other.thread_id and self.sequence > other.sequence

    def write_while_held(self, **values) -> None:
        """Write `values` of a notice that is being sent, unless its lease ran out and somebody else holds it now.

        In plain SQL, because each notice is written twice on its way out: to put these statements together anew takes
        an eighth of all it takes to send one.
        """
        held, quote = {"id": self.pk, "token": self.token, "state": self.State.SENDING}, connection.ops.quote_name
        fields = [(self._meta.get_field(name), value) for name, value in (*values.items(), *held.items())]
        written = [f"{quote(field.column)} = %s" for field, _ in fields]
        columns, only = ", ".join(written[: len(values)]), " AND ".join(written[len(values) :])
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {quote(self._meta.db_table)} SET {columns} WHERE {only}",
                [field.get_db_prep_save(value, connection) for field, value in fields],
            )

    write_while_held.alters_data = True

    def retry(self) -> None:
        """Queue an undeliverable notice again, with its attempts and its three days counted afresh."""
        Notice.objects.filter(pk=self.pk, state=self.State.DEAD).update(
            state=self.State.QUEUED,
            attempts=0,
            next_attempt_at=timezone.now(),
            created_at=timezone.now(),
            problem="",
            handled_at=None,
            handled_by=None,
            handled_note="",
            bounced_at=None,
        )

    retry.alters_data = True

    @transaction.atomic
    def handle(self, by: Person, note: str, now: datetime | None = None) -> None:
        """Say that the office has dealt with this undeliverable notice some other way, and how: it waits no longer.

        Refuses what is not undeliverable (NotUndeliverable), and an empty `note` (NoteMissing).
        """
        lock_row(self)
        if self.handled_at:
            return
        if self.state != self.State.DEAD:
            raise self.NotUndeliverable("Only undeliverable mail is marked as handled.")
        if not note.strip():
            raise self.NoteMissing("Say what was done: the record needs it.")
        self.handled_at, self.handled_by, self.handled_note = now or timezone.now(), by, note.strip()[:500]
        self.save(update_fields=["handled_at", "handled_by", "handled_note"])
        record(by, self, f"Marked as handled: {self.handled_note} It had failed: {self.problem}")

    handle.alters_data = True

    def bounce(self, words: str, now: datetime) -> bool:
        """Mark a notice as undeliverable that was accepted at first and came back since. Tells whether it was news."""
        handed_over = Notice.objects.filter(pk=self.pk, attempts__gt=0).exclude(state=self.State.DEAD)
        problem = f"Came back: {words}"[:500]
        return bool(handed_over.update(state=self.State.DEAD, bounced_at=now, problem=problem, lease_until=None))

    bounce.alters_data = True
