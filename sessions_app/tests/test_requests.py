"""Asking for a session, and what the office does with a request: the verbs."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from catalog.models import Workshop
from devtools.testing.registering import ADA, BO
from devtools.testing.requesting import ask, wanted, window
from operations.tasks import forget
from registrations.models import Nomination, Registration
from sessions_app.models import MeetingPlan, RequestRules, RequestWindow, Session, SessionRequest

pytestmark = pytest.mark.django_db


def plan_of(request: SessionRequest) -> MeetingPlan:
    """A meeting of 90 minutes at the start of the first window."""
    starts_at = request.spans[0][0]
    link = "https://meet.example.edu/quorum"
    return MeetingPlan(starts_at, starts_at + timedelta(minutes=90), request.time_zone, join_link=link)


@pytest.fixture
def a_request(person, workshop, now) -> SessionRequest:
    return ask(person, workshop, now, addresses=[ADA, BO])


def said_of(thing) -> list[str]:
    kind = ContentType.objects.get_for_model(thing)
    entries = LogEntry.objects.filter(content_type=kind, object_id=thing.pk).order_by("pk")
    return list(entries.values_list("change_message", flat=True))


# ---- asking ----


def test_a_request_keeps_what_was_asked_for(a_request, person, workshop, now):
    assert (a_request.by, a_request.title, a_request.people, a_request.addresses) == (
        person,
        workshop.title,
        8,
        [ADA, BO],
    )
    assert a_request.spans == [window(now), window(now, 42)]
    assert (a_request.state, a_request.asked_at, a_request.lead_days) == ("waiting", now, 21)


def test_asking_for_the_same_again_answers_with_the_first(a_request, person, workshop, now):
    assert ask(person, workshop, now) == a_request
    assert SessionRequest.objects.count() == 1 and RequestWindow.objects.count() == 2


def test_another_time_of_the_same_is_another_request(a_request, person, workshop, now):
    assert ask(person, workshop, now, windows=[window(now, 50)]) != a_request


def test_while_it_is_closed_nothing_is_taken(person, workshop, now):
    RequestRules.objects.create(pk=1, is_open=False, closed_words="We are back in August.")
    with pytest.raises(SessionRequest.Closed, match="We are back in August."):
        ask(person, workshop, now)
    assert not SessionRequest.objects.exists()


def test_past_the_limit_of_all_nothing_is_taken(a_request, people, workshop, now):
    RequestRules.objects.update_or_create(pk=1, defaults={"most_waiting": 1})
    with pytest.raises(SessionRequest.TooMany):
        ask(people(1)[0], workshop, now)
    a_request.withdraw(by=a_request.by, now=now)
    assert ask(people(1)[0], workshop, now).is_waiting


def test_past_their_own_limit_a_person_asks_for_no_more(a_request, person, people, workshop, now):
    RequestRules.objects.update_or_create(pk=1, defaults={"most_of_a_person": 1})
    with pytest.raises(SessionRequest.TooMany, match="A request of yours is waiting"):
        ask(person, workshop, now, windows=[window(now, 50)])
    assert ask(people(1)[0], workshop, now).is_waiting


def test_a_window_in_the_past_is_refused(person, workshop, now):
    with pytest.raises(SessionRequest.Refused, match="in the past"):
        ask(person, workshop, now, windows=[window(now, -1)])


@pytest.mark.parametrize(("days", "too_soon"), [((20, 10), True), ((20, 22), False), ((30, 40), False)])
def test_too_soon_is_when_every_window_is_within_the_lead_time(person, workshop, now, days, too_soon):
    assert ask(person, workshop, now, windows=[window(now, day) for day in days]).is_too_soon is too_soon


def test_a_longer_lead_time_makes_no_earlier_request_too_soon(person, workshop, now):
    a_request = ask(person, workshop, now, windows=[window(now, 30)])
    RequestRules.objects.update_or_create(pk=1, defaults={"lead_days": 60})
    assert not SessionRequest.objects.get().is_too_soon and a_request.lead_days == 21


# ---- what the office does ----


def test_it_is_assigned_and_answered_and_goes_on_waiting(a_request, office, now):
    a_request.assign(office, by=office)
    assert a_request.state == "assigned"
    a_request.reply("Would the 12th do?", by=office, now=now)
    assert (a_request.state, a_request.is_waiting, a_request.answered_at) == ("answered", True, now)
    assert said_of(a_request) == ["Assigned to Office Person, before to nobody.", "Answered: Would the 12th do?"]


def test_scheduling_makes_an_unlisted_published_session_of_it(a_request, workshop, office, now):
    session = a_request.schedule(workshop, [plan_of(a_request)], by=office, now=now, minimum=4)
    assert (session.status, session.listed, session.minimum) == (Session.Status.OPEN, False, 4)
    assert (a_request.state, a_request.session, a_request.ended_at) == ("scheduled", session, now)
    assert said_of(a_request) == [f"Scheduled: {session}."]


def test_the_team_is_nominated_in_the_name_of_the_person_who_asked(a_request, workshop, office, now):
    session = a_request.schedule(workshop, [plan_of(a_request)], by=office, now=now)
    found = Nomination.objects.filter(session=session).values_list("email", "by", "told_at")
    assert list(found) == [(ADA, a_request.by.pk, now), (BO, a_request.by.pk, now)]
    assert said_of(session)[-1] == "Nominated 2 colleagues."


def test_a_person_who_takes_part_is_registered(a_request, workshop, office, now):
    session = a_request.schedule(workshop, [plan_of(a_request)], by=office, now=now)
    assert [seat.person for seat in session.registrations.registered()] == [a_request.by]


def test_a_person_who_does_not_take_part_is_not_registered(person, workshop, office, now):
    a_request = ask(person, workshop, now, takes_part=False)
    a_request.schedule(workshop, [plan_of(a_request)], by=office, now=now)
    assert not Registration.objects.exists()


def test_a_person_without_name_or_role_is_not_registered_unseen(people, workshop, office, now):
    a_request = ask(people(1, role="")[0], workshop, now)
    a_request.schedule(workshop, [plan_of(a_request)], by=office, now=now)
    assert not Registration.objects.exists()


def test_a_person_with_another_session_then_is_not_registered(a_request, person, workshop, make_session, office, now):
    other = make_session(meetings=[plan_of(a_request)])
    Registration.objects.register(person, other, now=now)
    session = a_request.schedule(workshop, [plan_of(a_request)], by=office, now=now)
    assert not session.registrations.exists() and a_request.state == "scheduled"


def test_the_team_is_nominated_for_what_the_person_may_not_attend(person, office, now):
    faculty = dict.fromkeys(["for_staff", "for_residents", "for_students", "for_others"], False)
    workshop = Workshop.objects.create(title="For faculty", slug="faculty", status="published", **faculty)
    a_request = ask(person, workshop, now, addresses=[ADA])
    session = a_request.schedule(workshop, [plan_of(a_request)], by=office, now=now)
    assert session.nominations.get().by == person and not session.registrations.exists()


def test_what_cannot_be_published_leaves_nothing_behind(a_request, workshop, office, now):
    Workshop.objects.update(status="draft")
    workshop.refresh_from_db()
    with pytest.raises(Session.Incomplete):
        a_request.schedule(workshop, [plan_of(a_request)], by=office, now=now)
    a_request.refresh_from_db()
    assert a_request.is_waiting and not Session.objects.exists() and not Nomination.objects.exists()


def test_what_has_ended_is_neither_scheduled_nor_answered_nor_declined(a_request, person, workshop, office, now):
    a_request.withdraw(by=person, now=now)
    for verb in (
        lambda: a_request.schedule(workshop, [plan_of(a_request)], by=office, now=now),
        lambda: a_request.reply("Yes.", by=office),
        lambda: a_request.decline("No.", by=office),
        lambda: a_request.assign(office, by=office),
    ):
        with pytest.raises(SessionRequest.Ended, match="This request is withdrawn already."):
            verb()
    assert not Session.objects.exists()


def test_withdrawing_twice_is_withdrawing_once(a_request, person, now):
    a_request.withdraw(by=person, now=now)
    a_request.withdraw(by=person, now=now + timedelta(hours=1))
    assert (a_request.state, a_request.ended_at) == ("withdrawn", now) and said_of(a_request) == ["Withdrawn."]


def test_what_is_scheduled_is_not_withdrawn(a_request, person, workshop, office, now):
    a_request.schedule(workshop, [plan_of(a_request)], by=office, now=now)
    with pytest.raises(SessionRequest.Ended, match="scheduled already"):
        a_request.withdraw(by=person, now=now)


# ---- what is forgotten ----


@pytest.mark.parametrize(("days", "kept"), [(29, [ADA, BO]), (31, [])])
def test_the_addresses_are_erased_a_month_after_the_end(a_request, office, now, days, kept):
    a_request.decline("We have nobody for it.", by=office, now=now - timedelta(days=days))
    forget("colleagues")
    a_request.refresh_from_db()
    assert a_request.addresses == kept


def test_the_addresses_of_what_waits_are_kept(a_request, now):
    assert SessionRequest.objects.forget_addresses(now + timedelta(days=400)) == 0
    assert SessionRequest.objects.get().addresses == [ADA, BO]


def test_wanted_windows_are_kept_in_their_order(person, now):
    later, sooner = window(now, 44), window(now, 41)
    a_request = SessionRequest.objects.ask(person, wanted(now, topic="Power", windows=[later, sooner]), now=now)
    assert a_request.spans == [sooner, later] and str(a_request) == "Power, for Person 1"
