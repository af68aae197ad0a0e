"""The catalog in a real browser: opened, closed, printed, without script; and axe."""

import pytest

from catalog.models import Program, Topic, Workshop
from devtools.testing.cast import ZONE
from registrations.models import Registration

ABOUT = "Practice in small groups."


@pytest.fixture
def catalog_season(transactional_db, workshop, make_session, person, now):
    """Two programs and a workshop of neither: one of its workshops has seven dates, the others have none."""
    workshop.topics.add(Topic.objects.create(name="Bystanders", slug="bystanders"))
    workshop.objectives.create(text="Choose among four ways to step in.")
    workshop.parts.create(title="Identity and power")
    for title in ("Implicit Bias", "Justice at Work"):
        Workshop.objects.create(title=title, slug=title.lower().replace(" ", "-"), status=Workshop.Status.PUBLISHED)
    for position, title in enumerate(("Foundational Trainings", "Ally Program")):
        program = Program.objects.create(title=title, slug=f"program-{position}", position=position, lead="A lead.")
        Program.objects.update(status=Program.Status.PUBLISHED)
        program.entries.create(workshop=workshop)
    program.entries.create(workshop=Workshop.objects.get(slug="implicit-bias"), position=1)
    Program.objects.create(title="Next year", slug="next-year", position=9)
    sessions = [make_session(days=10 + number) for number in range(7)]
    Registration.objects.register(person, sessions[0], now=now)
    return sessions


def test_one_button_opens_and_closes_all(catalog_season, live_server, browser_page):
    page = browser_page
    page.goto(f"{live_server.url}/workshops/")
    parts, described = page.locator("main details"), page.get_by_text(ABOUT)
    assert parts.count() == 4 and page.locator("main details[open]").count() == 0
    page.get_by_role("button", name="Expand all").click()
    assert page.locator("main details[open]").count() == 4 and described.first.is_visible()
    parts.first.locator("summary").click()
    page.get_by_role("button", name="Expand all").click()
    page.get_by_role("button", name="Collapse all").click()
    assert page.locator("main details[open]").count() == 0 and not described.first.is_visible()


def test_without_script_each_opens_and_paper_shows_all(catalog_season, live_server, browser):
    context = browser.new_context(java_script_enabled=False, timezone_id=ZONE, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{live_server.url}/workshops/")
    described, button = page.get_by_text(ABOUT), page.get_by_role("link", name="Register").first
    assert page.get_by_role("button", name="Expand all").count() == 0
    page.locator("main summary").first.click()
    assert [described.nth(number).is_visible() for number in range(2)] == [True, False]
    assert button.is_visible()
    page.emulate_media(media="print")
    assert [described.nth(number).is_visible() for number in range(2)] == [True, True]
    assert not button.is_visible()
    context.close()


def test_axe_finds_nothing_in_the_catalog_and_on_the_home_page(catalog_season, inspector, sign_in, person, office):
    page = inspector.page
    for who in (None, person, office):
        if who:
            sign_in(page, who)
        inspector.visit("/", "/workshops/")
        page.get_by_role("button", name="Expand all").click()
        inspector.look(f"the catalog, all open, {who or 'signed out'}")
