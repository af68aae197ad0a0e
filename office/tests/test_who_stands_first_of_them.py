"""The form of a session says who stands first of those who lead it, before and after it is published."""

import pytest
from django.contrib.admin.models import LogEntry

from catalog.models import Facilitator
from devtools.testing.office_pages import filled_in, schedule, session_page
from devtools.testing.page import read
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(db):
    return [Facilitator.objects.create(name=name) for name in ("Ada Okafor", "Zoe Marsh")]


def names(session) -> list[str]:
    return [one.name for one in Session.objects.get(pk=session.pk).led_by]


def saved(clerk, session, **typed):
    page = session_page(session)
    return clerk.post(page, filled_in(clerk, page, "session_form", **typed))


@pytest.mark.parametrize("published", [False, True])
def test_one_press_puts_somebody_first(clerk, make_session, two, published):
    session = make_session(published=published, facilitators=two)
    assert saved(clerk, session, first_facilitator=str(two[1].pk)).status_code == 302
    assert names(session) == ["Zoe Marsh", "Ada Okafor"]
    assert saved(clerk, session, first_facilitator="").status_code == 302
    assert names(session) == ["Ada Okafor", "Zoe Marsh"]


def test_a_new_session_may_put_first_who_leads_its_workshop(clerk, workshop, two, wednesday):
    workshop.facilitators.set(two)
    response, session = schedule(clerk, workshop, wednesday, first_facilitator=str(two[1].pk))
    assert response.status_code == 302 and names(session) == ["Zoe Marsh", "Ada Okafor"]


@pytest.mark.parametrize("published", [False, True])
def test_somebody_who_does_not_lead_it_is_refused(clerk, make_session, two, published):
    session = make_session(published=published, facilitators=two[:1])
    answer = saved(clerk, session, first_facilitator=str(two[1].pk))
    assert answer.status_code == 400 and "Choose one of the people who lead the session." in read(answer).text
    assert names(session) == ["Ada Okafor"]


def test_who_stands_first_can_be_taken_off(clerk, make_session, two):
    session = make_session(published=False, facilitators=two, first_facilitator=two[1])
    assert saved(clerk, session, facilitators=[str(two[0].pk)]).status_code == 302
    assert names(session) == ["Ada Okafor"]


def test_it_is_on_record_once_in_words(clerk, make_session, two):
    session = make_session(facilitators=two)
    saved(clerk, session, first_facilitator=str(two[1].pk))
    entries = LogEntry.objects.filter(object_id=str(session.pk), content_type__model="session").order_by("pk")
    assert [entry.get_change_message() for entry in entries][-1] == "Zoe Marsh stands first."
    assert sum("Zoe Marsh" in entry.get_change_message() for entry in entries) == 1
