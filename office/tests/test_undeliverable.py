"""The page of undeliverable mail: why, try again, mark as handled."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from devtools.testing.notices import written_code
from notifications.models import Notice
from registrations.models import Registration

pytestmark = pytest.mark.django_db
PAGE = "/admin/notifications/notice/undeliverable/"
NOTE = "Called them; the new address is in their profile."


@pytest.fixture
def desk(client, office):
    client.force_login(office)
    return client


@pytest.fixture
def notice(make_session, person, now):
    """A notice the mail server refused for good."""
    Registration.objects.register(person, make_session(), now=now)
    Notice.objects.update(state=Notice.State.DEAD, problem="550 No such mailbox", attempts=3, subject="You’re in")
    return Notice.objects.get()


def url(name: str, notice: Notice) -> str:
    return reverse(f"admin:notifications_notice_{name}", args=[notice.pk])


def last_record() -> LogEntry:
    return LogEntry.objects.filter(content_type__model="notice").latest("pk")


def test_it_says_to_whom_what_and_why(desk, notice):
    text = desk.get(PAGE).text
    assert "1 undeliverable" in text
    assert all(words in text for words in ("Person 1", notice.to, "Registered", "You’re in", "550 No such mailbox"))
    assert reverse("admin:registrations_registration_roster", args=[notice.registration.session_id]) in text


def test_what_was_delivered_or_waits_is_not_there(desk, notice):
    Notice.objects.update(state=Notice.State.QUEUED)
    assert notice.to not in desk.get(PAGE).text


def test_one_is_tried_again_from_the_page(desk, office, notice):
    response = desk.post(url("retry", notice), follow=True)
    assert "Queued again: Registered, to person1@example.edu." in response.text
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.problem) == (Notice.State.QUEUED, 0, "")
    assert (last_record().user, last_record().get_change_message()) == (
        office,
        "Tried again. It had failed: 550 No such mailbox",
    )
    assert desk.get(url("retry", notice)).status_code == 405


def test_marked_as_handled_it_leaves_the_page_and_stays_under_the_filter(desk, office, notice):
    response = desk.post(url("handled", notice), {"note": f" {NOTE} "}, follow=True)
    assert "Handled: Registered, to person1@example.edu." in response.text and "0 undeliverable" in response.text
    notice.refresh_from_db()
    assert (notice.state, notice.handled_by, notice.handled_note) == (Notice.State.DEAD, office, NOTE)
    assert (last_record().user, last_record().get_change_message()) == (
        office,
        f"Marked as handled: {NOTE} It had failed: 550 No such mailbox",
    )
    text = desk.get(f"{PAGE}?handled=1").text
    assert NOTE in text and "Office Person" in text and "550 No such mailbox" in text
    assert f"marked as handled by Office Person: {NOTE}" in desk.get(url("handled", notice)).text


def test_tried_again_it_is_no_longer_handled(desk, office, notice, now):
    notice.handle(office, NOTE, now=now)
    desk.post(url("retry", notice))
    notice.refresh_from_db()
    assert (notice.state, notice.handled_at, notice.handled_by, notice.handled_note) == ("queued", None, None, "")


def test_handling_it_twice_keeps_the_first_note(office, notice, now):
    notice.handle(office, NOTE, now=now)
    notice.handle(office, "Something else.", now=now + timedelta(hours=1))
    notice.refresh_from_db()
    assert (notice.handled_note, notice.handled_at) == (NOTE, now)
    assert LogEntry.objects.filter(content_type__model="notice").count() == 1


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("", "Say what was done: the record needs it."),
        ("  ", "Say what was done: the record needs it."),
        ("Called\0them", "Null characters are not allowed."),
        ("x" * 501, "Ensure this value has at most 500 characters (it has 501)."),
    ],
)
def test_a_note_that_is_none_is_refused_with_what_was_typed(desk, notice, note, sentence):
    response = desk.post(url("handled", notice), {"note": note})
    assert response.status_code == 400 and sentence in response.text
    assert note.strip().replace("\0", "") in response.text.replace("\0", "")
    notice.refresh_from_db()
    assert notice.handled_at is None


def test_mail_that_went_out_is_not_marked_as_handled(desk, notice):
    Notice.objects.update(state=Notice.State.SENT)
    response = desk.post(url("handled", notice), {"note": NOTE})
    assert response.status_code == 409
    assert "It is: sent." in response.text
    notice.refresh_from_db()
    assert notice.handled_at is None


def test_the_subject_of_account_mail_is_not_shown(desk, person, now):
    expires = now + timedelta(minutes=15)
    written_code(person.email, person, "482 915 is your Quorum code", "482 915", "482 915", expires)
    Notice.objects.update(state=Notice.State.DEAD)
    text = desk.get(PAGE).text
    assert person.email in text and "482 915" not in text


def test_who_may_only_look_can_do_nothing(client, people, notice):
    staff = people(1, is_staff=True)[0]
    staff.user_permissions.set(Permission.objects.filter(codename="view_notice"))
    client.force_login(staff)
    text = client.get(PAGE).text
    assert "550 No such mailbox" in text and "Try again" not in text and "Mark as handled" not in text
    for name in ("retry", "handled"):
        assert client.post(url(name, notice), {"note": NOTE}).status_code == 403
    staff.user_permissions.clear()
    assert client.get(PAGE).status_code == 403


def test_the_page_makes_the_same_queries_for_one_and_for_thirty(desk, make_session, people, now):
    session, counts = make_session(capacity=60), []
    for more in (1, 29):
        for person in people(more):
            Registration.objects.register(person, session, now=now)
        Notice.objects.update(state=Notice.State.DEAD, problem="550 No such mailbox")
        desk.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            desk.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_long_list_has_pages(desk, make_session, people, now):
    session = make_session(capacity=60)
    for person in people(51):
        Registration.objects.register(person, session, now=now)
    Notice.objects.update(state=Notice.State.DEAD)
    first, second = desk.get(PAGE).text, desk.get(f"{PAGE}?page=2").text
    assert "51 undeliverable" in first and "Page 1 of 2" in first
    assert first.count("Try again") == 50 and second.count("Try again") == 1
    assert desk.get(f"{PAGE}?page=x\0").status_code == 200
