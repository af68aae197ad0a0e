"""Answers and delivery reports as ordinary programs write them are read, whatever else they write beside them.

The files in reports/ are what others stumbled over; beside each stand more of its kind.
"""

import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from devtools.testing.cost import costs_at_most, processor_seconds
from devtools.testing.replies import AUTHSERV, TEXT, bare, bounce, event, in_base64, mail, multipart, proof
from notifications.models import Notice, ReceivedMail
from notifications.outbox.deliver import drain
from notifications.replies.applying import receive
from notifications.replies.authentication import TOPMOST_UNNAMED
from notifications.replies.parts import LONGEST_HEADER, MOST_PARTS, mail_of
from notifications.replies.reading import MOST_BYTES, read
from registrations.models import Registration

REPORTS = Path(__file__).parent / "reports"
UID, JANA = "u-1@portal.example", "jana@example.edu"
AT = datetime(2026, 11, 30, 10, tzinfo=UTC)


def files(folder: str) -> list[Path]:
    return sorted((REPORTS / folder).glob("*.eml"))


def declined(raw: bytes, authserv_id: str = AUTHSERV) -> bool:
    """Tell whether `raw` is read as a proven decline, wholly; a mail that is not must say why."""
    incoming = read(raw, authserv_id)
    if incoming.reply is None:
        assert incoming.problem
        return False
    reply = incoming.reply
    assert (incoming.sender, incoming.is_proven, incoming.problem, reply.problem) == (JANA, True, "", "")
    assert (reply.method, reply.uid, reply.stamp, reply.attendee) == ("REPLY", UID, AT, JANA)
    return reply.partstat == "DECLINED"


def calendar(**but) -> str:
    return event(UID, "DECLINED", JANA, **({"stamp": AT} | but))


@pytest.mark.parametrize("path", files("replies"), ids=lambda path: path.stem)
def test_every_reported_answer_is_read(path):
    assert declined(path.read_bytes(), TOPMOST_UNNAMED if path.stem == "exchange-online" else AUTHSERV)


def test_a_named_server_is_no_server_without_a_name():
    assert not read((REPORTS / "replies" / "exchange-online.eml").read_bytes(), AUTHSERV).is_proven


# ---- the calendar ----

ZONES = [
    "TZID:x\r\nBEGIN:STANDARD\r\nTZNAME;LANGUAGE=de:x\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0100\r\nEND:STANDARD",
    "TZID:x\r\nTZID-ALIAS-OF:Europe/Berlin\r\nX-LIC-LOCATION:Europe/Berlin",
    "",
    "TZID:x\r\nRRULE:FREQ=NEVER;BYDAY=9XX\r\nTZURL:http://[\r\nCOMMENT:METHOD\r\nUID:u-2@portal.example",
    "TZID:Europe/Berlin\r\nBEGIN:DAYLIGHT\r\nDTSTART:99999999T999999\r\nTZOFFSETTO:+9999",
]


@pytest.mark.parametrize("inside", ZONES)
@pytest.mark.parametrize("end", ["END:VTIMEZONE\r\n", ""])
def test_a_zone_of_any_make_is_passed_over(inside, end):
    zone = f"BEGIN:VTIMEZONE\r\n{inside}\r\n{end}BEGIN:VEVENT"
    assert declined(mail(JANA, bare(calendar(BEGIN=zone, START="DTSTART;TZID=x:20261201T100000"))))


RUBBISH = [
    "BEGIN:VALARM\r\nACTION:EMAIL\r\nATTENDEE:mailto:x@example.org\r\nUID:x\r\nDTSTAMP:x\r\nEND:VALARM",
    "BEGIN:VALARM\r\nTRIGGER:-PT15\r\nEND:VALARM\r\nEND:VALARM",
    "BEGIN:\r\nEND:\r\nBEGIN\r\nEND",
    "X-WR-CALNAME\r\nno line\r\n:\r\n;\r\n=;:",
    "DTSTART:yesterday\r\nDURATION:never\r\nRRULE:FREQ=\r\nEXDATE;VALUE=DATE:\r\nGEO:x",
    "ATTENDEE\r\nUID\r\nDTSTAMP",
    'X-A;B="c:d\r\nSUMMARY;X="',
    "COMMENT:BEGIN:VEVENT\r\n METHOD:REQUEST",
    "DESCRIPTION:one\r\n \r\n\tBEGIN:VEVENT\r\n  UID:x",
    "SUMMARY:\x0cUID:x\x85UID:y\u2028UID:z\x0b",
    "\x01\x02\udcff",
]


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_beside_what_is_needed_is_passed_over(rubbish):
    assert declined(mail(JANA, bare(calendar(RUBBISH=rubbish))))
    assert declined(mail(JANA, bare(calendar(BEGIN=f"{rubbish}\r\nBEGIN:VEVENT"))))
    assert declined(mail(JANA, bare(f"{rubbish}\r\n{calendar()}")))
    assert declined(mail(JANA, bare(f"{calendar()}{rubbish}\r\n")))


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("where", ["in base64", "as it is", "in all of the mail"])
def test_lines_may_end_in_any_way(line_end, where):
    folded = calendar(ATTENDEE=f'ATTENDEE;CN="Jana,\r\n  Novak";PARTSTAT=DECL\r\n\tINED:mail\r\n to:{JANA}')
    if where == "in all of the mail":
        raw = mail(JANA, multipart("mixed", TEXT, bare(folded)))
        # Of a mail whose lines all end with CR alone, no server makes a mail.
        assert line_end == "\r" or declined(raw.replace(b"\r\n", line_end.encode()))
    else:
        content = folded.replace("\r\n", line_end)
        body = bare(content) if where == "as it is" else in_base64("text/calendar; method=REPLY", content)
        assert declined(mail(JANA, multipart("mixed", TEXT, body)))


@pytest.mark.parametrize("missing", ["END:VCALENDAR\r\n", "END:VEVENT\r\n", "END:VEVENT\r\nEND:VCALENDAR\r\n"])
def test_an_end_may_be_missing(missing):
    assert declined(mail(JANA, bare(calendar().replace(missing, ""))))


@pytest.mark.parametrize("cut", ["UID:", "ATTENDEE;", "BEGIN:VEVENT"])
def test_what_was_cut_off_is_not_half_an_answer(cut):
    incoming = read(mail(JANA, bare(calendar(UID="", LATE=f"UID:{UID}").partition(cut)[0])), AUTHSERV)
    assert incoming.problem == "Its calendar cannot be read."


@pytest.mark.parametrize(
    "attendee",
    [
        f'ATTENDEE;CN="Jana "JN" Novak";PARTSTAT=DECLINED:mailto:{JANA}',
        f'ATTENDEE;CN="a;PARTSTAT=ACCEPTED:mailto:b";PARTSTAT=DECLINED:MAILTO:{JANA}',
        f'ATTENDEE;CN=Jana" Novak;PARTSTAT=DECLINED:mailto:{JANA}',
        f'ATTENDEE;CN="a\\";PARTSTAT="DECLINED":mailto:{JANA.upper()}',
        f"attendee;;rsvp; partstat = declined ;X=:mailto:{JANA}",
        f"ATTENDEE;PARTSTAT=DECLINED:{JANA}",
        f"ATTENDEE;PARTSTAT=DECLINED;EMAIL={JANA}:urn:uuid:1",
        f"ATTENDEE;PARTSTAT=DECLINED:mailto:{JANA}\r\nATTENDEE;PARTSTAT=DECLINED:mailto:{JANA}",
    ],
)
def test_an_attendee_is_read_in_every_way_to_write_one(attendee):
    assert declined(mail(JANA, bare(calendar(ATTENDEE=attendee))))


@pytest.mark.parametrize(
    ("stamp", "read_as"),
    [
        ("DTSTAMP:20261130T100000Z", AT),
        ("DTSTAMP:20261130T100000", AT),
        ("DTSTAMP;TZID=UTC;X=1:20261130T100000", AT),
        ("dtstamp:2026-11-30T10:00:00.000Z", AT),
        ("DTSTAMP;VALUE=DATE:20261130", AT.replace(hour=0)),
        ("DTSTAMP:20261231T235960Z", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        # An hour of a zone that is not read would put answers out of order.
        ("DTSTAMP;TZID=America/Chicago:20261130T040000", None),
        ("DTSTAMP:20261330T100000Z", None),
        ("DTSTAMP:٢٠٢٦1130T100000Z", None),
        ("DTSTAMP:", None),
    ],
)
def test_when_an_answer_was_written_is_read_or_not_known(stamp, read_as):
    assert read(mail(JANA, bare(calendar(DTSTAMP=stamp))), AUTHSERV).reply.stamp == read_as


def test_a_calendar_in_utf_16_is_read():
    raw = mail(JANA, bare("", charset="utf-16")) + calendar().encode("utf-16")
    assert declined(raw)
    assert declined(raw.replace(b"; charset=utf-16", b""))


def test_no_zone_of_a_stranger_is_kept():
    from icalendar.timezone import tzp

    zone = f"BEGIN:VTIMEZONE\r\nTZID:Nowhere/Zone\r\n{ZONES[0].partition('DTSTART')[0]}DTSTART:16010101T000000\r\n"
    zone += "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT"
    assert declined(mail(JANA, bare(calendar(BEGIN=zone))))
    assert tzp.timezone("Nowhere/Zone") is None


# ---- its part ----


def test_the_same_answer_twice_is_one_and_two_that_differ_are_none():
    twice = [bare(calendar()), in_base64("application/ics; name=invite.ics", calendar(COMMENT="COMMENT:Ill"))]
    assert declined(mail(JANA, multipart("mixed", *twice)))
    assert read(mail(JANA, multipart("mixed", *twice)), AUTHSERV).reply.comment == "Ill"
    assert declined(mail(JANA, bare(calendar() + calendar())))
    other = bare(calendar(ATTENDEE=f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{JANA}"))
    incoming = read(mail(JANA, multipart("mixed", twice[0], other)), AUTHSERV)
    assert (incoming.reply, incoming.problem) == (None, "It holds two answers that differ.")


@pytest.mark.parametrize(
    "beside", [bare("no calendar"), bare(calendar(METHOD="METHOD:REQUEST"), method=""), in_base64("image/png", "x")]
)
def test_what_is_beside_an_answer_says_nothing(beside):
    assert declined(mail(JANA, multipart("mixed", beside, bare(calendar()), beside)))


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Type: application/octet-stream; name=invite.ics",),
        ("Content-Type: application/octet-stream", 'Content-Disposition: attachment; filename="INVITE.ICS"'),
        ("Content-Type: application/octet-stream", "Content-Disposition: attachment; filename*=utf-8''%C3%BC.ics"),
        ("Content-Type: x", "Content-Disposition: attachment;\r\n filename*0=inv;\r\n filename*1=ite.ics"),
        ('Content-Type: application/octet-stream; name="=?utf-8?b?w7wuaWNz?="',),
        ("Content-Type: text/plain; name=invite.ics",),
        ("Content-Type: TEXT/CALENDAR (a comment; here) ; charset=utf-8 (x); method=reply",),
        ('content-type : text/calendar; name="a;b";;;method="REPLY"',),
        ("Content-Type: text/calendar; method=REPLY; charset=no-such",),
        ("Content-Type: text/calendar; method=REPLY; charset=punycode",),
        ('Content-Type: text/calendar; method=REPLY; name="no end',),
    ],
)
@pytest.mark.parametrize("encoding", ["", "Content-Transfer-Encoding: BASE64 (x)"])
def test_a_calendar_is_known_by_its_type_or_its_name(headers, encoding):
    content = in_base64("x", calendar()).partition("\r\n\r\n")[2] if encoding else calendar()
    part = "\r\n".join(filter(None, [*headers, encoding])) + "\r\n\r\n" + content
    assert declined(mail(JANA, multipart("mixed", TEXT, part)))


@pytest.mark.parametrize(
    "text", ["Keeping a boundary. " * 100, "boundary=x; --b1x\r\n" * 100, "--b2--\r\n--b3\r\n" * 100]
)
def test_words_about_boundaries_are_no_parts(text):
    words = f"Content-Type: text/plain\r\n\r\n{text}\r\n"
    assert declined(mail(JANA, multipart("mixed", words, bare(calendar()))))


@pytest.mark.parametrize("content_type", ['multipart/mixed; boundary="b1', "multipart/mixed (x); boundary=b1 "])
def test_a_boundary_is_read_without_its_end_mark(content_type):
    body = multipart("mixed", TEXT, bare(calendar())).partition("\r\n\r\n")[2]
    assert declined(mail(JANA, f"Content-Type: {content_type}\r\n\r\n{body}"))
    assert declined(mail(JANA, f"Content-Type: {content_type}\r\n\r\n{body.replace('--b1--', '')}"))


def test_a_mail_that_never_ends_its_parts_or_has_too_many_says_so():
    assert read(mail(JANA, multipart("mixed", *[TEXT] * 2000)), AUTHSERV).problem == "It has too many parts."
    assert declined(mail(JANA, multipart("mixed", *[TEXT] * (MOST_PARTS - 2), bare(calendar()))))


# ---- who wrote it ----


@pytest.mark.parametrize(
    "value",
    [
        f"{JANA} <{JANA}>",
        f"Novak, Jana <{JANA}>",
        f"<{JANA}>",
        f"{JANA.upper()}, Jana <{JANA}>",
        f'"Novak, Jana" <{JANA}>',
        f'"other@example.org" <{JANA}>',
        f"(other@example.org) Jana (x (<y@example.org>)) <{JANA}> (z)",
        f"=?utf-8?q?Nov=C3=A1k=2C_other=40example=2Eorg?= <{JANA}>",
        f"Jana N\udce1v\udcffk\r\n <{JANA}>",
        f"O'Neil @ Home <{JANA}>".replace(" @ ", " at "),
    ],
)
def test_one_address_is_the_sender_however_it_is_written(value):
    raw = f"{proof(JANA)}\r\nFrom: {value}\r\n\r\nx".encode("utf-8", "surrogateescape")
    assert (read(raw, AUTHSERV).sender, read(raw, AUTHSERV).is_proven) == (JANA, True)


@pytest.mark.parametrize(
    "value",
    [
        f"other@example.edu <{JANA}>",
        f"{JANA} <other@example.edu>",
        f"other@example.edu, Jana <{JANA}>",
        f"Jana <{JANA}>, Other <other@example.edu>",
        f"Friends: {JANA};",
        f'"Jana <{JANA}>',
        f"(Jana <{JANA}>",
        f"Jana <{JANA}",
        f"Jana <<{JANA}>>",
        f"Jana <@relay.example:{JANA}>",
        f'"jana"@example.edu <{JANA}>',
        f'<"a>"@example.edu> <{JANA}>',
        f"a@b@example.edu <{JANA}>",
        f"jana\u200b@example.edu <{JANA}>",
        "ja\u200bna@example.edu",
        "ja\x00na@example.edu",
        "ja\udcffna@example.edu",
        "jana @example.edu",
        f"{JANA}\r\nFrom : other@example.edu",
        f"{JANA}\r\nno header\r\nFROM: other@example.edu",
    ],
)
def test_two_addresses_in_from_have_no_sender(value):
    raw = f"{proof(JANA)}\r\nFrom: {value}\r\n\r\nx".encode("utf-8", "surrogateescape")
    assert read(raw, AUTHSERV).sender == ""


def test_a_line_end_that_servers_do_not_see_begins_no_header():
    raw = f"{proof(JANA)}\r\nX: y\rFrom: {JANA}\r\r\nFrom: other@example.edu\r\n\r\nx".encode()
    assert read(raw, AUTHSERV).sender == "other@example.edu"


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("Message-ID: <a@b.example>", "<a@b.example>"),
        ("message-id : (x) <a@b.example> (y)", "<a@b.example>"),
        ("Message-ID:\r\n <a@b.example>", "<a@b.example>"),
        ("Message-ID: <>", ""),
        ("Message-ID: a@b.example", ""),
        ("Message-ID: <a@b.example> <c@d.example>", ""),
        ("Message-ID: <a@b.example>\r\nMessage-ID: <c@d.example>", ""),
        ("X: y", ""),
    ],
)
def test_a_mail_without_one_message_id_is_known_by_its_bytes(header, known):
    found = read(f"{header}\r\n\r\nx".encode(), AUTHSERV).message_id
    assert found == known or (not known and found.endswith("@digest.invalid>"))


@pytest.mark.parametrize("value", ["auto-replied (vacation)", "(x) auto-generated", "auto-replied; a=b", "(no", '"no'])
def test_a_machine_is_known_beside_comments(value):
    assert read(f"From: {JANA}\r\nAuto-Submitted: {value}\r\n\r\nx".encode(), AUTHSERV).is_automatic
    assert not read(f"From: {JANA}\r\nAuto-Submitted: No (x)\r\n\r\nx".encode(), AUTHSERV).is_automatic


# ---- delivery reports ----


def report(**but) -> str:
    """Return a multipart/report about <n1@portal.example> as the body of a mail, with `but` for one of its parts."""
    status = "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    parts = {
        "status": f"Content-Type: message/delivery-status\r\n\r\n{status}",
        "headers": "Content-Type: text/rfc822-headers\r\n\r\nX-Quorum-Notice: n1@portal.example\r\n",
    } | but
    return multipart("report; report-type=delivery-status", TEXT, *parts.values(), boundary="r1")


STATUS = "Content-Type: message/delivery-status\r\n\r\n"
HEADERS = "Content-Type: text/rfc822-headers\r\n\r\n"


@pytest.mark.parametrize(
    "body",
    [
        report(),
        multipart("mixed", report(), TEXT),
        multipart("mixed", TEXT, multipart("mixed", report(), boundary="b2")),
        report(status=f"{STATUS}Action: Failed (mailbox (unknown))\r\n"),
        report(status=f"{STATUS}Action: (x) failed\r\n (y)\r\n"),
        report(status=f"{STATUS}Action:\r\n failed\r\nFinal-Recipient: rfc822; \r\n"),
        report(status=f"{STATUS}X: y\n\nAction: delayed\n\nAction: failed; x=y\n\n"),
        report(status=in_base64("message/global-delivery-status", "Action: failed\r\n")),
        report(headers=f"{HEADERS}Message-ID: <n1@portal.example>\r\n"),
        report(headers=f"{HEADERS}Message-ID: (x) <n1@portal.example>\r\nX-Quorum-Notice:\r\n"),
        report(
            headers=f"Content-Type: message/rfc822\r\n\r\nMessage-ID:\r\n <n1@portal.example>\r\n\r\n{'x' * 70_000}"
        ),
        report(headers=in_base64("message/rfc822", "X-Quorum-Notice: <n1@portal.example>\r\n\r\nx")),
        report(headers=multipart("mixed", f"{HEADERS}X-Quorum-Notice: n1@portal.example", boundary="r2")),
    ],
)
def test_our_own_id_in_a_report_names_the_mail_that_failed(body):
    assert "<n1@portal.example>" in read(mail("mailer-daemon@example.org", body), AUTHSERV).failed.message_ids


@pytest.mark.parametrize("action", ["delayed (failed)", "relayed", "xfailed", "failed-not", "(failed)", "failed (", ""])
def test_what_is_not_called_failed_did_not_fail(action):
    body = report(status=f"{STATUS}Action: {action}\r\nX-Action: failed\r\nStatus: 5.1.1\r\n")
    assert read(mail("mailer-daemon@example.org", body), AUTHSERV).failed is None


@pytest.mark.django_db
@pytest.mark.parametrize("path", files("bounces"), ids=lambda path: path.stem)
def test_every_reported_bounce_marks_its_notice(path, make_session, person, smtp_sink, now):
    Registration.objects.register(person, make_session(), now=now)
    drain()
    notice = Notice.objects.get()
    Notice.objects.update(message_id="<n1@portal.example>")
    assert receive(path.read_bytes(), now).outcome == "returned"
    notice.refresh_from_db()
    assert (notice.state, notice.bounced_at) == ("dead", now)


@pytest.mark.django_db
def test_a_report_of_14_000_recipients_costs_a_bounded_time(django_assert_max_num_queries, now):
    def hand_over(raw: bytes) -> None:
        ReceivedMail.objects.all().delete()
        with django_assert_max_num_queries(20):
            assert receive(raw, now).outcome == "ignored"

    failed = "Final-Recipient: rfc822; {number}@example.org\r\nAction: failed\r\n\r\n"
    late = "Final-Recipient: rfc822;{number}@b.org\r\nAction:delayed (failed)\r\n\r\n"
    for block in (failed, late):
        blocks = "".join(block.format(number=number) for number in range(14_000))
        raw = mail("mailer-daemon@example.org", report(status=f"{STATUS}{blocks}"))
        assert len(raw) < MOST_BYTES
        assert costs_at_most(3, partial(hand_over, raw))


# ---- cost ----

PIECES = [
    "Content-Type: text/calendar{};\r\n",
    "Content-Type: {}\r\n",
    "Content-Disposition: attachment; filename*0={}\r\n",
    "From: {}\r\n",
    "Message-ID: {}\r\n",
    "References: {}\r\n",
    "Subject: {}\r\n",
    "Auto-Submitted: {}\r\n",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
    "Content-Type: message/delivery-status\r\n\r\nAction: {}\r\n--b--\r\n",
    "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nATTENDEE{}\r\n",
    "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n{}\r\n",
    "Content-Type: text/calendar; charset=punycode\r\n\r\nBEGIN:VCALENDAR\r\n{}\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n{}",
    "Content-Transfer-Encoding: base64\r\nContent-Type: text/calendar\r\n\r\n{}",
    "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/calendar\r\n\r\n{}",
    "{}",
]
AGAIN = [
    *(
        ";",
        "; ",
        '"',
        '""',
        '\\"',
        "(",
        ")",
        "()",
        "<",
        "<a@b.c>",
        ",",
        "@",
        " ",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "\r\n ",
        "\\",
        "=",
    ),
    *(
        "a=b;",
        "*0=a;",
        "a*1=b;",
        "=?punycode?q?a?=",
        "=?utf-8?b?====?= ",
        "--b\r\n",
        "--b",
        "--b\r\n\r\n",
        ":",
        "a:b\r\n",
    ),
    *(
        "Action: (failed)\r\n",
        "BEGIN:VEVENT\r\n",
        "BEGIN:X\r\n",
        "UID:a\r\n",
        "METHOD:REPLY\r\n",
        ';A="',
        "=\r\n",
        "aé",
    ),
    "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n",
    "--b\r\nContent-Type: text/calendar;;;;;;;;;;\r\n\r\n",
]


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: re.sub(r"\W+", "-", piece)[:50])
def test_no_header_and_no_part_takes_long(piece):
    """A tenth of a second per 100 kB on a quiet machine; ten times that here, where others may work beside it."""
    for again in AGAIN:
        raw = f"From: {JANA}\r\n".encode() + piece.format(again * (100_000 // len(again))).encode()
        assert costs_at_most(1, partial(read, raw, AUTHSERV)), again


def test_no_more_of_a_header_is_read_than_anybody_writes():
    raw = b"Subject: " + b"x" * 60_000 + b"\r\nX: " + b"y" * 60_000 + b"\r\nFrom: jana@example.edu\r\n\r\nwords"
    mail = mail_of(raw)
    assert (len(mail.first("Subject")), mail.all("From"), mail.body) == (LONGEST_HEADER - 1, [], b"words")


def test_a_charset_that_takes_long_is_not_asked():
    raw = mail(JANA, bare("a" * 190_000, charset="punycode"))
    assert read(raw, AUTHSERV).problem == "Its calendar cannot be read."
    assert costs_at_most(0.4, lambda: read(raw, AUTHSERV))


@pytest.mark.parametrize(
    "subject", ["=?utf-8?b?a?=", "=?no-such?q?a?=", "=?utf-8?q?=ff?=", "=?idna?q?a?=", "=?utf-8?b?Ü?="]
)
def test_a_subject_that_cannot_be_decoded_hinders_no_answer(subject):
    raw = mail(JANA, bare(calendar())).replace(b"Subject: Answer", f"Subject: {subject}".encode())
    assert declined(raw)


def test_twice_the_bytes_cost_about_twice_the_time():
    def seconds(size: int) -> float:
        raw = f"Content-Type: text/calendar;{';' * 1900}\r\n\r\n{'BEGIN:VEVENT;' * (size // 13)}".encode()
        return min(processor_seconds(partial(read, raw, AUTHSERV)) for _ in range(3))

    seconds(10_000)
    assert seconds(180_000) < 8 * max(seconds(45_000), 0.002)


def test_reading_keeps_nothing_of_what_it_read():
    from foundation.text import one_line

    kept = one_line.cache_info().currsize
    for path in [*files("replies"), *files("bounces")]:
        read(path.read_bytes(), AUTHSERV)
    read(bounce("<a@portal.example>", JANA), AUTHSERV)
    assert one_line.cache_info().currsize == kept
