"""The home page: what is on, filtered and searched, with and without htmx."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Campus
from catalog.models import Format, Program, Topic, Workshop
from devtools.testing.page import Page, read
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Session, Venue

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def home(client):
    """home("q=bias") returns the page."""

    def get(query: str = "", status: int = 200, **headers) -> Page:
        page = read(client.get(f"{reverse('home')}?{query}" if query else reverse("home"), headers=headers))
        assert page.status == status
        return page

    return get


@pytest.fixture
def other_workshop(db):
    return Workshop.objects.create(
        title="Implicit Bias", slug="implicit-bias", status=Workshop.Status.PUBLISHED, for_students=False
    )


def rows(page: Page) -> list[str]:
    """The titles of the rows, in order."""
    return [part.text for part in page.parts("h4.q-t > a")]


def counts(page: Page) -> dict[str, int]:
    """What the chips say."""
    found = [re.fullmatch(r"([A-Z][a-z ]+) (\d+)", link.text) for link in page.parts("a[id^=chip-]")]
    return {chip[1]: int(chip[2]) for chip in found if chip}


def test_a_visitor_sees_upcoming_listed_sessions_in_order(home, make_session, other_workshop):
    make_session(days=20)
    make_session(days=10, workshop=other_workshop)
    make_session(days=12, listed=False)
    make_session(days=12, published=False)
    assert rows(home()) == ["Implicit Bias", "Bystander Interventions"]


def test_a_past_session_is_gone_and_a_cancelled_one_stays(home, make_session, office, now):
    make_session(days=12).cancel("The facilitator is ill.", by=office)
    past = make_session(days=10)
    Session.objects.filter(pk=past.pk).update(
        confirm_by=now - timedelta(days=9),
        registration_closes_at=now - timedelta(days=9),
        starts_at=now - timedelta(days=9),
        ends_at=now - timedelta(days=8),
    )
    page = home()
    assert rows(page) == ["Bystander Interventions"]
    assert "Cancelled · The facilitator is ill" in page.text


def test_the_chips_count_and_choose(home, make_session, people, other_workshop, now):
    confirmed = make_session(days=10, workshop=other_workshop)
    for person in people(6):
        Registration.objects.register(person, confirmed)
    confirmed.settle()
    venue = Venue.objects.create(campus=Campus.objects.create(name="West"), building="Learning Commons", room="210")
    here = make_session(days=11)
    here.meetings.update(venue=venue)
    Session.objects.filter(pk=here.pk).update(format=Format.HYBRID)
    assert counts(home()) == {"All": 2, "Needs people": 1, "Confirmed": 1, "Online": 2, "In person": 1}
    assert rows(home("status=needs-people")) == ["Bystander Interventions"]
    assert rows(home("status=confirmed")) == ["Implicit Bias"]
    assert rows(home("format=in_person")) == ["Bystander Interventions"]
    assert rows(home("format=online")) == ["Implicit Bias", "Bystander Interventions"]
    assert counts(home("format=in_person")) == {
        "All": 2,
        "Needs people": 1,
        "Confirmed": 0,
        "Online": 2,
        "In person": 1,
    }
    assert rows(home("format=online&status=confirmed")) == ["Implicit Bias"]
    assert rows(home("format=in_person&status=confirmed")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=implicit", True),
        ("q=BIAS+implicit", True),
        ("q=bias+nothing", False),
        ("q=wellbeing", True),
        ("topic=wellbeing", True),
        ("topic=allyship", False),
        ("audience=staff", True),
        ("audience=student", False),
    ],
)
def test_searching_looks_at_title_topic_and_audience(home, make_session, other_workshop, query, found):
    for name in ("Wellbeing", "Allyship"):
        Topic.objects.create(name=name, slug=name.lower())
    other_workshop.topics.add(Topic.objects.get(slug="wellbeing"))
    make_session(workshop=other_workshop)
    assert rows(home(query)) == (["Implicit Bias"] if found else [])


def test_a_campus_shows_the_sessions_held_there(home, make_session):
    west, east = (Campus.objects.create(name=name) for name in ("West", "East"))
    made = make_session()
    made.meetings.update(venue=Venue.objects.create(campus=west, building="Learning Commons"))
    assert rows(home(f"campus={west.pk}")) == ["Bystander Interventions"]
    assert rows(home(f"campus={east.pk}")) == []


def test_nothing_found_says_so_and_leads_back(home, make_session):
    make_session()
    page = home("q=affirmations")
    assert "Nothing matches “affirmations”." in page.text
    assert page.everything.count("Show all sessions") == 1 and page.everything.count("Nothing matches") == 1


def test_nothing_found_says_what_was_looked_for(home, make_session):
    make_session()
    campus = Campus.objects.create(name="West")
    assert "No sessions at West for students at the moment." in home(f"campus={campus.pk}&audience=student").text
    assert "Nothing matches “bias” at West." in home(f"campus={campus.pk}&q=bias").text
    assert "No sessions like that at the moment." in home("status=confirmed").text


def test_nothing_scheduled_says_so_and_leads_on(home):
    page = home()
    assert "Nothing is scheduled yet." in page.text
    assert page.parts(".q-empty")[0].link("Ask for a session for your team") == reverse("request_new")


@pytest.mark.parametrize("query", ["status=confirmed", "q=affirmations", "q=bystander&format=hybrid"])
def test_a_list_without_a_result_leads_on(home, make_session, query):
    make_session()
    empty = home(query).part(".q-empty")
    assert empty.link("Show all sessions") == "/"
    assert empty.link("Ask for a session for your team") == reverse("request_new")
    (month,) = empty.parts(".q-rail a")
    path, _, anchor = month.attribute("href").partition("#")
    assert path == "/" and home().part(f"#{anchor}").text.startswith(month.text[:3])


def test_a_workshop_without_a_date_says_so_once_and_offers_to_tell(home, make_session, other_workshop):
    make_session()
    other_workshop.topics.add(Topic.objects.create(name="Wellbeing", slug="wellbeing"))
    page = home("topic=wellbeing")
    assert page.text.count("No dates yet") == 1
    tell_me = page.region("No dates yet").link("Tell me when one is scheduled: Implicit Bias")
    assert tell_me == reverse("interested", args=[other_workshop.slug])


def test_what_is_chosen_leaves_neither_the_steps_nor_those_nearly_there(home, make_session, people):
    made = make_session()
    for person in people(4):
        Registration.objects.register(person, made)
    assert "Nearly there" in home().headings() and "If not, we write with other dates." in home().text
    for query in ("status=needs-people", "q=bystander", "page=1"):
        assert "Nearly there" not in home(query).headings() and "If not, we write" not in home(query).text
    assert "Nearly there" not in home("status=nothing", status=400).headings()


def test_every_filter_lands_on_the_results(home, make_session, other_workshop):
    make_session()
    other_workshop.topics.add(Topic.objects.create(name="Wellbeing", slug="wellbeing"))
    page = home("topic=wellbeing&status=needs-people")
    leads = [link.attribute("href") for link in page.parts(".q-filter a:not(#as-months)")]
    assert [address for address in leads if "?" in address and not address.endswith("#sessions")] == []
    assert page.part("form[role=search]").attribute("action") == "/#sessions"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("status=open", "There is no such state of a session."),
        ("format=zoom", "There is no such format."),
        ("topic=nothing", "There is no such topic."),
        ("topic=%00", "There is no such topic."),
        ("campus=x", "There is no such campus."),
        ("campus=99999999999999999999999", "There is no such campus."),
        ("audience=nobody", "There is no such audience."),
        ("page=0", "There is no such page."),
        ("page=x", "There is no such page."),
        ("q=%00", "that text has a character nobody can type"),
        (f"q={'x' * 10_000}", "Search for at most 100 characters."),
    ],
)
def test_an_impossible_filter_gets_a_sentence_and_changes_nothing_else(home, make_session, query, sentence):
    make_session()
    page = home(query, status=400)
    assert sentence in page.text
    assert rows(page) == ["Bystander Interventions"]


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "ünïcødé 🌍", "\u202eright to left", "%", "a' OR 1=1"])
def test_what_was_typed_is_kept_and_escaped(home, make_session, typed):
    from urllib.parse import quote

    make_session()
    page = home(f"q={quote(typed)}")
    assert page.field("Search workshops, programs, people and resources").value == typed
    assert page.inline_code == []


def test_a_page_past_the_last_is_not_there(home, make_session):
    make_session()
    assert "We can’t find that page." in home("page=2", status=404).text


def test_fifty_sessions_make_a_page(home, make_session, now):
    first = make_session(days=10)
    copies = []
    for number in range(51):
        copy = Session.objects.get(pk=first.pk)
        copy.pk, copy.code = None, f"copy{number:04}"
        copies.append(copy)
    Session.objects.bulk_create(copies)
    assert len(rows(home())) == 50
    assert home().part("[rel=next]").attribute("href") == "/?page=2#sessions"
    assert len(rows(home("page=2"))) == 2
    assert home("page=2").part("[rel=prev]").attribute("href") == "/#sessions"


def links(page: Page) -> dict[str, str]:
    """Return where the chips and the pager lead, by their ids."""
    found = {part.attribute("id").removeprefix("chip-"): part for part in page.parts("a[id^=chip-], #earlier, #later")}
    return {name: part.attribute("href") for name, part in found.items()}


def test_a_chip_keeps_the_search_and_drops_the_page(home, make_session, now):
    first = make_session(days=10)
    copies = [Session.objects.get(pk=first.pk) for _ in range(101)]
    for number, copy in enumerate(copies):
        copy.pk, copy.code = None, f"copy{number:04}"
    Session.objects.bulk_create(copies)
    assert links(home()) == {
        "all": "/",
        "needs-people": "/?status=needs-people#sessions",
        "confirmed": "/?status=confirmed#sessions",
        "online": "/?format=online#sessions",
        "in_person": "/?format=in_person#sessions",
        "later": "/?page=2#sessions",
    }
    assert links(home("page=2&status=needs-people&q=bystander+int")) == {
        "all": "/?q=bystander+int#sessions",
        "needs-people": "/?q=bystander+int#sessions",
        "confirmed": "/?q=bystander+int&status=confirmed#sessions",
        "online": "/?q=bystander+int&status=needs-people&format=online#sessions",
        "in_person": "/?q=bystander+int&status=needs-people&format=in_person#sessions",
        "earlier": "/?q=bystander+int&status=needs-people#sessions",
        "later": "/?q=bystander+int&status=needs-people&page=3#sessions",
    }


def test_no_link_repeats_what_cannot_be_chosen(home, make_session):
    make_session()
    page = home("topic=nothing&campus=x&utm_source=mail&q=&status=confirmed", status=400)
    assert links(page)["all"] == "/" and links(page)["online"] == "/?status=confirmed&format=online#sessions"


def test_nearly_there_shows_the_three_that_are_decided_first(home, make_session, people):
    someone = people(3)
    for days in (40, 20, 30, 25, 15):
        made = make_session(days=days)
        for person in someone:
            Registration.objects.register(person, made)
    make_session(days=12)
    starts = [card.parts("[datetime]")[0].attribute("datetime") for card in home().parts("li.q-card")]
    assert len(starts) == 3
    assert starts == sorted(starts)


def test_nearly_there_vanishes_when_nothing_is(home, make_session):
    make_session()
    assert "Nearly there" not in home().everything


def test_htmx_gets_the_list_alone_and_the_count_for_those_who_listen(home, make_session):
    make_session()
    page = home("status=needs-people", **HTMX)
    assert not page.is_whole and page.parts("header, main, footer") == [] and page.parts("#sessions") != []
    say = page.part("#say")
    assert (say.text, say.attribute("hx-swap-oob")) == ("1 session shown.", "innerHTML")


def test_a_restored_page_is_a_whole_one(client, make_session):
    response = client.get(reverse("home"), headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert read(response).is_whole
    assert "HX-Request" in response.headers["Vary"]


def test_the_viewer_sees_their_own_place_and_only_theirs(home, client, make_session, people):
    me, other = people(2)
    made = make_session()
    registration = Registration.objects.register(me, made)
    Registration.objects.register(other, made)
    assert "including you" not in home().everything
    client.force_login(me)
    page = home()
    assert "2 of 6 registered, including you" in page.text
    assert reverse("registration", args=[registration.uuid]) in page.addresses
    assert other.name not in page.everything


def test_workshops_are_links_under_their_programs(home, make_session, workshop, other_workshop):
    make_session()
    Workshop.objects.create(title="Not ready", slug="not-ready")
    program = Program.objects.create(title="Foundations", slug="foundations", status=Program.Status.PUBLISHED)
    program.entries.create(workshop=workshop)
    page = home()
    assert page.link("Foundations") == program.get_absolute_url()
    assert page.headings().index("Foundations") < page.headings().index("Other workshops")
    lines = [part.text for part in page.region("Workshops").parts("li")]
    assert (
        lines[0].startswith("Bystander Interventions Next date")
        and lines[1] == "Implicit Bias Tell me when there is a date: Implicit Bias"
    )
    tell_me = reverse("interested", args=[other_workshop.slug])
    assert page.region("Other workshops").addresses == [other_workshop.get_absolute_url(), tell_me]
    assert page.region("Workshops").link("What each is about") == reverse("workshops")
    assert "Not ready" not in page.everything


def test_times_stand_on_the_clock_of_the_session(home, make_session, now):
    first = make_session(days=20).meetings.get()
    plan = MeetingPlan(first.starts_at, first.ends_at, "America/New_York")
    make_session(meetings=[plan])
    page = home()
    assert "Noon–1:30 PM · Online" in page.text
    assert "1:00–2:30 PM Eastern time · Online" in page.text


def test_months_of_another_year_say_so(home, make_session, now):
    make_session(days=300)
    year = (now + timedelta(days=300)).year
    months = [part.text for part in home().parts("h3")]
    assert any(month.endswith(str(year)) for month in months) == (year != now.year)
