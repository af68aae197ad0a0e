"""The office writes the words of a page and sees them beside, with script and without; and axe."""

import pytest
from django.urls import reverse

from catalog.models import PageText

HOW = "/admin/catalog/pagetext/how/change/"


def test_the_preview_follows_what_is_typed_and_saves_nothing(office_page, live_server, transactional_db):
    office_page.goto(live_server.url + HOW)
    preview = office_page.frame_locator("iframe[name=preview]")
    preview.get_by_text("Register for a date that fits.").wait_for()
    office_page.get_by_label("Text").fill("Bring a **case** of your own.")
    preview.locator("strong", has_text="case").wait_for()
    assert preview.locator(".q-prose").evaluate("part => getComputedStyle(part).fontSize") == "17px"
    assert not PageText.objects.exists()
    office_page.get_by_role("button", name="Save", exact=True).click()
    office_page.get_by_text("was changed successfully").wait_for()
    office_page.goto(f"{live_server.url}/workshops/")
    office_page.locator("main strong", has_text="case").wait_for()


def test_without_script_a_button_shows_the_preview(browser, live_server, sign_in, office, transactional_db):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, office)
    page.goto(live_server.url + HOW)
    page.get_by_label("Text").fill("Bring a **case** of your own.")
    page.get_by_role("button", name="Preview").click()
    page.frame_locator("iframe[name=preview]").locator("strong", has_text="case").wait_for()
    assert page.url == live_server.url + HOW and not PageText.objects.exists()
    context.close()


@pytest.mark.parametrize("place", PageText.Place.values)
def test_axe_finds_nothing_on_the_page_of_a_place_and_its_preview(inspector, sign_in, office, place):
    sign_in(inspector.page, office)
    text = "A *word* and\n\n1. a list\n2. with a [link](https://example.edu)\n\n## A heading\n\n> a quotation"
    PageText.objects.create(place=place, text=text)
    inspector.visit(
        reverse("admin:catalog_pagetext_change", args=[place]),
        reverse("admin:catalog_pagetext_preview", args=[place]),
    )


def test_axe_finds_nothing_where_the_offices_words_stand(inspector, sign_in, office, make_session):
    make_session()
    text = "A *word* and\n\n1. a list\n2. with a [link](https://example.edu)\n\n## A heading\n\n> a quotation"
    for place in PageText.Place.values:
        PageText.objects.create(place=place, text=text)
    inspector.visit(reverse("home"), reverse("workshops"))
    sign_in(inspector.page, office)
    inspector.visit(reverse("home"), reverse("admin:catalog_pagetext_changelist"))
