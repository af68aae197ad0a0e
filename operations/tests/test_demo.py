"""`manage.py demo`: an invented school in every state, dated around whatever day it is."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F

from accounts.models import Person
from catalog.models import Facilitator, Offering, Program, Workshop
from library.models import Resource
from notifications.models import Notice
from operations.demo.build import AMINA, KAI, MANAGER, OFFICE, build
from operations.demo.leading import JULES
from operations.demo.season import CONTENT, SCHEDULES, ZONE, is_away, published, read, season
from operations.invariants import breaches
from outcomes.models import Attendance, Certificate, Evaluation, OutsideActivity, Requirement
from registrations.eligibility import people_for
from registrations.models import Accommodation, Nomination, Registration
from sessions_app.models import Leading, Meeting, Session, SessionRequest

FARTHEST = timedelta(weeks=32)  # 25, and what the winter break and days already taken push back
NOON = datetime(2026, 5, 12, 17, tzinfo=UTC)
DAYS = {
    "an ordinary noon": NOON,
    "the night before the spring change": datetime(2027, 3, 14, 5, 59, tzinfo=UTC),
    "the second half past one of the fall change": datetime(2026, 11, 1, 7, 30, tzinfo=UTC),
    "the last minute of a year": datetime(2028, 1, 1, 5, 59, tzinfo=UTC),
}
TITLES = [
    "Implicit Bias",
    "Bystander Interventions",
    "Microaggressions & Macroaggressions",
    "Micro Affirmations and Allyship: Addressing Workplace Toxicity and Power Dynamics",
    "Cultural Humility",
    "Psychological Safety",
    "Workplace Wellbeing",
    "Dominant Culture",
    "Systemic Racism Pt. 1",
    "Systemic Racism Pt. 2",
    "Disability and Allyship",
    "LGBTQ+ Inequities Pt. 1",
    "LGBTQ+ Inequities Pt. 2",
    "Confronting Dominant Culture and Creating Belonging as an Ally",
    "Mental Health Inequities Pt. 1",
    "Mental Health Inequities Pt. 2",
    "Justice at Work Debrief Session",
    "Understanding Allyship and Responding to Microaggressions",
    "Whose Pain Is Believed",
    "What the Portraits on the Wall Say",
    "Belonging on the Team",
    "Change Chat: Implicit Bias",
]


def the(**fields) -> Session:
    """Return the one session like this."""
    return Session.objects.get(**fields)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(day, id=name, marks=[] if day == NOON else pytest.mark.postgres) for name, day in DAYS.items()
    ],
)
def built_at(request, django_db_setup, django_db_blocker):
    """The moment of a demo that is built once; what a test changes in it is rolled back after the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        build(request.param)
        yield request.param
        transaction.set_rollback(True)


at_noon = pytest.mark.parametrize("built_at", [NOON], ids=["an ordinary noon"], indirect=True)


# ---- the whole of it, on several days ----


@pytest.mark.django_db
def test_on_any_day_every_state_is_there_and_the_counts_are_right(built_at):
    sessions = list(Session.objects.all())
    assert {s.status for s in sessions} == set(Session.Status.values)

    # What the stories say is what the verbs led to.
    for story, session in zip(
        season(built_at), Session.objects.filter(asked_for=None).order_by("starts_at"), strict=True
    ):
        places = Counter(session.registrations.values_list("status", flat=True))
        assert (session.workshop.title, session.starts_at) == (story.workshop, story.meetings[0][0])
        assert session.meetings.count() == len(story.meetings)
        assert places["withdrawn"] == story.left
        if session.status == "cancelled":
            assert (session.cancelled_count, places["session_cancelled"]) == (story.registered, story.registered)
            assert (session.seats_taken, session.waiting_count) == (0, 0)
        else:
            assert (session.seats_taken, session.waiting_count) == (story.registered, story.waiting)
            assert (places["registered"], places["waitlisted"]) == (story.registered, story.waiting)
        assert session.next_position == sum(places.values()) + 1

    running = [s for s in sessions if s.is_running]
    assert {s.seats_taken for s in running if s.status == "open"} == {0, 1, 2, 3, 4, 5}
    assert all(s.starts_at > built_at and s.confirm_by <= s.starts_at for s in running)
    assert all(s.confirm_by > built_at for s in running if s.status == "open")
    assert all(s.ends_at < built_at for s in sessions if s.status == "completed")
    assert not Session.objects.due_for_decision(built_at).exists()
    assert not Registration.objects.filter(registered_at__gt=built_at).exists()
    assert not Session.objects.filter(published_at__gt=built_at).exists()

    full = the(seats_taken=F("capacity"))
    assert (full.status, full.seats_taken, full.waiting_count) == ("confirmed", 24, 3)
    assert [s.seats_left > 0 for s in running if s.is_confirmed].count(True) >= 4
    assert the(listed=False, asked_for=None).status == "confirmed"
    assert the(run_anyway_reason__gt="").confirmed_count == 4
    assert the(cancel_reason__startswith="The facilitator").cancelled_by_rule is False
    assert Session.objects.filter(cancelled_by_rule=True, starts_at__gt=built_at).get().cancelled_count == 3
    assert Session.objects.filter(decisions__kind="extended").get().status == "open"
    assert list(breaches(built_at)) == []


@pytest.mark.django_db
@at_noon
def test_the_demo_tells_nobody_anything_twice(built_at):
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    assert not Notice.objects.due(NOON + timedelta(days=1)).exists()


@pytest.mark.django_db
def test_there_are_nominations_to_answer_and_access_requests_to_read(built_at):
    open_ones = Nomination.objects.open().filter(told_at__isnull=False)
    assert set(open_ones.values_list("email", flat=True)) >= {KAI, "wren.tidemarsh@example.edu"}
    assert open_ones.filter(email=KAI).get().session.takes_registrations(built_at)
    assert Accommodation.objects.waiting(built_at).count() == 2
    answered = Accommodation.objects.exclude(answered_at=None).get()
    assert (answered.needs, answered.answered_by.email) == ("A chair with arms near the door, please.", OFFICE)
    assert list(Person.objects.arranging_access().values_list("email", flat=True)) == [OFFICE]


@pytest.mark.django_db
def test_what_came_of_sessions_is_there(built_at):
    lists = {each.session.workshop.title: each for each in Meeting.objects.filter(sheet__closed_at__isnull=False)}
    assert set(lists) == {"Implicit Bias", "Systemic Racism Pt. 1", "Workplace Wellbeing"}
    assert Attendance.objects.unsure().count() == 2
    assert Attendance.objects.filter(registration=None).count() == 2
    of_session = Certificate.objects.valid().filter(session__isnull=False)
    assert Counter(of_session.values_list("title", flat=True)) == {
        "Systemic Racism Pt. 1": 6,
        "Implicit Bias": 13,
        "Workplace Wellbeing": 5,
    }
    shown = {each.session.workshop.title: each.results is not None for each in Evaluation.objects.all()}
    assert shown == {"Implicit Bias": True, "Workplace Wellbeing": False}
    assert OutsideActivity.objects.waiting().get().person.email == AMINA
    assert Requirement.objects.standing().get().hours == 6


@pytest.mark.django_db
@at_noon
def test_the_change_chat_is_open_to_people_who_were_there(built_at):
    chat = Session.objects.get(workshop__title="Change Chat: Implicit Bias")
    here = Attendance.objects.here().filter(meeting__session__workshop__title="Implicit Bias")
    assert set(people_for(chat)) == {one.person for one in here}


@pytest.mark.django_db
@at_noon
def test_leaving_a_confirmed_session_of_the_demo_takes_it_off_the_calendar(built_at):
    registration = Registration.objects.registered().get(
        person__email=AMINA, session__status="confirmed", session__workshop__title="Systemic Racism Pt. 2"
    )
    registration.withdraw(registration.person, now=NOON)
    notice = Notice.objects.get(state="queued", person__email=AMINA)
    assert (notice.kind, notice.method, notice.sequence) == ("withdrawn", "CANCEL", 2)
    assert notice.thread.requested_at == NOON


@pytest.mark.django_db
def test_one_team_waits_and_another_is_four_of_six(built_at):
    waiting, scheduled = SessionRequest.objects.order_by("-asked_at")
    assert (waiting.state, scheduled.state) == ("waiting", "scheduled")
    assert not waiting.is_too_soon
    session = scheduled.session
    assert (session.seats_taken, session.minimum, session.status, session.listed) == (4, 6, "open", False)
    assert session.confirm_by > built_at
    assert not is_away(session.starts_at.astimezone(ZoneInfo(ZONE)).date())


@pytest.mark.django_db
@at_noon
def test_programs_parts_and_resources_are_there(built_at):
    titles = list(Program.objects.published().values_list("title", flat=True))
    assert titles == ["Foundational Trainings", "Ally Training Program 2023", "Dean's Lecture Series"]
    assert {each.offering for each in Workshop.objects.published()} == set(Offering.values)
    of_two = the(workshop__title="Understanding Allyship and Responding to Microaggressions")
    assert [meeting.part.title for meeting in of_two.meetings.all()] == [
        "Identity, Power and Allyship",
        "Bystander Intervention Strategies",
    ]
    assert Workshop.objects.get(title="Systemic Racism Pt. 2").requires.get().title == "Systemic Racism Pt. 1"
    article = Resource.objects.get(title="Six ways to be an ally")
    assert article.actions.count() == 6 and article.citation.authors.startswith("Sonnenberg, ")
    assert {each.access for each in Resource.objects.published()} == set(Resource.Access.values)


@pytest.mark.django_db
@at_noon
def test_the_visitor_can_be_the_sixth(built_at):
    session = Session.objects.filter(status="open", seats_taken=5).get()
    assert session.workshop.title == "Bystander Interventions"
    kai = Person.objects.get(email=KAI)
    assert not kai.registrations.exists()
    assert Registration.objects.register(kai, session, now=NOON).is_registered
    session.settle(now=NOON)
    assert (session.status, session.confirmed_count) == ("confirmed", 6)


@pytest.mark.django_db
@at_noon
def test_the_accounts_to_try_can_sign_in(built_at):
    office = Person.objects.get(email=OFFICE)
    assert (office.is_staff, office.is_superuser, office.is_active) == (True, False, True)
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == Person.objects.count() - 1 == 33
    waiting = Registration.objects.waitlisted().get(person__email=AMINA)
    assert waiting.place_in_line == 2
    assert all(person.profile_is_complete for person in Person.objects.filter(is_active=True))


# ---- the dates ----


@pytest.mark.parametrize("hour", [0, 6, 18])
def test_on_every_day_of_a_year_the_season_lies_right(hour):
    for number in range(0, 366, 2):
        now = datetime(2027, 6, 1, hour, 15, tzinfo=UTC) + timedelta(days=number)
        stories = season(now)
        days = [start.astimezone(ZoneInfo(ZONE)).date() for story in stories for start, _ in story.meetings]
        assert len(days) == len(set(days)) == 44
        assert not any(is_away(day) or day.weekday() > 4 for day in days)
        past = [story for story in stories if story.meetings[0][0] <= now]
        assert len(past) == 5
        assert all(story.meetings[-1][1] < now - timedelta(days=3) for story in past)
        assert stories[5].meetings[0][0] > now + timedelta(days=3)
        assert stories[-1].meetings[0][0] < now + FARTHEST


def test_the_published_dates_keep_weekday_and_time_of_day():
    zone, stories = ZoneInfo(ZONE), season(NOON)
    moved = {
        (s.workshop, start.astimezone(zone).strftime("%a %H:%M"), end.astimezone(zone).strftime("%H:%M"))
        for s in stories
        for start, end in s.meetings
    }
    rows = [row for name in SCHEDULES for row in published(name)]
    assert len(rows) == 17
    for title, day, start, end, _ in rows:
        assert (title, f"{day:%a} {start:%H:%M}", f"{end:%H:%M}") in moved


def test_the_same_day_gives_the_same_season():
    assert season(NOON) == season(NOON + timedelta(hours=3))


def test_nobody_is_asked_to_come_on_thanksgiving_or_in_the_winter_break():
    away = [datetime(2026, 11, 26), datetime(2026, 11, 27), datetime(2026, 12, 24), datetime(2027, 1, 1)]
    assert [is_away(day.date()) for day in away] == [True] * 4
    here = [datetime(2026, 11, 25), datetime(2026, 12, 18), datetime(2027, 1, 4)]
    assert [is_away(day.date()) for day in here] == [False] * 3


# ---- the words ----


@pytest.mark.django_db
@at_noon
def test_all_the_workshops_are_described_in_our_own_words(built_at):
    assert sorted(Workshop.objects.values_list("title", flat=True)) == sorted(TITLES)
    for workshop in Workshop.objects.published():
        assert workshop.summary.count(".") == 1 and workshop.summary.endswith(".")
        assert 2 <= len(workshop.description.split("\n\n")) <= 3
        for part in list(workshop.parts.all()) or [None]:
            assert 3 <= workshop.objectives.filter(part=part).count() <= 4
        assert workshop.topics.exists() and workshop.facilitators.exists()
        assert re.match(r"(Fifteen|Twenty) minutes\. ", workshop.pre_work)
        workshop.full_clean()


def test_the_voice_is_plain():
    for name in ("workshops.toml", "season.toml", "places.toml", "programs.toml", "library.toml"):
        text = (CONTENT / name).read_text(encoding="utf-8")
        assert not re.search(
            r"!|—|\b(event|enroll|RSVP|quorum|attendee|unfortunately|oops)\b", text.partition("\n\n")[2]
        )


@pytest.mark.django_db
@at_noon
def test_people_are_plainly_invented(built_at):
    people = Person.objects.filter(is_active=True)
    for person in people.exclude(email__in=[OFFICE, MANAGER]):
        assert person.email == person.name.lower().replace(" ", ".") + "@example.edu"
    surnames = [
        name.split()[-1]
        for model in (people, Facilitator.objects.filter(person=None))
        for name in model.values_list("name", flat=True)
    ]
    assert len(surnames) == len(set(surnames)) == 39
    places = {"Minnesota", "Michigan", "umn.edu", "umich"}
    assert not any(place in path.read_text() for path in CONTENT.iterdir() for place in places)
    assert {venue["campus"] for venue in read("places.toml")["venue"]} == {"Twin Cities", "Duluth"}


@pytest.mark.django_db
@at_noon
def test_one_facilitator_has_an_account_and_an_answer_to_give(built_at):
    own = Leading.objects.current().filter(facilitator__person__email=JULES, session__starts_at__gt=built_at)
    assert sorted({one.words for one in own}) == ["Accepted", "Asked"]
    assert own.filter(answer="").count() == 1
