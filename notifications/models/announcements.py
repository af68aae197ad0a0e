"""Announcement: what the office writes to the people of one session, or to some of them, once."""

import uuid
from collections.abc import Callable, Collection
from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Person
from catalog.models import Program
from foundation import database_clock
from foundation.record import record
from foundation.text import number_words
from foundation.values.lines import LineField
from foundation.verbs import verb
from notifications.models.kind import KINDS
from notifications.models.notices import Notice, counts_of
from registrations.models import Registration
from registrations.models.preparation import has_pre_work
from sessions_app.models import Mode, Session

BATCH = 500
MOST_SUBJECT, MOST_WORDS = 150, 10_000
People = QuerySet[Registration]
IN_PROGRAM = "program-"
# Who is written to: what each is called, and who of the active registrations of a session that is.
PARTS: dict[str, tuple[str, Callable[[People], People]]] = {
    "seated": ("everybody with a seat", lambda people: people.filter(status="registered")),
    "all": ("everybody with a seat and everybody who waits", lambda people: people),
    "waiting": ("everybody who waits", lambda people: people.filter(status="waitlisted")),
    "unread": (
        "everybody with a seat who has not read the pre-work",
        lambda people: people.filter(status="registered", pre_work_done_at=None),
    ),
    "room": (
        "everybody with a seat in the room",
        lambda people: people.filter(status="registered").exclude(mode=Mode.ONLINE),
    ),
    "online": ("everybody with a seat online", lambda people: people.filter(status="registered", mode=Mode.ONLINE)),
}


def parts_of(session: Session, now: datetime) -> dict[str, str]:
    """Return the parts of the people of `session` that may be written to, by name, each with what it is called.

    Two queries at most.
    """
    names = ["seated", "all", "waiting"]
    names += ["unread"] if has_pre_work(session, now) else []
    names += ["room", "online"] if session.asks_how else []
    parts = {name: PARTS[name][0] for name in names}
    for program in Program.objects.filter(workshops=session.workshop_id).order_by("title", "pk"):
        parts[f"{IN_PROGRAM}{program.pk}"] = f"everybody with a seat who has one on another date of “{program}”"
    return parts


def people_of(session: Session, part: str) -> People:
    """Return the registrations of the people in `part` of `session` as it is now, in the order of their positions."""
    active = Registration.objects.filter(session=session, status__in=Registration.ACTIVE).order_by("position")
    if not part.startswith(IN_PROGRAM):
        return PARTS[part][1](active)
    others = Registration.objects.filter(
        person=OuterRef("person"),
        status=Registration.Status.REGISTERED,
        session__workshop__programs=int(part.removeprefix(IN_PROGRAM)),
    ).exclude(session=session)
    return active.filter(Exists(others), status=Registration.Status.REGISTERED)


class AnnouncementManager(models.Manager["Announcement"]):
    @verb
    def send(
        self,
        session: Session,
        part: str,
        subject: str,
        words: str,
        by: Person,
        key: uuid.UUID,
        copies: Collection[str] = (),
        now: datetime | None = None,
    ) -> "Announcement":
        """Owe a mail with `subject` and `words`, which are Markdown, to each person who is in `part` of `session` now.

        A copy goes to `by` and to the addresses `copies`, of people who lead the session. `key` is one for each mail
        that is composed: a second call with it answers with what was sent. The caller wakes the worker. Raises an
        Announcement.Refused: Empty, NobodyThere, NoSuchPart, and SentBefore where the first call with this `key` said
        something else.
        """
        now = now or database_clock.now()
        session.lock()
        if sent := self.filter(key=key).first():
            if (sent.session_id, sent.part, sent.subject, sent.words) != (session.pk, part, subject, words):
                raise Announcement.SentBefore(
                    "This mail went out before you changed it. Press again to send what it says now as a further one."
                )
            return sent
        if not subject.strip() or not words.strip():
            raise Announcement.Empty("Write a subject and a text: an empty mail is not sent.")
        parts = parts_of(session, now)
        if part not in parts:
            raise Announcement.NoSuchPart("Choose to whom it goes.")
        people = list(people_of(session, part).select_related("person"))
        if not people:
            raise Announcement.NobodyThere("There is nobody to write to: choose other people.")
        written = self.create(
            key=key,
            session=session,
            part=part,
            part_words=parts[part],
            subject=subject,
            words=words,
            written_by=by,
            written_at=now,
            people=len(people),
        )
        written.owe(people, copies, now)
        record(by, session, f"Wrote to {written.to_whom}: “{subject}”.")
        return written


class Announcement(models.Model):
    """One mail to the people of a session, as it was written: who wrote what to how many, and when."""

    class Refused(Exception):
        """The mail was not sent; `str(error)` is the sentence shown to the office."""

    class Empty(Refused):
        """There is no subject, or no text."""

    class NobodyThere(Refused):
        """Nobody is in that part of the session now."""

    class NoSuchPart(Refused):
        """The session has no such part."""

    class SentBefore(Refused):
        """Another mail was sent with this key."""

    key = models.UUIDField(unique=True, editable=False)
    session = models.ForeignKey(Session, models.PROTECT, related_name="announcements")
    part = models.CharField(max_length=30)
    part_words = models.CharField("to", max_length=250)
    subject = LineField(max_length=MOST_SUBJECT)
    words = models.TextField()
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    people = models.PositiveIntegerField(help_text="How many it went to, copies not counted.")

    objects = AnnouncementManager()

    class Meta:
        verbose_name = "mail to a session"
        verbose_name_plural = "mail to sessions"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(subject="") & ~models.Q(words="") & models.Q(people__gte=1),
                name="announcement_says_something_to_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def to_whom(self) -> str:
        """Return “twelve people, everybody with a seat”."""
        many = "one person" if self.people == 1 else f"{number_words(self.people)} people"
        return f"{many}, {self.part_words}"

    def owe(self, people: list[Registration], copies: Collection[str], now: datetime) -> None:
        """Write a Notice to each of `people`, and those of the copies. The caller holds the lock of the session."""
        session, kind, copy = self.session, KINDS["announced"], KINDS["announced_copy"]
        facts = counts_of(session) | {"announcement": self.pk}
        notices = [
            Notice(
                kind=kind.name,
                to=each.person.email,
                person=each.person,
                registration=each,
                facts=facts,
                dedupe_key=f"{kind.name}:{each.pk}::{self.pk}",
                created_at=now,
                next_attempt_at=now,
            )
            for each in people
        ]
        addresses = {self.written_by.email: True}
        for address in copies:
            addresses.setdefault(address, False)
        notices += [
            Notice(
                kind=copy.name,
                to=address,
                person=self.written_by if is_own else None,
                facts=facts | {"own": is_own},
                dedupe_key=f"{copy.name}:{self.pk}::{number}",
                created_at=now,
                next_attempt_at=now,
            )
            for number, (address, is_own) in enumerate(addresses.items())
        ]
        Notice.objects.bulk_create(notices, batch_size=BATCH)

    owe.alters_data = True  # type: ignore[attr-defined]

    def still_holds(self, registration_pk: int) -> bool:
        """Tell whether that person is in the part this was written to, as it is now. One query."""
        return people_of(self.session, self.part).filter(pk=registration_pk).exists()
