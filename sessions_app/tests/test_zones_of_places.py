"""The migration that gives rows a zone of some place, and leaves their times the instants they were."""

from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import Campus
from sessions_app.models import Meeting, Session

pytestmark = pytest.mark.django_db
give_a_place = import_module("sessions_app.migrations.0003_zones_of_places").give_a_place


def zones(session: Session) -> tuple[str, str]:
    session.refresh_from_db()
    return session.time_zone, session.meetings.get().time_zone


def test_a_row_gets_the_zone_of_its_campus_or_the_portals(make_session, room, settings):
    settings.TIME_ZONE = "America/Denver"
    sound, at_room, online = make_session(), make_session(), make_session()
    starts_at = online.starts_at
    Campus.objects.update(time_zone="America/New_York")
    Meeting.objects.filter(session=at_room).update(time_zone="localtime", venue=room)
    Meeting.objects.filter(session=online).update(time_zone="US/Pacific-New")
    Session.objects.filter(pk__in=[at_room.pk, online.pk]).update(time_zone="Factory")
    give_a_place(apps, None)
    assert zones(sound) == ("America/Chicago", "America/Chicago")
    assert zones(at_room) == ("America/New_York", "America/New_York")
    assert zones(online) == ("America/Denver", "America/Denver")
    assert online.starts_at == online.meetings.get().starts_at == starts_at


def test_a_campus_in_no_place_gets_the_portals_zone(room, settings):
    Campus.objects.update(time_zone="localtime")
    give_a_place(apps, None)
    assert Campus.objects.get().time_zone == settings.TIME_ZONE
