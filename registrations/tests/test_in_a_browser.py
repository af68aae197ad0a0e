"""Registering on a phone with a real browser, under the Content-Security-Policy; and axe on the pages of one person."""

from datetime import timedelta

from django.core.cache import cache

from devtools.testing.registering import NEWCOMER, join, register_page
from devtools.testing.signing_in import mailed_code
from notifications.models import Notice
from registrations.models import Registration
from sessions_app.models import Session


def test_somebody_new_registers_and_leaves(transactional_db, live_server, make_session, browser_page):
    cache.clear()  # the throttles; they outlive a test that commits
    session, page = make_session(), browser_page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(live_server.url + session.get_absolute_url())
    page.get_by_role("link", name="Register").first.click()
    page.get_by_role("textbox", name="Name").fill("Ada Lovelace")
    page.get_by_role("textbox", name="Work or school email").fill(NEWCOMER)
    page.get_by_role("radio", name="Faculty").check()
    page.get_by_role("button", name="Register").click()
    page.get_by_role("textbox", name="Code").fill(mailed_code(NEWCOMER))
    page.get_by_role("button", name="Confirm and register").dblclick()
    page.wait_for_url(f"**{session.get_absolute_url()}")
    assert "That makes 1 of 6." in page.get_by_role("main").inner_text()
    registration = Registration.objects.get()
    assert (registration.person.name, registration.is_registered) == ("Ada Lovelace", True)

    page.reload()
    page.go_back()
    page.goto(live_server.url + session.get_absolute_url())
    assert Registration.objects.count() == 1

    page.get_by_role("link", name="I can’t make it").click()
    page.get_by_role("button", name="Leave this session").click()
    page.wait_for_url(f"**{session.get_absolute_url()}")
    assert "Thank you for making room." in page.get_by_role("main").inner_text()
    registration.refresh_from_db()
    assert registration.status == Registration.Status.WITHDRAWN


def test_a_double_click_on_register_sends_one_code(transactional_db, live_server, make_session, browser_page):
    cache.clear()
    page = browser_page
    page.goto(live_server.url + register_page(make_session()))
    page.get_by_role("textbox", name="Name").fill("Ada Lovelace")
    page.get_by_role("textbox", name="Work or school email").fill(NEWCOMER)
    page.get_by_role("radio", name="Faculty").check()
    page.get_by_role("button", name="Register").dblclick()
    page.wait_for_url("**/accounts/login/code/**")
    page.wait_for_load_state("networkidle")
    assert Notice.objects.count() == 1
    page.get_by_role("textbox", name="Code").fill("x")
    for _ in range(2):
        page.get_by_role("button", name="Confirm and register").click()
        page.get_by_role("link", name="That code is not right").wait_for()


def test_axe_finds_nothing_on_the_pages_of_one_person(inspector, sign_in, people, make_session, now):
    gathering, full, closed, short = (
        make_session(),
        make_session(days=20, minimum=1, capacity=1),
        make_session(),
        make_session(),
    )
    past = make_session(days=30)
    mine, other, newcomer = *people(2), people(1, name="", role="")[0]
    join(gathering, [mine])
    join(past, [mine])
    join(short, [mine])
    join(full, [other, mine])
    Session.objects.filter(pk=closed.pk).update(registration_closes_at=now)
    Session.objects.filter(pk=short.pk).update(confirm_by=now + timedelta(days=1))
    days_ago = {
        "starts_at": now - timedelta(days=3),
        "ends_at": now - timedelta(days=2),
        "confirm_by": now - timedelta(days=6),
    }
    Session.objects.filter(pk=past.pk).update(**days_ago)
    waiting, seated = (Registration.objects.get(person=mine, session=session) for session in (full, gathering))
    page = inspector.page
    inspector.visit(register_page(gathering), register_page(closed))
    page.goto(inspector.url + register_page(gathering))
    page.get_by_role("button", name="Register").click()
    inspector.look("the form, refused")
    sign_in(page, newcomer)
    inspector.visit(register_page(full), "/my/")
    sign_in(page, mine)
    inspector.visit("/my/", f"/registrations/{waiting.uuid}/", f"/registrations/{seated.uuid}/")
    inspector.visit(f"/registrations/{seated.uuid}/withdrawal/", f"/registrations/{waiting.uuid}/withdrawal/")
