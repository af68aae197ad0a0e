"""What is written of a report: after it was shown, once, and never over what somebody of the office said (G19)."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry

from outcomes.models import Attendance
from outcomes.reports.applying import LEAVE_OUT, WALK_IN, Applied, NoSuchChoice, Review, apply
from outcomes.reports.reading import read_text
from outcomes.reports.report import Report
from registrations.models import Registration

pytestmark = pytest.mark.django_db
HERE, ABSENT, UNSURE = Attendance.State.HERE, Attendance.State.ABSENT, Attendance.State.UNSURE


@pytest.fixture
def meeting(hold):
    """A meeting of 90 minutes for which six people registered: person1@example.edu and so on."""
    return hold(6).meetings.select_related("session__workshop").get()


@pytest.fixture
def report(meeting):
    """report(person1=90, person2=(10, 30)): so many minutes from the start, or from one minute to another."""

    def make(**stays) -> Report:
        lines = ["Name (Original Name),User Email,Join Time,Leave Time"]
        for name, stay in stays.items():
            first, last = stay if isinstance(stay, tuple) else (0, stay)
            start, end = (meeting.starts_at + timedelta(minutes=minute) for minute in (first, last))
            address = f"{name}@example.edu" if name.startswith("person") else ""
            lines.append(f"{name},{address},{start:%Y-%m-%dT%H:%M:%SZ},{end:%Y-%m-%dT%H:%M:%SZ}")
        return read_text("\n".join(lines), meeting, meeting.time_zone)

    return make


@pytest.fixture
def reported_seat(meeting):
    """seat(2) is the registration of person2."""
    return lambda number: Registration.objects.get(session=meeting.session, person__email=f"person{number}@example.edu")


def said() -> dict[str, tuple]:
    rows = Attendance.objects.select_related("person").order_by("pk")
    return {str(one.person or one.name): (one.state, one.source, one.minutes) for one in rows}


def test_a_report_says_who_was_there_and_what_is_to_be_decided(meeting, report, office):
    applied = apply(report(person1=90, person2=75, person3=74), meeting, {}, by=office)
    assert applied == Applied(here=2, unsure=1)
    assert said() == {
        "Person 1": (HERE, "report", 90),
        "Person 2": (HERE, "report", 75),
        "Person 3": (UNSURE, "report", 74),
    }


@pytest.mark.parametrize("may_miss, state", [(0, UNSURE), (44, UNSURE), (45, HERE), (90, HERE)])
def test_each_workshop_says_how_much_people_may_miss(may_miss, state, meeting, report, office):
    type(meeting.session.workshop).objects.update(may_miss_minutes=may_miss)
    apply(report(person1=45), meeting, {}, by=office)
    assert said()["Person 1"][0] == state


def test_people_in_no_line_are_not_written_about(meeting, report, office):
    review = Review(report(person1=90), meeting)
    assert [str(one.person) for one in review.in_no_line] == [f"Person {number}" for number in range(2, 7)]
    apply(report(person1=90), meeting, {}, by=office)
    assert list(said()) == ["Person 1"]


def test_looking_at_a_report_writes_nothing(meeting, report):
    Review(report(person1=90, person2=10, Ada=90), meeting)
    assert not Attendance.objects.exists()


def test_a_report_written_twice_changes_nothing(meeting, report, office):
    whole = report(person1=90, person2=10, Ada=90)
    choices = {2: WALK_IN}
    assert apply(whole, meeting, choices, by=office) == Applied(here=1, unsure=1, walked_in=1)
    before = (said(), LogEntry.objects.count())
    assert apply(whole, meeting, choices, by=office).is_nothing
    assert (said(), LogEntry.objects.count()) == before


@pytest.mark.parametrize("state", [HERE, ABSENT])
def test_what_the_office_said_stands(state, meeting, report, reported_seat, office):
    Attendance.objects.mark(meeting, reported_seat(1), state, "roster", by=office)
    other = HERE if state == ABSENT else UNSURE
    assert Review(report(person1=90 if other == HERE else 5), meeting).found[0].is_written is False
    assert apply(report(person1=90 if other == HERE else 5), meeting, {}, by=office).is_nothing
    assert said() == {"Person 1": (state, "roster", None)}


@pytest.mark.parametrize("source", ["code", "report"])
def test_a_report_takes_back_no_presence(source, meeting, report, reported_seat, office):
    Attendance.objects.mark(meeting, reported_seat(1), HERE, source, by=office)
    assert apply(report(person1=5), meeting, {}, by=office).is_nothing
    assert said()["Person 1"][0] == HERE


def test_a_fuller_report_says_that_somebody_was_there(meeting, report, office):
    apply(report(person1=40), meeting, {}, by=office)
    assert apply(report(person1=90), meeting, {}, by=office) == Applied(here=1)
    assert said() == {"Person 1": (HERE, "report", 90)}


def test_lines_of_one_person_are_added_up_where_the_office_says_so(meeting, report, reported_seat, office):
    whole = report(person1=40, phone=(30, 88))
    assert Review(whole, meeting).found[0].state == UNSURE
    assert apply(whole, meeting, {1: str(reported_seat(1).pk)}, by=office) == Applied(here=1)
    assert said() == {"Person 1": (HERE, "report", 88)}


def test_an_address_is_not_chosen_otherwise(meeting, report, reported_seat, office):
    apply(report(person1=90), meeting, {0: LEAVE_OUT}, by=office)
    assert list(said()) == ["Person 1"]


def test_a_name_can_be_left_out_or_be_somebody_else(meeting, report, reported_seat, office):
    whole = read_text("Person 1\nPerson 2", meeting, "UTC")
    assert len(Review(whole, meeting).found) == 2
    apply(whole, meeting, {0: LEAVE_OUT, 1: str(reported_seat(3).pk)}, by=office)
    assert list(said()) == ["Person 3"]


def test_what_is_not_matched_is_left_out_unless_chosen(meeting, report, office):
    assert apply(report(Ada=90), meeting, {}, by=office).is_nothing
    assert apply(report(Ada=90), meeting, {0: WALK_IN}, by=office) == Applied(walked_in=1)
    assert said() == {"Ada": (HERE, "report", 90)}


def test_an_account_without_a_seat_counts_as_a_walk_in(meeting, office, people):
    visitor = people(1)[0]
    whole = read_text(f"Somebody <{visitor.email}>", meeting, "UTC")
    assert apply(whole, meeting, {}, by=office) == Applied(walked_in=1)
    one = Attendance.objects.get()
    assert (one.person, one.registration, one.source) == (visitor, None, "list")


def test_an_account_that_was_hardly_there_is_left_out_unless_chosen(meeting, report, office, people):
    visitor = people(1)[0].email.partition("@")[0]
    assert apply(report(**{visitor: 10}), meeting, {}, by=office).is_nothing
    assert apply(report(**{visitor: 10}), meeting, {0: WALK_IN}, by=office) == Applied(walked_in=1)


def test_a_walk_in_by_address_alone_is_called_by_it(meeting, office):
    whole = read_text("ada@mail.example.com", meeting, "UTC")
    apply(whole, meeting, {0: WALK_IN}, by=office)
    assert apply(whole, meeting, {0: WALK_IN}, by=office).is_nothing
    assert (Attendance.objects.get().name, Attendance.objects.get().address) == ("ada@mail.example.com",) * 2


def test_a_list_has_no_minutes_and_everybody_in_it_is_here(meeting, office):
    apply(read_text("person1@example.edu\nPerson 2", meeting, "UTC"), meeting, {}, by=office)
    assert said() == {"Person 1": (HERE, "list", None), "Person 2": (HERE, "list", None)}


@pytest.mark.parametrize("chosen", ["x", "-1", "999999999999999999999", "absent"])
def test_a_choice_that_is_none_writes_nothing(chosen, meeting, report, office):
    with pytest.raises(NoSuchChoice):
        apply(report(person1=90, Ada=90), meeting, {1: chosen}, by=office)
    assert not Attendance.objects.exists()


def test_a_seat_of_another_session_is_no_choice(meeting, report, hold, office):
    elsewhere = Registration.objects.filter(session=hold(1)).get()
    with pytest.raises(NoSuchChoice):
        apply(report(Ada=90), meeting, {0: str(elsewhere.pk)}, by=office)


def test_what_was_written_is_on_record(meeting, report, office):
    apply(report(person1=90, person2=10, Ada=90), meeting, {2: WALK_IN}, by=office)
    said = LogEntry.objects.filter(content_type__model="session").latest("pk")
    sentence = f"Attendance report (Zoom) for {meeting}: 1 here, 1 to be decided, 1 without being registered."
    assert (said.user, said.get_change_message()) == (office, sentence)


def test_the_queries_of_a_review_do_not_depend_on_the_report(meeting, report, django_assert_num_queries):
    many = {f"N{number}": number for number in range(90)}
    for whole in (report(person1=90, person77=5), report(person1=90, person2=5, person77=4, person78=90, **many)):
        with django_assert_num_queries(7):
            Review(whole, meeting)
