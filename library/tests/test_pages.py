"""The list of resources, its filters, and what a topic or an action gathers."""

import pytest

from catalog.models import Action, Topic, Workshop
from devtools.testing.page import get
from library.models import Resource

pytestmark = pytest.mark.django_db


@pytest.fixture
def topics(db) -> dict[str, Topic]:
    return {name: Topic.objects.create(name=name, slug=name.lower()) for name in ("Allyship", "Bias")}


@pytest.fixture
def actions(db) -> dict[str, Action]:
    names = ["Being", "Knowing", "Feeling", "Doing", "Promoting", "Acting"]
    return {
        name: Action.objects.create(name=name, slug=name.lower(), position=number)
        for number, name in enumerate(names, 1)
    }


@pytest.fixture
def three(make_resource, topics, actions, workshop) -> list[Resource]:
    """An article on allyship beside the workshop, a video on both topics, and a tip sheet for people who sign in."""
    article = {"beside": [workshop], "topics": [topics["Allyship"]], "actions": actions.values(), "minutes": 20}
    cited = {
        "authors": "Sonnenberg, LK\nDo, V\nLeBlanc, C",
        "journal": "Canadian Medical Education Journal",
        "year": 2021,
    }
    return [
        make_resource("Six ways to get a grip", cited=cited, **article),
        make_resource("A talk", kind="video", topics=topics.values(), source="The office", minutes=90),
        make_resource("Ten sentences", kind="tip_sheet", access="signed_in", actions=[actions["Doing"]]),
    ]


def titles(page) -> list[str]:
    return [part.text for part in page.parts("main .q-list h3")]


def test_resources_stand_under_their_workshop_with_author_kind_and_minutes(client, three, workshop):
    page = get(client, "/resources/")
    assert page.headings()[1:4] == ["Bystander Interventions", "Six ways to get a grip", "On their own"]
    assert page.link("Bystander Interventions") == workshop.get_absolute_url()
    assert page.link("Six ways to get a grip") == "/resources/six-ways-to-get-a-grip/"
    row = page.parts("main .q-list li")[0].text
    assert "Sonnenberg et al., Canadian Medical Education Journal, 2021" in row
    assert "Article" in row and "20 minutes" in row


def test_a_list_says_in_words_what_is_not_for_everybody(client, three):
    rows = {part.heading(): part.text for part in get(client, "/resources/").parts("main .q-list li")}
    assert "For people who sign in" in rows["Ten sentences"]
    assert "For people" not in rows["A talk"]


def test_resources_can_stand_under_their_topics(client, three):
    page = get(client, "/resources/?by=topic")
    assert [part.text for part in page.parts("main h2")] == ["Allyship", "Bias", "On their own"]
    assert titles(page) == ["A talk", "Six ways to get a grip", "A talk", "Ten sentences"]


@pytest.mark.parametrize(
    "query, shown",
    [
        ("kind=video", ["A talk"]),
        ("topic=allyship", ["Six ways to get a grip", "A talk"]),
        ("action=doing", ["Six ways to get a grip", "Ten sentences"]),
        ("topic=allyship&action=doing", ["Six ways to get a grip"]),
        ("kind=tip-sheet&topic=bias", []),
    ],
)
def test_filters_combine(query, shown, client, three):
    assert titles(get(client, f"/resources/?{query}")) == shown


def test_every_filter_is_a_link_with_its_count(client, three):
    page = get(client, "/resources/?topic=allyship")
    kinds, of_topics, of_actions = page.parts(".q-by")
    assert kinds.link_names == ["All 2", "Article 1", "Video 1", "Tip sheet 0"]
    assert of_topics.link_names == ["All 3", "Allyship 2", "Bias 1"]
    assert of_actions.link_names[:2] == ["All 2", "Being 1"]
    for link in kinds.links():
        assert f"{len(titles(get(client, '/resources/' + link.address)))}" == link.name.split()[-1]


@pytest.mark.parametrize(
    "query", ["topic=nope", "kind=nope", "action=%00", "topic=" + "a" * 5000, "topic=nope&topic=n"]
)
def test_a_filter_nobody_knows_is_said_so(query, client, three):
    page = get(client, f"/resources/?{query}")
    assert page.status == 200 and titles(page) == []
    assert "Nothing here is filed under" in page.text
    assert page.link("Show all resources") == "/resources/"


def test_an_action_gathers_workshops_and_resources(client, three, actions, workshop):
    workshop.actions.add(actions["Being"])
    page = get(client, "/actions/being/")
    assert page.heading() == "Being"
    assert titles(page) == ["Bystander Interventions", "Six ways to get a grip"]
    assert [link.address for link in page.parts("nav")[-1].links()] == [
        f"/actions/{each}/" for each in ("being", "knowing", "feeling", "doing", "promoting", "acting")
    ]
    assert "/actions/being/" in get(client, workshop.get_absolute_url()).addresses
    assert "/actions/acting/" in get(client, "/resources/six-ways-to-get-a-grip/").addresses


def test_a_topic_gathers_workshops_and_resources(client, three, topics, workshop):
    workshop.topics.add(topics["Bias"])
    page = get(client, "/topics/bias/")
    assert titles(page) == ["Bystander Interventions", "A talk"]
    assert page.link("Bystander Interventions") == workshop.get_absolute_url()


def test_a_topic_without_anything_says_so(client, topics):
    assert "The office has filed nothing under “Bias” so far." in get(client, "/topics/bias/").text


def test_a_topic_or_an_action_that_is_none_is_not_found(client, actions):
    assert [client.get(path).status_code for path in ("/topics/nope/", "/actions/nope/")] == [404, 404]


def test_a_workshop_and_its_sessions_show_what_belongs_to_them(client, three, session, make_session, make_resource):
    make_resource("Slides of that day", kind="file", beside=[session])
    workshop, other = session.workshop, make_session(days=30)
    assert "Six ways to get a grip" in get(client, workshop.get_absolute_url()).link_names
    assert "Slides of that day" not in get(client, workshop.get_absolute_url()).everything
    assert titles(get(client, session.get_absolute_url())) == ["Six ways to get a grip", "Slides of that day"]
    assert titles(get(client, other.get_absolute_url())) == ["Six ways to get a grip"]


def test_what_belongs_to_an_unlisted_session_alone_is_in_no_list(client, session, make_resource, topics, office):
    make_resource("Slides of that day", beside=[session], topics=[topics["Bias"]])
    pages = ["/resources/", "/topics/bias/"]
    assert all("Slides of that day" in get(client, page).text for page in pages)
    session.make_unlisted(by=office)
    assert not any("Slides of that day" in get(client, page).everything for page in pages)
    assert "Slides of that day" in get(client, session.get_absolute_url()).text


def test_a_draft_workshop_is_named_nowhere(client, make_resource):
    draft = Workshop.objects.create(title="Secret Workshop", slug="secret")
    resource = make_resource(beside=[draft], access="registrants")
    for page in ("/resources/", resource.get_absolute_url()):
        assert "Secret Workshop" not in get(client, page).everything


def test_the_menu_names_resources_once_there_is_one(client, make_resource):
    assert "Resources" not in get(client, "/").link_names
    make_resource()
    assert get(client, "/").link("Resources") == "/resources/"


def test_an_empty_library_says_so(client):
    assert "No resources yet." in get(client, "/resources/").text


def test_ordered_lists_keep_their_numbers(client, make_resource):
    resource = make_resource(body="3. Feeling\n4. Doing\n\nThen:\n\n1. Being")
    lists = get(client, resource.get_absolute_url()).parts("main ol")
    assert [part._element.get("start") for part in lists] == ["3", None]


@pytest.mark.parametrize("many", [1, 20])
def test_pages_make_the_same_queries_for_any_number(
    many, client, make_resource, topics, actions, workshop, session, django_assert_num_queries
):
    for number in range(many):
        beside = Workshop.objects.create(title=f"W{number}", slug=f"w{number}", status=Workshop.Status.PUBLISHED)
        beside.topics.set(topics.values())
        make_resource(
            f"Number {number}",
            beside=[workshop, beside],
            topics=topics.values(),
            actions=actions.values(),
            cited={"journal": "Journal"},
        )
    pages = {"/resources/": 5, "/topics/bias/": 4, "/resources/number-0/": 4}
    for page, queries in pages.items():
        client.get(page)
        with django_assert_num_queries(queries):
            client.get(page)
