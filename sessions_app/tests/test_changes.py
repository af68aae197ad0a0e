"""What may change once people have planned with a session: times, places, meetings, and who leads it."""

from datetime import date, time, timedelta

import pytest
from django.contrib.admin.models import LogEntry

from catalog.models import Facilitator, Format
from devtools.testing.cast import ZONE
from foundation.wall_clock import instant
from registrations.models import Registration
from sessions_app.models import Meeting, MeetingPlan, Place, Session, Times
from sessions_app.models.deciding import default_confirm_by
from sessions_app.signals import session_changed

NOW = instant(date(2031, 1, 7), time(9), ZONE)
pytestmark = [pytest.mark.django_db, pytest.mark.now(NOW)]


def plan(day: date, hour: int = 12, hours: int = 2) -> MeetingPlan:
    return MeetingPlan(instant(day, time(hour), ZONE), instant(day, time(hour + hours), ZONE), ZONE)


def times(day: date, hour: int = 12, hours: int = 2) -> Times:
    new = plan(day, hour, hours)
    return Times(new.starts_at, new.ends_at, ZONE)


@pytest.fixture
def tuesdays(make_session) -> Session:
    """An open session on two Tuesdays in May 2031, decided by the rule."""
    return make_session(meetings=[plan(date(2031, 5, 13)), plan(date(2031, 5, 20))])


@pytest.fixture
def heard():
    """What `session_changed` said: how the meetings were before."""
    said = []

    def hear(sender, session, before, **kwargs):
        said.append(before)

    session_changed.connect(hear)
    yield said
    session_changed.disconnect(hear)


def last_record() -> str:
    return LogEntry.objects.latest("pk").change_message


def test_a_meeting_moves_and_the_session_follows(tuesdays, office, now, heard):
    one, two = tuesdays.meetings.all()
    tuesdays.reschedule({one: times(date(2031, 5, 22))}, by=office, now=now)
    tuesdays.refresh_from_db()
    assert (tuesdays.starts_at, tuesdays.ends_at) == (two.starts_at, times(date(2031, 5, 22)).ends_at)
    assert [meeting.starts_at for meeting in heard[0]] == [plan(date(2031, 5, 13)).starts_at, two.starts_at]
    assert last_record().startswith(
        "Rescheduled. From Tue, May 13, 2031, Noon–2:00 PM, Central time "
        "to Thu, May 22, 2031, Noon–2:00 PM, Central time."
    )


def test_the_same_times_again_change_nothing(tuesdays, office, now, heard):
    records = LogEntry.objects.count()
    assert tuesdays.reschedule({one: one.times for one in tuesdays.meetings.all()}, by=office, now=now) == []
    assert (heard, LogEntry.objects.count()) == ([], records)


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (times(date(2031, 1, 6)), "Choose a time in the future."),
        (times(date(2031, 5, 20), 13), "Two meetings overlap."),
        (Times(plan(date(2031, 5, 13)).starts_at, plan(date(2031, 5, 13)).starts_at, ZONE), "ends after it starts"),
    ],
)
def test_impossible_times_are_refused_and_nothing_is_changed(tuesdays, office, now, heard, new, sentence):
    first = tuesdays.meetings.first()
    with pytest.raises(Session.Refused, match=sentence):
        tuesdays.reschedule({first: new}, by=office, now=now)
    assert (heard, tuesdays.meetings.first().times) == ([], times(date(2031, 5, 13)))


def test_what_is_past_stays(tuesdays, person, office, now):
    Registration.objects.register(person, tuesdays, now=now)
    first, second = tuesdays.meetings.all()
    started = first.starts_at + timedelta(minutes=1)
    tuesdays.run_anyway("It matters.", by=office, now=now)
    with pytest.raises(Session.AlreadyDecided, match="has started; its time stays as it was"):
        tuesdays.reschedule({first: times(date(2031, 5, 14))}, by=office, now=started)
    with pytest.raises(Session.AlreadyDecided, match="has started; its place stays as it was"):
        tuesdays.relocate({first: Place(None, "https://other.example.edu/")}, by=office, now=started)
    tuesdays.reschedule({second: times(date(2031, 5, 21))}, by=office, now=started)
    with pytest.raises(Session.AlreadyDecided, match="has been held"):
        tuesdays.reschedule({second: times(date(2031, 6, 1))}, by=office, now=second.ends_at + timedelta(days=9))


def test_a_cancelled_session_and_a_draft_are_refused(tuesdays, make_session, office, now):
    first = tuesdays.meetings.first()
    tuesdays.cancel("Snow.", by=office, now=now)
    with pytest.raises(Session.AlreadyDecided, match="is cancelled; it cannot change"):
        tuesdays.reschedule({first: times(date(2031, 5, 14))}, by=office, now=now)
    draft = make_session(published=False)
    with pytest.raises(Session.AlreadyDecided, match="is a draft"):
        draft.relocate({draft.meetings.get(): Place(None, "")}, by=office, now=now)


def test_a_meeting_of_another_session_is_refused(tuesdays, make_session, office, now):
    other = make_session().meetings.get()
    with pytest.raises(Session.AlreadyDecided, match="not held any more"):
        tuesdays.reschedule({other: times(date(2031, 5, 14))}, by=office, now=now)


# ---- the dates that hang on the start ----


def test_a_decision_date_of_the_rule_is_given_again(tuesdays, office, now):
    first = tuesdays.meetings.first()
    along = tuesdays.reschedule({first: times(date(2031, 5, 8))}, by=office, now=now)
    assert (
        tuesdays.confirm_by
        == default_confirm_by(first.starts_at, ZONE, now)
        == instant(date(2031, 5, 5), time(17), ZONE)
    )
    assert tuesdays.registration_closes_at == tuesdays.starts_at
    assert along == [
        "It is decided on Mon, May 5, 2031, 5:00 PM, not on Fri, May 9, 2031, 5:00 PM.",
        "Registration closes on Thu, May 8, 2031, Noon.",
    ]


def test_a_chosen_decision_date_stays_before_the_start(tuesdays, office, now):
    first = tuesdays.meetings.first()
    chosen = instant(date(2031, 5, 12), time(9), ZONE)
    tuesdays.extend(chosen, by=office, now=now)
    tuesdays.reschedule({first: times(date(2031, 5, 15))}, by=office, now=now)
    assert tuesdays.confirm_by == chosen
    tuesdays.reschedule({first: times(date(2031, 5, 8))}, by=office, now=now)
    assert tuesdays.confirm_by == tuesdays.starts_at


def test_when_registering_ends_and_begins_stays_sensible(tuesdays, office, now):
    closes_at, opens_at = instant(date(2031, 5, 10), time(9), ZONE), instant(date(2031, 5, 9), time(9), ZONE)
    Session.objects.filter(pk=tuesdays.pk).update(registration_closes_at=closes_at, registration_opens_at=opens_at)
    first = tuesdays.meetings.first()
    tuesdays.reschedule({first: times(date(2031, 5, 15))}, by=office, now=now)
    assert (tuesdays.registration_closes_at, tuesdays.registration_opens_at) == (closes_at, opens_at)
    along = tuesdays.reschedule({first: times(date(2031, 5, 8))}, by=office, now=now)
    assert (tuesdays.registration_closes_at, tuesdays.registration_opens_at) == (tuesdays.starts_at, None)
    assert "Registration is open now: it would have opened after it closes." in along


def test_who_is_asked_has_more_time_when_the_decision_date_moves(make_session, office, now):
    session = make_session(meetings=[plan(date(2031, 5, 13))], at_deadline="ask")
    session.settle(now=session.confirm_by)
    assert session.asked_at
    session.reschedule({session.meetings.get(): times(date(2031, 6, 3))}, by=office, now=session.confirm_by)
    assert session.asked_at is None and session.confirm_by == instant(date(2031, 5, 30), time(17), ZONE)


# ---- places ----


def test_a_meeting_moves_to_a_room(tuesdays, office, room, now, heard):
    first = tuesdays.meetings.first()
    tuesdays.relocate({first: Place(room, "")}, by=office, now=now)
    first = tuesdays.meetings.first()
    assert (first.venue, len(heard)) == (room, 1)
    assert last_record().endswith("from Online to Learning Commons 210.")


def test_a_session_in_person_needs_a_room(make_session, office, room, now):
    where = [MeetingPlan(**vars(plan(date(2031, 5, 13))) | {"venue": room})]
    session = make_session(meetings=where, format=Format.IN_PERSON)
    with pytest.raises(Session.Refused, match="Choose a venue: this session is in person"):
        session.relocate({session.meetings.get(): Place(None, "https://meet.example.edu/")}, by=office, now=now)


# ---- one more, one less ----


def test_a_meeting_is_added(tuesdays, office, now, heard):
    tuesdays.add_meeting(plan(date(2031, 5, 27)), by=office, now=now)
    assert (tuesdays.ends_at, tuesdays.meetings.count(), len(heard[0])) == (plan(date(2031, 5, 27)).ends_at, 3, 2)


@pytest.mark.parametrize("new", [plan(date(2031, 5, 20), 13), plan(date(2031, 1, 6))])
def test_a_meeting_that_cannot_be_is_not_added(tuesdays, office, now, new):
    with pytest.raises(Session.Refused):
        tuesdays.add_meeting(new, by=office, now=now)
    assert tuesdays.meetings.count() == 2


def test_a_session_has_twenty_meetings_at_most(tuesdays, office, now):
    for day in range(1, 19):
        tuesdays.add_meeting(plan(date(2031, 6, day)), by=office, now=now)
    with pytest.raises(Session.Refused, match="20 meetings at most"):
        tuesdays.add_meeting(plan(date(2031, 7, 1)), by=office, now=now)


def test_one_meeting_of_two_is_cancelled_and_stays_on_record(tuesdays, office, now, heard):
    first, second = tuesdays.meetings.all()
    tuesdays.cancel_meeting(first, "The room is flooded.", by=office, now=now)
    assert list(tuesdays.meetings.all()) == [second]
    assert Meeting.every.get(pk=first.pk).cancel_reason == "The room is flooded."
    assert (tuesdays.starts_at, tuesdays.part_numbers()) == (
        second.starts_at,
        {first.pk: (1, 2, ""), second.pk: (2, 2, "")},
    )
    tuesdays.cancel_meeting(first, "Again.", by=office, now=now)
    assert len(heard) == 1


def test_the_only_meeting_and_a_missing_reason_are_refused(tuesdays, office, now):
    first, second = tuesdays.meetings.all()
    with pytest.raises(Session.ReasonMissing):
        tuesdays.cancel_meeting(first, " ", by=office, now=now)
    tuesdays.cancel_meeting(first, "Ill.", by=office, now=now)
    with pytest.raises(Session.Refused, match="Cancel the session instead"):
        tuesdays.cancel_meeting(second, "Ill.", by=office, now=now)


def test_a_meeting_that_was_held_is_not_cancelled(tuesdays, person, office, now):
    Registration.objects.register(person, tuesdays, now=now)
    first = tuesdays.meetings.first()
    tuesdays.run_anyway("It matters.", by=office, now=now)
    with pytest.raises(Session.AlreadyDecided, match="has been held"):
        tuesdays.cancel_meeting(first, "Ill.", by=office, now=first.ends_at)


# ---- names ----


def test_others_lead_it(tuesdays, office, now, heard):
    ada, tolu = (Facilitator.objects.create(name=name) for name in ("Ada Okafor", "Tolu Adeyemi"))
    tuesdays.appoint([tolu, ada], by=office, now=now)
    tuesdays.appoint([ada, tolu], by=office, now=now)
    assert set(tuesdays.facilitators.all()) == {ada, tolu}
    assert (heard, last_record()) == ([None], "Led by Ada Okafor, Tolu Adeyemi, before by nobody.")


def test_a_name_is_retold_by_the_sessions_that_show_it(tuesdays, make_session, office, room, now, heard):
    tuesdays.relocate({tuesdays.meetings.first(): Place(room, "")}, by=office, now=now)
    ada = Facilitator.objects.create(name="Ada Okafor")
    tuesdays.appoint([ada], by=office, now=now)
    make_session(days=30, workshop=tuesdays.workshop)
    heard.clear()
    for noun, names, sessions in (
        (tuesdays.workshop, {"title": "Speaking Up"}, 2),
        (ada, {"credentials": "MD"}, 1),
        (room, {"room": "310"}, 1),
        (room.campus, {"name": "South"}, 1),
        (room.campus, {"name": "South"}, 0),
    ):
        noun.rename(office, **names)
        assert heard == [None] * sessions, noun
        heard.clear()
    assert LogEntry.objects.filter(change_message="Title: from Bystander Interventions to Speaking Up.").count() == 1


def test_a_name_of_what_is_over_is_retold_by_nobody(tuesdays, office, now, heard):
    tuesdays.cancel("Snow.", by=office, now=now)
    tuesdays.workshop.rename(office, title="Speaking Up")
    assert heard == []
