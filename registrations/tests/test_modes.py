"""In a session online and in person each kind of seat has its own capacity and its own line (G1, G4)."""

from datetime import timedelta

import pytest

from devtools.testing.modes import (
    ONLINE,
    ROOM,
    SEATED_IN_ROOM,
    SEATED_ONLINE,
    WAITS_FOR_ONLINE,
    WAITS_FOR_ROOM,
    counters,
    join,
    statuses,
)
from foundation import database_clock
from operations.invariants import breaches
from registrations import waitlist
from registrations.models import Registration
from registrations.tasks import fill_free_seats
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


# ---- joining ----


def test_each_mode_has_seats_of_its_own(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=2, online=1), people(6)
    in_room, online = join(session, *crowd[:3]), join(session, *crowd[3:], mode=ONLINE)
    assert statuses(*in_room) == [SEATED_IN_ROOM, SEATED_IN_ROOM, WAITS_FOR_ROOM]
    assert statuses(*online) == [SEATED_ONLINE, WAITS_FOR_ONLINE, WAITS_FOR_ONLINE]
    assert counters(session) == ((2, 1), (1, 2))
    assert list(breaches(now)) == []


def test_both_modes_count_toward_the_minimum(make_hybrid, people, now):
    session, crowd = make_hybrid(minimum=2), people(2)
    join(session, crowd[0])
    session.settle(now=now)
    assert session.status == "open"
    join(session, crowd[1], mode=ONLINE)
    session.settle(now=now)
    assert session.is_confirmed


def test_places_in_line_are_counted_per_mode(make_hybrid, people):
    session, crowd = make_hybrid(in_room=1, online=1), people(6)
    for number, person in enumerate(crowd):
        join(session, person, mode=(ROOM, ONLINE)[number % 2])
    waiting = session.registrations.waitlisted().numbered()
    assert [(one.mode, one.number, one.place_in_line) for one in waiting] == [
        (ROOM, 1, 1),
        (ONLINE, 1, 1),
        (ROOM, 2, 2),
        (ONLINE, 2, 2),
    ]


def test_a_session_that_asks_wants_an_answer(make_hybrid, person, now):
    with pytest.raises(Registration.HowMissing, match="in the room or online"):
        Registration.objects.register(person, make_hybrid(), now=now)


@pytest.mark.parametrize("mode", ["banana", "hybrid", "online "])
def test_a_mode_that_is_none_is_refused(make_hybrid, person, now, mode):
    with pytest.raises(Registration.NoSuchMode):
        Registration.objects.register(person, make_hybrid(), now=now, mode=mode)


def test_a_mode_the_session_does_not_have_is_refused(make_session, person, now):
    with pytest.raises(Registration.NoSuchMode, match="held online only"):
        Registration.objects.register(person, make_session(format="online"), now=now, mode=ROOM)
    assert not Registration.objects.exists()


def test_nothing_is_noted_where_nobody_is_asked(make_session, person, now):
    registration = Registration.objects.register(person, make_session(format="online"), now=now, mode=ONLINE)
    assert registration.mode == ""


def test_several_dates_at_once_ask_for_each(make_hybrid, make_session, person, now):
    hybrid, plain = make_hybrid(), make_session(days=30)
    with pytest.raises(Registration.NotAll) as caught:
        Registration.objects.register_for_all(person, [hybrid, plain], now=now)
    assert set(caught.value.problems) >= {hybrid.pk}
    accepted = [str(getattr(problem, "name", "")) for problem in caught.value.problems.values()]
    found = Registration.objects.register_for_all(
        person, [hybrid, plain], now=now, modes={hybrid.pk: ONLINE}, accepted=[*accepted, f"{plain.code}-{hybrid.code}"]
    )
    assert statuses(*found) == [SEATED_ONLINE, ("registered", "")]


def test_several_dates_are_in_vain_where_one_mode_is_full(make_hybrid, people, now):
    session, (first, second) = make_hybrid(in_room=1), people(2)
    join(session, first)
    with pytest.raises(Registration.NotAll):
        Registration.objects.register_for_all(second, [session], now=now, modes={session.pk: ROOM})
    assert counters(session) == ((1, 0), (0, 0))


# ---- promotion ----


def test_a_freed_seat_goes_to_the_line_of_its_mode(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(5)
    (online,) = join(session, crowd[0], mode=ONLINE)
    (in_room,) = join(session, crowd[1])
    first_for_room, *_ = join(session, crowd[2])
    first_online, second_online = join(session, *crowd[3:], mode=ONLINE)
    online.withdraw(by=online.person, now=now)
    assert statuses(first_for_room, first_online, second_online) == [WAITS_FOR_ROOM, SEATED_ONLINE, WAITS_FOR_ONLINE]
    in_room.withdraw(by=in_room.person, now=now)
    assert statuses(first_for_room, second_online) == [SEATED_IN_ROOM, WAITS_FOR_ONLINE]
    assert list(breaches(now)) == []


def test_a_seat_online_stays_free_while_people_wait_for_the_room(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=2), people(3)
    _, waiting = join(session, *crowd[:2])
    fill_free_seats()
    assert statuses(waiting) == [WAITS_FOR_ROOM]
    (online,) = join(session, crowd[2], mode=ONLINE)
    assert statuses(online) == [SEATED_ONLINE]
    assert list(breaches(now)) == []


def test_the_sweep_fills_a_seat_of_the_right_mode(make_hybrid, people, now, monkeypatch):
    session, crowd = make_hybrid(in_room=1, online=1), people(4)
    seated, for_room = join(session, *crowd[:2])
    _, for_online = join(session, *crowd[2:], mode=ONLINE)
    with monkeypatch.context() as without:
        without.setattr("registrations.waitlist.promote_waiting", lambda session, now: None)
        seated.withdraw(by=seated.person, now=now)
    assert any("G4" in breach for breach in breaches(now))
    fill_free_seats()
    assert statuses(for_room, for_online) == [SEATED_IN_ROOM, WAITS_FOR_ONLINE]


def test_the_office_moves_people_up_in_their_own_line(make_hybrid, people, office, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(6)
    _, one, two = join(session, *crowd[:3])
    _, three, four = join(session, *crowd[3:], mode=ONLINE)
    four.move_up(by=office, reason="Works nights.", now=now)
    in_line = [session.registrations.waiting_for(mode).values_list("pk", flat=True) for mode in (ROOM, ONLINE)]
    assert [list(line) for line in in_line] == [[one.pk, two.pk], [four.pk, three.pk]]
    assert list(breaches(now)) == []


def test_in_the_last_day_those_are_told_who_wait_for_that_mode(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(4)
    seated, for_room = join(session, *crowd[:2])
    _, for_online = join(session, *crowd[2:], mode=ONLINE)
    late = session.starts_at - timedelta(hours=3)
    seated.withdraw(by=seated.person, now=late)
    kinds = [[notice.kind for notice in one.notices.order_by("pk")] for one in (for_room, for_online)]
    assert kinds == [["waitlisted", "seat_opened"], ["waitlisted"]]
    with pytest.raises(Registration.SessionFull):
        for_online.take_seat(now=late)
    for_room.take_seat(now=late)
    assert statuses(for_room, for_online) == [SEATED_IN_ROOM, WAITS_FOR_ONLINE]


def test_seats_added_to_one_mode_in_the_last_day_are_told_to_its_line(make_hybrid, people, office, monkeypatch):
    session, crowd = make_hybrid(in_room=1, online=1), people(4)
    _, for_room = join(session, *crowd[:2])
    _, for_online = join(session, *crowd[2:], mode=ONLINE)
    late = session.starts_at - timedelta(hours=3)
    session.refresh_from_db()
    monkeypatch.setattr(database_clock, "now", lambda: late)
    session.resize(1, 3, by=office, room=2, online=1)
    kinds = [[notice.kind for notice in one.notices.order_by("pk")] for one in (for_room, for_online)]
    assert kinds == [["waitlisted", "seat_opened"], ["waitlisted"]]


def test_an_open_seat_is_not_told_again_when_one_of_the_other_mode_opens(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(3)
    seated, for_room = join(session, *crowd[:2])
    (online,) = join(session, crowd[2], mode=ONLINE)
    late = session.starts_at - timedelta(hours=3)
    seated.withdraw(by=seated.person, now=late)
    online.withdraw(by=online.person, now=late)
    assert [notice.kind for notice in for_room.notices.order_by("pk")] == ["waitlisted", "seat_opened"]


def test_a_line_is_closed_with_its_counters(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(4)
    join(session, *crowd[:2]), join(session, *crowd[2:], mode=ONLINE)
    session.settle(now=now)
    session.lock()
    waitlist.close(session, session.starts_at)
    assert counters(session) == ((1, 0), (1, 0))


def test_a_cancelled_session_counts_nobody(make_hybrid, people, office, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(4)
    join(session, *crowd[:2]), join(session, *crowd[2:], mode=ONLINE)
    session.cancel("Snow.", by=office, now=now)
    assert counters(session) == ((0, 0), (0, 0))
    assert list(breaches(now)) == []


# ---- another date ----


def test_a_place_moves_with_its_mode(make_hybrid, person, now):
    here, there = make_hybrid(), make_hybrid(days=21)
    (mine,) = join(here, person, mode=ONLINE)
    moved = mine.transfer(there, person, now=now)
    assert (moved.mode, counters(here), counters(there)) == (ONLINE, ((0, 0), (0, 0)), ((0, 0), (1, 0)))


def test_moving_into_a_full_mode_keeps_the_place(make_hybrid, people, now):
    here, there, (first, second) = make_hybrid(), make_hybrid(days=21, in_room=1), people(2)
    join(there, first)
    (mine,) = join(here, second)
    with pytest.raises(Registration.SessionFull):
        mine.transfer(there, second, now=now)
    moved = mine.transfer(there, second, now=now, mode=ONLINE)
    assert statuses(moved) == [SEATED_ONLINE]


def test_moving_to_a_date_that_asks_wants_an_answer(make_hybrid, make_session, person, now):
    mine = Registration.objects.register(person, make_session(), now=now)
    with pytest.raises(Registration.HowMissing):
        mine.transfer(make_hybrid(days=21), person, now=now)
    assert statuses(mine) == [("registered", "")]


def test_moving_to_a_date_that_does_not_ask_drops_the_mode(make_hybrid, make_session, person, now):
    (mine,) = join(make_hybrid(), person)
    assert mine.transfer(make_session(days=21), person, now=now).mode == ""


# ---- the recount ----


def test_the_recount_finds_a_seat_counted_in_the_other_mode(make_hybrid, people, now):
    session = make_hybrid()
    join(session, *people(1))
    Session.objects.filter(pk=session.pk).update(room_taken=0, online_taken=1)
    assert [breach.partition(", ")[2] for breach in breaches(now)] == [
        "in_person: 0 seats are counted, and 1 are registered.",
        "online: 1 seats are counted, and 0 are registered.",
    ]


def test_the_recount_finds_a_line_counted_in_the_other_mode(make_hybrid, people, now):
    session = make_hybrid(in_room=1, online=1)
    join(session, *people(2))
    Session.objects.filter(pk=session.pk).update(room_waiting=0, online_waiting=1)
    assert [breach.partition(", ")[2] for breach in breaches(now)] == [
        "in_person: 0 are counted as waiting, and 1 are.",
        "online: 1 are counted as waiting, and 0 are.",
    ]


def test_the_recount_finds_somebody_who_should_have_switched(make_hybrid, people, now):
    session = make_hybrid()
    (mine,) = join(session, *people(1))
    Registration.objects.filter(pk=mine.pk).update(wants=ONLINE, wants_since=now)
    assert list(breaches(now)) == [
        f"G4 session {session.code}: a seat is free while registration {mine.pk} asks to switch to it."
    ]


def test_the_recount_finds_a_mode_where_nobody_is_asked(make_session, person, now):
    session = make_session()
    mine = Registration.objects.register(person, session, now=now)
    Registration.objects.filter(pk=mine.pk).update(mode=ONLINE)
    assert list(breaches(now)) == [
        f"G1 registration {mine.pk}: it has a mode, and its session {session.code} does not ask."
    ]
