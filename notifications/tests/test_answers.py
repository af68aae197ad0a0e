"""What an answer from a calendar does: every row of the table of calendar.md 8.3, and what is no answer."""

import threading
from datetime import UTC, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from devtools.testing.calendar_readers import calendar_of
from devtools.testing.replies import AUTHSERV, CLIENTS, bare, davical, event, mail, multipart
from notifications.models import KINDS, CalendarThread, Decline, Notice, ReceivedMail
from notifications.models.received import RAW_LIFE
from notifications.outbox.deliver import drain
from notifications.replies.applying import receive
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import MeetingPlan

pytestmark = pytest.mark.django_db
OTHER = "other@example.org"


@pytest.fixture(autouse=True)
def proves(settings):
    """Our mail server proves senders, and who it cannot prove is asked to confirm."""
    settings.REPLY_AUTHSERV_ID, settings.REPLY_AUTHENTICATION = AUTHSERV, "link"


@pytest.fixture
def thread(registration) -> CalendarThread:
    return registration.threads.get()


@pytest.fixture
def answer(thread, now):
    """answer("DECLINED", stamp=..., METHOD=...) receives an answer of the person, changed as told."""

    def send(partstat="ACCEPTED", at=None, sender="", proven=True, headers=(), **but):
        address = thread.registration.person.email
        calendar = event(thread.uid, partstat, but.pop("attendee", address), **{"stamp": now} | but)
        raw = mail(sender or address, bare(calendar, method=""), proven, headers=headers)
        return receive(raw, at or now, stays_in_mailbox=True)

    return send


def kinds(registration) -> list[str]:
    return list(Notice.objects.filter(to=registration.person.email).order_by("pk").values_list("kind", flat=True))


def state(thread) -> tuple:
    thread.refresh_from_db()
    return thread.partstat, thread.answered_at


NOTHING = ("NEEDS-ACTION", None)


@pytest.mark.parametrize("write", CLIENTS)
@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_the_answers_of_every_client_are_applied(write, partstat, thread, registration, now):
    stamp = now.replace(microsecond=0)
    record = receive(write(thread.uid, partstat, registration.person.email, stamp), now)
    assert (record.outcome, record.thread) == (partstat.lower(), thread)
    assert state(thread) == (partstat, stamp)
    assert Decline.objects.waiting().count() == (partstat == "DECLINED")
    assert kinds(registration)[2:] == (["declined"] if partstat == "DECLINED" else [])


def test_the_same_mail_twice_is_one_record(thread, registration, now):
    raw = davical(thread.uid, "DECLINED", registration.person.email, now)
    assert receive(raw, now) == receive(raw, now + timedelta(minutes=1))
    assert (ReceivedMail.objects.count(), Decline.objects.count()) == (1, 1)


def test_the_same_answer_in_two_mails_is_applied_once(answer, thread, registration, now):
    answer("DECLINED")
    assert answer("DECLINED", headers=("X-Copy: 1",)).outcome == "duplicate"
    assert (Decline.objects.count(), kinds(registration)) == (1, ["registered", "confirmed", "declined"])


@pytest.mark.parametrize(
    "answers", ["ACCEPTED DECLINED ACCEPTED", "TENTATIVE DECLINED TENTATIVE", "DECLINED ACCEPTED DECLINED TENTATIVE"]
)
def test_of_answers_of_one_second_the_last_mail_counts(answer, thread, registration, now, answers):
    stamp = now.replace(microsecond=0)
    for number, partstat in enumerate(answers.split()):
        assert answer(partstat, stamp=stamp, headers=(f"X-Copy: {number}",)).outcome == partstat.lower()
    assert state(thread) == (answers.split()[-1], stamp)
    for decline in Decline.objects.all():
        decline.carry_out(now + timedelta(hours=1))
    registration.refresh_from_db()
    assert registration.is_registered
    assert list(breaches(now)) == []


def test_a_decline_after_an_acceptance_of_the_same_second_gives_the_seat_up(answer, registration, now):
    for number, partstat in enumerate(("DECLINED", "ACCEPTED", "DECLINED")):
        answer(partstat, headers=(f"X-Copy: {number}",))
    Decline.objects.waiting().get().carry_out(now + timedelta(hours=1))
    registration.refresh_from_db()
    assert not registration.is_active


def test_a_mail_that_comes_again_never_undoes_what_came_since(thread, registration, now):
    address = registration.person.email
    first, second = (
        mail(address, bare(event(thread.uid, partstat, address, stamp=now))) for partstat in ("DECLINED", "ACCEPTED")
    )
    assert [receive(raw, now).outcome for raw in (first, second, first)] == ["declined", "accepted", "declined"]
    assert (state(thread)[0], Decline.objects.waiting().count()) == ("ACCEPTED", 0)


def test_an_answer_of_the_same_second_as_a_clock_ahead_counts(answer, thread, now):
    later = now.replace(microsecond=900_000)
    answer("ACCEPTED", at=later, stamp=now + timedelta(days=3000))
    assert answer("DECLINED", at=later, stamp=later.replace(microsecond=0)).outcome == "declined"


def test_an_older_answer_that_comes_later_changes_nothing(answer, thread, now):
    answer("DECLINED", stamp=now)
    assert answer("ACCEPTED", stamp=now - timedelta(seconds=1)).outcome == "stale"
    assert state(thread)[0] == "DECLINED"


def test_a_clock_that_is_years_ahead_does_not_shut_out_what_follows(answer, thread, now):
    answer("ACCEPTED", stamp=now + timedelta(days=3000))
    assert answer("DECLINED", stamp=now + timedelta(minutes=1)).outcome == "declined"
    assert state(thread)[0] == "DECLINED"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"METHOD": "METHOD:REQUEST"}, "ignored"),
        ({"METHOD": "METHOD:CANCEL"}, "ignored"),
        ({"METHOD": "METHOD:DECLINECOUNTER"}, "ignored"),
        ({"METHOD": ""}, "ignored"),
        ({"UID": "UID:6f1d1c1e-0c5e-4f1e-9a53-7f0f6a1f8c11@localhost"}, "unknown"),
        ({"UID": ""}, "unreadable"),
        ({"RECURRENCE": "RECURRENCE-ID:20300512T090000Z"}, "unclear"),
        ({"OTHER": "ATTENDEE;PARTSTAT=DECLINED:mailto:other@example.org"}, "unclear"),
        ({"partstat": "DELEGATED"}, "unclear"),
        ({"partstat": "NEEDS-ACTION"}, "unclear"),
        ({"partstat": "X-MAYBE"}, "unclear"),
        ({"DTSTAMP": ""}, "unclear"),
        ({"DTSTAMP": "DTSTAMP:yesterday"}, "unclear"),
        ({"attendee": OTHER}, "unproven"),
        ({"attendee": "person1+x@example.edu"}, "unproven"),
        ({"sender": OTHER}, "unproven"),
        ({"proven": False}, "unproven"),
        ({"proven": False, "METHOD": "METHOD:REFRESH"}, "unproven"),
    ],
)
def test_whatever_fails_a_check_changes_nothing(answer, thread, registration, change, outcome):
    record = answer(**{"partstat": "ACCEPTED"} | change)
    assert record.outcome == outcome
    assert record.sentence
    assert state(thread) == NOTHING
    assert kinds(registration) == ["registered", "confirmed"]
    assert Registration.objects.count() == 1


def test_a_uid_is_ours_byte_for_byte(thread, registration, now):
    raw = davical(thread.uid.upper(), "DECLINED", registration.person.email, now)
    assert receive(raw, now).outcome == "unknown"


def test_who_was_delegated_to_gets_no_place_and_the_seat_stays(answer, thread, registration):
    record = answer("DELEGATED", ATTENDEE=f'ATTENDEE;DELEGATED-TO="mailto:{OTHER}":mailto:{registration.person.email}')
    assert (record.outcome, record.sentence) == ("unclear", "The invitation was delegated to somebody else.")
    assert Registration.objects.registered().count() == 1


def test_an_alias_is_told_from_the_address_and_case_is_not(answer, thread, registration):
    assert answer("ACCEPTED", attendee="PERSON1@Example.EDU").outcome == "accepted"


# ---- forged ----


@pytest.mark.parametrize("change", [{"attendee": OTHER, "sender": OTHER}, {"sender": OTHER}, {"proven": False}])
def test_a_forged_decline_keeps_the_seat_and_asks_once_a_day(answer, thread, registration, smtp_sink, now, change):
    records = [answer("DECLINED", headers=(f"X-Copy: {number}",), **change) for number in range(3)]
    assert [record.outcome for record in records] == ["unproven", "unclear", "unclear"]
    assert [record.waits_for_the_office for record in records] == [False, True, True]
    assert state(thread) == NOTHING
    assert kinds(registration)[2:] == ["unproven"]
    drain()
    received = smtp_sink.received[-1]
    assert received.recipients == [registration.person.email]
    assert f"/registrations/{registration.uuid}/withdrawal/" in received.message.get_body(("plain",)).get_content()
    assert calendar_of(received) is None
    answer("DECLINED", headers=("X-Copy: 9",), at=now + timedelta(days=1, minutes=1), **change)
    assert kinds(registration)[2:] == ["unproven", "unproven"]


def test_an_address_that_speaks_for_our_server_frees_no_seat(answer, thread, registration):
    address = 'x; dmarc=pass header.from=example.edu ("@evil.example'
    said = f'{AUTHSERV}; spf=pass smtp.mailfrom="{address}; dkim=none; dmarc=fail header.from=example.edu'
    forged = (f"Authentication-Results: {said}",)
    assert answer("DECLINED", proven=False, headers=forged).outcome == "unproven"
    assert (state(thread), Decline.objects.count()) == (NOTHING, 0)


def test_each_session_has_its_own_link_a_day(answer, thread, registration, make_session, now):
    assert answer("DECLINED", proven=False).outcome == "unproven"
    session = make_session(days=21, minimum=1)
    other = Registration.objects.register(registration.person, session, now=now)
    session.settle(now=now)
    address = registration.person.email
    raw = mail(address, bare(event(other.threads.get().uid, "DECLINED", address, stamp=now)), proven=False)
    assert receive(raw, now).outcome == "unproven"
    links = Notice.objects.filter(kind="unproven").order_by("pk")
    assert [notice.facts["registration"] for notice in links] == [registration.pk, other.pk]


def test_an_invitation_sent_again_may_be_declined_too(answer, thread, registration, office, smtp_sink, now):
    assert answer("DECLINED", proven=False).outcome == "unproven"
    thread.refresh_from_db()
    thread.send_again(by=office, now=now)
    later = now + timedelta(minutes=1)
    assert answer("DECLINED", proven=False, headers=("X-Copy: 1",), at=later).outcome == "unproven"
    assert answer("DECLINED", proven=False, headers=("X-Copy: 2",), at=later).outcome == "unclear"
    assert kinds(registration)[2:] == ["unproven", "again", "unproven"]


def test_an_invitation_sent_again_does_not_use_up_the_link(answer, thread, registration, office, now):
    thread.send_again(by=office, now=now)
    assert answer("DECLINED", proven=False).outcome == "unproven"
    assert kinds(registration)[2:] == ["again", "unproven"]


def test_where_proof_is_required_a_forged_decline_is_only_recorded(answer, registration, settings):
    settings.REPLY_AUTHENTICATION = "require"
    assert answer("DECLINED", proven=False).outcome == "unproven"
    assert kinds(registration) == ["registered", "confirmed"]


def test_a_forged_mail_supersedes_no_news(make_session, person, smtp_sink, now):
    session = make_session(minimum=1)
    registration = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    thread = registration.threads.get()
    receive(mail(OTHER, bare(event(thread.uid, "DECLINED", OTHER))), now)
    drain()
    assert [calendar_of(received) is not None for received in smtp_sink.received] == [True, False]


def test_somebody_the_invitation_was_forwarded_to_gets_no_place(answer, registration):
    record = answer("ACCEPTED", attendee=OTHER, sender=OTHER)
    assert (record.outcome, record.sentence) == ("unproven", "It answers for somebody who was not invited.")
    assert Registration.objects.get() == registration


# ---- to an older invitation ----


def moved(thread, by: timedelta) -> None:
    """Move the meeting and write the invitation that says so, as sent."""
    meeting = thread.meeting
    meeting.starts_at, meeting.ends_at = meeting.starts_at + by, meeting.ends_at + by
    meeting.save()
    thread.refresh_from_db()
    says = {name: getattr(meeting, name).astimezone(UTC).isoformat() for name in ("starts_at", "ends_at")}
    facts = {"count": 1, "minimum": 1, "says": says}
    Notice.objects.owe_calendar(KINDS["confirmed"], "REQUEST", thread, facts)
    thread.shown = thread.shown | says
    thread.save(update_fields=["shown"])


def test_an_answer_to_other_times_changes_nothing(answer, thread, now):
    moved(thread, timedelta(0))
    moved(thread, timedelta(hours=2))
    record = answer("DECLINED", SEQUENCE="SEQUENCE:2")
    assert (record.outcome, state(thread)) == ("stale", NOTHING)
    assert answer("DECLINED", SEQUENCE="", headers=("X-Copy: 1",)).outcome == "stale"
    assert answer("DECLINED", SEQUENCE="SEQUENCE:3").outcome == "declined"


@pytest.mark.parametrize("sequence", ["", "SEQUENCE:0"])
def test_an_answer_without_a_sequence_is_to_the_first_invitation(answer, thread, sequence):
    """Calendars leave it out, and the first invitation has a greater one where a file was to be had before."""
    assert thread.sequence == 1
    assert answer("DECLINED", SEQUENCE=sequence).outcome == "declined"


def test_an_answer_to_the_same_times_counts_whatever_else_has_changed(answer, thread):
    moved(thread, timedelta(0))
    moved(thread, timedelta(0))
    assert answer("ACCEPTED", SEQUENCE="SEQUENCE:2").outcome == "accepted"


def test_a_sequence_that_the_calendar_raised_counts_as_the_newest(answer, thread):
    assert answer("ACCEPTED", SEQUENCE="SEQUENCE:7").outcome == "accepted"


# ---- too late ----


def test_once_the_session_is_cancelled_no_decline_is_answered(answer, registration, office, now):
    registration.session.cancel("Snow.", by=office, now=now)
    before = kinds(registration)
    assert answer("DECLINED").outcome == "ended"
    assert kinds(registration) == before


def test_an_answer_to_a_meeting_that_is_cancelled_is_only_recorded(answer, thread, registration, office, now):
    meeting, week = thread.meeting, timedelta(days=7)
    plan = MeetingPlan(meeting.starts_at + week, meeting.ends_at + week, meeting.time_zone, meeting.venue)
    registration.session.add_meeting(plan, by=office, now=now)
    registration.session.cancel_meeting(meeting, "Ill.", by=office, now=now)
    before = kinds(registration)
    assert answer("DECLINED").outcome == "ended"
    assert (state(thread), kinds(registration)) == (NOTHING, before)


@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED"])
def test_unclear_mail_after_the_seat_ended_does_not_wait(answer, registration, now, partstat):
    registration.withdraw(by=registration.person, now=now)
    before = kinds(registration)
    record = answer(partstat, OTHER=f"ATTENDEE;PARTSTAT={partstat}:mailto:{OTHER}")
    assert (record.outcome, record.sentence) == ("ended", "The place or the meeting is over.")
    assert kinds(registration) == before


def test_once_the_meeting_has_begun_an_answer_is_only_recorded(answer, thread, registration, now):
    assert answer("DECLINED", at=now + timedelta(days=15)).outcome == "ended"
    assert state(thread) == NOTHING
    assert kinds(registration) == ["registered", "confirmed"]


def test_accepting_a_place_that_was_given_up_never_registers_again(answer, registration, smtp_sink, now):
    registration.withdraw(by=registration.person, now=now)
    assert answer("ACCEPTED").outcome == "ended"
    assert answer("ACCEPTED", headers=("X-Copy: 1",)).outcome == "ended"
    assert kinds(registration)[-2:] == ["withdrawn", "place_gone"]
    drain()
    text = smtp_sink.received[-1].message.get_body(("plain",)).get_content()
    assert f"Register again: http://127.0.0.1:8000/sessions/{registration.session.code}/" in text
    assert not Registration.objects.active().exists()


def give_up(registration, other, office, now):
    registration.withdraw(by=registration.person, now=now)


def decline_and_give_up(registration, other, office, now):
    """Decline it, let the half hour pass: no cancellation is sent, for the calendar itself took it off."""
    thread, address = registration.threads.get(), registration.person.email
    receive(davical(thread.uid, "DECLINED", address, now), now)
    Decline.objects.get().carry_out(now + timedelta(minutes=30))
    assert not registration.notices.filter(method="CANCEL").exists()


def move(registration, other, office, now):
    registration.transfer(other, by=registration.person, now=now)


def call_off(registration, other, office, now):
    registration.session.cancel("Snow.", by=office, now=now)


def drop(registration, other, office, now):
    meeting, week = registration.session.meetings.get(), timedelta(days=7)
    plan = MeetingPlan(meeting.starts_at + week, meeting.ends_at + week, meeting.time_zone, meeting.venue)
    registration.session.add_meeting(plan, by=office, now=now)
    registration.session.cancel_meeting(meeting, "Ill.", by=office, now=now)


ENDINGS = [
    (give_up, "You no longer have a place:", "your place had been given up before", "Register again: "),
    (decline_and_give_up, "You no longer have a place:", "your place had been given up before", "Register again: "),
    (move, "You’ve moved:", "your place has moved to ", "Other dates: "),
    (call_off, "This session was cancelled:", "the session was cancelled.", "Other dates: "),
    (drop, "This meeting was cancelled:", "You have your place in the other meetings", "Your registration: "),
]


@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE"])
@pytest.mark.parametrize(("end", "subject", "words", "way_on"), ENDINGS)
def test_a_calendar_that_keeps_what_is_over_gets_its_cancellation(
    answer, thread, registration, make_session, office, smtp_sink, now, end, subject, words, way_on, partstat
):
    """G9: the entry is back in the calendar, and no cancellation sent before is newer than that."""
    end(registration, make_session(days=21, minimum=1), office, now)
    drain()
    carried = filter(None, map(calendar_of, smtp_sink.received))
    before = max(event["SEQUENCE"] for event in carried if event["UID"] == thread.uid)
    assert answer(partstat, stamp=now + timedelta(minutes=40)).outcome == "ended"
    drain()
    received = smtp_sink.received[-1]
    calendar = calendar_of(received)
    assert (calendar.method, calendar["STATUS"], str(calendar["UID"])) == ("CANCEL", "CANCELLED", thread.uid)
    assert calendar["SEQUENCE"] == before + 1
    text = " ".join(received.message.get_body(("plain",)).get_content().split())
    assert received.message["Subject"].startswith(subject)
    assert words in text and way_on in text
    assert "The attached cancellation takes it off your calendar." in text
    assert list(breaches(now)) == []


def test_two_programs_that_answer_each_other_come_to_an_end(answer, registration, smtp_sink, now):
    registration.withdraw(by=registration.person, now=now)
    outcomes = []
    for number in range(5):
        drain()
        outcomes.append(answer("ACCEPTED", headers=(f"X-Copy: {number}",)).outcome)
    assert outcomes == ["ended"] * 3 + ["unclear"] * 2
    assert kinds(registration).count("place_gone") == 3
    assert ReceivedMail.objects.waiting_for_the_office().count() == 2
    assert answer("ACCEPTED", headers=("X-Copy: 9",), at=now + timedelta(days=1, minutes=1)).outcome == "ended"


def test_an_unproven_sender_is_not_told_that_a_seat_ended(answer, registration, now):
    registration.withdraw(by=registration.person, now=now)
    assert answer("ACCEPTED", proven=False).outcome == "ended"
    assert "place_gone" not in kinds(registration)


# ---- asking again ----


def test_a_refresh_sends_the_invitation_again_once_a_day(answer, thread, smtp_sink, now):
    assert answer("", METHOD="METHOD:REFRESH").outcome == "repeated"
    drain()
    first, again = [calendar_of(received) for received in smtp_sink.received]
    assert (again["UID"], again["SEQUENCE"]) == (first["UID"], first["SEQUENCE"])
    assert answer("", METHOD="METHOD:REFRESH", headers=("X-Copy: 1",)).outcome == "ignored"
    assert Notice.objects.filter(kind="again").count() == 1
    assert list(breaches(now)) == []


def test_the_invitation_to_each_meeting_may_be_asked_for(answer, thread, registration, now, office):
    drop(registration, None, office, now)
    registration.session.settle(now=now)
    other = registration.threads.exclude(pk=thread.pk).get()
    Notice.objects.filter(thread=other).update(state="sent")
    CalendarThread.objects.filter(pk=other.pk).update(requested_at=now)
    record = answer("", METHOD="METHOD:REFRESH", UID=f"UID:{other.uid}")
    assert (record.outcome, kinds(registration)[-1]) == ("repeated", "again")


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied", "Precedence: bulk", "Return-Path: <>"])
def test_a_machine_that_asks_again_is_not_answered(answer, registration, header):
    assert answer("", METHOD="METHOD:REFRESH", headers=(header,)).outcome == "ignored"
    assert kinds(registration) == ["registered", "confirmed"]


# ---- another time proposed ----


@pytest.mark.parametrize("header", ["X-Copy: 1", "Auto-Submitted: auto-generated"])
def test_who_proposes_another_time_is_told_once_a_day_what_to_do(
    answer, thread, registration, make_session, smtp_sink, now, header
):
    other = make_session(days=21)
    record = answer("TENTATIVE", METHOD="METHOD:COUNTER", headers=(header,))
    assert (record.outcome, record.waits_for_the_office, state(thread)) == ("unclear", True, NOTHING)
    drain()
    received = smtp_sink.to(registration.person.email)[-1]
    text = " ".join(received.message.get_body(("plain",)).get_content().split())
    assert received.message["Subject"].startswith("The time stays as it is: Bystander Interventions")
    assert "An answer from a calendar cannot change the time" in text
    assert f"I can’t make it: http://127.0.0.1:8000/registrations/{registration.uuid}/withdrawal/" in text
    assert f"?to={other.code}" in text
    assert calendar_of(received) is None
    again = answer("TENTATIVE", METHOD="METHOD:COUNTER", headers=("X-Copy: 2",))
    assert (again.outcome, kinds(registration)[2:]) == ("unclear", ["time_stands"])
    assert answer("ACCEPTED", headers=("X-Copy: 3",)).outcome == "accepted"


@pytest.mark.parametrize("change", [{"proven": False}, {"sender": OTHER}, {"attendee": OTHER}])
def test_an_unproven_proposal_of_another_time_is_not_answered(answer, registration, change):
    assert answer("TENTATIVE", METHOD="METHOD:COUNTER", **change).outcome == "unproven"
    assert kinds(registration) == ["registered", "confirmed"]


# ---- what is no answer ----


WORDS = "Content-Type: text/plain\r\n\r\nMay I bring my dog?\r\n\r\n> Confirmed\r\n"
AWAY = mail("person1@example.edu", "\r\nI am away until Monday.", headers=("Auto-Submitted: auto-replied",))
MEETING = bare("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\n", method="")


@pytest.mark.parametrize(
    ("raw", "stays_in_mailbox"),
    [(AWAY, False), (AWAY, True), (mail(OTHER, WORDS), True), (mail(OTHER, MEETING), True)],
    ids=["out of office", "out of office in a mailbox", "words in a mailbox", "a meeting of theirs in a mailbox"],
)
def test_what_is_for_somebody_else_is_neither_answered_nor_kept(registration, raw, stays_in_mailbox, now):
    record = receive(raw, now, stays_in_mailbox=stays_in_mailbox)
    assert (record.outcome, bytes(record.raw), record.subject, record.comment) == ("ignored", b"", "", "")
    assert (record.sender, record.attendee) == ("", "")
    assert kinds(registration) == ["registered", "confirmed"]


@pytest.mark.parametrize("stays_in_mailbox", [True, False])
@pytest.mark.parametrize("body", [WORDS, multipart("mixed", WORDS, MEETING), multipart("alternative", WORDS)])
@pytest.mark.parametrize("header", ["In-Reply-To", "References"])
def test_an_answer_in_words_waits_for_the_office(thread, registration, now, header, body, stays_in_mailbox):
    ours = Notice.objects.get(method="REQUEST")
    headers = (f"{header}: <other@example.org> {ours.message_id}",)
    raw = mail(registration.person.email, body, proven=False, headers=headers)
    record = receive(raw, now, stays_in_mailbox=stays_in_mailbox)
    assert (record.outcome, record.thread, record.comment) == ("words", thread, "May I bring my dog?\n> Confirmed")
    assert record.sentence == "It answers our mail in words, and only a person can answer it."
    assert (record.waits_for_the_office, bytes(record.raw)) == (True, raw)
    assert (state(thread), kinds(registration)) == (NOTHING, ["registered", "confirmed"])
    ReceivedMail.objects.forget(now + RAW_LIFE)
    record.refresh_from_db()
    assert (record.comment, bytes(record.raw)) == ("", b"")


@pytest.mark.parametrize("body", [WORDS, MEETING])
def test_words_that_no_mailbox_keeps_wait_for_the_office(db, now, body):
    record = receive(mail(OTHER, body), now)
    assert (record.outcome, record.waits_for_the_office, record.thread) == ("words", True, None)
    assert record.sentence == "It is written in words, and only a person can answer it."


def test_our_own_invitation_that_comes_back_is_no_answer(thread, smtp_sink, now):
    assert receive(smtp_sink.received[-1].raw, now).outcome == "ignored"
    assert state(thread) == NOTHING


def test_what_cannot_be_read_is_kept_for_the_office(db, now):
    raw = mail("person1@example.edu", bare("BEGIN:VCALENDAR\r\nMETHOD"))
    record = receive(raw, now)
    assert (record.outcome, record.sentence) == ("unreadable", "Its calendar cannot be read.")
    assert bytes(record.raw) == raw


def test_what_goes_wrong_is_recorded_and_stops_nothing(answer, thread, registration, now):
    CalendarThread.objects.filter(pk=thread.pk).update(sequence=None)
    Notice.objects.all().delete()
    Notice.objects.owe(KINDS["declined"], registration, {}, event="1")
    Decline.objects.all().delete()
    # The next decline's key is taken: its notice cannot be written, and nothing else of it may be.
    before = Decline.objects.create(registration=registration, declined_at=now, gives_up_at=now, state="kept")
    Notice.objects.update(dedupe_key=f"declined:{registration.pk}::{before.pk + 1}")
    record = answer("DECLINED")
    assert (record.outcome, record.sentence) == ("unreadable", "It could not be applied.")
    assert state(thread) == NOTHING
    assert answer("ACCEPTED").outcome == "accepted"


def test_the_mail_is_forgotten_after_thirty_days_its_effect_not(answer, now):
    record = answer("DECLINED", COMMENT="COMMENT:I am ill")
    assert (record.comment, bool(record.raw)) == ("I am ill", True)
    assert ReceivedMail.objects.forget(now + RAW_LIFE - timedelta(seconds=1)) == 0
    assert ReceivedMail.objects.forget(now + RAW_LIFE) == 1
    record.refresh_from_db()
    assert (record.outcome, record.comment, record.subject, bytes(record.raw)) == ("declined", "", "", b"")
    assert (record.sender, record.attendee) == ("", "person1@example.edu")
    assert ReceivedMail.objects.forget(timezone.now() + RAW_LIFE) == 0


def test_of_who_was_not_invited_nothing_is_kept_after_thirty_days(answer, now):
    record = answer("ACCEPTED", attendee=OTHER, sender=OTHER)
    assert (record.attendee, record.sender) == (OTHER, OTHER)
    ReceivedMail.objects.forget(now + RAW_LIFE)
    record.refresh_from_db()
    assert (record.outcome, record.attendee, record.sender) == ("unproven", "", "")


# ---- at once ----


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("copies", ["the same mail", "the same answer in mails of its own"])
def test_a_decline_that_eight_take_in_at_once_is_applied_once(copies, thread, registration, now):
    calendar = bare(event(thread.uid, "DECLINED", registration.person.email, stamp=now))
    own = range(8) if copies != "the same mail" else [0] * 8
    raws = [mail(registration.person.email, calendar, headers=(f"X-Copy: {number}",)) for number in own]
    ready, took = threading.Barrier(8), []

    def take_in(raw):
        ready.wait()
        try:
            took.append(receive(raw, now).outcome)
        finally:
            connection.close()

    takers = [threading.Thread(target=take_in, args=[raw]) for raw in raws]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert sorted(took) == sorted(["declined"] + (["declined"] if len(set(own)) == 1 else ["duplicate"]) * 7)
    assert ReceivedMail.objects.filter(outcome="declined").count() == 1
    assert Decline.objects.count() == 1
    assert kinds(registration).count("declined") == 1
    assert list(breaches(now)) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE"])
def test_an_acceptance_read_while_the_seat_is_given_up_is_cancelled(thread, registration, now, partstat):
    """Without the session's lock it is applied to a seat that is gone, and the entry stays in the calendar (G9)."""
    address = registration.person.email
    first, second = (mail(address, bare(event(thread.uid, one, address, stamp=now))) for one in ("DECLINED", partstat))
    receive(first, now)

    def take_in():
        try:
            receive(second, now)
        finally:
            connection.close()

    taker = threading.Thread(target=take_in)
    with transaction.atomic():
        Decline.objects.get().carry_out(now + timedelta(minutes=30))
        taker.start()
        taker.join(0.7)
        assert taker.is_alive()
    taker.join(10)
    assert list(ReceivedMail.objects.order_by("pk").values_list("outcome", flat=True)) == ["declined", "ended"]
    assert (state(thread)[0], thread.notices.first().method) == ("DECLINED", "CANCEL")
    assert kinds(registration)[-2:] == ["withdrawn", "place_gone"]
    assert list(breaches(now)) == []
