"""What is done to many sessions at one press: said of each first, done to those that can, the others named."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Campus
from catalog.models import Facilitator
from devtools.testing.page import read
from foundation.dates import local
from notifications.models import Notice
from notifications.outbox.deliver import drain
from office.many.asking import MOST, TOO_MANY
from registrations.models import Interest, Registration
from sessions_app.models import MeetingPlan, Session, Venue
from sessions_app.models.putting_up import ToSchedule

pytestmark = pytest.mark.django_db
LIST = reverse("admin:sessions_app_session_changelist")


@pytest.fixture
def many(clerk):
    """many(action, sessions, ...) presses an action of the list; many.again(name, ...) a button of its page."""

    class Many:
        def __call__(self, action, sessions, **typed):
            chosen = [one.pk for one in sessions]
            self.answer = clerk.post(LIST, {"action": action, "_selected_action": chosen, "index": "0"} | typed)
            self.page = read(self.answer)
            return self.page

        def again(self, name, **typed):
            self.answer = clerk.post(LIST, self.page.form(id="many_form").data | {name: "1"} | typed, follow=True)
            self.page = read(self.answer)
            return self.page

    return Many()


def test_drafts_are_published_at_once_with_one_mail_to_each_person(many, make_session, workshop, people):
    for person in people(2):
        Interest.objects.express(person, workshop)
    drafts = [make_session(published=False, days=14 + number) for number in range(3)]
    page = many("publish_selected", drafts)
    assert "A mail about these dates goes to two people who asked for one." in page.text
    assert not Session.objects.filter(status="open").exists()
    assert "3 published." in many.again("sure").text
    assert Session.objects.filter(status="open").count() == 3 and Notice.objects.filter(kind="dated").count() == 2


def test_three_of_five_hundred_that_cannot_are_named_and_the_rest_is_done(many, workshop, office, now):
    def plan(number):
        starts_at = now + timedelta(days=30 + number)
        return ToSchedule(workshop, [MeetingPlan(starts_at, starts_at + timedelta(hours=1), "UTC")])

    drafts = Session.objects.schedule_each([plan(number) for number in range(MOST)], by=office)
    placeless = Session.objects.filter(pk__in=[one.pk for one in drafts[100:400:100]])
    placeless.update(format="in_person")
    page = many("publish_selected", drafts)
    assert "It is done to 497. 3 cannot be, and stay as they are." in page.text
    page = many.again("sure")
    assert "497 published." in page.text
    assert page.text.count("Choose a venue for every meeting, or set the format to online.") == 3
    assert Session.objects.filter(status="open").count() == 497


def test_more_than_a_page_can_say_are_too_many(many, workshop, office):
    Session.objects.bulk_create(Session(workshop=workshop, minimum=1, capacity=2) for _ in range(MOST + 1))
    chosen = Session.objects.all()
    many("publish_selected", chosen)
    assert many.answer.status_code == 302
    assert TOO_MANY in [str(one) for one in many.answer.wsgi_request._messages]


def test_the_time_of_day_place_and_seats_of_many_change(many, make_session, people, office):
    campus = Campus.objects.create(name="North", time_zone="America/Chicago")
    annex, ada = Venue.objects.create(campus=campus, building="Annex"), Facilitator.objects.create(name="Ada Okafor")
    gathering, draft, cancelled = make_session(), make_session(days=21, published=False), make_session(days=28)
    for person in people(2):
        Registration.objects.register(person, gathering)
    drain()
    cancelled.cancel("No room.", by=office)
    page = many("change_selected", [gathering, draft, cancelled])
    assert "3 are chosen." in page.text and page.button_names[-1] == "Show what changes"
    assert "Change them" not in page.button_names
    typed = {"starts": "15:00", "venue": annex.pk, "capacity": "30", "facilitators": [ada.pk]}
    page = many.again("show", **typed)
    assert "It is done to 2. One cannot be, and stays as it is." in page.text
    assert "Two people are told: registered or on the waitlist." in page.text
    assert "The capacity changes from 24 to 30." in page.text
    assert "This session is cancelled; it cannot change." in page.text and not Notice.objects.filter(kind="changed")
    assert "2 sessions are changed." in many.again("sure").text
    for session in (gathering, draft):
        session.refresh_from_db()
        assert f"{local(session.starts_at, session.time_zone):%H:%M}" == "15:00" and session.capacity == 30
        assert session.meetings.get().venue == annex and session.facilitators.get() == ada
    assert Notice.objects.filter(kind="changed").count() == 2


def test_what_is_another_since_is_shown_again(many, make_session, people):
    session, (person,) = make_session(), people(1)
    many("change_selected", [session])
    many.again("show", starts="15:00")
    Registration.objects.register(person, session)
    page = many.again("sure")
    assert "This is not what it was when you looked, so nothing is done yet." in page.text
    assert "One person is told: registered or on the waitlist." in page.text
    assert many.answer.status_code == 409 and page.field(name="starts").value == "15:00"
    assert "One session is changed." in many.again("sure").text


def test_a_change_that_says_nothing_or_no_time_is_refused(many, make_session):
    many("change_selected", [make_session()])
    assert "Say what changes: everything is blank." in many.again("show").text
    assert "Say when they start, too." in many.again("show", ends="15:00").text
    assert many.answer.status_code == 400
    page = many.again("show", starts="25:00", ends="")
    assert page.field(name="starts").value == "25:00" and "Enter a valid time." in page.text


def test_a_minimum_that_would_confirm_and_several_meetings_are_left(many, make_session, people, now):
    short = make_session()
    for person in people(4):
        Registration.objects.register(person, short)
    plans = [MeetingPlan(now + timedelta(days=day), now + timedelta(days=day, hours=1), "UTC") for day in (40, 47)]
    several = make_session(meetings=plans)
    many("change_selected", [short, several])
    page = many.again("show", minimum="4", starts="09:00")
    assert "so a minimum of 4 would confirm it, below the 6 that people were told." in page.text
    assert "It has several meetings: their times and places change on its own page." in page.text
    assert "Nothing is done to any of them." in page.text


def test_unused_drafts_are_deleted_and_nothing_else(many, make_session, people):
    draft, gathering, used = make_session(published=False), make_session(), make_session(published=False)
    Session.objects.filter(pk=used.pk).update(next_position=2)
    page = many("discard_selected", [draft, gathering, used])
    assert "This session is open: it is cancelled, with a reason, or stays." in page.text
    assert "Somebody has registered for it once, so it stays." in page.text
    assert "One draft is deleted." in many.again("sure").text
    assert {one.pk for one in Session.objects.all()} == {gathering.pk, used.pk}


def test_a_page_about_many_takes_as_many_queries_as_about_one(many, make_session):
    sessions = [make_session(published=False, days=14 + number) for number in range(12)]
    for action in ("publish_selected", "discard_selected"):
        counts = []
        for chosen in (sessions[:1], sessions):
            with CaptureQueriesContext(connection) as queries:
                many(action, chosen)
            counts.append(len(queries))
        assert counts[0] == counts[1], action
    counts = []
    for chosen in (sessions[:1], sessions):
        many("change_selected", chosen)
        with CaptureQueriesContext(connection) as queries:
            many.again("show", starts="15:00")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_registration_of_many_closes_so_many_hours_before_each(many, make_session):
    near, far, draft = make_session(days=20), make_session(days=30), make_session(days=25, published=False)
    many("change_selected", [near, far, draft], step="1", show="1", closes="48")
    assert many.page.text.count("Registration closes ") >= 2
    assert "It is a draft: when registration closes is typed on its own page." in many.page.text
    assert "2 sessions are changed." in many.again("sure").text
    for one in (near, far):
        one.refresh_from_db()
        assert one.starts_at - one.registration_closes_at == timedelta(hours=48)
