"""What the rules of foundation/values accept, every writer takes: mail, calendars, time zones, tables and pages."""

import csv
import html
import io
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.template import Context, Engine
from hypothesis import assume, example, given
from hypothesis import strategies as st
from icalendar import Calendar

from foundation.dates import long_day_and_time, short_day, time_span, zone_words
from foundation.files.spreadsheet import as_csv, safe_cell
from foundation.values.addresses import read_address
from foundation.values.lines import read_line
from foundation.values.zones import zone_names
from foundation.wall_clock import end_after, instant
from notifications.calendars.vtimezone import vtimezone
from notifications.calendars.writing import Entry, Invitation, Mailbox, cancel, feed, publish, request
from notifications.outbox.mime import build_mail

OFFICE = Mailbox("Training office", "training@portal.example")
STAMP = datetime(2026, 1, 1, tzinfo=UTC)
UNSEEN = [
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u00ad",
    "\ufe0f",
    "\u202e",
    "\0",
    "\u2028",
    "\\N",
    '"',
    ";",
    "=?utf-8?q?a?=",
    "^n",
]


def accepted(read, typed: str) -> str:
    """Return what is stored of what is typed; what is refused is no example."""
    try:
        return read(typed)
    except ValidationError:
        assume(False)


LINES = st.lists(st.one_of(st.characters(), st.sampled_from([*UNSEEN, "👩🏽", "म", "ل"])), min_size=1).map("".join)
TITLES = LINES.map(lambda typed: accepted(read_line, typed)).filter(bool)
LOCAL = st.text(st.sampled_from("abcXYZ019!#$%&'*+/=?^_`{|}~-.\" ()é\u200b"), min_size=1, max_size=66)
DOMAINS = st.sampled_from(
    ["example.edu", "Bücher.example", "[127.0.0.1]", "x", "a-b.example", "例え.example", "e_x.edu"]
)
TYPED = st.one_of(st.emails(), st.builds("{}@{}".format, LOCAL, DOMAINS))
ADDRESSES = TYPED.map(lambda typed: accepted(read_address, typed))
ZONES = st.sampled_from(sorted(zone_names()))
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@st.composite
def spans(draw) -> tuple[datetime, datetime, str]:
    """When a meeting is that somebody typed and no door refused."""
    day, start, end, zone = draw(DAYS), draw(st.times()), draw(st.times()), draw(ZONES)
    try:
        starts_at = instant(day, start.replace(second=0, microsecond=0), zone)
        return starts_at, end_after(starts_at, end.replace(second=0, microsecond=0), zone), zone
    except ValueError:
        assume(False)


def invitation(title: str, span: tuple, name: str = "", address: str = "jana@firm.example") -> Invitation:
    starts_at, ends_at, zone = span
    return Invitation(
        uid="u-1@portal.example",
        sequence=1,
        stamp=STAMP,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=zone,
        summary=title,
        description=title,
        location=title,
        organizer=OFFICE,
        attendee=Mailbox(name, address),
        rsvp=True,
    )


AN_HOUR = (STAMP, STAMP + timedelta(hours=1), "America/Chicago")


@given(TITLES, ADDRESSES)
@example("A", "o'brien+x/y=z{a|b}~c%d&e?f@example.edu")
def test_mail_and_invitation_reach_every_accepted_address(name, address):
    calendar = request(invitation("Title", AN_HOUR, name, address))
    (event,) = Calendar.from_ical(calendar).walk("VEVENT")
    assert unquote(str(event["attendee"])) == f"mailto:{address}"
    mail = build_mail(
        sender=OFFICE,
        recipient=Mailbox(name, address),
        subject=name,
        text="Text",
        html="<p>Text</p>",
        message_id="<1@portal.example>",
        calendar=calendar,
        method="REQUEST",
    )
    assert mail.recipients() == [address]
    read = message_from_bytes(mail.message().as_bytes(), policy=policy.default)
    assert [one.addr_spec for one in read["To"].addresses] == [address]


@given(TITLES, spans())
def test_every_calendar_shows_an_accepted_title_at_an_accepted_time(title, span):
    shown = invitation(title, span)
    entry = Entry(**{name: getattr(shown, name) for name in Entry.__dataclass_fields__})
    for written in (request(shown), cancel(shown), publish([entry], OFFICE), feed([entry], title)):
        (event,) = Calendar.from_ical(written).walk("VEVENT")
        assert str(event["summary"]) == title.replace("\\N", "\\n")
        assert (event.decoded("dtstart"), event.decoded("dtend")) == span[:2]


@given(ZONES, DAYS)
def test_every_accepted_zone_has_a_vtimezone_or_is_written_in_utc(zone, day):
    at = datetime.combine(day, time(12), UTC)
    made = vtimezone(zone, at, at + timedelta(hours=1))
    assert made is None or made.lines.startswith(b"BEGIN:VTIMEZONE\r\n")


@given(spans())
def test_every_page_has_words_for_an_accepted_time(span):
    starts_at, ends_at, zone = span
    said = (
        short_day(starts_at, zone, 0),
        time_span(starts_at, ends_at, zone),
        zone_words(zone, starts_at),
        long_day_and_time(starts_at, zone, STAMP),
    )
    assert all(words and words.isprintable() for words in said)


@given(TITLES, ADDRESSES)
def test_tables_and_pages_show_accepted_lines_as_they_are(title, address):
    (row,) = csv.reader(io.StringIO(as_csv([[title, address]]).decode("utf-8-sig"), newline=""))
    assert row == [safe_cell(title), safe_cell(address)]
    assert safe_cell(title).removeprefix("'") == title.removeprefix("'")
    page = Engine().from_string("{{ title }} {{ address }}").render(Context({"title": title, "address": address}))
    assert html.unescape(page) == f"{html.unescape(html.escape(title))} {address}"
