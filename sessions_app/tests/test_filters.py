"""The filters of the home page: what each leaves, what it would leave beside the others, and the links between them."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.urls import reverse

from accounts.models import Campus
from catalog.models import Action, Program, Topic, Workshop
from devtools.testing.page import Page, read
from sessions_app.models import Venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def list_page(client) -> Callable[..., Page]:
    """home("topic=bias") returns the page."""

    def get(query: str = "", status: int = 200, **headers) -> Page:
        page = read(client.get(f"{reverse('home')}?{query}", headers=headers))
        assert page.status == status
        return page

    return get


@pytest.fixture
def season_to_filter(make_session, workshop):
    """Two workshops with three dates, one without a date, and what sets them apart."""
    bias, allyship, rest = (Topic.objects.create(name=name, slug=name.lower()) for name in ("Bias", "Allyship", "Rest"))
    knowing = Action.objects.create(name="Knowing", slug="knowing", position=1)
    being = Action.objects.create(name="Being", slug="being", position=0)
    other = make("Implicit Bias", for_students=False)
    undated = make("Mentoring", for_students=False)
    workshop.topics.add(allyship)
    workshop.actions.add(being)
    other.topics.add(bias, allyship)
    other.actions.add(being, knowing)
    undated.topics.add(allyship, rest)
    program = Program.objects.create(title="Ally Training 2023", slug="ally", status=Program.Status.PUBLISHED)
    program.entries.create(workshop=other)
    draft = Program.objects.create(title="Not yet", slug="not-yet")
    draft.entries.create(workshop=other)
    west, east = (Campus.objects.create(name=name) for name in ("West", "East"))
    for days, what, campus in ((10, workshop, west), (12, other, west), (14, other, east)):
        made = make_session(days=days, workshop=what)
        made.meetings.update(venue=Venue.objects.create(campus=campus, building=f"Hall {days}"))


def make(title: str, **fields) -> Workshop:
    return Workshop.objects.create(
        **{"title": title, "slug": title.lower().replace(" ", "-"), "status": Workshop.Status.PUBLISHED} | fields
    )


def rows(page: Page) -> list[str]:
    return [part.text for part in page.parts("h4.q-t > a")]


def group(page: Page, name: str) -> dict[str, int]:
    """Return the choices of a group in order, each with its count."""
    found = [re.fullmatch(r"(.+) (\d+)", link.text) for link in page.parts(f"ul[aria-labelledby=group-{name}] a")]
    return {choice[1]: int(choice[2]) for choice in found}


def leads(page: Page, selector: str) -> dict[str, str]:
    """Return where the links lead, by their ids."""
    return {part.attribute("id"): part.attribute("href").removesuffix("#sessions") for part in page.parts(selector)}


def titles(page: Page, section: str) -> list[str]:
    return [part.text for part in page.parts(f"section[aria-labelledby={section}] .q-t")]


def test_each_group_counts_what_its_choices_leave(list_page, season_to_filter):
    page = list_page()
    assert group(page, "topic") == {"Allyship": 3, "Bias": 2, "Rest": 0}
    assert group(page, "audience") == {"Faculty": 3, "Staff": 3, "Residents and fellows": 3, "Students": 1, "Others": 3}
    assert group(page, "campus") == {"East": 1, "West": 2}
    assert group(page, "program") == {"Ally Training 2023": 2}
    assert group(page, "action") == {"Being": 3, "Knowing": 2}


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("topic=bias", ["Implicit Bias", "Implicit Bias"]),
        ("topic=bias&campus=east", ["Implicit Bias"]),
        ("program=ally&campus=west", ["Implicit Bias"]),
        ("action=being&audience=student", ["Bystander Interventions"]),
        ("action=knowing", ["Implicit Bias", "Implicit Bias"]),
        ("q=implicit&campus=west", ["Implicit Bias"]),
        ("topic=rest", []),
        ("program=ally&audience=student", []),
    ],
)
def test_choices_narrow_each_other(list_page, season_to_filter, query, left):
    for campus in Campus.objects.all():
        query = query.replace(f"campus={campus.name.lower()}", f"campus={campus.pk}")
    assert rows(list_page(query)) == left


def test_a_group_counts_beside_all_that_is_chosen_in_the_others(list_page, season_to_filter):
    west = Campus.objects.get(name="West")
    page = list_page(f"campus={west.pk}&topic=bias")
    assert group(page, "topic") == {"Allyship": 2, "Bias": 1, "Rest": 0}
    assert group(page, "campus") == {"East": 1, "West": 1}
    assert group(page, "action") == {"Being": 1, "Knowing": 1}
    assert group(list_page("status=confirmed"), "topic") == {"Allyship": 0, "Bias": 0, "Rest": 0}
    assert group(list_page("status=confirmed"), "campus") == {"East": 0, "West": 0}
    assert group(list_page("q=bystander"), "topic") == {"Allyship": 1, "Bias": 0, "Rest": 0}


def test_a_count_is_what_the_link_then_shows(list_page, season_to_filter):
    first = list_page("audience=faculty")
    for link in first.parts(".q-groups a"):
        query = link.attribute("href").partition("?")[2]
        assert len(rows(list_page(query))) == int(link.text.rpartition(" ")[2])


def test_what_is_chosen_can_be_taken_away_alone_or_all_at_once(list_page, season_to_filter):
    page = list_page("topic=bias&audience=staff&q=implicit&status=needs-people&page=1")
    assert leads(page, "a[id^=without-], #clear") == {
        "without-q": "/?status=needs-people&audience=staff&topic=bias",
        "without-status": "/?q=implicit&audience=staff&topic=bias",
        "without-audience": "/?q=implicit&status=needs-people&topic=bias",
        "without-topic": "/?q=implicit&status=needs-people&audience=staff",
        "clear": "/",
    }
    chosen = [part.attribute("id") for part in page.parts(".q-groups [aria-current]")]
    assert chosen == ["topic-bias", "audience-staff"]
    assert leads(page, "#topic-bias") == {"topic-bias": "/?q=implicit&status=needs-people&audience=staff"}


def test_nothing_is_taken_away_where_nothing_is_chosen(list_page, season_to_filter):
    assert (
        leads(list_page(), "a[id^=without-], #clear")
        == {}
        == leads(list_page("status=confirmed"), "a[id^=without-], #clear")
    )


def test_a_group_that_makes_no_difference_is_not_shown(list_page, make_session, workshop):
    workshop.topics.add(Topic.objects.create(name="Bias", slug="bias"))
    make_session()
    assert list_page().parts(".q-groups") == []


def test_a_filter_shows_the_workshops_that_have_no_date(list_page, season_to_filter, client):
    page = list_page("topic=allyship")
    assert titles(page, "undated") == ["Mentoring"]
    assert reverse("interested", args=["mentoring"]) in page.addresses
    assert titles(list_page("topic=rest"), "undated") == ["Mentoring"]
    assert titles(list_page("topic=bias"), "undated") == titles(list_page(), "undated") == []


def test_a_draft_program_is_no_filter(list_page, season_to_filter):
    page = list_page("program=not-yet", status=400)
    assert "There is no such program." in page.text
    assert "Not yet" not in list_page().everything


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("topic=nope&topic=being", "Choose one topic at a time."),
        ("topic=bias&topic=allyship", "Choose one topic at a time."),
        ("topic=nope", "There is no such topic."),
        ("program=nope", "There is no such program."),
        ("action=nope", "There is no such action."),
        ("action=%00", "There is no such action."),
        ("program[]=x&program=%F0%9F%98%80", "There is no such program."),
        ("campus=1&campus=2", "Choose one campus at a time."),
        ("audience=staff&audience=student", "Choose one audience at a time."),
        ("status=confirmed&status=needs-people", "Choose one state of a session at a time."),
        ("page=1&page=2", "Choose one page at a time."),
    ],
)
def test_an_impossible_choice_is_named_and_keeps_the_search(list_page, season_to_filter, query, sentence):
    page = list_page(f"{query}&q=implicit", status=400)
    assert sentence in page.text
    assert page.field("Search workshops, programs, people and resources").value == "implicit"
    assert rows(page) == ["Implicit Bias", "Implicit Bias"]


def test_two_searches_at_once_are_refused(list_page, season_to_filter):
    assert "Search for one thing at a time." in list_page("q=implicit&q=bystander", status=400).text


def test_the_same_choice_twice_is_one(list_page, season_to_filter):
    assert len(rows(list_page("topic=bias&topic=bias"))) == 2


def test_htmx_is_told_what_was_found_and_shown(list_page, season_to_filter):
    page = list_page("q=mentoring", **{"HX-Request": "true"})
    assert page.part("#say").text == "1 found. 0 sessions shown."


@pytest.mark.parametrize("page_of", [Workshop.get_absolute_url, lambda one: one.sessions.first().get_absolute_url()])
def test_topics_and_actions_lead_to_what_else_there_is(client, season_to_filter, page_of):
    page = read(client.get(page_of(Workshop.objects.get(slug="implicit-bias"))))
    links = {link.name: link.address for link in page.links() if link.address.startswith(("/topics/", "/actions/"))}
    assert links == {
        "Allyship": "/topics/allyship/",
        "Bias": "/topics/bias/",
        "Being": "/actions/being/",
        "Knowing": "/actions/knowing/",
    }


# What is found.


def test_what_was_found_stands_before_its_dates(list_page, season_to_filter):
    page = list_page("q=implicit")
    assert titles(page, "found") == ["Implicit Bias", "Ally Training 2023"]
    assert rows(page) == ["Implicit Bias", "Implicit Bias"]
    assert "Workshop · 2 dates from" in page.part("section[aria-labelledby=found]").text
    assert page.everything.index("Found for") < page.everything.index("Register")


def test_what_has_no_date_is_found_and_people_can_be_told(list_page, season_to_filter):
    page = list_page("q=mentorng")
    assert titles(page, "found") == ["Mentoring"]
    found = page.part("section[aria-labelledby=found]")
    assert "No dates yet" in found.text
    assert found.link("Tell me when one is scheduled: Mentoring") == reverse("interested", args=["mentoring"])
    assert "No sessions match “mentorng” at the moment." in page.text


def test_a_draft_is_found_by_the_office_alone(list_page, season_to_filter, client, office):
    make("Letters", status=Workshop.Status.DRAFT)
    assert "Nothing matches “letters”." in list_page("q=letters").text
    client.force_login(office)
    page = list_page("q=letters")
    assert titles(page, "found") == ["Letters"]
    assert "Draft, seen by the office only" in page.text and "Tell me when one is scheduled: Letters" not in page.text


def test_a_program_is_found_with_the_next_of_its_dates(list_page, season_to_filter):
    page = list_page("q=ally+training")
    assert titles(page, "found")[0] == "Ally Training 2023"
    assert "Program · 2 dates from" in page.text


def test_a_filter_narrows_what_is_found(list_page, season_to_filter):
    assert "Bystander Interventions" in titles(list_page("q=allyship"), "found")
    assert titles(list_page("q=allyship&topic=bias"), "found") == ["Implicit Bias"]


def test_many_finds_stand_behind_one_press(list_page, db):
    for number in range(40):
        make(f"Ward round {number}")
    page = list_page("q=ward")
    shown = page.parts("section[aria-labelledby=found] > ol > li")
    more = page.parts("section[aria-labelledby=found] details li")
    assert (len(shown), len(more)) == (3, 27)


@pytest.mark.parametrize(
    "typed", ["!!! ...", "🎉🎉", "\u202e\u05d0\u05d1", "' OR 1=1 --", "%%%", "\\", "<b>", "ﷺ", "a" * 100]
)
def test_what_nobody_offers_leads_on_and_stays_typed(list_page, season_to_filter, typed):
    page = list_page(f"q={quote(typed)}")
    assert "Nothing matches" in page.text
    assert page.field("Search workshops, programs, people and resources").value == typed
    assert "Show all sessions" in page.text


def test_a_long_text_is_refused_and_kept(list_page, season_to_filter):
    page = list_page(f"q={'bias%20' * 1500}", status=400)
    assert "Search for at most 100 characters." in page.text
    assert page.field("Search workshops, programs, people and resources").value.startswith("bias bias")
    assert len(rows(page)) == 3
