"""The record in a real browser: axe on its pages and the office's, and the way from My training to a saved file."""

import re
from datetime import date
from decimal import Decimal

import pytest

from catalog.models import Program
from devtools.testing.library import PDF
from foundation.files.uploads import Upload
from outcomes.models import Consent, CreditKind, CreditOffer, Export, OutsideActivity, Requirement
from outcomes.models.outside import Told


@pytest.fixture
def filled_record(transactional_db, person, office, workshop, hold, now):
    """A person with something in every part of their record; returns their three activities elsewhere."""
    kind = CreditKind.objects.create(name="DEI hours")
    CreditOffer.objects.create(workshop=workshop, kind=kind, hours=Decimal("1.5"))
    program = Program.objects.create(title="Foundations", slug="foundations", rule="all", status="published")
    program.entries.create(workshop=workshop)
    Requirement.objects.create(title="Hours of the year", kind=kind, hours=6, most_outside=1)
    Requirement.objects.create(title="Foundational trainings", program=program, window="refresh", months=24)
    hold(5, persons=[person], here=1)
    hold(5, persons=[person], days_ago=9)
    told = Told("Cultural humility", date(2026, 5, 14), Decimal("1.5"), "A society", kind)
    proof = Upload("pdf", "application/pdf", PDF)
    activities = [
        OutsideActivity.objects.tell(person, told._replace(title=f"{told.title} {number}"), proof, now=now)
        for number in range(3)
    ]
    activities[1].approve(office, "Thank you.")
    activities[2].decline(office, "The file shows another name.")
    Consent.objects.give(person, "hr", now=now)
    Export.objects.note("hr", office, date(2026, 5, 1), date(2026, 5, 31), people=1, rows=1, now=now)
    return activities


def test_axe_finds_nothing_on_the_record(inspector, filled_record, sign_in, person, make_session, office):
    ahead = make_session()
    sign_in(inspector.page, person)
    inspector.visit("/my/record/", "/my/record/outside/", *(one.get_absolute_url() for one in filled_record))
    inspector.visit("/my/", ahead.get_absolute_url(), f"{ahead.get_absolute_url()}registration/")
    inspector.visit("/my/record/outside/")
    inspector.page.get_by_role("button", name="Send").click()
    inspector.page.get_by_text("Choose the file that shows it.").first.wait_for()
    inspector.look("the form with its errors")
    inspector.visit("/my/record/")
    inspector.page.get_by_role("button", name=re.compile("I agree.*ACCME’s PARS")).click()
    inspector.page.get_by_text("Choose the month and the day of your birth.").wait_for()
    inspector.look("the record without a birthday")


def test_axe_finds_nothing_on_the_pages_of_the_office(inspector, filled_record, sign_in, office):
    sign_in(inspector.page, office)
    inspector.visit("/admin/outcomes/requirement/", "/admin/outcomes/requirement/add/")
    inspector.visit(
        "/admin/outcomes/outsideactivity/", f"/admin/outcomes/outsideactivity/{filled_record[0].pk}/decision/"
    )
    inspector.visit("/admin/outcomes/export/", "/admin/outcomes/export/new/")


def test_the_record_is_saved_from_my_training(live_server, filled_record, browser_page, sign_in, person):
    sign_in(browser_page, person)
    browser_page.goto(f"{live_server.url}/my/")
    with browser_page.expect_download() as saved:
        browser_page.get_by_role("link", name="Download my record").click()
    assert saved.value.suggested_filename.startswith("my-record-") and saved.value.suggested_filename.endswith(".pdf")
