"""Answers as the calendars of this world write them, made from descriptions and not from anybody's mail."""

import base64
import hashlib
from datetime import UTC, datetime

AUTHSERV = "mx.example.edu"


def event(uid: str, partstat: str, address: str, **but) -> str:
    """Return the lines of a plain METHOD:REPLY, changed as told: a name in capitals with a new line, or "" for none."""
    stamp = but.pop("stamp", datetime.now(UTC))
    lines = {
        "VERSION": "VERSION:2.0",
        "PRODID": "PRODID:-//Somebody//Calendar//EN",
        "METHOD": "METHOD:REPLY",
        "BEGIN": "BEGIN:VEVENT",
        "UID": f"UID:{uid}",
        "DTSTAMP": f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        "SEQUENCE": "SEQUENCE:0",
        "ORGANIZER": "ORGANIZER:mailto:training@example.edu",
        "ATTENDEE": f"ATTENDEE;PARTSTAT={partstat}:mailto:{address}",
    }
    end = but.pop("END", "END:VEVENT")
    kept = [line for line in [*(lines | but).values(), end] if line]
    return "\r\n".join(["BEGIN:VCALENDAR", *kept, "END:VCALENDAR", ""])


def proof(address: str, result: str = "pass") -> str:
    """Return the header our own mail server puts on top."""
    domain = address.rpartition("@")[2]
    return (
        f"Authentication-Results: {AUTHSERV}; spf=pass smtp.mailfrom={domain};\r\n dmarc={result} header.from={domain}"
    )


def mail(address: str, body: str, proven: bool = True, message_id: str = "", headers: tuple[str, ...] = ()) -> bytes:
    """Return a mail from `address` that ends in `body`, which brings its own Content-Type."""
    digest = hashlib.sha256(f"{address}{body}{headers}".encode("utf-8", "replace")).hexdigest()
    message_id = message_id or f"<{digest[:32]}@{address.rpartition('@')[2]}>"
    top = [proof(address)] if proven else []
    top += [f"From: Somebody <{address}>", "To: training@example.edu", "Subject: Answer", f"Message-ID: {message_id}"]
    return "\r\n".join([*top, *headers, "MIME-Version: 1.0", body]).encode("utf-8", "surrogateescape")


def bare(calendar: str, method: str = "; method=REPLY", charset: str = "utf-8") -> str:
    return (
        f"Content-Type: text/calendar{method}; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{calendar}"
    )


def in_base64(kind: str, content: str, *more: str) -> str:
    lines = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *more]
    return "\r\n".join([*lines, "", base64.encodebytes(content.encode()).decode().replace("\n", "\r\n")])


def multipart(kind: str, *parts: str, boundary: str = "b1") -> str:
    inside = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{inside}--{boundary}--\r\n'


TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\nSomebody has answered.\r\n"
HTML = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Somebody has answered.</p>\r\n"


def exchange(uid, partstat, address, stamp):
    """No ORGANIZER, a Windows time zone from 1601, a translated title, a COMMENT, all of it in base64."""
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Central Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T020000\r\n"
        "TZOFFSETFROM:-0500\r\nTZOFFSETTO:-0600\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11\r\nEND:STANDARD\r\n"
        "BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:-0600\r\nTZOFFSETTO:-0500\r\n"
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT"
    )
    calendar = event(
        uid,
        partstat,
        address,
        stamp=stamp,
        PRODID="PRODID:Microsoft Exchange Server 2010",
        BEGIN=zone,
        ORGANIZER="",
        ATTENDEE=f'ATTENDEE;PARTSTAT={partstat};CN="Somebody, Jana":mailto:{address.upper()}',
        SUMMARY="SUMMARY;LANGUAGE=de-DE:Abgelehnt: Bystander Interventions",
        START="DTSTART;TZID=Central Standard Time:20300512T120000",
        COMMENT="COMMENT;LANGUAGE=de-DE:Leider krank\\, bis bald.\\n",
        SEQUENCE="SEQUENCE:0",
        BUSY="X-MICROSOFT-CDO-APPT-SEQUENCE:0",
    )
    part = in_base64("text/calendar; charset=utf-8; method=REPLY", calendar)
    return mail(address, multipart("alternative", TEXT, HTML, part))


def outlook_com(uid, partstat, address, stamp):
    """The same program behind another door: the alternative alone, the note in the text only."""
    calendar = event(uid, partstat, address, stamp=stamp, PRODID="PRODID:Microsoft Exchange Server 2010", ORGANIZER="")
    body = multipart("alternative", TEXT, in_base64('text/calendar; charset="utf-8"; method=REPLY', calendar))
    return mail(address, body, headers=("X-MS-Has-Attach:", "Auto-Submitted: no"))


def gmail(uid, partstat, address, stamp):
    """The calendar twice, auto-generated marks though a person clicked, the note in a parameter, an alarm."""
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-P0DT0H10M0S\r\nEND:VALARM\r\nEND:VEVENT"
    calendar = event(
        uid,
        partstat,
        address,
        stamp=stamp,
        PRODID="PRODID:-//Google Inc//Google Calendar 70.9054//EN",
        ATTENDEE=f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN={address};X-NUM-GUESTS=0;\r\n"
        f' X-RESPONSE-COMMENT="Leider krank, bis bald.":mailto:{address}',
        END=alarm,
    )
    inner = multipart("alternative", TEXT, HTML, bare(calendar), boundary="b2")
    outer = multipart("mixed", inner, in_base64('application/ics; name="invite.ics"', calendar))
    sender = "Sender: Google Calendar <calendar-notification@google.com>"
    headers = ("Auto-Submitted: auto-generated", sender, f"Reply-To: {address}")
    return mail(address, outer, headers=headers)


def apple_mail(uid, partstat, address, stamp):
    """An attachment, an EMAIL parameter, a body without sense."""
    calendar = event(
        uid,
        partstat,
        address,
        stamp=stamp,
        PRODID="PRODID:-//Apple Inc.//macOS 15.0//EN",
        ATTENDEE=f"ATTENDEE;CN=(null);CUTYPE=INDIVIDUAL;EMAIL={address};PARTSTAT={partstat}:mailto:{address}",
    )
    text = "Content-Type: text/plain; charset=us-ascii\r\n\r\n(null) has declined.\r\n"
    part = in_base64(
        "text/calendar; charset=utf-8; method=REPLY; name=iCal-20300512.ics",
        calendar,
        "Content-Disposition: attachment; filename=iCal-20300512.ics",
    )
    return mail(address, multipart("mixed", text, part))


def thunderbird(uid, partstat, address, stamp):
    """Our whole VEVENT copied, eight bits, the method's name in lower case."""
    calendar = event(
        uid,
        partstat,
        address,
        stamp=stamp,
        PRODID="PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN",
        METHOD="METHOD:reply",
        SUMMARY="SUMMARY:Bystander Interventions – Übung",
        DESCRIPTION="DESCRIPTION:What to say\\, and when\\, if you see it happen.",
        STATUS="STATUS:CONFIRMED",
        TRANSP="TRANSP:OPAQUE",
        CLASS="CLASS:PRIVATE",
        ATTENDEE=f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat.lower()};RSVP=TRUE:mailto:{address}",
    )
    return mail(address, multipart("mixed", TEXT, bare(calendar)))


def nextcloud(uid, partstat, address, stamp):
    """The shape of a server's own plug-in: a bare object with REQUEST-STATUS. Sent here by the person's own mail."""
    calendar = event(
        uid,
        partstat,
        address,
        stamp=stamp,
        PRODID="PRODID:-//Sabre//Sabre VObject 4.5.6//EN",
        STATUS="REQUEST-STATUS:2.0;Success",
    )
    return mail(address, multipart("mixed", multipart("alternative", TEXT, HTML, boundary="b2"), bare(calendar)))


def davical(uid, partstat, address, stamp):
    """The whole mail is the calendar."""
    return mail(address, bare(event(uid, partstat, address, stamp=stamp, PRODID="PRODID:-//davical.org//NONSGML//EN")))


CLIENTS = [exchange, outlook_com, gmail, apple_mail, thunderbird, nextcloud, davical]


def bounce(message_id: str, recipient: str, status: str = "5.1.1", action: str = "failed", **but) -> bytes:
    """Return a delivery report (RFC 3464) about a message of ours."""
    final = but.get("final", recipient)
    report = (
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Original-Recipient: rfc822;{recipient}\r\nFinal-Recipient: rfc822; {final}\r\nAction: {action}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; 550 {status} No such mailbox\r\n"
    )
    original = f"{but.get('part', 'Content-Type: message/rfc822')}\r\n\r\n"
    original += f"{but.get('header', 'Message-ID')}: {message_id}\r\nSubject: Confirmed\r\n\r\nWords.\r\n"
    body = multipart("report; report-type=delivery-status", TEXT, report, original)
    return mail("mailer-daemon@example.org", body, headers=("Return-Path: <>", "Auto-Submitted: auto-replied"))
