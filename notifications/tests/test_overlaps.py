"""A seat from the waitlist that is at the time of another seat of the person says so in its mail, and which."""

from datetime import timedelta

import pytest

from catalog.models import Workshop
from devtools.testing.mail_reader import read_mail
from devtools.testing.registering import bring_near
from foundation.dates import long_day
from notifications.outbox.compose import write_mail
from registrations.models import Registration
from registrations.models.leaving_keys import path_of_leaving

pytestmark = pytest.mark.django_db
TITLE = "Allyship & you"


@pytest.fixture
def waits(make_session, people, now):
    """The place in line of somebody in a full session, and the seat whose end gives it to them."""
    full = make_session(minimum=1, capacity=1)
    seated, waiting = (Registration.objects.register(person, full, now=now) for person in people(2))
    return waiting, seated


@pytest.fixture
def other_seat(make_session) -> callable:
    """Return a function that makes a session of another workshop, so many days from now."""
    workshop = Workshop.objects.create(title=TITLE, slug="allyship", status=Workshop.Status.PUBLISHED)
    return lambda days: make_session(days=days, workshop=workshop)


def promoted(waits, now, kind="promoted"):
    waiting, seated = waits
    seated.withdraw(by=seated.person, now=now)
    return read_mail(write_mail(waiting.notices.get(kind=kind)))


def day(registration) -> str:
    return long_day(registration.session.starts_at, registration.session.time_zone)


def days_of(waits, now) -> int:
    return (waits[0].session.starts_at - now).days


def test_the_mail_of_a_seat_names_the_seat_it_overlaps(waits, other_seat, now):
    held = Registration.objects.register(waits[0].person, other_seat(14), now=now)
    assert held.session.starts_at == waits[0].session.starts_at
    for body in promoted(waits, now).bodies:
        assert f"It overlaps with {TITLE} on {day(held)}, where you have a seat too" in body
        assert path_of_leaving(held) in body and path_of_leaving(waits[0]) in body


def test_a_neutral_title_stays_out_of_it(waits, other_seat, now):
    waits[0].person.discreet_titles = True
    waits[0].person.save()
    held = Registration.objects.register(waits[0].person, other_seat(14), now=now)
    for body in promoted(waits, now).bodies:
        assert f"It overlaps with another session on {day(held)}, where you have a seat too" in body
        assert TITLE not in body and path_of_leaving(held) in body


@pytest.mark.parametrize("ends", ["another day", "given up", "cancelled", "only waits"])
def test_what_is_no_seat_at_that_time_is_not_named(waits, other_seat, people, now, office, ends):
    there = other_seat(20 if ends == "another day" else 14)
    if ends == "only waits":
        there.resize(there.minimum, 6, by=office)
        for person in people(6):
            Registration.objects.register(person, there, now=now)
    held = Registration.objects.register(waits[0].person, there, now=now)
    if ends == "given up":
        held.withdraw(by=held.person, now=now)
    elif ends == "cancelled":
        there.cancel("Snow.", by=office, now=now)
    for body in promoted(waits, now).bodies:
        assert "overlap" not in body and TITLE not in body


def test_a_seat_that_has_opened_says_what_it_would_overlap(waits, other_seat, now):
    held = Registration.objects.register(waits[0].person, other_seat(14), now=now)
    for session in (waits[0].session, held.session):
        bring_near(session, now + timedelta(hours=5), now)
    for each in waits:
        each.session.refresh_from_db()
    held.session.refresh_from_db()
    for body in promoted(waits, now, kind="seat_opened").bodies:
        assert f"It would overlap with {TITLE} on {day(held)}, where you have a seat." in body
