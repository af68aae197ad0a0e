"""Two dates become one: who is offered the other date, who moves and when, and what becomes of the rest."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Person
from catalog.models import Workshop
from devtools.testing.page import read
from notifications.models import CalendarThread, Notice
from operations.invariants import breaches
from registrations.merging.keys import path_of_answering
from registrations.models import Accommodation, MergeOffer, Registration
from registrations.tasks import carry_merges_on, carry_on
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
WHY = "Two dates have three people each"


@pytest.fixture
def dates_to_merge(make_session, people, office, now):
    """dates_to_merge(here=3, there=1, capacity=24, ...) makes two dates; returns them, and the people of the first.

    Both need two people and are confirmed where they have them, if `settled`.
    """

    def make(here=3, there=1, capacity=24, settled=False, minimum=2, **fields):
        session = make_session(days=14, minimum=minimum, **fields)
        into = make_session(days=21, minimum=minimum, capacity=capacity)
        mine, theirs = people(here), people(there)
        for date, crowd in ((session, mine), (into, theirs)):
            for person in crowd:
                Registration.objects.register(person, date, now=now)
            if settled:
                date.settle(now=now)
        return session, into, mine

    return make


@pytest.fixture
def merge(office, now):
    """merge(session, into, days=3) begins the merge; people have so many days to answer."""

    def begin(session, into, days=3, by=None, reason=WHY):
        session.begin_merge(into, by or now + timedelta(days=days), reason, by=office, now=now)

    return begin


def offer_to(person) -> MergeOffer:
    return MergeOffer.objects.open().get(registration__person=person)


def dates_of(person) -> list[int]:
    return list(person.registrations.registered().order_by("session").values_list("session", flat=True))


def kinds_to(person) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


def sound(now) -> bool:
    return list(breaches(now)) == []


# ---- beginning ----


def test_each_person_is_offered_the_other_date_once(dates_to_merge, merge, now):
    session, into, people = dates_to_merge()
    merge(session, into)
    merge(session, into)
    assert MergeOffer.objects.filter(into=into).count() == 3
    assert [kinds_to(one).count("merge_offer") for one in people] == [1, 1, 1]
    session.refresh_from_db()
    assert (session.merges_into, session.is_merging, session.status) == (into, True, "open")
    assert sound(now)


def test_people_who_are_there_or_may_not_come_are_not_asked(dates_to_merge, merge, make_session, people, now):
    session, into, mine = dates_to_merge()
    Registration.objects.register(mine[0], into, now=now)
    Person.objects.filter(pk=mine[1].pk).update(is_active=False)
    merge(session, into)
    assert list(MergeOffer.objects.values_list("registration__person", flat=True)) == [mine[2].pk]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("itself", "A date is merged into another one. Choose the other date."),
        ("another workshop", "That is a date of another workshop. Choose one of the same workshop."),
        ("cancelled", "That date is cancelled. Choose one that is held."),
        ("full", "That date is full. Give it more seats first, or choose another date."),
        ("past answer", "Choose a time in the future by which people answer."),
        (
            "after the decision",
            "People answer by the decision date of this session at the latest. Choose an earlier time, or give the "
            "session more time first.",
        ),
        ("merging already", "This date is being merged already. Let both dates be first."),
        ("merging there", "That date is itself being merged into another one. Choose a third date."),
        ("merged here", "Another date is being merged into this one. Wait until that has ended."),
        ("closed there", "That date takes no registrations now. Change when they open or close first."),
        ("cancelled here", "This session is cancelled; it cannot be merged."),
        ("no reason", "Say why: people and the record need a reason."),
    ],
)
def test_what_cannot_be_merged_is_refused(case, words, dates_to_merge, merge, make_session, office, people, now):
    session, into, _ = dates_to_merge(there=2, capacity=2 if case == "full" else 24)
    third, by, reason = make_session(days=28, minimum=2), None, WHY
    if case == "itself":
        into = session
    elif case == "another workshop":
        into.workshop = Workshop.objects.create(title="Another", slug="another", status="published")
        into.save(update_fields=["workshop"])
    elif case == "cancelled":
        into.cancel("Snow.", by=office, now=now)
    elif case == "past answer":
        by = now
    elif case == "after the decision":
        by = session.confirm_by + timedelta(minutes=1)
    elif case == "merging already":
        merge(session, third)
    elif case == "merging there":
        Registration.objects.register(people(1)[0], into, now=now)
        merge(into, third)
    elif case == "merged here":
        merge(third, session)
    elif case == "closed there":
        Session.objects.filter(pk=into.pk).update(registration_closes_at=now)
    elif case == "cancelled here":
        session.cancel("Snow.", by=office, now=now)
    elif case == "no reason":
        reason = "  "
    before = MergeOffer.objects.count()
    with pytest.raises(Session.Refused, match=f"^{words.replace('.', '[.]')}$"):
        merge(session, into, by=by, reason=reason)
    assert MergeOffer.objects.count() == before


def test_a_date_in_the_past_is_not_merged_into(dates_to_merge, office):
    sooner, later, _ = dates_to_merge()
    at = sooner.starts_at
    with pytest.raises(Session.Refused, match="^That date has started. Choose one to come.$"):
        later.begin_merge(sooner, at + timedelta(days=1), WHY, by=office, now=at)


def test_people_answer_before_either_date_starts(dates_to_merge, merge, now):
    session, into, _ = dates_to_merge(settled=True)
    with pytest.raises(Session.Refused, match="^People answer before either date starts"):
        merge(session, into, by=session.starts_at)


@pytest.mark.postgres
def test_the_database_keeps_a_merge_whole(dates_to_merge, merge, now):
    session, into, people = dates_to_merge()
    for broken in ({"merges_into": into}, {"merge_by": now}, {"merges_into": session, "merge_by": now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Session.objects.filter(pk=session.pk).update(**broken)
    merge(session, into)
    offer = offer_to(people[0])
    for broken in ({"answer": "may", "answered_at": now}, {"answer": "yes"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MergeOffer.objects.filter(pk=offer.pk).update(**broken)
    with pytest.raises(IntegrityError), transaction.atomic():
        MergeOffer.objects.create(registration=offer.registration, into=into, offered_at=now)


# ---- while it goes on ----


def test_nobody_joins_a_date_that_is_being_merged(dates_to_merge, merge, people, now):
    session, into, _ = dates_to_merge()
    merge(session, into)
    with pytest.raises(Registration.BeingMerged, match="^This date and another one become one. Choose another date.$"):
        Registration.objects.register(people(1)[0], session, now=now)
    assert session not in Session.objects.joinable(now)
    assert not session.takes_registrations(now)


def test_nothing_else_is_decided_about_it(dates_to_merge, merge, office, now):
    session, into, _ = dates_to_merge(minimum=6)
    merge(session, into)
    session.settle(now=session.confirm_by + timedelta(minutes=1))
    assert session.status == "open"
    for decide in (
        lambda: session.run_anyway("Yes.", by=office, now=now),
        lambda: session.cancel("No.", by=office, now=now),
        lambda: session.extend(now + timedelta(days=1), by=office, now=now),
    ):
        with pytest.raises(Session.AlreadyDecided, match="^This date is being merged."):
            decide()
    assert not Session.objects.due_for_decision(session.confirm_by).filter(pk=session.pk).exists()


def test_a_yes_moves_at_once_with_the_right_calendars(dates_to_merge, merge, now):
    session, into, people = dates_to_merge(there=2, settled=True)
    Notice.objects.update(state="sent", text="x")
    CalendarThread.objects.update(requested_at=now)
    merge(session, into)
    offer = offer_to(people[1])
    offer.accept(now=now)
    assert dates_of(people[1]) == [into.pk]
    sent = Notice.objects.filter(person=people[1], state="queued").exclude(kind="merge_offer")
    assert sorted(sent.values_list("kind", "method")) == [("confirmed", "REQUEST"), ("withdrawn", "CANCEL")]
    session.refresh_from_db()
    assert (session.seats_taken, session.status) == (2, "confirmed")
    offer.accept(now=now)
    assert Registration.objects.filter(person=people[1]).count() == 2
    assert sound(now)


def test_what_was_asked_for_moves_along(dates_to_merge, merge, now):
    session, into, people = dates_to_merge()
    Accommodation.objects.ask(session.registrations.get(person=people[0]), "An interpreter.", now=now)
    merge(session, into)
    offer_to(people[0]).accept(now=now + timedelta(minutes=1))
    moved = into.registrations.get(person=people[0])
    assert Accommodation.objects.of(moved) is not None


def test_a_seat_is_kept_for_the_people_before(dates_to_merge, merge, now):
    session, into, people = dates_to_merge(here=3, there=1, capacity=3)
    merge(session, into)
    last = offer_to(people[2])
    last.accept(now=now)
    assert dates_of(people[2]) == [session.pk]
    offer_to(people[0]).decline(now=now)
    assert dates_of(people[2]) == [into.pk]
    assert sound(now)


def test_waitlisted_people_come_after_those_with_a_seat(dates_to_merge, merge, now):
    session, into, people = dates_to_merge(here=4, there=1, capacity=3)
    seated = session.registrations.get(person=people[0])
    seated.withdraw(people[0], now=now)
    Registration.objects.register(people[0], session, now=now)
    merge(session, into)
    offer_to(people[0]).accept(now=now)
    assert dates_of(people[0]) == [session.pk]
    offer_to(people[1]).accept(now=now)
    offer_to(people[2]).decline(now=now)
    offer_to(people[3]).decline(now=now)
    assert dates_of(people[0]) == [into.pk]


def test_no_seat_that_is_left_is_given_to_the_waitlist(dates_to_merge, merge, people, now):
    session, into, mine = dates_to_merge(here=3, capacity=24)
    Session.objects.filter(pk=session.pk).update(capacity=3)
    session.refresh_from_db()
    waiting = Registration.objects.register(people(1)[0], session, now=now)
    assert waiting.is_waitlisted
    merge(session, into)
    offer_to(mine[0]).accept(now=now)
    waiting.refresh_from_db()
    assert waiting.is_waitlisted
    offer = offer_to(waiting.person)
    offer.accept(now=now)
    assert into.registrations.registered().filter(person=waiting.person).exists()
    assert sound(now)


def test_a_no_can_become_a_yes_and_back(dates_to_merge, merge, now):
    session, into, people = dates_to_merge(here=2, there=1, capacity=2)
    merge(session, into)
    second = offer_to(people[1])
    second.decline(now=now)
    second.accept(now=now)
    second.refresh_from_db()
    assert (second.answer, dates_of(people[1])) == ("yes", [session.pk])
    second.decline(now=now)
    assert second.answer == "no"


def test_an_answer_after_the_deadline_changes_nothing(dates_to_merge, merge, now):
    session, into, people = dates_to_merge()
    merge(session, into)
    with pytest.raises(MergeOffer.Over):
        offer_to(people[0]).accept(now=now + timedelta(days=3))
    assert dates_of(people[0]) == [session.pk]


def test_a_person_who_moved_cannot_say_no_any_more(dates_to_merge, merge, now):
    session, into, people = dates_to_merge()
    merge(session, into)
    offer = offer_to(people[0])
    offer.accept(now=now)
    with pytest.raises(MergeOffer.Over, match="^You have moved"):
        offer.decline(now=now)


# ---- the end ----


@pytest.fixture
def sweep_at():
    """sweep_at(instant) carries merges on as the sweep does at that instant."""

    def sweep(instant):
        for session in Session.objects.filter(merge_by__isnull=False).order_by("pk"):
            carry_on(session, instant)

    return sweep


def test_once_everybody_has_answered_the_date_is_cancelled(dates_to_merge, merge, sweep_at, now):
    session, into, people = dates_to_merge()
    merge(session, into)
    for person in people[:2]:
        offer_to(person).accept(now=now)
    sweep_at(now)
    session.refresh_from_db()
    assert session.is_merging
    offer_to(people[2]).decline(now=now)
    carry_merges_on()
    session.refresh_from_db()
    assert (session.status, session.merges_into, session.cancel_reason) == ("cancelled", None, WHY)
    assert session.decisions.get().by == Person.objects.rule()
    assert kinds_to(people[2])[-1] == "cancelled"
    assert [kinds_to(one).count("cancelled") for one in people] == [0, 0, 1]
    assert not MergeOffer.objects.open().exists()
    assert sound(now)


def test_people_who_do_not_answer_keep_the_date_until_it_is_cancelled(dates_to_merge, merge, sweep_at, now):
    session, into, people = dates_to_merge()
    merge(session, into)
    sweep_at(now + timedelta(days=3) - timedelta(seconds=1))
    assert [dates_of(one) for one in people] == [[session.pk]] * 3
    sweep_at(now + timedelta(days=3))
    session.refresh_from_db()
    assert session.status == "cancelled"
    assert [dates_of(one) for one in people] == [[]] * 3
    assert [kinds_to(one)[-1] for one in people] == ["cancelled"] * 3
    sweep_at(now + timedelta(days=3, minutes=1))
    assert session.decisions.count() == 1


def test_at_the_end_people_who_said_yes_move_in_order_and_the_rest_wait(dates_to_merge, merge, sweep_at, now):
    session, into, people = dates_to_merge(here=5, there=1, capacity=3)
    merge(session, into)
    for person in (people[4], people[3], people[2]):
        offer_to(person).accept(now=now)
    assert [dates_of(one) for one in people] == [[session.pk]] * 5
    sweep_at(now + timedelta(days=3))
    assert [dates_of(one) for one in people] == [[], [], [into.pk], [into.pk], []]
    waiting = into.registrations.get(person=people[4])
    assert (waiting.is_waitlisted, waiting.moved_from.session) == (True, session)
    assert sound(now)


def test_a_person_who_left_is_not_waited_for(dates_to_merge, merge, sweep_at, now):
    session, into, people = dates_to_merge(here=2)
    merge(session, into)
    offer_to(people[0]).decline(now=now)
    session.registrations.get(person=people[1]).withdraw(people[1], now=now)
    sweep_at(now)
    session.refresh_from_db()
    assert session.status == "cancelled"


def test_a_seat_that_came_free_is_given_by_the_sweep(dates_to_merge, merge, sweep_at, now):
    session, into, people = dates_to_merge(here=2, there=1, capacity=2)
    merge(session, into)
    offer_to(people[1]).accept(now=now)
    assert dates_of(people[1]) == [session.pk]
    session.registrations.get(person=people[0]).withdraw(people[0], now=now)
    session.go_on_merging(now)
    assert dates_of(people[1]) == [into.pk]


def test_both_dates_can_be_held_after_all(dates_to_merge, merge, office, now):
    session, into, people = dates_to_merge(settled=True, there=2)
    merge(session, into)
    Notice.objects.filter(kind="merge_offer").update(state="sent", text="x")
    offer_to(people[0]).accept(now=now)
    session.keep(by=office, now=now)
    session.keep(by=office, now=now)
    assert (session.status, session.is_merging, session.cancel_reason) == ("confirmed", False, "")
    assert dates_of(people[0]) == [into.pk]
    assert [kinds_to(one).count("merge_off") for one in people] == [0, 1, 1]
    assert session.takes_registrations(now)
    merge(session, into)
    assert offer_to(people[1]).is_open
    assert sound(now)


def test_where_the_other_date_is_cancelled_people_keep_theirs(dates_to_merge, merge, office, sweep_at, now):
    session, into, people = dates_to_merge()
    merge(session, into)
    into.cancel("Snow.", by=office, now=now)
    with pytest.raises(Registration.SessionCancelled):
        offer_to(people[0]).accept(now=now)
    sweep_at(now)
    session.refresh_from_db()
    assert (session.status, session.is_merging) == ("open", False)
    assert [dates_of(one) for one in people] == [[session.pk]] * 3


# ---- the page ----


@pytest.fixture
def merge_being_answered(dates_to_merge, merge):
    """The session, the people and the address of the page at which the first of them answers."""
    session, into, people = dates_to_merge()
    merge(session, into)
    return session, into, people, path_of_answering(offer_to(people[0]))


def test_looking_at_the_page_changes_nothing(client, merge_being_answered):
    session, into, people, url = merge_being_answered
    page = read(client.get(url))
    assert page.heading().startswith("Come on ")
    assert people[0].name not in page.source
    assert WHY + "." in page.source
    assert MergeOffer.objects.filter(answer="").count() == 3


def test_yes_moves_without_signing_in(client, merge_being_answered):
    session, into, people, url = merge_being_answered
    answered = client.post(url, {"answer": "yes"}, follow=True)
    assert read(answered).heading().startswith("You’ve moved to ")
    assert dates_of(people[0]) == [into.pk]
    assert read(client.post(url, {"answer": "no"})).heading().startswith("You’ve moved to ")
    assert dates_of(people[0]) == [into.pk]


def test_no_is_kept_and_can_be_taken_back(client, merge_being_answered):
    session, into, people, url = merge_being_answered
    assert read(client.post(url, {"answer": "no"}, follow=True)).heading().startswith("You said no to ")
    assert dates_of(people[0]) == [session.pk]
    client.post(url, {"answer": "yes"})
    assert dates_of(people[0]) == [into.pk]


@pytest.mark.parametrize("posted", [{}, {"answer": ""}, {"answer": "maybe\0"}, {"answer": ["x"] * 3}])
def test_neither_yes_nor_no_asks_again(client, merge_being_answered, posted):
    answered = client.post(merge_being_answered[3], posted)
    assert answered.status_code == 422
    assert "Choose one of the two: yes or no." in read(answered).source


def test_another_key_opens_nothing(client, merge_being_answered):
    url = merge_being_answered[3]
    other = path_of_answering(offer_to(merge_being_answered[2][1]))
    stolen = url.rsplit("/", 2)[0] + "/" + other.rsplit("/", 2)[1] + "/"
    for wrong in (stolen, url[:-5] + "/"):
        assert client.post(wrong, {"answer": "yes"}).status_code == 404
    assert MergeOffer.objects.filter(answer="").count() == 3


def test_an_offer_that_ended_is_gone(client, merge_being_answered, office):
    session, into, people, url = merge_being_answered
    session.keep(by=office)
    assert client.get(url).status_code == 410
    assert client.post(url, {"answer": "yes"}).status_code == 410
    assert dates_of(people[0]) == [session.pk]


def test_the_page_of_the_registration_leads_to_the_answer(client, merge_being_answered):
    session, into, people, url = merge_being_answered
    client.force_login(people[0])
    page = client.get(session.registrations.get(person=people[0]).get_absolute_url())
    assert url in read(page).source


def test_the_page_asks_how_they_take_part_where_the_other_date_does(client, make_hybrid, dates_to_merge, merge, now):
    session, _, people = dates_to_merge()
    into = make_hybrid(days=21, minimum=1)
    merge(session, into)
    url = path_of_answering(offer_to(people[0]))
    assert client.post(url, {"answer": "yes"}).status_code == 409
    assert client.post(url, {"answer": "yes", "mode": "online"}).status_code == 302
    assert into.registrations.get(person=people[0]).mode == "online"
    assert sound(now)
