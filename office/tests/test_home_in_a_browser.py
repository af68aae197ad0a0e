"""The office’s home, search, activity, lists and calendars in a real browser: axe, wide and narrow, light and dark."""

from django.urls import reverse

from catalog.models import Facilitator
from devtools.testing.office_pages import session_page


def test_the_office_finds_its_way_through_its_day(
    inspector, sign_in, office, people, make_hybrid, make_session, room, undelivered
):
    leader = Facilitator.objects.create(name="Ada Okafor")
    soon, draft = make_hybrid(days=3, minimum=6, in_room=10, online=10), make_session(published=False)
    leader.sessions.add(soon, draft)
    soon.appoint([leader], by=office)
    sign_in(inspector.page, office)
    calendar = {"m": f"{soon.starts_at:%Y-%m}"}
    inspector.visit(
        "/admin/",
        "/admin/search/",
        "/admin/search/?q=ada",
        "/admin/search/?q=nothing",
        "/admin/activity/",
        "/admin/sessions_app/session/",
        "/admin/sessions_app/session/?needs=soon",
        "/admin/accounts/person/",
        "/admin/notifications/notice/",
        f"{reverse('admin:sessions_app_venue_calendar', args=[room.pk])}?m={calendar['m']}",
        f"{reverse('admin:catalog_facilitator_calendar', args=[leader.pk])}?m={calendar['m']}",
    )
    page = inspector.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{inspector.url}/admin/")
    page.get_by_label("Search people, sessions and workshops").fill("okafor")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=soon.workshop.title).first.click()
    page.wait_for_url(f"**{session_page(soon)}")
