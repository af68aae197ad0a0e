"""Write invitations: one meeting of one registration as an iCalendar object (RFC 5545) for scheduling (RFC 5546).

Plain values in, bytes out. Each object names exactly one attendee, the recipient, so that nobody learns who else comes.
Escaping and folding are icalendar's; nothing here is put together as text.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from icalendar import Calendar, Event, Timezone, vCalAddress

from notifications.vtimezone import vtimezone, zone

PRODID = "-//Quorum//Sessions//EN"
# Gmail ignores anything greater.
LAST_SEQUENCE = 2**31 - 1
ANSWERS = ("NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED")
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"{ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})*")
UID = re.compile(r"[!-~]{1,255}")


def one_line(text: str) -> str:
    """Return `text` on one line: breaks and runs of space become a single space; controls, lone surrogates and the
    marks that turn the direction of writing are dropped."""
    kept = (
        letter
        for letter in text
        if letter.isspace() or (unicodedata.category(letter) not in ("Cc", "Cs") and letter not in BIDI_CONTROLS)
    )
    return " ".join("".join(kept).split())


@dataclass(frozen=True)
class Mailbox:
    """Name one mailbox. Raise ValueError for an address mail cannot be sent to as it stands."""

    name: str
    address: str

    def __post_init__(self) -> None:
        if len(self.address) > 254 or not ADDRESS.fullmatch(self.ascii_address):
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


@dataclass(frozen=True)
class Invitation:
    """Hold what one registrant's calendar shows of one meeting. Raise ValueError, in a sentence, for what none could.

    `uid` and `sequence` come from the calendar thread: the same UID and a greater number with every change and with the
    cancellation. `stamp` is when this revision was written; all three times are aware, `time_zone` is the IANA name in
    which the meeting is shown. `part` counts meetings from 1. `rsvp` asks for an answer: only where answers are read.
    `partstat` is the last known answer, NEEDS-ACTION on the first invitation and whenever the time has changed.
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
    organizer: Mailbox
    attendee: Mailbox
    rsvp: bool
    partstat: str = "NEEDS-ACTION"
    part: int = 1
    parts: int = 1
    join_link: str = ""

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
        zone(self.time_zone)
        if not one_line(self.summary):
            raise ValueError("An invitation needs a title.")
        if self.partstat not in ANSWERS:
            raise ValueError(f"PARTSTAT is one of {', '.join(ANSWERS)}, not {self.partstat!r}.")
        if not 1 <= self.part <= self.parts:
            raise ValueError(f"There is no part {self.part} of {self.parts}.")

    @property
    def title(self) -> str:
        """Return the summary, saying which part this is where a session has several."""
        summary = one_line(self.summary)
        return summary if self.parts == 1 else f"{summary} (part {self.part} of {self.parts})"

    @property
    def place(self) -> str:
        """Return where to be, the link to join included: LOCATION is the one place every calendar shows."""
        return " / ".join(filter(None, (one_line(self.location), one_line(self.join_link))))

    @property
    def notes(self) -> str:
        """Return the description as plain lines."""
        return "\n".join(one_line(line) for line in self.description.splitlines()).strip()


def request(invitation: Invitation) -> bytes:
    """Return the METHOD:REQUEST that puts a meeting on the attendee's calendar, or updates it there."""
    return _calendar("REQUEST", "CONFIRMED", invitation, rsvp=invitation.rsvp)


def cancel(invitation: Invitation) -> bytes:
    """Return the METHOD:CANCEL that takes a meeting off again, whoever ended it: the person, the office or the rule.

    Every UID has one attendee, so both cancel the whole object and STATUS:CANCELLED is right in both. Raise ValueError
    where SEQUENCE has not been raised since the REQUEST (RFC 5546 section 3.2.5).
    """
    if invitation.sequence < 1:
        raise ValueError("A cancellation needs a greater SEQUENCE than the invitation it cancels, so at least 1.")
    return _calendar("CANCEL", "CANCELLED", invitation, rsvp=False)


def _calendar(method: str, status: str, invitation: Invitation, rsvp: bool) -> bytes:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    time_zone = _time_zone(invitation)
    if time_zone:
        calendar.add_component(time_zone)
    calendar.add_component(_event(status, invitation, rsvp, in_utc=time_zone is None))
    return calendar.to_ical(sorted=False)


def _time_zone(invitation: Invitation) -> Timezone | None:
    """Return the VTIMEZONE for the meeting's times, or None where they must be in UTC."""
    local_zone = zone(invitation.time_zone)
    for instant in (invitation.starts_at, invitation.ends_at):
        local = instant.astimezone(local_zone)
        # An hour that occurs twice has no second name in iCalendar, and readers differ on which one is meant.
        if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
            return None
    return vtimezone(invitation.time_zone, invitation.starts_at, invitation.ends_at)


def _event(status: str, invitation: Invitation, rsvp: bool, in_utc: bool) -> Event:
    event = Event()
    event.add("uid", invitation.uid)
    event.add("dtstamp", invitation.stamp.astimezone(UTC))
    event.add("sequence", invitation.sequence)
    for name, instant in (("dtstart", invitation.starts_at), ("dtend", invitation.ends_at)):
        if in_utc:
            event.add(name, instant.astimezone(UTC))
        else:
            # The name goes in by hand: icalendar would exchange some names for others it holds to be equal.
            wall_clock = instant.astimezone(zone(invitation.time_zone)).replace(tzinfo=None)
            event.add(name, wall_clock, parameters={"TZID": invitation.time_zone})
    texts = {"summary": invitation.title, "description": invitation.notes, "location": invitation.place}
    for name, text in texts.items():
        if text:
            # icalendar takes a backslash before a capital N for a line break and would make it one.
            event.add(name, text.replace("\\N", "\\n"))
    event.add("status", status)
    event.add("transp", "OPAQUE")
    event.add("class", "PRIVATE")
    event.add("organizer", _address(invitation.organizer))
    attendee = {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": invitation.partstat,
        "RSVP": "TRUE" if rsvp else "FALSE",
    }
    event.add("attendee", _address(invitation.attendee, **attendee))
    return event


def _address(mailbox: Mailbox, **parameters: str) -> vCalAddress:
    address = vCalAddress(mailbox.uri)
    address.params.update(parameters)
    # A parameter cannot hold a quotation mark, and readers differ on the caret (RFC 6868) and the backslash.
    name = one_line(mailbox.name.translate(dict.fromkeys(map(ord, '"^\\'))))
    if name:
        address.params["CN"] = name
    return address
