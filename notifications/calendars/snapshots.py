"""What one person's calendar shows of one meeting, as plain values: stored with what was sent, and compared.

Everything an invitation says about a meeting is here, so that nothing changes in a calendar unnoticed, and nothing else
makes an update.
"""

from collections import defaultdict
from datetime import UTC, datetime

from accounts.models import Person
from catalog.models import Format
from foundation.dates import long_day, time_span, zone_words
from foundation.text import one_line
from notifications.models import CalendarThread, Notice
from registrations.models import Registration
from sessions_app.models import Meeting, Session

TIMES = ("starts_at", "ends_at", "time_zone")
# What a neutral title hides.
HIDDEN = ("title", "facilitators")


def snapshot_of(registration: Registration, meeting: Meeting, numbers: dict[int, int] | None = None) -> dict:
    """Return what the calendar of the registration's person shows of `meeting`, one of `registration.session`.

    `numbers` are the session's `part_numbers`, where the caller has them.
    """
    session = registration.session
    numbers = numbers or session.part_numbers()
    return when_and_where(meeting, session) | {
        "title": session.workshop.title,
        "part": numbers[meeting.pk],
        "parts": len(numbers),
        "join_link": meeting.join_link,
        "facilitators": [facilitator.byline for facilitator in session.facilitators.all()],
    }


def snapshots_differ(before: dict, after: dict, person: Person) -> bool:
    """Tell whether the calendar of `person` shows something else with one than with the other.

    A neutral title hides the real one, and who leads the session. To choose one holds for what is sent from then on.
    """
    hidden = HIDDEN if person.discreet_titles else ()
    names = {*before, *after}.difference(hidden)
    return any(before.get(name) != after.get(name) for name in names)


def when_and_where(meeting: Meeting, session: Session) -> dict:
    """Return what somebody without an invitation knows of `meeting`: when and where it is."""
    return {
        "meeting": meeting.pk,
        "starts_at": meeting.starts_at.astimezone(UTC).isoformat(),
        "ends_at": meeting.ends_at.astimezone(UTC).isoformat(),
        "time_zone": meeting.time_zone,
        "place": place_words(meeting, session),
    }


def place_words(meeting: Meeting, session: Session) -> str:
    """Return where a meeting is, in words and without its join link."""
    if meeting.venue is None:
        return "Online"
    place = f"{meeting.venue}, {meeting.venue.campus}"
    return f"{place}, and online" if session.format == Format.HYBRID else place


def instant_in(values: dict, name: str) -> datetime:
    """Return one of the two times of stored values."""
    return datetime.fromisoformat(values[name])


def times_differ(before: dict, after: dict) -> bool:
    """Tell whether the meeting begins or ends at another instant: then everybody is asked anew."""
    return any(before.get(name) != after.get(name) for name in ("starts_at", "ends_at"))


def differences(before: dict, after: dict, this_year: int | None = None) -> list[dict]:
    """Return what differs as rows of `label`, `was` and `now`, in words: only what both know, and only what changed.

    Days carry the year unless it is `this_year`.
    """
    rows = []
    for label, names, words in ROWS:
        if all(name in values for name in names for values in (before, after)):
            was, now = words(before, this_year), words(after, this_year)
            if was != now:
                rows.append({"label": label, "was": was, "now": now})
    return rows


def when_words(values: dict, this_year: int | None = None) -> str:
    """“Tuesday, May 14, 12:30–2:00 PM, Central time”."""
    starts_at, ends_at, zone = instant_in(values, "starts_at"), instant_in(values, "ends_at"), values["time_zone"]
    return (
        f"{long_day(starts_at, zone, this_year)}, {time_span(starts_at, ends_at, zone)}, {zone_words(zone, starts_at)}"
    )


ROWS = [
    ("When", TIMES, when_words),
    ("Where", ("place",), lambda values, _: one_line(values["place"])),
    ("Join", ("join_link",), lambda values, _: one_line(values["join_link"]) or "no link"),
    ("Title", ("title",), lambda values, _: one_line(values["title"])),
    ("With", ("facilitators",), lambda values, _: one_line(", ".join(values["facilitators"])) or "nobody named yet"),
    ("Part", ("part", "parts"), lambda values, _: f"part {values['part']} of {values['parts']}"),
]


def note_snapshots(notices: list[Notice], now: datetime) -> None:
    """Keep what invitations are about to show, in their facts and with their threads. Only the threads are saved.

    Other times are asked about anew.
    """
    by_meeting = defaultdict(list)
    for notice in notices:
        by_meeting[notice.thread.meeting].append(notice)
    for meeting, invitations in by_meeting.items():
        shown, threads = snapshot_of(invitations[0].registration, meeting), [notice.thread for notice in invitations]
        moved = [thread for thread in threads if times_differ(thread.shown, shown)]
        _write(moved, partstat=CalendarThread.Partstat.NEEDS_ACTION)
        _write([thread for thread in threads if thread.requested_at is None], requested_at=now)
        _write(threads, shown=shown)
        for notice in invitations:
            notice.facts["says"] = shown


def _write(threads: list[CalendarThread], **values) -> None:
    for thread in threads:
        for name, value in values.items():
            setattr(thread, name, value)
    if threads:
        CalendarThread.objects.filter(pk__in=[thread.pk for thread in threads]).update(**values)
