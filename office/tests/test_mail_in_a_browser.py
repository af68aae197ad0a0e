"""The office's pages about mail in a real browser, under the Content-Security-Policy; and axe."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from notifications.models import MailQueue, Notice, Wording
from registrations.models import Registration


@pytest.fixture
def dead(transactional_db, make_session, people, office, now) -> list[Notice]:
    """A mail server that refuses us, and three undeliverable notices of a confirmed session, one of them handled."""
    cache.clear()
    session = make_session(minimum=1)
    for person in people(3):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    MailQueue.load().pause("The mail server refuses us: 535 5.7.8 Authentication credentials invalid", now)
    notices = list(Notice.objects.filter(kind="confirmed").order_by("to"))
    Notice.objects.filter(kind="confirmed").update(
        state=Notice.State.DEAD, problem="550 5.1.1 No such mailbox", subject="Confirmed: Bystander Interventions"
    )
    notices[0].handle(office, "Called them.", now=now)
    return notices


def test_the_office_follows_the_banner_and_deals_with_undeliverable_mail(office_page, live_server, dead):
    office_page.goto(f"{live_server.url}/admin/")
    office_page.get_by_role("link", name="See why, try again or mark as handled").click()
    office_page.get_by_role("button", name="Try again “Session confirmed” to person3@example.edu").click()
    office_page.get_by_text("Queued again: Session confirmed, to person3@example.edu.").wait_for()
    office_page.get_by_role("link", name="Mark as handled “Session confirmed” to person2@example.edu").click()
    office_page.get_by_label("What was done").fill("Wrote to their other address.")
    office_page.get_by_role("button", name="Mark as handled").click()
    office_page.get_by_text("0 undeliverable").wait_for()
    assert Notice.objects.undeliverable().count() == 0


def test_the_office_reads_its_words_in_the_mail_before_saving(office_page, live_server, dead):
    office_page.goto(f"{live_server.url}/admin/notifications/wording/")
    office_page.get_by_role("link", name="Wording of “Session confirmed”").click()
    office_page.get_by_label("Words").fill("We look forward to {title}!")
    with office_page.context.expect_page() as opened:
        office_page.get_by_role("button", name="Preview these words").click()
    preview = opened.value
    mail = preview.frame_locator("iframe[name=mail]")
    mail.locator(".e-card").get_by_text("We look forward to Bystander Interventions!").wait_for()
    assert mail.locator("h1").evaluate("heading => getComputedStyle(heading).fontSize") == "30px"
    assert not Wording.objects.exists()
    office_page.get_by_role("button", name="Save", exact=True).click()
    office_page.get_by_text("was changed successfully").wait_for()
    office_page.goto(f"{live_server.url}{reverse('admin:notifications_wording_preview', args=['confirmed'])}")
    mail = office_page.frame_locator("iframe[name=mail]")
    mail.locator(".e-card").get_by_text("We look forward to Bystander Interventions!").wait_for()


def test_axe_finds_nothing_on_the_pages_about_mail(inspector, sign_in, office, dead):
    sign_in(inspector.page, office)
    inspector.visit(
        reverse("admin:notifications_notice_undeliverable"),
        reverse("admin:notifications_notice_undeliverable") + "?handled=1",
        reverse("admin:notifications_notice_handled", args=[dead[1].pk]),
        reverse("admin:notifications_wording_changelist"),
        reverse("admin:notifications_wording_change", args=["confirmed"]),
        reverse("admin:notifications_wording_preview", args=["confirmed"]),
        reverse("admin:registrations_registration_roster", args=[dead[1].registration.session_id]),
        reverse("admin:accounts_person_change", args=[dead[1].person_id]),
    )
