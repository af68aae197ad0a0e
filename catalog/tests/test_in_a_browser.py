"""The pages of the catalog in a real browser: axe, both schemes, wide and on a phone, with and without script."""

import pytest

from catalog.models import Partner, Program, Workshop
from registrations.models import PriorAttendance, Registration


@pytest.fixture
def program_to_see(transactional_db, workshop, make_session, person, now) -> Program:
    """A program of four: one done, one booked, one with dates of every sort, one without a date."""
    partner = Partner.objects.create(name="City Museum", slug="museum")
    made = Program.objects.create(
        title="Ally Training",
        slug="ally-training",
        lead="A year of it.",
        description="For *everybody*.\n\n- Listen\n- Speak",
        status="published",
        rule=Program.Rule.SOME,
        needed=2,
        within_months=12,
        sponsor=partner,
    )
    made.partners.add(partner)
    names = ("Implicit Bias", "Allyship", "Microaggressions")
    done, booked, none = (
        Workshop.objects.create(title=name, slug=name[:5].lower(), status="published") for name in names
    )
    for position, one in enumerate((done, booked, workshop, none)):
        made.entries.create(workshop=one, position=position)
    workshop.requires.add(done)
    PriorAttendance.objects.create(person=person, workshop=done)
    Registration.objects.register(person, make_session(workshop=booked, minimum=1), now=now)
    for days in (10, 20, 400):
        make_session(days=days)
    return made


def test_axe_finds_nothing_on_a_program(program_to_see, person, office, inspector, sign_in):
    inspector.visit(program_to_see.get_absolute_url())
    sign_in(inspector.page, person)
    inspector.visit(program_to_see.get_absolute_url())
    sign_in(inspector.page, office)
    Program.objects.update(status="draft")
    Workshop.objects.filter(slug="micro").update(status="draft")
    inspector.visit(program_to_see.get_absolute_url())


def test_a_program_reads_and_leads_to_registering_without_script(program_to_see, browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + program_to_see.get_absolute_url())
    assert page.get_by_text("Take two of these four, within 12 months.").is_visible()
    page.locator("#allys").get_by_role("link", name="Register").click()
    page.get_by_role("heading", name="Allyship").wait_for()
    context.close()
