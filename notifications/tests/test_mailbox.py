"""The mailbox for answers, read over a real IMAP conversation: nothing twice, and one bad mail never stops the next."""

import ssl
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from devtools.testing.imap import PASSWORD, USER, ImapServer
from devtools.testing.replies import AUTHSERV, bare, bounce, davical, gmail, mail, multipart
from notifications.models import CalendarThread, Notice, ReceivedMail, ReplyMailbox
from notifications.outbox.deliver import drain
from notifications.replies.mailbox import DONE_FOLDER, MOST_TRIES, UNREADABLE_FOLDER, read_mailbox
from notifications.replies.reading import MOST_BYTES
from notifications.tasks import read_answers
from office.templatetags.office_mail import UNREAD, mail_banner
from operations.health import find_problems
from registrations.models import Registration

pytestmark = pytest.mark.django_db
LETTER = mail("person1@example.edu", "Content-Type: text/plain\r\n\r\nMay I bring my dog?")
BROKEN = mail("person1@example.edu", bare("BEGIN:VCALENDAR\r\nMETHOD"))


@pytest.fixture
def server(settings):
    """A mail server with an empty inbox, which is the reply mailbox."""
    server = ImapServer().start()
    settings.REPLY_MAILBOX_URL = f"imap://{quote(USER)}:{quote(PASSWORD)}@127.0.0.1:{server.port}/INBOX"
    settings.REPLY_AUTHSERV_ID = AUTHSERV
    yield server
    server.stop()


@pytest.fixture
def unsent_thread(make_session, person, now) -> CalendarThread:
    session = make_session(minimum=1)
    registration = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    return registration.threads.get()


def outcomes() -> list[str]:
    return list(ReceivedMail.objects.order_by("pk").values_list("outcome", flat=True))


def where(server) -> dict[str, list[int]]:
    return {name: sorted(mails) for name, mails in server.folders.items()}


def test_answers_are_applied_and_each_mail_goes_where_it_belongs(server, unsent_thread, smtp_sink, now):
    drain()
    notice = Notice.objects.get(method="REQUEST")
    address = unsent_thread.registration.person.email
    answer, report = gmail(unsent_thread.uid, "TENTATIVE", address, now), bounce(notice.message_id, address)
    for raw in (BROKEN, LETTER, answer, report, b"", LETTER):
        server.put(raw)
    assert read_mailbox() == 6
    assert outcomes() == ["unreadable", "ignored", "tentative", "returned", "unreadable"]
    assert where(server) == {"INBOX": [2, 6], DONE_FOLDER: [3, 4], UNREADABLE_FOLDER: [1, 5]}
    unsent_thread.refresh_from_db()
    assert unsent_thread.partstat == "TENTATIVE"


def test_a_mail_is_left_unread_and_never_fetched_again(server):
    server.put(LETTER)
    assert [read_mailbox() for _ in range(3)] == [1, 0, 0]
    fetched = [command for command in server.commands if "FETCH" in command]
    assert len(fetched) == 1 and "BODY.PEEK[]" in fetched[0]
    assert not any("STORE" in command for command in server.commands)


def test_what_comes_later_is_read_later(server, unsent_thread, now):
    server.put(LETTER)
    read_mailbox()
    server.put(davical(unsent_thread.uid, "ACCEPTED", unsent_thread.registration.person.email, now))
    assert read_mailbox() == 1
    assert outcomes() == ["ignored", "accepted"]


def test_a_new_mailbox_is_read_from_its_start_once(server, unsent_thread, now):
    server.put(LETTER)
    server.put(davical(unsent_thread.uid, "DECLINED", unsent_thread.registration.person.email, now))
    read_mailbox()
    server.uid_validity += 1
    server.folders["INBOX"] = {1: LETTER, 2: server.folders[DONE_FOLDER].pop(2)}
    assert read_mailbox() == 2
    assert outcomes() == ["ignored", "declined"]
    assert where(server) == {"INBOX": [1], DONE_FOLDER: [2]}


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS", "IMAP4rev1"])
def test_a_server_that_cannot_move_copies(server, unsent_thread, now, capabilities):
    server.capabilities = capabilities
    server.put(davical(unsent_thread.uid, "ACCEPTED", unsent_thread.registration.person.email, now))
    assert [read_mailbox() for _ in range(2)] == [1, 0]
    assert list(server.folders[DONE_FOLDER]) == [1]
    # Without UIDPLUS an expunge would take what others have marked, so it stays behind, marked.
    assert where(server)["INBOX"] == ([] if "UIDPLUS" in capabilities else [1])
    assert server.deleted == {1}


def test_folders_are_made_where_the_server_allows_them(server, unsent_thread, now):
    server.folders_begin = "INBOX."
    server.put(davical(unsent_thread.uid, "ACCEPTED", unsent_thread.registration.person.email, now))
    read_mailbox()
    assert where(server) == {"INBOX": [], f"INBOX.{DONE_FOLDER}": [1]}


def test_answers_that_can_be_moved_nowhere_count_and_the_office_is_told(server, unsent_thread, now):
    server.folders_begin = "Nowhere."
    address = unsent_thread.registration.person.email
    server.put(davical(unsent_thread.uid, "TENTATIVE", address, now))
    server.put(BROKEN)
    server.put(davical(unsent_thread.uid, "ACCEPTED", address, now + timedelta(minutes=1)))
    assert [read_mailbox(now + timedelta(minutes=minute)) for minute in (1, 2, 30)] == [3, 0, 0]
    assert outcomes() == ["tentative", "unreadable", "accepted"]
    assert where(server) == {"INBOX": [1, 2, 3]}
    (said,) = (sentence for sentence in mail_banner()["problems"] if "Answers" in sentence)
    assert f"There is no folder {DONE_FOLDER}, and none can be made." in said
    assert "answers" not in find_problems(now + timedelta(minutes=30))
    server.folders_begin = ""
    server.put(davical(unsent_thread.uid, "ACCEPTED", address, now + timedelta(minutes=2)))
    read_mailbox(now + timedelta(minutes=31))
    assert where(server) == {"INBOX": [1, 2, 3], DONE_FOLDER: [4]}
    assert not any("Answers" in sentence for sentence in mail_banner()["problems"])


def test_of_a_huge_mail_no_more_is_fetched_than_is_read(server):
    server.put(mail("person1@example.edu", f"Content-Type: text/plain\r\n\r\n{'x' * 5 * MOST_BYTES}"))
    assert read_mailbox() == 1
    record = ReceivedMail.objects.get()
    assert (record.sentence, len(record.raw)) == ("It is larger than 1 MB.", MOST_BYTES + 1)
    assert where(server)[UNREADABLE_FOLDER] == [1]


def test_ten_levels_are_put_aside_and_the_next_is_read(server, unsent_thread, now):
    body = bare("BEGIN:VCALENDAR")
    for level in range(10):
        body = multipart("mixed", body, boundary=f"n{level}")
    server.put(mail("person1@example.edu", body))
    server.put(davical(unsent_thread.uid, "ACCEPTED", unsent_thread.registration.person.email, now))
    read_mailbox()
    assert outcomes() == ["unreadable", "accepted"]


def test_a_mail_that_kills_its_reader_is_put_aside_in_the_end(server, unsent_thread, now):
    server.put(LETTER)
    server.put(davical(unsent_thread.uid, "ACCEPTED", unsent_thread.registration.person.email, now))
    ReplyMailbox.load().note(uid_validity=server.uid_validity, trying_uid=1, tries=MOST_TRIES)
    assert read_mailbox() == 2
    assert where(server) == {"INBOX": [], UNREADABLE_FOLDER: [1], DONE_FOLDER: [2]}
    assert outcomes() == ["accepted"]


class Busy:
    """Refuse to write received mail, as a database under load does, `times` times."""

    def __init__(self, times: int):
        self.times = times

    def __call__(self, execute, sql, params, many, context):
        if self.times and sql.startswith("INSERT") and "receivedmail" in sql:
            self.times -= 1
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)


def test_a_mail_that_met_a_busy_database_is_read_again(server, unsent_thread, now):
    address = unsent_thread.registration.person.email
    server.put(davical(unsent_thread.uid, "DECLINED", address, now))
    server.put(davical(unsent_thread.uid, "ACCEPTED", address, now - timedelta(minutes=1)))
    with connection.execute_wrapper(Busy(1)):
        assert read_mailbox() == 1
    assert outcomes() == ["accepted"]
    assert read_mailbox() == 1
    assert outcomes() == ["accepted", "declined"]


@pytest.mark.parametrize("at", ["LOGIN", "SELECT", "SEARCH", "FETCH", "MOVE"])
def test_a_connection_that_breaks_loses_nothing(server, unsent_thread, at, now):
    server.put(davical(unsent_thread.uid, "ACCEPTED", unsent_thread.registration.person.email, now))
    server.hangs_up_at = at
    assert read_mailbox() == 0
    server.hangs_up_at = ""
    read_mailbox()
    assert outcomes() == ["accepted"]
    assert where(server) == {"INBOX": [], DONE_FOLDER: [1]}


def test_the_operator_is_told_of_a_mailbox_that_stays_away(server, settings, now, caplog):
    good = settings.REPLY_MAILBOX_URL
    settings.REPLY_MAILBOX_URL = good.replace(quote(PASSWORD), "wrong")
    read_mailbox(now)
    read_mailbox(now + timedelta(minutes=10))
    assert "answers" not in find_problems(now + timedelta(minutes=14))
    assert "REPLY_MAILBOX_URL" in find_problems(now + timedelta(minutes=15))["answers"]
    assert UNREAD not in mail_banner()["problems"]
    ReplyMailbox.load().note(failing_since=now - timedelta(minutes=15))
    assert UNREAD in mail_banner()["problems"]
    assert "AUTHENTICATIONFAILED" in ReplyMailbox.load().problem
    assert "AUTHENTICATIONFAILED" not in caplog.text
    settings.REPLY_MAILBOX_URL = good
    read_mailbox(now + timedelta(minutes=16))
    assert "answers" not in find_problems(now + timedelta(minutes=16))


def test_a_missing_folder_or_server_is_noted(server, settings, now):
    settings.REPLY_MAILBOX_URL += "/Answers"
    assert read_mailbox(now) == 0
    assert "no such folder" in ReplyMailbox.load().problem
    settings.REPLY_MAILBOX_URL = "imaps://a:b@127.0.0.1:1/"
    assert read_mailbox(now) == 0
    assert "ConnectionRefusedError" in ReplyMailbox.load().problem


def test_a_server_that_does_not_speak_tls_is_not_told_the_password(server, settings):
    for scheme in ("imaps", "imap+tls"):
        settings.REPLY_MAILBOX_URL = settings.REPLY_MAILBOX_URL.replace("imap://", f"{scheme}://")
        read_mailbox()
        settings.REPLY_MAILBOX_URL = settings.REPLY_MAILBOX_URL.replace(f"{scheme}://", "imap://")
    assert not any(command.startswith("LOGIN") for command in server.commands)
    assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED


@pytest.mark.parametrize("url", ["", "pipe:"])
def test_without_a_mailbox_to_read_the_sweep_does_nothing(settings, db, url):
    settings.REPLY_MAILBOX_URL = url
    read_answers()
    assert not ReplyMailbox.objects.exists()


def test_the_sweep_reads_the_mailbox(server, unsent_thread, now):
    server.put(davical(unsent_thread.uid, "ACCEPTED", unsent_thread.registration.person.email, now))
    read_answers()
    assert outcomes() == ["accepted"]


# ---- manage.py receive_mail ----


def test_words_that_answer_our_mail_are_shown_and_stay_in_the_mailbox(server, unsent_thread):
    ours = Notice.objects.get(method="REQUEST")
    body = "Content-Type: text/plain\r\n\r\nMay I bring my dog?"
    server.put(mail("person1@example.edu", body, headers=(f"In-Reply-To: {ours.message_id}",)))
    server.put(LETTER)
    assert read_mailbox() == 2
    assert (outcomes(), where(server)) == (["words", "ignored"], {"INBOX": [1, 2]})
    assert ReceivedMail.objects.waiting_for_the_office().get().comment == "May I bring my dog?"


@pytest.fixture
def hand_over(monkeypatch):
    """hand_over(raw) runs the command with a mail on standard input."""

    def run(raw: bytes) -> None:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(raw)))
        call_command("receive_mail")

    return run


def test_a_mail_on_standard_input_is_applied(hand_over, unsent_thread, settings, now, capsys):
    settings.REPLY_AUTHSERV_ID = AUTHSERV
    hand_over(davical(unsent_thread.uid, "ACCEPTED", unsent_thread.registration.person.email, now))
    unsent_thread.refresh_from_db()
    assert (unsent_thread.partstat, capsys.readouterr().out) == ("ACCEPTED", "Accepted.\n")


@pytest.mark.parametrize("raw", [b"", b"\0\xff" * 100, LETTER, BROKEN, b"x" * 5 * MOST_BYTES], ids=len)
def test_whatever_comes_on_standard_input_is_taken(hand_over, db, raw):
    hand_over(raw)
    assert ReceivedMail.objects.count() == 1


def test_words_on_standard_input_are_kept_for_the_office(hand_over, db, capsys):
    hand_over(LETTER)
    assert bytes(ReceivedMail.objects.waiting_for_the_office().get().raw) == LETTER
    said = "Written in words. It is written in words, and only a person can answer it.\n"
    assert capsys.readouterr().out == said


def test_the_mail_server_tries_again_while_the_database_is_away(hand_over, db, capsys):
    with connection.execute_wrapper(Busy(1)), pytest.raises(SystemExit) as stopped:
        hand_over(LETTER)
    assert stopped.value.code == 75
    assert "hand the message over again" in capsys.readouterr().err
    hand_over(LETTER)
    assert outcomes() == ["words"]
