"""What is only for people who were at the session it follows: attendance decides, under the verb and on every page."""

import pytest

from accounts.models import Person
from catalog.models import Program, Workshop
from devtools.testing.office_pages import filled_in
from devtools.testing.page import read
from outcomes.models import Attendance
from registrations import eligibility
from registrations.models import PriorAttendance, Registration

pytestmark = pytest.mark.django_db
SENTENCE = (
    "This workshop is only for people who were at a session of Bystander Interventions, and attendance does not say "
    "that of you. If you were there, or have taken it elsewhere, write to the office."
)


@pytest.fixture
def chat(workshop):
    """A dialogue after the workshop, only for people who were there."""
    made = Workshop.objects.create(
        title="Change chat", slug="change-chat", status="published", offering="dialogue", needs_attendance=True
    )
    made.requires.add(workshop)
    return made


@pytest.fixture
def date(make_session, chat):
    """An open session of the dialogue in two weeks."""
    return make_session(workshop=chat, minimum=1)


def mark(session, person, state, by) -> None:
    registration = session.registrations.get(person=person)
    for meeting in session.meetings.all():
        Attendance.objects.mark(meeting, registration, state, "roster", by=by)


def walk_in(session, person, by, now) -> None:
    Attendance.objects.create(
        meeting=session.meetings.get(), person=person, state="here", source="check_in", said_at=now, said_by=by
    )


# ---- under the verb ----


def test_who_was_there_registers(hold, date, person, office, now):
    mark(hold(0, persons=[person]), person, "here", office)
    assert Registration.objects.register(person, date, now=now).is_registered


@pytest.mark.parametrize("state", ["absent", "unsure", None])
def test_a_seat_alone_is_not_enough(hold, date, person, office, now, state):
    held = hold(0, persons=[person])
    if state:
        mark(held, person, state, office)
    with pytest.raises(Registration.NotEligible) as refused:
        Registration.objects.register(person, date, now=now)
    assert str(refused.value) == SENTENCE


def test_without_the_flag_a_seat_is_enough(hold, chat, date, person, now):
    Workshop.objects.filter(pk=chat.pk).update(needs_attendance=False)
    hold(0, persons=[person])
    assert Registration.objects.register(person, date, now=now).is_registered


def test_who_walked_in_was_there(hold, date, person, office, now):
    walk_in(hold(1), person, office, now)
    assert Registration.objects.register(person, date, now=now).is_registered


def test_who_took_it_elsewhere_may_come(workshop, date, person, now):
    PriorAttendance.objects.create(person=person, workshop=workshop)
    assert Registration.objects.register(person, date, now=now).is_registered


def test_another_persons_attendance_opens_nothing(hold, date, people, office, now):
    one, other = people(2)
    held = hold(0, persons=[one, other])
    mark(held, one, "here", office)
    with pytest.raises(Registration.NotEligible):
        Registration.objects.register(other, date, now=now)


def test_a_meeting_that_was_cancelled_says_nothing(hold, date, person, office, now):
    held = hold(0, persons=[person])
    mark(held, person, "here", office)
    held.meetings.update(cancelled_at=now)
    with pytest.raises(Registration.NotEligible):
        Registration.objects.register(person, date, now=now)


def test_a_session_that_ends_after_the_date_is_none_it_follows(make_session, chat, date, person, office, now):
    later = make_session(days=20, minimum=1)
    Registration.objects.register(person, later, now=now)
    mark(later, person, "here", office)
    with pytest.raises(Registration.NotEligible):
        Registration.objects.register(person, date, now=now)


def test_a_workshop_that_counts_as_it_will_do(hold, workshop, date, person, office, now):
    earlier = Workshop.objects.create(title="Bystanders", slug="bystanders", status="published", successor=workshop)
    mark(hold(0, persons=[person], workshop=earlier), person, "here", office)
    assert Registration.objects.register(person, date, now=now).is_registered


def test_people_for_it_are_those_who_may_register(hold, date, workshop, people, office, now):
    here, absent, unsaid, guest, elsewhere, stranger = people(6)
    held = hold(0, persons=[here, absent, unsaid])
    mark(held, here, "here", office)
    mark(held, absent, "absent", office)
    walk_in(held, guest, office, now)
    PriorAttendance.objects.create(person=elsewhere, workshop=workshop)
    expected = {one for one in Person.objects.all() if not eligibility.why_not(one, date)}
    assert expected == {here, guest, elsewhere}
    assert set(eligibility.people_for(date)) == expected


def test_a_seat_that_comes_free_skips_who_was_not_there(hold, make_session, chat, people, office, now):
    crowd = people(3)
    held = hold(0, persons=crowd)
    for person in crowd:
        mark(held, person, "here", office)
    date = make_session(workshop=chat, minimum=1, capacity=1)
    seat, first, second = [Registration.objects.register(person, date, now=now) for person in crowd]
    Attendance.objects.filter(person=first.person).update(state="absent")
    seat.withdraw(by=seat.person, now=now)
    assert [one.person for one in date.registrations.registered()] == [second.person]


# ---- on pages ----


def test_its_page_says_so_and_offers_no_button(me, hold, date, person, office):
    held = hold(0, persons=[person])
    page = read(me.get(date.get_absolute_url()))
    assert SENTENCE in page.text and "Register" not in page.button_names
    mark(held, person, "here", office)
    page = read(me.get(date.get_absolute_url()))
    assert SENTENCE not in page.text and "Register" in page.button_names


def test_the_workshop_says_for_whom_it_is(client, chat):
    words = "Only for people who were at a session of Bystander Interventions."
    assert words in read(client.get(chat.get_absolute_url())).text
    assert words in read(client.get("/workshops/")).text


@pytest.mark.parametrize("state", ["here", None])
def test_the_page_of_several_dates_asks_attendance_too(me, hold, workshop, chat, date, person, office, state):
    program = Program.objects.create(title="Foundations", slug="foundations", status="published")
    for one in (workshop, chat):
        program.entries.create(workshop=one)
    held = hold(0, persons=[person])
    if state:
        mark(held, person, state, office)
    page = read(me.get("/programs/foundations/registration/"))
    assert (SENTENCE in page.text) == (state is None)
    answer = me.post("/programs/foundations/registration/", {f"date-{chat.pk}": date.code})
    assert Registration.objects.filter(person=person, session=date).exists() == (state == "here")
    assert answer.status_code < 500


# ---- in the office ----


@pytest.mark.parametrize("comes_after", [True, False])
def test_the_office_says_so_where_it_comes_after_something(clerk, workshop, chat, comes_after):
    Workshop.objects.filter(pk=chat.pk).update(needs_attendance=False)
    url = f"/admin/catalog/workshop/{chat.pk}/change/"
    typed = filled_in(clerk, url, "workshop_form") | {
        "needs_attendance": "on",
        "requires": [workshop.pk] if comes_after else [],
    }
    response = clerk.post(url, typed)
    chat.refresh_from_db()
    assert chat.needs_attendance == comes_after
    if not comes_after:
        assert response.status_code == 400
        assert "Choose what it comes after, or take this away: nobody could register." in read(response).text
