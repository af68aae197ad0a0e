"""The private feed: what it shows, to whom, and what it answers to a program that asks every hour."""

import io
import json
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_http_date

from accounts.models import AddressChange, Person
from config.logs import TokensOut
from devtools.testing.calendar_readers import nested, properties, read_alike, strict_lines
from devtools.testing.office_pages import filled_in
from devtools.testing.page import read
from foundation.record import record
from notifications.models import CalendarFeed, CalendarThread, Notice
from registrations.models import Registration
from sessions_app.models import Meeting, MeetingPlan, Session, Times

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
NOTHING = (404, b"There is no calendar at this address.\n")


@pytest.fixture
def events(feed):
    """events() reads the feed as a program does that knows nothing but its address."""
    return lambda: read_alike(Client().get(feed).content)


@pytest.fixture
def place(make_session, person, now):
    """place(minimum=6) is the person's seat in a session 14 days ahead."""
    return lambda **kwargs: Registration.objects.register(person, make_session(**kwargs), now=now)


# ---- what it shows ----


def test_an_empty_feed_is_a_calendar_with_its_name(feed):
    assert properties(Client().get(feed).content) == {
        "VERSION": "2.0",
        "PRODID": "-//Quorum//Sessions//EN",
        "CALSCALE": "GREGORIAN",
        "NAME": "Training sessions",
        "X-WR-CALNAME": "Training sessions",
        "REFRESH-INTERVAL": "PT1H",
        "X-PUBLISHED-TTL": "PT1H",
    }


def test_an_empty_feed_holds_what_a_calendar_must_hold(feed):
    """RFC 5545 section 3.6: at least one component. A time zone, which every program reads and none shows."""
    content = Client().get(feed).content
    assert read_alike(content) == []
    lines = [(path, name, value) for path, name, _, value in nested(strict_lines(content)) if "/" in path]
    assert lines == [
        ("VCALENDAR/VTIMEZONE", "TZID", "Etc/UTC"),
        ("VCALENDAR/VTIMEZONE/STANDARD", "DTSTART", "19700101T000000"),
        ("VCALENDAR/VTIMEZONE/STANDARD", "TZOFFSETFROM", "+0000"),
        ("VCALENDAR/VTIMEZONE/STANDARD", "TZOFFSETTO", "+0000"),
        ("VCALENDAR/VTIMEZONE/STANDARD", "TZNAME", "UTC"),
    ]


def test_before_it_is_confirmed_a_session_is_tentative_and_says_so(place, events):
    registration = place()
    (event,) = events()
    assert (event.status, event.summary) == ("TENTATIVE", "(not yet confirmed) Bystander Interventions")
    assert (event.uid, event.sequence) == (registration.threads.get().uid, 0)
    assert (event.attendees, event.organizers) == ((), ())
    assert event.location == "Online"


def test_the_invitation_that_follows_has_the_uid_of_the_tentative_entry(place, events, now):
    registration = place(minimum=1)
    (before,) = events()
    registration.session.settle(now=now)
    (after,) = events()
    assert (after.status, after.summary) == ("CONFIRMED", "Bystander Interventions")
    assert after.uid == before.uid == Notice.objects.get(method="REQUEST").thread.uid
    assert after.location == "Online / https://meet.example.edu/quorum"


def test_who_waits_or_has_left_sees_nothing(place, events, people, make_session, person, now):
    session = make_session(minimum=1, capacity=1)
    Registration.objects.register(people(1)[0], session, now=now)
    assert Registration.objects.register(person, session, now=now).is_waitlisted
    place().withdraw(by=person, now=now)
    assert events() == []


def test_only_ones_own_sessions_stand_in_it(place, events, people, make_session, now):
    mine = place(minimum=2)
    for other in people(3):
        Registration.objects.register(other, mine.session, now=now)
    Registration.objects.register(Person.objects.get(email="person2@example.edu"), make_session(days=21), now=now)
    mine.session.settle(now=now)
    assert [event.uid for event in events()] == [mine.threads.get().uid]


def test_a_cancelled_session_stays_struck_for_thirty_days(place, events, office, now):
    registration = place(minimum=1)
    registration.session.settle(now=now)
    registration.threads.update(requested_at=now)
    for days, left in ((29, ["CANCELLED"]), (31, [])):
        session = registration.session
        if session.status != "cancelled":
            session.cancel("Snow.", by=office, now=now)
        type(session).objects.update(cancelled_at=timezone.now() - timedelta(days=days))
        assert [event.status for event in events()] == left


@pytest.fixture
def two_parts(make_session, person, office, now) -> Registration:
    """A seat in a confirmed session of two meetings a week apart, invited to both."""
    session, week = make_session(minimum=1), timedelta(days=7)
    one = session.meetings.get()
    session.add_meeting(MeetingPlan(one.starts_at + week, one.ends_at + week, one.time_zone), office, now)
    registration = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    registration.threads.update(requested_at=now)
    return registration


def parts(events) -> list[tuple[str, str]]:
    return [(event.status, event.summary[-13:]) for event in events]


def test_a_held_meeting_stays_when_the_session_is_cancelled(two_parts, events, office):
    session = two_parts.session
    held_until = session.meetings.first().ends_at
    session.cancel("Snow.", by=office, now=held_until)
    assert parts(events()) == [("CONFIRMED", "(part 1 of 2)"), ("CANCELLED", "(part 2 of 2)")]
    ago = held_until - timezone.now() + timedelta(days=31)
    for meeting in session.meetings.all():
        Meeting.objects.filter(pk=meeting.pk).update(starts_at=meeting.starts_at - ago, ends_at=meeting.ends_at - ago)
    type(session).objects.update(cancelled_at=held_until - ago)
    assert parts(events()) == [("CONFIRMED", "(part 1 of 2)")]


def test_a_meeting_that_had_begun_stays_when_its_person_leaves_after_it(two_parts, events, person):
    two_parts.withdraw(by=person, now=two_parts.session.meetings.first().ends_at)
    assert parts(events()) == [("CONFIRMED", "(part 1 of 2)")]


def test_what_was_cancelled_before_anybody_was_invited_is_dropped(place, events, office, now):
    registration = place()
    registration.session.cancel("Snow.", by=office, now=now)
    assert events() == []


def test_it_goes_back_ninety_days(place, events, now):
    registration = place(minimum=1)
    registration.session.settle(now=now)
    meeting = registration.session.meetings.get()
    for days, count in ((89, 1), (91, 0)):
        start = now - timedelta(days=days, hours=1)
        registration.session.meetings.update(starts_at=start, ends_at=start + timedelta(hours=1))
        assert len(events()) == count
    assert meeting.threads.count() == 1


def test_each_of_several_meetings_says_its_part(place, events, now, make_session):
    session = make_session()
    first = session.meetings.get()
    for week in (1, 2):
        shift = timedelta(days=7 * week)
        session.meetings.create(
            starts_at=first.starts_at + shift, ends_at=first.ends_at + shift, time_zone=first.time_zone
        )
    session.follow_meetings()
    Registration.objects.register(Person.objects.get(email="person1@example.edu"), session, now=now)
    found = events()
    assert [event.summary[-13:] for event in found] == ["(part 1 of 3)", "(part 2 of 3)", "(part 3 of 3)"]
    assert len({event.uid for event in found}) == 3


def test_a_meeting_moved_before_the_confirmation_moves_in_the_feed(feed, place, events, office, now):
    registration = place()
    first = Client().get(feed)
    (before,) = events()
    session, day = registration.session, timedelta(days=1)
    meeting = session.meetings.get()
    session.reschedule({meeting: Times(before.starts_at + day, before.ends_at + day, meeting.time_zone)}, office, now)
    (after,) = events()
    assert (after.uid, after.starts_at, after.ends_at) == (before.uid, before.starts_at + day, before.ends_at + day)
    assert Client().get(feed, headers={"if-modified-since": first["Last-Modified"]}).status_code == 200
    assert b"DTSTAMP:" + stamp_of(LogEntry.objects.latest("action_time").action_time) in Client().get(feed).content


def stamp_of(at) -> bytes:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ").encode()


def test_a_meeting_moved_after_the_confirmation_has_the_sequence_of_the_update(place, events, office, now):
    registration = place(minimum=1)
    session = registration.session
    session.settle(now=now)
    registration.threads.update(requested_at=now)
    Notice.objects.update(state=Notice.State.SENT)
    (before,) = events()
    times = Times(before.starts_at + timedelta(days=1), before.ends_at + timedelta(days=1), "America/Chicago")
    session.reschedule({session.meetings.get(): times}, office, now)
    (after,) = events()
    assert (after.uid, after.sequence, after.starts_at) == (before.uid, before.sequence + 1, times.starts_at)


def test_one_cancelled_meeting_is_struck_and_keeps_its_part(feed, events, person, make_session, office, now):
    session = make_session(minimum=1)
    first = session.meetings.get()
    week = timedelta(days=7)
    second = session.add_meeting(
        MeetingPlan(first.starts_at + week, first.ends_at + week, first.time_zone), office, now
    )
    registration = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    registration.threads.update(requested_at=now)
    session.cancel_meeting(first, "The room is flooded.", office, now)
    assert [(event.status, event.summary[-13:]) for event in events()] == [
        ("CANCELLED", "(part 1 of 2)"),
        ("CONFIRMED", "(part 2 of 2)"),
    ]
    Meeting.every.filter(pk=first.pk).update(cancelled_at=timezone.now() - timedelta(days=31))
    assert [event.uid for event in events()] == [registration.threads.get(meeting=second).uid]


def test_a_neutral_title_hides_what_the_session_is_about(place, events, person, feed):
    registration = place()
    person.discreet_titles = True
    person.save()
    (event,) = events()
    assert event.summary == "(not yet confirmed) Training session"
    assert event.description == f"Your registration: http://127.0.0.1:8000{registration.get_absolute_url()}"
    assert b"ystander" not in Client().get(feed).content


@pytest.mark.parametrize(
    ("starts", "zone"),
    [
        ("2031-03-09T07:30+00:00", "America/Chicago"),  # half an hour before the clocks go forward
        ("2031-11-02T06:30+00:00", "America/Chicago"),  # 1:30, which comes again an hour later
        ("2031-11-02T07:30+00:00", "America/Chicago"),
        ("2031-10-26T00:30+00:00", "Europe/Paris"),
    ],
)
def test_a_meeting_at_the_change_of_the_clock_keeps_its_instants(place, events, starts, zone):
    registration = place()
    starts_at = datetime.fromisoformat(starts)
    registration.session.meetings.update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), time_zone=zone)
    (event,) = events()
    assert (event.starts_at, event.ends_at) == (starts_at, starts_at + timedelta(hours=2))


def test_text_that_tries_to_break_out_stays_in_its_line(place, events, workshop):
    workshop.title = "Bias\r\nATTENDEE:mailto:x@y.example;\\n"
    workshop.save()
    workshop.facilitators.create(name="Ada\u2028Okafor\u202e\nEND:VCALENDAR")
    place()
    (event,) = events()
    assert event.summary == "(not yet confirmed) Bias ATTENDEE:mailto:x@y.example;\\n"
    assert event.description.startswith("With Ada\nOkafor\nEND:VCALENDAR\nYour registration: ")


# ---- the address is the key ----


def test_the_token_has_256_bits_and_only_its_digest_is_kept(person, now):
    token = CalendarFeed.objects.renew(person, now)
    assert re.fullmatch(r"[\w-]{43}", token)
    assert token not in json.dumps(list(CalendarFeed.objects.values()), default=str)


def test_a_new_link_revokes_the_one_before_at_once(feed, person, now):
    assert Client().get(feed).status_code == 200
    renewed = f"/calendar/{CalendarFeed.objects.renew(person, now)}.ics"
    assert (Client().get(feed).status_code, Client().get(renewed).status_code) == (404, 200)
    assert CalendarFeed.objects.filter(person=person).count() == 1


def change(client, person, **typed) -> None:
    """Change somebody on the office's page for it."""
    url = reverse("admin:accounts_person_change", args=[person.pk])
    form = {name: value for name, value in filled_in(client, url, "person_form", **typed).items() if value is not None}
    assert client.post(url, form).status_code == 302


def test_a_feed_stays_empty_once_its_person_was_switched_off(feed, client, office, person):
    client.force_login(office)
    change(client, person, is_active=None)
    assert Client().get(feed).status_code == 404
    change(client, person, is_active="on")
    assert Client().get(feed).status_code == 404


def test_another_address_revokes_it_and_another_name_does_not(feed, client, office, person):
    client.force_login(office)
    change(client, person, name="Ada Lovelace", role="faculty")
    assert Client().get(feed).status_code == 200
    change(client, person, email="ada@example.edu")
    assert Client().get(feed).status_code == 200
    AddressChange.objects.get().confirm_new()
    AddressChange.objects.get().confirm_old()
    assert Client().get(feed).status_code == 404


def test_switched_off_past_every_page_it_shows_nothing_either(feed, person):
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert Client().get(feed).status_code == 404


@pytest.mark.parametrize("token", ["x", "x" * 43, "-_" * 21 + "x", "x" * 500])
def test_an_unknown_address_is_404_and_never_the_sign_in_page(db, client, person, token):
    client.force_login(person)
    for browser in (Client(), client):
        response = browser.get(f"/calendar/{token}.ics")
        assert (response.status_code, response.content) == NOTHING
        assert response["Content-Type"] == "text/plain"


# ---- what it answers ----


def test_the_headers_let_one_program_keep_it_and_nobody_find_it(feed):
    response = Client().get(feed)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, max-age=900"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "Content-Disposition" not in response


def test_an_outdated_session_of_the_browser_is_left_alone(feed, client, person):
    client.force_login(person)
    person.set_unusable_password()
    person.save()
    response = client.get(feed)
    assert (response.status_code, dict(response.cookies)) == (200, {})


@pytest.mark.parametrize("ask", ["get", "head", "post", "options"])
def test_no_answer_sets_a_cookie_or_depends_on_one(ask, feed, client, person):
    client.force_login(person)
    for browser in (Client(enforce_csrf_checks=True), client):
        for path in (feed, "/calendar/unknown.ics"):
            response = getattr(browser, ask)(path, headers={"accept": "text/html"})
            assert not response.cookies
            assert "Cookie" not in response.get("Vary", "")
            assert response.status_code == (405 if ask in ("post", "options") else 404 if "unknown" in path else 200)


def test_a_program_that_has_it_is_told_that_nothing_changed(feed, place):
    place()
    first = Client().get(feed)
    for headers in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        again = Client().get(feed, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert (again["ETag"], again["Last-Modified"]) == (first["ETag"], first["Last-Modified"])
        assert again["Cache-Control"] == "private, max-age=900"


def test_no_log_has_the_address_whatever_is_refused(feed, settings):
    settings.CALENDAR_FEED_MOST_AN_HOUR = 0
    (handler,) = [one for one in logging.root.handlers if any(isinstance(each, TokensOut) for each in one.filters)]
    before = handler.setStream(log := io.StringIO())
    try:
        statuses = [Client().get(feed).status_code, Client().post(feed).status_code]
        statuses.append(Client().get(feed.replace(".ics", "x.ics")).status_code)
    finally:
        handler.setStream(before)
    assert statuses == [429, 405, 404]
    assert log.getvalue().count("/calendar/[token].ics") == 3
    assert feed[10:50] not in log.getvalue()


def test_head_says_what_get_says_without_the_body(feed, place):
    place()
    got, asked = Client().get(feed), Client().head(feed)
    assert (asked.status_code, asked.content) == (200, b"")
    assert {name: got[name] for name in got.headers} == {name: asked[name] for name in asked.headers}


def test_a_change_is_told_to_a_reader_who_asks_by_tag_or_time(feed, place, now):
    registration = place(minimum=1)
    first = Client().get(feed)
    registration.session.settle(now=now)
    for headers in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        again = Client().get(feed, headers=headers)
        assert again.status_code == 200
        assert again["ETag"] != first["ETag"]
        assert parse_http_date(again["Last-Modified"]) > parse_http_date(first["Last-Modified"])


def test_what_changes_past_every_verb_is_told_too(feed, place):
    """Venues are renamed, entries fall out of the window: the answer itself decides, and no row's time."""
    registration = place()
    first = Client().get(feed)
    registration.session.meetings.update(ends_at=registration.session.ends_at + timedelta(minutes=15))
    assert Client().get(feed, headers={"if-modified-since": first["Last-Modified"]}).status_code == 200


def test_the_stamp_is_when_it_last_changed_and_not_now(feed, place, office, person, now):
    """Of the seat, the session, the choice of titles, and what the office has on record: the latest of them."""

    def stamp() -> datetime:
        content = Client().get(feed).text
        stamped, modified = (re.search(rf"\r\n{name}:(\S+)", content)[1] for name in ("DTSTAMP", "LAST-MODIFIED"))
        assert stamped == modified
        return datetime.strptime(stamped, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    registration = place()
    at = [now.replace(microsecond=0) - timedelta(days=days) for days in range(5)]
    LogEntry.objects.update(action_time=at[4])
    Session.objects.update(published_at=at[4])
    Registration.objects.update(seated_at=at[3])
    assert stamp() == at[3]
    Session.objects.update(status="confirmed", confirmed_at=at[2], confirmed_count=6, confirmed_minimum=6)
    assert stamp() == at[2]
    Person.objects.filter(pk=person.pk).update(discreet_titles_chosen_at=at[1])
    assert stamp() == at[1]
    record(office, registration.session.workshop, "Title changed.")
    LogEntry.objects.filter(change_message="Title changed.").update(action_time=at[0])
    assert stamp() == at[0]


def test_too_many_answers_an_hour_are_refused_for_that_link_alone(feed, people, now, settings):
    settings.CALENDAR_FEED_MOST_AN_HOUR = 3
    for _ in range(3):
        assert Client().get(feed).status_code == 200
    refused = Client().get(feed)
    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert not refused.cookies
    other = CalendarFeed.objects.renew(people(1)[0], now)
    assert Client().get(f"/calendar/{other}.ics").status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_it_takes_the_same_queries_for_one_and_for_thirty(
    count, feed, make_session, person, now, django_assert_num_queries
):
    for number in range(count):
        Registration.objects.register(person, make_session(days=10 + number), now=now)
    assert len(read_alike(Client().get(feed).content)) == count
    # The feed and whose it is, threads, who leads, parts, record, what they lead; the cache counts the answer and
    # knows it again.
    with django_assert_num_queries(6 + 4 + 1):
        Client().get(feed)


# ---- the page ----


def test_looking_makes_no_link(client, person):
    client.force_login(person)
    for path in ("/my/", "/my/calendar/"):
        assert "Make a private link" in read(client.get(path)).text
    assert not CalendarFeed.objects.exists()


def test_pressing_the_button_shows_the_link_once(client, person, settings):
    client.force_login(person)
    page = client.post("/my/calendar/")
    (address,) = [field.value for field in read(page).fields() if "readonly" in field.attributes]
    assert address.startswith("http") and f"webcal{address.removeprefix('http')}" in read(page).addresses
    assert Client().get(address.removeprefix(settings.SITE_URL)).status_code == 200
    assert "no-store" in page["Cache-Control"]
    token = address.split("/")[-1]
    for path in ("/my/", "/my/calendar/"):
        assert token not in read(client.get(path)).everything
        assert "Make a new link" in read(client.get(path)).text


def test_switching_it_off_takes_the_link_away(client, feed, person):
    client.force_login(person)
    assert client.get("/my/calendar/deletion/").status_code == 405
    response = client.post("/my/calendar/deletion/", follow=True)
    assert "Your private link is switched off." in read(response).text
    assert "Make a private link" in read(response).text
    assert Client().get(feed).status_code == 404


def test_making_a_link_needs_a_token_against_forgery(person):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    assert browser.post("/my/calendar/").status_code == 403
    assert not CalendarFeed.objects.exists()


def test_ones_link_is_not_anothers_to_switch_off(client, feed, people):
    client.force_login(people(1)[0])
    client.post("/my/calendar/deletion/")
    assert Client().get(feed).status_code == 200
    assert CalendarThread.objects.count() == 0
