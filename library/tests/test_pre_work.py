"""Pre-work of the library: on the pages of a registration, in its mail, and noted by the person's own button."""

from datetime import timedelta

import pytest

from devtools.testing.page import get
from notifications.kinds import pre_work
from registrations.models import Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def my_seat(me, person, make_session, now) -> Registration:
    """A seat in a confirmed session whose workshop has no text of pre-work of its own."""
    session = make_session(minimum=1)
    my_seat = Registration.objects.register(person, session, now=now - timedelta(days=1))
    session.settle(now=now - timedelta(days=1))
    return my_seat


def page(my_seat: Registration) -> str:
    return f"/registrations/{my_seat.uuid}/pre-work/"


def test_it_stands_on_the_pages_of_a_registration(me, my_seat, make_resource, workshop):
    assert me.get(page(my_seat)).status_code == 302
    resource = make_resource("Read this first", kind="pre_work", access="registrants", beside=[workshop])
    for path in (page(my_seat), my_seat.get_absolute_url()):
        shown = get(me, path)
        assert shown.link("Read this first") == resource.get_absolute_url()
        assert "I have read it" in shown.button_names
    assert get(me, resource.get_absolute_url()).status == 200


def test_the_button_notes_that_it_is_read_and_opening_notes_nothing(me, my_seat, make_resource, workshop):
    resource = make_resource("Read this first", kind="pre_work", access="registrants", beside=[workshop])
    get(me, resource.get_absolute_url())
    my_seat.refresh_from_db()
    assert my_seat.pre_work_done_at is None
    assert me.post(page(my_seat)).status_code == 302
    my_seat.refresh_from_db()
    assert my_seat.pre_work_done_at is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"kind": "article"},
        {"access": "registrants", "released": "before", "days_before": 3},
    ],
    ids=str,
)
def test_what_is_not_open_yet_is_nothing_to_read_before(fields, me, my_seat, make_resource, workshop):
    make_resource("Read this first", **{"kind": "pre_work", "beside": [workshop]} | fields)
    assert me.get(page(my_seat)).status_code == 302
    assert "Read this first" not in get(me, my_seat.get_absolute_url()).everything


def test_pre_work_of_another_date_is_not_that_of_this_one(me, my_seat, make_resource, make_session):
    make_resource("Read this first", kind="pre_work", beside=[make_session(days=30)])
    assert me.get(page(my_seat)).status_code == 302


def test_people_who_have_not_read_it_are_reminded_two_days_before(my_seat, make_resource, workshop):
    session = my_seat.session
    two_days_before = session.starts_at - timedelta(days=2)
    pre_work.owe(two_days_before)
    assert not my_seat.notices.filter(kind="pre_work").exists()
    make_resource("Read this first", kind="pre_work", access="registrants", beside=[workshop])
    pre_work.owe(two_days_before)
    notice = my_seat.notices.get(kind="pre_work")
    assert pre_work.still_unread(notice, two_days_before)


def test_a_person_who_has_read_it_is_not_reminded(my_seat, make_resource, workshop, now):
    make_resource("Read this first", kind="pre_work", access="registrants", beside=[workshop])
    my_seat.finish_pre_work(now=now)
    pre_work.owe(my_seat.session.starts_at - timedelta(days=2))
    assert not my_seat.notices.filter(kind="pre_work").exists()


def test_pre_work_released_in_the_last_days_is_open_then(my_seat, make_resource, workshop):
    from library.models import Resource

    make_resource(kind="pre_work", access="registrants", beside=[workshop], released="before", days_before=3)
    session = my_seat.session
    opens = session.starts_at - timedelta(days=3)
    assert not Resource.objects.to_prepare_for(session, opens - timedelta(minutes=1)).exists()
    assert Resource.objects.to_prepare_for(session, opens).exists()
