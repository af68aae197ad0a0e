"""The office’s pages in a real browser, under the Content-Security-Policy; and axe."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from registrations.models import Registration
from sessions_app.models import Session


def test_the_office_schedules_a_session_of_two_meetings_and_publishes_it(office_page, live_server, workshop):
    day = timezone.localdate() + timedelta(days=30)
    office_page.goto(f"{live_server.url}/admin/")
    office_page.get_by_role("link", name="Schedule a session").click()
    office_page.get_by_label("Workshop:", exact=True).select_option(label=workshop.title)
    office_page.get_by_label("Date", exact=False).first.fill(day.isoformat())
    office_page.get_by_label("Starts at").first.fill("12:00")
    office_page.get_by_text("Add another Further meeting").click()
    office_page.locator("#id_meetings-0-day").fill((day + timedelta(days=7)).isoformat())
    office_page.locator("#id_meetings-0-starts").fill("12:00")
    office_page.get_by_role("button", name="Save and publish").click()
    office_page.get_by_text("Nobody is named who leads it.").wait_for()
    assert not Session.objects.exists()
    office_page.get_by_role("button", name="Save and publish").click()
    office_page.get_by_text("People can register now.").wait_for()
    session = Session.objects.get()
    assert session.status == Session.Status.OPEN
    assert session.meetings.count() == 2
    assert office_page.get_by_role("link", name="Cancel and write to everyone").count() == 0
    office_page.get_by_role("link", name="Decide").click()
    office_page.get_by_label("Reason").fill("The speaker is ill.")
    office_page.get_by_role("button", name="Cancel and write to everyone").click()
    office_page.get_by_text("Cancelled. Everyone is being told.").wait_for()
    session.refresh_from_db()
    assert session.status == Session.Status.CANCELLED


def test_axe_finds_nothing_on_the_offices_pages(inspector, sign_in, office, people, make_session, workshop):
    full, gathering, draft = make_session(minimum=1, capacity=2), make_session(days=10), make_session(published=False)
    registrations = [Registration.objects.register(person, full) for person in people(3)]
    full.settle()
    sign_in(inspector.page, office)
    for name, *args in [
        ("index",),
        ("sessions_app_session_changelist",),
        ("sessions_app_session_add",),
        ("sessions_app_session_change", draft.pk),
        ("sessions_app_session_change", gathering.pk),
        ("sessions_app_session_change", full.pk),
        ("sessions_app_session_publish", draft.pk),
        ("sessions_app_session_run-anyway", gathering.pk),
        ("sessions_app_session_extend", gathering.pk),
        ("sessions_app_session_cancel", full.pk),
        ("registrations_registration_roster", full.pk),
        ("registrations_registration_withdraw", registrations[0].pk),
        ("catalog_workshop_change", workshop.pk),
        ("accounts_person_change", registrations[0].person_id),
        ("notifications_notice_changelist",),
    ]:
        inspector.visit(reverse(f"admin:{name}", args=args))
