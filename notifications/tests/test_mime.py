"""Messages are sent through a real SMTP conversation, and what arrived is taken apart."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.text import one_line
from notifications.calendars.writing import Invitation, Mailbox, cancel, request
from notifications.outbox.mime import build_mail

OFFICE = Mailbox("Büro für Weiterbildung, Zürich", "training@portal.example")
JANA = Mailbox("Jana Nováková", "jana.novak@firm.example")
TEXT = (
    "Tuesday, 9 to 10:30 in Zürich (Central European Time).\n\n.A line with a dot\nFrom a line\n" + "ü" * 3_000 + "\n"
)
HTML = "<p>Tuesday, 9 to 10:30 in Zürich</p>\n" + "<p>x</p>" * 500
HEADERS = {"Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID"} | {
    *("X-Quorum-Notice", "Auto-Submitted", "X-Auto-Response-Suppress"),
}
MESSAGE_ID = "<6f1d1c1e-0c5e-4f1e-9a53-7f0f6a1f8c11@portal.example>"
INVITATION = Invitation(
    uid="6f1d1c1e-0c5e-4f1e-9a53-7f0f6a1f8c11@portal.example",
    sequence=3,
    stamp=datetime(2026, 10, 1, 8, tzinfo=UTC),
    starts_at=datetime(2026, 11, 12, 8, tzinfo=UTC),
    ends_at=datetime(2026, 11, 12, 10, tzinfo=UTC),
    time_zone="Europe/Zurich",
    summary="Größe zählt nicht: 会議 🎓 " + "ß" * 100,
    description="Zwei Zeilen,\nmit = Zeichen; und \\ mehr ",
    location="Seestraße 1, 8002 Zürich",
    organizer=OFFICE,
    attendee=JANA,
    rsvp=True,
)


def a_message(**changes):
    values = {
        "sender": OFFICE,
        "recipient": JANA,
        "subject": "Bestätigt: Größe zählt nicht, Dienstag 12. November, 9 Uhr in Zürich",
        "text": TEXT,
        "html": HTML,
        "message_id": MESSAGE_ID,
    }
    return build_mail(**values | changes)


@pytest.fixture
def arrived(smtp_sink):
    """arrived(mail) sends it and returns (as received, parsed)."""

    def send(mail):
        assert mail.send() == 1
        (received,) = smtp_sink.received
        assert_no_defects(received.message)
        return received, received.message

    return send


def assert_no_defects(parsed):
    for part in parsed.walk():
        assert part.defects == []
        assert [value.defects for value in part.values()] == [()] * len(part.values())


def shape(part):
    """Return the nested content types."""
    if part.is_multipart():
        return part.get_content_type(), [shape(child) for child in part.iter_parts()]
    return part.get_content_type()


@pytest.mark.parametrize(("write", "method"), [(request, "REQUEST"), (cancel, "CANCEL")])
def test_an_invitation_travels_as_the_last_alternative_and_as_a_file(arrived, write, method):
    calendar = write(INVITATION)
    _, parsed = arrived(a_message(calendar=calendar, method=method))
    alternatives = ("multipart/alternative", ["text/plain", "text/html", "text/calendar"])
    assert shape(parsed) == ("multipart/mixed", [alternatives, "application/ics"])

    alternative, attached = parsed.iter_parts()
    *_, inline = alternative.iter_parts()
    assert dict(inline["Content-Type"].params) == {"method": method, "charset": "utf-8"}
    assert str(inline["Content-Type"]).count("charset") == 1
    assert inline["Content-Disposition"] is None
    assert inline["Content-ID"] is None

    assert dict(attached["Content-Type"].params) == {"name": "invite.ics"}
    assert attached["Content-Disposition"].content_disposition == "attachment"
    assert dict(attached["Content-Disposition"].params) == {"filename": "invite.ics"}
    assert attached["Content-Transfer-Encoding"] == "base64"

    assert inline.get_payload(decode=True) == attached.get_payload(decode=True) == calendar
    read = icalendar.Calendar.from_ical(attached.get_payload(decode=True))
    assert read["method"] == method
    assert read.walk("VEVENT")[0]["attendee"] == f"mailto:{parsed['To'].addresses[0].addr_spec}"
    assert read.walk("VEVENT")[0]["organizer"] == f"mailto:{parsed['From'].addresses[0].addr_spec}"


def test_a_message_without_an_invitation_has_text_and_html_only(arrived):
    _, parsed = arrived(a_message())
    assert shape(parsed) == ("multipart/alternative", ["text/plain", "text/html"])


def test_text_and_html_arrive_as_written(arrived):
    _, parsed = arrived(a_message(calendar=request(INVITATION), method="REQUEST"))
    for kind, written in (("plain", TEXT), ("html", HTML)):
        part = parsed.get_body((kind,))
        assert dict(part["Content-Type"].params) == {"charset": "utf-8"}
        assert part.get_payload(decode=True).decode() == written.replace("\n", "\r\n")


def test_every_line_suits_a_relay_that_takes_seven_bits(arrived):
    received, _ = arrived(a_message(calendar=request(INVITATION), method="REQUEST"))
    assert received.raw.isascii()
    assert max(map(len, received.raw.split(b"\r\n"))) <= 78
    assert b"\n" not in received.raw.replace(b"\r\n", b"")


def test_the_message_says_who_when_and_that_a_machine_wrote_it(arrived):
    _, parsed = arrived(a_message())
    assert [(one.display_name, one.addr_spec) for one in parsed["From"].addresses] == [(OFFICE.name, OFFICE.address)]
    assert [(one.display_name, one.addr_spec) for one in parsed["To"].addresses] == [(JANA.name, JANA.address)]
    assert parsed["Subject"] == "Bestätigt: Größe zählt nicht, Dienstag 12. November, 9 Uhr in Zürich"
    assert abs(parsedate_to_datetime(parsed["Date"]).replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=1)
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["X-Auto-Response-Suppress"] == "OOF, AutoReply, DR, RN, NRN"
    assert parsed["Message-ID"] == MESSAGE_ID
    assert parsed["X-Quorum-Notice"] == MESSAGE_ID.strip("<>")
    assert sorted(parsed) == sorted(HEADERS)


def test_the_envelope_holds_one_bare_recipient(arrived):
    received, _ = arrived(a_message(recipient=Mailbox('Jana, "the" <other@y.example> Nováková ' * 20, JANA.address)))
    assert received.sender == "training@portal.example"
    assert received.recipients == ["jana.novak@firm.example"]


def test_what_cannot_be_delivered_comes_back_where_it_says(arrived):
    received, parsed = arrived(a_message(returns_to="codes@portal.example"))
    assert received.sender == "codes@portal.example"
    assert parsed["From"].addresses[0].addr_spec == OFFICE.address


def test_an_international_domain_is_written_in_ascii(arrived):
    received, parsed = arrived(a_message(recipient=Mailbox("Jana", "jana@bücher.example")))
    assert received.recipients == ["jana@xn--bcher-kva.example"]
    assert parsed["To"].addresses[0].addr_spec == "jana@xn--bcher-kva.example"


@pytest.mark.parametrize("name", ["", " \r\n", "\u202e"])
def test_a_person_without_a_name_is_addressed_without_one(arrived, name):
    received, _ = arrived(a_message(recipient=Mailbox(name, JANA.address)))
    assert b"\r\nTo: jana.novak@firm.example\r\n" in received.raw


INJECTION = "Jana\r\nBcc: victim@y.example\r\n\r\n<script>"


def test_no_name_or_subject_adds_a_header(arrived):
    received, parsed = arrived(a_message(recipient=Mailbox(INJECTION, JANA.address), subject=INJECTION))
    assert received.recipients == ["jana.novak@firm.example"]
    assert parsed["Bcc"] is None
    assert parsed["Subject"] == parsed["To"].addresses[0].display_name == "Jana Bcc: victim@y.example <script>"


HOSTILE = st.sampled_from(
    ["\r\n", "\n", "\x00", "\x85", "\u2028", "\u202e", "\ud800", '"', "'", "\\", "<", ">", ",", ";", ":", "@", "(", ")"]
    + ["=?utf-8?q?=0D=0ABcc:_x?=", "=?", "?=", "é", "🎓", "שלום", "  ", "\r\nBcc: x@y.example", "Dr. "]
)
WORDS = st.lists(HOSTILE | st.characters(exclude_categories=()) | st.text(min_size=20), max_size=12).map("".join)


@settings(max_examples=100)
@given(name=WORDS, subject=WORDS)
def test_names_and_subjects_arrive_as_one_line_of_the_same_letters(name, subject):
    mail = a_message(sender=Mailbox(name, OFFICE.address), recipient=Mailbox(name, JANA.address), subject=subject)
    raw = mail.message().as_bytes(linesep="\r\n")
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert raw.isascii()
    assert shape(parsed) == ("multipart/alternative", ["text/plain", "text/html"])
    assert sorted(parsed) == sorted(HEADERS)
    assert parsed["Subject"].replace(" ", "") == one_line(subject).replace(" ", "")
    assert not parsed["Subject"].startswith(" ")
    for header, mailbox in (("From", OFFICE), ("To", JANA)):
        (address,) = parsed[header].addresses
        assert address.addr_spec == mailbox.address
        assert "".join(address.display_name.split()) == "".join(one_line(name).split())


@pytest.mark.parametrize(
    "message_id",
    ["", "6f1d@portal.example", "<6f1d>", "<a b@portal.example>", "<6f1d@portal.example>\r\nBcc: x@y.example", "<é@x>"],
)
def test_what_is_no_message_id_is_refused(message_id):
    with pytest.raises(ValueError, match="is not a Message-ID"):
        a_message(message_id=message_id)


@pytest.mark.parametrize(
    ("calendar", "method"),
    [
        (request(INVITATION), "CANCEL"),
        (request(INVITATION), ""),
        (b"", "REQUEST"),
        (request(INVITATION), "request"),
        (request(INVITATION), "REQUEST\r\nBEGIN:VTIMEZONE"),
    ],
)
def test_a_method_that_is_not_the_calendars_own_is_refused(calendar, method):
    with pytest.raises(ValueError, match="The calendar part does not say METHOD:"):
        a_message(calendar=calendar, method=method)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"subject": "Confirmed"},
        {"subject": "word " * 40, "recipient": Mailbox("x" * 90, JANA.address)},
        {"recipient": Mailbox("Plain Name", f"{'a' * 60}@{'firm.' * 8}example")},
        {"calendar": request(INVITATION), "method": "REQUEST"},
    ],
)
def test_headers_are_written_as_the_email_package_writes_them(changes):
    built = a_message(**changes).message()
    brisk = built.as_bytes()
    built.policy = email.policy.compat32
    assert built.as_bytes() == brisk


def test_boundaries_stand_in_no_part_and_no_other_message():
    built = a_message(calendar=request(INVITATION), method="REQUEST").message()
    boundaries = [part.get_boundary() for part in built.walk() if part.is_multipart()]
    again = [part.get_boundary() for part in a_message().message().walk() if part.is_multipart()]
    bodies = "".join(part.get_payload() for part in built.walk() if not part.is_multipart())
    assert len(boundaries) == 2 and len({*boundaries, *again}) == 3
    assert all(boundary.startswith("=_") for boundary in boundaries) and "=_" not in bodies
