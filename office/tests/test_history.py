"""The history of a session: all that happened to it and its people, with names for those who may see them."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from devtools.testing.groups import in_group
from devtools.testing.page import read
from foundation.record import record
from notifications.models import Notice
from outcomes.models import Attendance
from registrations.models import Registration

pytestmark = pytest.mark.django_db


def history(session, query: str = "") -> str:
    return f"/admin/sessions_app/session/{session.pk}/history/{query}"


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def eventful(make_session, people, office, now):
    """A confirmed session: two registered, one of them withdrew, the office sent mail and ticked the other."""
    session = make_session(minimum=1)
    ann, ben = people(2)
    for person in (ann, ben):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    session.registrations.get(person=ben).withdraw(by=office, now=now)
    session.resize(1, 30, by=office)
    Notice.objects.filter(registration__session=session, kind="confirmed").update(state="sent", sent_at=now)
    here = Attendance.State.HERE, Attendance.Source.ROSTER
    Attendance.objects.mark(session.meetings.get(), session.registrations.get(person=ann), *here, by=office, now=now)
    record(office, session, "Attendance of Person 1 taken back: here, ticked on the roster.")
    return session


def test_the_office_reads_all_of_it_with_names(clerk, eventful):
    text = read(clerk.get(history(eventful))).text
    for sentence in (
        "Published.",
        "Person 1 registered.",
        "Person 2 left.",
        "Withdrawn by Office Person.",
        "Changed from minimum 1, capacity 24 to minimum 1, capacity 30.",
        "mails were sent on this day: ",
        "Attendance: one person, ticked on the roster.",
        "Attendance of Person 1 taken back",
    ):
        assert sentence in text, text


@pytest.mark.parametrize("group", ["Viewer", "Scheduler"])
def test_who_may_see_no_names_reads_counts(people, eventful, group):
    shown = read(browser(in_group(people, group, name="A Colleague")).get(history(eventful)))
    assert "Two people registered on this day." in shown.text and "One person left." in shown.text
    assert "Person 1" not in shown.everything and "Person 2" not in shown.everything


def test_it_is_paged_and_takes_as_many_queries_for_more(clerk, office, eventful, people, now):
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            assert clerk.get(history(eventful)).status_code == 200
        return len(made)

    clerk.get(history(eventful))
    before = queries()
    for person in people(5):
        Registration.objects.register(person, eventful, now=now)
    for number in range(60):
        record(office, eventful, f"Sentence {number}.")
    assert queries() <= before
    first = read(clerk.get(history(eventful)))
    second = read(clerk.get(history(eventful, "?page=2")))
    assert first.link("Older") and "Sentence 59." in first.text and "Sentence 0." not in first.text
    assert "Sentence 0." in second.text and second.link("Newer")
    assert LogEntry.objects.count() > 60


@pytest.mark.parametrize("query", ["?page=0", "?page=x", "?page=99999999999", "?page=77"])
def test_a_page_that_there_is_not_is_an_answer(clerk, eventful, query):
    assert clerk.get(history(eventful, query)).status_code == 200
