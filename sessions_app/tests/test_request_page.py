"""The form with which a team asks for a session, and the page of a request: what is typed, kept, refused and shown."""

from datetime import timedelta

import pytest
from django.test import Client

from catalog.models import Workshop
from devtools.testing.page import get, post, read
from devtools.testing.registering import ADA, BO, join
from devtools.testing.requesting import FORM, HOPES, ask, shifted, typed
from devtools.testing.signing_in import CODE_PAGE, ask_for_code, mailed_code
from sessions_app.models import MeetingPlan, RequestRules, SessionRequest
from sessions_app.requests.typed import KEY, LIFE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]


def schedule(asked: SessionRequest, office):
    """Schedule it at the start of its first window."""
    starts_at = asked.spans[0][0]
    plan = MeetingPlan(starts_at, starts_at + timedelta(minutes=90), asked.time_zone, join_link="https://meet.example")
    return asked.schedule(asked.workshop or Workshop.objects.get(), [plan], by=office)


# ---- asking ----


def test_the_form_starts_with_the_workshop_of_its_link(me, workshop):
    page = get(me, f"{FORM}?workshop={workshop.slug}")
    assert page.field("Workshop").value == workshop.slug
    assert get(me, f"{FORM}?workshop=nope").field("Workshop").value == ""


def test_the_page_of_a_workshop_leads_to_the_form(client, workshop):
    page = get(client, workshop.get_absolute_url())
    assert f"{FORM}?workshop={workshop.slug}" in page.addresses and "Is your team six or more?" in page.text


@pytest.mark.parametrize("path", ["/", "/?q=nothing+like+it"])
def test_the_home_page_leads_to_the_form(client, workshop, path):
    assert get(client, path).link("Ask for a session for your team") == FORM


def test_a_lecture_is_not_asked_for(client, workshop):
    Workshop.objects.update(offering="lecture")
    page = get(client, workshop.get_absolute_url())
    assert "Is your team" not in page.text and f"{FORM}?workshop={workshop.slug}" not in page.addresses
    assert workshop.slug not in get(client, FORM).field("Workshop").options


def test_what_is_typed_becomes_a_request_with_a_page(me, person, workshop, now):
    response = me.post(FORM, typed(now, workshop, addresses=f"Ada <{ADA}>; {BO}, {ADA}"))
    asked = SessionRequest.objects.get()
    assert (response.status_code, response.url) == (302, asked.get_absolute_url())
    assert (asked.by, asked.workshop, asked.people, asked.addresses) == (person, workshop, 8, [ADA, BO])
    page = get(me, asked.get_absolute_url())
    assert page.heading() == workshop.title and "Waiting:" in page.text
    assert HOPES in page.text and f"{ADA}, {BO}" in page.text and "12:00 PM" not in page.text
    assert "Noon–3:00 PM, Central time" in page.text


def test_a_topic_of_their_own_is_asked_for(me, now):
    me.post(FORM, typed(now, topic="Power in the operating room"))
    asked = SessionRequest.objects.get()
    assert (asked.workshop, asked.topic, asked.title) == (None, asked.title, "Power in the operating room")


def test_a_double_press_asks_once(me, workshop, now):
    pages = {me.post(FORM, typed(now, workshop)).url for _ in range(2)}
    assert len(pages) == SessionRequest.objects.count() == 1


def test_three_windows_are_three_times_to_choose_from(me, workshop, now):
    more = {"day2": shifted(now, 41), "starts2": "08:00", "ends2": "10:00"}
    more |= {"day3": shifted(now, 30), "starts3": "13:30", "ends3": "16:00"}
    me.post(FORM, typed(now, workshop, **more))
    assert SessionRequest.objects.get().windows.count() == 3


# ---- signed out ----


def test_nothing_typed_is_lost_by_signing_in(client, person, workshop, now):
    kept = typed(now, workshop, addresses=ADA, people="4", why_fewer="We are a small clinic.")
    response = client.post(FORM, kept)
    assert response.status_code == 302 and response.url.startswith("/accounts/login/")
    assert not SessionRequest.objects.exists()
    ask_for_code(client, person.email)
    answer = client.post(CODE_PAGE, {"code": mailed_code(person.email), "next": FORM})
    assert answer.url == FORM
    page = get(client, FORM)
    assert "You are signed in, and what you typed is here." in page.text
    form = page.form("Send the request").data
    assert {name: form[name] for name in kept} == {name: [value] for name, value in kept.items()}
    client.post(FORM, form)
    assert SessionRequest.objects.get().addresses == [ADA]
    assert "what you typed" not in get(client, FORM).text and KEY not in client.session


def test_a_box_that_was_not_ticked_comes_back_so(client, person, workshop, now):
    kept = typed(now, workshop)
    del kept["takes_part"]
    client.post(FORM, kept)
    assert "takes_part" not in get(client, FORM).form("Sign in and send").data


def test_what_was_typed_waits_for_an_hour(client, workshop, now):
    client.post(FORM, typed(now, workshop))
    session = client.session
    session[KEY] = session[KEY] | {"at": session[KEY]["at"] - LIFE - 1}
    session.save()
    assert get(client, FORM).field("How many people?").value == ""


def test_what_is_wrong_is_said_before_anybody_signs_in(client, workshop, now):
    page = post(client, FORM, typed(now, workshop, people="2"))
    assert page.status == 422 and page.field("Why fewer?").errors == [
        "This needs six people. Say why you are fewer, or ask others to join you."
    ]
    assert KEY not in client.session


# ---- what is refused ----

YESTERDAY = "This time is in the past. Choose one to come."
REFUSED = [
    ({"people": "2"}, "why_fewer", "This needs six people. Say why you are fewer, or ask others to join you."),
    ({"people": "0"}, "people", "Enter a number, like 8."),
    ({"people": "9" * 5000}, "people", "Enter a number, like 8."),
    ({"people": "501"}, "people", "Enter at most 500. For more people, write to the office."),
    ({"people": ""}, "people", "Say how many people you are."),
    ({"topic": "Power"}, "topic", "Choose a workshop or write a topic of your own, not both. Empty one of them."),
    ({"workshop": ""}, "workshop", "Choose a workshop, or write a topic of your own below."),
    ({"workshop": "nope"}, "workshop", "Choose a workshop from the list, or write a topic of your own."),
    ({"where": "moon"}, "where", "Choose one of the three."),
    ({"addresses": "ada"}, "addresses", "“ada” is not an email address."),
    (
        {"addresses": "ada@elsewhere.example"},
        "addresses",
        "ada@elsewhere.example has no access here. Use their work or school address.",
    ),
    (
        {"addresses": "person1@example.edu"},
        "addresses",
        "person1@example.edu is your own address. Leave it out, and tick “I take part myself”.",
    ),
    (
        {"addresses": " ".join(f"p{number}@example.edu" for number in range(500))},
        "addresses",
        "These are 500 addresses. Give at most 60 now.",
    ),
    (
        {"addresses": " ".join(f"p{number}@example.edu" for number in range(9))},
        "addresses",
        "These are 9 addresses, and you are 8. Correct one of the two.",
    ),
    ({"day1": ""}, "day1", "Say which day."),
    ({"starts1": ""}, "starts1", "Say from when."),
    ({"ends1": ""}, "ends1", "Say until when."),
    ({"day1": "", "starts1": "", "ends1": ""}, "day1", "Give at least one time that would suit you. Three make it "
     "easier to find one."),
    ({"day1": "tomorrow"}, "day1", "Enter a day, like 2027-05-14."),
    ({"starts1": "noon"}, "starts1", "Enter a time, like 13:30."),
    ({"ends1": "11:00"}, "ends1", "Until is later than from, on the same day."),
    ({"ends1": "12:30"}, "ends1", "This is 30 minutes, and a meeting of this workshop takes 90 minutes."),
    ({"day1": "9999-12-31"}, "day1", "Choose a date before the year 2101."),
    ({"day1": "2027-03-14", "starts1": "02:30", "ends1": "09:00"}, "starts1", "02:30 does not exist on March 14, 2027 "
     "in America/Chicago: the clock goes forward. Choose another time."),
    ({"hopes": "x" * 4001}, "hopes", "This has 4,001 characters, and there is room for 4,000. Make it shorter."),
    ({"hopes": "a\x00b"}, "hopes", "Take the control characters out."),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "field", "sentence"), REFUSED)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_kept(me, workshop, now, wrong, field, sentence):
    page = post(me, FORM, typed(now, workshop) | wrong)
    assert page.status == 422 and page.field(name=field).errors == [sentence]
    assert page.field(name="hopes").value == wrong.get("hopes", HOPES)
    assert not SessionRequest.objects.exists()


def test_a_window_of_yesterday_is_refused(me, workshop, now):
    page = post(me, FORM, typed(now, workshop, day1=shifted(now, -1)))
    assert (page.status, page.field(name="day1").errors) == (422, [YESTERDAY])


def test_windows_that_overlap_are_refused(me, workshop, now):
    same = typed(now, workshop)
    page = post(me, FORM, same | {"day3": same["day1"], "starts3": "14:00", "ends3": "17:00"})
    sentence = "This overlaps with a time above. Choose another one, or leave it empty."
    assert (page.status, page.field(name="day3").errors) == (422, [sentence])


def test_a_team_of_two_with_a_reason_is_taken(me, workshop, now):
    me.post(FORM, typed(now, workshop, people="2", why_fewer="We are the whole clinic."))
    assert SessionRequest.objects.get().why_fewer == "We are the whole clinic."


def test_the_minimum_of_the_workshop_decides_who_is_fewer(me, workshop, now):
    Workshop.objects.update(default_minimum=4)
    me.post(FORM, typed(now, workshop, people="4"))
    assert SessionRequest.objects.get().people == 4


def test_times_are_those_of_the_campus(me, workshop, room, now):
    room.campus.time_zone = "America/Denver"
    room.campus.save()
    me.post(FORM, typed(now, workshop, campus=str(room.campus.pk)))
    asked = SessionRequest.objects.get()
    assert (asked.time_zone, str(asked.windows.get())[-13:]) == ("America/Denver", "Mountain time")


def test_the_eleventh_request_of_a_day_is_too_many(me, person, workshop, now):
    RequestRules.objects.create(pk=1, most_of_a_person=30)
    for number in range(10):
        assert me.post(FORM, typed(now, topic=f"Topic {number}")).status_code == 302
    page = post(me, FORM, typed(now, topic="One more"))
    assert page.status == 429 and "You have asked for many sessions today." in page.text
    assert SessionRequest.objects.count() == 10 and page.field("A topic of your own").value == "One more"


# ---- closed ----


@pytest.fixture
def closed(db) -> RequestRules:
    return RequestRules.objects.create(pk=1, is_open=False, closed_words="We are full until August.")


@pytest.mark.parametrize("who", ["client", "me"])
def test_while_it_is_closed_the_page_says_the_offices_words(request, closed, workshop, settings, who):
    page = get(request.getfixturevalue(who), FORM)
    assert page.status == 200 and "We are full until August." in page.text
    assert page.link(settings.OFFICE_EMAIL) == f"mailto:{settings.OFFICE_EMAIL}"
    assert page.part("main").button_names == []


@pytest.mark.parametrize("who", ["client", "me"])
def test_a_form_sent_while_it_is_closed_is_refused_and_kept(request, closed, workshop, now, who):
    page = post(request.getfixturevalue(who), FORM, typed(now, workshop, addresses=ADA))
    assert page.status == 409 and "We are full until August." in page.text
    assert page.field(name="hopes").value == HOPES and page.field(name="addresses").value == ADA
    assert "What you typed is still here to copy." in page.text and not SessionRequest.objects.exists()


def test_a_person_at_their_limit_is_shown_what_waits(me, person, workshop, now):
    RequestRules.objects.create(pk=1, most_of_a_person=1)
    asked = ask(person, workshop, now)
    page = get(me, FORM)
    assert "A request of yours is waiting for our answer." in page.text
    assert page.link(workshop.title) == asked.get_absolute_url()


# ---- the page of a request ----


def test_a_request_is_seen_by_its_person_and_the_office_alone(me, client, person, people, office, workshop, now):
    asked = ask(person, workshop, now)
    other, desk = Client(), Client()
    other.force_login(people(1)[0])
    desk.force_login(office)
    pages = [asked.get_absolute_url(), f"{asked.get_absolute_url()}withdrawal/"]
    assert [me.get(page).status_code for page in pages] == [200, 200]
    assert [other.get(page).status_code for page in pages] == [404, 404]
    assert [desk.get(page).status_code for page in pages] == [200, 404]


def test_the_page_says_who_looks_after_it_and_what_was_answered(me, person, office, workshop, now):
    asked = ask(person, workshop, now)
    asked.assign(office, by=office)
    assert "Office Person looks after your request." in get(me, asked.get_absolute_url()).text
    asked.reply("Would the 12th do?", by=office)
    page = get(me, asked.get_absolute_url())
    assert "Answered:" in page.text and "Would the 12th do?" in page.region("What we answered").text


def test_once_it_is_scheduled_the_page_shows_the_count_to_six(me, person, people, office, workshop, now):
    asked = ask(person, workshop, now)
    session = schedule(asked, office)
    join(session, people(3))
    page = get(me, asked.get_absolute_url())
    assert "Scheduled: this is your session." in page.text and "4 of 6" in page.text
    assert page.link("See the session") == session.get_absolute_url()
    assert "Person 2" not in page.everything


def test_a_declined_request_says_why(me, person, office, workshop, now):
    asked = ask(person, workshop, now)
    asked.decline("We have nobody who teaches it.", by=office)
    page = get(me, asked.get_absolute_url())
    assert "We have nobody who teaches it." in page.text and "Withdraw" not in page.text


def test_a_request_is_withdrawn_on_a_second_page(me, person, workshop, now):
    asked = ask(person, workshop, now)
    page = get(me, get(me, asked.get_absolute_url()).link("Withdraw the request"))
    me.post(page.form("Withdraw it").action)
    assert "Withdrawn:" in get(me, asked.get_absolute_url()).text
    assert SessionRequest.objects.get().state == "withdrawn"


def test_a_withdrawal_that_comes_too_late_is_refused(me, person, office, workshop, now):
    asked = ask(person, workshop, now)
    schedule(asked, office)
    response = me.post(f"{asked.get_absolute_url()}withdrawal/")
    assert response.status_code == 409 and "This request is scheduled already." in read(response).text
