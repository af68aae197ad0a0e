"""Who was at which meeting, and from where the portal knows it: one row per meeting and person, made by one verb."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.values.addresses import AddressField, plain_address
from foundation.values.lines import LineField, plain_line
from foundation.verbs import lock_row, verb
from outcomes.signals import attendance_changed
from registrations.models import Registration
from sessions_app.models import Meeting, Session

CORRECTED_FREELY = timedelta(days=30)
NOBODY_NAMED = "Write their name, or the e-mail address of their account."
NO_ACCOUNT = "Nobody here has an account with this address. Write their name too."


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def here(self) -> Self:
        """Of people who were there."""
        return self.filter(state=Attendance.State.HERE)

    def absent(self) -> Self:
        """Of people who somebody of the office says were not there."""
        return self.filter(state=Attendance.State.ABSENT)

    def unsure(self) -> Self:
        """Of people about whom a report left the office to decide."""
        return self.filter(state=Attendance.State.UNSURE)

    def of_session(self, session: Session) -> Self:
        """Those of all meetings of `session` that were held."""
        return self.filter(meeting__session=session, meeting__cancelled_at=None)

    def of_person(self, person: Person) -> Self:
        """Those of `person`, registered or not."""
        return self.filter(person=person)

    @verb
    def mark(
        self,
        meeting: Meeting,
        registration: Registration,
        state: str,
        source: str,
        by: Person,
        minutes: int | None = None,
        now: datetime | None = None,
    ) -> "Attendance":
        """Write down that the person of `registration` was, or was not, at `meeting`; the same said again is quiet.

        `by` is the person who says so: one's own with the code of the day, else somebody of the office. `minutes` are
        those a report counted. Raises an Attendance.Refused: NotOfThisSession, SaidByAMachine.
        """
        meeting.session.lock()
        if registration.session_id != meeting.session_id:
            raise Attendance.NotOfThisSession("This person is not registered for this session.")
        if state == Attendance.State.ABSENT and source in Attendance.MACHINES:
            raise Attendance.SaidByAMachine("Only a person says that somebody was not there.")
        now = now or database_clock.now()
        words = {"state": state, "source": source, "said_by": by, "said_at": now, "minutes": minutes}
        # Of people who press at once one makes the row, and the unique index leads the others to it.
        said, is_new = self.get_or_create(
            meeting=meeting, person=registration.person, defaults={"registration": registration, **words}
        )
        if is_new:
            announce(said, None)
        else:
            said.say(state, source, by, minutes, now)
        return said

    @verb
    def walk_in(
        self,
        meeting: Meeting,
        by: Person,
        person: Person | None = None,
        name: str = "",
        address: str = "",
        source: str = "check_in",
        minutes: int | None = None,
        now: datetime | None = None,
    ) -> "Attendance":
        """Write down that somebody without a seat was at `meeting`; the same said again is quiet.

        It is `person`, or else the account of `address`, or else somebody known by `name` alone. Somebody who has a
        seat after all is marked as registered. A walk-in counts as there, never as registered in time, and the
        capacity refuses nobody. Raises Attendance.NobodyNamed.
        """
        meeting.session.lock()
        now, here = now or database_clock.now(), Attendance.State.HERE
        name, address = plain_line(name), plain_address(address)
        if person is None and address:
            person = Person.objects.filter(email=address).first()
        if person is None and not name:
            raise Attendance.NobodyNamed(NO_ACCOUNT if address else NOBODY_NAMED)
        if person is not None:
            who: dict[str, Any] = {"person": person}
            seat = Registration.objects.registered().filter(person=person, session=meeting.session_id).first()
            if seat is not None:
                return self.mark(meeting, seat, here, source, by, minutes, now)
        else:
            who = {"address": address} if address else {"person": None, "address": "", "name__iexact": name}
        words = {"state": here, "source": source, "said_by": by, "said_at": now, "minutes": minutes}
        names = {} if person is not None else {"name": name}
        said, is_new = self.get_or_create(meeting=meeting, **who, defaults=names | words)
        if is_new:
            record(by, said, "Attendance: came without being registered.")
            announce(said, None)
        else:
            said.say(here, source, by, minutes, now)
        return said


class Attendance(models.Model):
    """Whether one person was at one meeting. Keyed by the meeting and the registration, or by the person who walked in.

    A person without an account is known by `name` and perhaps `address`.
    """

    class State(models.TextChoices):
        HERE = "here", "here"
        ABSENT = "absent", "absent"
        UNSURE = "unsure", "to be decided"

    class Source(models.TextChoices):
        CHECK_IN = "check_in", "checked in at the door"
        CODE = "code", "code of the day"
        ROSTER = "roster", "ticked on the roster"
        LIST = "list", "a pasted list"
        REPORT = "report", "an attendance report"
        CORRECTION = "correction", "a correction"

    # What comes from these is counted by a machine: it may say that somebody was there, never that they were not (G19).
    MACHINES = (Source.CODE, Source.LIST, Source.REPORT)

    class Refused(Exception):
        """Writing attendance was refused; `str(error)` is the sentence shown to the person."""

    class NotOfThisSession(Refused):
        """The registration is for another session."""

    class SaidByAMachine(Refused):
        """No person says that somebody was absent."""

    class ReasonMissing(Refused):
        """It is long ago, and nobody says why it was wrong."""

    class NobodyNamed(Refused):
        """It is not said who walked in."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances")
    registration = models.ForeignKey(Registration, models.CASCADE, null=True, blank=True, related_name="attendances")
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="attendances")
    name = LineField(max_length=150, blank=True)
    address = AddressField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    source = models.CharField(max_length=12, choices=Source.choices)
    minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Minutes there, where they were counted."
    )
    said_at = models.DateTimeField(editable=False)
    said_by = models.ForeignKey(Person, models.SET_NULL, null=True, editable=False, related_name="+")

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "pk"]
        verbose_name_plural = "attendance"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "registration"], name="one_attendance_per_registration"),
            models.UniqueConstraint(fields=["meeting", "person"], name="one_attendance_per_person"),
            models.UniqueConstraint(
                fields=["meeting", "address"], condition=~Q(address=""), name="one_attendance_per_address"
            ),
            models.UniqueConstraint(
                "meeting", Lower("name"), condition=Q(person=None, address=""), name="one_attendance_per_name"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, name="", address="")
                | Q(person=None, registration=None) & ~Q(name=""),
                name="attendance_is_of_a_person_or_a_name",
            ),
            models.CheckConstraint(
                condition=~Q(state="absent", source__in=["code", "list", "report"]),
                name="no_machine_says_absent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.name} · {self.meeting}"

    # ---- questions ----

    @property
    def is_here(self) -> bool:
        return self.state == self.State.HERE

    @property
    def is_absent(self) -> bool:
        return self.state == self.State.ABSENT

    # ---- verbs ----

    @verb
    def take_back(self, by: Person) -> None:
        """Unsay it: nothing is known of this person at this meeting, as before. The row goes, and what it said stays on
        record with the meeting's list."""
        self.meeting.session.lock()
        rows = Attendance.objects.filter(pk=self.pk)
        found = rows.first()
        if found is None:
            return
        was, source = found.get_state_display(), found.get_source_display()
        rows.delete()
        record(by, self.meeting.session, f"Attendance of {self.person or self.name} taken back: {was}, {source}.")
        was_state, self.state = found.state, ""
        announce(self, was_state)

    @verb
    def say(self, state: str, source: str, by: Person, minutes: int | None = None, now: datetime | None = None) -> None:
        """Say it otherwise than before. A machine changes nothing that a person of the office has said."""
        self.meeting.session.lock()
        lock_row(self)
        if self.state == state or (source in self.MACHINES and self.source not in self.MACHINES):
            return
        was, self.state, self.source, self.said_by = self.state, state, source, by
        self.minutes, self.said_at = minutes, now or database_clock.now()
        self.save(update_fields=["state", "source", "said_by", "minutes", "said_at"])
        record(by, self, f"Attendance: {self.get_state_display()}, was {self.State(was).label}.")
        announce(self, was)

    @classmethod
    def refuse_without_reason(cls, meeting: Meeting, reason: str, now: datetime) -> None:
        """Raise ReasonMissing where attendance at `meeting` is corrected late, and nobody says why."""
        if not reason.strip() and now > meeting.ends_at + CORRECTED_FREELY:
            raise cls.ReasonMissing("This meeting was more than 30 days ago: say why it is corrected.")

    @verb
    def correct(self, state: str, by: Person, reason: str = "", now: datetime | None = None) -> None:
        """Say it otherwise after the list was closed. After 30 days that takes a reason, else ReasonMissing."""
        now, reason = now or database_clock.now(), reason.strip()
        self.meeting.session.lock()
        lock_row(self)
        if self.state == state:
            return
        self.refuse_without_reason(self.meeting, reason, now)
        if reason:
            record(by, self, f"Attendance corrected: {reason}")
        self.say(state, self.Source.CORRECTION, by, now=now)


def announce(said: Attendance, was: str | None) -> None:
    """Say that what is known of somebody changed, and count again. Part of a verb, under the lock of the session."""
    count_attended(said.meeting.session)
    attendance_changed.send(Attendance, attendance=said, was=was)


def count_attended(session: Session) -> None:
    """Note on `session` how many people were there, once the list of each of its meetings is closed."""
    if Meeting.objects.filter(session=session).exclude(sheet__closed_at__isnull=False).exists():
        return
    here = Attendance.objects.here().of_session(session).order_by()
    session.note_attended(here.values("person", "name", "address").distinct().count())
