from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Campus
from catalog.models import Facilitator
from devtools.testing.office_pages import SCHEDULE, agree, filled_in, in_chicago, once_more, schedule, session_page
from devtools.testing.page import read
from registrations.models import Registration
from sessions_app.models import Meeting, MeetingPlan, Session, Venue

pytestmark = pytest.mark.django_db
LIST = "/admin/sessions_app/session/"


@pytest.fixture
def denver_room(db):
    denver = Campus.objects.create(name="Mountain campus", time_zone="America/Denver")
    return Venue.objects.create(campus=denver, building="Library", room="210")


def decision(session, name: str) -> str:
    return reverse(f"admin:sessions_app_session_{name}", args=[session.pk])


def records(session) -> list[str]:
    entries = LogEntry.objects.filter(object_id=str(session.pk), content_type__model="session").order_by("pk")
    return [entry.get_change_message() for entry in entries]


def further(day, starts, **more) -> dict:
    """Give what the first row of further meetings sends."""
    row = {"day": day.isoformat(), "starts": starts} | more
    return {"meetings-TOTAL_FORMS": 1} | {f"meetings-0-{name}": value for name, value in row.items()}


def save(clerk, session, **typed):
    """Save the page of a session with what is typed."""
    return clerk.post(session_page(session), filled_in(clerk, session_page(session), "session_form", **typed))


# ---- scheduling ----


def test_what_is_left_blank_follows_from_the_workshop_and_the_rule(clerk, workshop, wednesday):
    workshop.facilitators.add(Facilitator.objects.create(name="Renata Oyelaran"))
    response, session = schedule(clerk, workshop, wednesday)
    assert response.status_code == 302
    assert session.status == Session.Status.DRAFT
    assert (session.minimum, session.capacity, session.format) == (6, 24, "online")
    assert [str(one) for one in session.facilitators.all()] == ["Renata Oyelaran"]
    noon = datetime.combine(wednesday, datetime.min.time().replace(hour=12))
    assert in_chicago(session.starts_at) == noon
    assert in_chicago(session.ends_at) == noon + timedelta(minutes=90)
    assert session.time_zone == "America/Chicago"
    # Wednesday less three days is a Sunday; back to Friday.
    assert in_chicago(session.confirm_by) == datetime.combine(
        wednesday - timedelta(days=5), datetime.min.time().replace(hour=17)
    )
    assert session.registration_closes_at == session.starts_at
    assert records(session) == ["Scheduled."]


def test_what_is_typed_wins_over_what_would_follow(clerk, workshop, wednesday):
    someone = Facilitator.objects.create(name="Somebody")
    typed = {"ends": "12:45", "minimum": "4", "capacity": "9", "zone": "America/New_York", "facilitators": someone.pk}
    deadlines = {"confirm_by_0": (wednesday - timedelta(days=1)).isoformat(), "confirm_by_1": "09:30"}
    response, session = schedule(clerk, workshop, wednesday, **typed, **deadlines, listed=[], at_deadline="ask")
    assert response.status_code == 302
    eastern = ZoneInfo("America/New_York")
    assert (session.minimum, session.capacity, session.at_deadline) == (4, 9, "ask")
    assert session.starts_at.astimezone(eastern).hour == 12
    assert session.ends_at - session.starts_at == timedelta(minutes=45)
    assert (
        session.confirm_by.astimezone(eastern).replace(tzinfo=None).isoformat()
        == f"{wednesday - timedelta(days=1)}T09:30:00"
    )
    assert list(session.facilitators.all()) == [someone]


def test_the_zone_is_that_of_the_venues_campus(clerk, workshop, wednesday, denver_room):
    _, session = schedule(clerk, workshop, wednesday, venue=denver_room.pk, format="in_person")
    assert session.time_zone == "America/Denver"
    assert session.starts_at.astimezone(ZoneInfo("America/Denver")).hour == 12


def test_a_session_of_several_meetings_is_scheduled_at_once(clerk, workshop, wednesday):
    later = wednesday + timedelta(days=7)
    response, session = schedule(
        clerk, workshop, wednesday, **further(later, "15:00", join_link="https://meet.example.edu/b")
    )
    assert response.status_code == 302
    first, second = session.meetings.all()
    assert in_chicago(second.starts_at) == datetime.combine(later, datetime.min.time().replace(hour=15))
    assert second.ends_at - second.starts_at == timedelta(minutes=90)
    assert session.ends_at == second.ends_at
    assert second.join_link == "https://meet.example.edu/b"


def test_a_further_meeting_before_the_first_is_refused(clerk, workshop, wednesday):
    response, session = schedule(clerk, workshop, wednesday, **further(wednesday - timedelta(days=1), "15:00"))
    assert response.status_code == 400
    assert "A further meeting comes after the first one." in read(response).text
    assert session is None


@pytest.mark.parametrize(
    "field, typed, sentence",
    [
        ("day", "2027-02-30", "Enter a valid date."),
        ("day", "", "This field is required."),
        ("day", "9999-12-31", "Choose a date before the year 2101."),
        ("day", "0001-01-01", "Choose a date from the year 2000 on."),
        ("starts", "25:61", "Enter a valid time."),
        ("ends", "11:00", "It would end at 11:00 on the next day and last 23 hours."),
        ("ends", "12:00", "It ends at 12:00, which is not after its start at 12:00."),
        ("zone", "Mars/Olympus", "is not a time zone"),
        ("zone", "../etc/passwd", "is not a time zone"),
        ("minimum", "25", "The minimum cannot be larger than the capacity, 24."),
        ("minimum", "-1", "Ensure this value is greater than or equal to"),
        ("minimum", "six", "Enter a whole number."),
        ("capacity", "99999999", "Ensure this value is less than or equal to 32767."),
        ("join_link", "javascript:alert(1)", "Enter a link that starts with https://"),
        ("join_link", "ftp://files.example.edu/", "Enter a link that starts with https://"),
        ("zone", "localtime", "is not a time zone"),
        ("zone", "Factory", "is not a time zone"),
        ("workshop", "999", "Select a valid choice."),
    ],
)
def test_a_wrong_value_is_refused_on_its_field_and_kept(clerk, workshop, wednesday, field, typed, sentence):
    before = Session.objects.count()
    fields = filled_in(clerk, SCHEDULE, "session_form", workshop=workshop.pk, starts="12:00") | {
        "day": wednesday.isoformat()
    }
    response = clerk.post(SCHEDULE, fields | {field: typed})
    form = response.context["adminform"].form
    assert response.status_code == 400
    assert any(sentence in error for error in form.errors[field]), form.errors
    assert Session.objects.count() == before
    if field != "workshop":
        assert read(response).form(id="session_form").data.get(field, [""]) == [typed]


@pytest.mark.parametrize(
    "day, starts, sentence",
    [
        ("2027-03-14", "02:30", "does not exist"),
        ("2027-11-07", "01:30", "happens twice"),
    ],
)
def test_a_time_the_clock_skips_or_repeats_is_refused_on_its_field(clerk, workshop, day, starts, sentence):
    fields = filled_in(clerk, SCHEDULE, "session_form", workshop=workshop.pk, day=day, starts=starts)
    response = clerk.post(SCHEDULE, fields)
    assert response.status_code == 400
    assert sentence in response.context["adminform"].form.errors["starts"][0]


@pytest.mark.parametrize("name", ["confirm_by", "registration_closes_at"])
def test_a_deadline_after_the_start_is_refused_on_its_field(clerk, workshop, wednesday, name):
    response, _ = schedule(clerk, workshop, wednesday, **{f"{name}_0": wednesday.isoformat(), f"{name}_1": "12:01"})
    assert response.status_code == 400
    assert name in response.context["adminform"].form.errors
    response, _ = schedule(clerk, workshop, wednesday, **{f"{name}_0": wednesday.isoformat(), f"{name}_1": ""})
    assert response.context["adminform"].form.errors[name] == ["Enter both a date and a time."]


def test_a_session_is_scheduled_and_published_in_one_step(clerk, workshop, wednesday):
    workshop.objectives.create(text="Name what you saw.")
    ada = Facilitator.objects.create(name="Ada Okafor")
    typed = {"facilitators": [ada.pk], "join_link": "https://meet.example.edu/quorum"}
    response, session = schedule(clerk, workshop, wednesday, _publish="Save and publish", **typed)
    assert response.status_code == 302
    assert session.status == Session.Status.OPEN
    assert records(session) == ["Scheduled.", "Published."]


def test_what_cannot_be_published_is_kept_as_a_draft_and_says_why(clerk, workshop, wednesday):
    typed = filled_in(clerk, SCHEDULE, "session_form", workshop=workshop.pk, day=wednesday.isoformat(), starts="12:00")
    response = once_more(clerk, SCHEDULE, typed | {"format": "in_person", "_publish": "Save and publish"})
    assert Session.objects.get().status == Session.Status.DRAFT
    page = read(clerk.get(response.url))
    assert "Saved as a draft, not published. Choose a venue for every meeting" in page.text


# ---- changing a draft ----


def test_a_draft_moves_with_its_deadlines(clerk, make_session, wednesday):
    session = make_session(published=False)
    fields = filled_in(
        clerk, session_page(session), "session_form", day=wednesday.isoformat(), starts="09:00", ends="10:00"
    )
    assert clerk.post(session_page(session), fields).status_code == 302
    session.refresh_from_db()
    assert in_chicago(session.starts_at) == datetime.combine(wednesday, datetime.min.time().replace(hour=9))
    assert session.registration_closes_at == session.starts_at
    assert in_chicago(session.confirm_by) == datetime.combine(
        wednesday - timedelta(days=5), datetime.min.time().replace(hour=17)
    )
    assert session.meetings.count() == 1
    assert "Meetings: from " in records(session)[-1]


def test_a_deadline_the_office_chose_stays_when_a_draft_moves(clerk, make_session, wednesday, now):
    chosen = (now + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    session = make_session(published=False, confirm_by=chosen)
    save(clerk, session, day=wednesday.isoformat())
    session.refresh_from_db()
    assert session.confirm_by == chosen


def test_a_meeting_is_added_to_a_draft_and_taken_away_again(clerk, make_session):
    session = make_session(published=False)
    later = in_chicago(session.starts_at).date() + timedelta(days=7)
    save(clerk, session, **further(later, "15:00"))
    session.refresh_from_db()
    assert session.meetings.count() == 2
    assert in_chicago(session.ends_at).date() == later
    clerk.post(
        session_page(session),
        filled_in(clerk, session_page(session), "session_form", **{"meetings-0-DELETE": "on"}),
    )
    session.refresh_from_db()
    assert session.meetings.count() == 1
    assert in_chicago(session.ends_at).date() == later - timedelta(days=7)


def test_saving_a_draft_unchanged_changes_nothing(clerk, make_session):
    session = make_session(published=False)
    before = Session.objects.values().get(pk=session.pk), list(Meeting.objects.values())
    assert save(clerk, session).status_code == 302
    assert (Session.objects.values().get(pk=session.pk), list(Meeting.objects.values())) == before
    assert records(session) == ["Scheduled."]


def test_a_draft_without_a_meeting_gets_one(clerk, workshop, office, wednesday):
    session = Session.objects.schedule(workshop, meetings=[], by=office)
    fields = filled_in(clerk, session_page(session), "session_form", day=wednesday.isoformat(), starts="12:00")
    assert clerk.post(session_page(session), fields).status_code == 302
    session.refresh_from_db()
    assert session.confirm_by and session.starts_at == session.meetings.get().starts_at


def test_a_form_opened_on_a_draft_cannot_change_it_published(clerk, make_session, office, wednesday):
    session = make_session(published=False)
    fields = filled_in(clerk, session_page(session), "session_form", day=wednesday.isoformat(), minimum="9")
    session.publish(by=office)
    before = Session.objects.values().get(pk=session.pk)
    response = clerk.post(session_page(session), fields)
    assert response.status_code == 409
    page = read(response)
    assert "State was Draft, and is now Open." in page.text
    assert "Now cannot be typed here any more" in page.text and wednesday.isoformat() in page.text
    assert page.form(id="session_form").data["minimum"] == ["9"]
    assert Session.objects.values().get(pk=session.pk) == before


def test_two_people_cannot_overwrite_each_others_draft(clerk, make_session, office):
    session = make_session(published=False)
    fields = filled_in(clerk, session_page(session), "session_form", capacity="30")
    session.resize(5, 20, by=office)
    response = clerk.post(session_page(session), fields)
    page = read(response)
    assert response.status_code == 409
    assert "Minimum was 6, and is now 5." in page.text and "Capacity was 24" not in page.text
    assert "Capacity It was: 24 Keep theirs 20 Keep yours 30" in page.text
    again = page.form(id="session_form").data
    assert (again["minimum"], again["capacity"]) == (["5"], ["30"])
    session.refresh_from_db()
    assert (session.minimum, session.capacity) == (5, 20)
    assert clerk.post(session_page(session), again | {"_save": "Save"}).status_code == 302
    session.refresh_from_db()
    assert (session.minimum, session.capacity) == (5, 30)


# ---- after publishing ----

AT_ANY_TIME = {"listed", "accommodation_lead_days", "first_facilitator"}


@pytest.mark.parametrize(
    ("end", "typed_in"),
    [(None, {"minimum", "capacity", "at_deadline", "for_campus"}), ("cancel", set())],
    ids=["open", "cancelled"],
)
def test_state_and_counters_are_only_shown(clerk, make_session, office, end, typed_in):
    session = make_session()
    if end:
        session.cancel("Snow.", by=office)
    shown = set(read(clerk.get(session_page(session))).form(id="session_form").data)
    assert shown & {field.name for field in Session._meta.fields} - AT_ANY_TIME == typed_in
    clerk.post(
        session_page(session),
        filled_in(clerk, session_page(session), "session_form", status="completed", seats_taken="9"),
    )
    before = session.status, session.seats_taken
    session.refresh_from_db()
    assert (session.status, session.seats_taken) == before


def test_a_published_session_changes_its_size_through_the_verb(clerk, make_session):
    session = make_session()
    assert (
        clerk.post(
            session_page(session), filled_in(clerk, session_page(session), "session_form", capacity="30")
        ).status_code
        == 302
    )
    session.refresh_from_db()
    assert session.capacity == 30
    assert records(session)[-1] == "Changed from minimum 6, capacity 24 to minimum 6, capacity 30."


def test_added_seats_go_to_the_people_waiting(clerk, make_session, people):
    session = make_session(minimum=1, capacity=1)
    first, second = people(2)
    Registration.objects.register(first, session)
    waiting = Registration.objects.register(second, session)
    agree(clerk, session_page(session), filled_in(clerk, session_page(session), "session_form", capacity="2"))
    waiting.refresh_from_db()
    assert waiting.is_registered


def test_a_capacity_below_the_seats_taken_is_refused_by_how_many(clerk, make_session, people):
    session = make_session(minimum=1, capacity=5)
    for person in people(3):
        Registration.objects.register(person, session)
    response = save(clerk, session, capacity="1")
    assert response.status_code == 400
    assert "3 people have seats: a capacity of 1 is 2 too few." in read(response).text
    assert read(response).form(id="session_form").data["capacity"] == ["1"]
    session.refresh_from_db()
    assert session.capacity == 5


def test_times_state_and_counters_cannot_be_typed(clerk, make_session, wednesday, workshop):
    session = make_session()
    before = Session.objects.values().get(pk=session.pk)
    typed = {
        "status": "confirmed",
        "seats_taken": "9",
        "next_position": "9",
        "day": wednesday.isoformat(),
        "starts": "09:00",
    }
    typed |= {"confirm_by_0": wednesday.isoformat(), "confirm_by_1": "08:00", "time_zone": "UTC", "workshop": "999"}
    assert save(clerk, session, **typed).status_code == 302
    assert Session.objects.values().get(pk=session.pk) == before


def test_who_leads_it_and_whether_it_is_listed_may_change_after_publishing(clerk, make_session):
    session, someone = make_session(), Facilitator.objects.create(name="Somebody")
    clerk.post(
        session_page(session),
        filled_in(clerk, session_page(session), "session_form", facilitators=someone.pk, listed=[]),
    )
    session.refresh_from_db()
    assert session.listed is False and list(session.facilitators.all()) == [someone]
    assert records(session)[-2:] == ["Led by Somebody, before by nobody.", "Listed: from yes to no."]
    clerk.post(
        session_page(session),
        filled_in(clerk, session_page(session), "session_form", listed="on", accommodation_lead_days="9"),
    )
    session.refresh_from_db()
    assert (session.listed, session.accommodation_lead_days) == (True, 9)
    assert records(session)[-2:] == ["Listed: from no to yes.", "Accommodation lead days: from nothing to 9."]


def test_only_a_draft_nobody_registered_for_is_deleted(clerk, make_session):
    draft, published = make_session(published=False), make_session()
    for session in (draft, published):
        clerk.post(reverse("admin:sessions_app_session_delete", args=[session.pk]), {"post": "yes"})
    assert list(Session.objects.all()) == [published]


# ---- decisions ----


@pytest.mark.parametrize("name", ["publish", "run-anyway", "extend", "cancel"])
def test_opening_a_decision_page_changes_nothing(clerk, make_session, name):
    session = make_session(published=name != "publish")
    before = Session.objects.values().get(pk=session.pk), LogEntry.objects.count()
    for method in (clerk.get, clerk.head, clerk.options):
        assert method(decision(session, name)).status_code == 200
    assert (Session.objects.values().get(pk=session.pk), LogEntry.objects.count()) == before


def test_a_draft_is_published(clerk, make_session):
    session = make_session(published=False)
    assert clerk.post(decision(session, "publish")).status_code == 302
    session.refresh_from_db()
    assert session.status == Session.Status.OPEN


def test_a_session_is_confirmed_below_its_minimum_with_a_reason(clerk, office, make_session, person):
    session = make_session()
    Registration.objects.register(person, session)
    assert clerk.post(decision(session, "run-anyway"), {"reason": "The dean asked."}).status_code == 302
    session.refresh_from_db()
    assert session.status == Session.Status.CONFIRMED
    made = session.decisions.get()
    assert (made.kind, made.by, made.count, made.reason) == ("run_anyway", office, 1, "The dean asked.")


@pytest.mark.parametrize("name", ["run-anyway", "cancel"])
@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001, "nul \0"])
def test_a_decision_without_a_proper_reason_is_refused(clerk, make_session, name, reason):
    session = make_session()
    response = clerk.post(decision(session, name), {"reason": reason})
    assert response.status_code == 400
    session.refresh_from_db()
    assert session.status == Session.Status.OPEN


def test_more_time_moves_the_decision_date_on_the_sessions_own_clock(clerk, make_session):
    session = make_session()
    until = in_chicago(session.starts_at).date() - timedelta(days=1)
    assert (
        clerk.post(decision(session, "extend"), {"until_0": until.isoformat(), "until_1": "16:15"}).status_code == 302
    )
    session.refresh_from_db()
    assert in_chicago(session.confirm_by) == datetime.combine(until, datetime.min.time().replace(hour=16, minute=15))


def test_more_time_than_there_is_is_refused_with_what_was_typed(clerk, make_session):
    session = make_session()
    after = (in_chicago(session.starts_at).date() + timedelta(days=1)).isoformat()
    response = clerk.post(decision(session, "extend"), {"until_0": after, "until_1": "16:15"})
    page = read(response)
    assert response.status_code == 409
    assert "The decision date cannot be after the start." in page.text
    assert page.field(name="until_0").value == after


def test_cancelling_says_how_many_are_told_and_tells_them(clerk, make_session, people):
    session = make_session(minimum=1, capacity=2)
    registrations = [Registration.objects.register(person, session) for person in people(3)]
    assert "3 people are told: 2 registered, 1 on the waitlist." in read(clerk.get(decision(session, "cancel"))).text
    assert clerk.post(decision(session, "cancel"), {"reason": "The speaker is ill."}).status_code == 302
    session.refresh_from_db()
    assert (session.status, session.cancel_reason) == (Session.Status.CANCELLED, "The speaker is ill.")
    for registration in registrations:
        registration.refresh_from_db()
        assert registration.status == Registration.Status.SESSION_CANCELLED


def test_what_is_decided_already_is_refused_with_a_sentence(clerk, make_session, office):
    session = make_session()
    session.cancel("No room.", by=office)
    response = clerk.post(decision(session, "run-anyway"), {"reason": "A room was found."})
    assert response.status_code == 409
    assert "This session is cancelled, no longer open." in read(response).text
    assert "A room was found." in read(response).text


@pytest.mark.parametrize("name", ["publish", "run-anyway", "extend", "cancel"])
def test_a_decision_needs_permission_and_a_token(client, office, people, make_session, name):
    session = make_session(published=name != "publish")
    before = Session.objects.values().get(pk=session.pk)
    url, typed = decision(session, name), {"reason": "Because.", "until_0": "2030-01-01", "until_1": "12:00"}
    staff = people(1, is_staff=True)[0]
    client.force_login(staff)
    assert client.post(url, typed).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(office)
    assert strict.post(url, typed).status_code == 403
    assert Session.objects.values().get(pk=session.pk) == before


def test_decisions_stand_on_the_sessions_page_to_read(clerk, make_session, person, office):
    session = make_session()
    Registration.objects.register(person, session)
    session.run_anyway("The dean asked.", by=office)
    page = read(clerk.get(session_page(session)))
    assert "The dean asked." in page.text and "1 of 6" in page.text
    assert "decisions-0-reason" not in page.field_names


@pytest.mark.parametrize("published", [True, False])
def test_who_may_only_look_sees_the_session_and_changes_nothing(client, people, make_session, published):
    staff = people(1, is_staff=True)[0]
    staff.user_permissions.set(Permission.objects.filter(codename="view_session"))
    session = make_session(published=published)
    client.force_login(staff)
    page = read(client.get(session_page(session)))
    assert "Bystander Interventions" in page.text and page.parts("[type=submit][value]") == []
    assert client.post(session_page(session), {"capacity": "30"}).status_code == 403
    assert client.get(decision(session, "publish")).status_code == 403


@pytest.mark.parametrize("query", ["workshop=abc", "workshop=999", "day=nonsense&facilitators=x,y", "as_loaded=x"])
def test_a_strange_link_to_the_schedule_form_opens_it(clerk, query):
    assert clerk.get(f"{SCHEDULE}?{query}").status_code == 200


# ---- the list ----


def test_the_list_takes_as_many_queries_for_thirty_sessions_as_for_one(clerk, make_session):
    counts = []
    for more in (1, 29):
        for number in range(more):
            make_session(days=10 + number)
        clerk.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert clerk.get(LIST).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_says_state_and_count_in_words(clerk, make_session, person):
    session = make_session()
    Registration.objects.register(person, session)
    page = read(clerk.get(LIST))
    assert "Open, short by 5" in page.text and "1 of 6" in [part.text for part in page.parts("b")]


@pytest.mark.parametrize(
    "query, found",
    [("when=upcoming", True), ("when=past", False), ("q=bystander", True), ("q=nothing", False)]
    + [("status__exact=open", True), ("status__exact=draft", False), ("when=nonsense", True)],
)
def test_the_list_is_filtered_and_searched(clerk, make_session, query, found):
    make_session()
    assert bool(read(clerk.get(f"{LIST}?{query}", follow=True)).parts("#result_list")) == found


def test_selected_drafts_are_published_and_the_others_say_why_not(clerk, make_session, office):
    draft, cancelled = make_session(published=False), make_session()
    cancelled.cancel("No room.", by=office)
    action = {"action": "publish_selected", "_selected_action": [draft.pk, cancelled.pk], "index": "0"}
    asked = read(clerk.post(LIST, action))
    assert "only a draft is published" in asked.text and "It is done to one. One cannot be, and stays" in asked.text
    response = clerk.post(LIST, asked.form(id="many_form").data | {"sure": "1"}, follow=True)
    draft.refresh_from_db()
    assert draft.status == Session.Status.OPEN
    assert "only a draft is published" in read(response).text


def test_the_first_page_lists_the_decisions_ahead(clerk, make_session):
    soon, late = make_session(days=9), make_session(days=40)
    page = read(clerk.get("/admin/"))
    assert session_page(soon) in page.addresses and session_page(late) not in page.part("#content-main").addresses


def test_a_draft_in_another_year_is_not_lost_in_the_forms_words(clerk, workshop, office):
    starts_at = datetime(2031, 5, 14, 17, tzinfo=UTC)
    plan = MeetingPlan(starts_at, starts_at + timedelta(hours=1), "America/Chicago")
    session = Session.objects.schedule(workshop, meetings=[plan], by=office)
    assert filled_in(clerk, session_page(session), "session_form")["day"] == ["2031-05-14"]


@pytest.mark.parametrize("name", ["run-anyway", "extend", "cancel", "publish"])
def test_a_decision_that_is_not_open_is_not_asked_for(client, office, make_session, now, name):
    session = make_session()
    session.cancel("Snow.", by=office, now=now)
    client.force_login(office)
    response = client.get(f"/admin/sessions_app/session/{session.pk}/{name}/", follow=True)
    assert response.redirect_chain == [(f"/admin/sessions_app/session/{session.pk}/change/", 302)]
    assert "is not open: this session is cancelled." in read(response).text
