"""In a session online and in person each kind of seat has its own capacity and line (G1, G4), and people may switch."""

from datetime import timedelta

import pytest

from operations.invariants import breaches
from registrations import waitlist
from registrations.models import Registration
from registrations.tasks import fill_free_seats
from sessions_app.models import Mode, Session

pytestmark = pytest.mark.django_db
ROOM, ONLINE = Mode.ROOM, Mode.ONLINE


@pytest.fixture
def join(now):
    """join(session, *people, mode=ROOM) registers them, in this order; it returns their registrations."""

    def do(session, *crowd, mode=ROOM):
        return [Registration.objects.register(person, session, now=now, mode=mode) for person in crowd]

    return do


def statuses(*registrations) -> list[tuple[str, str]]:
    fresh = Registration.objects.in_bulk([one.pk for one in registrations])
    return [(fresh[one.pk].status, fresh[one.pk].mode) for one in registrations]


def counters(session) -> tuple:
    fresh = Session.objects.get(pk=session.pk)
    both = [(fresh.taken_in(mode), fresh.waiting_in(mode)) for mode in (ROOM, ONLINE)]
    assert (fresh.seats_taken, fresh.waiting_count) == tuple(map(sum, zip(*both, strict=True)))
    return tuple(both)


SEATED_IN_ROOM, SEATED_ONLINE = ("registered", ROOM), ("registered", ONLINE)
WAITS_FOR_ROOM, WAITS_FOR_ONLINE = ("waitlisted", ROOM), ("waitlisted", ONLINE)


# ---- joining ----


def test_each_mode_has_seats_of_its_own(make_hybrid, people, join, now):
    session, crowd = make_hybrid(in_room=2, online=1), people(6)
    in_room, online = join(session, *crowd[:3]), join(session, *crowd[3:], mode=ONLINE)
    assert statuses(*in_room) == [SEATED_IN_ROOM, SEATED_IN_ROOM, WAITS_FOR_ROOM]
    assert statuses(*online) == [SEATED_ONLINE, WAITS_FOR_ONLINE, WAITS_FOR_ONLINE]
    assert counters(session) == ((2, 1), (1, 2))
    assert list(breaches(now)) == []


def test_both_modes_count_toward_the_minimum(make_hybrid, people, join, now):
    session, crowd = make_hybrid(minimum=2), people(2)
    join(session, crowd[0])
    session.settle(now=now)
    assert session.status == "open"
    join(session, crowd[1], mode=ONLINE)
    session.settle(now=now)
    assert session.is_confirmed


def test_places_in_line_are_counted_per_mode(make_hybrid, people, join):
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


def test_several_dates_are_in_vain_where_one_mode_is_full(make_hybrid, people, join, now):
    session, (first, second) = make_hybrid(in_room=1), people(2)
    join(session, first)
    with pytest.raises(Registration.NotAll):
        Registration.objects.register_for_all(second, [session], now=now, modes={session.pk: ROOM})
    assert counters(session) == ((1, 0), (0, 0))


# ---- promotion ----


def test_a_freed_seat_goes_to_the_line_of_its_mode(make_hybrid, people, join, now):
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


def test_a_seat_online_stays_free_while_people_wait_for_the_room(make_hybrid, people, join, now):
    session, crowd = make_hybrid(in_room=1, online=2), people(3)
    _, waiting = join(session, *crowd[:2])
    fill_free_seats()
    assert statuses(waiting) == [WAITS_FOR_ROOM]
    (online,) = join(session, crowd[2], mode=ONLINE)
    assert statuses(online) == [SEATED_ONLINE]
    assert list(breaches(now)) == []


def test_the_sweep_fills_a_seat_of_the_right_mode(make_hybrid, people, join, now, monkeypatch):
    session, crowd = make_hybrid(in_room=1, online=1), people(4)
    seated, for_room = join(session, *crowd[:2])
    _, for_online = join(session, *crowd[2:], mode=ONLINE)
    with monkeypatch.context() as without:
        without.setattr("registrations.waitlist.promote_waiting", lambda session, now: None)
        seated.withdraw(by=seated.person, now=now)
    assert any("G4" in breach for breach in breaches(now))
    fill_free_seats()
    assert statuses(for_room, for_online) == [SEATED_IN_ROOM, WAITS_FOR_ONLINE]


def test_the_office_moves_people_up_in_their_own_line(make_hybrid, people, join, office, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(6)
    _, one, two = join(session, *crowd[:3])
    _, three, four = join(session, *crowd[3:], mode=ONLINE)
    four.move_up(by=office, reason="Works nights.", now=now)
    in_line = [session.registrations.waiting_for(mode).values_list("pk", flat=True) for mode in (ROOM, ONLINE)]
    assert [list(line) for line in in_line] == [[one.pk, two.pk], [four.pk, three.pk]]
    assert list(breaches(now)) == []


def test_in_the_last_day_those_are_told_who_wait_for_that_mode(make_hybrid, people, join, now):
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


def test_an_open_seat_is_not_told_again_when_one_of_the_other_mode_opens(make_hybrid, people, join, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(3)
    seated, for_room = join(session, *crowd[:2])
    (online,) = join(session, crowd[2], mode=ONLINE)
    late = session.starts_at - timedelta(hours=3)
    seated.withdraw(by=seated.person, now=late)
    online.withdraw(by=online.person, now=late)
    assert [notice.kind for notice in for_room.notices.order_by("pk")] == ["waitlisted", "seat_opened"]


def test_a_line_is_closed_with_its_counters(make_hybrid, people, join, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(4)
    join(session, *crowd[:2]), join(session, *crowd[2:], mode=ONLINE)
    session.settle(now=now)
    session.lock()
    waitlist.close(session, session.starts_at)
    assert counters(session) == ((1, 0), (1, 0))


def test_a_cancelled_session_counts_nobody(make_hybrid, people, join, office, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(4)
    join(session, *crowd[:2]), join(session, *crowd[2:], mode=ONLINE)
    session.cancel("Snow.", by=office, now=now)
    assert counters(session) == ((0, 0), (0, 0))
    assert list(breaches(now)) == []


# ---- switching ----


def test_switching_takes_a_seat_and_passes_on_the_old_one(make_hybrid, people, join, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(2)
    mine, waiting = join(session, *crowd)
    mine.switch(ONLINE, by=mine.person, now=now)
    assert statuses(mine, waiting) == [SEATED_ONLINE, SEATED_IN_ROOM]
    assert counters(session) == ((1, 0), (1, 0))
    assert list(breaches(now)) == []


def test_switching_twice_is_switching_once(make_hybrid, person, join, now):
    session = make_hybrid()
    (mine,) = join(session, person)
    mine.switch(ONLINE, by=person, now=now)
    mine.switch(ONLINE, by=person, now=now)
    assert counters(session) == ((0, 0), (1, 0))


def test_a_stale_copy_leaves_the_mode_it_has_by_now(make_hybrid, person, join, now):
    session = make_hybrid()
    (mine,) = join(session, person)
    Registration.objects.get(pk=mine.pk).switch(ONLINE, by=person, now=now)
    mine.withdraw(by=person, now=now)
    assert counters(session) == ((0, 0), (0, 0))


def test_nobody_switches_into_a_full_mode(make_hybrid, people, join, now):
    session, (first, second) = make_hybrid(in_room=1), people(2)
    join(session, first)
    (mine,) = join(session, second, mode=ONLINE)
    with pytest.raises(Registration.SessionFull, match="The room is full. You keep your seat"):
        mine.switch(ROOM, by=second, now=now)
    assert statuses(mine) == [SEATED_ONLINE]


def test_nobody_switches_past_the_people_who_wait(make_hybrid, people, join, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(3)
    seated, waiting = join(session, *crowd[:2])
    (mine,) = join(session, crowd[2], mode=ONLINE)
    late = session.starts_at - timedelta(hours=3)
    seated.withdraw(by=seated.person, now=late)
    with pytest.raises(Registration.SessionFull):
        mine.switch(ROOM, by=mine.person, now=late)
    assert statuses(waiting, mine) == [WAITS_FOR_ROOM, SEATED_ONLINE]


def test_a_person_who_waits_has_a_seat_once_they_switch(make_hybrid, people, join, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(3)
    _, mine, behind = join(session, *crowd)
    mine.switch(ONLINE, by=mine.person, now=now)
    assert statuses(mine, behind) == [SEATED_ONLINE, WAITS_FOR_ROOM]
    assert behind.place_in_line == 1
    assert counters(session) == ((1, 1), (1, 0))
    with pytest.raises(Registration.SessionFull, match="You keep your place in line"):
        behind.switch(ONLINE, by=behind.person, now=now)


def test_a_person_who_no_longer_qualifies_gets_no_seat_by_switching(make_hybrid, people, join, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(2)
    _, mine = join(session, *crowd)
    mine.person.is_active = False
    mine.person.save()
    with pytest.raises(Registration.NotEligible):
        mine.switch(ONLINE, by=mine.person, now=now)
    assert statuses(mine) == [WAITS_FOR_ROOM]


@pytest.mark.parametrize(("mode", "refusal"), [("", Registration.HowMissing), ("banana", Registration.NoSuchMode)])
def test_there_is_no_switching_to_nothing(make_hybrid, person, join, now, mode, refusal):
    (mine,) = join(make_hybrid(), person)
    with pytest.raises(refusal):
        mine.switch(mode, by=person, now=now)


def test_there_is_no_switching_where_nobody_is_asked(make_session, person, now):
    mine = Registration.objects.register(person, make_session(), now=now)
    with pytest.raises(Registration.NoSuchMode):
        mine.switch(ONLINE, by=person, now=now)


def test_there_is_no_switching_after_the_start_or_the_end(make_hybrid, person, join, now):
    session = make_hybrid()
    (mine,) = join(session, person)
    session.settle(now=now)
    with pytest.raises(Registration.SessionOver):
        mine.switch(ONLINE, by=person, now=session.starts_at)
    mine.withdraw(by=person, now=now)
    with pytest.raises(Registration.NotThere):
        mine.switch(ONLINE, by=person, now=now)


# ---- asking to switch ----


def test_a_person_keeps_their_seat_and_switches_when_one_is_free(make_hybrid, people, join, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(3)
    (seated,) = join(session, crowd[0])
    mine, waiting = join(session, *crowd[1:], mode=ONLINE)
    mine.ask_to_switch(ROOM, by=mine.person, now=now)
    assert statuses(mine) == [SEATED_ONLINE]
    seated.withdraw(by=seated.person, now=now)
    assert statuses(mine, waiting) == [SEATED_IN_ROOM, SEATED_ONLINE]
    assert list(breaches(now)) == []


def test_people_without_a_seat_come_before_people_who_switch(make_hybrid, people, join, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(3)
    (seated,) = join(session, crowd[0])
    (mine,) = join(session, crowd[1], mode=ONLINE)
    mine.ask_to_switch(ROOM, by=mine.person, now=now)
    (waiting,) = join(session, crowd[2])
    seated.withdraw(by=seated.person, now=now)
    assert statuses(mine, waiting) == [SEATED_ONLINE, SEATED_IN_ROOM]


def test_people_who_asked_switch_in_the_order_of_asking(make_hybrid, people, join, now):
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


def test_asking_is_taken_back_by_staying(make_hybrid, people, join, now):
    session, (first, second) = make_hybrid(in_room=1), people(2)
    (seated,) = join(session, first)
    (mine,) = join(session, second, mode=ONLINE)
    mine.ask_to_switch(ROOM, by=second, now=now)
    mine.switch(ONLINE, by=second, now=now)
    seated.withdraw(by=first, now=now)
    assert statuses(mine) == [SEATED_ONLINE]


def test_asking_while_there_is_room_switches_at_once(make_hybrid, person, join, now):
    (mine,) = join(make_hybrid(), person)
    mine.ask_to_switch(ONLINE, by=person, now=now)
    assert statuses(mine) == [SEATED_ONLINE]


# ---- another date ----


def test_a_place_moves_with_its_mode(make_hybrid, person, join, now):
    here, there = make_hybrid(), make_hybrid(days=21)
    (mine,) = join(here, person, mode=ONLINE)
    moved = mine.transfer(there, person, now=now)
    assert (moved.mode, counters(here), counters(there)) == (ONLINE, ((0, 0), (0, 0)), ((0, 0), (1, 0)))


def test_moving_into_a_full_mode_keeps_the_place(make_hybrid, people, join, now):
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


def test_moving_to_a_date_that_does_not_ask_drops_the_mode(make_hybrid, make_session, person, join, now):
    (mine,) = join(make_hybrid(), person)
    assert mine.transfer(make_session(days=21), person, now=now).mode == ""


# ---- the office ----


def test_a_draft_online_and_in_person_is_published_with_its_seats(make_hybrid, office, now):
    draft = make_hybrid(published=False, room_capacity=None, online_capacity=None)
    with pytest.raises(Session.Incomplete, match="how many of the seats are in the room"):
        draft.publish(by=office, now=now)


def test_added_seats_go_to_the_line_of_their_mode(make_hybrid, people, join, office):
    session, crowd = make_hybrid(in_room=1, online=2), people(3)
    _, for_room = join(session, *crowd[:2])
    (online,) = join(session, crowd[2], mode=ONLINE)
    session.resize(1, 3, by=office, room=2, online=1)
    assert statuses(for_room, online) == [SEATED_IN_ROOM, SEATED_ONLINE]
    assert counters(session) == ((2, 0), (1, 0))


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ({"capacity": 4, "room": 1, "online": 3}, "2 people have seats in the room. Enter 2 or more"),
        ({"capacity": 4, "room": 4}, "at least one of each"),
        ({"capacity": 5, "room": 2, "online": 2}, "make a capacity of 4"),
        ({"capacity": 5}, "make a capacity of 4"),
    ],
)
def test_the_seats_of_a_mode_have_their_limits(make_hybrid, people, join, office, sizes, sentence):
    session = make_hybrid()
    join(session, *people(2))
    with pytest.raises(Session.Refused, match=sentence):
        session.resize(1, by=office, **sizes)
    assert counters(session) == ((2, 0), (0, 0))


def test_an_online_session_has_no_seats_in_a_room(make_session, office):
    with pytest.raises(Session.Refused, match="seats of two kinds"):
        make_session().resize(6, 24, by=office, room=12, online=12)


@pytest.fixture
def undivided(make_hybrid, people, now):
    """A session of an earlier release: online and in person, with two people nobody asked; a third one waits."""
    session = make_hybrid(published=False, room_capacity=None, online_capacity=None, capacity=2)
    Session.objects.filter(pk=session.pk).update(status="open", published_at=now)
    for person in people(3):
        Registration.objects.register(person, Session.objects.get(pk=session.pk), now=now)
    return Session.objects.get(pk=session.pk)


def test_a_session_that_asked_nobody_goes_on_as_before(undivided, now):
    assert [one.status for one in undivided.registrations.all()] == ["registered", "registered", "waitlisted"]
    first = undivided.registrations.first()
    first.withdraw(by=first.person, now=now)
    assert undivided.registrations.registered().count() == 2
    assert list(breaches(now)) == []


def test_people_who_never_said_keep_a_chair_once_it_asks(undivided, office, now):
    with pytest.raises(Session.Refused, match="have not said how they take part"):
        undivided.resize(1, 3, by=office, room=1, online=2)
    undivided.resize(1, 5, by=office, room=2, online=3)
    assert counters(undivided) == ((2, 1), (0, 0))
    seated, _, waiting = undivided.registrations.all()
    seated.switch(ONLINE, by=seated.person, now=now)
    assert statuses(seated, waiting) == [SEATED_ONLINE, ("registered", "")]
    assert list(breaches(now)) == []


# ---- the recount ----


def test_the_recount_finds_a_seat_counted_in_the_other_mode(make_hybrid, people, join, now):
    session = make_hybrid()
    join(session, *people(1))
    Session.objects.filter(pk=session.pk).update(room_taken=0, online_taken=1)
    assert [breach.partition(", ")[2] for breach in breaches(now)] == [
        "in_person: 0 seats are counted, and 1 are registered.",
        "online: 1 seats are counted, and 0 are registered.",
    ]


def test_the_recount_finds_a_line_counted_in_the_other_mode(make_hybrid, people, join, now):
    session = make_hybrid(in_room=1, online=1)
    join(session, *people(2))
    Session.objects.filter(pk=session.pk).update(room_waiting=0, online_waiting=1)
    assert [breach.partition(", ")[2] for breach in breaches(now)] == [
        "in_person: 0 are counted as waiting, and 1 are.",
        "online: 1 are counted as waiting, and 0 are.",
    ]


def test_the_recount_finds_somebody_who_should_have_switched(make_hybrid, people, join, now):
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
