"""Asking for what one needs and answering it in a real browser, under the Content-Security-Policy; and axe."""

from devtools.testing.access import NEEDS, REQUESTS, access_page, arranger
from registrations.models import Accommodation, Registration


def test_what_one_asks_is_read_and_answered(live_server, person, make_session, browser_page, sign_in):
    session, page, cara = make_session(), browser_page, arranger()
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, person)
    page.goto(live_server.url + session.get_absolute_url())
    page.locator("#panel-button").click()
    page.get_by_role("link", name="Tell us what you need to take part").click()
    page.get_by_label("What do you need to take part?").fill(NEEDS)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Saved. The people who arrange access read it.").wait_for()
    registration = Registration.objects.get()
    page.goto(f"{live_server.url}/registrations/{registration.uuid}/")
    page.get_by_role("link", name="Change your access needs").click()
    page.get_by_label("Keep this for my next registration").check()
    page.get_by_role("button", name="Save").first.click()
    page.get_by_text("Saved. The people who arrange access read it.").wait_for()
    assert Accommodation.objects.get().keep_for_next

    sign_in(page, cara)
    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="1 access request to answer").click()
    page.locator("#result_list a").first.click()
    page.get_by_role("button", name="Read it").click()
    page.get_by_text(NEEDS).wait_for()
    page.get_by_label("Answer").fill("An interpreter is booked.")
    page.get_by_role("button", name="Answer").click()
    page.get_by_text("The person is told that there is an answer.").wait_for()

    sign_in(page, person)
    page.goto(live_server.url + access_page(registration))
    page.get_by_text("An interpreter is booked.").wait_for()
    page.get_by_role("button", name="Delete it").click()
    page.get_by_text("Deleted. Nobody can read it any more.").wait_for()
    assert not Accommodation.objects.exists()


def test_axe_finds_nothing_on_the_pages_of_access(inspector, sign_in, people, make_session):
    cara, session, (asker, other) = arranger(), make_session(), people(2)
    answered, bare = (Registration.objects.register(person, session) for person in (asker, other))
    asked = Accommodation.objects.ask(answered, NEEDS, keep_for_next=True)
    asked.reply("An interpreter is booked.", by=cara, asked_at=asked.asked_at)
    page = inspector.page
    sign_in(page, asker)
    inspector.visit(access_page(answered), f"/registrations/{answered.uuid}/")
    sign_in(page, other)
    inspector.visit(access_page(bare), f"/registrations/{bare.uuid}/")
    page.goto(inspector.url + access_page(bare))
    page.get_by_role("button", name="Send").click()
    inspector.look("the form, refused")
    sign_in(page, cara)
    inspector.visit("/admin/", REQUESTS, f"{REQUESTS}{asked.pk}/change/")
    page.get_by_role("button", name="Read it").click()
    inspector.look("the request, read")
