"""Who may register: audiences, campus, workshops before it, and when. Each refusal has a way forward."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import Campus, Person
from catalog.models import Program, Workshop
from devtools.testing.mail_reader import read_mail
from devtools.testing.office_pages import agree, filled_in
from devtools.testing.page import read
from devtools.testing.registering import NEWCOMER, TYPED, kinds_of, next_page, register_page
from devtools.testing.signing_in import CODE_PAGE, mailed_code
from notifications.outbox.compose import write_mail
from outcomes.models import Attendance
from registrations import eligibility
from registrations.models import PriorAttendance, Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def east(db):
    return Campus.objects.create(name="East")


@pytest.fixture
def first_part(workshop):
    """A workshop that `workshop` comes after."""
    first = Workshop.objects.create(title="Implicit Bias", slug="implicit-bias", status="published")
    workshop.requires.add(first)
    return first


# ---- campus ----

CAMPUS = "This session is for people at East. If that is you, set your campus in your profile."


def test_a_session_of_one_campus_is_for_its_people(make_session, people, east, now):
    session = make_session(for_campus=east)
    at_east, elsewhere = people(1, campus=east) + people(1, campus=Campus.objects.create(name="West"))
    assert Registration.objects.register(at_east, session, now=now).is_registered
    with pytest.raises(Registration.NotEligible, match=CAMPUS):
        Registration.objects.register(elsewhere, session, now=now)


def test_the_form_asks_for_the_campus_only_where_it_decides(me, make_session, east, person):
    assert "campus" not in read(me.get(register_page(make_session()))).field_names
    session = make_session(days=20, for_campus=east)
    assert "campus" in read(me.get(register_page(session))).field_names
    response = me.post(register_page(session))
    assert response.status_code == 409 and CAMPUS in read(response).text
    assert me.post(register_page(session), {"campus": east.pk}).status_code == 302
    person.refresh_from_db()
    assert person.campus == east and session.registrations.get().person == person


def test_a_newcomer_says_their_campus_and_is_registered_by_the_code(client, make_session, east):
    session = make_session(for_campus=east)
    assert CAMPUS in read(client.post(register_page(session), TYPED)).text
    client.post(register_page(session), TYPED | {"campus": east.pk})
    client.post(CODE_PAGE, {"code": mailed_code(NEWCOMER)})
    assert Registration.objects.get().person.campus == east


def test_the_session_page_names_the_campus(client, make_session, east):
    assert "Everyone at East" in read(client.get(make_session(for_campus=east).get_absolute_url())).text


# ---- workshops before it ----

BEFORE = "This workshop comes after Implicit Bias"


def test_a_later_part_needs_an_earlier_date_of_the_first(make_session, first_part, person, now):
    session = make_session(days=20)
    with pytest.raises(Registration.NotEligible, match=BEFORE):
        Registration.objects.register(person, session, now=now)
    Registration.objects.register(person, make_session(days=25, workshop=first_part), now=now)
    with pytest.raises(Registration.NotEligible, match=BEFORE):
        Registration.objects.register(person, session, now=now)
    Registration.objects.register(person, make_session(days=15, workshop=first_part), now=now)
    assert Registration.objects.register(person, session, now=now).is_registered


def test_the_seat_of_another_person_does_not_count(make_session, first_part, people, now):
    one, other = people(2)
    Registration.objects.register(one, make_session(days=15, workshop=first_part), now=now)
    with pytest.raises(Registration.NotEligible, match=BEFORE):
        Registration.objects.register(other, make_session(days=20), now=now)


@pytest.mark.parametrize("place", ["waitlisted", "withdrawn"])
def test_a_place_in_line_or_given_up_does_not_count(make_session, first_part, people, now, place):
    full = make_session(days=15, workshop=first_part, minimum=1, capacity=1)
    _, person = people(2)
    if place == "waitlisted":
        Registration.objects.register(_, full, now=now)
        Registration.objects.register(person, full, now=now)
    else:
        Registration.objects.register(person, full, now=now).withdraw(by=person, now=now)
    with pytest.raises(Registration.NotEligible, match=BEFORE):
        Registration.objects.register(person, make_session(days=20), now=now)


def test_taken_elsewhere_counts(make_session, first_part, person, now):
    PriorAttendance.objects.create(person=person, workshop=first_part)
    assert Registration.objects.register(person, make_session(), now=now).is_registered


@pytest.fixture
def renamed(first_part):
    """What counted as `first_part` before last: it counts as a workshop that counts as `first_part`."""
    older = Workshop.objects.create(title="Unconscious Bias", slug="unconscious", successor=first_part)
    return Workshop.objects.create(title="Hidden Bias", slug="hidden", status="published", successor=older)


def test_taken_elsewhere_under_an_earlier_name_counts(make_session, renamed, person, now):
    PriorAttendance.objects.create(person=person, workshop=renamed)
    assert Registration.objects.register(person, make_session(), now=now).is_registered


def test_a_seat_in_what_counts_as_it_counts(make_session, renamed, people, now):
    session, earlier = make_session(), make_session(days=7, workshop=renamed)
    one, other = people(2)
    Registration.objects.register(one, earlier, now=now)
    assert set(eligibility.people_for(session)) == {one}
    assert Registration.objects.register(one, session, now=now).is_registered
    with pytest.raises(Registration.NotEligible, match=BEFORE):
        Registration.objects.register(other, session, now=now)


def test_the_successor_does_not_count_as_what_it_followed(make_session, first_part, person, now):
    first_part.successor = Workshop.objects.create(title="Bias Today", slug="bias-today", status="published")
    first_part.save()
    PriorAttendance.objects.create(person=person, workshop=first_part.successor)
    with pytest.raises(Registration.NotEligible, match=BEFORE):
        Registration.objects.register(person, make_session(), now=now)
    assert not eligibility.people_for(make_session(days=20)).exists()


def test_a_workshop_after_none_asks_one_thing(session, person, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert eligibility.missing_workshops(person, session.workshop, session.starts_at) == []


def test_two_workshops_before_it_are_both_named(make_session, first_part, workshop, person, now):
    workshop.requires.add(Workshop.objects.create(title="Microaggressions", slug="micro", status="published"))
    with pytest.raises(Registration.NotEligible, match="comes after Implicit Bias and Microaggressions."):
        Registration.objects.register(person, make_session(), now=now)


def test_a_refused_form_says_so_signed_in_and_after_the_code(me, make_session, first_part):
    session = make_session()
    response = me.post(register_page(session))
    assert response.status_code == 409 and BEFORE in read(response).text
    newcomer = Client()
    assert newcomer.post(register_page(session), TYPED).status_code == 302
    newcomer.post(CODE_PAGE, {"code": mailed_code(NEWCOMER)})
    assert BEFORE in next_page(newcomer).text
    assert not Registration.objects.exists()


def test_the_workshop_page_says_what_it_comes_after(client, workshop, first_part):
    page = read(client.get(workshop.get_absolute_url()))
    assert "Comes after Implicit Bias" in page.text and page.link("Implicit Bias") == "/workshops/implicit-bias/"


def test_the_office_marks_a_workshop_as_taken_elsewhere(client, office, person, first_part):
    client.force_login(office)
    add = reverse("admin:registrations_priorattendance_add")
    typed = {"email": "PERSON1@example.edu", "workshop": first_part.pk, "note": "At Northside in 2025"}
    assert client.post(add, typed).status_code == 302
    taken = PriorAttendance.objects.get()
    assert (taken.person, taken.workshop, taken.note) == (person, first_part, "At Northside in 2025")
    assert LogEntry.objects.get(content_type__model="priorattendance").user == office
    response = client.post(add, typed)
    assert response.status_code == 400 and "already marked as having taken" in read(response).text
    assert "Nobody has this address" in read(client.post(add, typed | {"email": "nobody@example.edu"})).text
    assert client.get(reverse("admin:registrations_priorattendance_changelist")).status_code == 200
    assert client.get(reverse("admin:registrations_priorattendance_change", args=[taken.pk])).status_code == 200


def test_workshops_cannot_come_after_each_other(client, office, workshop, first_part):
    third = Workshop.objects.create(title="Third", slug="third")
    third.requires.add(workshop)
    client.force_login(office)
    url = reverse("admin:catalog_workshop_change", args=[first_part.pk])
    typed = filled_in(client, url, "workshop_form", requires=[third.pk])
    response = client.post(url, typed)
    assert response.status_code == 400
    circle = f"{first_part} comes after Third, which comes after {workshop}, which comes after {first_part}."
    assert circle in read(response).text
    assert not first_part.requires.exists()


# ---- when ----


def test_registering_begins_when_it_is_said_to(client, make_session, person, now):
    opens_at = now + timedelta(days=2)
    session = make_session(registration_opens_at=opens_at)
    with pytest.raises(Registration.NotOpenYet, match="Registration opens on .* Come back then."):
        Registration.objects.register(person, session, now=now)
    page = read(client.get(session.get_absolute_url()))
    assert "Registration opens on" in page.text and register_page(session) not in page.everything
    response = client.post(register_page(session), TYPED)
    assert response.status_code == 409 and "Come back then." in read(response).text
    assert Registration.objects.register(person, session, now=opens_at).is_registered
    assert not Session.objects.joinable(now).exists() and Session.objects.joinable(opens_at).get() == session


def test_a_window_that_never_opens_is_not_published(make_session, office, now):
    session = make_session(published=False)
    session.registration_opens_at = session.registration_closes_at
    with pytest.raises(Session.Incomplete, match="Registration opens before it closes."):
        session._refuse_incomplete(now)


# ---- what attendance says of what comes first ----

HERE, ABSENT = Attendance.State.HERE, Attendance.State.ABSENT


def mark(session, person, office, *states) -> None:
    registration = session.registrations.get(person=person)
    for meeting, state in zip(session.meetings.all(), states, strict=False):
        Attendance.objects.mark(meeting, registration, state, "roster", by=office)


@pytest.mark.parametrize(
    ("states", "may"),
    [((), True), ((HERE,), True), ((ABSENT,), True), ((ABSENT, HERE), True), ((ABSENT, ABSENT), False)],
)
def test_who_missed_all_of_the_first_part_has_not_taken_it(
    hold, make_session, first_part, person, office, now, states, may
):
    mark(hold(0, persons=[person], meetings=2, workshop=first_part), person, office, *states)
    session = make_session(days=20)
    assert bool(eligibility.lacking(person, session)) != may
    assert (person in eligibility.people_for(session)) == may
    if may:
        assert Registration.objects.register(person, session, now=now).is_registered
    else:
        with pytest.raises(Registration.NotEligible, match=BEFORE):
            Registration.objects.register(person, session, now=now)


def test_who_walked_into_the_first_part_has_taken_it(hold, make_session, first_part, people, office, now):
    held, guest = hold(1, workshop=first_part), people(1)[0]
    Attendance.objects.walk_in(held.meetings.get(), office, person=guest)
    session = make_session(days=20)
    assert Registration.objects.register(guest, session, now=now).is_registered
    assert guest in eligibility.people_for(session)


def test_an_absence_of_somebody_else_costs_nobody_a_later_part(hold, make_session, first_part, people, office, now):
    one, other = people(2)
    mark(hold(0, persons=[one, other], workshop=first_part), one, office, ABSENT)
    again = hold(0, persons=[one], workshop=first_part)
    session = make_session(days=20)
    assert set(eligibility.people_for(session)) == {one, other}
    mark(again, one, office, ABSENT)
    assert set(eligibility.people_for(session)) == {other}
    assert not eligibility.lacking(other, session) and eligibility.lacking(one, session) == [first_part]


@pytest.mark.parametrize("state", [HERE, ABSENT])
def test_the_page_of_several_dates_goes_by_attendance(
    me, hold, make_session, first_part, workshop, person, office, state
):
    program = Program.objects.create(title="Foundations", slug="foundations", status="published")
    for one in (first_part, workshop):
        program.entries.create(workshop=one)
    mark(hold(0, persons=[person], workshop=first_part), person, office, state)
    date = make_session(days=20)
    page = read(me.get("/programs/foundations/registration/"))
    assert ("This comes after Implicit Bias" in page.text) == (state == ABSENT)
    me.post("/programs/foundations/registration/", {f"date-{workshop.pk}": date.code})
    assert Registration.objects.filter(person=person, session=date).exists() == (state == HERE)


# ---- no longer eligible ----


@pytest.fixture
def seats(make_session, people, now):
    """Two people for one seat; the first has it."""
    session = make_session(minimum=1, capacity=1)
    return [Registration.objects.register(person, session, now=now) for person in people(2)]


def profile(person: Person, **changes) -> dict:
    return {"name": person.name, "role": person.role, "pronouns": ""} | changes


def test_a_profile_that_costs_a_seat_needs_a_yes_to_it(client, seats, make_session, now):
    Workshop.objects.update(for_students=False)
    person, code = seats[0].person, seats[0].session.code
    client.force_login(person)
    wanted = profile(person, role="student", name="New Name")
    for said in ({}, {"gives_up": ""}, {"gives_up": "abcdefgh"}):
        response = client.post("/accounts/profile/", wanted | said)
        page = read(response)
        assert response.status_code == 409
        assert "This would cost you a seat." in page.text and str(seats[0].session) in page.text
        assert page.field(name="gives_up").value == code
        assert page.field("Name").value == "New Name"
    person.refresh_from_db()
    seats[0].refresh_from_db()
    assert (person.role, person.name, seats[0].status) == ("staff", "Person 1", "registered")
    another = Registration.objects.register(person, make_session(days=30), now=now)
    assert client.post("/accounts/profile/", wanted | {"gives_up": code}).status_code == 409
    codes = f"{code},{another.session.code}"
    assert client.post("/accounts/profile/", wanted | {"gives_up": codes}).status_code == 302
    person.refresh_from_db()
    assert (person.role, person.registrations.registered().count()) == ("student", 0)


def test_another_campus_is_asked_about_too(client, person, make_session, east, now):
    person.campus = east
    person.save()
    place = Registration.objects.register(person, make_session(for_campus=east), now=now)
    client.force_login(person)
    assert client.post("/accounts/profile/", profile(person)).status_code == 409
    yes = profile(person, gives_up=place.session.code)
    assert client.post("/accounts/profile/", yes).status_code == 302
    place.refresh_from_db()
    assert place.status == "withdrawn"


def test_who_changes_to_another_role_frees_the_seat_for_the_next(client, seats):
    Workshop.objects.update(for_students=False)
    client.force_login(seats[0].person)
    yes = {"gives_up": seats[0].session.code}
    client.post("/accounts/profile/", profile(seats[0].person, role="student") | yes)
    for registration, status in zip(seats, ["withdrawn", "registered"], strict=True):
        registration.refresh_from_db()
        assert registration.status == status
    assert kinds_of(seats[0]) == ["registered", "withdrawn"] and kinds_of(seats[1]) == ["waitlisted", "promoted"]
    assert "This workshop is for faculty" in seats[0].notices.get(kind="withdrawn").facts["why"]
    entry = LogEntry.objects.get(content_type__model="registration")
    assert entry.user == Person.objects.rule() and "no longer eligible" in entry.get_change_message()


def test_who_waits_and_changes_role_is_skipped_and_not_dropped(client, seats, now):
    Workshop.objects.update(for_students=False)
    client.force_login(seats[1].person)
    client.post("/accounts/profile/", profile(seats[1].person, role="student"))
    seats[0].withdraw(by=seats[0].person, now=now)
    seats[1].refresh_from_db()
    assert seats[1].is_waitlisted


def test_a_change_that_decides_nothing_keeps_the_seat(client, seats):
    client.force_login(seats[0].person)
    client.post("/accounts/profile/", profile(seats[0].person, role="faculty", pronouns="she/her"))
    seats[0].refresh_from_db()
    assert seats[0].is_registered


def test_who_is_switched_off_frees_the_seat(client, office, seats):
    client.force_login(office)
    person = seats[0].person
    url = reverse("admin:accounts_person_change", args=[person.pk])
    typed = filled_in(client, url, "person_form")
    typed.pop("is_active")
    assert agree(client, url, typed, "Person 1 loses the seat").status_code == 302
    for registration, status in zip(seats, ["withdrawn", "registered"], strict=True):
        registration.refresh_from_db()
        assert registration.status == status


def test_who_was_in_a_held_session_keeps_that(seats, now):
    Workshop.objects.update(for_staff=False)
    seats[0].disqualify(now=seats[0].session.starts_at)
    seats[0].refresh_from_db()
    assert seats[0].is_registered


# ---- a narrower audience ----


def narrow(clerk, workshop, *fields, **typed):
    """Save the workshop in the admin with these audiences switched off."""
    url = reverse("admin:catalog_workshop_change", args=[workshop.pk])
    data = filled_in(clerk, url, "workshop_form", **typed)
    for field in fields:
        data.pop(field)
    return clerk.post(url, data)


def test_an_audience_that_costs_seats_needs_a_yes_to_them(clerk, office, seats, workshop):
    asked = narrow(clerk, workshop, "for_staff")
    assert asked.status_code == 400
    assert "One seat in sessions to come is taken by somebody this workshop would no longer be for." in read(asked).text
    workshop.refresh_from_db()
    assert workshop.for_staff and seats[0].session.registrations.registered().get() == seats[0]
    assert narrow(clerk, workshop, "for_staff", agreed="a yes to something else").status_code == 400
    agreed = read(asked).field(name="agreed").attributes["value"]
    assert narrow(clerk, workshop, "for_staff", agreed=agreed).status_code == 302
    workshop.refresh_from_db()
    assert not workshop.for_staff
    seats[0].refresh_from_db()
    assert seats[0].status == "withdrawn"
    mail = write_mail(seats[0].notices.get(kind="withdrawn"))
    for words in read_mail(mail).bodies:
        assert "because it is not open to you any more. This workshop is for faculty" in words
        assert "account" not in words
    entries = LogEntry.objects.filter(content_type__model="workshop")
    assert [(entry.user, entry.change_message) for entry in entries] == [
        (office, "For faculty, residents and fellows, students, others; before for everyone.")
    ]


def test_the_seat_goes_to_the_next_eligible_person(clerk, seats, workshop, people, now):
    professor = people(1, role="faculty")[0]
    third = Registration.objects.register(professor, seats[0].session, now=now)
    workshop.admit(["faculty"], by=professor, now=now)
    for registration, status in zip([*seats, third], ["withdrawn", "waitlisted", "registered"], strict=True):
        registration.refresh_from_db()
        assert registration.status == status
    seats[0].session.refresh_from_db()
    assert (seats[0].session.seats_taken, seats[0].session.waiting_count) == (1, 1)


def test_somebody_without_a_role_counts_as_other(workshop, people, make_session, office, now):
    place = Registration.objects.register(people(1, role="")[0], make_session(), now=now)
    roles = ["faculty", "staff", "resident", "student"]
    assert workshop.seats_of_others(roles, now) == 1
    workshop.admit(roles, by=office, now=now)
    place.refresh_from_db()
    assert place.status == "withdrawn"


def test_an_audience_that_costs_nobody_a_seat_is_saved_at_once(clerk, seats, workshop):
    assert narrow(clerk, workshop, "for_students").status_code == 302
    workshop.refresh_from_db()
    assert not workshop.for_students
    seats[0].refresh_from_db()
    assert seats[0].is_registered


def test_who_was_in_a_session_that_has_started_keeps_the_seat(seats, workshop, office, now):
    then = seats[0].session.starts_at
    assert workshop.seats_of_others([], then) == 0
    workshop.admit(["faculty"], by=office, now=then)
    seats[0].refresh_from_db()
    assert seats[0].is_registered


def test_the_same_audience_again_changes_nothing(seats, workshop, office, now):
    workshop.admit(Workshop.AUDIENCE_FIELDS, by=office, now=now)
    assert not LogEntry.objects.filter(content_type__model="workshop").exists()


# ---- everybody at once ----


def test_people_for_a_session_are_those_who_may_register(make_session, workshop, people, now):
    campus, elsewhere = [Campus.objects.create(name=name) for name in ("Downtown", "Uptown")]
    before = Workshop.objects.create(title="Basics", slug="basics", status="published")
    workshop.requires.add(before)
    workshop.for_students = workshop.for_others = False
    workshop.save()
    earlier, session = make_session(days=7, workshop=before, minimum=1), make_session(for_campus=campus)
    later = make_session(days=30, workshop=before, minimum=1)
    fit = people(6, campus=campus)
    others = [
        *people(1, campus=elsewhere),
        *people(1),
        *people(1, campus=campus, role=Person.Role.STUDENT),
        *people(1, campus=campus, role=""),
        *people(1, campus=campus, is_active=False),
    ]
    for person in [*fit[:3], *others]:
        Registration.objects.create(
            person=person,
            session=earlier,
            status="registered",
            position=earlier.registrations.count() + 1,
            registered_at=now,
            seated_at=now,
        )
    Registration.objects.filter(person=fit[2]).update(status="withdrawn", withdrawn_at=now)
    Registration.objects.register(fit[3], later, now=now)
    PriorAttendance.objects.create(person=fit[4], workshop=before)
    expected = {person for person in Person.objects.all() if not eligibility.why_not(person, session)}
    assert expected == {fit[0], fit[1], fit[4]}
    assert set(eligibility.people_for(session)) == expected
