"""Write meetings as iCalendar objects (RFC 5545): an invitation by mail (RFC 5546), a file to download, a feed.

Plain values in, bytes out. An object sent by mail names exactly one attendee, the recipient, so that nobody learns who
else comes; files and feeds name none. icalendar does the escaping and folding; nothing here is put together as text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from urllib.parse import quote

from django.utils.encoding import iri_to_uri
from icalendar import Calendar, Component, Event, vCalAddress, vDuration, vText, vUri
from icalendar.parser import Contentline

from foundation.text import REMEMBERED, one_line
from foundation.values.addresses import ADDRESS, MOST
from notifications.calendars.vtimezone import SharedTimezone, utc, vtimezone, zone

PRODID = "-//Quorum//Sessions//EN"
# Gmail ignores anything greater.
LAST_SEQUENCE = 2**31 - 1
ANSWERS = ("NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED")
STATUSES = ("TENTATIVE", "CONFIRMED", "CANCELLED")
NOT_YET = "(not yet confirmed) "
# Octets of UTF-8. Outlook cuts LOCATION there, in the middle of a word or a link.
MOST_LOCATION = 255
# Beyond them a zone cannot move an instant without leaving the calendar of Python.
FIRST_YEAR, LAST_YEAR = 1900, 9998
# Of other years nobody knows what a zone does, and to ask takes seconds: a typing error must not cost all others that.
ZONED_YEARS = range(1971, 2200)
# How soon a calendar program may ask again. Most wait longer, whatever this says.
REFRESHED = timedelta(hours=1)
UID = re.compile(r"[!-~]{1,255}")
# The properties in which the invitations of two people to one meeting differ.
OF_ONE = {b"UID", b"DTSTAMP", b"DESCRIPTION", b"ATTENDEE"}
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Mailbox:
    """A name and an address. Raises ValueError for an address that mail cannot be sent to as it stands."""

    name: str
    address: str

    def __post_init__(self) -> None:
        if len(self.address) > MOST or not ADDRESS.fullmatch(self.ascii_address):
            raise ValueError(f"{self.address!r} is not an e-mail address.")

    @property
    def ascii_address(self) -> str:
        """Return the address as mail servers write it, an international domain in its ASCII form (IDNA)."""
        local, at, domain = self.address.rpartition("@")
        try:
            return local + at + (domain if domain.isascii() else domain.encode("idna").decode("ascii"))
        except UnicodeError:
            raise ValueError(f"{self.address!r} is not an e-mail address.") from None

    @property
    def uri(self) -> str:
        """Return the mailto URI (RFC 6068), with the few characters encoded that a URI cannot hold."""
        return "mailto:" + quote(self.ascii_address, safe="!$'*+@")


NOBODY = Mailbox("", "nobody@example.org")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a calendar shows of one meeting. Raises ValueError, with a sentence, for values that no calendar can show.

    `uid` stays the same and `sequence` only grows as the meeting changes; `stamp` is when this revision was made. All
    three times are aware, `time_zone` is the IANA name in which the meeting is shown. `part` counts from 1 to `parts`;
    `part_title` is that of the workshop’s part, if it has parts.
    `private` hides it from other people who see the calendar, `busy` marks the time as taken.
    """

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    summary: str
    description: str
    location: str
    status: str = "CONFIRMED"
    part: int = 1
    parts: int = 1
    part_title: str = ""
    join_link: str = ""
    private: bool = True
    busy: bool = True

    def __post_init__(self) -> None:
        if not UID.fullmatch(self.uid):
            raise ValueError(f"{self.uid!r} cannot be the UID of an invitation.")
        if not 0 <= self.sequence <= LAST_SEQUENCE:
            raise ValueError(f"SEQUENCE is a number from 0 to {LAST_SEQUENCE}, not {self.sequence}.")
        for name in ("stamp", "starts_at", "ends_at"):
            if getattr(self, name).utcoffset() is None:
                raise ValueError(f"{name} needs a time zone; {getattr(self, name)} has none.")
        if self.ends_at <= self.starts_at:
            raise ValueError("The end of a meeting must come after its start.")
        if not FIRST_YEAR <= self.starts_at.year <= self.ends_at.year <= LAST_YEAR:
            raise ValueError(f"Calendars show the years {FIRST_YEAR} to {LAST_YEAR}.")
        zone(self.time_zone)
        if not one_line(self.summary):
            raise ValueError("An invitation needs a title.")
        if self.status not in STATUSES:
            raise ValueError(f"STATUS is one of {', '.join(STATUSES)}, not {self.status!r}.")
        if not 1 <= self.part <= self.parts:
            raise ValueError(f"There is no part {self.part} of {self.parts}.")

    @property
    def title(self) -> str:
        """Return the summary, saying which part this is where a session has several, and whether it is still open.

        “Understanding Allyship (part 1 of 2): Identity and Power”.
        """
        summary, part_title = one_line(self.summary), one_line(self.part_title)
        titled = summary if self.parts == 1 else f"{summary} (part {self.part} of {self.parts})"
        titled = f"{titled}: {part_title}" if part_title else titled
        return NOT_YET + titled if self.status == "TENTATIVE" else titled

    @property
    def place(self) -> str:
        """Return the place, with the link to join where both are short enough: every calendar shows LOCATION.

        At most MOST_LOCATION octets, cut between two words and never inside a link.
        """
        location, link = one_line(self.location), one_line(self.join_link)
        both = " / ".join(filter(None, (location, link)))
        return both if len(both.encode()) <= MOST_LOCATION else _shortened(location)

    @property
    def notes(self) -> str:
        """Return the description as plain lines, and the whole link to join."""
        lines = [one_line(line) for line in self.description.splitlines()]
        link = one_line(self.join_link)
        return "\n".join([*lines, f"Join: {link}"] if link else lines).strip()

    @property
    def may_name_its_zone(self) -> bool:
        """False if its times must be in UTC, whatever the zone."""
        in_reach = self.starts_at.year in ZONED_YEARS and self.ends_at.year in ZONED_YEARS
        return in_reach and self.has_one_wall_clock

    @property
    def has_one_wall_clock(self) -> bool:
        """False if the meeting begins or ends in an hour that occurs twice.

        iCalendar has no second name for such an hour, and calendar programs differ on which one is meant.
        """
        walls = (instant.astimezone(zone(self.time_zone)) for instant in (self.starts_at, self.ends_at))
        return all(wall.replace(fold=0).utcoffset() == wall.replace(fold=1).utcoffset() for wall in walls)


@dataclass(frozen=True, kw_only=True)
class Invitation(Entry):
    """What one registered person's calendar shows of one meeting, and who invites whom.

    `uid` and `sequence` come from the calendar thread: the same UID and a greater number with every change and with the
    cancellation. `stamp` is when the mail was written. `rsvp` asks for an answer: only where answers are read.
    `partstat` is the last known answer, NEEDS-ACTION on the first invitation and whenever the time has changed.
    """

    organizer: Mailbox
    attendee: Mailbox
    rsvp: bool
    partstat: str = "NEEDS-ACTION"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.partstat not in ANSWERS:
            raise ValueError(f"PARTSTAT is one of {', '.join(ANSWERS)}, not {self.partstat!r}.")


def request(invitation: Invitation) -> bytes:
    """Return the METHOD:REQUEST that puts a meeting on the attendee's calendar, or updates it there.

    Its status is that of the invitation: a facilitator keeps a time free that is not confirmed yet.
    """
    return _by_mail("REQUEST", invitation.status, invitation, rsvp=invitation.rsvp)


def cancel(invitation: Invitation) -> bytes:
    """Return the METHOD:CANCEL that takes a meeting off the calendar, after a withdrawal as after a cancellation.

    Every UID has one attendee, so either way the whole object ends and STATUS:CANCELLED is right. Raises ValueError
    where SEQUENCE has not grown since the REQUEST (RFC 5546 section 3.2.5).
    """
    if invitation.sequence < 1:
        raise ValueError("A cancellation needs a greater SEQUENCE than the invitation it cancels, so at least 1.")
    return _by_mail("CANCEL", "CANCELLED", invitation, rsvp=False)


def publish(entries: Sequence[Entry], organizer: Mailbox) -> bytes:
    """Return the METHOD:PUBLISH of a file to download. Raises ValueError without an entry: RFC 5546 asks for one."""
    if not entries:
        raise ValueError("There is no meeting to put in the file.")
    calendar = _calendar("PUBLISH")
    for event in _events(calendar, entries):
        _add_last_modified(event)
        event.add("organizer", _address(organizer))
    return _written(calendar)


def feed(entries: Sequence[Entry], name: str) -> bytes:
    """Return the calendar named `name` that a program subscribes to.

    It has no METHOD, and names neither organizer nor attendee: a feed invites nobody. Without an entry it holds a time
    zone, for a calendar must hold something (RFC 5545 section 3.6).
    """
    calendar = _calendar()
    # Both properties twice: as RFC 7986 names them, and as programs have long named them. icalendar knows no type for
    # either.
    for label in ("name", "x-wr-calname"):
        calendar.add(label, vText(_unmistakable(one_line(name))))
    calendar.add("refresh-interval", vDuration(REFRESHED), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESHED))
    for event in _events(calendar, entries):
        _add_last_modified(event)
    if not calendar.subcomponents:
        calendar.add_component(utc())
    return _written(calendar)


def _written(calendar: Calendar) -> bytes:
    """Return the calendar as bytes. Its components are taken out of it on the way."""
    return b"".join(_written_lines(calendar))


def _written_lines(calendar: Calendar) -> list[bytes]:
    """Return the calendar's folded lines, those of a zone in one. Its components are taken out of it on the way."""
    parts, calendar.subcomponents = calendar.subcomponents, []
    *head, end = _lines(calendar)
    inside = [[part.lines] if isinstance(part, SharedTimezone) else _lines(part) for part in parts]
    return [*head, *chain.from_iterable(inside), end]


def _lines(component: Component) -> list[bytes]:
    """Return a component's folded lines. A line is folded once for all its recipients, for most lines go to many."""
    return [_folded(line) for line in component.content_lines(sorted=False) if line]


@lru_cache(REMEMBERED)
def _folded(line: Contentline) -> bytes:
    return line.to_ical() + b"\r\n"


def _by_mail(method: str, status: str, invitation: Invitation, rsvp: bool) -> bytes:
    """Return the object of `method` with its organizer and its one attendee.

    The lines in which its attendees differ are written for each, by icalendar as all lines; the others once for all.
    """
    of_all = replace(
        invitation,
        uid="nobody",
        stamp=NO_TIME,
        description="Nothing." if invitation.notes else "",
        attendee=NOBODY,
        partstat=ANSWERS[0],
        status=status,
    )
    own = Event()
    own.add("uid", invitation.uid)
    own.add("dtstamp", invitation.stamp.astimezone(UTC))
    own.add("description", _unmistakable(invitation.notes))
    own.add("attendee", _attendee(invitation, rsvp))
    written = {_name(line): line for line in _lines(own) if _name(line) in OF_ONE}
    return b"".join(written.get(_name(line), line) for line in _lines_by_mail(method, of_all, rsvp))


@lru_cache(REMEMBERED // 8)
def _lines_by_mail(method: str, invitation: Invitation, rsvp: bool) -> list[bytes]:
    calendar = _calendar(method)
    (event,) = _events(calendar, [invitation])
    event.add("organizer", _address(invitation.organizer))
    event.add("attendee", _attendee(invitation, rsvp))
    if method == "REQUEST":
        # Removes “Propose New Time” from Outlook: no answer changes the time.
        event.add("x-microsoft-disallow-counter", "TRUE")
    return _written_lines(calendar)


def _attendee(invitation: Invitation, rsvp: bool) -> vCalAddress:
    answers = {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": invitation.partstat,
        "RSVP": "TRUE" if rsvp else "FALSE",
    }
    return _address(invitation.attendee, **answers)


def _name(line: bytes) -> bytes:
    """Return the name of the property that a line says."""
    return line.partition(b":")[0].partition(b";")[0]


def _calendar(method: str = "") -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    return calendar


def _events(calendar: Calendar, entries: Iterable[Entry]) -> list[Event]:
    """Add the zones of the entries to the calendar, once each, and then an event for each entry. Return the events."""
    shown = list(entries)
    zones = _zones([entry for entry in shown if entry.may_name_its_zone])
    events = [_event(entry, in_utc=not (entry.may_name_its_zone and entry.time_zone in zones)) for entry in shown]
    for component in (*zones.values(), *events):
        calendar.add_component(component)
    return events


def _zones(entries: list[Entry]) -> dict[str, SharedTimezone]:
    """Return by name the VTIMEZONEs that hold for all these times; without a zone whose times must be in UTC."""
    found = {}
    for name in dict.fromkeys(entry.time_zone for entry in entries):
        there = [entry for entry in entries if entry.time_zone == name]
        first, last = min(entry.starts_at for entry in there), max(entry.ends_at for entry in there)
        if component := vtimezone(name, first, last):
            found[name] = component
    return found


def _event(entry: Entry, in_utc: bool) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.stamp.astimezone(UTC))
    event.add("sequence", entry.sequence)
    for name, instant in (("dtstart", entry.starts_at), ("dtend", entry.ends_at)):
        if in_utc:
            event.add(name, instant.astimezone(UTC))
        else:
            # Given as a plain parameter: icalendar would replace some zone names by others it takes for equal.
            wall_clock = instant.astimezone(zone(entry.time_zone)).replace(tzinfo=None)
            event.add(name, wall_clock, parameters={"TZID": entry.time_zone})
    texts = {"summary": entry.title, "description": entry.notes, "location": entry.place}
    for name, text in texts.items():
        if text:
            event.add(name, _unmistakable(text))
    if link := one_line(entry.join_link):
        # Whole, where every program finds it: Outlook reads URL, others CONFERENCE (RFC 7986 section 5.11).
        event.add("url", vUri(iri_to_uri(link)))
        event.add("conference", vUri(iri_to_uri(link)), parameters={"VALUE": "URI"})
    event.add("status", entry.status)
    event.add("transp", "OPAQUE" if entry.busy else "TRANSPARENT")
    event.add("class", "PRIVATE" if entry.private else "PUBLIC")
    return event


def _shortened(text: str) -> str:
    """Return `text` cut between two words to MOST_LOCATION octets. A single longer word is cut unless it is a link."""
    if len(text.encode()) <= MOST_LOCATION:
        return text
    room = MOST_LOCATION - len("…".encode())
    start = text.encode()[: room + 1].decode(errors="ignore")
    words = start.rpartition(" ")[0].rstrip(" ,;/")
    if not words and "://" not in start:
        words = start.encode()[:room].decode(errors="ignore")
    return f"{words}…" if words else ""


def _unmistakable(text: str) -> str:
    """Return `text` without a backslash before a capital N, which icalendar takes for a line break."""
    return text.replace("\\N", "\\n")


def _add_last_modified(event: Event) -> None:
    """Add LAST-MODIFIED: outside of scheduling DTSTAMP means the same (RFC 5545 section 3.8.7.2)."""
    event.add("last-modified", event.DTSTAMP)


def _address(mailbox: Mailbox, **parameters: str) -> vCalAddress:
    address = vCalAddress(mailbox.uri)
    address.params.update(parameters)
    # A parameter cannot hold a quotation mark, and programs differ on the caret (RFC 6868) and the backslash.
    name = one_line(mailbox.name.translate(dict.fromkeys(map(ord, '"^\\'))))
    if name:
        address.params["CN"] = name
    return address
