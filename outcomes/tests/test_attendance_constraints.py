"""What the database itself refuses of attendance, whatever the code above it does."""

import pytest
from django.db import IntegrityError, transaction

from outcomes.models import Attendance, AttendanceDispute


@pytest.fixture
def held_by_two(hold):
    return hold(2)


@pytest.fixture
def said_of_four(held_by_two, office):
    """What is said of two people with a seat, of one by address and of one by name alone."""
    meeting = held_by_two.meetings.get()
    for registration in held_by_two.registrations.registered():
        Attendance.objects.mark(meeting, registration, "here", "roster", by=office)
    Attendance.objects.walk_in(meeting, office, name="Ann Bo", address="ann@example.org")
    Attendance.objects.walk_in(meeting, office, name="Ben Co")
    return list(Attendance.objects.order_by("pk"))


def refuses(row, constraint: str, **values) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**values)
    assert constraint in {each.name for each in type(row)._meta.constraints}


def test_nobody_has_two_rows_at_one_meeting(said_of_four):
    first, second, by_address, by_name = said_of_four
    refuses(second, "one_attendance_per_person", person=first.person, registration=None)
    refuses(second, "one_attendance_per_registration", registration=first.registration)
    refuses(by_name, "one_attendance_per_address", address="ann@example.org")
    refuses(by_address, "one_attendance_per_name", address="", name="ben co")


def test_a_row_is_of_a_person_or_of_a_name(said_of_four):
    first, _, by_address, by_name = said_of_four
    refuses(first, "attendance_is_of_a_person_or_a_name", name="Ann")
    refuses(first, "attendance_is_of_a_person_or_a_name", person=None)
    refuses(by_address, "attendance_is_of_a_person_or_a_name", name="")
    refuses(by_name, "attendance_is_of_a_person_or_a_name", registration=first.registration)


@pytest.mark.parametrize("source", ["code", "list", "report"])
def test_no_row_has_absent_from_a_machine(said_of_four, source):
    refuses(said_of_four[0], "no_machine_says_absent", state="absent", source=source)


def test_a_dispute_waits_alone_and_is_decided_whole(said_of_four, now):
    dispute = AttendanceDispute.objects.make(said_of_four[0].registration, "")
    refuses(dispute, "dispute_is_decided_with_its_outcome", outcome="stands")
    refuses(dispute, "dispute_is_decided_with_its_outcome", decided_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        AttendanceDispute.objects.create(registration=dispute.registration, said_at=now)
