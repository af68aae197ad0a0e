"""A received mail is read into plain values, whatever its bytes are: nothing raises, nothing else is opened."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from devtools.testing.cost import costs_at_most
from devtools.testing.replies import (
    AUTHSERV,
    CLIENTS,
    TEXT,
    bare,
    bounce,
    davical,
    event,
    in_base64,
    mail,
    multipart,
    proof,
)
from notifications.replies.calendar_replies import MOST_COMMENT
from notifications.replies.delivery_reports import FailedDelivery
from notifications.replies.parts import MOST_PARTS
from notifications.replies.reading import MOST_BYTES, read

UID = "6f1d1c1e-0c5e-4f1e-9a53-7f0f6a1f8c11@portal.example"
JANA = "jana@example.edu"
AT = datetime(2030, 5, 10, 8, tzinfo=UTC)


def reply_in(raw: bytes):
    return read(raw, AUTHSERV).reply


@pytest.mark.parametrize("write", CLIENTS)
@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_every_client_is_understood(write, partstat):
    incoming = read(write(UID, partstat, JANA, AT), AUTHSERV)
    assert (incoming.sender, incoming.is_proven, incoming.problem) == (JANA, True, "")
    reply = incoming.reply
    assert (reply.method, reply.uid, reply.sequence, reply.stamp) == ("REPLY", UID, 0, AT)
    assert (reply.attendee, reply.partstat, reply.problem) == (JANA, partstat, "")


def test_what_the_person_wrote_is_read_where_each_client_puts_it():
    comments = {write.__name__: reply_in(write(UID, "DECLINED", JANA, AT)).comment for write in CLIENTS}
    assert {name: words for name, words in comments.items() if words} == {
        "exchange": "Leider krank, bis bald.",
        "gmail": "Leider krank, bis bald.",
    }


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "It is empty."),
        (b"\r\n \r\n", "It is empty."),
        (mail(JANA, f"Content-Type: text/plain\r\n\r\n{'x' * 5 * MOST_BYTES}"), "It is larger than 1 MB."),
        (
            mail(JANA, multipart("mixed", TEXT, in_base64('application/ms-tnef; name="winmail.dat"', "TNEF"))),
            "It holds only winmail.dat (TNEF), which just Outlook reads.",
        ),
        (mail(JANA, bare("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n")), "Its calendar cannot be read."),
        (mail(JANA, bare("")), "Its calendar cannot be read."),
        (
            mail(
                JANA, multipart("mixed", *[bare(event(UID, said, JANA, stamp=AT)) for said in ("ACCEPTED", "DECLINED")])
            ),
            "It holds two answers that differ.",
        ),
        (mail(JANA, multipart("mixed", *[TEXT] * MOST_PARTS)), "It has too many parts."),
        (mail(JANA, TEXT, headers=("X-Long: " + "x" * 70_000,)), "Its headers are longer than 64 kB."),
        (
            mail(JANA, bare("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VTODO\r\nUID:x\r\n")),
            "Its calendar cannot be read.",
        ),
        (mail(JANA, bare(event("", "ACCEPTED", JANA))), "Its calendar cannot be read."),
        (mail(JANA, bare(event(UID, "ACCEPTED", JANA, OTHER="UID:another"))), "Its calendar cannot be read."),
        (
            mail(JANA, bare(event(UID, "ACCEPTED", JANA, OTHER="DTSTAMP:20300101T000000Z"))),
            "Its calendar cannot be read.",
        ),
        (
            mail(JANA, bare(event(UID, "ACCEPTED", JANA, BEGIN="METHOD:REFRESH\r\nBEGIN:VEVENT"))),
            "Its calendar cannot be read.",
        ),
        (mail(JANA, bare("BEGIN:VCALENDAR\r\n" + "X:1\r\n" * 60_000)), "Its calendar is too large."),
    ],
    ids=[
        "empty",
        "blank",
        "5-MB",
        "tnef",
        "cut-off",
        "no-calendar",
        "two-answers",
        "parts",
        "head",
        "todo",
        "no-uid",
        "uids",
        "stamps",
        "methods",
        "long",
    ],
)
def test_what_cannot_be_read_says_why(raw, problem):
    incoming = read(raw, AUTHSERV)
    assert (incoming.problem, incoming.reply) == (problem, None)


def test_ten_levels_are_too_deep_and_a_thousand_too():
    def nested(levels: int) -> bytes:
        body = bare(event(UID, "DECLINED", JANA, stamp=AT))
        for level in range(levels):
            body = multipart("mixed", body, boundary=f"n{level}")
        return mail(JANA, body)

    assert reply_in(nested(7)).partstat == "DECLINED"
    assert read(nested(10), AUTHSERV).problem == "Its parts are nested more than 8 deep."
    assert read(nested(1000), AUTHSERV).problem == "Its parts are nested more than 8 deep."
    within = mail(JANA, "Content-Type: message/rfc822\r\n\r\n" * 20_000)
    assert read(within, AUTHSERV).reply is None


@pytest.mark.parametrize(
    "charset", ["x-unknown", "utf-8", "iso-8859-1", '"no such"', "unicode_escape", "base64", "utf-16"]
)
def test_an_unknown_or_wrong_charset_is_no_hindrance(charset):
    calendar = event(UID, "DECLINED", JANA, stamp=AT, COMMENT="COMMENT:Übung")
    assert reply_in(mail(JANA, bare(calendar, charset=charset))).uid == UID


def test_bytes_of_no_charset_are_read_all_the_same():
    raw = mail(JANA, bare(event(UID, "DECLINED", JANA, stamp=AT, COMMENT="COMMENT:X\udcff\udcfe")))
    assert reply_in(raw).partstat == "DECLINED"


def test_the_message_somebody_forwards_is_not_opened():
    ours = "Content-Type: message/rfc822\r\n\r\n" + bare(event(UID, "ACCEPTED", JANA, stamp=AT))
    incoming = read(mail(JANA, multipart("mixed", TEXT, ours)), AUTHSERV)
    assert (incoming.reply, incoming.problem) == (None, "")
    report = multipart("report; report-type=delivery-status", bare(event(UID, "ACCEPTED", JANA)), boundary="r")
    assert read(mail(JANA, multipart("mixed", TEXT, report)), AUTHSERV).reply is None
    assert read(mail(JANA, report), AUTHSERV).reply is None


def test_the_parameter_must_say_the_same_method():
    calendar = event(UID, "ACCEPTED", JANA, stamp=AT)
    assert reply_in(mail(JANA, bare(calendar, method="; method=REQUEST"))).method == ""
    assert reply_in(mail(JANA, bare(calendar, method=""))).method == "REPLY"
    assert reply_in(mail(JANA, bare(calendar, method="; method=reply"))).method == "REPLY"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"RECURRENCE": "RECURRENCE-ID:20300512T090000Z"}, "about one occurrence"),
        ({"ATTENDEE": ""}, "names no attendees"),
        ({"OTHER": "ATTENDEE;PARTSTAT=DECLINED:mailto:other@example.edu"}, "names 2 attendees"),
        ({"ATTENDEE": f'ATTENDEE;DELEGATED-FROM="mailto:x@example.edu":mailto:{JANA}'}, "was delegated to"),
        ({"ATTENDEE": f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:x@example.edu":mailto:{JANA}'}, "delegated"),
        ({"END": "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT"}, "holds 2 events"),
    ],
)
def test_what_is_not_the_answer_of_one_person_says_so(change, problem):
    assert problem in reply_in(mail(JANA, bare(event(UID, "ACCEPTED", JANA, **change)))).problem


@pytest.mark.parametrize(
    ("lines", "sender"),
    [
        (["From: Jana <JANA@Example.EDU>"], JANA),
        (["From: jana@example.edu"], JANA),
        (["From: =?utf-8?q?jana=40example=2Eedu?= <other@example.org>"], "other@example.org"),
        (["From: jana@example.edu, other@example.org"], ""),
        (["From: jana@example.edu", "From: other@example.org"], ""),
        (["From: "], ""),
        ([], ""),
        (["From: nobody"], ""),
    ],
)
def test_the_sender_is_the_one_address_of_the_one_from(lines, sender):
    raw = "\r\n".join([*lines, "Sender: jana@example.edu", "Reply-To: jana@example.edu", "", "Hello"]).encode()
    assert read(raw, AUTHSERV).sender == sender


@pytest.mark.parametrize(
    ("headers", "is_proven"),
    [
        ([proof(JANA)], True),
        ([f'Authentication-Results: "{AUTHSERV}" 1; dmarc = pass (p=reject (x)) header.from=Example.edu'], True),
        ([proof(JANA, "fail")], False),
        ([], False),
        ([f"Authentication-Results: {AUTHSERV}; none"], False),
        ([proof("other@example.org")], False),
        ([f"Authentication-Results: {AUTHSERV}; dmarc=pass"], False),
        (["Authentication-Results: mx.evil.example; dmarc=pass header.from=example.edu"], False),
        # A forged one stands below the one our server wrote.
        ([proof(JANA, "fail"), proof(JANA)], False),
        (["Authentication-Results: mx.relay.example; dmarc=fail header.from=example.edu", proof(JANA)], True),
        ([f"Authentication-Results: {AUTHSERV}; dmarc=fail (dmarc=pass) header.from=example.edu"], False),
        ([rf"Authentication-Results: {AUTHSERV}; x=y (\); dmarc=pass header.from=example.edu; z=("], False),
        ([rf"Authentication-Results: (\)) {AUTHSERV} 1(); dmarc=pass() header.from=example.edu"], True),
        ([f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from=example.edu; dmarc=fail"], False),
        ([f"Authentication-Results: {AUTHSERV}; dkim=pass header.d=example.edu; spf=pass"], False),
    ],
)
def test_only_our_own_servers_topmost_word_proves_a_sender(headers, is_proven):
    raw = "\r\n".join([*headers, f"From: {JANA}", "", "Hello"]).encode()
    assert read(raw, AUTHSERV).is_proven == is_proven


def test_comments_nested_without_end_take_no_time():
    deep = 4_900
    raw = "\r\n".join(
        [f"Authentication-Results: x {'(' * deep}{')' * deep}", proof(JANA), f"From: {JANA}", "", "Hello"]
    )
    assert read(raw.encode(), AUTHSERV).is_proven
    assert costs_at_most(5, lambda: read(raw.encode(), AUTHSERV))
    # No server writes so long a header, and what stands below one that is not read may be forged.
    assert not read(raw.replace("()", "(" * deep + ")" * deep).encode(), AUTHSERV).is_proven


def test_without_a_name_for_our_server_nobody_is_proven():
    assert not read(davical(UID, "ACCEPTED", JANA, AT), "").is_proven
    assert not read(
        f"Authentication-Results: ; dmarc=pass header.from=example.edu\r\nFrom: {JANA}\r\n\r\n".encode(), ""
    ).is_proven


@pytest.mark.parametrize(
    ("header", "is_automatic"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: auto-generated; x=1", True),
        ("Auto-Submitted: no", False),
        ("Precedence: bulk", True),
        ("List-Id: <all.example.edu>", True),
        ("Return-Path: <>", True),
        ("Return-Path: <jana@example.edu>", False),
        ("X-Mailer: Mail", False),
    ],
)
def test_what_a_machine_wrote_is_known_for_it(header, is_automatic):
    assert read(f"From: {JANA}\r\n{header}\r\n\r\nHello".encode(), AUTHSERV).is_automatic == is_automatic


def test_hostile_words_are_capped_and_lose_their_controls():
    comment = "COMMENT:" + "<script>\u202e\x07" + "x" * 5000
    reply = reply_in(mail(JANA, bare(event(UID, "DECLINED", JANA, COMMENT=comment))))
    assert reply.comment == "<script>" + "x" * (MOST_COMMENT - 8)


def test_a_delivery_report_says_why_and_which():
    returned = read(bounce("<a@portal.example>", "Jana@example.edu"), AUTHSERV).failed
    assert returned == FailedDelivery("5.1.1 550 5.1.1 No such mailbox", ("<a@portal.example>",))
    headers = bounce("<a@portal.example>", JANA, part="Content-Type: text/rfc822-headers", header="X-Quorum-Notice")
    assert read(headers, AUTHSERV).failed.message_ids == ("<a@portal.example>",)


@pytest.mark.parametrize(("status", "action"), [("4.4.1", "delayed"), ("2.0.0", "delivered")])
def test_what_is_only_late_or_did_arrive_did_not_come_back(status, action):
    assert read(bounce("<a@portal.example>", JANA, status, action), AUTHSERV).failed is None


SOUND = [write(UID, "DECLINED", JANA, AT) for write in CLIENTS] + [bounce("<a@portal.example>", JANA)]


@given(raw=some.one_of(some.binary(max_size=2000), some.sampled_from(SOUND)), data=some.data())
@settings(max_examples=300)
def test_nothing_raises(raw, data):
    at = data.draw(some.integers(0, len(raw)))
    cut = raw[:at] + data.draw(some.binary(max_size=12)) + raw[at + data.draw(some.integers(0, 12)) :]
    incoming = read(cut, AUTHSERV)
    assert 0 < len(incoming.message_id) <= 255
    for words in (incoming.message_id, incoming.sender, incoming.subject, incoming.problem):
        assert "\0" not in words
        words.encode()
