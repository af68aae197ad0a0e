"""check_invariants: each promise, broken behind the back of the verbs, is found and named; nothing else is."""

import logging
from collections.abc import Callable
from copy import copy
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Workshop
from devtools.testing.notices import written_code
from notifications.models import CalendarThread
from operations.invariants import breaches
from operations.tasks import check_invariants
from registrations.models import Registration
from sessions_app.models import Decision, Meeting, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make_session, people, office, now):
    """Three sound sessions: one confirmed and full with somebody waiting, one open, one confirmed and then cancelled.

    `gone` left the confirmed one; `first` is registered there and `waiting` waits.
    """
    confirmed, open_one, cancelled = make_session(capacity=7), make_session(), make_session()
    crowd = people(9)
    for session, many in ((confirmed, 9), (open_one, 2), (cancelled, 6)):
        for person in crowd[:many]:
            Registration.objects.register(person, session, now=now)
        session.settle(now=now)
    gone = confirmed.registrations.get(person=crowd[0])
    CalendarThread.objects.announced().update(requested_at=now)
    gone.withdraw(crowd[0], now=now)
    cancelled.cancel("Snow.", by=office, now=now)
    first, waiting = confirmed.registrations.registered().first(), confirmed.registrations.waitlisted().get()
    return SimpleNamespace(
        confirmed=confirmed, open=open_one, cancelled=cancelled, gone=gone, first=first, waiting=waiting
    )


def update(noun, **changes) -> None:
    """Write past the verbs."""
    type(noun).objects.filter(pk=noun.pk).update(**changes)


def let_go(table: str, constraint: str, is_index: bool = False) -> None:
    """Take a constraint away until the test ends. PostgreSQL only: SQLite keeps them in the table itself."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            f'DROP INDEX "{constraint}"' if is_index else f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint}"'
        )


def thread(registration) -> CalendarThread:
    return registration.threads.get()


def insert_again(noun, **changes) -> None:
    """Insert the row once more, with `changes`."""
    noun.pk = None
    for field, value in changes.items():
        setattr(noun, field, value)
    noun.save(force_insert=True)


# ---- breaks that the database lets through ----


def a_seat_is_counted_twice(w):
    update(w.open, seats_taken=3)
    return f"G1 session {w.open.code}: seats_taken is 3, and 2 are registered."


def somebody_waiting_is_forgotten(w):
    update(w.confirmed, waiting_count=0)
    return f"G4 session {w.confirmed.code}: waiting_count is 0, and 1 are waiting."


def a_position_is_skipped(w):
    update(w.waiting, position=10)
    return f"G4 session {w.confirmed.code}: 9 positions, 1 to 10, where 1 to 9 were given out."


def a_position_is_promised_that_nobody_got(w):
    update(w.open, next_position=4)
    return f"G4 session {w.open.code}: 2 positions, 1 to 2, where 1 to 3 were given out."


def a_free_seat_is_given_to_nobody(w):
    update(w.confirmed, capacity=8)
    return f"G4 session {w.confirmed.code}: 1 of 8 seats are free while registration {w.waiting.pk} waits."


def a_cancelled_session_keeps_somebody_who_waited(w):
    last = w.cancelled.registrations.last()
    update(w.cancelled, waiting_count=1)
    update(last, status="waitlisted")
    return f"G4 registration {last.pk}: it is waitlisted, and its session {w.cancelled.code} is cancelled."


def a_place_ends_though_the_session_is_held(w):
    update(w.open, seats_taken=1)
    last = w.open.registrations.last()
    update(last, status="session_cancelled")
    return f"G4 registration {last.pk}: it is session_cancelled, and its session {w.open.code} is open."


def a_session_is_confirmed_without_a_decision(w):
    facts = {"confirmed_count": 6, "confirmed_minimum": 6, "confirmed_at": timezone.now(), "status": "confirmed"}
    update(w.open, **facts)
    w.open.registrations.update(status="withdrawn", withdrawn_at=timezone.now())
    update(w.open, seats_taken=0)
    return f"G5 session {w.open.code}: it is confirmed with 0 confirming decisions."


def a_session_is_confirmed_twice(w):
    insert_again(w.confirmed.decisions.get())
    return f"G5 session {w.confirmed.code}: it is confirmed with 2 confirming decisions."


def the_decision_says_another_number(w):
    update(w.confirmed, confirmed_count=9)
    return f"G5 session {w.confirmed.code}: its confirming decision differs from what stands on the session."


def a_session_is_cancelled_without_a_decision(w):
    Decision.objects.filter(session=w.cancelled, kind="cancelled").update(kind="extended")
    return f"G5 session {w.cancelled.code}: it is cancelled with 0 cancelling decisions."


def a_session_is_confirmed_after_it_was_cancelled(w):
    first, second = w.cancelled.decisions.order_by("pk")
    both = ("kind", "at", "by", "count", "minimum", "reason")
    update(first, **{field: getattr(second, field) for field in both})
    update(second, **{field: getattr(first, field) for field in both})
    return f"G5 session {w.cancelled.code}: it was confirmed after it was cancelled."


def a_thread_runs_ahead_of_its_messages(w):
    update(thread(w.gone), sequence=3)
    return [
        f"G9 thread {thread(w.gone).pk}: SEQUENCE is 3, and its newest message has 2.",
        f"G9 thread {thread(w.gone).pk}: invited, never taken off, and registration {w.gone.pk} is withdrawn.",
    ]


def a_message_of_a_thread_is_lost(w):
    thread(w.gone).notices.filter(sequence=1).delete()
    return f"G9 thread {thread(w.gone).pk}: 1 messages where SEQUENCE 1 to 2 were given out."


def a_first_message_is_not_above_the_file(w):
    update(thread(w.first), tentative_sequence=1)
    return f"G9 thread {thread(w.first).pk}: 1 messages where SEQUENCE 2 to 1 were given out."


def somebody_is_told_twice_that_it_is_confirmed(w):
    update(thread(w.first), sequence=2)
    insert_again(thread(w.first).notices.get(), sequence=2, dedupe_key="again", message_id="<again@example.edu>")
    return f"G6 thread {thread(w.first).pk}: 2 confirmations."


def somebody_who_left_keeps_the_invitation(w):
    thread(w.gone).notices.filter(sequence=2).update(method="")
    return f"G9 thread {thread(w.gone).pk}: invited, never taken off, and registration {w.gone.pk} is withdrawn."


def somebody_who_left_is_invited_last(w):
    thread(w.gone).notices.filter(sequence=2).update(method="REQUEST")
    return (
        f"G9 thread {thread(w.gone).pk}: an invitation is last, registration {w.gone.pk} is withdrawn, "
        f"its session confirmed."
    )


def somebody_who_declined_and_left_is_invited_after_it(w):
    update(thread(w.gone), partstat="DECLINED", declined_notice=thread(w.gone).notices.get(sequence=1))
    return somebody_who_left_is_invited_last(w)


def somebody_registered_is_never_invited(w):
    thread(w.first).notices.all().delete()
    thread(w.first).delete()
    return f"G6 registration {w.first.pk}: invited to 0 of 1 meetings."


def somebody_registered_is_taken_off_the_calendar(w):
    thread(w.first).notices.update(method="CANCEL")
    return f"G6 registration {w.first.pk}: invited to 0 of 1 meetings."


def a_calendar_shows_what_is_no_longer_so(w):
    thread(w.first).notices.update(state="sent")
    update(thread(w.first), shown={"title": "An older title"})
    return f"G9 thread {thread(w.first).pk}: the calendar shows what is no longer so, and no update is on its way."


def a_cancelled_meeting_stays_in_a_calendar(w):
    Meeting.objects.filter(session=w.confirmed).update(cancelled_at=timezone.now())
    threads = CalendarThread.objects.filter(registration__session=w.confirmed, registration__status="registered")
    return [
        f"G9 thread {each.pk}: an invitation is last, registration {each.registration_id} is registered, "
        f"its session confirmed."
        for each in threads.order_by("pk")
    ]


def a_meeting_holds_a_part_of_another_workshop(w):
    other = Workshop.objects.create(title="Other", slug="other")
    meeting, part = w.open.meetings.get(), other.parts.create(title="Theirs")
    update(meeting, part=part)
    return f"G22 session {w.open.code}: meeting {meeting.pk} holds part {part.pk}, which is of another workshop."


def a_code_waits_longer_than_it_is_good_for(w):
    person, past = w.first.person, timezone.now() - timedelta(minutes=6)
    code = written_code(person.email, person, "Code", "123", "", expires_at=past)
    return f"G7 notice {code.pk}: queued beyond its expiry."


# ---- breaks for which a constraint has to go first ----


def one_too_many_is_registered(w):
    let_go("sessions_app_session", "session_never_overbooked")
    update(w.confirmed, seats_taken=8, waiting_count=0)
    update(w.waiting, status="withdrawn", withdrawn_at=timezone.now())
    update(w.gone, status="registered")
    return [
        f"G1 session {w.confirmed.code}: 8 are registered for a capacity of 7.",
        f"G6 registration {w.gone.pk}: invited to 0 of 1 meetings.",
    ]


def two_hold_one_position(w):
    let_go("registrations_registration", "one_position_per_session")
    update(w.waiting, position=1)
    return f"G4 session {w.confirmed.code}: 9 registrations share 8 positions."


def somebody_is_there_twice(w):
    let_go("", "one_active_registration_per_person_and_session", is_index=True)
    one, two = w.open.registrations.all()
    update(two, person=one.person)
    return f"G3 session {w.open.code}: person {one.person_id} has 2 active registrations."


def a_session_is_confirmed_below_its_minimum(w):
    let_go("sessions_app_session", "session_confirmed_with_its_minimum_or_a_reason")
    update(w.confirmed, confirmed_count=5)
    w.confirmed.decisions.update(count=5)
    return f"G5 session {w.confirmed.code}: confirmed with 5 of 6 and without a reason."


def two_messages_of_a_thread_are_sent_at_once(w):
    let_go("", "one_notice_in_flight_per_thread", is_index=True)
    thread(w.gone).notices.update(state="sending")
    return f"G9 thread {thread(w.gone).pk}: 2 messages are being sent at once."


def two_meetings_hold_one_part(w):
    let_go("", "meeting_holds_a_part_alone", is_index=True)
    part = w.cancelled.workshop.parts.create(title="Bias")
    update(w.cancelled.meetings.get(), part=part)
    insert_again(w.cancelled.meetings.get(), starts_at=w.cancelled.starts_at - timedelta(days=1))
    return f"G22 session {w.cancelled.code}: 2 meetings hold part {part.pk}."


def a_meeting_is_in_a_calendar_twice(w):
    let_go("notifications_calendarthread", "one_thread_per_registration_and_meeting")
    meeting = thread(w.first).meeting_id
    insert_again(thread(w.first), uid="another@example.edu", sequence=None, requested_at=None)
    return f"G6 registration {w.first.pk}: 2 threads for meeting {meeting}."


LET_THROUGH = [
    a_seat_is_counted_twice,
    somebody_waiting_is_forgotten,
    a_position_is_skipped,
    a_position_is_promised_that_nobody_got,
    a_free_seat_is_given_to_nobody,
    a_cancelled_session_keeps_somebody_who_waited,
    a_place_ends_though_the_session_is_held,
    a_session_is_confirmed_without_a_decision,
    a_session_is_confirmed_twice,
    the_decision_says_another_number,
    a_session_is_cancelled_without_a_decision,
    a_session_is_confirmed_after_it_was_cancelled,
    a_thread_runs_ahead_of_its_messages,
    a_message_of_a_thread_is_lost,
    somebody_is_told_twice_that_it_is_confirmed,
    somebody_who_left_keeps_the_invitation,
    somebody_who_left_is_invited_last,
    somebody_who_declined_and_left_is_invited_after_it,
    somebody_registered_is_never_invited,
    somebody_registered_is_taken_off_the_calendar,
    a_calendar_shows_what_is_no_longer_so,
    a_cancelled_meeting_stays_in_a_calendar,
    a_meeting_holds_a_part_of_another_workshop,
    a_code_waits_longer_than_it_is_good_for,
]
STOPPED_BY_A_CONSTRAINT = [
    one_too_many_is_registered,
    two_hold_one_position,
    somebody_is_there_twice,
    a_session_is_confirmed_below_its_minimum,
    two_messages_of_a_thread_are_sent_at_once,
    two_meetings_hold_one_part,
    a_meeting_is_in_a_calendar_twice,
]


def check() -> str:
    out = StringIO()
    call_command("check_invariants", stdout=out)
    return out.getvalue()


def test_a_sound_portal_has_no_breach(world):
    assert check() == "No breach.\n"


def test_an_empty_portal_has_no_breach():
    assert check() == "No breach.\n"


def expected(line: str | list[str]) -> list[str]:
    return [line] if isinstance(line, str) else line


@pytest.mark.parametrize("broken", LET_THROUGH, ids=lambda broken: broken.__name__)
def test_a_broken_promise_is_one_line(world, now, broken: Callable):
    line = broken(world)
    assert list(breaches(now)) == expected(line)


@pytest.mark.postgres
@pytest.mark.parametrize("broken", STOPPED_BY_A_CONSTRAINT, ids=lambda broken: broken.__name__)
def test_what_a_constraint_stops_is_found_without_the_constraint(world, now, broken: Callable):
    line = broken(world)
    assert list(breaches(now)) == expected(line)


def test_the_command_counts_and_fails(world, capsys):
    lines = [a_seat_is_counted_twice(world), somebody_waiting_is_forgotten(world)]
    out = StringIO()
    with pytest.raises(CommandError, match=r"^2 breaches\.$") as error:
        call_command("check_invariants", stdout=out)
    assert error.value.returncode == 1
    assert sorted(out.getvalue().splitlines()) == sorted(lines)


def test_a_free_seat_of_the_last_day_is_no_breach(world, now):
    a_free_seat_is_given_to_nobody(world)
    assert len(list(breaches(world.confirmed.starts_at - timedelta(hours=24, seconds=1)))) == 1
    assert list(breaches(world.confirmed.starts_at - timedelta(hours=24))) == []


def test_a_free_seat_may_wait_for_somebody_who_does_not_qualify(world, now):
    a_free_seat_is_given_to_nobody(world)
    update(world.waiting.person, is_active=False)
    assert list(breaches(now)) == []


def test_the_night_logs_each_broken_promise_with_no_name_in_it(world, caplog):
    line = a_seat_is_counted_twice(world)
    with caplog.at_level(logging.ERROR):
        check_invariants()
    assert [record.getMessage() for record in caplog.records] == [f"broken promise: {line}"]


def queries(now) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert list(breaches(now)) == []
    return len(captured)


@pytest.mark.postgres
def test_four_hundred_sessions_take_as_many_queries_as_three(world, now):
    few = queries(now)
    world.open.refresh_from_db()
    rows = [copy(world.open) for _ in range(400)]
    for number, row in enumerate(rows):
        row.pk, row.code = None, f"code{number:04}"
    made = Session.objects.bulk_create(rows, batch_size=500)
    two = list(world.open.registrations.all())
    places = [copy(place) for _ in made for place in two]
    for number, place in enumerate(places):
        place.pk, place.uuid, place.session = None, uuid4(), made[number // 2]
    Registration.objects.bulk_create(places, batch_size=500)
    with connection.cursor() as cursor:
        # What autovacuum does by itself, but not within a transaction: else PostgreSQL plans for a handful of rows.
        cursor.execute("ANALYZE")
    assert queries(now) == few
