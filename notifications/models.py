"""Telling people: a Notice is one message owed to one address, a CalendarThread one entry in one calendar."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.locks import lock_row
from accounts.models import Person
from accounts.record import record
from notifications import wording
from notifications.private_feed import CalendarFeed  # noqa: F401
from registrations.models import Registration
from sessions_app.models import Meeting


def new_uid() -> str:
    """Return a random UID, never derived and never reused (calendar.md 0.2)."""
    return f"{uuid.uuid4()}@{settings.SITE_HOST}"


def new_message_id() -> str:
    return f"<{uuid.uuid4()}@{settings.SITE_HOST}>"


class CalendarThreadQuerySet(models.QuerySet):
    def begin(self, registration: Registration) -> None:
        """Give each meeting of a seat its UID; SEQUENCE stays empty until a message carries it. A retry adds nothing.

        The caller holds the session's lock. Made with the seat and not with the first message, so that the download and
        the feed show before the confirmation what the invitation then updates.
        """
        meetings = registration.session.meetings.order_by().values_list("pk", flat=True)
        self.bulk_create(
            [CalendarThread(registration=registration, meeting_id=meeting) for meeting in meetings],
            ignore_conflicts=True,
        )

    begin.alters_data = True

    def announced(self):
        """Threads of which a message was ever written."""
        return self.filter(sequence__isnull=False)


class CalendarThread(models.Model):
    """UID and SEQUENCE of one registration's one meeting. Registering again makes a new one of both."""

    class Partstat(models.TextChoices):
        NEEDS_ACTION = "NEEDS-ACTION", "Not answered"
        ACCEPTED = "ACCEPTED", "Accepted"
        TENTATIVE = "TENTATIVE", "Tentative"
        DECLINED = "DECLINED", "Declined"

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="threads")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="threads")
    uid = models.CharField("UID", max_length=255, unique=True, default=new_uid)
    sequence = models.PositiveIntegerField(
        "SEQUENCE", null=True, help_text="Of the newest message; empty before the first."
    )
    requested_at = models.DateTimeField(null=True, help_text="When an invitation was first handed to the mail server.")
    shown = models.JSONField(
        default=dict, blank=True, help_text="What the calendar shows: the values of the last invitation handed over."
    )
    partstat = models.CharField(
        "PARTSTAT",
        max_length=12,
        choices=Partstat.choices,
        default=Partstat.NEEDS_ACTION,
        help_text="The last answer from the calendar; asked anew when the time changes.",
    )
    answered_at = models.DateTimeField(
        "DTSTAMP of the answer", null=True, help_text="When the calendar wrote the last answer that was applied."
    )
    declined_notice = models.ForeignKey(
        "Notice",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The newest invitation when it was declined: one after it may have put the entry back.",
    )

    objects = CalendarThreadQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "meeting"], name="one_thread_per_registration_and_meeting")
        ]

    def __str__(self):
        return self.uid

    @property
    def was_taken_off(self) -> bool:
        """True where the person's own calendar has declined what it shows: there a cancellation is only noise."""
        if self.partstat != self.Partstat.DECLINED or self.declined_notice_id is None:
            return False
        return not self.notices.filter(method=Notice.Method.REQUEST, pk__gt=self.declined_notice_id).exists()

    def advance(self) -> int:
        """Assign and return the next SEQUENCE: 0, then one more each time. The caller holds the session's lock."""
        self.sequence = 0 if self.sequence is None else self.sequence + 1
        self.save(update_fields=["sequence"])
        return self.sequence

    advance.alters_data = True

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence shown to the office."""

    class NotInvited(Refused):
        """There is no invitation that holds now."""

    @transaction.atomic
    def send_again(self, by: Person, now: datetime | None = None) -> "Notice":
        """Owe the person the current invitation once more: the same SEQUENCE, a new DTSTAMP. Returns its notice.

        Answers with the notice that is on its way, where one is. Refuses (NotInvited) where the person is no longer
        invited to this meeting, or it is over. Nobody is woken: the caller does that, or the sweep.
        """
        now = now or timezone.now()
        self.registration.session.lock()
        self.refresh_from_db(fields=["sequence"])
        current = self.notices.filter(sequence=self.sequence).order_by("pk")
        first = current.first()
        if first is None or first.method != Notice.Method.REQUEST:
            raise self.NotInvited("This person is not invited to this meeting, so there is no invitation to send.")
        if self.meeting.ends_at <= now:
            raise self.NotInvited("This meeting is over, so its invitation is not sent any more.")
        on_its_way = current.filter(state__in=[Notice.State.QUEUED, Notice.State.SENDING]).first()
        if on_its_way:
            return on_its_way
        if by != self.registration.person:
            record(by, self, f"Invitation sent again by {by}.")
        return Notice.objects.owe_again(self, times=current.filter(kind=Notice.Kind.AGAIN).count() + 1)

    send_again.alters_data = True


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

    class Kind(models.TextChoices):
        CODE = "code", "Sign-in code"
        ACCOUNT = "account", "Account"
        REGISTERED = "registered", "Registered"
        WAITLISTED = "waitlisted", "On the waitlist"
        PROMOTED = "promoted", "A seat from the waitlist"
        CONFIRMED = "confirmed", "Session confirmed"
        WITHDRAWN = "withdrawn", "Withdrawn"
        CANCELLED = "cancelled", "Session cancelled"
        SEAT_OPENED = "seat_opened", "A seat has opened"
        WAITLIST_CLOSED = "waitlist_closed", "Waitlist closed"
        UNDECIDED = "undecided", "The office is asked"
        NOMINATED = "nominated", "Nominated"
        CALLED_OFF = "called_off", "Nominated, session cancelled"
        DATED = "dated", "A new date"
        AGAIN = "again", "The invitation again"
        CHANGED = "changed", "Session changed"
        ADDED = "added", "A meeting added"
        DROPPED = "dropped", "A meeting cancelled"
        ALTERED = "altered", "Nominated, session changed"
        UNDATED = "undated", "A new date cancelled"
        DECLINED = "declined", "Declined in the calendar"
        PART_DECLINED = "part_declined", "One part declined"
        KEPT = "kept", "Kept after declining"
        UNPROVEN = "unproven", "An answer to confirm"
        PLACE_GONE = "place_gone", "Accepted too late"
        AT_RISK = "at_risk", "More people needed"
        ROOM_LEFT = "room_left", "Seats on a date at risk"
        REMINDER = "reminder", "Reminder"
        PRE_WORK = "pre_work", "Pre-work not read"
        DIGEST = "digest", "Decisions due"

    # Said at their time, whatever else is said: they are no news of the registration, and no news replaces them.
    PROMPTS = (Kind.AT_RISK, Kind.REMINDER, Kind.PRE_WORK)

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        SUPERSEDED = "superseded", "Superseded by a newer one"
        DEAD = "dead", "Undeliverable"
        EXPIRED = "expired", "Expired"

    class Method(models.TextChoices):
        NONE = "", "No calendar part"
        REQUEST = "REQUEST", "Invitation"
        CANCEL = "CANCEL", "Cancellation"

    class Priority(models.IntegerChoices):
        CODE = 0, "Code"
        NEWS = 5, "News"

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

    # Written at the first attempt and sent unchanged at every later one.
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

    def newer(self):
        """Notices with later news, sent or not: of the same thread, or of the same registration for plain mail.

        A prompt neither is news nor grows old by it: whether it is still true is asked of what it is about.
        """
        if self.registration_id is None or self.kind in self.PROMPTS:
            return Notice.objects.none()
        if self.thread_id:
            return Notice.objects.filter(thread=self.thread_id, sequence__gt=self.sequence)
        later = Notice.objects.filter(registration=self.registration_id, pk__gt=self.pk).exclude(kind__in=self.PROMPTS)
        if self.kind == self.Kind.CHANGED:
            # Where and when it is must be said whatever else is new, unless the place has ended.
            return later.filter(kind__in=[self.Kind.CHANGED, *self.ENDINGS])
        if self.kind in self.TELLING:
            return later
        # What a change does not repeat is said beside it.
        return later.exclude(kind__in=self.CHANGES)

    def older_queued(self):
        """Queued notices of the same thread that this one makes obsolete."""
        return Notice.objects.filter(state=self.State.QUEUED, thread=self.thread_id, sequence__lt=self.sequence)

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


class Wording(models.Model):
    """The office's own words for one kind of mail. The standard stands in for what is empty and what cannot be used."""

    kind = models.CharField(max_length=20, primary_key=True, editable=False)
    subject = models.CharField(max_length=150, blank=True, help_text="Empty: the standard subject.")
    words = models.TextField(max_length=4000, blank=True, help_text="Empty: the standard words.")
    problem = models.CharField(
        max_length=500, blank=True, editable=False, help_text="Why the standard words were sent instead, the last time."
    )

    class Meta:
        ordering = ["kind"]
        verbose_name_plural = "wording of mail"

    def __str__(self):
        return dict(Notice.Kind.choices).get(self.kind, self.kind)

    @property
    def is_standard(self) -> bool:
        return not self.subject and not self.words

    def clean(self) -> None:
        """Refuse an unknown placeholder, a stray brace, control characters, and words without what they must hold."""
        if problems := wording.problems(self.kind, self.subject, self.words):
            raise ValidationError(problems)

    def report(self, problem: str) -> None:
        """Keep why this wording could not be used, unless it was changed meanwhile."""
        same = Wording.objects.filter(pk=self.pk, subject=self.subject, words=self.words)
        same.exclude(problem=problem[:500]).update(problem=problem[:500])

    report.alters_data = True


class MailQueue(models.Model):
    """The one row that says how delivering goes: the heartbeat of beat, and whether the mail server refuses us."""

    ALIVE = timedelta(minutes=5)
    PAUSE = timedelta(minutes=5)

    beat_at = models.DateTimeField(null=True, help_text="When beat’s sweep last ran in a worker.")
    paused_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)

    def __str__(self):
        return "Mail queue"

    @classmethod
    def load(cls) -> "MailQueue":
        """Return the row, or the one that will be written: looking writes nothing."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and self.paused_until > now

    def pause(self, problem: str, now: datetime) -> None:
        """Stop sending for five minutes: the server refuses our credentials, and trying each notice would burn it."""
        self._write(paused_until=now + self.PAUSE, problem=problem[:500])

    def resume(self) -> None:
        """Forget the problem once a message has been accepted."""
        MailQueue.objects.filter(pk=self.pk).exclude(problem="").update(paused_until=None, problem="")

    def beat(self, now: datetime) -> None:
        self._write(beat_at=now)

    def _write(self, **values) -> None:
        MailQueue.objects.update_or_create(pk=self.pk, defaults=values)

    pause.alters_data = resume.alters_data = beat.alters_data = True


# More models of this app; they need the ones above.
import notifications.received  # noqa: E402, F401
