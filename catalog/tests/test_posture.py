"""Who finds and opens what is offered: every posture of the catalog and of a workshop at every door, by each reader."""

import pytest
from django.test import Client

from catalog.models import Action, Facilitator, Topic
from devtools.testing.page import read
from foundation.portal.reader import Posture

pytestmark = pytest.mark.django_db

TITLE, RESOURCE = "Bystander Interventions", "Six ways to be an ally"
# What lists it, and by which words it is seen there.
LISTS = {
    "/": TITLE,
    "/?view=month": TITLE,
    "/?q=bystander": TITLE,
    "/workshops/": TITLE,
    "/programs/foundations/": TITLE,
    "/topics/bias/": TITLE,
    "/actions/acting/": TITLE,
    "{facilitator}": TITLE,
    "/sessions.ics": TITLE,
    "/resources/": RESOURCE,
    "/resources/six-ways-to-be-an-ally/": TITLE,
    "/programs/foundations/registration/": TITLE,
}
FEED = "/sessions.ics"
# What the office sees of everything, drafts too.
OFFICE_LISTS = {"/?q=bystander", "/workshops/", "/programs/foundations/"}
OWN = ["/workshops/bystander-interventions/", "/workshops/bystander-interventions/interest/"]
OWN += ["/workshops/bystander-interventions/sessions.ics"]
BY_CODE = ["/sessions/{code}/", "/sessions/{code}/meter/", "/sessions/{code}/registration/"]
BY_CODE += ["/sessions/{code}/session.ics"]
SHOWN, HIDDEN, SIGN_IN, GONE, OPEN = "shown", "hidden", "sign in", "gone", "open"
# Of the catalog and of the workshop, and for a visitor and a person who has signed in: lists, own pages, by code.
TABLE = {
    ("public", ""): ((SHOWN, OPEN, OPEN), (SHOWN, OPEN, OPEN)),
    ("public", "signed-in"): ((HIDDEN, SIGN_IN, SIGN_IN), (SHOWN, OPEN, OPEN)),
    ("public", "link"): ((HIDDEN, GONE, OPEN), (HIDDEN, GONE, OPEN)),
    ("signed-in", ""): ((SIGN_IN, SIGN_IN, SIGN_IN), (SHOWN, OPEN, OPEN)),
    ("signed-in", "link"): ((SIGN_IN, SIGN_IN, SIGN_IN), (HIDDEN, GONE, OPEN)),
    ("link", ""): ((SIGN_IN, SIGN_IN, OPEN), (HIDDEN, GONE, OPEN)),
    ("link", "signed-in"): ((SIGN_IN, SIGN_IN, OPEN), (HIDDEN, GONE, OPEN)),
}


@pytest.fixture
def doors(every_noun, office) -> dict:
    """Every door of one workshop, which stands in every list, and browsers for each sort of reader."""
    workshop, session = every_noun.session.workshop, every_noun.session
    workshop.topics.set(Topic.objects.all())
    workshop.actions.set(Action.objects.all())
    workshop.facilitators.set(Facilitator.objects.all())
    browsers = {"visitor": Client(), "person": Client(), "office": Client()}
    stranger = type(office).objects.create_user("stranger@example.edu", name="Rue Tan", role="staff")
    browsers["person"].force_login(stranger)
    browsers["office"].force_login(office)
    names = {"code": session.code, "facilitator": Facilitator.objects.get().get_absolute_url()}
    return {"browsers": browsers, "names": names, "workshop": workshop, "session": session}


def outcome(browser: Client, address: str, words: str) -> str:
    answer = browser.get(address)
    if answer.status_code == 302:
        assert answer.url == f"/accounts/login/?next={address.replace('?', '%3F').replace('=', '%3D')}", answer.url
        return SIGN_IN
    if answer.status_code == 404:
        return GONE
    assert answer.status_code == 200, (address, answer.status_code)
    if not words:
        return OPEN
    calendar = answer["Content-Type"].startswith("text/calendar")
    return SHOWN if words in (answer.text if calendar else read(answer).text) else HIDDEN


def answers(doors: dict, who: str, addresses) -> dict[str, str]:
    words = dict.fromkeys(addresses, "") if isinstance(addresses, list) else addresses
    return {one: outcome(doors["browsers"][who], one.format(**doors["names"]), words[one]) for one in words}


@pytest.mark.parametrize(("catalog", "own"), TABLE)
def test_each_reader_finds_and_opens_what_the_posture_says(catalog, own, doors, settings):
    settings.CATALOG = catalog
    doors["workshop"].posture = own
    doors["workshop"].save()
    for who, (lists, pages, by_code) in zip(("visitor", "person"), TABLE[catalog, own], strict=True):
        expected = dict.fromkeys(LISTS, lists)
        if (catalog, own) == ("public", "signed-in"):
            expected[FEED] = HIDDEN  # of a public catalog, the same calendar for everybody
        assert answers(doors, who, LISTS) == expected, who
        assert answers(doors, who, OWN) == dict.fromkeys(OWN, pages), who
        assert answers(doors, who, BY_CODE) == dict.fromkeys(BY_CODE, by_code), who
    found = answers(doors, "office", LISTS)
    assert {found[one] for one in OFFICE_LISTS} == {SHOWN}
    assert answers(doors, "office", OWN + BY_CODE) == dict.fromkeys(OWN + BY_CODE, OPEN)


def test_the_page_of_a_workshop_by_link_opens_with_its_own_link(doors, client):
    workshop = doors["workshop"]
    workshop.posture = Posture.LINK
    workshop.save()
    page = read(client.get(doors["session"].get_absolute_url()))
    assert page.link(TITLE) == workshop.get_absolute_url() != "/workshops/bystander-interventions/"
    assert client.get(workshop.get_absolute_url()).status_code == 200
    assert client.get(f"/workshops/{workshop.slug}/?link={'0' * 32}").status_code == 404


@pytest.mark.parametrize("catalog", ["signed-in", "link"])
def test_no_search_engine_is_let_in_unless_the_catalog_is_public(catalog, client, doors, settings):
    page = doors["session"].get_absolute_url()
    assert "X-Robots-Tag" not in client.get("/")
    assert "Disallow: /\n" not in client.get("/robots.txt").text
    settings.CATALOG = catalog
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    for address in ("/", page, "/workshops/", "/nowhere/"):
        assert "noindex" in client.get(address)["X-Robots-Tag"], address


@pytest.mark.parametrize("own", ["signed-in", "link"])
def test_no_page_of_a_stricter_workshop_is_for_search_engines(own, doors):
    workshop = doors["workshop"]
    workshop.posture = own
    workshop.save()
    for page in (workshop.get_absolute_url(), doors["session"].get_absolute_url()):
        (robots,) = read(doors["browsers"]["person"].get(page)).parts("meta[name='robots']")
        assert robots.attribute("content") == "noindex"


@pytest.mark.parametrize("own", ["signed-in", "link"])
def test_what_the_office_was_given_is_given_to_nobody_else(own, doors):
    doors["workshop"].posture = own
    doors["workshop"].save()
    feed = "/workshops/bystander-interventions/sessions.ics"
    answer = doors["browsers"]["office"].get(feed)
    assert answer.status_code == 200 and "private" in answer["Cache-Control"]
    assert doors["browsers"]["visitor"].get(feed).status_code == (302 if own == "signed-in" else 404)


def test_the_feed_of_a_closed_catalog_is_kept_by_nobody_on_the_way(doors, settings):
    assert "public" in doors["browsers"]["person"].get(FEED)["Cache-Control"]
    settings.CATALOG = "signed-in"
    assert "private" in doors["browsers"]["person"].get(FEED)["Cache-Control"]


def test_the_files_of_a_resource_stand_behind_the_door_too(doors, settings):
    doors["workshop"].posture = Posture.SIGNED_IN
    doors["workshop"].save()
    citation = "/resources/six-ways-to-be-an-ally/citation.ris"
    refused = doors["browsers"]["visitor"].get(citation)
    assert refused.status_code == 403 and TITLE not in read(refused).text
    settings.CATALOG = "signed-in"
    assert outcome(doors["browsers"]["visitor"], citation, "") == SIGN_IN
