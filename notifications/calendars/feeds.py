"""Gather the entries of files to download and of feeds: those of one person's seats, and the public ones.

A person's entries are built from their threads. They have the UIDs, times and words of the invitations, so that a
calendar recognizes an entry that it got by mail (calendar.md section 9).
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import Error as DatabaseError
from django.db.models import Count, F, Max, Model, Q, QuerySet

from accounts.models import Campus, Person
from foundation.links import absolute
from foundation.values.zones import zone_of
from notifications.calendars.invitations import description_for, part_title_for, summary_for
from notifications.calendars.snapshots import link_for, place_words
from notifications.calendars.writing import Entry
from notifications.models import CalendarThread, CalendarThreadQuerySet, LeadingThread
from registrations.models import Registration
from sessions_app.models import Meeting, Session, SessionQuerySet, Venue
from sessions_app.models.numbering import READ, Numbered, numbered

logger = logging.getLogger(__name__)
Row = TypeVar("Row", CalendarThread, LeadingThread, Meeting)

LOOK_BACK, KEEP_CANCELLED = timedelta(days=90), timedelta(days=30)
MOST_SESSIONS = 1000
STATUS: dict[str, str] = {
    Session.Status.OPEN: "TENTATIVE",
    Session.Status.CONFIRMED: "CONFIRMED",
    Session.Status.COMPLETED: "CONFIRMED",
    Session.Status.CANCELLED: "CANCELLED",
}

SEAT = Q(registration__status=Registration.Status.REGISTERED)
HELD = Q(meeting__cancelled_at=None)
# Meetings that were held before the session was cancelled, or before the person left.
WAS_THERE = Q(registration__session__confirmed_at__isnull=False) & (
    Q(
        registration__status=Registration.Status.WITHDRAWN,
        meeting__starts_at__lte=F("registration__withdrawn_at"),
    )
    | Q(
        registration__status=Registration.Status.SESSION_CANCELLED,
        meeting__ends_at__lte=F("registration__session__cancelled_at"),
    )
)


def entries_of(registration: Registration) -> list[Entry]:
    """Return the entries of one seat, in the order of its meetings; none for a person who waits or has left."""
    return _own(CalendarThread.objects.filter(SEAT & HELD, registration=registration))


def entries_for(person: Person, now: datetime) -> list[Entry]:
    """Return the entries of a person's private feed: seats from 90 days back on, and for 30 days what was cancelled.

    A cancelled meeting is listed only if its person was invited: nobody else has an entry to strike. A meeting that was
    held before the person left, or before the rest of the session was cancelled, is not struck.
    """
    since = now - KEEP_CANCELLED
    session_cancelled = Q(
        registration__status=Registration.Status.SESSION_CANCELLED, registration__session__cancelled_at__gt=since
    )
    struck = Q(requested_at__isnull=False) & (SEAT & Q(meeting__cancelled_at__gt=since) | session_cancelled & HELD)
    own = CalendarThread.objects.filter(registration__person=person, meeting__ends_at__gt=now - LOOK_BACK)
    return _own(own.filter((SEAT | WAS_THERE) & HELD | struck))


def entries_of_session(session: Session) -> list[Entry]:
    """Return the entries of one public session, for anybody's calendar."""
    return _public(Meeting.objects.filter(session=session))


def public_entries(sessions: SessionQuerySet, now: datetime) -> list[Entry]:
    """Return the entries of the listed ones among `sessions`, from 30 days back on, for anybody's calendar.

    At most a thousand sessions, the earliest of them: those farther ahead come into the feed in time.
    """
    since = now - KEEP_CANCELLED
    recent = sessions.listed().filter(ends_at__gt=since)
    shown = recent.exclude(status=Session.Status.CANCELLED, cancelled_at__lte=since)
    first = shown.order_by("starts_at", "pk").values("pk")[:MOST_SESSIONS]
    held_or_struck = Q(cancelled_at=None) | Q(cancelled_at__gt=since)
    return _public(Meeting.every.filter(held_or_struck, session__in=first), busy=False)


def each_alone(rows: Iterable[Row], entry_of: Callable[[Row], Entry]) -> list[Entry]:
    """Return the entry of each row. One that no calendar can show is left out and logged by its key (guarantee G21).

    A database that is away leaves nothing out: its error is raised, or calendars would strike what is held.
    """
    entries = []
    for row in rows:
        try:
            entries.append(entry_of(row))
        except DatabaseError:
            raise
        except Exception as error:
            # Without the words of the error: they may be somebody's.
            logger.error("%s %s is left out of a calendar: %s", type(row).__name__, row.pk, type(error).__name__)
    return entries


def _own(threads: CalendarThreadQuerySet) -> list[Entry]:
    """Return an entry for each thread. Four queries, however many there are."""
    related = ("meeting__venue__campus", "registration__session__workshop", "registration__person")
    led_by = "registration__session__facilitators"
    own = list(threads.select_related(*related).prefetch_related(led_by).order_by("meeting__starts_at", "pk"))
    for thread in own:
        thread.meeting.session = thread.registration.session
    parts = Parts(thread.meeting for thread in own)
    records = Records(thread.meeting for thread in own)
    return each_alone(own, lambda thread: _own_entry(thread, parts, records))


def _own_entry(thread: CalendarThread, parts: "Parts", records: "Records") -> Entry:
    registration, meeting, session = thread.registration, thread.meeting, thread.registration.session
    status, part = status_of(meeting), parts.of(meeting)
    return Entry(
        uid=thread.uid,
        sequence=thread.shown_sequence,
        stamp=records.last_change(
            meeting, registration.seated_at, registration.mode_since, registration.person.discreet_titles_chosen_at
        ),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        time_zone=zone_of(meeting.time_zone).key,
        summary=summary_for(registration.person, session),
        description=description_for(registration),
        location=place_words(meeting, session.format, registration.mode),
        status=status,
        # As in the mail: the link to join comes with the confirmation.
        join_link=link_for(meeting, registration.mode) if status == "CONFIRMED" else "",
        busy=status != "CANCELLED",
        part=part.number,
        parts=part.of,
        part_title=part_title_for(registration.person, part),
    )


def _public(meetings: QuerySet[Meeting], busy: bool = True) -> list[Entry]:
    """Return an entry for each of `meetings`. Four queries, however many there are."""
    related = meetings.select_related("session__workshop", "venue__campus").prefetch_related("session__facilitators")
    shown = list(related.defer("session__workshop__description", "session__workshop__pre_work"))
    parts, records = Parts(shown), Records(shown)
    return each_alone(shown, lambda meeting: _public_entry(meeting, parts, records, busy))


def _public_entry(meeting: Meeting, parts: "Parts", records: "Records", busy: bool) -> Entry:
    session, status = meeting.session, status_of(meeting)
    part = parts.of(meeting)
    return Entry(
        # Made of the session's public code: only the registered person knows the UID of their own entry.
        uid=f"{session.code}-{meeting.pk}@{settings.SITE_HOST}",
        sequence=records.count(meeting),
        stamp=records.last_change(meeting),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        time_zone=zone_of(meeting.time_zone).key,
        summary=session.workshop.title,
        description=f"{session.workshop.summary}\nAbout this session: {absolute(session.get_absolute_url())}",
        location=place_words(meeting, session.format),
        status=status,
        private=False,
        busy=busy and status != "CANCELLED",
        part=part.number,
        parts=part.of,
        part_title=part.title,
    )


def status_of(meeting: Meeting) -> str:
    """Return the STATUS of an entry (calendar.md section 7)."""
    session = meeting.session
    if meeting.is_cancelled:
        return "CANCELLED"
    if session.confirmed_at and session.cancelled_at and meeting.ends_at <= session.cancelled_at:
        return "CONFIRMED"
    return STATUS[session.status]


class Parts:
    """Know, from one query, which part of its session each meeting is. A cancelled meeting keeps its number."""

    def __init__(self, meetings: Iterable[Meeting]) -> None:
        rows = defaultdict(list)
        sessions = {meeting.session_id for meeting in meetings}
        every = Meeting.every.filter(session__in=sessions).order_by("starts_at", "pk")
        for session, *row in every.values_list("session", *READ):
            rows[session].append(row)
        self.numbers = {session: numbered(meetings) for session, meetings in rows.items()}

    def of(self, meeting: Meeting) -> Numbered:
        """Return which part of its session the meeting is."""
        return self.numbers[meeting.session_id][meeting.pk]


class Records:
    """Know, from one query, how often and when last the office or the rule changed what the entries of meetings show.

    Every such change is on record in its own transaction (guarantee G14): a change of the session, its workshop, its
    facilitators, the venue or its campus.
    """

    def __init__(self, meetings: Iterable[Meeting]) -> None:
        wanted: dict[int, set[str]] = defaultdict(set)
        for meeting in meetings:
            for row in _rows_shown(meeting):
                wanted[ContentType.objects.get_for_model(row).pk].add(str(row.pk))
        self.places = {ContentType.objects.get_for_model(model).pk for model in (Venue, Campus)}
        of = Q(content_type__in=self.places)
        for kind, keys in wanted.items():
            of |= Q(content_type=kind, object_id__in=keys)
        found = LogEntry.objects.filter(of).order_by().values_list("content_type", "object_id")
        counted = found.annotate(Count("pk"), Max("action_time"))
        self.found = {(kind, key): (count, last) for kind, key, count, last in counted}

    def count(self, meeting: Meeting) -> int:
        """Return how many changes of what is shown of `meeting` are on record: a number that only grows.

        Changes of all venues and campuses count, for the meeting may move to a venue that has fewer.
        """
        own = (self._of(row)[0] for row in (meeting.session, meeting.session.workshop))
        places = (count for (kind, _), (count, _) in self.found.items() if kind in self.places)
        return sum(own) + sum(places)

    def last_change(self, meeting: Meeting, *others: datetime | None) -> datetime:
        """Return when what a calendar shows of `meeting` last changed; `others` are instants that count too."""
        session = meeting.session
        recorded = (self._of(row)[1] for row in _rows_shown(meeting))
        instants = (*recorded, session.published_at, session.confirmed_at, session.cancelled_at, *others)
        return max(instant for instant in instants if instant is not None)

    def _of(self, row: Model) -> tuple[int, datetime | None]:
        """Return how many changes of `row` are on record, and when the last one was made."""
        return self.found.get((ContentType.objects.get_for_model(row).pk, str(row.pk)), (0, None))


def _rows_shown(meeting: Meeting) -> list[Model]:
    """Return the rows whose names and values an entry of `meeting` shows."""
    rows: list[Model] = [meeting.session, meeting.session.workshop, *meeting.session.facilitators.all()]
    return rows + [meeting.venue, meeting.venue.campus] if meeting.venue else rows
