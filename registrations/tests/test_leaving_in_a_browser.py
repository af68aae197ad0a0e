"""Leaving by the link of one's mail, in a real browser: the presses, the address that goes nowhere, and axe."""

from registrations.models import Registration
from registrations.models.leaving_keys import leaving_key, path_of_leaving


def test_two_presses_leave_and_the_address_goes_nowhere(browser_page, live_server, make_session, person):
    registration = Registration.objects.register(person, make_session())
    page, key, sent = browser_page, leaving_key(registration), []
    page.on("request", lambda request: sent.append(request.all_headers().get("referer", "")))
    page.goto(live_server.url + path_of_leaving(registration))
    page.get_by_role("button", name="Leave this session").click()
    page.get_by_role("heading", name="You’ve left ").wait_for()
    page.get_by_role("link", name="See all sessions").click()
    page.get_by_role("heading", level=1).first.wait_for()
    assert len(sent) > 3 and not any(key in referrer for referrer in sent)
    registration.refresh_from_db()
    assert not registration.is_active


def test_axe_finds_nothing_on_any_state_of_the_page(inspector, make_session, people, office, now):
    full, later, gone = make_session(minimum=1, capacity=1), make_session(days=21), make_session(days=30)
    seated, waiting, moved, left, cancelled = (
        Registration.objects.register(person, session, now=now)
        for person, session in zip(people(5), (full, full, make_session(days=25), later, gone), strict=True)
    )
    moved.transfer(later, by=moved.person)
    left.withdraw(by=left.person)
    gone.cancel("Snow.", by=office)
    inspector.visit(*map(path_of_leaving, (seated, waiting, moved, left, cancelled)))
    inspector.page.goto(f"{inspector.url}/registrations/{seated.uuid}/withdrawal/cut/")
    inspector.look("a link that opens nothing")
