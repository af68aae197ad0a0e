"""Nominating and accepting on a phone with a real browser; and axe on the pages of nominations and interests."""

from django.core.cache import cache

from devtools.testing.registering import ADA, BO, interest_page, join, nominate_page
from devtools.testing.signing_in import mailed_code
from notifications.models import Notice
from registrations.models import Interest, Nomination, Registration


def test_a_colleague_new_to_the_portal_is_nominated_and_accepts(
    live_server, make_session, person, browser_page, sign_in
):
    cache.clear()  # the throttles; they outlive a test that commits
    session, page = make_session(), browser_page
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, person)
    page.goto(live_server.url + session.get_absolute_url())
    page.get_by_role("link", name="Nominate colleagues").click()
    page.get_by_role("textbox", name="Work or school email addresses").fill(f"Ada Park <{ADA}>, bo")
    page.get_by_role("button", name="Nominate").click()
    assert "“bo” is not an email address." in page.get_by_role("main").inner_text()
    box = page.get_by_role("textbox", name="Work or school email addresses")
    assert box.input_value() == f"Ada Park <{ADA}>, bo"
    box.fill(f"Ada Park <{ADA}>")
    page.get_by_role("button", name="Nominate").dblclick()
    page.get_by_text("has not accepted so far").wait_for()
    assert Notice.objects.filter(kind="nominated").count() == Nomination.objects.count() == 1

    page.context.clear_cookies()
    page.goto(live_server.url + Nomination.objects.get().get_absolute_url())
    page.get_by_role("textbox", name="Work or school email").fill(ADA)
    page.get_by_role("button", name="Send me a code").click()
    page.wait_for_url("**/accounts/login/code/**")
    page.get_by_role("textbox", name="Code").fill(mailed_code(ADA))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("textbox", name="Name").fill("Ada Park")
    page.get_by_role("radio", name="Faculty").check()
    page.get_by_role("button", name="Accept and register").dblclick()
    page.wait_for_url(f"**{session.get_absolute_url()}")
    assert "That makes 1 of 6." in page.get_by_role("main").inner_text()
    registration = Registration.objects.get()
    assert (registration.person.email, registration.person.name) == (ADA, "Ada Park")
    assert Nomination.objects.get().status == "accepted"


def test_axe_finds_nothing_on_the_pages_of_nominations_and_interests(inspector, sign_in, people, make_session, office):
    gathering, full, cancelled = make_session(), make_session(minimum=1, capacity=1), make_session()
    mine, newcomer = people(1)[0], people(1, email=ADA, name="", role="")[0]
    join(gathering, [mine])
    join(full, [mine])
    for session in (gathering, full, cancelled):
        Nomination.objects.nominate([ADA, BO], session, by=mine)
    cancelled.cancel("The facilitator is ill.", by=office)
    stopped, standing = (Interest.objects.express(one, gathering.workshop) for one in (mine, newcomer))
    stopped.stop()
    page = inspector.page
    inspector.visit(gathering.workshop.get_absolute_url(), standing.get_absolute_url(), stopped.get_absolute_url())
    sign_in(page, mine)
    inspector.visit(nominate_page(gathering), nominate_page(cancelled), interest_page(gathering.workshop))
    inspector.visit(Registration.objects.get(session=gathering).get_absolute_url(), cancelled.get_absolute_url())
    page.goto(inspector.url + nominate_page(gathering))
    page.get_by_role("textbox").fill("\n".join(["bo", "x" * 300 + "@example.edu", f"{mine.email}", ADA]))
    page.get_by_role("button", name="Nominate").click()
    inspector.look("the form, refused")
    sign_in(page, newcomer)
    inspector.visit("/my/", interest_page(gathering.workshop))
    inspector.visit(*(one.get_absolute_url() for one in Nomination.objects.filter(email=ADA)))
