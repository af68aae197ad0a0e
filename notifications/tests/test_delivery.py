"""Claim, send, mark: at least once, newest first, one recipient, over a real SMTP conversation (G7 to G9)."""

import socket
import socketserver
import threading
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import AddressChange
from devtools.testing.calendar_readers import calendar_of
from devtools.testing.cast import ZONE
from devtools.testing.mail_reader import read_mail
from devtools.testing.notices import written_code
from notifications.kinds.account import owe_code
from notifications.models import CalendarThread, MailQueue, Notice
from notifications.outbox.claim import LEASE, claim
from notifications.outbox.deliver import BACKOFF, GIVE_UP_AFTER, Sender, drain
from registrations.models import Registration
from sessions_app.models import MeetingPlan

pytestmark = pytest.mark.django_db


@pytest.fixture
def confirmed_six(make_session, people, now):
    """A confirmed session of six with the registrations of its people, nothing sent yet but what confirms it."""
    session = make_session()
    registrations = [Registration.objects.register(person, session, now=now) for person in people(6)]
    session.settle(now=now)
    return session, registrations


def later(**by):
    return timezone.now() + timedelta(**by)


def states(registration) -> list[str]:
    return list(registration.notices.order_by("pk").values_list("state", flat=True))


def test_each_invitation_names_its_one_reader(confirmed_six, smtp_sink):
    session, registrations = confirmed_six
    everybody = {registration.person.email for registration in registrations}
    drain()
    assert len(smtp_sink.received) == 6
    for received in smtp_sink.received:
        event = calendar_of(received)
        (reader,) = received.recipients
        assert (event.method, str(event["ATTENDEE"])) == ("REQUEST", f"mailto:{reader}")
        leaves = [part for part in received.message.walk() if not part.is_multipart()]
        assert len(leaves) == 4
        shown = str(received.message.items()) + "".join(part.get_payload(decode=True).decode() for part in leaves)
        assert {address for address in everybody if address in shown.replace("\r\n ", "")} == {reader}


def test_an_invitation_is_stamped_by_the_senders_clock(confirmed_six, smtp_sink):
    """It is the database's; by the clock of a machine that is ahead, what comes next would look older."""
    at = later(hours=-1).replace(microsecond=0)
    notice = claim(timezone.now())
    with Sender(lambda: at) as sender:
        sender.send([notice], MailQueue.load())
    assert calendar_of(smtp_sink.received[0]).decoded("DTSTAMP") == at


def test_plain_news_older_than_the_invitation_is_superseded(confirmed_six, smtp_sink):
    session, registrations = confirmed_six
    drain()
    assert states(registrations[0]) == ["superseded", "sent"]


def test_a_cancellation_carries_its_calendar_part_once_an_invitation_was_claimed(confirmed_six, smtp_sink, now):
    session, registrations = confirmed_six
    drain()
    registrations[0].withdraw(by=registrations[0].person, now=now)
    drain()
    invited, left = [calendar_of(received) for received in smtp_sink.to(registrations[0].person.email)]
    assert (invited.method, left.method) == ("REQUEST", "CANCEL")
    assert invited["UID"] == left["UID"]
    assert (invited["SEQUENCE"], left["SEQUENCE"]) == (1, 2)
    assert str(left["STATUS"]) == "CANCELLED"


def test_a_cancellation_without_an_invitation_is_plain_mail(confirmed_six, smtp_sink, now):
    session, registrations = confirmed_six
    registrations[0].withdraw(by=registrations[0].person, now=now)
    drain()
    (only,) = smtp_sink.to(registrations[0].person.email)
    assert calendar_of(only) is None
    assert states(registrations[0]) == ["superseded", "superseded", "sent"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_cancellation_beats_an_invitation_on_its_way(confirmed_six, now):
    session, registrations = confirmed_six
    thread = registrations[0].threads.get()
    registrations[0].withdraw(by=registrations[0].person, now=now)
    Notice.objects.exclude(thread=thread).update(state="sent")
    claimed = []

    def claim_it():
        claimed.append(claim(timezone.now()))
        connection.close()

    claimer = threading.Thread(target=claim_it)
    with transaction.atomic():
        # Another sender has the invitation, and is quick: claimed, sent and marked while this one looks on.
        request = thread.notices.select_for_update().get(method="REQUEST")
        CalendarThread.objects.filter(pk=thread.pk).update(requested_at=now)
        Notice.objects.filter(pk=request.pk).update(state="sent")
        claimer.start()
        claimer.join(1)
    claimer.join()
    assert [(notice.thread, notice.method) for notice in claimed] == [(thread, "CANCEL")]


def test_a_request_refused_for_now_never_follows_the_cancellation(confirmed_six, smtp_sink, office, now):
    session, registrations = confirmed_six
    address = registrations[0].person.email
    smtp_sink.deferred.add(address)
    drain()
    assert smtp_sink.to(address) == []
    session.cancel("Snow.", by=office, now=now)
    smtp_sink.deferred.clear()
    Notice.objects.filter(state="queued").update(next_attempt_at=timezone.now())
    drain()
    (last,) = smtp_sink.to(address)
    assert calendar_of(last).method == "CANCEL"
    assert calendar_of(last)["SEQUENCE"] == 2


def test_one_notice_in_flight_per_thread(confirmed_six, now):
    session, registrations = confirmed_six
    thread = registrations[0].threads.get()
    Notice.objects.filter(thread=thread).update(state="sending", lease_until=later(minutes=5))
    registrations[0].withdraw(by=registrations[0].person, now=now)
    cancellation = thread.notices.get(method="CANCEL")
    assert cancellation not in Notice.objects.due(later(minutes=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=cancellation.pk).update(state="sending")


def test_a_dead_senders_notice_is_taken_over_when_its_lease_runs_out(confirmed_six):
    first = claim(timezone.now())
    while claim(timezone.now()):
        pass
    assert claim(later(minutes=4)) is None
    again = claim(timezone.now() + LEASE + timedelta(seconds=1))
    assert (again.pk, again.attempts, again.message_id) == (first.pk, 2, first.message_id)
    assert again.token != first.token


def test_mail_that_is_sent_again_is_the_same_mail(confirmed_six, smtp_sink):
    smtp_sink.drops = 1
    drain()
    Notice.objects.filter(state="queued").update(next_attempt_at=timezone.now())
    drain()
    by_id = {}
    for received in smtp_sink.received:
        by_id.setdefault(received.message["Message-ID"], []).append(received)
    (twice,) = [copies for copies in by_id.values() if len(copies) == 2]
    assert len(by_id) == 6
    assert calendar_of(twice[0]).to_ical() == calendar_of(twice[1]).to_ical()


def test_a_refused_recipient_is_dead_at_once_and_shown(confirmed_six, smtp_sink):
    session, registrations = confirmed_six
    smtp_sink.refused.add(registrations[0].person.email)
    drain()
    notice = registrations[0].notices.get(method="REQUEST")
    assert (notice.state, notice.attempts) == ("dead", 1)
    assert notice.problem == "550 5.1.1 No such mailbox"
    assert Notice.objects.filter(state="sent").count() == 5


def test_retry_queues_a_dead_notice_again(confirmed_six, smtp_sink):
    session, registrations = confirmed_six
    smtp_sink.refused.add(registrations[0].person.email)
    drain()
    smtp_sink.refused.clear()
    registrations[0].notices.get(method="REQUEST").retry()
    drain()
    assert len(smtp_sink.to(registrations[0].person.email)) == 1


def test_a_temporary_refusal_is_tried_again_after_a_minute_or_so(confirmed_six, smtp_sink):
    session, registrations = confirmed_six
    smtp_sink.deferred.add(registrations[0].person.email)
    before = timezone.now()
    drain()
    notice = registrations[0].notices.get(method="REQUEST")
    assert (notice.state, notice.attempts, notice.problem) == ("queued", 1, "451 4.2.1 Try again later")
    assert timedelta(seconds=48) <= notice.next_attempt_at - before <= timedelta(seconds=80)


def test_after_three_days_a_temporary_refusal_is_final(confirmed_six, smtp_sink):
    session, registrations = confirmed_six
    smtp_sink.deferred.add(registrations[0].person.email)
    Notice.objects.update(created_at=timezone.now() - GIVE_UP_AFTER, attempts=len(BACKOFF))
    drain()
    assert registrations[0].notices.get(method="REQUEST").state == "dead"


def test_no_mail_server_costs_nothing_but_time(confirmed_six, smtp_sink, settings):
    settings.EMAIL_PORT = 1
    drain()
    assert set(Notice.objects.values_list("state", "attempts")) == {("queued", 0), ("superseded", 0)}


@pytest.fixture
def suspicious_server(settings, smtp_sink):
    """A mail server that asks for credentials and refuses every one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = probe.getsockname()[1]
    controller = Controller(
        smtp_sink,
        hostname="127.0.0.1",
        port=settings.EMAIL_PORT,
        authenticator=lambda *conversation: AuthResult(success=False, handled=False),
        auth_require_tls=False,
    )
    controller.start()
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "quorum", "wrong"
    yield
    controller.stop()


def test_refused_credentials_pause_the_queue_and_burn_no_attempt(confirmed_six, suspicious_server, smtp_sink):
    drain()
    queue = MailQueue.load()
    assert queue.is_paused(timezone.now())
    assert "Authentication credentials invalid" in queue.problem
    waiting = Notice.objects.filter(state="queued", method="REQUEST")
    assert list(waiting.values_list("attempts", flat=True)) == [0] * 6
    assert drain() == 0


def test_the_queue_goes_on_once_the_credentials_are_right(confirmed_six, suspicious_server, smtp_sink, settings):
    drain()
    settings.EMAIL_PORT, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = smtp_sink.port, "", ""
    MailQueue.objects.update(paused_until=timezone.now())
    drain()
    assert len(smtp_sink.received) == 6
    assert MailQueue.load().problem == ""


@pytest.fixture
def surly_server(settings, smtp_sink):
    """surly_server(EHLO="550 ...") starts a mail server that answers one command, or CONNECT, in its own way."""
    servers = []

    def start(**answers) -> None:
        answers = {"CONNECT": "220 ready", "EHLO": "250-here\r\n250 STARTTLS", "QUIT": "221 bye"} | answers

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self):
                command = "CONNECT"
                while command:
                    self.wfile.write(f"{answers.get(command, '502 not here')}\r\n".encode())
                    command = self.rfile.readline().decode().partition(" ")[0].strip().upper()

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        settings.EMAIL_PORT = server.server_address[1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("said_to", ["CONNECT", "EHLO", "STARTTLS"])
def test_a_server_that_refuses_all_pauses_the_queue(confirmed_six, surly_server, settings, said_to):
    settings.EMAIL_USE_TLS = said_to == "STARTTLS"
    # HELO is what a client says where EHLO is refused.
    surly_server(HELO="550 5.7.1 Blocked", **{said_to: "550 5.7.1 Blocked"})
    drain()
    assert MailQueue.load().is_paused(timezone.now())
    assert MailQueue.load().problem == "The mail server refuses us: 5.7.1 Blocked"
    waiting = Notice.objects.filter(state="queued", method="REQUEST")
    assert list(waiting.values_list("attempts", flat=True)) == [0] * 6


@pytest.mark.parametrize("said_to", ["CONNECT", "MAIL"])
def test_a_server_too_busy_for_us_is_away_and_costs_no_attempt(confirmed_six, surly_server, said_to):
    surly_server(**{said_to: "421 4.3.2 Too many connections"})
    drain()
    queue = MailQueue.load()
    assert queue.is_shut_out and not queue.is_paused(timezone.now())
    assert queue.problem == "The mail server is too busy for us: 4.3.2 Too many connections"
    waiting = Notice.objects.filter(state="queued", method="REQUEST")
    assert list(waiting.values_list("attempts", flat=True)) == [0] * 6


def test_a_notice_that_kills_its_sender_is_given_up_in_the_end(confirmed_six, smtp_sink):
    notice = Notice.objects.filter(method="REQUEST").first()
    Notice.objects.filter(pk=notice.pk).update(attempts=20, state="sending", lease_until=timezone.now())
    drain()
    notice.refresh_from_db()
    assert (notice.state, notice.problem) == ("dead", "Given up after 20 attempts.")


def test_mail_that_cannot_be_written_does_not_stop_the_rest(confirmed_six, smtp_sink):
    poison = Notice.objects.filter(method="REQUEST").first()
    CalendarThread.objects.filter(pk=poison.thread_id).update(uid="not a uid")
    drain()
    poison.refresh_from_db()
    assert poison.state == "queued"
    assert "UID" in poison.problem
    assert len(smtp_sink.received) == 5


def test_codes_go_first_and_are_erased_once_sent(confirmed_six, person, smtp_sink):
    code = written_code(
        person.email, person, "123 456 is your Quorum code", "123 456", "<p>123 456</p>", later(minutes=3)
    )
    drain()
    assert smtp_sink.received[0].message["Subject"] == "123 456 is your Quorum code"
    code.refresh_from_db()
    assert (code.state, code.subject, code.text, code.html) == ("sent", "", "", "")


def test_an_expired_code_is_not_sent_and_not_kept(person, smtp_sink):
    code = written_code(person.email, person, "s", "123 456", "h", timezone.now() - timedelta(seconds=1))
    drain()
    code.refresh_from_db()
    assert (code.state, code.text) == ("expired", "")
    assert smtp_sink.received == []


def test_two_peoples_codes_do_not_supersede_each_other(people, smtp_sink):
    for person in people(2):
        written_code(person.email, person, "Code", "123 456", "h", later(minutes=3))
    drain()
    assert len(smtp_sink.received) == 2


def test_every_kind_of_mail_says_what_it_must(make_session, people, office, smtp_sink, now):
    session = make_session(minimum=2, capacity=2)
    sister = make_session(days=30)
    first, second, third = people(3)
    for person in (first, second, third):
        registration = Registration.objects.register(person, session, now=now)
        drain()
    session.settle(now=now)
    drain()
    session.registrations.get(person=first).withdraw(by=first, now=now)
    drain()
    session.cancel("The facilitator is ill.", by=office, now=now)
    drain()
    subjects = {
        person: [m.message["Subject"].split(":")[0] for m in smtp_sink.to(person.email)]
        for person in (first, second, third)
    }
    assert subjects[first] == ["You’re registered", "Confirmed", "You’ve left"]
    assert subjects[second] == ["You’re registered", "Confirmed", "Cancelled"]
    assert subjects[third] == ["You’re on the waitlist", "You have a seat", "Cancelled"]
    for body in read_mail(smtp_sink.to(third.email)[-1]).bodies:
        assert "The facilitator is ill." in body
        assert f"?to={sister.code}" in body
        assert "None" not in body and "{{" not in body and "{%" not in body
    assert registration.session == session


# ---- what keeps two senders, and old news, apart ----


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_notice_another_sender_is_taking_is_passed_over(people):
    first, second = [
        written_code(person.email, person, "Code", "123 456", "h", later(minutes=3)) for person in people(2)
    ]
    taken, done = threading.Event(), threading.Event()

    def take():
        with transaction.atomic():
            Notice.objects.select_for_update().get(pk=first.pk)
            taken.set()
            done.wait(10)
        connection.close()

    other = threading.Thread(target=take)
    other.start()
    try:
        assert taken.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        assert claim(timezone.now()) == second
    finally:
        done.set()
        other.join()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def test_a_sender_without_its_lease_leaves_the_notice_alone(person, smtp_sink):
    code = written_code(person.email, person, "Code", "123 456", "h", later(days=1))
    slow = claim(timezone.now())
    quick = claim(timezone.now() + LEASE + timedelta(seconds=1))
    with Sender() as sender:
        sender.send([slow], MailQueue.load())
        code.refresh_from_db()
        assert (code.state, code.token) == ("sending", quick.token)
        sender.send([quick], MailQueue.load())
    code.refresh_from_db()
    assert code.state == "sent"
    assert len({received.message["X-Quorum-Notice"] for received in smtp_sink.received}) == 1


def test_a_notice_superseded_while_it_is_sent_stays_superseded(confirmed_six, smtp_sink, now):
    session, registrations = confirmed_six
    Notice.objects.exclude(registration=registrations[0]).delete()
    invitation = claim(timezone.now())
    registrations[0].withdraw(by=registrations[0].person, now=now)
    assert claim(timezone.now() + LEASE + timedelta(seconds=1)).method == "CANCEL"
    with Sender() as sender:
        sender.send([invitation], MailQueue.load())
    assert states(registrations[0]) == ["superseded", "superseded", "sending"]


def test_taking_the_newest_sets_older_ones_aside_at_once(confirmed_six, now):
    session, registrations = confirmed_six
    Notice.objects.exclude(registration=registrations[0]).delete()
    claim(timezone.now())
    Notice.objects.filter(state="sending").update(state="queued", next_attempt_at=later(hours=1))
    registrations[0].withdraw(by=registrations[0].person, now=now)
    assert claim(timezone.now()).method == "CANCEL"
    assert states(registrations[0]) == ["superseded", "superseded", "sending"]


def test_an_invitation_is_not_tried_again_once_its_cancellation_was_sent(confirmed_six, smtp_sink, now):
    session, registrations = confirmed_six
    address = registrations[0].person.email
    smtp_sink.refused.add(address)
    drain()
    smtp_sink.refused.clear()
    registrations[0].withdraw(by=registrations[0].person, now=now)
    drain()
    registrations[0].notices.get(method="REQUEST").retry()
    drain()
    (only,) = smtp_sink.to(address)
    assert calendar_of(only).method == "CANCEL"
    assert states(registrations[0]) == ["superseded", "superseded", "sent"]


def test_plain_news_refused_for_now_never_follows_newer_news(make_session, person, smtp_sink, now):
    registration = Registration.objects.register(person, make_session(), now=now)
    smtp_sink.deferred.add(person.email)
    drain()
    smtp_sink.deferred.clear()
    registration.withdraw(by=person, now=now)
    drain()
    Notice.objects.filter(state="queued").update(next_attempt_at=timezone.now())
    drain()
    assert states(registration) == ["superseded", "sent"]


def test_leaving_two_meetings_nobody_was_invited_to_makes_one_mail(make_session, person, smtp_sink, now):
    start = (now + timedelta(days=14)).replace(microsecond=0)
    plans = [MeetingPlan(start + timedelta(days=day), start + timedelta(days=day, hours=1), ZONE) for day in (0, 7)]
    session = make_session(minimum=1, meetings=plans)
    registration = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    registration.withdraw(by=person, now=now)
    drain()
    (only,) = smtp_sink.to(person.email)
    assert calendar_of(only) is None


def test_pauses_grow_and_are_scattered(confirmed_six, smtp_sink):
    session, registrations = confirmed_six
    smtp_sink.deferred.update(registration.person.email for registration in registrations)
    for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440):
        Notice.objects.filter(state="queued").update(next_attempt_at=timezone.now())
        before = timezone.now()
        drain()
        due = Notice.objects.filter(method="REQUEST").values_list("next_attempt_at", flat=True)
        pauses = {(at - before) / timedelta(minutes=minutes) for at in due}
        assert min(pauses) >= 0.8 and max(pauses) <= 1.2 + 0.2 / minutes
        assert max(pauses) - min(pauses) > 0.001


def test_a_refused_code_is_not_kept(person, smtp_sink):
    code = written_code(person.email, person, "Code", "123 456", "h", later(minutes=3))
    smtp_sink.refused.add(person.email)
    drain()
    code.refresh_from_db()
    assert (code.state, code.subject, code.text, code.html) == ("dead", "", "", "")


def test_an_expired_code_is_not_taken(person):
    written_code(person.email, person, "Code", "123 456", "h", timezone.now())
    assert claim(timezone.now()) is None


def test_a_server_that_says_it_closes_costs_one_notice_one_attempt(confirmed_six, smtp_sink):
    said = []

    async def close_once(server, session, envelope, address, options):
        if not said:
            said.append(address)
            return "421 4.3.2 Closing"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    smtp_sink.handle_RCPT = close_once
    drain()
    assert len(smtp_sink.received) == 5
    (waiting,) = Notice.objects.filter(state="queued")
    assert (waiting.to, waiting.attempts) == (said[0], 1)


def test_only_undeliverable_notices_are_queued_again(confirmed_six, smtp_sink):
    drain()
    sent = Notice.objects.filter(state="sent").first()
    sent.retry()
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_looking_at_the_queue_writes_nothing(db):
    MailQueue.load()
    assert not MailQueue.objects.exists()
    MailQueue.load().beat(timezone.now())
    assert MailQueue.load().beat_at is not None


def test_only_account_mail_comes_back_to_a_mailbox_of_its_own(settings, smtp_sink, person, make_session, office, now):
    settings.ACCOUNT_RETURN_EMAIL = "codes@example.edu"
    Registration.objects.register(person, make_session(), now=now)
    owe_code(person.email, "123456", 900)
    AddressChange.objects.ask(person, "moved@example.edu", by=office, now=now)
    drain()
    senders = {(one.message["From"].addresses[0].addr_spec, one.sender) for one in smtp_sink.received}
    assert len(smtp_sink.received) == 4
    assert senders == {(settings.OFFICE_EMAIL, settings.OFFICE_EMAIL), (settings.OFFICE_EMAIL, "codes@example.edu")}
    assert [one.sender for one in smtp_sink.received].count(settings.OFFICE_EMAIL) == 1
