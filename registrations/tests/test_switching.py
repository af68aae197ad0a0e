"""People switch between the room and online, or ask to and keep their seat until then."""

from datetime import timedelta

import pytest

from devtools.testing.modes import ONLINE, ROOM, SEATED_IN_ROOM, SEATED_ONLINE, WAITS_FOR_ROOM, counters, join, statuses
from operations.invariants import breaches
from registrations.models import Registration

pytestmark = pytest.mark.django_db


def test_switching_takes_a_seat_and_passes_on_the_old_one(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(2)
    mine, waiting = join(session, *crowd)
    mine.switch(ONLINE, by=mine.person, now=now)
    assert statuses(mine, waiting) == [SEATED_ONLINE, SEATED_IN_ROOM]
    assert counters(session) == ((1, 0), (1, 0))
    assert list(breaches(now)) == []


def test_switching_twice_is_switching_once(make_hybrid, person, now):
    session = make_hybrid()
    (mine,) = join(session, person)
    mine.switch(ONLINE, by=person, now=now)
    mine.switch(ONLINE, by=person, now=now)
    assert counters(session) == ((0, 0), (1, 0))


def test_a_stale_copy_leaves_the_mode_it_has_by_now(make_hybrid, person, now):
    session = make_hybrid()
    (mine,) = join(session, person)
    Registration.objects.get(pk=mine.pk).switch(ONLINE, by=person, now=now)
    mine.withdraw(by=person, now=now)
    assert counters(session) == ((0, 0), (0, 0))


def test_nobody_switches_into_a_full_mode(make_hybrid, people, now):
    session, (first, second) = make_hybrid(in_room=1), people(2)
    join(session, first)
    (mine,) = join(session, second, mode=ONLINE)
    with pytest.raises(Registration.SessionFull, match="The room is full. You keep your seat"):
        mine.switch(ROOM, by=second, now=now)
    assert statuses(mine) == [SEATED_ONLINE]


def test_nobody_switches_past_the_people_who_wait(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(3)
    seated, waiting = join(session, *crowd[:2])
    (mine,) = join(session, crowd[2], mode=ONLINE)
    late = session.starts_at - timedelta(hours=3)
    seated.withdraw(by=seated.person, now=late)
    with pytest.raises(Registration.SessionFull):
        mine.switch(ROOM, by=mine.person, now=late)
    assert statuses(waiting, mine) == [WAITS_FOR_ROOM, SEATED_ONLINE]


def test_a_person_who_waits_has_a_seat_once_they_switch(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(3)
    _, mine, behind = join(session, *crowd)
    mine.switch(ONLINE, by=mine.person, now=now)
    assert statuses(mine, behind) == [SEATED_ONLINE, WAITS_FOR_ROOM]
    assert behind.place_in_line == 1
    assert counters(session) == ((1, 1), (1, 0))
    with pytest.raises(Registration.SessionFull, match="You keep your place in line"):
        behind.switch(ONLINE, by=behind.person, now=now)


def test_a_person_who_no_longer_qualifies_gets_no_seat_by_switching(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(2)
    _, mine = join(session, *crowd)
    mine.person.is_active = False
    mine.person.save()
    with pytest.raises(Registration.NotEligible):
        mine.switch(ONLINE, by=mine.person, now=now)
    assert statuses(mine) == [WAITS_FOR_ROOM]


@pytest.mark.parametrize(("mode", "refusal"), [("", Registration.HowMissing), ("banana", Registration.NoSuchMode)])
def test_there_is_no_switching_to_nothing(make_hybrid, person, now, mode, refusal):
    (mine,) = join(make_hybrid(), person)
    with pytest.raises(refusal):
        mine.switch(mode, by=person, now=now)


def test_there_is_no_switching_where_nobody_is_asked(make_session, person, now):
    mine = Registration.objects.register(person, make_session(), now=now)
    with pytest.raises(Registration.NoSuchMode):
        mine.switch(ONLINE, by=person, now=now)


def test_there_is_no_switching_after_the_start_or_the_end(make_hybrid, person, now):
    session = make_hybrid()
    (mine,) = join(session, person)
    session.settle(now=now)
    with pytest.raises(Registration.SessionOver):
        mine.switch(ONLINE, by=person, now=session.starts_at)
    mine.withdraw(by=person, now=now)
    with pytest.raises(Registration.NotThere):
        mine.switch(ONLINE, by=person, now=now)


# ---- asking to switch ----


def test_a_person_keeps_their_seat_and_switches_when_one_is_free(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(3)
    (seated,) = join(session, crowd[0])
    mine, waiting = join(session, *crowd[1:], mode=ONLINE)
    mine.ask_to_switch(ROOM, by=mine.person, now=now)
    assert statuses(mine) == [SEATED_ONLINE]
    seated.withdraw(by=seated.person, now=now)
    assert statuses(mine, waiting) == [SEATED_IN_ROOM, SEATED_ONLINE]
    assert list(breaches(now)) == []


def test_people_without_a_seat_come_before_people_who_switch(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(3)
    (seated,) = join(session, crowd[0])
    (mine,) = join(session, crowd[1], mode=ONLINE)
    mine.ask_to_switch(ROOM, by=mine.person, now=now)
    (waiting,) = join(session, crowd[2])
    seated.withdraw(by=seated.person, now=now)
    assert statuses(mine, waiting) == [SEATED_ONLINE, SEATED_IN_ROOM]


def test_people_who_asked_switch_in_the_order_of_asking(make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=3), people(4)
    (seated,) = join(session, crowd[0])
    one, two, three = join(session, *crowd[1:], mode=ONLINE)
    for mine in (two, three, one):
        mine.ask_to_switch(ROOM, by=mine.person, now=now)
    seated.withdraw(by=seated.person, now=now)
    assert statuses(one, two, three) == [SEATED_ONLINE, SEATED_IN_ROOM, SEATED_ONLINE]
    two.refresh_from_db()
    two.withdraw(by=two.person, now=now)
    assert statuses(one, three) == [SEATED_ONLINE, SEATED_IN_ROOM]


def test_asking_is_taken_back_by_staying(make_hybrid, people, now):
    session, (first, second) = make_hybrid(in_room=1), people(2)
    (seated,) = join(session, first)
    (mine,) = join(session, second, mode=ONLINE)
    mine.ask_to_switch(ROOM, by=second, now=now)
    mine.switch(ONLINE, by=second, now=now)
    seated.withdraw(by=first, now=now)
    assert statuses(mine) == [SEATED_ONLINE]


def test_asking_while_there_is_room_switches_at_once(make_hybrid, person, now):
    (mine,) = join(make_hybrid(), person)
    mine.ask_to_switch(ONLINE, by=person, now=now)
    assert statuses(mine) == [SEATED_ONLINE]
