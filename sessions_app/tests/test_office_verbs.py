"""publish, run_anyway, extend, cancel, resize: what the office does, and what it is refused."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction

from accounts.models import Person
from catalog.models import Format, Workshop
from registrations.models import Registration
from sessions_app.models import Decision, Session

pytestmark = pytest.mark.django_db


def test_scheduling_fills_in_what_follows_from_the_workshop(make_session, workshop, now):
    session = make_session(published=False)
    assert (session.minimum, session.capacity, session.format) == (6, 24, Format.ONLINE)
    assert session.ends_at - session.starts_at == timedelta(minutes=90)
    assert session.registration_closes_at == session.starts_at
    assert session.confirm_by < session.starts_at
    assert session.time_zone == "America/Chicago"


def test_publishing_opens_a_draft_once(make_session, office, now):
    session = make_session(published=False)
    session.publish(by=office, now=now)
    session.publish(by=office, now=now + timedelta(minutes=1))
    session.refresh_from_db()
    assert (session.status, session.published_at) == (Session.Status.OPEN, now)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"confirm_by": timedelta(days=-1)}, "The decision date has passed."),
        ({"registration_closes_at": timedelta(days=-1)}, "Registration would already be closed."),
    ],
)
def test_a_passed_date_is_refused_saying_which_to_set(make_session, office, now, change, sentence):
    session = make_session(published=False)
    Session.objects.filter(pk=session.pk).update(**{field: now + delta for field, delta in change.items()})
    with pytest.raises(Session.Incomplete, match=sentence):
        session.publish(by=office, now=now)
    session.refresh_from_db()
    assert session.status == Session.Status.DRAFT


def test_a_session_without_meetings_is_not_published(workshop, office, now):
    session = Session.objects.schedule(workshop, meetings=[], by=office, now=now)
    with pytest.raises(Session.Incomplete, match="at least one meeting"):
        session.publish(by=office, now=now)


def test_a_session_of_a_draft_workshop_is_not_published(make_session, workshop, office, now):
    session = make_session(published=False)
    Workshop.objects.update(status=Workshop.Status.DRAFT)
    with pytest.raises(Session.Incomplete, match="Publish the workshop"):
        session.publish(by=office, now=now)


def test_in_person_needs_a_venue(make_session, office, now):
    session = make_session(published=False, format=Format.IN_PERSON)
    with pytest.raises(Session.Incomplete, match="Choose a venue"):
        session.publish(by=office, now=now)


def test_run_anyway_confirms_below_the_minimum_with_its_reason(make_session, person, office, now):
    session = make_session()
    Registration.objects.register(person, session, now=now)
    session.run_anyway("The department asked for it.", by=office, now=now)
    session.refresh_from_db()
    assert (session.status, session.confirmed_count, session.confirmed_minimum) == ("confirmed", 1, 6)
    assert session.run_anyway_reason == "The department asked for it."
    decision = session.decisions.get()
    assert (decision.kind, decision.by, decision.reason) == ("run_anyway", office, "The department asked for it.")


def test_run_anyway_without_a_reason_is_refused(make_session, office, now):
    session = make_session()
    with pytest.raises(Session.ReasonMissing):
        session.run_anyway("  ", by=office, now=now)
    session.refresh_from_db()
    assert session.status == Session.Status.OPEN


def test_nothing_is_confirmed_below_the_minimum(make_session, now):
    session = make_session()
    session.settle(now=now)
    assert (session.status, session.decisions.count()) == (Session.Status.OPEN, 0)


def test_the_database_refuses_a_confirmed_session_without_minimum_or_reason(make_session):
    session = make_session()
    with pytest.raises(IntegrityError, match="session_confirmed_with_its_minimum_or_a_reason"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(status="confirmed", confirmed_count=5, confirmed_minimum=6)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("session_never_overbooked", {"seats_taken": 25}),
        ("session_minimum_within_capacity", {"minimum": 25}),
    ],
)
def test_the_database_refuses_impossible_numbers(make_session, constraint, values):
    session = make_session()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(**values)


def test_extend_moves_the_decision_date(make_session, office, now):
    session = make_session()
    until = session.starts_at - timedelta(hours=2)
    session.extend(until, by=office, now=now)
    session.refresh_from_db()
    assert session.confirm_by == until
    assert session.decisions.get().kind == Decision.Kind.EXTENDED


@pytest.mark.parametrize(("until", "sentence"), [(timedelta(days=99), "after the start"), (-timedelta(1), "future")])
def test_extend_refuses_impossible_dates(make_session, office, now, until, sentence):
    session = make_session()
    with pytest.raises(Session.Refused, match=sentence):
        session.extend(now + until, by=office, now=now)


def test_cancel_says_why_and_ends_every_registration(make_session, people, office, now):
    session = make_session(minimum=1, capacity=1)
    for person in people(2):
        Registration.objects.register(person, session, now=now)
    session.cancel("The facilitator is ill.", by=office, now=now)
    session.refresh_from_db()
    assert (session.status, session.cancel_reason, session.cancelled_by_rule) == (
        "cancelled",
        "The facilitator is ill.",
        False,
    )
    assert (session.cancelled_count, session.seats_taken, session.waiting_count) == (1, 0, 0)
    assert list(session.registrations.values_list("status", flat=True)) == ["session_cancelled"] * 2


def test_a_draft_is_not_cancelled(make_session, office, now):
    session = make_session(published=False)
    with pytest.raises(Session.AlreadyDecided):
        session.cancel("Changed my mind.", by=office, now=now)


def test_a_decided_session_is_not_decided_again(make_session, office, now):
    session = make_session()
    session.cancel("Snow.", by=office, now=now)
    for verb in (
        lambda: session.run_anyway("No.", by=office, now=now),
        lambda: session.extend(now + timedelta(days=1), by=office, now=now),
        lambda: session.resize(6, 30, by=office),
        lambda: session.publish(by=office, now=now),
    ):
        with pytest.raises(Session.AlreadyDecided):
            verb()


def test_capacity_cannot_go_below_the_seats_taken_and_says_by_how_many(make_session, people, office, now):
    session = make_session(minimum=1)
    for person in people(3):
        Registration.objects.register(person, session, now=now)
    with pytest.raises(Session.Refused, match="a capacity of 1 is 2 too few"):
        session.resize(1, 1, by=office)


def test_raised_capacity_promotes_in_order(make_session, people, office, now):
    session = make_session(minimum=1, capacity=1)
    for person in people(4):
        Registration.objects.register(person, session, now=now)
    session.resize(1, 3, by=office)
    statuses = list(session.registrations.order_by("position").values_list("status", flat=True))
    assert statuses == ["registered", "registered", "registered", "waitlisted"]
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting_count) == (3, 1)


def test_the_rule_cannot_sign_in():
    rule = Person.objects.rule()
    assert (rule.name, rule.is_active, rule.has_usable_password()) == ("Quorum", False, False)


# ---- what is so already is left as it is, and what cannot be is refused ----


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        ("confirmed", lambda session, by, now: session.settle(now=now)),
        ("confirmed", lambda session, by, now: session.run_anyway("Again.", by=by, now=now)),
        ("open", lambda session, by, now: session.extend(session.confirm_by, by=by, now=now)),
        ("cancelled", lambda session, by, now: session.cancel("Again.", by=by, now=now)),
        ("open", lambda session, by, now: session.resize(6, 24, by=by)),
    ],
    ids=["settle", "run_anyway", "extend", "cancel", "resize"],
)
def test_a_verb_said_twice_changes_nothing_and_leaves_no_record(make_session, person, office, now, status, verb):
    session = make_session()
    if status == "confirmed":
        Registration.objects.register(person, session, now=now)
        session.run_anyway("The department asked for it.", by=office, now=now)
    elif status == "cancelled":
        session.cancel("Snow.", by=office, now=now)
    before = Session.objects.filter(pk=session.pk).values().get(), session.decisions.count(), LogEntry.objects.count()
    verb(session, office, now + timedelta(minutes=1))
    after = Session.objects.filter(pk=session.pk).values().get(), session.decisions.count(), LogEntry.objects.count()
    assert after == before


def test_a_session_that_has_started_is_not_published(make_session, office):
    session = make_session(published=False)
    with pytest.raises(Session.Incomplete, match="has already started"):
        session.publish(by=office, now=session.starts_at)


def test_overlapping_meetings_are_not_published(make_session, office, now):
    session = make_session(published=False)
    middle = session.starts_at + timedelta(minutes=45)
    session.meetings.create(starts_at=middle, ends_at=middle + timedelta(hours=1), time_zone="America/Chicago")
    with pytest.raises(Session.Incomplete, match="overlap"):
        session.publish(by=office, now=now)


@pytest.mark.parametrize("verb", ["run_anyway", "extend"])
def test_nothing_is_decided_after_the_start(make_session, people, office, now, verb):
    session = make_session(minimum=1)
    Registration.objects.register(people(1)[0], session, now=now)
    at = session.starts_at
    with pytest.raises(Session.AlreadyDecided, match="should have started"):
        {
            "run_anyway": lambda: session.run_anyway("Late.", by=office, now=at),
            "extend": lambda: session.extend(at + timedelta(hours=1), by=office, now=at),
        }[verb]()


def test_more_time_starts_the_asking_again(make_session, office, now):
    session = make_session(at_deadline=Session.AtDeadline.ASK)
    session.settle(now=session.confirm_by)
    assert session.asked_at is not None
    session.extend(session.starts_at, by=office, now=session.confirm_by)
    session.refresh_from_db()
    assert session.asked_at is None


def test_a_session_is_not_cancelled_without_a_reason(make_session, office, now):
    session = make_session()
    with pytest.raises(Session.ReasonMissing):
        session.cancel("  ", by=office, now=now)


def test_what_has_been_held_is_not_cancelled(make_session, person, office, now):
    session = make_session()
    Registration.objects.register(person, session, now=now)
    session.run_anyway("The department asked for it.", by=office, now=now)
    with pytest.raises(Session.AlreadyDecided, match="has been held"):
        session.cancel("Too late.", by=office, now=session.ends_at)


@pytest.mark.parametrize(
    ("minimum", "capacity", "sentence"), [(0, 24, "at least one person"), (25, 24, "larger than the capacity")]
)
def test_an_impossible_size_is_refused_in_a_sentence(make_session, office, minimum, capacity, sentence):
    with pytest.raises(Session.Refused, match=sentence):
        make_session().resize(minimum, capacity, by=office)
