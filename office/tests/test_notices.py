from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from devtools.testing.notices import written_code
from devtools.testing.page import read
from notifications.models import MailQueue, Notice

pytestmark = pytest.mark.django_db
LIST = "/admin/notifications/notice/"


def retry(clerk, *notices):
    action = {"action": "retry_selected", "_selected_action": [one.pk for one in notices], "index": "0"}
    return clerk.post(LIST, action, follow=True)


def test_undeliverable_mail_is_tried_again_and_that_is_on_record(clerk, office, undelivered):
    assert "550 No such mailbox" in read(clerk.get(f"{LIST}?state__exact=dead")).text
    assert "1 queued again." in read(retry(clerk, undelivered)).text
    undelivered.refresh_from_db()
    assert (undelivered.state, undelivered.attempts, undelivered.problem) == (Notice.State.QUEUED, 0, "")
    entry = LogEntry.objects.get(content_type__model="notice")
    assert (entry.user, entry.get_change_message()) == (office, "Tried again. It had failed: 550 No such mailbox")


def test_mail_that_was_sent_is_not_sent_again(clerk, undelivered):
    Notice.objects.update(state=Notice.State.SENT)
    assert "only undeliverable mail is tried again" in read(retry(clerk, undelivered)).text
    undelivered.refresh_from_db()
    assert undelivered.state == Notice.State.SENT


def test_a_sign_in_code_is_not_shown_to_the_office(clerk, person):
    expires = timezone.now() + timedelta(minutes=15)
    notice = written_code(person.email, person, "482 915 is your Quorum code", "482 915", "482 915", expires)
    for url in (LIST, reverse("admin:notifications_notice_change", args=[notice.pk])):
        page = read(clerk.get(url))
        assert person.email in page.text and "482 915" not in page.everything


def test_mail_and_calendar_entries_are_not_typed(clerk, undelivered):
    assert (
        clerk.post(
            reverse("admin:notifications_notice_change", args=[undelivered.pk]), {"to": "x@y.example"}
        ).status_code
        == 403
    )
    assert clerk.get("/admin/notifications/notice/add/").status_code == 403
    assert clerk.get("/admin/notifications/calendarthread/").status_code == 200
    assert clerk.get("/admin/notifications/calendarthread/add/").status_code == 403


def test_who_may_only_look_cannot_try_again(client, people, undelivered):
    staff = people(1, is_staff=True)[0]
    staff.user_permissions.set(Permission.objects.filter(codename="view_notice"))
    client.force_login(staff)
    retry(client, undelivered)
    undelivered.refresh_from_db()
    assert undelivered.state == Notice.State.DEAD


def test_the_first_page_says_what_keeps_mail_from_going_out(clerk, undelivered):
    page = read(clerk.get("/admin/"))
    assert "1 undeliverable message" in page.text and "the background service has stopped" in page.text
    MailQueue.load().beat(timezone.now())
    Notice.objects.update(state=Notice.State.SENT)
    page = read(clerk.get("/admin/"))
    assert "undeliverable" not in page.everything and "has stopped" not in page.everything
