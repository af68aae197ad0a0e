"""Overlap is a warning people can accept; another date of the same workshop offers to move the place."""

from datetime import timedelta

import pytest

from accounts.models import Person
from catalog.models import Workshop
from devtools.testing.page import read
from devtools.testing.registering import TYPED, day_of, next_page, register_page
from devtools.testing.signing_in import CODE_PAGE, is_signed_in, mailed_code
from registrations.clash import find_clash
from registrations.models import Registration
from sessions_app.models import MeetingPlan

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(db):
    return Workshop.objects.create(title="Disability and Allyship", slug="disability", status="published")


@pytest.fixture
def booked(make_session, other, person, now):
    """The place of `person` in a session of another workshop at the time of `make_session()`."""
    return Registration.objects.register(person, make_session(workshop=other), now=now)


WARNING = "This overlaps with Disability and Allyship on the same day."


def test_the_form_warns_and_offers_both_ways(me, make_session, booked):
    session = make_session()
    page = read(me.get(register_page(session)))
    assert f"{WARNING} You can still register." in page.text
    assert page.button("Register anyway").sends == {"anyway": "1"}
    assert "Choose another date" in page.text


def test_an_overlap_that_is_not_accepted_registers_nobody(client, people, make_session, other):
    session = make_session()
    (person,) = people(1, name="", role="")
    Registration.objects.register(person, make_session(workshop=other))
    client.force_login(person)
    response = client.post(register_page(session), {"name": "Ada Lovelace", "role": "student"})
    assert response.status_code == 409
    page = read(response)
    assert WARNING in page.text and page.field("Name").value == "Ada Lovelace"
    assert not session.registrations.exists()
    assert Person.objects.get(pk=person.pk).name == ""
    client.post(register_page(session), {"name": "Ada Lovelace", "role": "student", "anyway": "1"})
    assert session.registrations.get().is_registered


def test_a_refusal_is_said_before_a_warning_that_could_be_accepted(me, make_session, booked, now):
    session = make_session()
    type(session).objects.filter(pk=session.pk).update(registration_closes_at=now - timedelta(minutes=1))
    for typed in ({}, {"anyway": "1"}):
        page = read(me.post(register_page(session), typed))
        assert "Registration for this session is closed." in page.text and "overlaps" not in page.everything


def test_register_anyway_registers(me, make_session, booked, person):
    session = make_session()
    assert me.post(register_page(session), {"anyway": "1"}).status_code == 302
    assert session.registrations.get().person == person


def test_another_date_of_the_same_workshop_offers_to_move_the_place(me, make_session, person, now):
    first, second = make_session(), make_session(days=21)
    mine = Registration.objects.register(person, first, now=now)
    page = read(me.get(register_page(second)))
    assert f"You already have a place in this workshop on {day_of(first)}." in page.text
    assert page.link("Move my place to this date") == f"/registrations/{mine.uuid}/transfer/?to={second.code}"
    assert me.post(register_page(second)).status_code == 409
    assert me.post(register_page(second), {"anyway": "1"}).status_code == 302
    assert person.registrations.registered().count() == 2


def test_a_full_date_of_the_same_workshop_offers_both_ways(me, make_session, person, people, now):
    mine = Registration.objects.register(person, make_session(), now=now)
    full = make_session(days=21, minimum=1, capacity=1)
    Registration.objects.register(people(1)[0], full, now=now)
    page = read(me.get(register_page(full)))
    assert "You can move it when a seat opens here, or wait and keep both." in page.text
    assert "Join the waitlist too" in page.text and "Register for both" not in page.everything
    way = f"/registrations/{mine.uuid}/transfer/?to={full.code}"
    assert page.link("Move my place when a seat opens") == way
    me.post(register_page(full), {"anyway": "1"})
    assert sorted(person.registrations.values_list("status", flat=True)) == ["registered", "waitlisted"]


def test_a_waitlisted_date_of_the_same_workshop_is_named_as_such(make_session, people, now):
    full = make_session(minimum=1, capacity=1)
    for person in people(2):
        Registration.objects.register(person, full, now=now)
    clash = find_clash(person, make_session(days=21), now)
    assert str(clash) == f"You are already on the waitlist for this workshop on {day_of(full)}, 1st in line."


def test_an_overlap_is_named_beside_another_date_of_the_workshop(make_session, booked, person, now):
    first = make_session(days=21)
    Registration.objects.register(person, first, now=now)
    clash = find_clash(person, make_session(), now)
    assert clash.is_same_workshop and str(clash) == (
        f"You already have a place in this workshop on {day_of(first)}. "
        "This date overlaps with Disability and Allyship on the same day."
    )


def test_a_second_click_is_no_clash_with_oneself(me, make_session, booked):
    session = make_session()
    me.post(register_page(session), {"anyway": "1"})
    assert me.post(register_page(session)).status_code == 302


def test_of_a_seat_and_a_place_in_line_the_seat_is_named(make_session, people, now):
    full, free = make_session(days=10, minimum=1, capacity=1), make_session(days=20)
    _, person = people(2)
    for one, session in [(_, full), (person, full), (person, free)]:
        Registration.objects.register(one, session, now=now)
    assert find_clash(person, make_session(days=30), now).registration.session == free


@pytest.mark.parametrize("ending", ["withdrawn", "cancelled"])
def test_what_was_left_or_cancelled_clashes_with_nothing(make_session, booked, person, office, now, ending):
    if ending == "withdrawn":
        booked.withdraw(by=person, now=now)
    else:
        booked.session.cancel("Snow.", by=office, now=now)
    assert find_clash(person, make_session(), now) is None


@pytest.mark.parametrize(("minutes", "clashes"), [(-90, False), (-89, True), (0, True), (89, True), (90, False)])
def test_sessions_that_touch_do_not_overlap(make_session, booked, person, now, minutes, clashes):
    starts_at = booked.session.starts_at + timedelta(minutes=minutes)
    plan = MeetingPlan(starts_at, starts_at + timedelta(minutes=90), "America/Chicago")
    assert bool(find_clash(person, make_session(meetings=[plan]), now)) == clashes


def test_meetings_overlap_and_not_the_days_between_them(make_session, other, person, now):
    def plans(*days):
        start = now + timedelta(days=30)
        return [
            MeetingPlan(start + timedelta(days=n), start + timedelta(days=n, hours=1), "America/Chicago") for n in days
        ]

    Registration.objects.register(person, make_session(workshop=other, meetings=plans(0, 14)), now=now)
    assert find_clash(person, make_session(meetings=plans(7)), now) is None
    clash = find_clash(person, make_session(meetings=plans(7, 14)), now)
    assert str(clash).startswith("This overlaps with Disability and Allyship on ")


def test_what_was_typed_signed_out_meets_the_same_warning(client, make_session, booked, person):
    session = make_session()
    client.post(register_page(session), TYPED | {"email": person.email})
    client.post(CODE_PAGE, {"code": mailed_code(person.email)})
    assert is_signed_in(client) and not session.registrations.exists()
    page = next_page(client)
    assert f"{WARNING} You are not registered yet." in page.text
    assert page.link("Decide here") == register_page(session)
