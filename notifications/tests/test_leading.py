"""Facilitators are asked, told and taken off, each with a calendar entry of their own, apart from any registration."""

from datetime import timedelta

import pytest

from catalog.models import Facilitator
from devtools.testing.calendar_readers import calendar_of
from devtools.testing.changing import MINUTES, deliver, text_of
from notifications.models import CalendarFeed, LeadingThread, Notice
from registrations.models import Registration
from sessions_app.models import Leading, Place, Times

pytestmark = pytest.mark.django_db


@pytest.fixture
def guide(db) -> Facilitator:
    """A facilitator with an address and no account."""
    return Facilitator.objects.create(name="Ada Okafor", email="ada@elsewhere.example.org")


@pytest.fixture
def led_session(make_session, guide, smtp_sink, now):
    """An open session that Ada leads, who has been asked; minimum 2."""
    session = make_session(minimum=2, facilitators=[guide])
    deliver(now + 3 * MINUTES)
    return session


def mails(smtp_sink, facilitator):
    return smtp_sink.to(facilitator.address)


def event_of(mail):
    event = calendar_of(mail)
    return event.method, event["SEQUENCE"], str(event["STATUS"]), str(event["SUMMARY"])


def subjects(smtp_sink, facilitator) -> list[str]:
    return [mail.message["Subject"].partition(":")[0].partition("?")[0] for mail in mails(smtp_sink, facilitator)]


def fill(session, people, now):
    for person in people(session.minimum):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)


def test_a_published_session_asks_its_facilitator_after_two_minutes(make_session, guide, smtp_sink, now):
    session = make_session(facilitators=[guide])
    deliver(now + MINUTES)
    assert mails(smtp_sink, guide) == []
    deliver(now + 3 * MINUTES)
    (mail,) = mails(smtp_sink, guide)
    assert mail.message["Subject"].startswith("Will you lead this session? Bystander Interventions")
    assert event_of(mail) == ("REQUEST", 0, "TENTATIVE", "(not yet confirmed) Leading: Bystander Interventions")
    assert f"/leading/{Leading.objects.get(session=session).uuid}/" in text_of(mail)
    assert "/registrations/" not in text_of(mail)


def test_a_draft_asks_nobody(make_session, guide, smtp_sink, now):
    make_session(facilitators=[guide], published=False)
    deliver(now + 3 * MINUTES)
    assert (mails(smtp_sink, guide), Leading.objects.count()) == ([], 0)


def test_somebody_named_and_taken_off_within_two_minutes_is_told_nothing(make_session, guide, office, smtp_sink, now):
    session = make_session(facilitators=[])
    session.appoint([guide], by=office, now=now)
    session.appoint([], by=office, now=now + MINUTES)
    deliver(now + 5 * MINUTES)
    assert mails(smtp_sink, guide) == []


def test_somebody_taken_off_and_named_again_within_two_minutes_is_told_nothing(
    led_session, guide, office, smtp_sink, now
):
    Leading.objects.get().accept(now=now)
    at = now + 4 * MINUTES
    led_session.appoint([], by=office, now=at)
    led_session.appoint([guide], by=office, now=at + MINUTES)
    deliver(at + 5 * MINUTES)
    assert len(mails(smtp_sink, guide)) == 1
    assert Leading.objects.get().is_accepted


def test_the_confirmation_updates_the_same_entry(led_session, guide, people, smtp_sink, now):
    fill(led_session, people, now)
    deliver(now + 6 * MINUTES)
    asked, confirmed = mails(smtp_sink, guide)
    assert event_of(confirmed) == ("REQUEST", 1, "CONFIRMED", "Leading: Bystander Interventions")
    assert calendar_of(asked)["UID"] == calendar_of(confirmed)["UID"]
    assert "two people have registered" in text_of(confirmed)
    assert "person1" not in text_of(confirmed).lower()


def test_a_move_is_one_update_with_what_was_and_what_is(led_session, guide, room, office, smtp_sink, now):
    meeting, at = led_session.meetings.get(), now + 4 * MINUTES
    later = Times(meeting.starts_at + timedelta(hours=2), meeting.ends_at + timedelta(hours=2), meeting.time_zone)
    led_session.reschedule({meeting: later}, by=office, now=at)
    led_session.relocate({meeting: Place(room, "https://meet.example.edu/other")}, by=office, now=at)
    deliver(at + 3 * MINUTES)
    mail = mails(smtp_sink, guide)[-1]
    assert len(mails(smtp_sink, guide)) == 2
    assert event_of(mail)[:2] == ("REQUEST", 1)
    assert mail.message["Subject"].startswith("New time and place: Bystander Interventions")
    assert "Where, before: Online\nWhere, now:    Learning Commons 210" in text_of(mail)


def test_a_move_taken_back_within_two_minutes_is_no_mail(led_session, guide, office, smtp_sink, now):
    meeting, at = led_session.meetings.get(), now + 4 * MINUTES
    was = meeting.times
    later = Times(was.starts_at + timedelta(hours=2), was.ends_at + timedelta(hours=2), was.time_zone)
    led_session.reschedule({meeting: later}, by=office, now=at)
    led_session.reschedule({meeting: was}, by=office, now=at + MINUTES)
    deliver(at + 5 * MINUTES)
    assert len(mails(smtp_sink, guide)) == 1


def test_a_cancelled_session_leaves_the_calendar_at_once_with_its_reason(led_session, guide, office, smtp_sink, now):
    at = now + 4 * MINUTES
    led_session.cancel("Snow.", by=office, now=at)
    deliver(at)
    asked, off = mails(smtp_sink, guide)
    assert event_of(off)[:3] == ("CANCEL", 1, "CANCELLED")
    assert calendar_of(asked)["UID"] == calendar_of(off)["UID"]
    assert "The reason: Snow." in text_of(off)


def test_somebody_taken_off_is_told_and_asked_again_with_another_uid(led_session, guide, office, smtp_sink, now):
    at = now + 4 * MINUTES
    led_session.appoint([], by=office, now=at)
    deliver(at + 3 * MINUTES)
    off = mails(smtp_sink, guide)[-1]
    assert event_of(off)[:2] == ("CANCEL", 1)
    assert off.message["Subject"].startswith("You no longer lead Bystander Interventions")
    led_session.appoint([guide], by=office, now=at + 10 * MINUTES)
    deliver(at + 13 * MINUTES)
    again = mails(smtp_sink, guide)[-1]
    assert event_of(again)[:2] == ("REQUEST", 0)
    assert calendar_of(again)["UID"] != calendar_of(off)["UID"]


def test_each_of_several_is_told_and_reads_the_others_name(make_session, guide, office, smtp_sink, now):
    bo = Facilitator.objects.create(name="Bo Lindqvist", email="bo@example.edu")
    session = make_session(facilitators=[guide, bo])
    deliver(now + 3 * MINUTES)
    assert [len(mails(smtp_sink, one)) for one in (guide, bo)] == [1, 1]
    assert "With:  Bo Lindqvist" in text_of(mails(smtp_sink, guide)[0])
    assert "ada@elsewhere" not in text_of(mails(smtp_sink, bo)[0])
    session.appoint([guide], by=office, now=now + 4 * MINUTES)
    deliver(now + 7 * MINUTES)
    assert subjects(smtp_sink, guide)[-1] == "You lead it with somebody else"
    assert event_of(mails(smtp_sink, bo)[-1])[0] == "CANCEL"


def test_each_meeting_has_an_invitation(in_two_parts, guide, office, smtp_sink, now):
    in_two_parts.appoint([guide], by=office, now=now)
    deliver(now + 3 * MINUTES)
    assert [event_of(mail)[:2] for mail in mails(smtp_sink, guide)] == [("REQUEST", 0)] * 2
    assert len({calendar_of(mail)["UID"] for mail in mails(smtp_sink, guide)}) == 2
    in_two_parts.cancel_meeting(in_two_parts.meetings.last(), "Ill.", by=office, now=now + 4 * MINUTES)
    deliver(now + 7 * MINUTES)
    *_, off = [mail for mail in mails(smtp_sink, guide) if event_of(mail)[0] == "CANCEL"]
    assert "One meeting of the session you lead is cancelled. The reason: Ill." in " ".join(text_of(off).split())


def test_no_is_told_to_the_office_and_takes_the_entry_off(led_session, guide, settings, smtp_sink, now):
    at = now + 4 * MINUTES
    Leading.objects.get().decline("I am away.", now=at)
    deliver(at + MINUTES)
    assert smtp_sink.to(settings.OFFICE_EMAIL) == []
    deliver(at + 3 * MINUTES)
    (told,) = smtp_sink.to(settings.OFFICE_EMAIL)
    assert told.message["Subject"].startswith("Ada Okafor can’t lead Bystander Interventions")
    assert "I am away." in text_of(told) and "Nobody leads it now." in text_of(told)
    assert event_of(mails(smtp_sink, guide)[-1])[0] == "CANCEL"
    assert "You told us that you can’t lead this session." in text_of(mails(smtp_sink, guide)[-1])


def test_a_no_taken_back_within_two_minutes_tells_nobody(led_session, guide, settings, smtp_sink, now):
    leading, at = Leading.objects.get(), now + 4 * MINUTES
    leading.decline("", now=at)
    leading.accept(now=at + MINUTES)
    deliver(at + 5 * MINUTES)
    assert (smtp_sink.to(settings.OFFICE_EMAIL), len(mails(smtp_sink, guide))) == ([], 1)


def test_the_people_who_registered_are_not_told_that_nobody_leads_it(
    led_session, guide, people, office, smtp_sink, now
):
    fill(led_session, people, now)
    deliver(now + 6 * MINUTES)
    reader = Registration.objects.first().person.email
    before = len(smtp_sink.to(reader))
    Leading.objects.get().decline("", now=now + 7 * MINUTES)
    deliver(now + 10 * MINUTES)
    assert len(smtp_sink.to(reader)) == before
    led_session.refresh_from_db()
    led_session.appoint([Facilitator.objects.create(name="Bo Lindqvist")], by=office, now=now + 11 * MINUTES)
    deliver(now + 14 * MINUTES)
    assert "With, now:    Bo Lindqvist" in text_of(smtp_sink.to(reader)[-1])


def test_a_facilitator_who_is_registered_has_one_entry(led_session, guide, people, office, smtp_sink, now):
    other, own = people(2)
    guide.reach(by=office, person=own, email="", now=now + 4 * MINUTES)
    deliver(now + 7 * MINUTES)
    for person in (other, own):
        Registration.objects.register(person, led_session, now=now + 8 * MINUTES)
    led_session.settle(now=now + 8 * MINUTES)
    deliver(now + 11 * MINUTES)
    events = [calendar_of(mail) for mail in smtp_sink.to(own.email) if b"text/calendar" in mail.raw]
    stands = {str(event["UID"]): event.method for event in events}
    assert sorted(stands.values()) == ["CANCEL", "REQUEST"]
    registration = own.registrations.get()
    registration.withdraw(by=own, now=now + 12 * MINUTES)
    deliver(now + 15 * MINUTES)
    last = calendar_of(smtp_sink.to(own.email)[-1])
    assert (last.method, str(last["SUMMARY"])) == ("REQUEST", "Leading: Bystander Interventions")


def test_another_address_is_asked_and_the_old_one_told_nothing(led_session, guide, people, office, smtp_sink, now):
    Leading.objects.get().accept(now=now)
    (own,) = people(1)
    old = guide.email
    guide.reach(by=office, person=own, email=old, now=now + 4 * MINUTES)
    deliver(now + 7 * MINUTES)
    assert len(smtp_sink.to(old)) == 1
    (mail,) = smtp_sink.to(own.email)
    assert event_of(mail)[:2] == ("REQUEST", 0)
    assert "/my/leading/" in text_of(mail)


def test_nobody_is_told_where_no_address_is_known(make_session, now):
    make_session(facilitators=[Facilitator.objects.create(name="Cy")])
    assert not Notice.objects.filter(kind__startswith="leading").exists()
    assert Leading.objects.count() == 1


def test_a_neutral_title_hides_the_real_one_in_subject_and_calendar(make_session, people, smtp_sink, now):
    (own,) = people(1, discreet_titles=True)
    guide = Facilitator.objects.create(name="Ada Okafor", person=own)
    make_session(facilitators=[guide])
    deliver(now + 3 * MINUTES)
    (mail,) = mails(smtp_sink, guide)
    assert "Bystander" not in mail.message["Subject"]
    assert event_of(mail)[3] == "(not yet confirmed) Leading: Training session"


def test_several_changes_wait_in_one_mail(led_session, office, room, now):
    meeting = led_session.meetings.get()
    for link in ("https://a.example.edu/", "https://b.example.edu/"):
        led_session.relocate({meeting: Place(None, link)}, by=office, now=now + 4 * MINUTES)
    assert LeadingThread.objects.get().notice.state == Notice.State.QUEUED
    assert Notice.objects.filter(kind="leading_changed").count() == 1


def test_the_private_feed_marks_what_its_person_leads(led_session, guide, people, office, client, now):
    (own,) = people(1)
    guide.reach(by=office, person=own, email="", now=now + 4 * MINUTES)
    deliver(now + 7 * MINUTES)
    address = f"/calendar/{CalendarFeed.objects.renew(own, now)}.ics"
    source = client.get(address).getvalue().decode()
    assert "SUMMARY:(not yet confirmed) Leading: Bystander Interventions" in source.replace("\r\n ", "")
    assert str(LeadingThread.objects.get().uid) in source.replace("\r\n ", "")
    led_session.refresh_from_db()
    led_session.appoint([], by=office, now=now + 8 * MINUTES)
    assert "Leading" not in client.get(address).getvalue().decode()
