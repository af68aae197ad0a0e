"""Axe on the pages that take attendance from a report, and on what they leave to decide on the roster."""

from datetime import timedelta

from django.urls import reverse

from outcomes.models import Attendance
from registrations.models import Registration


def test_axe_finds_nothing_on_attendance_from_a_report(inspector, sign_in, office, hold):
    session = hold(6)
    meeting = session.meetings.get()
    sign_in(inspector.page, office)
    inspector.visit(reverse("admin:registrations_registration_report", args=[session.pk]))
    page = inspector.page
    start, end = meeting.starts_at, meeting.starts_at + timedelta(minutes=1)
    rows = [
        "Name (Original Name),User Email,Join Time,Leave Time",
        f"Person 1,person1@example.edu,{meeting.starts_at:%Y-%m-%dT%H:%M:%SZ},{meeting.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        f"Person 2,,{start:%Y-%m-%dT%H:%M:%SZ},{end:%Y-%m-%dT%H:%M:%SZ}",
        f"iPhone,,{meeting.starts_at:%Y-%m-%dT%H:%M:%SZ},{meeting.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "Office Person,office@example.edu,,",
    ]
    page.get_by_label("Or a list").fill("\n".join(rows))
    page.get_by_role("button", name="Show who was there").click()
    page.get_by_role("button", name="Write this down").wait_for()
    inspector.look("what the report says")
    page.get_by_label("Who is iPhone?").select_option("A walk-in")
    page.get_by_role("button", name="Write this down").click()
    page.get_by_role("button", name="Count as here").wait_for()
    inspector.look("the roster, with somebody to decide")
    page.get_by_role("button", name="Count as here").click()
    page.get_by_text("Person 2 counts as here.").wait_for()
    assert Attendance.objects.here().count() == 3 and Registration.objects.count() == 6
