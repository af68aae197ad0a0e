"""Registering for several workshops of a program at once: all of them are given, or none."""

from datetime import timedelta

import pytest

from accounts.models import Campus
from catalog.models import Program, Workshop
from devtools.testing.page import Page, read
from devtools.testing.registering import day_of, join, kinds_of, let_end, next_page
from devtools.testing.signing_in import mailed_code
from foundation.dates import plain_day
from notifications.models import Notice
from registrations.models import Accommodation, PriorAttendance, Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db

PAGE = "/programs/ally-training/registration/"
NONE = "You are registered for none of them yet"


@pytest.fixture
def one_program(db):
    """A published program of three workshops, of which the second comes after the first."""
    one_program = Program.objects.create(title="Ally Training", slug="ally-training", status="published")
    for position, title in enumerate(("Part One", "Part Two", "Pronouns"), 1):
        slug = title.lower().replace(" ", "-")
        workshop = Workshop.objects.create(title=title, slug=slug, status="published")
        one_program.entries.create(workshop=workshop, position=position)
    workshop_of(one_program, 1).requires.add(workshop_of(one_program, 0))
    return one_program


def workshop_of(one_program, number: int) -> Workshop:
    return [entry.workshop for entry in one_program.entries.order_by("position")][number]


@pytest.fixture
def dates_chosen(one_program, make_session):
    """A date of each workshop of the program, a week apart, made last first."""
    made = [make_session(days=14 + 7 * number, workshop=workshop_of(one_program, number)) for number in (2, 1, 0)]
    return made[::-1]


def chosen(*sessions: Session, **more) -> dict:
    """Return what the form posts where these dates are chosen."""
    return {f"date-{session.workshop_id}": session.code for session in sessions} | more


def press(client, *sessions: Session, **more):
    return client.post(PAGE, chosen(*sessions, **more))


def checked(page: Page) -> set[str]:
    """Return the codes that are chosen on the page."""
    return {radio.attribute("value") for radio in page.parts("input[type=radio][checked]")} - {""}


def counts(*sessions: Session) -> list[tuple[int, int]]:
    for session in sessions:
        session.refresh_from_db()
    return [(session.seats_taken, session.waiting_count) for session in sessions]


# ---- all ----


def test_one_press_registers_for_all_that_were_chosen(me, dates_chosen, person):
    response = press(me, *dates_chosen)
    assert (response.status_code, response.url) == (302, PAGE)
    own = Registration.objects.order_by("session__starts_at")
    assert [one.session for one in own] == dates_chosen and {one.status for one in own} == {"registered"}
    assert all(kinds_of(one) == ["registered"] for one in own) and counts(*dates_chosen) == [(1, 0)] * 3
    page = next_page(me, PAGE)
    assert all(f"You’re registered for {one.workshop.title} on {day_of(one)}." in page.text for one in dates_chosen)
    assert page.text.count("Booked for") == 3
    assert "Register" not in page.button_names


def test_what_is_not_chosen_is_not_registered_for(me, dates_chosen):
    assert press(me, dates_chosen[2]).status_code == 302
    assert counts(*dates_chosen) == [(0, 0), (0, 0), (1, 0)]


def test_a_second_press_is_answered_as_the_first_was(me, dates_chosen):
    first, second = press(me, *dates_chosen), press(me, *dates_chosen)
    assert (second.status_code, second.url) == (first.status_code, first.url)
    assert Registration.objects.count() == 3 and Notice.objects.count() == 3


def test_a_later_part_goes_with_the_first_in_one_press(me, dates_chosen):
    assert press(me, dates_chosen[1], dates_chosen[0]).status_code == 302
    assert counts(*dates_chosen) == [(1, 0), (1, 0), (0, 0)]


def test_the_sixth_who_comes_this_way_confirms_each(me, dates_chosen, people):
    crowd = people(5)
    for session in dates_chosen:
        join(session, crowd)
    press(me, *dates_chosen)
    for session in dates_chosen:
        session.settle()
    assert [session.status for session in dates_chosen] == ["confirmed"] * 3
    page = next_page(me, PAGE)
    assert "You’re the sixth." in page.text
    own = Registration.objects.filter(person__email="person1@example.edu")
    assert all("confirmed" in kinds_of(one) for one in own)


# ---- or none ----


def test_a_date_that_filled_up_gives_none_and_keeps_the_choices(me, dates_chosen, people):
    Session.objects.filter(pk=dates_chosen[2].pk).update(minimum=1, capacity=1)
    join(dates_chosen[2], people(1))
    response = press(me, *dates_chosen, needs="An interpreter.")
    page = read(response)
    assert response.status_code == 409 and NONE in page.text
    assert "Pronouns: The last seat of this date has gone." in page.text
    assert page.link("join its waitlist") == f"/sessions/{dates_chosen[2].code}/registration/"
    assert checked(page) == {session.code for session in dates_chosen}
    assert page.field(name="needs").value == "An interpreter."
    assert counts(*dates_chosen) == [(0, 0), (0, 0), (1, 0)] and Notice.objects.count() == 1
    assert not Accommodation.objects.exists()


def test_only_the_date_that_cannot_be_had_is_named(me, dates_chosen, people):
    Session.objects.filter(pk=dates_chosen[0].pk).update(minimum=1, capacity=1)
    join(dates_chosen[0], people(1))
    page = read(press(me, *dates_chosen))
    assert "Part One: The last seat" in page.text and "comes after Part One." not in page.text
    assert "Part Two:" not in page.text and "Pronouns:" not in page.text


CLOSED = {
    "closed": (lambda one, now: {"registration_closes_at": now - timedelta(minutes=1)}, "is closed."),
    "cancelled": (lambda one, now: {"status": "cancelled", "cancelled_at": now}, "was cancelled."),
    "not open yet": (lambda one, now: {"registration_opens_at": now + timedelta(days=1)}, "Registration opens"),
}


@pytest.mark.parametrize("state", CLOSED)
def test_a_date_that_takes_nobody_any_more_is_named_with_its_reason(me, dates_chosen, now, state):
    change, said = CLOSED[state]
    Session.objects.filter(pk=dates_chosen[2].pk).update(**change(dates_chosen[2], now))
    response = press(me, *dates_chosen)
    page = read(response)
    assert response.status_code == 409 and said in page.text and "Pronouns:" in page.text
    assert dates_chosen[2].code in checked(page) and not Registration.objects.exists()


def test_two_dates_at_the_same_time_are_a_warning_to_accept(me, dates_chosen, one_program, make_session):
    beside = make_session(days=14, workshop=workshop_of(one_program, 2))
    response = press(me, dates_chosen[0], beside)
    page = read(response)
    assert response.status_code == 409 and "This overlaps with" in page.text
    assert "Register anyway" in page.button_names and not Registration.objects.exists()
    sent = page.form("Register anyway").data
    assert me.post(PAGE, sent).status_code == 302
    assert counts(dates_chosen[0], beside) == [(1, 0), (1, 0)]


def test_accepting_one_clash_accepts_no_other(me, dates_chosen, one_program, make_session):
    beside = make_session(days=14, workshop=workshop_of(one_program, 2))
    sent = read(press(me, dates_chosen[0], beside)).form("Register anyway").data
    another = make_session(days=21, workshop=workshop_of(one_program, 2))
    response = me.post(PAGE, sent | chosen(*dates_chosen[:2], another))
    assert response.status_code == 409 and "This overlaps with Part Two" in read(response).text
    assert not Registration.objects.exists()


def test_a_clash_with_what_the_person_has_is_a_warning_too(me, dates_chosen, person, make_session, workshop):
    Registration.objects.register(person, make_session(days=28, workshop=workshop))
    page = read(press(me, *dates_chosen))
    assert "Pronouns: This overlaps with Bystander Interventions on the same day." in page.text
    assert me.post(PAGE, page.form("Register anyway").data).status_code == 302


def test_a_date_of_another_campus_is_refused_with_the_way_forward(me, dates_chosen, person):
    person.campus = Campus.objects.create(name="West")
    person.save()
    Session.objects.filter(pk=dates_chosen[2].pk).update(for_campus=Campus.objects.create(name="East"))
    page = read(me.get(PAGE))
    assert "This session is for people at East." in page.text
    response = press(me, *dates_chosen)
    page = read(response)
    assert response.status_code == 409 and "Pronouns: This session is for people at East." in page.text
    assert page.link("your campus in your profile") == "/accounts/profile/"


def test_a_later_part_alone_is_refused_with_what_comes_first(me, dates_chosen):
    response = press(me, dates_chosen[1])
    page = read(response)
    assert response.status_code == 409 and "Part Two: This workshop comes after Part One. Register for" in page.text
    assert not Registration.objects.exists()


def test_nobody_who_waits_for_a_date_is_registered_for_the_others(me, dates_chosen, person, people):
    Session.objects.filter(pk=dates_chosen[2].pk).update(minimum=1, capacity=1)
    join(dates_chosen[2], [*people(1), person])
    response = press(me, *dates_chosen)
    assert response.status_code == 409 and "You are on the waitlist for this date." in read(response).text
    assert Registration.objects.filter(person=person).count() == 1


# ---- what the page shows ----


def test_what_the_person_has_is_said_and_not_asked(me, dates_chosen, person, now):
    own = Registration.objects.register(person, dates_chosen[0])
    PriorAttendance.objects.create(person=person, workshop=dates_chosen[2].workshop)
    page = read(me.get(PAGE))
    day = plain_day(dates_chosen[0].starts_at, dates_chosen[0].time_zone, now.year)
    assert page.link(f"Booked for {day}") == own.get_absolute_url() and "Done: taken elsewhere" in page.text
    assert [name for name in page.field_names if name.startswith("date-")] == [f"date-{dates_chosen[1].workshop_id}"]


def test_a_place_in_line_is_said_and_not_asked(me, dates_chosen, person, people):
    Session.objects.filter(pk=dates_chosen[2].pk).update(minimum=1, capacity=1)
    join(dates_chosen[2], [*people(1), person])
    page = read(me.get(PAGE))
    assert "On the waitlist for" in page.text and f"date-{dates_chosen[2].workshop_id}" not in page.field_names


def test_what_counts_as_the_first_part_opens_the_second(me, dates_chosen, person):
    old = Workshop.objects.create(title="Old", slug="old", status="published", successor=dates_chosen[0].workshop)
    PriorAttendance.objects.create(person=person, workshop=old)
    page = read(me.get(PAGE))
    assert "Done: taken elsewhere, as Old" in page.text and "Comes after" not in page.text
    assert press(me, dates_chosen[1]).status_code == 302


def test_what_was_taken_too_long_ago_is_said_and_asked(me, dates_chosen, person, one_program, now):
    Registration.objects.register(person, dates_chosen[2])
    let_end(dates_chosen[2], now - timedelta(days=90))
    held = {"status": "completed", "confirmed_at": now, "confirmed_count": 6, "confirmed_minimum": 6}
    Session.objects.filter(pk=dates_chosen[2].pk).update(**held)
    Program.objects.update(rule="all", within_months=1)
    page = read(me.get(PAGE))
    assert "which is too long ago to count" in page.text and "No dates yet." in page.text


def test_each_date_says_its_meter_and_a_full_one_leads_to_its_waitlist(me, dates_chosen, people):
    Session.objects.filter(pk=dates_chosen[2].pk).update(minimum=1, capacity=1)
    join(dates_chosen[2], people(1))
    page = read(me.get(PAGE))
    assert "0 of 6" in page.text and "No seat is free." in page.text
    assert page.link("Join its waitlist") == f"/sessions/{dates_chosen[2].code}/registration/"
    assert f"date-{dates_chosen[2].workshop_id}" not in page.field_names


def test_a_workshop_of_another_role_is_not_asked(me, dates_chosen):
    Workshop.objects.filter(pk=dates_chosen[2].workshop_id).update(for_staff=False)
    page = read(me.get(PAGE))
    assert page.link("your role in your profile") and f"date-{dates_chosen[2].workshop_id}" not in page.field_names


def test_a_workshop_without_dates_is_told_of(me, one_program):
    page = read(me.get(PAGE))
    assert page.text.count("No dates yet.") == 3 and "Register" not in page.button_names
    assert "/workshops/pronouns/interest/" in page.addresses


def test_a_date_that_is_chosen_in_the_address_is_chosen(me, dates_chosen):
    assert checked(read(me.get(f"{PAGE}?date={dates_chosen[0].code}&date={dates_chosen[2].code}&date=nope%00"))) == {
        dates_chosen[0].code,
        dates_chosen[2].code,
    }


def test_a_draft_program_is_not_there(me, one_program):
    Program.objects.update(status="draft")
    assert me.get(PAGE).status_code == me.post(PAGE).status_code == 404


# ---- shape ----


def test_nothing_chosen_says_so(me, dates_chosen):
    response = me.post(PAGE)
    assert response.status_code == 422 and "Choose a date of at least one workshop" in read(response).text


def test_nothing_chosen_is_said_beside_what_else_is_missing(me, dates_chosen, person):
    person.name = ""
    person.save()
    page = read(me.post(PAGE))
    assert "Choose a date of at least one workshop" in page.text and "Enter your name" in page.text
    assert "Only the people who arrange access read this." in page.text


@pytest.mark.parametrize("code", ["nope", "a\x00b", "é" * 500, "zzzzzzzz"])
def test_a_date_that_is_none_says_so_and_keeps_the_others(me, dates_chosen, code):
    response = me.post(PAGE, chosen(dates_chosen[0]) | {f"date-{dates_chosen[2].workshop_id}": code})
    page = read(response)
    assert response.status_code == 422 and "Choose one of these dates, or “Not now”" in page.text
    assert checked(page) == {dates_chosen[0].code} and not Registration.objects.exists()


def test_the_date_of_another_workshop_is_none(me, dates_chosen):
    assert me.post(PAGE, {f"date-{dates_chosen[2].workshop_id}": dates_chosen[0].code}).status_code == 422


# ---- profile and sign-in ----


def test_what_the_profile_lacks_is_asked_and_decides(me, dates_chosen, person):
    person.role = person.name = ""
    person.save()
    page = read(me.get(PAGE))
    assert {"role", "name", "needs"} <= page.field_names
    response = press(me, *dates_chosen)
    assert response.status_code == 422 and checked(read(response)) == {one.code for one in dates_chosen}
    assert press(me, *dates_chosen, role="faculty", name="Ada Lovelace", needs="An interpreter.").status_code == 302
    person.refresh_from_db()
    assert (person.name, person.role) == ("Ada Lovelace", "faculty")
    assert Accommodation.objects.count() == 3


def test_a_profile_is_not_written_where_nothing_is_given(me, dates_chosen, person):
    person.role = person.name = ""
    person.save()
    Workshop.objects.filter(pk=dates_chosen[2].workshop_id).update(for_students=False)
    response = press(me, *dates_chosen, role="student", name="Ada Lovelace")
    assert response.status_code == 409 and "Pronouns: This workshop is for" in read(response).text
    person.refresh_from_db()
    assert (person.name, person.role) == ("", "") and not Registration.objects.exists()


def test_signed_out_one_signs_in_and_comes_back_to_what_was_chosen(client, dates_chosen):
    page = read(client.get(PAGE))
    assert "Sign in and register" in page.button_names and "needs" not in page.field_names
    response = press(client, dates_chosen[0], dates_chosen[2])
    assert response.status_code == 302 and response.url.startswith("/accounts/login/")
    form = read(client.get(response.url)).form("Send me a code")
    response = client.post(response.url, form.data | {"email": "new@example.edu"})
    form = read(client.get(response.url)).form("Sign in")
    response = client.post(response.url, form.data | {"code": mailed_code("new@example.edu")})
    page = next_page(client, response.url)
    assert checked(page) == {dates_chosen[0].code, dates_chosen[2].code} and {"name", "role"} <= page.field_names
    sent = page.form("Register").data | {"name": "Ada Lovelace", "role": "staff"}
    assert client.post(PAGE, sent).status_code == 302
    assert Registration.objects.registered().count() == 2


def test_nothing_is_registered_by_looking(me, dates_chosen):
    me.get(f"{PAGE}?date={dates_chosen[0].code}")
    me.head(PAGE)
    assert not Registration.objects.exists()


# ---- queries ----


@pytest.mark.parametrize("many", [1, 4, 12])
def test_the_page_makes_the_same_queries_for_any_number(me, one_program, make_session, many, django_assert_num_queries):
    for number in range(many):
        workshop = Workshop.objects.create(title=f"More {number}", slug=f"more-{number}", status="published")
        workshop.requires.add(workshop_of(one_program, 0))
        one_program.entries.create(workshop=workshop, position=10 + number)
        make_session(days=20 + number, workshop=workshop)
        make_session(days=50 + number, workshop=workshop)
    me.get(PAGE)
    with django_assert_num_queries(16):
        me.get(PAGE)
