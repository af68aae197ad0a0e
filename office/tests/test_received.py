"""What the office sees of mail that came back: the list, the mail itself, and the roster."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from devtools.testing.cast import ZONE
from devtools.testing.notices import written_code
from devtools.testing.page import Page, read
from devtools.testing.replies import AUTHSERV, bare, bounce, event, mail
from notifications.models import Notice, ReceivedMail
from notifications.outbox.deliver import drain
from notifications.replies.account_mail import quotes_account_mail
from notifications.replies.applying import receive
from registrations.models import Registration
from sessions_app.models import MeetingPlan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("proven")]
LIST = "/admin/notifications/receivedmail/"


def answer(registration, partstat, now, **but) -> ReceivedMail:
    address = registration.person.email
    calendar = event(registration.threads.get().uid, partstat, address, stamp=now, **but)
    return receive(mail(address, bare(calendar, method="")), now)


def roster(clerk, registration) -> Page:
    return read(clerk.get(f"/admin/registrations/registration/roster/{registration.session_id}/"))


def test_the_list_and_the_page_say_what_was_made_of_it(clerk, registration, now):
    record = answer(registration, "DECLINED", now, COMMENT="COMMENT:<script>alert(1)</script>")
    page = read(clerk.get(LIST))
    assert "The place is given up unless the person takes that back in time." in page.text
    page = read(clerk.get(f"{LIST}{record.pk}/change/"))
    assert "<script>alert(1)</script>" in page.text and page.inline_code == []
    assert f"/admin/registrations/registration/roster/{registration.session_id}/" in page.addresses


def test_the_list_asks_the_same_few_questions_whatever_its_length(clerk, registration, now):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert clerk.get(LIST).status_code == 200
        return len(asked)

    answer(registration, "ACCEPTED", now)
    few = questions()
    for second in range(1, 30):
        answer(registration, "ACCEPTED", now + timedelta(seconds=second))
    assert questions() == few


def test_taking_the_mail_as_a_file_is_on_record(clerk, office, registration, now):
    record = answer(registration, "DECLINED", now)
    assert "Download the mail" in read(clerk.get(f"{LIST}{record.pk}/change/")).text
    response = clerk.post(f"{LIST}{record.pk}/mail/")
    assert response.content == bytes(record.raw)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == f'attachment; filename="received-{record.pk}.eml"'
    entry = LogEntry.objects.get(content_type__model="receivedmail")
    assert (entry.user, entry.get_change_message()) == (office, "Mail downloaded.")


def test_a_mail_that_was_erased_cannot_be_taken(clerk, registration, now):
    record = answer(registration, "DECLINED", now)
    ReceivedMail.objects.forget(now + timedelta(days=30))
    assert clerk.post(f"{LIST}{record.pk}/mail/").status_code == 404
    assert "Download the mail" not in read(clerk.get(f"{LIST}{record.pk}/change/")).everything


def test_who_may_not_see_mail_may_not_take_it(client, registration, people, now):
    record = answer(registration, "DECLINED", now)
    (helper,) = people(1, is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_registration"))
    client.force_login(helper)
    assert client.post(f"{LIST}{record.pk}/mail/").status_code == 403
    assert client.get(LIST).status_code == 403


def test_nothing_is_typed_there(clerk, registration, now):
    record = answer(registration, "DECLINED", now)
    assert clerk.post(f"{LIST}{record.pk}/change/", {"outcome": "ignored"}).status_code == 403
    assert clerk.post(f"{LIST}{record.pk}/delete/", {"post": "yes"}).status_code == 403
    record.refresh_from_db()
    assert record.outcome == "declined"


def test_the_roster_is_quiet_while_nothing_came_back(clerk, registration, now):
    answer(registration, "ACCEPTED", now)
    assert "From calendars and mail" not in roster(clerk, registration).everything


def test_the_roster_says_who_declined_and_until_when_the_place_is_kept(clerk, registration, now):
    answer(registration, "DECLINED", now)
    assert "Declined; the place is given up on" in roster(clerk, registration).text


def test_the_roster_says_what_the_office_has_to_read(clerk, registration, now):
    record = answer(registration, "ACCEPTED", now, METHOD="METHOD:COUNTER")
    page = roster(clerk, registration)
    assert "It proposes another time. Nothing was changed, and its person is told so." in page.text
    assert f"{LIST}{record.pk}/change/" in page.addresses


def test_the_roster_says_which_mail_came_back(clerk, registration, now):
    notice = Notice.objects.get(method="REQUEST")
    receive(bounce(notice.message_id, notice.to), now)
    page = roster(clerk, registration)
    assert "Session confirmed: Came back: 5.1.1 550 5.1.1 No such mailbox" in page.text
    assert f"/admin/notifications/notice/{notice.pk}/change/" in page.addresses


def test_the_roster_says_which_part_was_declined(clerk, make_session, person, settings, smtp_sink, now):
    settings.REPLY_AUTHSERV_ID = AUTHSERV
    starts = [now + timedelta(days=days) for days in (14, 21)]
    session = make_session(minimum=1, meetings=[MeetingPlan(at, at + timedelta(hours=1), ZONE) for at in starts])
    registration = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    thread = registration.threads.order_by("meeting__starts_at").last()
    receive(mail(person.email, bare(event(thread.uid, "DECLINED", person.email, stamp=now))), now)
    assert "Declined part 2 of 2" in roster(clerk, registration).text


# ---- marking as handled ----


@pytest.fixture
def unclear(registration, now) -> ReceivedMail:
    """A mail that proposes another time, which only a person can answer."""
    return answer(registration, "ACCEPTED", now, METHOD="METHOD:COUNTER")


def test_unclear_mail_waits_on_the_first_page_until_handled(clerk, office, registration, unclear, now):
    assert "1 received mail to read" in read(clerk.get("/admin/")).text
    assert "It proposes another time" in roster(clerk, registration).text
    response = clerk.post(f"{LIST}{unclear.pk}/handled/", {"note": "Called her: the time stays."})
    assert (response.status_code, response.url) == (302, LIST)
    unclear.refresh_from_db()
    assert (unclear.handled_by, unclear.handled_note) == (office, "Called her: the time stays.")
    entry = LogEntry.objects.get(content_type__model="receivedmail")
    assert (entry.user, entry.change_message) == (office, "Marked as handled: Called her: the time stays.")
    assert "received mail to read" not in read(clerk.get("/admin/")).everything
    assert "From calendars and mail" not in roster(clerk, registration).everything
    assert "Called her: the time stays." in read(clerk.get(f"{LIST}{unclear.pk}/change/")).text


def test_the_first_page_leads_to_what_waits(clerk, unclear, registration, now):
    answer(registration, "DECLINED", now)
    assert f"{LIST}?waiting=1" in read(clerk.get("/admin/")).addresses
    page = clerk.get(LIST, {"waiting": "1"})
    assert [mail.pk for mail in page.context["cl"].result_list] == [unclear.pk]


def test_marking_it_twice_changes_nothing(unclear, office, people, now):
    unclear.handle(office, "Done.", now=now)
    unclear.handle(people(1)[0], "Again.", now=now)
    assert (unclear.handled_by, unclear.handled_note) == (office, "Done.")
    assert LogEntry.objects.filter(content_type__model="receivedmail").count() == 1


@pytest.mark.parametrize("note", ["", "  "])
def test_what_was_done_has_to_be_said(clerk, unclear, note):
    response = clerk.post(f"{LIST}{unclear.pk}/handled/", {"note": note})
    assert response.status_code == 400
    assert "Say what was done: the record needs it." in read(response).text
    unclear.refresh_from_db()
    assert unclear.waits_for_the_office


def test_what_the_rules_dealt_with_is_not_handled(clerk, registration, now):
    mail = answer(registration, "DECLINED", now)
    assert "Mark as handled" not in read(clerk.get(f"{LIST}{mail.pk}/change/")).everything
    response = clerk.post(f"{LIST}{mail.pk}/handled/", {"note": "Done."})
    assert response.status_code == 409
    mail.refresh_from_db()
    assert mail.handled_at is None


def test_who_may_only_look_handles_nothing(client, unclear, people):
    (helper,) = people(1, is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_receivedmail"))
    client.force_login(helper)
    assert "Mark as handled" not in read(client.get(f"{LIST}{unclear.pk}/change/")).everything
    assert client.post(f"{LIST}{unclear.pk}/handled/", {"note": "Done."}).status_code == 403


# ---- account mail that came back ----


@pytest.fixture
def code(person, now) -> Notice:
    """A sign-in code for the person, as the mail server took it."""
    words = {"text": "Your Quorum code is 123 456", "html": "<p>123 456</p>"}
    subject = "123 456 is your Quorum code"
    notice = written_code(person.email, person, subject, expires_at=now + timedelta(minutes=15), **words)
    Notice.objects.filter(pk=notice.pk).update(state="sent", attempts=1)
    return notice


@pytest.mark.parametrize("header", ["Message-ID", "X-Quorum-Notice"])
def test_nobody_reads_a_sign_in_code_that_came_back(clerk, code, now, header):
    raw = bounce(code.message_id, code.to, header=header)
    raw = raw.replace(b"Subject: ", b"Subject: Undeliverable: 123 456 is your Quorum code ", 1)
    record = receive(raw, now)
    record.refresh_from_db()
    assert (record.outcome, bytes(record.raw), record.subject) == ("returned", b"", "")
    code.refresh_from_db()
    assert code.bounced_at == now
    for url in (LIST, f"{LIST}{record.pk}/change/"):
        assert "123 456" not in read(clerk.get(url)).everything
    assert clerk.post(f"{LIST}{record.pk}/mail/").status_code == 404


def test_an_answer_to_a_code_that_the_office_would_read_is_not_kept(clerk, code, registration, now):
    calendar = event("nobody@127.0.0.1", "ACCEPTED", registration.person.email, stamp=now)
    raw = mail(registration.person.email, bare(calendar, method=""))
    raw = raw.replace(b"Subject: ", f"In-Reply-To: {code.message_id}\r\nSubject: ".encode(), 1)
    record = receive(raw, now)
    assert (record.outcome, record.raw) == ("unknown", b"")


def test_other_mail_that_came_back_is_kept_for_the_office(registration, smtp_sink, now):
    drain()
    notice = Notice.objects.filter(state="sent").latest("pk")
    record = receive(bounce(notice.message_id, notice.to), now)
    assert record.outcome == "returned" and record.raw


def test_a_mail_that_names_a_thousand_of_ours_is_not_looked_up(db, django_assert_num_queries):
    named = b"".join(b"<%s@127.0.0.1>\r\n" % str(uuid4()).encode() for _ in range(1001))
    with django_assert_num_queries(0):
        assert quotes_account_mail(named)
        assert not quotes_account_mail(b"Nothing of ours.")
