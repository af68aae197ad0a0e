"""Invitations are read back by two independent programs and by a reader that knows nothing but the grammar."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from devtools.testing.calendar_readers import nested, read_alike, strict_lines
from foundation.text import one_line
from notifications.calendars.writing import Invitation, Mailbox, cancel, request

UID = "6f1d1c1e-0c5e-4f1e-9a53-7f0f6a1f8c11@portal.example"
OFFICE = Mailbox("Training office", "training@portal.example")
JANA = Mailbox("Jana Nováková", "jana.novak@firm.example")
PARIS = ZoneInfo("Europe/Paris")


def an_invitation(**changes):
    values = {
        "uid": UID,
        "sequence": 1,
        "stamp": datetime(2026, 10, 1, 8, tzinfo=UTC),
        "starts_at": datetime(2026, 11, 12, 9, tzinfo=PARIS),
        "ends_at": datetime(2026, 11, 12, 16, 30, tzinfo=PARIS),
        "time_zone": "Europe/Paris",
        "summary": "Moderation basics",
        "description": "Bring a laptop.\nManage your registration after login: https://portal.example/my/",
        "location": "Seestraße 1, 8002 Zürich",
        "organizer": OFFICE,
        "attendee": JANA,
        "rsvp": True,
    }
    return Invitation(**values | changes)


def event_lines(data, name):
    return [
        (parameters, value)
        for path, line, parameters, value in nested(strict_lines(data))
        if path == "VCALENDAR/VEVENT" and line == name
    ]


def read(data):
    """Return the calendar and its one event as icalendar reads them."""
    calendar = icalendar.Calendar.from_ical(data)
    assert [calendar.errors, *(part.errors for part in calendar.walk())] == [[]] * (1 + len(calendar.walk()))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def read_otherwise(data):
    """Return the event as vobject reads it."""
    calendar = vobject.readOne(data.decode("utf-8"), validate=True)
    (event,) = calendar.vevent_list
    return event


def instants(data):
    """Return start and end as instants, as both readers and the VTIMEZONE in the file itself have them."""
    calendar, event = read(data)
    other = read_otherwise(data)
    found = [event["dtstart"].dt.astimezone(UTC), event["dtend"].dt.astimezone(UTC)]
    assert [other.dtstart.value.astimezone(UTC), other.dtend.value.astimezone(UTC)] == found
    for component in calendar.walk("VTIMEZONE"):
        zone = component.to_tz(lookup_tzid=False)
        walls = [event[name].dt.replace(tzinfo=None) for name in ("dtstart", "dtend")]
        assert [wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls] == found
    return found


both = pytest.mark.parametrize(
    ("write", "method", "status"), [(request, "REQUEST", "CONFIRMED"), (cancel, "CANCEL", "CANCELLED")]
)


# ---- what RFC 5546 asks of each method, row by row ----


@both
def test_method_stands_once_and_before_every_component(write, method, status):
    lines = strict_lines(write(an_invitation()))
    assert [value for name, _, value in lines if name == "METHOD"] == [method]
    names = [name for name, _, _ in lines]
    assert names.index("METHOD") < names.index("BEGIN", 1)


@both
def test_there_is_one_event(write, method, status):
    calendar, _ = read(write(an_invitation()))
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE", "VEVENT"]


@both
def test_the_uid_is_the_threads(write, method, status):
    data = write(an_invitation())
    assert event_lines(data, "UID") == [({}, UID)]
    assert read(data)[1]["uid"] == read_otherwise(data).uid.value == UID


@both
def test_the_stamp_is_in_utc(write, method, status):
    data = write(an_invitation(stamp=datetime(2026, 10, 1, 10, tzinfo=PARIS)))
    assert event_lines(data, "DTSTAMP") == [({}, "20261001T080000Z")]


@both
def test_the_organizer_is_the_office(write, method, status):
    assert event_lines(write(an_invitation()), "ORGANIZER") == [
        ({"CN": "Training office"}, "mailto:training@portal.example")
    ]


@both
def test_the_recipient_is_the_only_attendee(write, method, status):
    data = write(an_invitation())
    ((parameters, value),) = event_lines(data, "ATTENDEE")
    assert value == "mailto:jana.novak@firm.example"
    assert parameters == {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE" if method == "REQUEST" else "FALSE",
        "CN": "Jana Nováková",
    }
    other = read_otherwise(data).attendee_list
    assert [(one.value, one.params["CN"]) for one in other] == [("mailto:jana.novak@firm.example", ["Jana Nováková"])]


@both
@pytest.mark.parametrize("sequence", [1, 2_147_483_647])
def test_the_sequence_is_always_written(write, method, status, sequence):
    data = write(an_invitation(sequence=sequence))
    assert event_lines(data, "SEQUENCE") == [({}, str(sequence))]
    assert read(data)[1]["sequence"] == sequence


def test_the_first_invitation_has_sequence_0_and_a_cancellation_never():
    assert event_lines(request(an_invitation(sequence=0)), "SEQUENCE") == [({}, "0")]
    with pytest.raises(ValueError, match="greater SEQUENCE"):
        cancel(an_invitation(sequence=0))


@both
def test_start_and_end_are_wall_clock_times_of_the_place(write, method, status):
    data = write(an_invitation())
    assert event_lines(data, "DTSTART") == [({"TZID": "Europe/Paris"}, "20261112T090000")]
    assert event_lines(data, "DTEND") == [({"TZID": "Europe/Paris"}, "20261112T163000")]
    assert event_lines(data, "DURATION") == []
    assert instants(data) == [datetime(2026, 11, 12, 8, tzinfo=UTC), datetime(2026, 11, 12, 15, 30, tzinfo=UTC)]


@both
def test_the_summary_is_the_title(write, method, status):
    data = write(an_invitation())
    assert event_lines(data, "SUMMARY") == [({}, "Moderation basics")]


@both
def test_the_status_says_whether_it_takes_place(write, method, status):
    assert event_lines(write(an_invitation()), "STATUS") == [({}, status)]


@both
def test_it_holds_nothing_that_the_method_forbids(write, method, status):
    lines = nested(strict_lines(write(an_invitation())))
    assert {path.removeprefix("VCALENDAR").split("/")[-1] for path, *_ in lines} == {
        "",
        "VTIMEZONE",
        "STANDARD",
        "DAYLIGHT",
        "VEVENT",
    }
    assert [name for path, name, *_ in lines if path == "VCALENDAR"] == ["VERSION", "PRODID", "CALSCALE", "METHOD"]
    assert [name for path, name, *_ in lines if path == "VCALENDAR/VEVENT"] == [
        *("UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "LOCATION"),
        *("STATUS", "TRANSP", "CLASS", "ORGANIZER", "ATTENDEE"),
        *(["X-MICROSOFT-DISALLOW-COUNTER"] if method == "REQUEST" else []),
    ]


@both
def test_one_vtimezone_per_zone_used(write, method, status):
    data = write(an_invitation())
    used = {parameters["TZID"] for _, _, parameters, _ in nested(strict_lines(data)) if "TZID" in parameters}
    written = [
        value for path, name, _, value in nested(strict_lines(data)) if (path, name) == ("VCALENDAR/VTIMEZONE", "TZID")
    ]
    assert written == list(used) == ["Europe/Paris"]


@both
def test_it_is_private_and_takes_up_time(write, method, status):
    data = write(an_invitation())
    assert event_lines(data, "CLASS") == [({}, "PRIVATE")]
    assert event_lines(data, "TRANSP") == [({}, "OPAQUE")]


# ---- answers, parts, places ----


def test_an_answer_is_asked_for_only_where_answers_are_read():
    ((parameters, _),) = event_lines(request(an_invitation(rsvp=False)), "ATTENDEE")
    assert parameters["RSVP"] == "FALSE"


def test_nobody_is_invited_to_propose_another_time():
    assert event_lines(request(an_invitation()), "X-MICROSOFT-DISALLOW-COUNTER") == [({}, "TRUE")]


def test_an_update_repeats_the_last_known_answer():
    ((parameters, _),) = event_lines(request(an_invitation(partstat="ACCEPTED")), "ATTENDEE")
    assert parameters["PARTSTAT"] == "ACCEPTED"


def test_a_person_without_a_name_is_named_by_address_alone():
    data = request(an_invitation(attendee=Mailbox(' "\r\n" ', "jana.novak@firm.example")))
    ((parameters, _),) = event_lines(data, "ATTENDEE")
    assert "CN" not in parameters


def test_each_of_several_meetings_says_which_part_it_is():
    assert event_lines(request(an_invitation(part=2, parts=2)), "SUMMARY") == [({}, "Moderation basics (part 2 of 2)")]
    assert event_lines(request(an_invitation(part=1, parts=4)), "SUMMARY") == [({}, "Moderation basics (part 1 of 4)")]


@pytest.mark.parametrize(
    ("location", "join_link", "shown"),
    [
        ("Room 204", "", "Room 204"),
        ("", "https://meet.example/a;b?c=d,e", "https://meet.example/a;b?c=d,e"),
        ("Room 204", "https://meet.example/1", "Room 204 / https://meet.example/1"),
    ],
)
def test_the_location_holds_the_place_and_the_link_to_join(location, join_link, shown):
    data = request(an_invitation(location=location, join_link=join_link))
    assert read(data)[1]["location"] == read_otherwise(data).location.value == shown


LONG_LINK = f"https://teams.example/l/meetup-join/{'19%3ameeting_' * 30}/0?context=a;b,c"


@pytest.mark.parametrize(
    ("location", "join_link", "shown"),
    [
        ("Room 204", LONG_LINK, "Room 204"),
        ("", LONG_LINK, ""),
        ("Room " * 60, "https://meet.example/1", ("Room " * 50).strip() + "…"),
        # 250 octets: with the link it would be more.
        ("ß" * 125, "https://meet.example/1", "ß" * 125),
        ("ß" * 200, "", "ß" * 126 + "…"),
        # 252 octets before the space, and 253.
        ("x" * 252 + " end", "", "x" * 252 + "…"),
        ("end " + "x" * 249 + " end", "", "end…"),
        (f"Room 204, see {LONG_LINK}", "", "Room 204, see…"),
        (LONG_LINK, "", ""),
    ],
)
@both
def test_the_location_is_cut_where_outlook_would_and_never_in_a_link(write, method, status, location, join_link, shown):
    data = write(an_invitation(location=location, join_link=join_link))
    event = read(data)[1]
    assert event.get("location", "") == shown and len(shown.encode()) <= 255
    assert read_alike(data)[0].location == shown
    assert event["DESCRIPTION"].splitlines()[2:] == ([f"Join: {join_link}"] if join_link else [])
    assert event_lines(data, "URL") == ([({}, join_link)] if join_link else [])
    assert event_lines(data, "CONFERENCE") == ([({"VALUE": "URI"}, join_link)] if join_link else [])


def test_a_link_that_is_no_uri_is_written_as_one():
    data = request(an_invitation(join_link="https://meet.example/Übung 1\r\nATTENDEE:mailto:x@y.example"))
    ((_, url),) = event_lines(data, "URL")
    assert url == "https://meet.example/%C3%9Cbung%201%20ATTENDEE:mailto:x@y.example"
    assert [str(read(data)[1]["ATTENDEE"])] == ["mailto:jana.novak@firm.example"]


def test_what_is_empty_is_left_out():
    data = request(an_invitation(location="", description=" \n "))
    assert event_lines(data, "LOCATION") == event_lines(data, "DESCRIPTION") == []


def test_a_description_keeps_its_lines():
    data = request(an_invitation(description="One, two;\r\n\r\nC:\\new \x00folder\n"))
    assert read(data)[1]["description"] == read_otherwise(data).description.value == "One, two;\n\nC:\\new folder"


# ---- time ----


@pytest.mark.parametrize(
    ("zone", "start", "hours", "offset"),
    [
        ("Europe/Paris", "2026-03-28T09:00", 8, "+01:00"),  # the day before the spring change
        ("Europe/Paris", "2026-03-29T00:30", 4, "+01:00"),  # across it
        ("Europe/Paris", "2026-03-29T03:00", 2, "+02:00"),  # from its very instant
        ("Europe/Paris", "2026-03-29T09:00", 8, "+02:00"),  # later that day
        ("Europe/Paris", "2026-10-25T01:00", 5, "+02:00"),  # across the autumn change
        ("Europe/Paris", "2026-10-25T09:00", 8, "+01:00"),
        ("America/New_York", "2026-03-08T09:00", 2, "-04:00"),
        ("America/New_York", "2026-11-01T09:00", 2, "-05:00"),
        ("Australia/Sydney", "2026-10-04T09:00", 2, "+11:00"),
        ("Australia/Sydney", "2026-04-05T09:00", 2, "+10:00"),
        ("Australia/Sydney", "2026-12-31T23:00", 2, "+11:00"),  # into the next year
        ("America/Phoenix", "2026-07-01T09:00", 2, "-07:00"),  # never changes
        ("Asia/Kathmandu", "2026-07-01T09:00", 2, "+05:45"),
        ("Europe/Dublin", "2026-07-01T09:00", 2, "+01:00"),
        ("Europe/Dublin", "2026-12-01T09:00", 2, "+00:00"),
        ("Africa/Abidjan", "2026-12-01T09:00", 2, "+00:00"),
    ],
)
def test_both_readers_find_the_instant_on_every_kind_of_day(zone, start, hours, offset):
    starts_at = datetime.fromisoformat(start + offset)
    ends_at = starts_at + timedelta(hours=hours)
    data = request(an_invitation(starts_at=starts_at, ends_at=ends_at, time_zone=zone))
    assert event_lines(data, "DTSTART") == [({"TZID": zone}, datetime.fromisoformat(start).strftime("%Y%m%dT%H%M%S"))]
    assert instants(data) == [starts_at, ends_at]


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Africa/Casablanca", "2026-02-25T09:00+00:00"),
        ("Asia/Jerusalem", "2026-07-01T09:00+03:00"),
        ("UTC", "2026-07-01T09:00+00:00"),
        ("Europe/Paris", "2026-10-25T02:30+02:00"),  # the hour that occurs twice, the first time
        ("Europe/Paris", "2026-10-25T02:30+01:00"),  # and the second
        ("Europe/Paris", "2026-10-25T00:30+02:00"),  # ends in it
    ],
)
def test_times_without_an_unmistakable_wall_clock_are_in_utc(zone, start):
    starts_at = datetime.fromisoformat(start)
    ends_at = starts_at + timedelta(hours=2)
    data = cancel(an_invitation(starts_at=starts_at, ends_at=ends_at, time_zone=zone))
    assert event_lines(data, "DTSTART") == [({}, starts_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"))]
    assert read(data)[0].walk("VTIMEZONE") == []
    assert instants(data) == [starts_at, ends_at]


# ---- hostile and unusual text ----

HOSTILE = st.sampled_from(
    [
        "\r\n",
        "\n",
        "\r",
        "\x00",
        "\x0b",
        "\x85",
        "\u2028",
        "\u2029",
        "\u202e",
        "\u2066",
        "\ud800",
        "\\n",
        "\\",
        '"',
        "'",
    ]
    + [
        ",",
        ";",
        ":",
        "^n",
        "^'",
        "END:VCALENDAR",
        "\r\nATTENDEE:mailto:x@y.example",
        "é",
        "ß",
        "🎓",
        "👩🏽‍🔬",
        "שלום",
        "  ",
    ]
)
TEXT = st.lists(HOSTILE | st.characters(exclude_categories=()) | st.text(min_size=20), max_size=12).map("".join)


@settings(max_examples=100)
@given(title=TEXT, name=TEXT, place=TEXT, notes=TEXT)
def test_no_text_breaks_out_of_its_line(title, name, place, notes):
    invitation = an_invitation(
        summary="Basics " + title, attendee=Mailbox(name, JANA.address), location=place, description=notes
    )
    for data in (request(invitation), cancel(invitation)):
        _, event = read(data)
        other = read_otherwise(data)
        assert event["summary"] == other.summary.value == one_line("Basics " + title).replace("\\N", "\\n")
        assert event.get("location", "") == invitation.place.replace("\\N", "\\n")
        assert event.get("description", "") == invitation.notes.replace("\\N", "\\n")
        assert len(event_lines(data, "ATTENDEE")) == len(other.attendee_list) == 1
        assert event["attendee"] == other.attendee.value == "mailto:jana.novak@firm.example"
        shown = one_line(re.sub(r'["^\\]', "", name))
        assert event["attendee"].params.get("CN", "") == "".join(other.attendee.params.get("CN", [])) == shown


def test_names_of_ten_thousand_letters_are_folded_between_characters():
    data = request(an_invitation(summary="ß🎓" * 5_000, attendee=Mailbox("é" * 10_000, JANA.address)))
    strict_lines(data)
    assert read(data)[1]["summary"] == "ß🎓" * 5_000


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Jana\r\nBcc: x@y.example", "Jana Bcc: x@y.example"),
        ("a\u2028b\u2029c\x85d\x0be", "a b c d e"),
        ("\x00J\x07ana\x7f", "Jana"),
        ("\u202eanaJ\u2066 \u200fN\u061c", "anaJ N"),
        ("bad \ud800 half", "bad half"),
        ("👩🏽‍🔬 שלום", "👩🏽‍🔬 שלום"),
        (" \t\r\n", ""),
    ],
)
def test_one_line_keeps_letters_and_drops_what_could_move_the_line(text, line):
    assert one_line(text) == line


# ---- refused, with a sentence ----


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sequence": -1}, "SEQUENCE is a number from 0 to 2147483647, not -1."),
        ({"sequence": 2_147_483_648}, "SEQUENCE is a number from 0 to 2147483647, not 2147483648."),
        ({"starts_at": datetime(2026, 11, 12, 9)}, "starts_at needs a time zone; 2026-11-12 09:00:00 has none."),
        ({"ends_at": datetime(2026, 11, 12, 9)}, "ends_at needs a time zone; 2026-11-12 09:00:00 has none."),
        ({"stamp": datetime(2026, 10, 1)}, "stamp needs a time zone; 2026-10-01 00:00:00 has none."),
        ({"ends_at": datetime(2026, 11, 12, 9, tzinfo=PARIS)}, "The end of a meeting must come after its start."),
        ({"starts_at": datetime(1, 1, 1, tzinfo=UTC)}, "Calendars show the years 1900 to 9998."),
        ({"ends_at": datetime(9999, 12, 31, 23, tzinfo=UTC)}, "Calendars show the years 1900 to 9998."),
        ({"time_zone": "Europe/Atlantis"}, "There is no time zone named 'Europe/Atlantis'."),
        ({"uid": ""}, "'' cannot be the UID of an invitation."),
        ({"uid": "a\r\nb"}, r"'a\r\nb' cannot be the UID of an invitation."),
        ({"summary": "\u202e\r\n"}, "An invitation needs a title."),
        ({"partstat": "DELEGATED"}, "PARTSTAT is one of NEEDS-ACTION, ACCEPTED, TENTATIVE, DECLINED, not 'DELEGATED'."),
        ({"part": 3, "parts": 2}, "There is no part 3 of 2."),
        ({"part": 0}, "There is no part 0 of 1."),
    ],
)
def test_what_no_calendar_could_hold_is_refused_in_a_sentence(changes, sentence):
    with pytest.raises(ValueError) as refused:
        an_invitation(**changes)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "address",
    [
        *("", "jana", "@firm.example", "jana@", "jana@firm..example", "jana@-firm.example", "a@b@firm.example"),
        *("jana@firm.example\r\nATTENDEE:mailto:x@y.example", "jana\n@firm.example", "ja na@firm.example"),
        *("<jana@firm.example>", "jana@firm.example,x@y.example", "jana\x00@firm.example", "j\u202ea@firm.example"),
        *('"ja na"@firm.example', "jana@[127.0.0.1]", "j" * 250 + "@firm.example", "jana@" + "ü" * 64 + ".example"),
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence(address):
    with pytest.raises(ValueError) as refused:
        Mailbox("Jana", address)
    assert str(refused.value) == f"{address!r} is not an e-mail address."


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("jana+training@firm.example", "mailto:jana+training@firm.example"),
        ("o'brien_x@firm.example", "mailto:o'brien_x@firm.example"),
        ("50%?&a=b@firm.example", "mailto:50%25%3F%26a%3Db@firm.example"),
        ("jana@bücher.example", "mailto:jana@xn--bcher-kva.example"),
        ("root@localhost", "mailto:root@localhost"),
    ],
)
def test_an_address_becomes_a_mailto_uri(address, uri):
    data = request(an_invitation(attendee=Mailbox("Jana", address)))
    assert [value for _, value in event_lines(data, "ATTENDEE")] == [uri]
    assert read(data)[1]["attendee"] == uri
