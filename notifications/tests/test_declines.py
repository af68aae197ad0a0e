"""A place declined in a calendar is given up after half an hour, unless the person takes that back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from devtools.testing.calendar_readers import calendar_of
from devtools.testing.cast import ZONE
from devtools.testing.page import read
from devtools.testing.replies import bare, bounce, davical, event, mail
from notifications.models import CalendarThread, Decline, Notice
from notifications.outbox.deliver import drain
from notifications.replies.applying import receive
from notifications.tasks import carry_out_declines
from office.mail.invitations import in_session
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Place, Session, Times

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("proven")]
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def invite(make_session, people, smtp_sink, now):
    """invited(capacity=1, ...) gives a confirmed session's first registration, its invitation sent; a second waits."""

    def make(**overrides) -> Registration:
        session = make_session(**{"minimum": 1, "capacity": 1} | overrides)
        first, _ = [Registration.objects.register(person, session, now=now) for person in people(2)]
        session.settle(now=now)
        drain()
        return first

    return make


def answer(registration, partstat, at, part=0):
    thread = registration.threads.order_by("meeting__starts_at")[part]
    return receive(davical(thread.uid, partstat, registration.person.email, at), at)


def kinds(registration) -> list[str]:
    return list(registration.notices.order_by("pk").values_list("kind", flat=True))


def seats(registration) -> tuple[str, int]:
    """The registration's status, and how many people wait."""
    registration.refresh_from_db()
    return registration.status, Session.objects.get(pk=registration.session_id).waiting_count


def test_the_seat_is_freed_after_half_an_hour_and_not_before(invite, smtp_sink, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    decline = Decline.objects.get()
    decline.carry_out(now + HALF_AN_HOUR - timedelta(seconds=1))
    assert seats(registration) == ("registered", 1)
    decline.carry_out(now + HALF_AN_HOUR)
    decline.carry_out(now + HALF_AN_HOUR)
    assert seats(registration) == ("withdrawn", 0)
    assert (decline.state, registration.withdrawn_at) == ("done", now + HALF_AN_HOUR)
    assert kinds(registration)[-2:] == ["declined", "withdrawn"]
    assert registration.session.registrations.registered().count() == 1


def test_the_mail_says_until_when_a_seat_can_be_kept(invite, smtp_sink, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    drain()
    message = smtp_sink.to(registration.person.email)[-1].message
    text = " ".join(message.get_body(("plain",)).get_content().split())
    assert message["Subject"].startswith(f"You declined: {registration.session.workshop.title}")
    assert "Your place is given up on" in text and "Central time, unless you keep it before then." in text
    assert f"Keep my place: http://127.0.0.1:8000{Decline.objects.get().get_absolute_url()}" in text
    assert calendar_of(smtp_sink.received[-1]) is None


def test_the_invitation_sent_again_does_not_replace_the_mail_about_the_decline(invite, office, smtp_sink, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    registration.threads.get().send_again(by=office, now=now)
    drain()
    subjects = [received.message["Subject"] for received in smtp_sink.to(registration.person.email)[-2:]]
    assert sum(subject.startswith("You declined:") for subject in subjects) == 1


def test_a_decline_is_not_answered_with_a_cancellation(invite, smtp_sink, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    Decline.objects.get().carry_out(now + HALF_AN_HOUR)
    drain()
    methods = [event and event.method for event in map(calendar_of, smtp_sink.to(registration.person.email))]
    assert methods == ["REQUEST", None]
    assert not registration.notices.filter(method="CANCEL").exists()
    assert list(breaches(now)) == []


def test_an_invitation_written_after_the_decline_is_cancelled(invite, office, smtp_sink, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    registration.threads.get().send_again(by=office, now=now)
    Decline.objects.get().carry_out(now + HALF_AN_HOUR)
    drain()
    assert calendar_of(smtp_sink.to(registration.person.email)[-1]).method == "CANCEL"
    assert list(breaches(now)) == []


def test_an_update_on_its_way_when_the_decline_came_is_cancelled(invite, office, smtp_sink, now):
    registration = invite()
    meeting = registration.session.meetings.get()
    registration.session.relocate({meeting: Place(None, "https://meet.example.edu/new")}, by=office, now=now)
    answer(registration, "DECLINED", now)
    Notice.objects.filter(state="queued").update(next_attempt_at=now)
    drain()
    Decline.objects.get().carry_out(now + HALF_AN_HOUR)
    drain()
    events = [calendar_of(received) for received in smtp_sink.to(registration.person.email)]
    assert [(event.method, event["SEQUENCE"]) for event in events if event] == [
        ("REQUEST", 1),
        ("REQUEST", 2),
        ("CANCEL", 3),
    ]
    assert list(breaches(now)) == []


@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE"])
def test_another_answer_in_time_takes_it_back(invite, smtp_sink, now, partstat):
    registration = invite()
    answer(registration, "DECLINED", now)
    record = answer(registration, partstat, now + timedelta(minutes=29))
    assert record.sentence == "It takes back the decline before it; the place is kept."
    Decline.objects.get().carry_out(now + timedelta(days=1))
    assert seats(registration) == ("registered", 1)
    drain()
    # Its mail had not left, and is of no use any more.
    assert len(smtp_sink.to(registration.person.email)) == 1
    assert list(breaches(now)) == []


def test_who_declines_keeps_and_declines_again_loses_the_place(invite, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    answer(registration, "ACCEPTED", now + timedelta(minutes=1))
    answer(registration, "DECLINED", now + timedelta(minutes=2))
    for decline in Decline.objects.all():
        decline.carry_out(now + timedelta(minutes=2) + HALF_AN_HOUR)
    assert seats(registration) == ("withdrawn", 0)
    assert sorted(Decline.objects.values_list("state", flat=True)) == ["done", "kept"]


def test_the_window_is_a_setting(invite, settings, now):
    settings.DECLINE_UNDO_MINUTES = 5
    answer(invite(), "DECLINED", now)
    assert Decline.objects.get().gives_up_at == now + timedelta(minutes=5)


def test_just_before_the_start_there_is_less_time_to_think_again(invite, now):
    registration = invite()
    starts_at = registration.session.starts_at
    answer(registration, "DECLINED", starts_at - timedelta(minutes=25))
    decline = Decline.objects.get()
    assert decline.gives_up_at == starts_at - timedelta(minutes=10)
    decline.carry_out(decline.gives_up_at)
    assert seats(registration)[0] == "withdrawn"


def test_once_the_session_has_begun_nothing_is_given_up(invite, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    decline = Decline.objects.get()
    decline.carry_out(registration.session.starts_at)
    assert (seats(registration)[0], decline.state) == ("registered", "overtaken")


def move_by(registration, office, now, hours=2) -> None:
    meeting, later = registration.session.meetings.first(), timedelta(hours=hours)
    times = Times(meeting.starts_at + later, meeting.ends_at + later, meeting.time_zone)
    registration.session.reschedule({meeting: times}, by=office, now=now)


def reschedule(registration, office, now) -> None:
    """Move the first meeting by two hours, and send the invitation that says so."""
    move_by(registration, office, now)
    Notice.objects.filter(state="queued").update(next_attempt_at=now)
    drain()


def test_an_invitation_to_other_times_overtakes_the_decline(invite, office, smtp_sink, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    reschedule(registration, office, now)
    event = calendar_of(smtp_sink.to(registration.person.email)[-1])
    assert (event["SEQUENCE"], event["ATTENDEE"].params["PARTSTAT"]) == (2, "NEEDS-ACTION")
    decline = Decline.objects.get()
    decline.carry_out(now + HALF_AN_HOUR)
    assert (seats(registration)[0], decline.state) == ("registered", "overtaken")
    assert list(breaches(now)) == []


def test_a_decline_of_old_times_gives_nothing_up(invite, office, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    move_by(registration, office, now + timedelta(minutes=29))
    decline = Decline.objects.get()
    decline.carry_out(now + HALF_AN_HOUR)
    assert (seats(registration)[0], decline.state) == ("registered", "overtaken")


def test_an_older_invitation_declines_nothing_while_a_new_one_waits(invite, office, now):
    registration = invite()
    reschedule(registration, office, now)
    move_by(registration, office, now + timedelta(minutes=1), hours=-2)
    assert answer(registration, "DECLINED", now + timedelta(minutes=2)).outcome == "stale"
    assert kinds(registration)[-2:] == ["changed", "changed"]


def test_only_an_answer_to_the_new_times_counts(invite, office, now):
    registration = invite()
    reschedule(registration, office, now)
    assert answer(registration, "DECLINED", now).outcome == "stale"
    thread, address = registration.threads.get(), registration.person.email
    calendar = event(thread.uid, "DECLINED", address, stamp=now, SEQUENCE="SEQUENCE:2")
    assert receive(mail(address, bare(calendar)), now).outcome == "declined"


def test_a_seat_given_up_since_is_not_given_up_twice(invite, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    registration.withdraw(by=registration.person, now=now)
    decline = Decline.objects.get()
    decline.carry_out(now + HALF_AN_HOUR)
    assert decline.state == "overtaken"
    assert kinds(registration).count("withdrawn") == 1


def leave(registration, office, other, now):
    registration.withdraw(by=registration.person, now=now)


def move(registration, office, other, now):
    registration.transfer(other, by=registration.person, now=now)


def call_off(registration, office, other, now):
    registration.session.cancel("Snow.", by=office, now=now)


@pytest.mark.parametrize(
    ("end", "words", "way"),
    [
        (leave, "You gave it up.", "session"),
        (move, "It has moved to another date.", "registration"),
        (call_off, "This session was cancelled.", "registration"),
    ],
)
def test_a_seat_that_has_ended_since_cannot_be_kept(
    client, make_session, invite, office, smtp_sink, now, end, words, way
):
    registration, other = invite(), make_session(days=21)
    answer(registration, "DECLINED", now)
    end(registration, office, other, now)
    drain()
    decline, before = Decline.objects.get(), len(smtp_sink.received)
    client.force_login(registration.person)
    registration.refresh_from_db()
    back = {"session": registration.session, "registration": registration.moved_to or registration}[way]
    for ask, status in ((client.get, 200), (client.post, 409), (client.get, 200)):
        response = ask(decline.get_absolute_url())
        page = read(response)
        assert (response.status_code, "Keep my place" in page.everything, words in page.everything) == (
            status,
            False,
            True,
        )
        assert back.get_absolute_url() in page.addresses
    decline.refresh_from_db()
    assert decline.state == "overtaken"
    drain()
    assert len(smtp_sink.received) == before
    assert list(breaches(now)) == []


def test_who_declined_and_left_is_not_invited_by_another_try(invite, smtp_sink, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    invitation = registration.notices.get(method="REQUEST")
    receive(bounce(invitation.message_id, invitation.to), now)
    Decline.objects.get().carry_out(now + HALF_AN_HOUR)
    invitation.retry()
    drain()
    invitation.refresh_from_db()
    assert invitation.state == "superseded"
    assert [calendar_of(received) is not None for received in smtp_sink.to(invitation.to)] == [True, False]


def give_up(registration, office, other, now):
    Decline.objects.get().carry_out(now + HALF_AN_HOUR)


@pytest.mark.parametrize("end", [give_up, call_off])
def test_the_invitation_of_an_ended_seat_is_not_sent_again(invite, office, smtp_sink, now, end):
    registration = invite()
    answer(registration, "DECLINED", now)
    # As the page had it before.
    thread = CalendarThread.objects.select_related("registration__session", "meeting").get(registration=registration)
    assert in_session(registration.session)[0].may_be_sent_again
    end(registration, office, None, now)
    assert not in_session(registration.session)[0].may_be_sent_again
    with pytest.raises(CalendarThread.NotInvited, match="not invited to this meeting"):
        thread.send_again(by=office, now=now)
    assert not registration.notices.filter(kind="again").exists()


def test_one_decline_waits_per_registration(invite, now):
    registration = invite()
    assert Decline.objects.begin(registration, now) == Decline.objects.begin(registration, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decline.objects.create(registration=registration, declined_at=now, gives_up_at=now)


def test_one_decline_in_trouble_does_not_stop_the_sweep(make_session, people, now):
    session = make_session(minimum=1)
    three = [Registration.objects.register(person, session, now=now) for person in people(3)]
    session.settle(now=now)
    CalendarThread.objects.update(partstat="DECLINED")
    for registration in three:
        Decline.objects.begin(registration, now - HALF_AN_HOUR)
    # The first one's notice exists already, so that its withdrawal cannot be told.
    thread = three[0].threads.get()
    Notice.objects.filter(thread=thread).update(dedupe_key=f"withdrawn:{three[0].pk}:{thread.meeting_id}:2")
    carry_out_declines()
    assert [Registration.objects.get(pk=one.pk).status for one in three] == ["registered", "withdrawn", "withdrawn"]


# ---- several meetings ----


@pytest.fixture
def course(make_session, invite, now) -> Registration:
    """A registration in a session of three meetings."""
    starts = now + timedelta(days=14)
    days = [starts + timedelta(days=7 * week) for week in range(3)]
    plans = [MeetingPlan(day, day + timedelta(hours=1), ZONE, join_link="https://meet.example.edu/x") for day in days]
    return invite(meetings=plans)


def test_one_part_declined_keeps_the_place_and_asks_the_person(course, smtp_sink, now):
    record = answer(course, "DECLINED", now, part=1)
    assert record.sentence == "One meeting of several is declined. The place covers all of them and is kept."
    assert not Decline.objects.exists()
    drain()
    message = smtp_sink.to(course.person.email)[-1].message
    text = " ".join(message.get_body(("plain",)).get_content().split())
    assert message["Subject"].startswith("You declined part 2 of 3:")
    assert "Your place is for all parts together, so you keep it" in text
    assert f"I can’t make it: http://127.0.0.1:8000/registrations/{course.uuid}/withdrawal/" in text


def test_every_part_declined_gives_the_place_up_without_a_cancellation(course, now):
    for part in range(3):
        answer(course, "DECLINED", now + timedelta(minutes=part), part=part)
    Decline.objects.get().carry_out(now + timedelta(hours=1))
    assert seats(course)[0] == "withdrawn"
    assert kinds(course)[-4:] == ["part_declined", "part_declined", "declined", "withdrawn"]
    assert not course.notices.filter(method="CANCEL").exists()
    assert list(breaches(now)) == []


def test_two_parts_declined_at_once_are_two_mails(course, smtp_sink, now):
    for part in (0, 1):
        answer(course, "DECLINED", now, part=part)
    drain()
    subjects = [received.message["Subject"] for received in smtp_sink.to(course.person.email)[-2:]]
    assert [subject.partition(":")[0] for subject in subjects] == [f"You declined part {part} of 3" for part in (1, 2)]


def test_a_declined_part_that_is_cancelled_is_told_without_a_cancellation(course, office, smtp_sink, now):
    answer(course, "DECLINED", now, part=1)
    course.session.cancel_meeting(course.session.meetings.all()[1], "Ill.", by=office, now=now)
    drain()
    received = smtp_sink.to(course.person.email)[-1]
    assert received.message["Subject"].startswith("One meeting cancelled:")
    assert "off your calendar" not in received.message.get_body(("plain",)).get_content()
    assert calendar_of(received) is None
    assert not course.notices.filter(method="CANCEL").exists()
    assert list(breaches(now)) == []


def decline_every_part(registration, now) -> Decline:
    for part in range(3):
        answer(registration, "DECLINED", now + timedelta(minutes=part), part=part)
    return Decline.objects.get()


def kept_parts(registration) -> list[int]:
    """The days from the first meeting on to which keeping the place invited again."""
    kept = registration.notices.filter(kind="kept").order_by("thread__meeting__starts_at")
    starts_at = registration.session.starts_at
    return [(notice.thread.meeting.starts_at - starts_at).days for notice in kept]


def test_a_meeting_that_was_cancelled_is_not_invited_to_again(course, office, smtp_sink, now):
    decline = decline_every_part(course, now)
    course.session.cancel_meeting(course.session.meetings.all()[1], "Ill.", by=office, now=now)
    assert decline.keep(now)
    assert kept_parts(course) == [0, 14]
    drain()
    assert list(breaches(now)) == []


def test_a_meeting_that_is_over_is_not_invited_to_again(course, now):
    decline = decline_every_part(course, now)
    assert decline.keep(course.session.meetings.first().ends_at)
    assert kept_parts(course) == [7, 14]


def test_who_leaves_after_declining_one_part_gets_cancellations_of_the_others(course, now):
    answer(course, "DECLINED", now, part=1)
    course.withdraw(by=course.person, now=now)
    assert course.notices.filter(method="CANCEL").count() == 2
    assert list(breaches(now)) == []


# ---- the page ----


def test_the_page_keeps_the_place_and_invites_again(client, invite, smtp_sink, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    drain()
    decline = Decline.objects.get()
    client.force_login(registration.person)
    page = read(client.get(decline.get_absolute_url()))
    assert "Keep your place in" in page.text and "Keep my place" in page.text
    decline.refresh_from_db()
    assert decline.is_waiting
    response = client.post(decline.get_absolute_url(), follow=True)
    assert response.redirect_chain == [(registration.get_absolute_url(), 302)]
    assert "You’ve kept your place." in read(response).text
    drain()
    event = calendar_of(smtp_sink.to(registration.person.email)[-1])
    assert (event.method, event["SEQUENCE"], event["ATTENDEE"].params["PARTSTAT"]) == ("REQUEST", 2, "NEEDS-ACTION")
    carry_out_declines()
    assert seats(registration)[0] == "registered"
    assert list(breaches(now)) == []


def test_the_page_of_the_registration_says_so_while_it_waits(client, invite, now):
    registration = invite()
    client.force_login(registration.person)
    url = registration.get_absolute_url()
    assert "You declined it in your calendar." not in read(client.get(url)).everything
    answer(registration, "DECLINED", now)
    page = read(client.get(url))
    assert "You declined it in your calendar." in page.text
    assert Decline.objects.get().get_absolute_url() in page.addresses
    Decline.objects.get().keep()
    assert "You declined it in your calendar." not in read(client.get(url)).everything


def test_after_a_move_no_page_says_that_the_place_is_given_up(client, invite, office, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    move_by(registration, office, now)
    client.force_login(registration.person)
    assert "You declined it" not in read(client.get(registration.get_absolute_url())).everything
    decline = Decline.objects.get()
    for ask in (client.get, client.post):
        assert "What your calendar declined counts no longer." in read(ask(decline.get_absolute_url())).text
    decline.refresh_from_db()
    assert (seats(registration)[0], decline.state) == ("registered", "overtaken")


def test_a_second_press_of_the_button_is_harmless(client, invite, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    client.force_login(registration.person)
    url = Decline.objects.get().get_absolute_url()
    assert [client.post(url).status_code for _ in range(2)] == [302, 200]
    assert kinds(registration).count("kept") == 1
    assert "You have a place in" in read(client.get(url)).text


def test_too_late_the_page_says_so_and_shows_the_way_back(client, invite, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    decline = Decline.objects.get()
    decline.carry_out(now + HALF_AN_HOUR)
    client.force_login(registration.person)
    response = client.post(decline.get_absolute_url())
    assert response.status_code == 409
    assert registration.session.get_absolute_url() in read(response).addresses
    assert seats(registration)[0] == "withdrawn"


def test_the_page_is_for_its_person_alone(client, invite, people, now):
    answer(invite(), "DECLINED", now)
    url = Decline.objects.get().get_absolute_url()
    assert client.get(url).url.startswith("/accounts/login/")
    client.force_login(people(1)[0])
    assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]


def test_the_button_needs_a_token_and_following_the_link_does_nothing(invite, now):
    registration = invite()
    answer(registration, "DECLINED", now)
    browser, url = Client(enforce_csrf_checks=True), Decline.objects.get().get_absolute_url()
    browser.force_login(registration.person)
    assert browser.post(url).status_code == 403
    for ask in (browser.get, browser.head, browser.options):
        ask(url)
    assert Decline.objects.get().is_waiting
