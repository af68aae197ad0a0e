"""One press undoes an import, and a registration that arrives at that moment is not lost with its session."""

from datetime import timedelta

import pytest

from devtools.testing.meanwhile import meanwhile
from registrations.models import Registration
from sessions_app.models import MeetingPlan, ScheduleImport, Session
from sessions_app.models.putting_up import ToSchedule

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def put_up(workshop, office, now):
    """An import of three published dates."""
    made = ScheduleImport.objects.create(made_at=now, made_by=office)
    starts = [now + timedelta(days=30 + number) for number in range(3)]
    plans = [
        MeetingPlan(at, at + timedelta(hours=1), "UTC", join_link="https://meet.example.edu/quorum") for at in starts
    ]
    Session.objects.schedule_each([ToSchedule(workshop, [plan]) for plan in plans], by=office, now=now, imported=made)
    Session.objects.filter(imported=made).publish_each(by=office, now=now)
    return made


def test_a_registration_at_the_moment_of_undoing_keeps_the_season(put_up, person, office):
    last = put_up.sessions.last()
    with meanwhile(lambda: Registration.objects.register(person, last)), pytest.raises(ScheduleImport.PeopleCame):
        ScheduleImport.objects.get(pk=put_up.pk).undo(by=office)
    assert {one.status for one in Session.objects.all()} == {Session.Status.OPEN}
    assert Registration.objects.get().is_registered and not ScheduleImport.objects.get().is_undone


def test_undoing_twice_at_once_is_undoing_once(put_up, office):
    def undo() -> int:
        return ScheduleImport.objects.get(pk=put_up.pk).undo(by=office)

    with meanwhile(undo):
        assert undo() == 0
    assert {one.status for one in Session.objects.all()} == {Session.Status.CANCELLED}
