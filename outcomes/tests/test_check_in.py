"""The check-in page: who is to come, who is here, and what a tap does, at once or late."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Person
from devtools.testing.page import read
from outcomes.attended import sheet_of
from outcomes.models import Attendance
from registrations.models import Registration

AS_SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def met_now(hold, now):
    """A session that four people registered for, whose one meeting began an hour ago."""
    session = hold(4)
    session.meetings.update(starts_at=now - timedelta(minutes=60), ends_at=now + timedelta(minutes=30))
    return session


@pytest.fixture
def door(clerk, met_now):
    """door(does=..., who=...) posts to the check-in page; door.path is where that is."""

    def post(**fields):
        headers = fields.pop("headers", None)
        return clerk.post(post.path, fields, headers=headers)

    post.path = reverse("check_in", args=[met_now.code])
    return post


def keys(session) -> list[str]:
    return [f"r-{one.uuid}" for one in session.registrations.registered()]


def here() -> list[str]:
    return sorted(str(said.person or said.name) for said in Attendance.objects.here())


def test_a_tap_says_that_somebody_is_here(door, met_now, clerk):
    who = keys(met_now)[1]
    answer = door(does="here", who=who)
    assert answer.url == f"{door.path}?meeting={met_now.meetings.get().pk}#{who}"
    assert here() == ["Person 2"]
    page = read(clerk.get(door.path))
    assert "1 of 4 here" in page.text
    assert "Here " in page.text


def test_undo_leaves_nothing_said(door, met_now):
    who = keys(met_now)[0]
    door(does="here", who=who)
    for _ in range(2):
        assert door(does="undo", who=who).status_code == 302
    assert not Attendance.objects.exists()


def test_a_script_gets_what_is_said_of_everybody(door, met_now):
    first, second, *_ = keys(met_now)
    door(does="here", who=first)
    told = door(does="here", who=second, headers=AS_SCRIPT).json()
    assert (told["here"], told["tally"], told["others"]) == (2, "of 4 here", "")
    assert [told["lines"][key][0] for key in (first, second)] == ["here", "here"]


def test_a_tap_that_was_kept_is_noted_at_its_time(door, met_now, now):
    door(does="here", who=keys(met_now)[0], age="600", headers=AS_SCRIPT)
    ago = now - Attendance.objects.get().said_at
    assert timedelta(minutes=9) < ago < timedelta(minutes=11)


def test_a_tap_was_made_two_days_ago_at_most(door, met_now, now):
    door(does="here", who=keys(met_now)[0], age="9999999", headers=AS_SCRIPT)
    ago = now - Attendance.objects.get().said_at
    assert abs(ago - timedelta(days=2)) < timedelta(minutes=2)


@pytest.mark.parametrize("age", ["", "-5", "x", "٣", "9" * 40, "1e3"])
def test_an_impossible_age_is_none(door, met_now, now, age):
    assert door(does="here", who=keys(met_now)[0], age=age, headers=AS_SCRIPT).status_code == 200
    assert abs(now - Attendance.objects.get().said_at) < timedelta(minutes=2)


def test_a_late_undo_leaves_what_another_person_said_since(door, met_now, people):
    registration = met_now.registrations.registered().first()
    colleague = people(1, is_staff=True)[0]
    Attendance.objects.mark(met_now.meetings.get(), registration, "here", "check_in", by=colleague)
    told = door(does="undo", who=f"r-{registration.uuid}", age="600", headers=AS_SCRIPT).json()
    assert told["here"] == 1
    assert door(does="undo", who=f"r-{registration.uuid}", headers=AS_SCRIPT).json()["here"] == 0


@pytest.mark.parametrize("who", ["", "r-", "r-1234", "w-", "w-999999", "w-" + "9" * 30, "nobody", "r-\x00"])
@pytest.mark.parametrize("does", ["here", "undo", "", "fly"])
def test_a_tap_on_nobody_is_refused(door, who, does):
    assert door(does=does, who=who).status_code == 400
    assert not Attendance.objects.exists()


def test_a_person_of_another_session_is_not_on_the_list(door, hold):
    assert door(does="here", who=keys(hold(1))[0]).status_code == 400


# ---- people who are not on the list ----


def test_somebody_is_added_by_name(door, met_now, clerk):
    answer = door(does="add", name="Ann Bo", address="")
    assert answer.status_code == 302
    page = read(clerk.get(answer.url))
    assert "Ann Bo is here." in page.text
    assert "0 of 4 here and 1 without a seat" in page.text


def test_somebody_with_an_account_is_added_by_address(door, people):
    guest = people(1)[0]
    door(does="add", name="", address=guest.email)
    assert Attendance.objects.get().person == guest


def test_somebody_added_who_has_a_seat_is_checked_in(door, met_now):
    registration = met_now.registrations.registered().first()
    answer = door(does="add", name="", address=registration.person.email)
    assert answer.url.endswith(f"#r-{registration.uuid}")
    assert Attendance.objects.get().registration == registration


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "", "address": ""}, "Write their name, or the e-mail address of their account."),
        ({"name": "", "address": "nobody@example.org"}, "Nobody here has an account with this address."),
        ({"name": "Ann", "address": "nobody at all"}, "Enter an e-mail address like name@school.edu."),
        ({"name": "x" * 151, "address": ""}, "at most 150 characters"),
    ],
)
def test_who_cannot_be_added_is_said_and_stays_typed(door, typed, sentence):
    answer = door(does="add", **typed)
    assert answer.status_code == 400
    assert sentence in read(answer).text
    assert typed["name"] in read(answer).everything
    told = door(does="add", **typed, headers=AS_SCRIPT)
    assert told.status_code == 400
    assert sentence in told.json()["refused"]


def test_more_people_than_seats_is_said_and_refused_to_nobody(door, met_now):
    met_now.capacity = 4
    met_now.save(update_fields=["capacity"])
    for who in keys(met_now):
        door(does="here", who=who)
    told = door(does="add", name="Ann Bo", headers=AS_SCRIPT).json()
    assert told["warning"] == "5 people are here, and this session has 4 seats."


def test_somebody_who_waited_is_checked_in_as_a_walk_in(door, met_now, people, now):
    person = people(1)[0]
    waited = Registration.objects.create(
        person=person, session=met_now, status="waitlist_closed", position=99, registered_at=now
    )
    told = door(does="here", who=f"r-{waited.uuid}", headers=AS_SCRIPT).json()
    assert (told["here"], told["others"]) == (0, "and 1 without a seat")
    assert Attendance.objects.get().registration is None
    assert door(does="undo", who=f"r-{waited.uuid}", headers=AS_SCRIPT).json()["others"] == ""


# ---- which meeting, and when ----


def test_the_meeting_that_goes_on_is_chosen(clerk, hold, now):
    session = hold(2, meetings=3)
    first, second, third = session.meetings.all()
    path = reverse("check_in", args=[session.code])
    for meeting, begins in ((first, -7), (second, 0), (third, 7)):
        starts_at = now + timedelta(days=begins, minutes=-10)
        type(meeting).objects.filter(pk=meeting.pk).update(
            starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90)
        )
    page = clerk.get(path)
    assert page.context["meeting"] == second
    assert clerk.get(path, {"meeting": first.pk}).context["meeting"] == first
    for garbage in ("x", "0", "٣", "9" * 30, hold(1).meetings.get().pk):
        assert clerk.get(path, {"meeting": garbage}).context["meeting"] == second
    assert clerk.post(path, {"meeting": third.pk, "does": "here", "who": keys(session)[0]}).status_code == 409
    assert not Attendance.objects.exists()


def test_a_session_that_is_not_confirmed_has_nobody_to_check_in(clerk, make_session):
    page = clerk.get(reverse("check_in", args=[make_session().code]))
    assert "There is nobody to check in." in read(page).text


def test_a_tap_that_arrives_after_the_list_is_closed_counts(door, met_now, office, clerk):
    sheet_of(met_now.meetings.get()).close(by=office)
    assert "This list is closed." in read(clerk.get(door.path)).text
    who = keys(met_now)[0]
    assert door(does="here", who=who, age="1200", headers=AS_SCRIPT).json()["here"] == 1
    assert door(does="undo", who=who).status_code == 409
    assert here() == ["Person 1"]


# ---- who sees it ----


def test_the_page_is_for_the_office_alone(door, met_now, client, people):
    own = met_now.registrations.registered().first().person
    helper = people(1, is_staff=True)[0]
    for viewer in (own, helper):
        client.force_login(viewer)
        assert client.get(door.path).status_code == 403
        assert client.post(door.path, {"does": "here", "who": keys(met_now)[0]}).status_code == 403
    client.logout()
    assert client.get(door.path).status_code == 302
    assert not Attendance.objects.exists()


def test_the_page_needs_the_second_factor_of_the_admin(door, clerk, settings):
    settings.OFFICE_SECOND_FACTOR = True
    assert clerk.get(door.path).url == reverse("mfa_index")


def test_names_are_kept_nowhere(door, clerk):
    for headers in ({}, AS_SCRIPT):
        assert "no-store" in clerk.get(door.path, headers=headers)["Cache-Control"]


def test_a_name_is_found_by_name_or_address(clerk, door):
    assert [line.name for line in clerk.get(door.path, {"q": "person3@"}).context["shown"].lines] == ["Person 3"]
    assert "matches “zzz”" in read(clerk.get(door.path, {"q": "zzz"})).text


def test_the_page_asks_as_much_for_few_as_for_many(clerk, hold, now, django_assert_max_num_queries):
    counts = []
    for many in (2, 12):
        session = hold(many)
        session.meetings.update(starts_at=now, ends_at=now + timedelta(minutes=30))
        path = reverse("check_in", args=[session.code])
        for number in range(many // 2):
            Attendance.objects.walk_in(session.meetings.get(), Person.objects.rule(), name=f"Guest {number}")
        clerk.get(path)
        with django_assert_max_num_queries(40) as seen:
            clerk.get(path)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_what_was_typed_of_a_walk_in_survives_every_refusal(door, met_now):
    answer = door(does="dance", name="Robin Hale", address="not an address")
    page = read(answer)
    assert answer.status_code == 400 and "no longer on the list" in page.text
    typed = page.form(id="add").data
    assert (typed["name"], typed["address"]) == (["Robin Hale"], ["not an address"])
