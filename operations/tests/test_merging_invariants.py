"""check_invariants of dates that are being merged: each breach, made behind the back of the verbs, is found."""

from datetime import timedelta

import pytest

from operations.invariants import breaches
from registrations.models import MergeOffer, Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def merged_in_part(make_session, people, office, now):
    """A date of three people that is being merged into another; the first has said yes and moved."""
    session, into, third = make_session(minimum=2), make_session(days=21, minimum=2), make_session(days=28)
    for person in people(3):
        Registration.objects.register(person, session, now=now)
    session.begin_merge(into, now + timedelta(days=3), "Too few.", by=office, now=now)
    MergeOffer.objects.order_by("pk")[0].accept(now=now)
    return session, into, third


def test_a_sound_merge_breaks_nothing(merged_in_part, office, now):
    assert list(breaches(now)) == []
    merged_in_part[0].end_merge(office, now=now)
    assert list(breaches(now)) == []


def test_a_cancelled_date_is_not_being_merged(merged_in_part, now):
    session, into, _ = merged_in_part
    Registration.objects.filter(session=session).update(status="session_cancelled")
    Session.objects.filter(pk=into.pk).update(merges_into=merged_in_part[2], merge_by=now)
    assert f"G25 session {session.code}: it is open, and being merged into {into.code}." in list(breaches(now))


def test_an_open_offer_has_its_merge(merged_in_part, now):
    session = merged_in_part[0]
    Session.objects.filter(pk=session.pk).update(merges_into=None, merge_by=None)
    offers = MergeOffer.objects.open().order_by("pk")
    assert [line.split(":")[0] for line in breaches(now)] == [f"G25 offer {one.pk}" for one in offers]


def test_nobody_who_moved_has_both_dates(merged_in_part, now):
    session, into, _ = merged_in_part
    offer = MergeOffer.objects.get(answer="yes")
    Registration.objects.filter(pk=offer.registration_id).update(status="registered")
    assert [line for line in breaches(now) if line.startswith("G25")] == [
        f"G25 offer {offer.pk}: registration {offer.registration_id} is active, and its person has a place on the "
        "other date."
    ]
