"""Who a line of a report is: by address, then by name with care, and by no machine where two people have that name."""

import pytest

from catalog.models import Facilitator, TeamMember
from outcomes.reports import matching
from outcomes.reports.matching import MOST_UNMATCHED, match
from outcomes.reports.names import name_key
from outcomes.reports.reading import read_text
from registrations.models import Registration

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "name",
    [
        "José Peñalosa",
        "jose penalosa",
        "JOSÉ PEÑALOSA",
        "Peñalosa, José",
        "Peñalosa, José (he/him)",
        "Dr. José M. Peñalosa, MD, MPH",
        "Prof. Dr. Jose Penalosa PhD",
        "José Peñalosa he/him",
        "José Peñalosa - Example Clinic",
        "José  Peñalosa (External)",
        "[Example] José Peñalosa",
        "Jose\u0301 Pen\u0303alosa",
    ],
)
def test_one_name_is_known_in_all_its_ways(name):
    assert name_key(name) == "jose penalosa"


@pytest.mark.parametrize(
    "one, other",
    [
        ("Sam Rivera Jr.", "Sam Rivera"),
        ("Sam Rivera, Jr.", "Sam Rivera Sr."),
        ("Linh Thi Ma", "Linh Thi Do"),
        ("Ma, Linh", "Linh"),
        ("Ana Maria Lopez", "Ana Lopez"),
        ("Ada Okafor", "Ada Okafors"),
        ("张三", "张四"),
    ],
)
def test_two_names_are_not_made_one(one, other):
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("one, other", [("Søren Łuk", "Soren Luk"), ("Ana Ruiz-Gómez", "ana ruiz gomez")])
def test_letters_and_hyphens_that_keyboards_lack_do_not_count(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize("name", ["", "(she/her)", "🙂", "..."])
def test_what_holds_no_name_is_nobodys(name):
    assert name_key(name) == ""


@pytest.fixture
def named_like_this(people, hold):
    """named("Ada Okafor", ...) holds a session for people of these names, person1@example.edu and so on."""

    def make(*names: str):
        persons = [people(1, name=name)[0] for name in names]
        session = hold(0, persons=persons, minimum=1)
        return session.meetings.get()

    return make


def matches(meeting, text: str) -> list[tuple]:
    """What each line is: the registrant's name and whether by name alone, or the note."""
    report = read_text(text, meeting, meeting.time_zone)
    found, _ = match(report, meeting)
    return [(one.registration.person.name, one.by_name) if one.registration else one.note for one in found]


def test_an_address_says_who_somebody_is_whatever_the_name(named_like_this):
    meeting = named_like_this("Ada Okafor", "Rosa Lindqvist")
    assert matches(meeting, "Rosa Lindqvist <person1@example.edu>") == [("Ada Okafor", False)]


def test_a_name_is_matched_where_no_address_says_more(named_like_this):
    meeting = named_like_this("Ada Okafor", "José Peñalosa")
    text = "Penalosa, Jose (he/him)\nAda Okafor <ada@mail.example.com>\nNobody Known"
    assert matches(meeting, text) == [("José Peñalosa", True), ("Ada Okafor", True), ""]


def test_the_original_name_of_zoom_is_matched(named_like_this):
    assert matches(named_like_this("Ada Okafor"), "Name (Original Name),User Email\niPad (Ada Okafor),") == [
        ("Ada Okafor", True)
    ]


def test_two_registrants_of_one_name_are_not_matched_by_it(named_like_this):
    meeting = named_like_this("Alex Kim", "Kim, Alex")
    assert matches(meeting, "Alex Kim") == [matching.NAMED_TWICE]
    assert matches(meeting, "Alex Kim <person2@example.edu>") == [("Kim, Alex", False)]


def test_two_lines_of_one_name_are_not_matched_by_it(named_like_this):
    text = "Alex Kim <a@example.com>\nAlex Kim <b@example.com>"
    assert matches(named_like_this("Alex Kim"), text) == [matching.TWICE_IN_REPORT] * 2


def test_a_name_that_is_there_by_address_already_is_for_the_office(named_like_this):
    text = "Alex Kim <person1@example.edu>\nAlex Kim <phone@example.com>"
    assert matches(named_like_this("Alex Kim"), text) == [("Alex Kim", False), matching.ALREADY_THERE]


def test_somebody_elses_account_is_not_matched_by_name(named_like_this, people):
    meeting = named_like_this("Alex Kim")
    other = people(1, name="Alex Kim")[0]
    found, _ = match(read_text(f"Alex Kim <{other.email}>", meeting, "UTC"), meeting)
    assert [(one.registration, one.person, one.note) for one in found] == [(None, other, matching.WITHOUT_SEAT)]


def test_people_who_withdrew_have_no_seat(named_like_this, now):
    meeting = named_like_this("Ada Okafor", "Rosa Lindqvist")
    gone = {"status": Registration.Status.WITHDRAWN, "withdrawn_at": now}
    Registration.objects.filter(person__name="Ada Okafor").update(**gone)
    assert matches(meeting, "Ada Okafor\nRosa Lindqvist") == [matching.WITHOUT_SEAT, ("Rosa Lindqvist", True)]
    assert matches(meeting, "person1@example.edu") == [matching.WITHOUT_SEAT]


def test_facilitators_and_the_office_are_left_out(named_like_this, office):
    meeting = named_like_this("Ada Okafor")
    meeting.session.facilitators.add(Facilitator.objects.create(name="Renata Oyelaran", credentials="MEd"))
    TeamMember.objects.create(name="Teodor Vance", role="Manager", email="team@example.edu")
    text = "Oyelaran, Renata\nsomebody <team@example.edu>\nDr. Teodor Vance\nX <office@example.edu>\nOffice Person"
    found, _ = match(read_text(text, meeting, "UTC"), meeting)
    assert [one.note for one in found] == [matching.FACILITATOR, *[matching.OFFICE] * 4]
    assert all(one.is_left_out for one in found)


def test_somebody_of_the_office_with_a_seat_is_a_registrant(hold, office):
    meeting = hold(1, persons=[office]).meetings.get()
    assert matches(meeting, "X <office@example.edu>") == [("Office Person", False)]
    assert matches(meeting, "Office Person") == [matching.NAMED_TWICE]


def test_the_name_of_a_facilitator_and_a_registrant_is_for_the_office(named_like_this):
    meeting = named_like_this("Ada Okafor")
    meeting.session.facilitators.add(Facilitator.objects.create(name="Ada Okafor"))
    assert matches(meeting, "Ada Okafor") == [matching.NAMED_TWICE]


def test_the_queries_do_not_depend_on_the_lines(hold, django_assert_num_queries):
    few, many = hold(2, minimum=1).meetings.get(), hold(24).meetings.get()
    with django_assert_num_queries(5):
        match(read_text("person1@example.edu\nAda <a@b.example>\nBo", few, "UTC"), few)
    lines = "\n".join(f"Name {number} <n{number}@b.example>" for number in range(4000))
    report = read_text(lines + "\nPerson 5\nperson6@example.edu", many, "UTC")
    with django_assert_num_queries(5):
        found, more = match(report, many)
    assert (len(found), more) == (MOST_UNMATCHED + 2, 4000 - MOST_UNMATCHED)
