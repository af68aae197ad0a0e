"""Take snapshots: what one person's calendar shows of one meeting, as plain values, stored and compared later.

A snapshot holds everything an invitation says about a meeting, so that every change of it makes an update, and nothing
else does (calendar.md 5.7). Its times are ISO 8601 in UTC.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from catalog.models import Format
from foundation.dates import long_day, time_span, zone_words
from foundation.text import one_line
from notifications.models import CalendarThread, Notice
from registrations.display.titles import DISCREET_TITLE
from registrations.models import Registration
from sessions_app.models import Meeting, Mode
from sessions_app.models.numbering import Numbered

Snapshot = dict[str, Any]

TIMES = ("starts_at", "ends_at", "time_zone")
# What a neutral title hides.
HIDDEN = ("title", "part_title", "facilitators")


def snapshot_of(registration: Registration, meeting: Meeting, numbers: dict[int, Numbered] | None = None) -> Snapshot:
    """Return what the calendar of the registered person is to show of `meeting`, one of `registration.session`.

    `numbers` are the session's `part_numbers`, where the caller has them.
    """
    session = registration.session
    part = (numbers or session.part_numbers())[meeting.pk]
    return when_and_where(meeting, session.format, registration.mode) | {
        "title": session.workshop.title,
        "part": part.number,
        "parts": part.of,
        "part_title": part.title,
        "join_link": link_for(meeting, registration.mode),
        "facilitators": [facilitator.byline for facilitator in session.led_by],
        "neutral": registration.person.discreet_titles,
    }


def snapshots_differ(before: Snapshot, after: Snapshot) -> bool:
    """Tell whether the calendar shows something else after than before.

    That nobody leads the session any more is no news by itself: the office looks for somebody, and then there is some.
    Nor is in which order those who lead it are named.
    """
    was, now_so = in_one_order(_as_shown(before)), in_one_order(_as_shown(after))
    if not now_so.get("facilitators"):
        was.pop("facilitators", None)
        now_so.pop("facilitators", None)
    return was != now_so


def in_one_order(snapshot: Snapshot) -> Snapshot:
    """Return a copy of `snapshot`, to be compared: in which order those who lead the session are named is no news."""
    return snapshot | ({"facilitators": sorted(snapshot["facilitators"])} if "facilitators" in snapshot else {})


def _as_shown(snapshot: Snapshot) -> Snapshot:
    """Return what a calendar shows of a snapshot: a neutral title hides the real one and the facilitators.

    A snapshot that does not know of neutral titles has the real one, and one that does not know of parts has none.
    """
    shown = {"neutral": False, "part_title": ""} | snapshot
    hidden = HIDDEN if shown["neutral"] else ()
    return {name: value for name, value in shown.items() if name not in hidden}


def when_and_where(meeting: Meeting, format: str, mode: str = "") -> Snapshot:
    """Return the snapshot of a person without an invitation: they know when and where they take part, by `mode`.

    The session of the meeting is held in `format`.
    """
    return {
        "meeting": meeting.pk,
        "starts_at": meeting.starts_at.astimezone(UTC).isoformat(),
        "ends_at": meeting.ends_at.astimezone(UTC).isoformat(),
        "time_zone": meeting.time_zone,
        "place": place_words(meeting, format, mode),
    }


def place_words(meeting: Meeting, format: str, mode: str = "") -> str:
    """Return where a meeting is, in words and without its join link: for a person who takes part as `mode` says.

    Its session is held in `format`.
    """
    if meeting.venue is None or mode == Mode.ONLINE:
        return "Online"
    place = f"{meeting.venue}, {meeting.venue.campus}"
    return f"{place}, and online" if format == Format.HYBRID and mode != Mode.ROOM else place


def tells_a_switch(before: Snapshot, after: Snapshot, mode: str) -> bool:
    """Tell whether the place differs because the person, who takes part as `mode` says, took part in another way.

    People who are online are told of no room.
    """
    was, now = before.get("place"), after.get("place")
    return bool(mode) and was != now and ("Online" in (was, now) or was == f"{now}, and online")


def held_otherwise(pairs: Iterable[tuple[Snapshot, Snapshot]], format: str) -> str:
    """Return `format` where all `pairs` of before and after say that it is held so only from now on; "" otherwise."""
    ways = {(_way(before), _way(after)) for before, after in pairs if before.get("place") != after.get("place")}
    was, now = ways.pop() if len(ways) == 1 else ("", "")
    return now if was != now == format else ""


def _way(snapshot: Snapshot) -> str:
    place = snapshot.get("place", "")
    if place == "Online":
        return Format.ONLINE.value
    return Format.HYBRID.value if place.endswith(", and online") else Format.IN_PERSON.value


def link_for(meeting: Meeting, mode: str) -> str:
    """Return the link to join for a person who takes part as `mode` says: in the room they have none."""
    return "" if mode == Mode.ROOM else meeting.join_link


def instant_in(snapshot: Snapshot, name: str) -> datetime:
    """Return `starts_at` or `ends_at` of a snapshot, aware."""
    return datetime.fromisoformat(snapshot[name])


def times_differ(before: Snapshot, after: Snapshot) -> bool:
    """Tell whether the meeting begins or ends at another instant: then everybody is asked again for an answer."""
    return any(before.get(name) != after.get(name) for name in ("starts_at", "ends_at"))


def differences(before: Snapshot, after: Snapshot, this_year: int | None = None) -> list[dict[str, str]]:
    """Return what changed, in words, as rows of `label`, `was` and `now`. What only one of the two knows is left out.

    Days carry the year unless it is `this_year`. Another order of those who lead the session is no change.
    """
    rows = []
    alike = in_one_order(before), in_one_order(after)
    for label, names, words in ROWS:
        if not all(name in values for name in names for values in (before, after)):
            continue
        if words(alike[0], this_year) != words(alike[1], this_year):
            rows.append({"label": label, "was": words(before, this_year), "now": words(after, this_year)})
    return rows


def when_words(values: Snapshot, this_year: int | None = None) -> str:
    """Return “Tuesday, May 14, 12:30–2:00 PM, Central time”."""
    starts_at, ends_at, zone = instant_in(values, "starts_at"), instant_in(values, "ends_at"), values["time_zone"]
    return (
        f"{long_day(starts_at, zone, this_year)}, {time_span(starts_at, ends_at, zone)}, {zone_words(zone, starts_at)}"
    )


def part_words(values: Snapshot) -> str:
    """Return “part 1 of 2: Allyship”, without the title where the workshop has no parts."""
    part = f"part {values['part']} of {values['parts']}"
    title = one_line(values.get("part_title", ""))
    return f"{part}: {title}" if title else part


# The label of the row that says which title the person chose.
NAMED = "In your calendar"
ROWS: list[tuple[str, tuple[str, ...], Callable[[Snapshot, int | None], str]]] = [
    ("When", TIMES, when_words),
    ("Where", ("place",), lambda values, _: one_line(values["place"])),
    ("Join", ("join_link",), lambda values, _: one_line(values["join_link"]) or "no link"),
    ("Title", ("title",), lambda values, _: one_line(values["title"])),
    (NAMED, (), lambda values, _: DISCREET_TITLE if values.get("neutral") else "the title of the session"),
    ("With", ("facilitators",), lambda values, _: one_line(", ".join(values["facilitators"])) or "nobody named yet"),
    ("Part", ("part", "parts"), lambda values, _: part_words(values)),
]


def note_snapshots(notices: list[Notice], now: datetime) -> None:
    """Note what invitations are about to show, in their facts and with their threads. Only the threads are saved.

    Where the times are others than the calendar shows, the answer of the person counts no longer.
    """
    alike: dict[tuple[Meeting, bool, str], list[Notice]] = defaultdict(list)
    for notice in notices:
        own = notice.registration
        alike[notice.thread.meeting, own.person.discreet_titles, own.mode].append(notice)
    for (meeting, _, _), invitations in alike.items():
        shown, threads = snapshot_of(invitations[0].registration, meeting), [notice.thread for notice in invitations]
        moved = [thread for thread in threads if times_differ(thread.shown, shown)]
        _write(moved, partstat=CalendarThread.Partstat.NEEDS_ACTION)
        _write([thread for thread in threads if thread.requested_at is None], requested_at=now)
        _write(threads, shown=shown)
        for notice in invitations:
            notice.facts["says"] = shown


def _write(threads: list[CalendarThread], **values: Any) -> None:
    """Set and save `values` on all of these threads, in one query."""
    for thread in threads:
        for name, value in values.items():
            setattr(thread, name, value)
    if threads:
        CalendarThread.objects.filter(pk__in=[thread.pk for thread in threads]).update(**values)
