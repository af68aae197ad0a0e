"""Generated titles, names, places and descriptions, each written as invitation, cancellation, file and feed entry.

`try_generated(10_000)` is the whole promise; the suite tries a few hundred of them.
"""

import random
import re
import traceback
from datetime import UTC, datetime, timedelta

from devtools.testing.calendar_readers import read_alike
from foundation.text import one_line
from notifications.calendars.writing import (
    MOST_LOCATION,
    NOT_YET,
    Entry,
    Invitation,
    Mailbox,
    cancel,
    feed,
    publish,
    request,
)

OFFICE = Mailbox("Training office", "training@portal.example")
SCRIPTS = [(0x20, 0x7E), (0xA1, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x5D0, 0x5EA), (0x621, 0x64A)]
SCRIPTS += [(0x900, 0x939), (0xE01, 0xE2E), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3), (0x1F300, 0x1F5FF), (0, 0x10FFFF)]
HOSTILE = ["\r\n", "\n", "\r", "\x00", "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\ud800"]
HOSTILE += ["\\", "\\n", "\\N", "\\,", '"', "'", ",", ";", ":", "^n", "^'", "%0D%0A", "=?utf-8?q?a?=", "\ufeff"]
HOSTILE += ["END:VEVENT", "\r\nATTENDEE:mailto:x@y.example", "\r\n ", "BEGIN:VALARM", "  ", "\t", "e\u0301", "\u200d"]
HOSTILE += ["👩🏽‍🔬", "🇺🇸"]
ZONES = ["America/Chicago", "Europe/Paris", "Australia/Sydney", "Asia/Kathmandu", "Africa/Casablanca", "UTC"]


def some_text(chance: random.Random, pieces: int) -> str:
    """Return up to `pieces` pieces of one script, of any, or of what has broken calendars before."""
    script = chance.choice(SCRIPTS)
    found = []
    for _ in range(chance.randint(0, pieces)):
        if chance.random() < 0.2:
            found.append(chance.choice(HOSTILE))
        else:
            found.append("".join(chr(chance.randint(*script)) for _ in range(chance.randint(1, 30))))
    return "".join(found)


def some_invitation(chance: random.Random) -> Invitation:
    starts_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * chance.randrange(4 * 24 * 730))
    parts = chance.choice([1, 1, 1, 2, 12])
    return Invitation(
        uid=f"{chance.getrandbits(122):x}@portal.example",
        sequence=chance.randint(1, 2**31 - 1),
        stamp=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(10**8)),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=5 * chance.randint(1, 300)),
        time_zone=chance.choice(ZONES),
        summary=f"T{some_text(chance, 8)}",
        description=some_text(chance, 30),
        location=some_text(chance, 8),
        organizer=OFFICE,
        attendee=Mailbox(some_text(chance, 6), f"p{chance.randrange(10**6)}@firm.example"),
        rsvp=chance.random() < 0.5,
        part=chance.randint(1, parts),
        parts=parts,
        join_link=chance.choice(["", "https://meet.example/a;b?c=d,e", f"https://meet.example/{'x' * 300}"]),
    )


def try_generated(count: int, seed: int = 0) -> int:
    """Write `count` generated meetings in all four ways and read each with three readers. Returns how many files.

    Raises AssertionError, with the seed and the number of the meeting, where one reader has another value than another
    or than was written, where there are not exactly one event and one attendee (none in file and feed), where a line is
    longer than 75 octets or does not end in CRLF.
    """
    files = 0
    for number in range(count):
        invitation = some_invitation(random.Random(f"{seed}-{number}"))
        try:
            files += try_one(invitation)
        except Exception as error:
            said = str(error) or traceback.extract_tb(error.__traceback__)[-1].line
            raise AssertionError(f"seed {seed}, meeting {number}: {said}\n{invitation!a}") from error
    return files


def try_one(invitation: Invitation) -> int:
    attendees = (f"mailto:{invitation.attendee.address}",)
    organizers = (f"mailto:{OFFICE.address}",)
    entry = entry_of(invitation)
    written = [
        (request(invitation), "CONFIRMED", attendees, organizers),
        (cancel(invitation), "CANCELLED", attendees, organizers),
        (publish([entry], OFFICE), "TENTATIVE", (), organizers),
        (feed([entry], invitation.summary), "TENTATIVE", (), ()),
    ]
    for data, status, *people in written:
        (event,) = read_alike(data)
        title = one_line(invitation.summary)
        if invitation.parts > 1:
            title += f" (part {invitation.part} of {invitation.parts})"
        prefix = NOT_YET if status == "TENTATIVE" else ""
        link = [f"Join: {invitation.join_link}"] if invitation.join_link else []
        lines = "\n".join([*(one_line(line) for line in invitation.description.splitlines()), *link]).strip()
        place = " / ".join(filter(None, (one_line(invitation.location), invitation.join_link)))
        if len(place.encode()) > MOST_LOCATION:
            place = invitation.place
            assert len(place.encode()) <= MOST_LOCATION and "://" not in place
            assert one_line(invitation.location).startswith(place.removesuffix("…"))
        # What icalendar would read as a line break is written as one that all read alike.
        texts = [re.sub(r"\\N", r"\\n", text) for text in (prefix + title, lines, place)]
        assert [event.summary, event.description, event.location] == texts
        assert (event.uid, event.sequence, event.status) == (invitation.uid, invitation.sequence, status)
        assert (event.starts_at, event.ends_at) == (invitation.starts_at, invitation.ends_at)
        assert [event.attendees, event.organizers] == people
        # What a parameter cannot hold, or readers differ on, is left out of a name.
        assert event.attendee_names == tuple(
            one_line(re.sub(r'["^\\]', "", invitation.attendee.name)) for _ in people[0]
        )
    return len(written)


def entry_of(invitation: Invitation) -> Entry:
    """Return the same meeting as a file or feed shows it before it is confirmed."""
    names = Entry.__dataclass_fields__
    return Entry(**{name: getattr(invitation, name) for name in names} | {"status": "TENTATIVE"})
