"""The ticket and the change of date in a real browser: axe in every state, one press copies, few presses move."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from catalog.models import Workshop
from devtools.testing.registering import bring_near, day_of, join
from registrations.models import Nomination, Registration
from sessions_app.models import Session


@pytest.fixture
def ticket_scene(transactional_db, people, workshop, make_session, now):
    """Somebody with a confirmed seat today, a place that gathers, a number in line and a nomination.

    Two more dates can be moved to, a confirmed one and one that gathers.
    """
    cache.clear()  # the throttles; they outlive a test that commits
    workshop.pre_work = "Read the *introduction*."
    workshop.save()
    me, *others = people(7)
    other_workshop = Workshop.objects.create(title="Allyship", slug="allyship", status="published")
    today = make_session(workshop=other_workshop, minimum=1)
    gathering, full = make_session(days=20), make_session(days=25, minimum=1, capacity=1)
    confirmed, more = make_session(days=30, minimum=6), make_session(days=35)
    humility = Workshop.objects.create(title="Cultural Humility", slug="humility", status="published")
    asked = make_session(days=40, workshop=humility)
    join(today, [me])
    join(gathering, [me])
    join(full, [others[0], me])
    join(confirmed, others)
    for session in (today, full, confirmed):
        session.settle(now=now)
    bring_near(today, now + timedelta(minutes=30), now)
    Nomination.objects.nominate([me.email], asked, by=others[0], now=now)
    own = {session.pk: Registration.objects.get(person=me, session=session) for session in (today, gathering, full)}
    return me, own[today.pk], own[gathering.pk], own[full.pk], confirmed, more


def test_axe_finds_nothing_on_tickets_and_changes_of_date(inspector, sign_in, ticket_scene):
    me, today, gathering, waiting, _, more = ticket_scene
    page = inspector.page
    sign_in(page, me)
    inspector.visit("/my/", *(own.get_absolute_url() for own in (today, gathering, waiting)))
    page.goto(inspector.url + gathering.get_absolute_url())
    page.get_by_text("What to read or do").click()
    inspector.look("the pre-work, opened")
    transfer = f"{gathering.get_absolute_url()}transfer/"
    inspector.visit(transfer, f"{transfer}?to={more.code}")
    for summary in page.locator("summary").all():
        summary.click()
    inspector.look("another date, opened")
    page.goto(inspector.url + today.get_absolute_url())
    for _ in range(2):
        page.get_by_role("button", name="Send the invitation again").click()
    inspector.look("the invitation, sent again")
    today.withdraw(by=me)
    inspector.visit(today.get_absolute_url(), Nomination.objects.get().get_absolute_url())


def test_three_presses_change_the_date(live_server, browser_page, sign_in, ticket_scene):
    me, _, gathering, _, confirmed, _ = ticket_scene
    page = browser_page
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, me)
    page.goto(live_server.url + gathering.get_absolute_url())
    page.get_by_role("link", name="Change the date").click()
    page.locator("summary", has_text=day_of(confirmed)).click()
    expect(page.locator(f"#means-{confirmed.code}")).to_be_visible()
    page.get_by_role("button", name=f"Move to {day_of(confirmed)}").click()
    page.wait_for_url(f"**{confirmed.get_absolute_url()}")
    gathering.refresh_from_db()
    assert gathering.moved_to.session == confirmed


def test_only_one_date_is_open_at_a_time(live_server, browser_page, sign_in, ticket_scene):
    me, _, gathering, _, confirmed, more = ticket_scene
    sign_in(browser_page, me)
    browser_page.goto(live_server.url + f"{gathering.get_absolute_url()}transfer/?to={more.code}")
    browser_page.locator("summary", has_text=day_of(confirmed)).click()
    expect(browser_page.locator("details[open]")).to_have_count(1)


def test_one_press_copies_the_link_and_says_so(live_server, browser_page, sign_in, ticket_scene):
    me, _, gathering, *_ = ticket_scene
    page = browser_page
    sign_in(page, me)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(live_server.url + gathering.get_absolute_url())
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#say")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(gathering.session.get_absolute_url())


def test_the_link_can_be_marked_without_script(live_server, browser, sign_in, ticket_scene):
    me, _, gathering, *_ = ticket_scene
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, me)
    page.goto(live_server.url + gathering.get_absolute_url())
    assert page.get_by_label("Link to this session").input_value().endswith(gathering.session.get_absolute_url())
    assert page.get_by_role("button", name="Copy").count() == 0
    page.get_by_role("link", name="Change the date").click()
    page.locator("main summary").first.click()
    page.get_by_role("button", name="Move to").click()
    assert "Your place has moved" in page.get_by_role("main").inner_text()
    context.close()


def test_one_press_accepts_a_nomination(live_server, browser_page, sign_in, ticket_scene):
    me, *_ = ticket_scene
    sign_in(browser_page, me)
    browser_page.goto(f"{live_server.url}/my/")
    browser_page.get_by_role("button", name="Accept").dblclick()
    browser_page.wait_for_url("**/sessions/**")
    assert Nomination.objects.get().status == Nomination.Status.ACCEPTED
    assert Session.objects.get(nominations__isnull=False).registrations.get().person == me
