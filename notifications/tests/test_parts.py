"""The parts of a workshop in mail and in calendars: titles, numbers, and what a change of them sends."""

from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Part, PartPlan
from devtools.testing.calendar_readers import calendar_of, read_alike
from devtools.testing.cast import weekly
from devtools.testing.changing import MINUTES, deliver, shifted, text_of
from notifications.calendars.snapshots import snapshots_differ
from notifications.models import KINDS, CalendarThread, Notice
from notifications.outbox.deliver import drain
from notifications.outbox.preview import is_about_a_session, preview
from operations.invariants import breaches
from registrations.models import Registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
ONE = "Bystander Interventions (part 1 of 2): Identity and Power"
TWO = "Bystander Interventions (part 2 of 2): Strategies"
HEADINGS = ["Part 1 of 2: Identity and Power", "Part 2 of 2: Strategies"]


@pytest.fixture
def seat(in_two_parts, person, smtp_sink, now) -> Registration:
    """The seat of `person` in the confirmed session of two parts; both invitations were sent."""
    registration = Registration.objects.register(person, in_two_parts, now=now)
    in_two_parts.settle(now=now)
    deliver(now)
    return registration


def retitle(workshop, by, *titles) -> None:
    """Give the parts of the workshop, in their order, these titles."""
    plans = [PartPlan(title, part.minutes, part) for title, part in zip(titles, workshop.parts.all(), strict=True)]
    Part.objects.divide(workshop, plans, by=by)


def of_kind(kind: str) -> list[tuple[int, str]]:
    """Return SEQUENCE and state of the calendar mail of one kind."""
    return list(Notice.objects.filter(kind=kind, sequence__isnull=False).values_list("sequence", "state"))


# ---- the entries ----


def test_each_entry_is_called_by_its_part(seat, smtp_sink):
    events = [event for mail in smtp_sink.received if (event := calendar_of(mail))]
    assert [str(event["SUMMARY"]) for event in events] == [ONE, TWO]


@pytest.mark.parametrize("address", ["invitation.ics", "session.ics", "sessions.ics", "feed"])
def test_files_and_feeds_call_them_so_too(seat, me, feed, address):
    session = seat.session
    addresses = {
        "invitation.ics": f"{seat.get_absolute_url()}invitation.ics",
        "session.ics": f"{session.get_absolute_url()}session.ics",
        "sessions.ics": "/sessions.ics",
        "feed": feed,
    }
    assert [event.summary for event in read_alike(me.get(addresses[address]).content)] == [ONE, TWO]


def test_a_neutral_title_hides_that_of_the_part(in_two_parts, person, feed, smtp_sink, now):
    person.discreet_titles = True
    person.save()
    registration = Registration.objects.register(person, in_two_parts, now=now)
    tentative = [event.summary for event in read_alike(Client().get(feed).content)]
    in_two_parts.settle(now=now)
    deliver(now)
    registration.withdraw(by=person, now=now)
    deliver(now)
    neutral = ["Training session (part 1 of 2)", "Training session (part 2 of 2)"]
    assert tentative == [f"(not yet confirmed) {title}" for title in neutral]
    events = [event for mail in smtp_sink.received if (event := calendar_of(mail))]
    assert [(event.method, str(event["SUMMARY"])) for event in events] == [
        (method, title) for method in ("REQUEST", "CANCEL") for title in neutral
    ]
    for mail in smtp_sink.received:
        for hidden in ("Identity", "Strategies"):
            assert hidden not in mail.message["Subject"]
            assert all(hidden not in str(event) for event in [calendar_of(mail)] if event)


# ---- changes ----


def test_another_title_of_a_part_updates_its_entry_alone(seat, office, smtp_sink):
    retitle(seat.session.workshop, office, "Identity and Power", "Stepping In")
    deliver(timezone.now() + 3 * MINUTES)
    assert of_kind("changed") == [(2, "sent")]
    mail = smtp_sink.received[-1]
    event = calendar_of(mail)
    assert (str(event["SUMMARY"]), event.method, event["SEQUENCE"]) == (
        "Bystander Interventions (part 2 of 2): Stepping In",
        "REQUEST",
        2,
    )
    assert "Part, before: part 2 of 2: Strategies\nPart, now:    part 2 of 2: Stepping In" in text_of(mail)
    assert list(breaches(timezone.now())) == []


def test_a_title_that_is_taken_back_sends_nothing(seat, office, smtp_sink):
    before = len(smtp_sink.received)
    retitle(seat.session.workshop, office, "Identity and Power", "Stepping In")
    retitle(seat.session.workshop, office, "Identity and Power", "Strategies")
    deliver(timezone.now() + 3 * MINUTES)
    assert len(smtp_sink.received) == before


def test_a_hidden_title_that_changes_sends_nothing(in_two_parts, person, office, smtp_sink, now):
    person.discreet_titles = True
    person.save()
    Registration.objects.register(person, in_two_parts, now=now)
    in_two_parts.settle(now=now)
    deliver(now)
    retitle(in_two_parts.workshop, office, "Identity and Power", "Stepping In")
    assert of_kind("changed") == []


def test_another_order_of_the_workshop_renumbers_the_entries(seat, office, smtp_sink):
    one, two = seat.session.workshop.parts.all()
    plans = [PartPlan(part.title, part.minutes, part) for part in (two, one)]
    Part.objects.divide(seat.session.workshop, plans, by=office)
    deliver(timezone.now() + 3 * MINUTES)
    summaries = {str(calendar_of(mail)["SUMMARY"]) for mail in smtp_sink.received[-2:]}
    assert summaries == {
        "Bystander Interventions (part 2 of 2): Identity and Power",
        "Bystander Interventions (part 1 of 2): Strategies",
    }


def test_a_part_added_to_the_workshop_sends_nothing(seat, office):
    plans = [PartPlan("Before all"), *(PartPlan(part.title, 90, part) for part in seat.session.workshop.parts.all())]
    Part.objects.divide(seat.session.workshop, plans, by=office)
    assert of_kind("changed") == []


def test_parts_that_change_places_are_two_updates(seat, office, smtp_sink, now):
    one, two = seat.session.meetings.all()
    seat.session.assign_parts({one: two.part, two: one.part}, by=office, now=now)
    deliver(now + 3 * MINUTES)
    assert of_kind("changed") == [(2, "sent"), (2, "sent")]
    summaries = {calendar_of(mail)["UID"]: str(calendar_of(mail)["SUMMARY"]) for mail in smtp_sink.received[-2:]}
    assert summaries == {one.threads.get().uid: TWO, two.threads.get().uid: ONE}
    assert list(breaches(now)) == []


def test_a_meeting_that_moves_takes_its_part_along(seat, office, smtp_sink, now):
    first = seat.session.meetings.first()
    seat.session.reschedule({first: shifted(first, days=10)}, by=office, now=now)
    deliver(now + 3 * MINUTES)
    assert of_kind("changed") == [(2, "sent")]
    assert str(calendar_of(smtp_sink.received[-1])["SUMMARY"]) == ONE


def test_a_cancelled_part_leaves_the_other_its_number(seat, office, smtp_sink, now):
    seat.session.cancel_meeting(seat.session.meetings.first(), "Snow.", by=office, now=now)
    deliver(now + 3 * MINUTES)
    mail = smtp_sink.received[-1]
    assert (calendar_of(mail).method, str(calendar_of(mail)["SUMMARY"])) == ("CANCEL", ONE)
    body = text_of(mail)
    assert "is cancelled: part 1 of 2 (Identity and Power), " in body and f"{HEADINGS[1]}\nWhen:  " in body
    assert mail.message["Subject"].endswith("(part 1 of 2)")
    assert of_kind("changed") == [] and list(breaches(now)) == []


def test_a_meeting_added_for_a_part_carries_its_title(seat, office, smtp_sink, now):
    first = seat.session.meetings.first()
    seat.session.cancel_meeting(first, "Snow.", by=office, now=now)
    seat.session.add_meeting(replace(weekly(1, days=40)[0], part=first.part), by=office, now=now)
    deliver(now + 3 * MINUTES)
    assert str(calendar_of(smtp_sink.received[-1])["SUMMARY"]) == ONE
    assert f"{HEADINGS[0]}\nWhen:  " in text_of(smtp_sink.received[-1])
    assert list(breaches(now)) == []


def test_a_further_meeting_is_called_by_the_workshop_alone(seat, office, smtp_sink, now):
    seat.session.add_meeting(weekly(1, days=40)[0], by=office, now=now)
    deliver(now + 3 * MINUTES)
    assert of_kind("changed") == []
    assert str(calendar_of(smtp_sink.received[-1])["SUMMARY"]) == "Bystander Interventions"


# ---- mail ----


# Before it is scheduled a request has times that would suit, and no meeting.
WITHOUT_MEETINGS = ("request_asked", "request_received")


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS.values() if is_about_a_session(kind) and kind.name not in WITHOUT_MEETINGS],
    ids=lambda kind: kind.name,
)
def test_each_table_of_meetings_names_their_parts(in_two_parts, person, kind):
    shown = preview(kind, person, in_two_parts)
    lines = shown.text.splitlines()
    above = [lines[number - 1] for number, line in enumerate(lines) if line.startswith("When:")]
    assert set(above) <= set(HEADINGS)
    assert [shown.html.count(one) for one in HEADINGS] == [shown.text.count(one) for one in HEADINGS]


def test_the_first_mail_shows_both_parts(in_two_parts, person, smtp_sink, now):
    Registration.objects.register(person, in_two_parts, now=now)
    drain()
    mail = smtp_sink.received[0]
    for body in (text_of(mail), mail.message.get_body(("html",)).get_content()):
        assert all(heading in body for heading in HEADINGS)


def test_people_told_plainly_read_which_part_moved(divided, make_session, person, office, smtp_sink, now):
    session = make_session(meetings=weekly(2), minimum=3)
    Registration.objects.register(person, session, now=now)
    deliver(now)
    last = session.meetings.last()
    session.reschedule({last: shifted(last, hours=1)}, by=office, now=now)
    deliver(now + 3 * MINUTES)
    assert f"{HEADINGS[1]}\nWhen, before: " in text_of(smtp_sink.received[-1])


# ---- the release before this one ----


def test_an_entry_without_a_part_title_is_no_change():
    """The release before this one wrote snapshots that know of no parts."""
    old = {"title": "Bystander Interventions", "part": 1, "parts": 1}
    assert not snapshots_differ(old, old | {"part_title": "", "neutral": False})
    assert snapshots_differ(old, old | {"part_title": "Strategies"})


def test_an_upgrade_sends_no_update(make_session, person, office, smtp_sink, now):
    session = make_session(minimum=1)
    Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    deliver(now)
    thread = CalendarThread.objects.get()
    thread.shown.pop("part_title")
    thread.save()
    session.retell(now)
    assert of_kind("changed") == [] and list(breaches(now)) == []
