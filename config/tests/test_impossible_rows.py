"""One row that no door would take today leaves lists, calendars and sweeps of all others running.

Such rows are older than the rules of foundation/values, or than a change of the tz database, or come from SQL.
"""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Campus, Person, Unit
from catalog.models import Workshop
from config.celery import app
from devtools.testing.page import get
from notifications.models import CalendarFeed, Notice
from notifications.outbox.deliver import drain
from registrations.models import Registration
from sessions_app.models import Meeting, Session

pytestmark = pytest.mark.django_db
# What a row may hold that no zone, title or address is.
GONE, BLANK, QUOTED = "US/Pacific-New", "\u200b", '"kai kim"@example.edu'
LISTS = ["/", "/?status=needs-people", "/workshops/", "/workshops/bystander-interventions/", "/my/", "/my/calendar/"]
CHANGELISTS = ["accounts_person", "accounts_campus", "sessions_app_session", "sessions_app_venue", "catalog_workshop"]
CHANGELISTS += ["registrations_registration", "registrations_interest", "registrations_nomination"]
CHANGELISTS += ["notifications_notice", "notifications_calendarthread", "notifications_calendarfeed"]
OFFICE_LISTS = ["/admin/", *(f"/admin/{name.replace('_', '/', 1)}/" for name in CHANGELISTS)]
OFFICE_LISTS = [page.replace("sessions/app_", "sessions_app/") for page in OFFICE_LISTS]


@pytest.fixture
def both(make_session, person, people, room, now) -> tuple[Session, Session]:
    """Two confirmed sessions that `person` is in. Of the second, everything is as it could be in the worst case."""
    other = Workshop.objects.create(title="Other", slug="other", status=Workshop.Status.PUBLISHED)
    sound, worst = make_session(minimum=1), make_session(days=20, minimum=1, workshop=other)
    (kai,) = people(1)
    for session in (sound, worst):
        for one in (person, kai):
            Registration.objects.register(one, session, now=now)
        session.settle(now=now)
    make_session(days=30, minimum=2)
    Meeting.objects.filter(session=worst).update(time_zone=GONE, venue=room)
    Session.objects.filter(pk=worst.pk).update(time_zone=GONE)
    Campus.objects.update(time_zone=GONE)
    Workshop.objects.filter(pk=other.pk).update(title=BLANK, summary="\x0b")
    Unit.objects.create(name="\u202e")
    Person.objects.filter(pk=kai.pk).update(email=QUOTED, name="\u2028")
    Notice.objects.filter(person=kai).update(to=QUOTED)
    worst.refresh_from_db()
    return sound, worst


@pytest.mark.parametrize("page", LISTS)
def test_a_list_shows_all_others(me, both, page):
    shown = get(me, page)
    assert shown.status == 200
    assert "Bystander Interventions" in shown.text or page == "/my/calendar/"


@pytest.mark.parametrize("page", OFFICE_LISTS)
def test_a_list_of_the_office_shows_all_others(clerk, both, page):
    assert clerk.get(page).status_code == 200


def test_the_row_itself_can_be_looked_at_and_mended(me, both):
    _, worst = both
    own = worst.registrations.get(person__email="person1@example.edu").get_absolute_url()
    pages = [worst.get_absolute_url(), f"{worst.get_absolute_url()}meter/", own, f"{own}withdrawal/", f"{own}transfer/"]
    assert [me.get(page).status_code for page in pages] == [200] * len(pages)
    row = reverse("admin:sessions_app_session_change", args=[worst.pk])
    pages = [
        row,
        reverse("admin:registrations_registration_roster", args=[worst.pk]),
        row.replace("change", "reschedule"),
    ]
    office = Client()
    office.force_login(Person.objects.get(email="office@example.edu"))
    assert [office.get(page).status_code for page in pages] == [200] * len(pages)


def test_calendars_show_it_on_the_portals_clock_with_all_others(client, both, person, now):
    token = CalendarFeed.objects.renew(person, now)
    for path in ("/sessions.ics", f"/calendar/{token}.ics"):
        response = client.get(path)
        assert response.status_code == 200
        shown = {str(event["summary"]) for event in Calendar.from_ical(response.content).walk("VEVENT")}
        assert "Bystander Interventions" in shown


def test_every_sweep_goes_on(both, smtp_sink):
    """Each of the minutes and nights that beat starts, and the reminders and calls of the day before the meeting."""
    sound, worst = both
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        app.tasks[entry["task"]].apply(args=[one for one in entry.get("args", []) if isinstance(one, str)], throw=True)
    soon, long_since = timezone.now() + timedelta(hours=20), timezone.now() - timedelta(days=5)
    Registration.objects.update(seated_at=long_since)
    Notice.objects.update(created_at=long_since)
    for session in both:
        times = {"starts_at": soon, "ends_at": soon + timedelta(hours=1)}
        session.meetings.update(**times)
        dates = {"confirm_by": soon, "registration_closes_at": soon, "confirmed_at": long_since}
        Session.objects.filter(pk=session.pk).update(**times, **dates)
    for entry in app.conf.beat_schedule.values():
        app.tasks[entry["task"]].apply(args=[one for one in entry.get("args", []) if isinstance(one, str)], throw=True)
    reminded = Notice.objects.filter(kind="reminder").values_list("registration__session", flat=True)
    assert set(reminded) == {sound.pk, worst.pk}


def test_mail_to_all_others_goes_out(both, smtp_sink, person):
    drain()
    drain()
    sent = Notice.objects.filter(person=person, state=Notice.State.SENT).exclude(registration__session=both[1])
    assert sent.exists()
    assert not Notice.objects.filter(person=person, state=Notice.State.QUEUED).exclude(method="REQUEST").exists()
    assert not Notice.objects.filter(to=QUOTED, state=Notice.State.SENT).exists()


def test_the_recount_goes_on(both, capsys):
    try:
        call_command("check_invariants")
    except SystemExit as end:
        assert end.code == 1
