"""Mail that comes back marks the notice it is about, and nothing else."""

import pytest
from django.urls import reverse

from devtools.testing.page import read
from devtools.testing.replies import bounce, mail, multipart
from notifications.models import Notice
from notifications.outbox.deliver import drain
from notifications.replies.applying import receive
from registrations.models import Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(make_session, person, smtp_sink, now) -> Notice:
    """A notice the mail server took."""
    Registration.objects.register(person, make_session(), now=now)
    drain()
    return Notice.objects.get()


@pytest.mark.parametrize("status", ["5.1.1", "4.4.7"], ids=["no such mailbox", "days of trying"])
def test_what_comes_back_for_good_is_undeliverable(sent, now, status):
    record = receive(bounce(sent.message_id, sent.to, status), now)
    sent.refresh_from_db()
    assert (record.outcome, sent.state, sent.bounced_at) == ("returned", "dead", now)
    assert sent.problem == f"Came back: {status} 550 {status} No such mailbox"


def test_what_failed_is_undeliverable_also_where_its_status_cannot_be_read(sent, now):
    receive(bounce(sent.message_id, sent.to, status="unknown"), now)
    sent.refresh_from_db()
    assert (sent.state, sent.problem) == ("dead", "Came back: 550 unknown No such mailbox")


@pytest.mark.parametrize(
    "but",
    [
        {"header": "X-Quorum-Notice"},
        {"part": "Content-Type: text/rfc822-headers"},
        {"final": "somebody.else@example.org"},
        {"recipient": "mailbox7@mail.example.edu"},
        {"recipient": "undisclosed"},
    ],
    ids=["our own header", "headers alone", "forwarded on the way", "the mailbox behind an alias", "no address"],
)
def test_every_shape_of_report_is_understood(sent, now, but):
    receive(bounce(**{"message_id": sent.message_id, "recipient": sent.to.upper()} | but), now)
    sent.refresh_from_db()
    assert sent.bounced_at == now


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"message_id": "<6f1d1c1e@127.0.0.1>"}, "ignored"),
        ({"status": "4.2.2", "action": "delayed"}, "ignored"),
        ({"status": "2.1.5", "action": "delivered"}, "ignored"),
    ],
    ids=["not ours", "delayed", "delivered"],
)
def test_what_is_not_ours_or_not_for_good_marks_nothing(sent, now, change, outcome):
    raw = bounce(**{"message_id": sent.message_id, "recipient": sent.to} | change)
    assert receive(raw, now).outcome == outcome
    sent.refresh_from_db()
    assert (sent.state, sent.bounced_at) == ("sent", None)


def test_a_report_that_is_none_marks_nothing(sent, now):
    for body in (
        multipart("report; report-type=disposition-notification", f"Content-Type: text/plain\r\n\r\n{sent.message_id}"),
        multipart("report; report-type=delivery-status", f"Content-Type: text/plain\r\n\r\n{sent.message_id}"),
        "Content-Type: multipart/report; report-type=delivery-status\r\n\r\n" + sent.message_id,
    ):
        assert receive(mail("mailer-daemon@example.org", body), now).outcome == "ignored"
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_a_notice_that_was_never_handed_over_cannot_come_back(make_session, person, now):
    Registration.objects.register(person, make_session(), now=now)
    notice = Notice.objects.get()
    assert receive(bounce(notice.message_id, notice.to), now).outcome == "ignored"
    notice.refresh_from_db()
    assert notice.state == "queued"


def test_a_second_report_is_no_news(sent, now):
    receive(bounce(sent.message_id, sent.to), now)
    raw = bounce(sent.message_id, sent.to, header="X-Quorum-Notice")
    assert receive(raw, now).outcome == "ignored"


def test_the_roster_lists_what_came_back_until_the_office_has_handled_it(client, sent, office, now):
    receive(bounce(sent.message_id, sent.to), now)
    client.force_login(office)
    roster = reverse("admin:registrations_registration_roster", args=[sent.registration.session_id])
    assert "Came back: 5.1.1" in read(client.get(roster)).text
    sent.refresh_from_db()
    sent.handle(office, "Called them.", now=now)
    assert "Came back: 5.1.1" not in read(client.get(roster)).everything


def test_the_office_may_try_again(sent, smtp_sink, now):
    receive(bounce(sent.message_id, sent.to), now)
    sent.refresh_from_db()
    sent.retry()
    drain()
    sent.refresh_from_db()
    assert (sent.state, sent.bounced_at, sent.problem) == ("sent", None, "")
    first, second = smtp_sink.received
    assert first.message["Message-ID"] == second.message["Message-ID"]


@pytest.mark.parametrize("kind", ["code", "account"])
def test_of_a_mail_for_its_reader_alone_nothing_is_kept(sent, now, kind):
    """A full mailbox sends the code back at once, and the office reads what came back."""
    Notice.objects.filter(pk=sent.pk).update(kind=kind)
    for header in ("Message-ID", "X-Quorum-Notice"):
        received = receive(bounce(sent.message_id, sent.to, header=header), now)
        assert (bytes(received.raw), received.subject, received.sender) == (b"", "", "")
    sent.refresh_from_db()
    assert sent.state == "dead"


def test_of_any_other_mail_the_report_is_kept(sent, now):
    raw = bounce(sent.message_id, sent.to)
    assert bytes(receive(raw, now).raw) == raw
