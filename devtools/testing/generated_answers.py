"""Generated mail that comes in: headers, calendars and delivery reports by a grammar, each with what is true of it.

A mail server that cannot be fooled writes the topmost header of each; everything else is in the hands of somebody who
wants to answer for another. `check_generated(10_000)` is the whole promise; the suite checks a few hundred.
"""

import base64
import gc
import random
import time
import tracemalloc
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from devtools.testing.cost import costs_at_most
from devtools.testing.replies import AUTHSERV, TEXT, multipart
from notifications.replies.authentication import DMARC_RESULT, TOPMOST_UNNAMED
from notifications.replies.reading import IncomingMail, read

PERSON, OTHER, FORGER = "jana@example.edu", "colleague@example.edu", "x@evil.example"
UID, AT = "6f1d1c1e-0c5e-4f1e-9a53-7f0f6a1f8c11@portal.example", datetime(2030, 5, 10, 8, tzinfo=UTC)
OUR_ID = "<6f1d1c1e@portal.example>"
SECONDS = 0.3  # of the processor, for each mail

# What a sender would have our mail server say, in the pieces of its grammar.
SPEECH = [
    *(
        "dmarc=pass header.from=example.edu",
        "dmarc=fail",
        "dmarc",
        "header.from=example.edu",
        "pass",
        "dkim=none",
        "x=y",
    ),
    *(";", "; ", " ", "(", ")", "()", '"', "\\", '\\"', "=", ".", "@", "<", ">", ",", f"{AUTHSERV};", "none", "a", "ü"),
]
ONE_ADDRESS = [
    *("{0}", "<{0}>", "{0} <{0}>", "Novak, Jana <{0}>", '"Novak, Jana" <{0}>', '"x@evil.example" <{0}>'),
    *("(x@evil.example) Jana <{0}>", "=?utf-8?q?x=40evil=2Eexample?= <{0}>", "Jana (a (b) \\)) <{0}> (c)"),
]
TWO_ADDRESSES = [
    "{0}, {1}",
    "{1}, {0}",
    "{0} <{1}>",
    "{1} <{0}>",
    "J <{0}>, <{1}>",
    "{1}\r\nFrom: {0}",
    "{1}\r\nFROM : <{0}>",
]
RUBBISH = [
    "BEGIN:VALARM\r\nACTION:EMAIL\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:x@example.org\r\nUID:x\r\nDTSTAMP:x\r\nEND:VALARM",
    "X-WR-CALNAME\r\nno line\r\n:\r\n;\r\n=;:",
    "DTSTART:yesterday\r\nDURATION:never\r\nRRULE:FREQ=\r\nEXDATE;VALUE=DATE:\r\nGEO:x",
    "BEGIN:\r\nEND:\r\nBEGIN\r\nEND\r\nEND:VTODO",
    'X-A;B="c:d\r\nSUMMARY;X="',
    "DESCRIPTION:one\r\n \r\n\tBEGIN:VEVENT\r\n  UID:x\r\n METHOD:REQUEST",
    "ATTENDEE\r\nUID\r\nDTSTAMP",
    "SUMMARY:\x0cUID:x\x85UID:y\u2028UID:z\x0b\x01",
]
ZONES = [
    "BEGIN:VTIMEZONE\r\nTZID:{0}\r\nBEGIN:STANDARD\r\nTZNAME;LANGUAGE=de:x\r\nDTSTART:1601\r\nEND:STANDARD\r\nEND:VTIMEZONE",
    "BEGIN:VTIMEZONE\r\nTZID:{0}\r\nTZID-ALIAS-OF:Europe/Berlin\r\nRRULE:FREQ=NEVER\r\nEND:VTIMEZONE",
    "BEGIN:VTIMEZONE\r\nEND:VTIMEZONE",
    "BEGIN:VTIMEZONE\r\nTZID:{0}\r\nBEGIN:DAYLIGHT\r\nTZOFFSETTO:+9999",
]
ENDLESS = [*';"(=\\<,@ \t', "()", '""', "a=b;", "=?utf-8?q?a?= ", "<a@b.c> ", "*0=a;", "\r\n ", "Ж"]


@dataclass(frozen=True)
class Made:
    """A mail, and what is true of it. None where nothing is known, because the mail was damaged at random.

    `is_forged` tells whether somebody else than `person` wrote it. `partstat` is what its one answer says, "" where it
    holds none; `failed` tells whether it reports OUR_ID as failed for good.
    """

    raw: bytes
    authserv_id: str
    person: str
    is_forged: bool
    is_proven: bool | None
    partstat: str | None
    failed: bool | None

    @property
    def kind(self) -> str:
        what = "report" if self.failed is not None else "damaged" if self.partstat is None else "answer"
        return f"{'forged' if self.is_forged else 'honest'} {what}"


def make(chance: random.Random, uid: str = UID, person: str = PERSON) -> Made:
    """Return a mail that answers for `person` to the invitation `uid`, or a delivery report, by anybody."""
    is_forged, authserv_id = chance.random() < 0.6, chance.choice([AUTHSERV, AUTHSERV, TOPMOST_UNNAMED])
    top, sender, is_proven = _headers(chance, is_forged, authserv_id, person)
    failed = chance.random() < 0.5 if chance.random() < 0.2 else None
    partstat = "" if failed is not None else chance.choice(["ACCEPTED", "TENTATIVE", "DECLINED"])
    body = _report(chance, failed) if failed is not None else _answer(chance, uid, partstat, person)
    rest = f"{sender}\r\nMessage-ID: <{chance.getrandbits(64):x}@x.example>\r\n{_endless(chance)}MIME-Version: 1.0\r\n"
    head, tail = top.encode("utf-8", "surrogateescape"), rest.encode("utf-8", "surrogateescape") + body
    if chance.random() < 0.2:
        return Made(head + _damaged(chance, tail), authserv_id, person, is_forged, None, None, None)
    return Made(head + tail, authserv_id, person, is_forged, is_proven, partstat, failed)


def _headers(chance: random.Random, is_forged: bool, authserv_id: str, person: str) -> tuple[str, str, bool]:
    """Return what the server wrote on top, what the sender wrote as From, and whether the sender has to be proven."""
    speech = _speech(chance)
    repeats_raw = is_forged and chance.random() < 0.3
    sender, result, domain = chance.choice(ONE_ADDRESS).format(person), "pass", "example.edu"
    if is_forged:
        match chance.randrange(3):
            case 0:  # In the person's name, from a server that may not send it.
                result = chance.choice(["fail", "none", "temperror", "permerror"])
            case 1:  # From a domain of the forger's own, with the person somewhere beside.
                domain, sender = "evil.example", chance.choice(TWO_ADDRESSES).format(person, FORGER)
            case 2:  # From somebody of the same domain.
                sender = chance.choice(TWO_ADDRESSES).format(person, OTHER)
    else:
        speech = speech.replace("dmarc", "dkim")
    ours = _server_says(chance, result, domain, speech, repeats_raw, authserv_id)
    below = [f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from=example.edu"] * chance.randint(0, 2)
    if is_forged and chance.random() < 0.5:
        below += [f"Authentication-Results: dmarc=pass header.from=example.edu;{_speech(chance)}"]
    chance.shuffle(below)
    # A server that writes a name is asked for by it; what stands above ours was written behind it.
    above = ["Authentication-Results: spam.example.edu; x=pass"] * chance.randint(0, 1)
    lines = [
        *(above if authserv_id == AUTHSERV else []),
        "Received: from x by y; now",
        ours,
        *(below if is_forged else []),
    ]
    return "\r\n".join([*lines, ""]), f"From: {sender}", not is_forged and len(DMARC_RESULT.findall(ours)) == 1


def _speech(chance: random.Random) -> str:
    return "".join(chance.choice(SPEECH) for _ in range(chance.randint(0, 12)))


def _server_says(
    chance: random.Random, result: str, domain: str, speech: str, repeats_raw: bool, authserv_id: str
) -> str:
    """Return the header by its grammar, with what the sender said in every place where a server repeats it."""
    escaped = speech.replace("\\", "\\\\")
    quoted = '"' + escaped.replace('"', '\\"') + '"'
    comment = "(" + escaped.replace("(", "\\(").replace(")", "\\)") + ")"
    mail_from = f"{speech}@evil.example" if repeats_raw else f"{quoted}@evil.example"
    comment = f"({speech})" if repeats_raw and chance.random() < 0.5 else comment
    results = [
        f"spf=pass {comment} smtp.mailfrom={mail_from}",
        f"dkim=none reason={quoted} header.d={quoted}",
        f"auth=pass{comment}smtp.auth={quoted}",
        f"iprev=pass {comment}{comment} policy.x=y",
    ]
    results = chance.sample(results, chance.randint(0, len(results)))
    dmarc = chance.choice(
        [
            "dmarc={0} header.from={1}",
            "dmarc={0} (p=none) action=none header.from={1}",
            'DMARC = {0} {2} header.from="{1}"',
        ]
    )
    results.insert(chance.randint(0, len(results)), dmarc.format(result, domain, "(p=reject; (sp=x))"))
    name = chance.choice([f"{AUTHSERV};", f"(x) {AUTHSERV} 1 ;", f'"{AUTHSERV}" (y (z));'])
    value = ("" if authserv_id == TOPMOST_UNNAMED else name) + chance.choice([";", " ; "]).join(results)
    return "Authentication-Results: " + "".join(
        chance.choice([" ", " ", "\r\n ", "\r\n\t"]) if letter == " " else letter for letter in value
    )


# ---- the answer ----


def _answer(chance: random.Random, uid: str, partstat: str, person: str) -> bytes:
    """Return a body with one answer in it: in a part of any make, once or twice, beside anything."""
    calendar = _calendar(chance, uid, partstat, person)
    part = _part(chance, calendar)
    parts = [part, *[chance.choice([TEXT.encode(), _filler(chance)]) for _ in range(chance.randint(0, 3))]]
    if chance.random() < 0.3:
        parts.append(_part(chance, calendar))
    chance.shuffle(parts)
    if len(parts) == 1 and chance.random() < 0.5:
        return parts[0]
    for depth in range(chance.choice([1, 1, 2, 5])):
        parts = [_multipart(chance.choice(["mixed", "alternative", "related"]), parts, f"b{depth}{chance.random()}")]
    return parts[0]


def _multipart(kind: str, parts: list[bytes], boundary: str) -> bytes:
    body = multipart(kind, *[part.decode("utf-8", "surrogateescape") for part in parts], boundary=boundary)
    return body.encode("utf-8", "surrogateescape")


def _calendar(chance: random.Random, uid: str, partstat: str, person: str) -> str:
    """Return a well-formed VEVENT that answers, inside any rubbish."""

    def rubbish() -> list[str]:
        return chance.sample(RUBBISH, chance.choice([0, 0, 1, 3]))

    name = chance.choice([";CN=Jana", ';CN="Jana "JN" Novak"', ';CN="a;PARTSTAT=X:mailto:b"', ";RSVP", ""])
    needed = [
        f"UID:{uid}",
        f"DTSTAMP:{AT:%Y%m%dT%H%M%SZ}",
        f"ATTENDEE{name};PARTSTAT={partstat}:mailto:{person}",
        *(["SEQUENCE:0"] if chance.random() < 0.8 else []),
    ]
    lines = [chance.choice([line, line, _folded(chance, line)]) for line in needed]
    chance.shuffle(lines)
    lines = [*rubbish(), *lines, *rubbish()]
    zones = [chance.choice(ZONES).format(chance.getrandbits(64)) for _ in range(chance.choice([0, 1, 3]))]
    ends = chance.choice([["END:VEVENT", "END:VCALENDAR"], ["END:VEVENT"], [], ["END:VCALENDAR"]])
    before, after = chance.choice([[], ["<!-- x -->"], rubbish()]), chance.choice([[], rubbish()])
    whole = [*before, "BEGIN:VCALENDAR", "METHOD:REPLY", *rubbish(), *zones, "BEGIN:VEVENT", *lines, *ends, *after, ""]
    return "\r\n".join(whole)


def _folded(chance: random.Random, line: str) -> str:
    at = chance.randint(1, len(line) - 1)
    return f"{line[:at]}\r\n {line[at:]}"


def _part(chance: random.Random, calendar: str) -> bytes:
    kind = chance.choice(
        [
            "Content-Type: text/calendar; method=REPLY; charset=utf-8",
            "Content-Type: text/calendar; charset=us-ascii",
            'Content-Type: TEXT/Calendar (x; y);;; name="a;b"; method="reply"',
            "Content-Type: application/ics; name=invite.ics",
            'Content-Type: application/octet-stream; name="invite.ics"',
            "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''%C3%BC.ICS",
        ]
    )
    content = calendar.replace("\r\n", chance.choice(["\r\n", "\r\n", "\n", "\r\r\n", "\r"])).encode()
    match chance.randrange(3):
        case 0:
            return f"{kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode() + base64.encodebytes(content)
        case 1:
            letters = [chr(byte) if chr(byte).isalnum() and byte < 128 else f"={byte:02X}" for byte in content]
            encoded = "=\r\n".join("".join(letters[at : at + 20]) for at in range(0, len(letters), 20)).encode()
            return f"{kind}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode() + encoded
    return f"{kind}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode() + content


def _filler(chance: random.Random) -> bytes:
    kind = chance.choice(["text/plain", "image/png; name=a.png", "message/rfc822", "text/html;;;;;", "x"])
    again = chance.choice([*ENDLESS, "boundary=", "--b\r\n", "BEGIN:VEVENT\r\n"])
    return f"Content-Type: {kind}\r\n\r\n{again * chance.choice([1, 100, 20_000])}\r\n".encode()


def _endless(chance: random.Random) -> str:
    """Return a header that goes on and on, or mostly nothing."""
    if chance.random() < 0.8:
        return ""
    name = chance.choice(["Subject", "References", "X-Long", "Auto-Submitted", "To", "Return-Path"])
    again = chance.choice(ENDLESS)
    return f"{name}: {again * (chance.choice([100, 50_000]) // len(again.encode()))}\r\n"


def _damaged(chance: random.Random, tail: bytes) -> bytes:
    for _ in range(chance.randint(1, 5)):
        at, cut = chance.randint(0, len(tail)), chance.choice([0, 1, 1, 10, 1000])
        tail = tail[:at] + chance.randbytes(chance.choice([0, 1, 10])) + tail[at + cut :]
    return tail


# ---- the report ----


def _report(chance: random.Random, failed: bool) -> bytes:
    """Return a delivery report about OUR_ID, which `failed` for good or not."""
    recipients = chance.choice([1, 1, 3, 3000])
    late = ["delayed", "delayed (failed)", "relayed", "expanded; failed"]
    actions = [chance.choice(late) for _ in range(recipients)]
    if failed:
        actions[chance.randrange(recipients)] = chance.choice(
            ["failed", "Failed (no such (user))", "(x) failed", "\r\n failed"]
        )
    blocks = "".join(
        f"Final-Recipient: rfc822; {i}@x.example\r\nAction: {action}\r\n\r\n" for i, action in enumerate(actions)
    )
    headers = chance.choice(
        [f"X-Quorum-Notice: {OUR_ID[1:-1]}", f"message-id:\r\n {OUR_ID}", f"Message-ID: (a) {OUR_ID} (b)"]
    )
    about = chance.choice(["message/rfc822", "text/rfc822-headers", "message/global-headers"])
    status = f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n{blocks}"
    parts = [TEXT, status, f"Content-Type: {about}\r\n\r\nX: y\r\n{headers}\r\n\r\nwords\r\n"]
    body = multipart("report; report-type=delivery-status", *parts, boundary="r").encode()
    return _multipart("mixed", [body, TEXT.encode()], "banner") if chance.random() < 0.3 else body


# ---- the oracle ----


def wrong(made: Made, incoming: IncomingMail) -> str:
    """Return what is wrong about how a mail was read, in words; "" where all is right."""
    if made.is_forged and incoming.is_proven and incoming.sender == made.person:
        return "a forged mail counts"
    if (
        made.is_proven is not None
        and not made.is_forged
        and (incoming.is_proven, incoming.sender) != (True, made.person)
    ):
        return "an honest sender is not proven"
    if made.failed is not None and (incoming.failed is not None) != made.failed:
        return "a report is read wrong"
    if made.failed and incoming.failed and OUR_ID not in incoming.failed.message_ids:
        return "a report names another mail"
    if made.partstat:
        reply = incoming.reply
        if reply is None or incoming.problem or reply.problem:
            return "an answer inside rubbish is not read"
        if (reply.method, reply.stamp, reply.attendee, reply.partstat) != ("REPLY", AT, made.person, made.partstat):
            return "an answer inside rubbish is read wrong"
    return ""


def memory_kept(count: int, seed: int = 0) -> int:
    """Return how many bytes more are in use after `count` mails than after the first quarter of them."""
    tracemalloc.start()
    try:
        for number in range(count):
            if number == count // 4:
                gc.collect()
                before = tracemalloc.get_traced_memory()[0]
            made = make(random.Random(f"memory {seed}-{number}"))
            read(made.raw, made.authserv_id)
            del made
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def check_generated(count: int, seed: int = 0) -> Counter[str]:
    """Read `count` generated mails and return how many of each kind there were.

    Raises AssertionError, with the seed and the number of the mail, where one is read wrong or takes over SECONDS.
    """
    kinds: Counter[str] = Counter()
    for number in range(count):
        made = make(random.Random(f"{seed}-{number}"))
        reading, began = partial(read, made.raw, made.authserv_id), time.thread_time()
        incoming = reading()
        is_slow = time.thread_time() - began > SECONDS
        assert not is_slow or costs_at_most(SECONDS, reading), (
            f"a mail takes longer than {SECONDS} s: seed {seed}, mail {number}"
        )
        said = wrong(made, incoming)
        assert not said, f"{said}: seed {seed}, mail {number}"
        kinds[made.kind] += 1
    return kinds
