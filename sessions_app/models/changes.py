"""What may change once people have planned with it: when, where and how often a session meets, what, and who leads it.

Each verb sends `session_changed` with the meetings as they were before; the receivers find out what that means for
people. A draft is edited in its form instead, and a session that has ended stays as it was.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import Person
from catalog.models import Facilitator, Format, Part, Workshop
from foundation import database_clock
from foundation.record import record
from foundation.text import with_full_stop
from foundation.values.days import validate_day
from foundation.verbs import part_of_a_verb, verb
from sessions_app.models.deciding import DecidingQuerySet
from sessions_app.models.life import AnyLife
from sessions_app.models.merging import Merging
from sessions_app.models.numbering import Numbered, numbered
from sessions_app.models.venue import Meeting, MeetingPlan, Place, Times, Venue, any_overlap, meeting_words
from sessions_app.signals import session_changed

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

MOST_MEETINGS = 20


class ChangesQuerySet(DecidingQuerySet[AnyLife]):
    """Find sessions with their meetings."""

    def in_full(self) -> Self:
        """Sessions with all that a mail about them shows: workshop, facilitators and `all_meetings`. Three queries."""
        meetings = Meeting.every.select_related("venue__campus", "part").order_by("starts_at", "pk")
        return self.select_related("workshop").prefetch_related(
            "facilitators", models.Prefetch("meetings", meetings, to_attr="prefetched_meetings")
        )


class Changes(Merging):
    """Where a session meets and who leads it, and the verbs of a session that is open or confirmed."""

    facilitators = models.ManyToManyField(Facilitator, blank=True, related_name="sessions")
    # The facilitator it points to need not lead the session any more: who does stands in `facilitators` alone.
    first_facilitator = models.ForeignKey(
        Facilitator,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="stands first",
        help_text="Of several people who lead it. Empty: in the order of their names.",
    )

    if TYPE_CHECKING:
        workshop: models.ForeignKey[Workshop, Workshop]
        workshop_id: int
        first_facilitator_id: int | None
        meetings: RelatedManager[Meeting]
        prefetched_meetings: list[Meeting]

    class Meta:
        abstract = True

    # ---- who leads it ----

    @property
    def led_by(self) -> list[Facilitator]:
        """Who leads the session, in the order in which everybody reads them. No query where they are prefetched."""
        return in_their_order(self.facilitators.all(), self.first_facilitator_id)

    # ---- its meetings ----

    @property
    def all_meetings(self) -> list[Meeting]:
        """Return every meeting with its place and its part, cancelled ones too, in the order of time.

        Reads them again each time, unless the session was read `in_full`.
        """
        if "prefetched_meetings" in vars(self):
            return self.prefetched_meetings
        every = self.meetings(manager="every").select_related("venue__campus", "part")
        return list(every.order_by("starts_at", "pk"))

    @property
    def held_meetings(self) -> list[Meeting]:
        """Return those of `all_meetings` that are not cancelled."""
        return [meeting for meeting in self.all_meetings if not meeting.is_cancelled]

    def part_numbers(self) -> dict[int, Numbered]:
        """Return by key which part of the session each meeting is, cancelled ones too. Reads `all_meetings`."""
        return numbers_of(self.all_meetings)

    def has_meeting_ahead(self, now: datetime) -> bool:
        """True until the last of its meetings starts. A query once the first has."""
        return not self.has_started(now) or self.meetings.filter(starts_at__gt=now).exists()

    @verb
    def follow_meetings(self, now: datetime | None = None) -> None:
        """Copy start, end and zone from the meetings; the dates that hang on the start follow.

        Does nothing while there are no meetings.
        """
        self.lock()
        self._follow_meetings(now or database_clock.now())

    def _follow_meetings(self, now: datetime) -> list[str]:
        """Do what `follow_meetings` does, under the lock that is held. Returns what moved along, in words."""
        meetings = list(self.meetings.all())
        if not meetings:
            return []
        said = self.take_times(meetings, now)
        names = ["starts_at", "ends_at", "time_zone", "confirm_by", "asked_at"]
        self.save(update_fields=[*names, "registration_closes_at", "registration_opens_at"])
        return said

    @part_of_a_verb
    def take_times(self, meetings: Sequence[Meeting], now: datetime) -> list[str]:
        """Take start, end and zone from `meetings`, in the order of time. Returns what moved along; saves nothing."""
        if not meetings:
            return []
        old_start, old_zone = self.starts_at, self.time_zone
        self.starts_at, self.time_zone = meetings[0].starts_at, meetings[0].time_zone
        self.ends_at = max(meeting.ends_at for meeting in meetings)
        return self._move_decision(old_start, old_zone, now) + self._move_registration(old_start)

    # ---- its parts ----

    @verb
    def follow_parts(self, parts: Sequence[Part] | None = None) -> None:
        """Give the meetings of a draft the parts of its workshop, or `parts`, in the order of time.

        What is left of either has none. A session that people know of keeps its parts; `assign_parts` changes them.
        """
        self.lock()
        if self.status == self.Status.DRAFT:
            self._follow_parts(list(self.workshop.parts.all()) if parts is None else parts)

    def _follow_parts(self, parts: Sequence[Part]) -> None:
        meetings = list(self.meetings.all())
        wanted = dict(zip(meetings, [*parts, *[None] * len(meetings)], strict=False))
        self._hold({meeting: part for meeting, part in wanted.items() if meeting.part_id != (part and part.pk)})

    def _hold(self, parts: dict[Meeting, Part | None]) -> None:
        """Save which part each of these meetings holds. First they let go: no two hold one, not even in between."""
        if parts:
            self.meetings.filter(pk__in=[meeting.pk for meeting in parts]).update(part=None)
        for meeting, part in parts.items():
            meeting.part = part
            if part:
                meeting.save(update_fields=["part"])

    def part_to_hold(self) -> Part | None:
        """Return the first part of the workshop that none of its meetings holds; None where each is held. A query."""
        held = self.meetings.filter(part__isnull=False).values("part")
        return self.workshop.parts.exclude(pk__in=held).first()

    @verb
    def assign_parts(self, parts: dict[Meeting, Part | None], by: Person, now: datetime | None = None) -> None:
        """Say which part of the workshop these meetings hold; those left out keep theirs.

        Refuses what `reschedule` refuses, a part of another workshop, and one part in two meetings.
        """
        now = now or database_clock.now()
        before = self._lock_to_change(now)
        changed = {one: part for one, part in parts.items() if part != self._held(one, before).part}
        if not changed:
            return
        said = []
        for meeting, part in changed.items():
            self._refuse_started(meeting, now, "its part stays as it was")
            said.append(
                f"{meeting_words(meeting)}: from {self._held(meeting, before).part or 'none'} to {part or 'none'}."
            )
        after = {meeting: changed.get(meeting, meeting.part) for meeting in before}
        for meeting, part in changed.items():
            self._refuse_part(part, [one for held, one in after.items() if held != meeting])
        self._hold(changed)
        record(by, self, " ".join(["Parts of the meetings.", *said]))
        # Times and places are as they were: it concerns what invitations call the meeting.
        session_changed.send(type(self), session=self, before=None, now=now)

    # ---- the verbs ----

    @verb
    def reschedule(self, times: dict[Meeting, Times], by: Person, now: datetime | None = None) -> list[str]:
        """Move meetings to other times; the dates that hang on the start follow. Returns what moved along, in words.

        Refuses (AlreadyDecided) a session or a meeting that is past, and (Refused) a time in the past, an end before
        its start, two meetings at once, and a meeting that is not held any more.
        """
        now = now or database_clock.now()
        before = self._lock_to_change(now)
        moved = [meeting for meeting in times if times[meeting] != self._held(meeting, before).times]
        if not moved:
            return []
        said = []
        for meeting in moved:
            new = times[meeting]
            self._refuse_started(meeting, now, "its time stays as it was")
            self._refuse_times(new, now)
            meeting.starts_at, meeting.ends_at, meeting.time_zone = new.starts_at, new.ends_at, new.time_zone
            meeting.save(update_fields=["starts_at", "ends_at", "time_zone"])
            said.append(f"From {meeting_words(self._held(meeting, before))} to {meeting_words(meeting)}.")
        self._refuse_overlap()
        along = self._follow_meetings(now)
        record(by, self, " ".join(["Rescheduled.", *said, *along]))
        session_changed.send(type(self), session=self, before=before, now=now)
        return along

    @verb
    def relocate(self, places: dict[Meeting, Place], by: Person, now: datetime | None = None) -> None:
        """Move meetings to other rooms, or give them other links to join.

        Refuses what `reschedule` refuses, and a meeting without a room where the session is not online.
        """
        now = now or database_clock.now()
        before = self._lock_to_change(now)
        moved = [meeting for meeting in places if places[meeting] != self._held(meeting, before).place]
        if not moved:
            return
        said = []
        for meeting in moved:
            self._refuse_started(meeting, now, "its place stays as it was")
            self._refuse_nowhere(places[meeting].venue)
            meeting.venue, meeting.join_link = places[meeting].venue, places[meeting].join_link
            meeting.save(update_fields=["venue", "join_link"])
            old = self._held(meeting, before).place
            said.append(f"{meeting_words(meeting)}: from {old} to {meeting.place}.")
        record(by, self, " ".join(["Moved.", *said]))
        session_changed.send(type(self), session=self, before=before, now=now)

    @verb
    def add_meeting(self, plan: MeetingPlan, by: Person, now: datetime | None = None) -> Meeting:
        """Add a meeting to those the session has, for a part that none of them holds or for none.

        Refuses what `reschedule`, `relocate` and `assign_parts` refuse.
        """
        now = now or database_clock.now()
        before = self._lock_to_change(now)
        if len(before) >= MOST_MEETINGS:
            raise self.Refused(f"A session has {MOST_MEETINGS} meetings at most.")
        self._refuse_times(Times(plan.starts_at, plan.ends_at, plan.time_zone), now)
        self._refuse_nowhere(plan.venue)
        if plan.starts_at < self.starts_at <= now:
            raise self.AlreadyDecided("This session has started: a further meeting comes after its first one.")
        self._refuse_part(plan.part, [meeting.part for meeting in before])
        meeting = self.meetings.create(**vars(plan))
        self._refuse_overlap()
        along = self._follow_meetings(now)
        record(by, self, " ".join([f"Meeting added: {meeting_words(meeting)}, {meeting.place}.", *along]))
        session_changed.send(type(self), session=self, before=before, now=now)
        return meeting

    @verb
    def cancel_meeting(self, meeting: Meeting, reason: str, by: Person, now: datetime | None = None) -> None:
        """Cancel one meeting of several, with the reason people are told; the others stand.

        Refuses (AlreadyDecided) one that was held, and (Refused) the only one there is: that is `cancel`.
        """
        now = now or database_clock.now()
        before = self._lock_to_change(now)
        if self.meetings(manager="every").get(pk=meeting.pk).is_cancelled:
            return
        if self._held(meeting, before).ends_at <= now:
            raise self.AlreadyDecided("This meeting has been held; it cannot be cancelled.")
        if len(before) == 1:
            raise self.Refused("This is the only meeting of the session. Cancel the session instead.")
        meeting.cancelled_at, meeting.cancel_reason = now, self._said(reason)
        meeting.save(update_fields=["cancelled_at", "cancel_reason"])
        along = self._follow_meetings(now)
        record(
            by,
            self,
            " ".join([f"Meeting cancelled: {meeting_words(meeting)}. {with_full_stop(meeting.cancel_reason)}", *along]),
        )
        session_changed.send(type(self), session=self, before=before, now=now)

    @verb
    def appoint(self, facilitators: Iterable[Facilitator], by: Person, now: datetime | None = None) -> None:
        """Let these people lead the session, and nobody else."""
        now, new = now or database_clock.now(), set(facilitators)
        self.lock()
        old = set(self.facilitators.all())
        if new == old:
            return
        self.facilitators.set(new)
        was, now_led = (", ".join(sorted(map(str, group))) or "nobody" for group in (old, new))
        record(by, self, f"Led by {now_led}, before by {was}.")
        self.retell(now)

    @verb
    def put_first(self, facilitator: Facilitator | None, by: Person) -> None:
        """Name this one first of those who lead the session; None goes by their names. Nobody is written to."""
        self.lock()
        first = facilitator.pk if facilitator else None
        if first == self.first_facilitator_id:
            return
        self.first_facilitator = facilitator
        self.save(update_fields=["first_facilitator"])
        said = f"{facilitator} stands first" if facilitator else "Those who lead it stand in the order of their names"
        record(by, self, f"{said}.")

    @verb
    def retell(self, now: datetime | None = None) -> None:
        """Say that a name shown with this session has changed: its title, a room, who leads it. Nothing if it is over.

        The meetings are where and when they were.
        """
        now = now or database_clock.now()
        self.lock()
        if self.is_running and self.ends_at > now:
            session_changed.send(type(self), session=self, before=None, now=now)

    # ---- what the verbs have in common ----

    def _lock_to_change(self, now: datetime) -> list[Meeting]:
        """Lock the session, refuse one that cannot change, and return its meetings as they are before."""
        self.lock()
        if self.status == self.Status.DRAFT:
            raise self.AlreadyDecided("This session is a draft; change it in its form.")
        if not self.is_running:
            raise self.AlreadyDecided(f"This session is {self.get_status_display().lower()}; it cannot change.")
        if self.ends_at <= now:
            raise self.AlreadyDecided("This session has been held; it cannot change.")
        self._refuse_merging()
        return list(self.meetings.select_related("venue__campus", "part"))

    def _held(self, meeting: Meeting, before: list[Meeting]) -> Meeting:
        for one in before:
            if one == meeting:
                return one
        raise self.AlreadyDecided("This meeting is not held any more; it cannot change.")

    def _refuse_started(self, meeting: Meeting, now: datetime, sentence: str) -> None:
        meeting.refresh_from_db()
        if meeting.starts_at <= now:
            raise self.AlreadyDecided(f"The meeting on {meeting_words(meeting)} has started; {sentence}.")

    def _refuse_times(self, times: Times, now: datetime) -> None:
        if times.starts_at <= now:
            raise self.Refused("Choose a time in the future.")
        if times.ends_at <= times.starts_at:
            raise self.Refused("A meeting ends after it starts.")
        try:
            validate_day(times.starts_at)
        except ValidationError as error:
            raise self.Refused(error.message) from None

    def _refuse_overlap(self) -> None:
        if any_overlap(list(self.meetings.all())):
            raise self.Refused("Two meetings overlap. Change one of their times.")

    def _refuse_nowhere(self, venue: Venue | None) -> None:
        if venue is None and self.format != Format.ONLINE:
            raise self.Refused(f"Choose a venue: this session is {self.get_format_display().lower()}.")

    def _refuse_part(self, part: Part | None, others: list[Part | None]) -> None:
        """Refuse a part of another workshop, and one that is among the parts of the `others`."""
        if part is None:
            return
        if part.workshop_id != self.workshop_id:
            raise self.Refused(f"“{part}” is a part of another workshop. Choose one of this session’s workshop.")
        if part in others:
            raise self.Refused(f"Another meeting of this session holds “{part}”. Choose another part, or none.")


def numbers_of(meetings: Iterable[Meeting]) -> dict[int, Numbered]:
    """Return by key which part of their session `meetings` are: all of one session, in the order of time."""
    return numbered(
        (one.pk, one.part.pk, one.part.position, one.part.title) if one.part else (one.pk, None, None, None)
        for one in meetings
    )


def in_their_order(facilitators: Iterable[Facilitator], first: int | None) -> list[Facilitator]:
    """Return `facilitators`, which are in the order of their names, with the one whose key is `first` before all."""
    return sorted(facilitators, key=lambda one: one.pk != first)
