"""The catalog: programs that open and close, each workshop with what it is about and its next dates."""

from collections import Counter

import pytest
from django.urls import reverse

from catalog.listing import FIELDS, Entry, PartOf, entry_html
from catalog.models import Program, Topic, Workshop
from devtools.testing.page import Part, read
from registrations.models import Interest, Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_workshop(db):
    def make(title: str, **fields) -> Workshop:
        fields = {"status": Workshop.Status.PUBLISHED} | fields
        return Workshop.objects.create(title=title, slug=title.lower().replace(" ", "-"), **fields)

    return make


@pytest.fixture
def make_program(db):
    def make(title: str, *workshops: Workshop, **fields) -> Program:
        fields = {"status": Program.Status.PUBLISHED, "slug": title.lower().replace(" ", "-")} | fields
        program = Program.objects.create(title=title, **fields)
        for position, workshop in enumerate(workshops):
            program.entries.create(workshop=workshop, position=position)
        return program

    return make


@pytest.fixture
def catalog(client):
    return lambda: read(client.get(reverse("workshops")))


def groups(page) -> dict[str, list[str]]:
    """The titles of the workshops under each heading, in order."""
    return {section.heading(): [one.text for one in section.parts("h3")] for section in page.parts("#catalog section")}


def opened(page, title: str) -> Part:
    """What opens below the only workshop of this title."""
    (found,) = [one for one in page.parts("main details") if one.part("h3").text == title]
    return found


def test_an_empty_catalog_says_so(catalog):
    assert "No workshops yet." in catalog().text


def test_programs_stand_in_the_offices_order_and_the_rest_last(catalog, make_workshop, make_program):
    last, first, middle, alone = (make_workshop(title) for title in ("A last", "B first", "C middle", "D alone"))
    make_program("Year", middle, position=2, lead="Seven topics.")
    make_program("Foundations", first, last, position=1)
    page = catalog()
    assert groups(page) == {
        "Foundations": ["B first", "A last"],
        "Year": ["C middle"],
        "Other workshops": ["D alone"],
    }
    assert list(groups(page)) == ["Foundations", "Year", "Other workshops"]
    assert "Seven topics." in page.region("Year").text
    assert page.link("About this program: Year") == "/programs/year/"


def test_without_programs_there_is_one_list_in_the_order_of_titles(catalog, make_workshop):
    for title in ("B", "A"):
        make_workshop(title)
    assert groups(catalog()) == {"All workshops": ["A", "B"]}


def test_a_workshop_of_two_programs_stands_under_both_and_no_id_twice(catalog, workshop, make_program, make_session):
    make_session()
    make_program("Foundations", workshop)
    make_program("Year", workshop)
    page = catalog()
    assert groups(page) == {"Foundations": [workshop.title], "Year": [workshop.title]}
    ids = Counter(part.attribute("id") for part in page.parts("[id]"))
    assert set(ids.values()) == {1}
    assert [one.text for one in page.parts("main .qm-text b")] == ["0 of 6", "0 of 6"]


def test_an_empty_program_is_a_heading_with_words(catalog, make_program):
    make_program("Lectures", lead="Once a term.")
    page = catalog()
    assert groups(page) == {"Lectures": []}
    assert "Once a term." in page.text and "No workshops in it yet." in page.text


def test_a_workshop_opens_to_facts_description_objectives_and_dates(catalog, workshop, make_workshop, make_session):
    made = make_session()
    for position, text in enumerate(["Second thing", "First thing"]):
        workshop.objectives.create(position=2 - position, text=text)
    workshop.topics.add(Topic.objects.create(name="Wellbeing", slug="wellbeing"))
    earlier = make_workshop("Implicit Bias")
    workshop.requires.add(earlier, make_workshop("Not ready", status=Workshop.Status.DRAFT))
    part = opened(catalog(), workshop.title)
    assert "What to say, and when, if you see it happen." in part.part("summary").text
    assert "Next date" in part.part("summary").text
    assert "90 minutes" in part.text and "small groups" in [one.text for one in part.parts("strong")]
    assert [one.text for one in part.region("What you will be able to do").parts("li")] == [
        "First thing",
        "Second thing",
    ]
    assert part.link("Implicit Bias") == earlier.get_absolute_url() and "Not ready" not in part.everything
    assert part.link("About Bystander Interventions") == workshop.get_absolute_url()
    assert part.link("Wellbeing") == reverse("topic", args=["wellbeing"])
    assert reverse("session", args=[made.code]) in part.addresses
    assert reverse("register", args=[made.code]) in part.addresses
    assert "0 of 6 registered" in part.text


def test_parts_stand_in_order_each_with_its_own_objectives(catalog, workshop):
    one = workshop.parts.create(position=1, title="Power", minutes=60)
    workshop.parts.create(position=2, title="Strategies", minutes=90)
    assert opened(catalog(), workshop.title).region("Its parts")
    workshop.objectives.create(text="See it")
    workshop.objectives.create(part=one, text="Name it")
    part = opened(catalog(), workshop.title)
    aims = part.region("What you will be able to do")
    assert [each.text for each in aims.parts("h5, li")] == [
        *("See it", "Part 1: Power", "Name it", "Part 2: Strategies"),
    ]
    assert "1 hour" in aims.text and "90 minutes" in aims.text


def test_six_dates_are_shown_and_a_link_leads_to_all(catalog, workshop, make_session, office):
    made = [make_session(days=10 + number) for number in range(8)]
    made[1].cancel("The facilitator is ill.", by=office)
    make_session(days=30, listed=False)
    make_session(days=31, published=False)
    part = opened(catalog(), workshop.title)
    shown = [one.attribute("href") for one in part.parts("h5 a")]
    assert shown == [each.get_absolute_url() for each in (made[0], *made[2:7])]
    assert "7 dates from" in part.part("summary").text
    assert part.link("All 7 dates of Bystander Interventions") == workshop.get_absolute_url()


def test_up_to_six_dates_need_no_link_to_all(catalog, workshop, make_session):
    for number in range(6):
        make_session(days=10 + number)
    part = opened(catalog(), workshop.title)
    assert len(part.parts("h5")) == 6 and "All 6" not in part.text


def test_the_dates_of_one_workshop_leave_those_of_another(catalog, workshop, make_workshop, make_session):
    other = make_workshop("Implicit Bias")
    for number in range(7):
        make_session(days=10 + number)
    make_session(days=40, workshop=other)
    assert len(opened(catalog(), other.title).parts("h5")) == 1


def test_the_viewer_sees_their_own_date_even_past_the_sixth(catalog, me, person, people, make_session, workshop, now):
    made = [make_session(days=10 + number) for number in range(8)]
    mine = Registration.objects.register(person, made[7], now=now)
    Registration.objects.register(people(1)[0], made[0], now=now)
    part = opened(catalog(), workshop.title)
    assert "You’re registered 8 dates from" in part.part("summary").text
    assert [one.attribute("href") for one in part.parts("h5 a")][-1] == made[7].get_absolute_url()
    assert len(part.parts("h5")) == 7
    assert part.addresses.count(reverse("registration", args=[mine.uuid])) == 1
    assert "1 of 6 registered, including you" in part.text and "1 of 6 registered · 5 more" in part.text


def test_people_who_wait_read_so(catalog, me, person, people, make_session, workshop, now):
    full = make_session(capacity=6)
    for each in people(6):
        Registration.objects.register(each, full, now=now)
    Registration.objects.register(person, full, now=now)
    part = opened(catalog(), workshop.title)
    assert "You’re on the waitlist" in part.part("summary").text and "you are 1st of 1 waiting" in part.text


def test_nobody_else_sees_a_registration(catalog, client, people, make_session, workshop, now):
    me, other = people(2)
    Registration.objects.register(me, make_session(), now=now)
    for viewer in (None, other):
        if viewer:
            client.force_login(viewer)
        page = catalog()
        assert "You’re registered" not in page.everything and "including you" not in page.everything
        assert me.name not in page.everything


def test_a_workshop_without_a_date_offers_to_tell(catalog, client, workshop, make_workshop, make_session, person, now):
    undated = make_workshop("Undated")
    make_session()
    words = "Tell me when one is scheduled: Undated"
    page = catalog()
    assert page.link(words) == reverse("interested", args=[undated.slug])
    assert "No dates yet" in opened(page, "Undated").part("summary").text
    assert "Tell me" not in opened(page, workshop.title).text
    mine = Interest.objects.express(person, undated, now=now)
    assert catalog().link(words)
    client.force_login(person)
    page = catalog()
    assert "Tell me when" not in page.text and "We tell you when it has a date." in page.text
    assert page.link("Stop telling me") == mine.get_absolute_url()


def test_drafts_are_for_the_office_alone_and_marked(
    catalog, client, office, person, workshop, make_workshop, make_program
):
    draft = make_workshop("Not ready", status=Workshop.Status.DRAFT)
    make_program("Foundations", workshop, draft)
    make_program("Next year", workshop, make_workshop("Alone"), status=Program.Status.DRAFT)
    for viewer in (None, person):
        if viewer:
            client.force_login(viewer)
        page = catalog()
        assert groups(page) == {"Foundations": [workshop.title], "Other workshops": ["Alone"]}
        assert "Not ready" not in page.everything and "Next year" not in page.everything
    client.force_login(office)
    page = catalog()
    assert groups(page) == {
        "Foundations": [workshop.title, "Not ready"],
        "Next year": [workshop.title, "Alone"],
        "Other workshops": ["Alone"],
    }
    assert "Draft, seen by the office only" in opened(page, "Not ready").part("summary").text
    assert "Only the office sees this program" in page.region("Next year").text
    assert "Only the office sees this program" not in page.region("Foundations").text


def test_a_change_is_seen_at_once(catalog, workshop, make_session, people, make_program, now):
    """What pages remember is remembered under what it shows, so nothing is stale."""
    session, program = make_session(), make_program("Foundations", workshop)
    assert "0 of 6" in catalog().text
    Registration.objects.register(people(1)[0], session, now=now)
    Workshop.objects.filter(pk=workshop.pk).update(description="Something *new*.")
    Program.objects.filter(pk=program.pk).update(lead="Another lead.")
    workshop.objectives.create(text="Another aim")
    page = catalog()
    assert all(words in page.text for words in ("1 of 6", "Something new.", "Another lead.", "Another aim"))


def test_a_session_that_ended_is_gone(catalog, workshop, make_session, now):
    made = make_session()
    past = {"starts_at": now.replace(year=2020), "ends_at": now.replace(year=2021)}
    closed = dict.fromkeys(("confirm_by", "registration_closes_at"), past["starts_at"])
    Session.objects.filter(pk=made.pk).update(**past, **closed)
    assert "No dates yet" in catalog().text


@pytest.mark.parametrize("field", ["topics", "requires", "objectives", "parts"])
def test_an_entry_shows_each_of_its_values(field):
    values = dict(zip(FIELDS, [None] * len(FIELDS), strict=True)) | {
        field.attname: field.get_default() for field in Workshop._meta.concrete_fields
    }
    plain = Entry(tuple((values | {"title": "Implicit Bias", "slug": "implicit-bias"}).values()))
    pairs = (("Another", "another"),)
    other = {"topics": pairs, "requires": pairs, "objectives": ("Spot it.",), "parts": (PartOf("One", 60, ()),)}
    assert entry_html(plain._replace(**{field: other[field]})) != entry_html(plain)


def test_what_people_wrote_is_text(catalog, make_workshop, make_program):
    odd = "<b>Names</b> & \u202eسلام\u202c 🌍"
    workshop = make_workshop("Plain", description="# Top\n\n<script>alert(1)</script>\n\n### Below")
    Workshop.objects.update(title=odd, summary=odd)
    workshop.objectives.create(text=odd)
    make_program("Odd", workshop, lead=odd)
    page = catalog()
    assert "Names" not in [part.text for part in page.parts("b")] and page.text.count(odd) >= 4
    assert page.parts("main script") == []
    # Below the headings of the page, in their order.
    assert [part.text for part in page.parts("details h4")][:1] == ["Top"]
    assert [part.text for part in page.parts("details h5")] == ["Below"]
