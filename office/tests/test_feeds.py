"""The office revokes a person's private calendar: when its address has become known, and who may not."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from devtools.testing.page import read
from notifications.models import CalendarFeed

pytestmark = pytest.mark.django_db


def page(person) -> str:
    return f"/admin/accounts/person/{person.pk}/change/"


def revoke(browser: Client, person):
    return browser.post(f"/admin/notifications/calendarfeed/{person.pk}/revoke/")


def test_a_revoked_address_opens_nothing_and_is_on_record(clerk, office, person, feed):
    assert Client().get(feed).status_code == 200
    assert "Revoke it" in read(clerk.get(page(person))).text
    response = revoke(clerk, person)
    assert (response.status_code, response.url) == (302, page(person))
    assert Client().get(feed).status_code == 404
    shown = read(clerk.get(page(person)))
    assert (
        "Revoked: no address shows the sessions of Person 1 any longer." in shown.text
        and "Revoke it" not in shown.everything
    )
    entry = LogEntry.objects.get(content_type__model="person", object_id=str(person.pk))
    assert (entry.user, entry.change_message) == (
        office,
        "Private calendar revoked: its address opens nothing any longer.",
    )


def test_a_second_press_changes_nothing_and_is_not_on_record_twice(clerk, person, feed):
    revoke(clerk, person)
    assert revoke(clerk, person).status_code == 302
    assert LogEntry.objects.filter(content_type__model="person").count() == 1


def test_ones_own_revoking_is_nobodys_record(client, person, feed):
    client.force_login(person)
    client.post("/my/calendar/deletion/")
    assert not CalendarFeed.objects.exists() and not LogEntry.objects.exists()


def test_the_office_never_sees_what_opens_it(clerk, person, feed):
    token = feed.removeprefix("/calendar/").removesuffix(".ics")
    row = CalendarFeed.objects.get()
    for path in (
        page(person),
        "/admin/notifications/calendarfeed/",
        f"/admin/notifications/calendarfeed/{row.pk}/change/",
    ):
        shown = read(clerk.get(path))
        assert token not in shown.everything and row.digest not in shown.everything


def test_who_may_only_see_people_revokes_nothing(client, person, feed, people):
    (helper,) = people(1, is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__in=["view_person", "view_calendarfeed"]))
    client.force_login(helper)
    assert (
        "Made on" in read(client.get(page(person))).text
        and "Revoke it" not in read(client.get(page(person))).everything
    )
    assert revoke(client, person).status_code == 403
    assert CalendarFeed.objects.exists()
