"""A session that stays locked answers “busy, try again” after three seconds, and nothing is changed."""

import threading

import pytest
from django.db import connection, transaction
from django.urls import reverse

from devtools.testing.page import read
from registrations.models import Registration
from registrations.tasks import fill_free_seats
from sessions_app.models import Session

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def held_lock():
    """held_lock(session) keeps the session's row locked by another connection until the test ends."""
    locked, release, threads = threading.Event(), threading.Event(), []

    def hold(session):
        def keep():
            with transaction.atomic():
                Session.objects.get(pk=session.pk).lock()
                locked.set()
                release.wait(30)
            connection.close()

        threads.append(threading.Thread(target=keep))
        threads[0].start()
        assert locked.wait(10)

    yield hold
    release.set()
    for thread in threads:
        thread.join()


def test_a_locked_session_answers_busy_and_when_to_try_again(client, make_session, person, held_lock):
    session = make_session()
    held_lock(session)
    client.force_login(person)
    response = client.post(reverse("register", args=[session.code]))
    assert (response.status_code, response["Retry-After"]) == (503, "3")
    assert "busy" in read(response).text.lower()
    assert not session.registrations.exists()


def test_a_locked_session_does_not_keep_others_from_their_seats(make_session, people, now, held_lock, caplog):
    locked, other = (make_session(minimum=1, capacity=1, days=days) for days in (14, 21))
    for person in people(2):
        Registration.objects.register(person, locked, now=now)
        Registration.objects.register(person, other, now=now)
    Session.objects.update(capacity=2)
    held_lock(locked)
    fill_free_seats()
    assert f"free seats of session {locked.pk} were not filled" in caplog.text
    seats = Session.objects.order_by("pk").values_list("seats_taken", flat=True)
    assert list(seats) == [1, 2]
