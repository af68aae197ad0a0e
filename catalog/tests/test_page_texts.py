"""The office's own words cost pages next to nothing, and stand where they belong."""

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import PageText, Workshop, page_text
from devtools.testing.page import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """The monotonic clock, which a test sets on; nothing is remembered yet."""
    at = [1000.0]
    monkeypatch.setattr(page_text.time, "monotonic", lambda: at[0])
    monkeypatch.setattr(page_text, "_memory", None)
    return at


def texts_read(ask) -> int:
    with CaptureQueriesContext(
        connection,
    ) as made:
        ask()
    return sum("catalog_pagetext" in query["sql"] for query in made)


def everything() -> list[str]:
    return [PageText.shown(place) for place in PageText.Place.values]


def test_all_texts_are_read_in_one_query_and_then_remembered(clock):
    assert texts_read(everything) == 1 and texts_read(everything) == 0
    clock[0] += page_text.FRESH_SECONDS - 1
    assert texts_read(everything) == 0
    clock[0] += 1
    assert texts_read(everything) == 1


def test_a_page_reads_the_texts_once_at_most(client, clock):
    # One that is to be kept is made from what stands there now, and not from what is remembered.
    assert texts_read(lambda: client.get(reverse("home"))) == 1
    assert texts_read(lambda: client.get(reverse("workshops"))) == 1
    assert texts_read(lambda: client.get(reverse("workshops"))) == 0
    assert texts_read(lambda: client.get(reverse("account_login"))) == 0


def test_a_page_that_is_kept_has_a_change_by_another_process_at_once(client, clock):
    client.get(reverse("home"))
    PageText.objects.bulk_create([PageText(place="footer", text="New words.")])
    assert "New words." in read(client.get(reverse("home"))).text


def test_a_change_by_another_process_is_shown_after_some_seconds(clock):
    everything()
    PageText.objects.bulk_create([PageText(place="how", text="New.")])
    assert PageText.shown("how") == ""
    clock[0] += page_text.FRESH_SECONDS
    assert "New." in PageText.shown("how")


def test_a_change_of_this_process_is_shown_at_once(clock):
    everything()
    saved = PageText.objects.create(place="how", text="New.")
    assert "New." in PageText.shown("how")
    saved.delete()
    assert PageText.shown("how") == ""


@pytest.mark.django_db(transaction=True)
def test_what_another_thread_read_before_the_commit_is_forgotten_after_it(clock):
    with transaction.atomic():
        PageText.objects.create(place="how", text="New.")
        page_text._memory = (clock[0] + page_text.FRESH_SECONDS, {})
    assert "New." in PageText.shown("how")


def test_while_the_database_is_away_the_last_texts_stand(clock, monkeypatch):
    PageText.objects.create(place="how", text="As ever.")
    everything()
    clock[0] += page_text.FRESH_SECONDS

    def away(*args):
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(PageText.objects, "order_by", away)
    assert "As ever." in PageText.shown("how")


# ---- where they stand ----


@pytest.mark.parametrize(
    ("place", "url"),
    [
        ("home", "home"),
        ("footer", "home"),
        ("purpose", "workshops"),
        ("how", "workshops"),
        ("requests", "request_new"),
    ],
)
def test_each_text_stands_on_its_page_in_place_of_ours(client, workshop, place, url):
    before = read(client.get(reverse(url))).text
    PageText.objects.create(place=place, text="Said by **the office**.")
    page = read(client.get(reverse(url)))
    assert "the office" in [part.text for part in page.parts("strong")]
    assert len({before, page.text}) == 2 and "Said by the office." not in before


def test_the_lead_of_the_home_page_is_shown_to_people_who_are_signed_in_too(me):
    PageText.objects.create(place="home", text="No sessions in June.")
    assert "No sessions in June." in read(me.get(reverse("home"))).text


@pytest.mark.parametrize("path", ["/nowhere/", "/workshops/", "/accounts/login/"])
def test_the_foot_is_the_offices_on_every_page(client, path):
    PageText.objects.create(place="footer", text="Since 1888.")
    assert "Since 1888." in read(client.get(path)).part("footer").text


# ---- what ours claim ----


def test_our_own_words_name_the_office_and_the_institution(client, workshop, settings):
    settings.OFFICE_NAME, settings.INSTITUTION_NAME = "Office of Belonging", "Lakeside Hospital"
    page = read(client.get(reverse("home")))
    assert "Training sessions open to everyone at Lakeside Hospital." in page.text
    assert "Office of Belonging Lakeside Hospital" in page.part("footer").text


def test_our_own_words_say_whom_what_is_shown_is_open_to(client, workshop):
    Workshop.objects.update(for_residents=False, for_students=False, for_others=False)
    for url in ("home", "workshops"):
        page = read(client.get(reverse(url)))
        assert "open to faculty and staff at" in page.text and "everyone" not in page.part("main").text
    workshop.refresh_from_db()
    workshop.pk, workshop.slug, workshop.title = None, "for-residents", "For residents"
    workshop.for_residents = True
    workshop.save()
    assert "open to faculty, staff, and residents and fellows at" in read(client.get(reverse("home"))).text


def test_an_empty_catalog_is_open_to_nobody_in_particular(client):
    assert "open to" not in read(client.get(reverse("home"))).text.lower()
