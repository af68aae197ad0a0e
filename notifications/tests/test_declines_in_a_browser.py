"""Keeping a place that was declined, and the office's view of what came back, in a real browser; and axe."""

import pytest
from django.core.cache import cache

from devtools.testing.replies import AUTHSERV, bare, bounce, event, mail
from notifications.models import Decline, Notice, ReceivedMail
from notifications.outbox.deliver import drain
from notifications.replies.applying import receive
from registrations.models import Registration


@pytest.fixture
def answers(transactional_db, make_session, people, settings, smtp_sink, now) -> list[Registration]:
    """A confirmed session: the first declined, the second proposes another time, the third's mail came back."""
    cache.clear()
    settings.REPLY_AUTHSERV_ID = AUTHSERV
    session = make_session(minimum=1)
    three = [Registration.objects.register(person, session, now=now) for person in people(3)]
    session.settle(now=now)
    drain()
    for registration, method in zip(three, ("REPLY", "COUNTER"), strict=False):
        address, uid = registration.person.email, registration.threads.get().uid
        said = {"METHOD": f"METHOD:{method}", "COMMENT": "COMMENT:I have to be at the clinic that day."}
        receive(mail(address, bare(event(uid, "DECLINED", address, stamp=now, **said), method="")), now)
    notice = Notice.objects.get(to=three[2].person.email, method="REQUEST")
    receive(bounce(notice.message_id, notice.to), now)
    return three


def test_a_person_keeps_the_place_their_calendar_declined(browser_page, sign_in, live_server, answers):
    page, registration = browser_page, answers[0]
    sign_in(page, registration.person)
    page.goto(live_server.url + registration.get_absolute_url())
    page.get_by_role("link", name="Keep my place").click()
    page.get_by_role("button", name="Keep my place").click()
    page.get_by_text("You’ve kept your place.").wait_for()
    assert Decline.objects.get().state == "kept"
    assert page.get_by_role("link", name="Keep my place").count() == 0


def test_the_office_reads_what_came_back(browser_page, sign_in, live_server, office, answers):
    page = browser_page
    sign_in(page, office)
    page.goto(f"{live_server.url}/admin/registrations/registration/roster/{answers[0].session_id}/")
    page.get_by_role("link", name="It proposes another time.").click()
    page.get_by_text("I have to be at the clinic that day.").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the mail").click()
    record = ReceivedMail.objects.get(outcome="unclear")
    assert download.value.suggested_filename == f"received-{record.pk}.eml"
    assert download.value.path().read_bytes() == bytes(record.raw)


def test_axe_finds_nothing_on_the_pages_about_answers(inspector, sign_in, office, answers):
    registration, read = answers[0], ReceivedMail.objects.get(outcome="unclear")
    sign_in(inspector.page, registration.person)
    inspector.visit(registration.get_absolute_url(), Decline.objects.get().get_absolute_url())
    sign_in(inspector.page, office)
    inspector.visit("/admin/notifications/receivedmail/", f"/admin/notifications/receivedmail/{read.pk}/change/")
    inspector.visit(f"/admin/registrations/registration/roster/{registration.session_id}/")
