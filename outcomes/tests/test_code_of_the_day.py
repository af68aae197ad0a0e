"""The code of the day: when it works, for whom, and what is said where it does not."""

from datetime import timedelta

import pytest
from django.urls import reverse

from devtools.testing.page import get, read
from outcomes.checking_in.code_of_the_day import ALPHABET, code_of, find, in_halves, works
from outcomes.models import Attendance

PATH = "/check-in/"


@pytest.fixture(autouse=True)
def no_wrong_codes(fresh_cache):
    """Nobody has tried a code yet."""


@pytest.fixture
def going_on(hold, person, now):
    """A session of `person` and two others that began ten minutes ago; its meeting has `session`."""
    session = hold(2, persons=[person])
    move(session, now)
    return session.meetings.get()


def move(session, now, minutes: int = -10) -> None:
    starts_at = now + timedelta(minutes=minutes)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=90)}
    session.meetings.update(**times)
    type(session).objects.filter(pk=session.pk).update(status="confirmed", **times)


def test_a_code_has_six_characters_that_nobody_mixes_up(going_on):
    code = code_of(going_on)
    assert len(code) == 6
    assert set(code) <= set(ALPHABET)
    assert not set(ALPHABET) & set("BDILOQSUVZ01258")


@pytest.mark.parametrize(
    ("minutes", "is_on"), [(16, False), (15, True), (0, True), (-90, True), (-149, True), (-150, False)]
)
def test_a_code_works_from_before_the_meeting_until_an_hour_after(going_on, now, minutes, is_on):
    going_on.starts_at = now + timedelta(minutes=minutes)
    going_on.ends_at = going_on.starts_at + timedelta(minutes=90)
    assert works(going_on, now) is is_on


@pytest.mark.parametrize("spell", [str, str.lower, in_halves, lambda code: f" {code[:2]}-{code[2:]} "])
def test_a_person_checks_in_with_the_code_however_it_is_typed(me, going_on, person, spell):
    answer = me.post(PATH, {"code": spell(code_of(going_on))})
    registration = going_on.session.registrations.get(person=person)
    assert answer.url == registration.get_absolute_url()
    said = Attendance.objects.get()
    assert (said.registration, said.state, said.source, said.said_by) == (registration, "here", "code", person)
    me.post(PATH, {"code": code_of(going_on)})
    assert Attendance.objects.count() == 1
    assert "You are checked in." in get(me, answer.url).text


def test_looking_writes_nothing_and_tells_no_code(me, going_on):
    right, wrong = (me.get(f"{PATH}{code}/") for code in (code_of(going_on), "AAAAAA"))
    assert read(right).text.replace(code_of(going_on), "") == read(wrong).text.replace("AAAAAA", "")
    assert read(right).button("I’m here")
    assert not Attendance.objects.exists()


def test_the_qr_code_leads_to_the_button(clerk, going_on, settings):
    page = clerk.get(reverse("code_of_the_day", args=[going_on.session.code]))
    assert read(page).parts(".q-wall svg path")
    assert in_halves(code_of(going_on)) in read(page).text
    assert page.context["address"].endswith("/check-in/")


def test_a_code_of_another_day_is_told_to_those_who_were_there(me, hold, person, now):
    yesterday, tomorrow = hold(1, persons=[person]).meetings.get(), hold(1, persons=[person])
    move(tomorrow, now, minutes=24 * 60)
    late = me.post(PATH, {"code": code_of(yesterday)})
    early = me.post(PATH, {"code": code_of(tomorrow.meetings.get())})
    assert (late.status_code, early.status_code) == (400, 400)
    assert "This was the code of" in read(late).text
    assert "It works from" in read(early).text
    assert not Attendance.objects.exists()


def test_the_code_of_yesterday_does_not_work_at_todays_meeting_of_the_session(me, hold, person, now):
    session = hold(1, meetings=2, persons=[person])
    first, second = session.meetings.all()
    starts_at = now - timedelta(minutes=10)
    session.meetings.filter(pk=second.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90))
    assert code_of(first) != code_of(second)
    assert me.post(PATH, {"code": code_of(first)}).status_code == 400
    assert not Attendance.objects.exists()
    assert me.post(PATH, {"code": code_of(second)}).status_code == 302
    assert Attendance.objects.get().meeting == second


def test_a_code_of_another_day_is_no_code_to_others(me, hold):
    answer = me.post(PATH, {"code": code_of(hold(1).meetings.get())})
    assert "This is not the code." in read(answer).text


def test_a_person_without_a_seat_is_sent_to_the_door(client, people, going_on):
    client.force_login(people(1)[0])
    answer = client.post(PATH, {"code": code_of(going_on)})
    assert answer.status_code == 409
    assert "ask the person at the door to add you" in read(answer).text
    assert not Attendance.objects.exists()


def test_a_person_who_waits_for_a_seat_is_sent_to_the_door(client, people, going_on, now):
    waiting = people(1)[0]
    going_on.session.registrations.create(person=waiting, status="waitlist_closed", position=99, registered_at=now)
    client.force_login(waiting)
    answer = client.post(PATH, {"code": code_of(going_on)})
    assert answer.status_code == 409
    assert "You waited for a seat" in read(answer).text


def test_wrong_codes_are_few(me, going_on):
    answers = [me.post(PATH, {"code": f"AAAA{one}{two}"}).status_code for one in "ACEFG" for two in "ACE"]
    assert answers == [400] * 10 + [429] * 5
    right = me.post(PATH, {"code": code_of(going_on)})
    assert right.status_code == 429
    assert not Attendance.objects.exists()


def test_right_codes_are_not_counted(me, going_on):
    for _ in range(12):
        assert me.post(PATH, {"code": code_of(going_on)}).status_code == 302


@pytest.mark.parametrize("typed", ["", " ", "\x00", "🦊" * 6, "A" * 10_000, "AC3\n", "ＡＣ３４６７"])
def test_what_is_no_code_is_refused(me, going_on, typed):
    assert me.post(PATH, {"code": typed}).status_code == 400
    assert not Attendance.objects.exists()


def test_what_the_office_said_is_not_changed_by_the_code(me, going_on, person, office):
    registration = going_on.session.registrations.get(person=person)
    Attendance.objects.mark(going_on, registration, "absent", "roster", by=office)
    answer = me.post(PATH, {"code": code_of(going_on)}, follow=True)
    assert "The office has noted that you were not here." in read(answer).text
    assert Attendance.objects.get().is_absent


def test_a_cancelled_session_has_no_code(going_on, person, now):
    type(going_on.session).objects.update(status="cancelled")
    assert find(person, code_of(going_on), now).meeting is None


@pytest.mark.parametrize("where", ["session", "registration"])
def test_the_code_is_typed_on_the_persons_own_pages(me, going_on, person, now, where):
    session = going_on.session
    own = session.registrations.get(person=person)
    path = session.get_absolute_url() if where == "session" else own.get_absolute_url()
    assert get(me, path).field("Code of the day")
    move(session, now, minutes=60)
    assert "Code of the day" not in get(me, path).text
