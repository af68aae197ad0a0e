"""The page of undeliverable mail: why, try again, mark as handled."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from devtools.testing.notices import written_code
from devtools.testing.page import read
from notifications.models import Notice
from registrations.models import Registration

pytestmark = pytest.mark.django_db
PAGE = "/admin/notifications/notice/undeliverable/"
NOTE = "Called them; the new address is in their profile."


def url(name: str, notice: Notice) -> str:
    return reverse(f"admin:notifications_notice_{name}", args=[notice.pk])


def last_record() -> LogEntry:
    return LogEntry.objects.filter(content_type__model="notice").latest("pk")


def test_it_names_the_person_the_mail_and_the_reason(clerk, undelivered):
    page = read(clerk.get(PAGE))
    assert "1 undeliverable" in page.text
    assert all(
        words in page.text for words in ("Person 1", undelivered.to, "Registered", "You’re in", "550 No such mailbox")
    )
    assert (
        reverse("admin:registrations_registration_roster", args=[undelivered.registration.session_id]) in page.addresses
    )


def test_what_was_delivered_or_waits_is_not_there(clerk, undelivered):
    Notice.objects.update(state=Notice.State.QUEUED)
    assert undelivered.to not in read(clerk.get(PAGE)).everything


def test_one_is_tried_again_from_the_page(clerk, office, undelivered):
    response = clerk.post(url("retry", undelivered), follow=True)
    assert "Queued again: Registered, to person1@example.edu." in read(response).text
    undelivered.refresh_from_db()
    assert (undelivered.state, undelivered.attempts, undelivered.problem) == (Notice.State.QUEUED, 0, "")
    assert (last_record().user, last_record().get_change_message()) == (
        office,
        "Tried again. It had failed: 550 No such mailbox",
    )
    assert clerk.get(url("retry", undelivered)).status_code == 405


def test_marked_as_handled_it_leaves_the_page_and_stays_under_the_filter(clerk, office, undelivered):
    response = clerk.post(url("handled", undelivered), {"note": f" {NOTE} "}, follow=True)
    assert (
        "Handled: Registered, to person1@example.edu." in read(response).text
        and "0 undeliverable" in read(response).text
    )
    undelivered.refresh_from_db()
    assert (undelivered.state, undelivered.handled_by, undelivered.handled_note) == (Notice.State.DEAD, office, NOTE)
    assert (last_record().user, last_record().get_change_message()) == (
        office,
        f"Marked as handled: {NOTE} It had failed: 550 No such mailbox",
    )
    page = read(clerk.get(f"{PAGE}?handled=1"))
    assert NOTE in page.text and "Office Person" in page.text and "550 No such mailbox" in page.text
    assert f"marked as handled by Office Person: {NOTE}" in read(clerk.get(url("handled", undelivered))).text


def test_tried_again_it_is_no_longer_handled(clerk, office, undelivered, now):
    undelivered.handle(office, NOTE, now=now)
    clerk.post(url("retry", undelivered))
    undelivered.refresh_from_db()
    assert (undelivered.state, undelivered.handled_at, undelivered.handled_by, undelivered.handled_note) == (
        "queued",
        None,
        None,
        "",
    )


def test_handling_it_twice_keeps_the_first_note(office, undelivered, now):
    undelivered.handle(office, NOTE, now=now)
    undelivered.handle(office, "Something else.", now=now + timedelta(hours=1))
    undelivered.refresh_from_db()
    assert (undelivered.handled_note, undelivered.handled_at) == (NOTE, now)
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
def test_a_note_that_is_none_is_refused_with_what_was_typed(clerk, undelivered, note, sentence):
    response = clerk.post(url("handled", undelivered), {"note": note})
    assert response.status_code == 400 and sentence in read(response).text
    assert note.strip().replace("\0", "") in read(response).field(name="note").value.replace("\0", "")
    undelivered.refresh_from_db()
    assert undelivered.handled_at is None


def test_mail_that_went_out_is_not_marked_as_handled(clerk, undelivered):
    Notice.objects.update(state=Notice.State.SENT)
    response = clerk.post(url("handled", undelivered), {"note": NOTE})
    assert response.status_code == 409
    assert "It is: sent." in read(response).text
    undelivered.refresh_from_db()
    assert undelivered.handled_at is None


def test_the_subject_of_account_mail_is_not_shown(clerk, person, now):
    expires = now + timedelta(minutes=15)
    written_code(person.email, person, "482 915 is your Quorum code", "482 915", "482 915", expires)
    Notice.objects.update(kind="account", state=Notice.State.DEAD)
    page = read(clerk.get(PAGE))
    assert person.email in page.text and "482 915" not in page.everything


def test_who_may_only_look_can_do_nothing(client, people, undelivered):
    staff = people(1, is_staff=True)[0]
    staff.user_permissions.set(Permission.objects.filter(codename="view_notice"))
    client.force_login(staff)
    page = read(client.get(PAGE))
    assert (
        "550 No such mailbox" in page.text
        and "Try again" not in page.everything
        and "Mark as handled" not in page.everything
    )
    for name in ("retry", "handled"):
        assert client.post(url(name, undelivered), {"note": NOTE}).status_code == 403
    staff.user_permissions.clear()
    assert client.get(PAGE).status_code == 403


def test_the_page_makes_the_same_queries_for_one_and_for_thirty(clerk, make_session, people, now):
    session, counts = make_session(capacity=60), []
    for more in (1, 29):
        for person in people(more):
            Registration.objects.register(person, session, now=now)
        Notice.objects.update(state=Notice.State.DEAD, problem="550 No such mailbox")
        clerk.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            clerk.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_long_list_has_pages(clerk, make_session, people, now):
    session = make_session(capacity=60)
    for person in people(51):
        Registration.objects.register(person, session, now=now)
    Notice.objects.update(state=Notice.State.DEAD)
    first, second = read(clerk.get(PAGE)), read(clerk.get(f"{PAGE}?page=2"))
    assert "51 undeliverable" in first.text and "Page 1 of 2" in first.text
    assert first.everything.count("Try again") == 50 and second.everything.count("Try again") == 1
    assert clerk.get(f"{PAGE}?page=x\0").status_code == 200
