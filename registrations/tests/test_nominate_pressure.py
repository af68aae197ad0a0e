"""The same colleague proposed and accepting many times at once, on PostgreSQL: told once, registered once."""

import pytest
from django.core.cache import cache

from devtools.testing.at_once import at_once, browser
from devtools.testing.registering import ADA, nominate_page
from notifications.models import Notice
from registrations.models import Nomination, Registration
from sessions_app.models import Session

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TIMES = 10


def test_ten_people_nominating_one_colleague_at_once_write_one_mail(make_session, people):
    cache.clear()
    session, browsers = make_session(), [browser(person) for person in people(TIMES)]
    path = nominate_page(session)
    at_once(*(lambda one=one: one.post(path, {"addresses": ADA}).status_code for one in browsers))
    assert Notice.objects.filter(kind="nominated").count() == 1
    assert Nomination.objects.count() == TIMES


def test_ten_equal_acceptances_at_once_register_once(make_session, people):
    session, (by, ada) = make_session(), people(2)
    path = Nomination.objects.nominate([ada.email], session, by=by)[0].get_absolute_url()
    browsers = [browser(ada) for _ in range(TIMES)]
    answers = at_once(*(lambda one=one: one.post(path, {"answer": "accept"}) for one in browsers))
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, session.get_absolute_url())}
    assert Registration.objects.count() == Notice.objects.filter(kind="registered").count() == 1
    session.refresh_from_db()
    assert session.seats_taken == 1


@pytest.mark.parametrize("round", range(10))
def test_accepting_against_cancelling_leaves_what_one_after_the_other_would(make_session, people, office, round):
    session, (by, ada) = make_session(), people(2)
    nomination = Nomination.objects.nominate([ada.email], session, by=by)[0]
    one = browser(ada)
    at_once(
        lambda: one.post(nomination.get_absolute_url(), {"answer": "accept"}).status_code,
        lambda: Session.objects.get(pk=session.pk).cancel("The facilitator is ill.", by=office),
    )
    nomination.refresh_from_db()
    session.refresh_from_db()
    came_first = nomination.status == "accepted"
    assert nomination.status in ("accepted", "session_cancelled")
    assert (session.status, session.seats_taken) == ("cancelled", 0)
    assert list(Registration.objects.values_list("status", flat=True)) == ["session_cancelled"] * came_first
