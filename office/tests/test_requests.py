"""Requests for a session in the admin: the inbox, the decisions, scheduling in one step, and the rules."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client

from accounts.models import Person
from catalog.models import Facilitator, Part, PartPlan, Workshop
from devtools.testing.office_pages import filled_in
from devtools.testing.page import get, read
from devtools.testing.registering import ADA, BO
from devtools.testing.requesting import ask, shifted, window
from notifications.models import Notice
from sessions_app.models import RequestRules, Session, SessionRequest

pytestmark = pytest.mark.django_db

INBOX, RULES = "/admin/sessions_app/sessionrequest/", "/admin/sessions_app/requestrules/"


@pytest.fixture
def inbox_row(person, workshop, now) -> SessionRequest:
    return ask(person, workshop, now, addresses=[ADA, BO])


def page_of(inbox_row: SessionRequest, name: str = "change") -> str:
    return f"{INBOX}{inbox_row.pk}/{name}/"


def press(client: Client, inbox_row: SessionRequest, name: str, **typed):
    """Send the page of a decision as it is shown, with what is typed."""
    url = page_of(inbox_row, name)
    return client.post(url, filled_in(client, url, "decision_form", **typed))


# ---- the inbox ----


def test_the_inbox_shows_the_oldest_first_and_what_is_too_soon(clerk, people, workshop, now):
    first, second = people(2)
    ask(second, workshop, now - timedelta(days=1), windows=[window(now, 10)])
    ask(first, workshop, now - timedelta(days=9))
    rows = get(clerk, f"{INBOX}?state=waiting").table().rows
    assert [row["Too soon"] for row in rows] == ["–", "Too soon"]
    assert ["9 days ago" in rows[0]["Asked"], "yesterday" in rows[1]["Asked"]] == [True, True]


def test_the_inbox_has_what_waits_what_is_mine_and_what_has_ended(clerk, office, people, workshop, now):
    one, mine, ended = (ask(person, workshop, now) for person in people(3))
    mine.assign(office, by=office)
    ended.decline("No.", by=office)
    found = {state: len(get(clerk, f"{INBOX}?state={state}").table().rows) for state in ("waiting", "mine", "ended")}
    assert found == {"waiting": 2, "mine": 1, "ended": 1} and one.is_waiting


def test_the_list_takes_as_many_queries_for_thirty_as_for_one(
    clerk, people, workshop, now, django_assert_num_queries, django_assert_max_num_queries
):
    RequestRules.objects.create(pk=1, most_of_a_person=99)
    (person,) = people(1)
    ask(person, workshop, now)
    with django_assert_max_num_queries(30) as few:
        clerk.get(INBOX)
    for day in range(41, 70):
        ask(person, workshop, now, windows=[window(now, day), window(now, day + 40)])
    with django_assert_num_queries(len(few)):
        clerk.get(INBOX)


def test_the_first_page_counts_what_waits(clerk, inbox_row, office):
    assert get(clerk, "/admin/").link("1 request for a session to answer") == f"{INBOX}?state=waiting"
    inbox_row.decline("No.", by=office)
    assert "for a session to answer" not in get(clerk, "/admin/").text


def test_one_request_shows_what_was_asked_for(clerk, inbox_row):
    page = get(clerk, page_of(inbox_row))
    for words in (
        "Person 1 (person1@example.edu)",
        "8 people",
        ADA,
        inbox_row.hopes,
        "Central time",
        "Either is fine",
    ):
        assert words in page.text, words
    assert page.link("Schedule it") == page_of(inbox_row, "schedule")


def test_the_group_office_may_decide_and_others_may_not(inbox_row, people):
    call_command("create_office", "colleague@example.edu", verbosity=0)
    colleague, other = Client(), Client()
    colleague.force_login(Person.objects.get(email="colleague@example.edu"))
    (nobody,) = people(1, is_staff=True)
    other.force_login(nobody)
    pages = [page_of(inbox_row, name) for name in ("schedule", "reply", "assign", "decline")]
    assert [colleague.get(page).status_code for page in pages] == [200] * 4
    assert [other.get(page).status_code for page in pages] == [403] * 4
    assert [other.post(page).status_code for page in pages] == [403] * 4


# ---- the decisions ----


def test_a_request_is_assigned_to_a_person_of_the_office(clerk, inbox_row, office):
    assert press(clerk, inbox_row, "assign", to=office.pk).status_code == 302
    inbox_row.refresh_from_db()
    assert inbox_row.assigned_to == office and inbox_row.is_waiting


def test_an_answer_is_a_mail_and_stands_on_record(clerk, inbox_row, person):
    assert press(clerk, inbox_row, "reply", answer="Would the 12th do?").status_code == 302
    assert Notice.objects.get(kind="request_answered").to == person.email
    assert LogEntry.objects.latest("pk").change_message == "Answered: Would the 12th do?"


@pytest.mark.parametrize(
    ("name", "field", "sentence"),
    [
        ("reply", "answer", "Write what the person is to read."),
        ("decline", "reason", "Say why: the person is told the reason."),
    ],
)
def test_neither_answer_nor_refusal_goes_without_words(clerk, inbox_row, name, field, sentence):
    response = press(clerk, inbox_row, name, **{field: " "})
    assert response.status_code == 400 and sentence in read(response).text
    inbox_row.refresh_from_db()
    assert inbox_row.state == "waiting"


def test_declining_ends_it_with_a_reason(clerk, inbox_row):
    press(clerk, inbox_row, "decline", reason="We have nobody for it.")
    inbox_row.refresh_from_db()
    assert (inbox_row.state, inbox_row.decline_reason) == ("declined", "We have nobody for it.")
    assert "Schedule it" not in get(clerk, page_of(inbox_row)).text
    assert clerk.get(page_of(inbox_row, "schedule")).url == page_of(inbox_row)


# ---- scheduling ----

LINK = {"join_link": "https://meet.example.edu/quorum", "format": "online"}


def test_the_page_starts_from_the_first_of_their_times(clerk, inbox_row, workshop, now):
    page = get(clerk, page_of(inbox_row, "schedule"))
    assert page.field(name="day").value == shifted(now, 40) and page.field("Starts at").value == "12:00"
    assert page.field("Workshop").value == str(workshop.pk)
    assert get(clerk, f"{page_of(inbox_row, 'schedule')}?window=2").field(name="day").value == shifted(now, 42)
    for other in ("0", "9", "x", "²", "\0"):
        assert clerk.get(page_of(inbox_row, "schedule"), {"window": other}).status_code in (200, 400)


def test_the_page_says_who_is_told_what(clerk, inbox_row):
    text = get(clerk, page_of(inbox_row, "schedule")).text
    assert "Person 1 is told when and where it is, and is registered if they may be and are free." in text
    assert f"2 colleagues get a mail each that proposes the session: {ADA}, {BO}." in text
    assert "Nobody else is told" in text


def test_one_step_makes_the_session_and_writes_to_everybody(clerk, inbox_row, person, workshop):
    ada = Facilitator.objects.create(name="Ada Okafor")
    response = press(clerk, inbox_row, "schedule", minimum="4", facilitators=[ada.pk], **LINK)
    session = Session.objects.get()
    assert response.status_code == 302 and response.url == page_of(inbox_row)
    assert (session.workshop, session.status, session.listed, session.minimum) == (workshop, "open", False, 4)
    assert list(session.facilitators.all()) == [ada] and session.starts_at == inbox_row.spans[0][0]
    assert session.ends_at - session.starts_at == timedelta(minutes=workshop.minutes)
    assert sorted(session.nominations.values_list("email", flat=True)) == [ADA, BO]
    assert session.seats_taken == 1 and session.registrations.get().person == person
    inbox_row.refresh_from_db()
    assert inbox_row.session == session
    assert str(session) in get(clerk, page_of(inbox_row)).text


def test_the_office_picks_the_workshop_of_a_topic_of_their_own(clerk, person, workshop, now):
    inbox_row = ask(person, None, now, topic="Power")
    response = press(clerk, inbox_row, "schedule", **LINK)
    assert response.status_code == 400 and read(response).field("Workshop").errors == ["Choose a workshop."]
    assert press(clerk, inbox_row, "schedule", workshop=workshop.pk, **LINK).status_code == 302
    assert Session.objects.get().workshop == workshop


def test_a_workshop_that_is_a_draft_again_is_not_offered(clerk, inbox_row, workshop):
    Workshop.objects.update(status="draft")
    page = get(clerk, page_of(inbox_row, "schedule"))
    assert page.field("Workshop").value == "" and str(workshop.pk) not in page.field("Workshop").options


def test_a_workshop_of_two_parts_gets_a_meeting_for_each(clerk, inbox_row, workshop, office):
    Part.objects.divide(workshop, [PartPlan("Seeing", 60), PartPlan("Speaking", 120)], by=office)
    page = get(clerk, page_of(inbox_row, "schedule"))
    assert "Part 2: Speaking" in page.headings()
    second = {"part2-join_link": "https://meet.example.edu/two"}
    assert press(clerk, inbox_row, "schedule", **LINK, **second).status_code == 302
    meetings = Session.objects.get().meetings.all()
    starts = [start for start, _ in inbox_row.spans]
    assert [(one.part.title, one.starts_at) for one in meetings] == [("Seeing", starts[0]), ("Speaking", starts[1])]
    assert [(one.ends_at - one.starts_at).seconds // 60 for one in meetings] == [60, 120]


def test_a_second_meeting_without_a_time_is_asked_for(clerk, person, workshop, office, now):
    inbox_row = ask(person, None, now, topic="Power", windows=[window(now)])
    Part.objects.divide(workshop, [PartPlan("Seeing", 60), PartPlan("Speaking", 60)], by=office)
    response = press(clerk, inbox_row, "schedule", workshop=workshop.pk, **LINK)
    assert response.status_code == 400 and read(response).field(name="part2-day").errors == ["This field is required."]
    assert not Session.objects.exists()


def test_another_time_than_theirs_is_asked_about_once(clerk, inbox_row, now):
    typed = {"day": shifted(now, 60), **LINK}
    response = press(clerk, inbox_row, "schedule", **typed)
    page = read(response)
    assert response.status_code == 400 and "This is not within the times the team gave." in page.text
    again = page.form(id="decision_form").data | {"anyway": "on"}
    assert clerk.post(page_of(inbox_row, "schedule"), again).status_code == 302
    assert Session.objects.get().is_running


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"minimum": "30"}, "The minimum cannot be larger than the capacity, 24."),
        ({"format": "in_person", "join_link": ""}, "Choose a venue for every meeting, or set the format to online."),
        ({"starts": "12:00", "ends": "12:00"}, "It ends at 12:00, which is not after its start at 12:00."),
        ({"day": "2020-05-14", "anyway": "on"}, "The first meeting has already started. Choose a later date."),
        ({"confirm_by_0": "2020-05-14", "confirm_by_1": "12:00"}, "The decision date has passed."),
        ({"confirm_by_0": "2099-05-14", "confirm_by_1": "12:00"}, "The decision date cannot be after the start."),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(clerk, inbox_row, typed, sentence):
    response = press(clerk, inbox_row, "schedule", **LINK | typed)
    assert response.status_code in (400, 409) and sentence in read(response).text
    inbox_row.refresh_from_db()
    assert (
        inbox_row.is_waiting and not Session.objects.exists() and not Notice.objects.filter(kind="nominated").exists()
    )


def test_a_request_that_was_scheduled_since_is_not_scheduled_again(clerk, inbox_row):
    sent = filled_in(clerk, page_of(inbox_row, "schedule"), "decision_form", **LINK)
    answers = [clerk.post(page_of(inbox_row, "schedule"), sent).status_code for _ in range(2)]
    assert answers == [302, 409] and Session.objects.count() == 1


# ---- the rules ----


def test_the_list_of_rules_leads_to_the_one_row(clerk):
    assert clerk.get(RULES).url == f"{RULES}add/"
    clerk.post(f"{RULES}add/", filled_in(clerk, f"{RULES}add/", "requestrules_form", lead_days="30"))
    assert RequestRules.objects.get().lead_days == 30
    assert clerk.get(RULES).url == f"{RULES}1/change/"
    assert clerk.get(f"{RULES}add/").url == f"{RULES}1/change/"


def test_closing_is_put_on_record_and_closes_the_form(clerk):
    RequestRules.objects.create(pk=1)
    sent = filled_in(clerk, f"{RULES}1/change/", "requestrules_form", closed_words="Back in August.")
    del sent["is_open"]
    assert clerk.post(f"{RULES}1/change/", sent).status_code == 302
    assert "Open for requests: from yes to no." in LogEntry.objects.latest("pk").change_message
    assert "Back in August." in get(Client(), "/requests/new/").text
