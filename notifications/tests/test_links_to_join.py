"""A link to join is promised only where it is there, and the office hears of a session that starts without one."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from catalog.models import Format
from devtools.testing.in_time import sweep_and_send
from devtools.testing.mail_reader import read_mail
from devtools.testing.page import read
from notifications.kinds import links
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from notifications.outbox.deliver import drain
from registrations.models import Registration
from sessions_app.models import Meeting, Place, Session

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LINK = "https://meet.example.edu/later"
LATER = "The link comes by mail once there is one."


@pytest.fixture
def linkless(make_session, person, now) -> Session:
    """A confirmed session online without a link, with one person in it."""
    session = make_session(minimum=1)
    session.meetings.update(join_link="")
    Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    return Session.objects.get(pk=session.pk)


def told(now) -> list[tuple[str, str]]:
    return [(kind, to) for kind, to in sweep_and_send(now) if kind == "no_link"]


# ---- what people are promised ----


@pytest.mark.parametrize(
    "format, link, promise",
    [
        ("online", LINK, "Online; the link comes with your invitation"),
        ("online", "", "Online; the link comes by mail once there is one"),
        ("hybrid", LINK, "In person or online; the link comes with your invitation"),
        ("hybrid", "", "In person or online; the link comes by mail once there is one"),
        ("in_person", "", "In person"),
    ],
)
def test_the_page_promises_the_link_only_if_it_is_there(client, make_session, format, link, promise):
    session = make_session()
    Session.objects.filter(pk=session.pk).update(format=format)
    session.meetings.update(join_link=link)
    facts = read(client.get(session.get_absolute_url())).part(".q-facts").text
    assert f"Format {promise} Language" in facts


def test_somebody_with_a_seat_reads_that_it_is_to_come(client, linkless, person):
    client.force_login(person)
    assert f"Join {LATER}" in read(client.get(linkless.get_absolute_url())).text
    linkless.meetings.update(join_link=LINK)
    page = read(client.get(linkless.get_absolute_url()))
    assert LINK in page.text and LATER not in page.everything


def test_the_confirmation_and_the_reminder_say_that_it_is_to_come(linkless, now):
    sent = {notice.kind: read_mail(write_mail(notice)) for notice in Notice.objects.filter(kind="confirmed")}
    sweep_and_send(linkless.starts_at - timedelta(days=2))
    sent["reminder"] = read_mail(Notice.objects.get(kind="reminder"))
    for mail in sent.values():
        assert f"Join:  {LATER}" in mail.text and f"Join {LATER}" in mail.page.text


@pytest.mark.parametrize("format, link", [("online", LINK), ("in_person", "")])
def test_no_mail_says_so_where_nothing_is_missing(make_session, person, now, format, link):
    session = make_session(minimum=1)
    Session.objects.filter(pk=session.pk).update(format=format)
    session.meetings.update(join_link=link)
    Registration.objects.register(person, session, now=now)
    Session.objects.get(pk=session.pk).settle(now=now)
    for notice in Notice.objects.all():
        assert LATER not in write_mail(notice)["text"]


def test_before_it_is_confirmed_no_mail_speaks_of_the_link(make_session, person, now):
    session = make_session()
    session.meetings.update(join_link="")
    registration = Registration.objects.register(person, session, now=now)
    assert "Join" not in write_mail(registration.notices.get())["text"]


def test_a_link_that_is_set_later_updates_the_calendar_of_each(linkless, office, smtp_sink, now):
    drain()
    linkless.relocate({linkless.meetings.get(): Place(None, LINK)}, by=office)
    Notice.objects.filter(kind="changed").update(next_attempt_at=now)
    drain()
    first, update = (event_of(mail) for mail in smtp_sink.received[-2:])
    assert first["UID"] == update["UID"] and first["SEQUENCE"] < update["SEQUENCE"]
    assert str(update["LOCATION"]) == f"Online / {LINK}" and LINK not in first["LOCATION"]
    text = read_mail(smtp_sink.received[-1]).text
    assert f"Join, now:    {LINK}" in text and LATER not in text


def event_of(mail):
    parts = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    return Calendar.from_ical(parts[0].get_content()).events[0]


# ---- what the office is told ----


def test_the_office_is_told_a_day_ahead_and_once(linkless, settings):
    a_day = linkless.starts_at - 24 * HOUR
    assert told(a_day - timedelta(seconds=1)) == []
    assert told(a_day) == [("no_link", settings.OFFICE_EMAIL)]
    assert [told(a_day + hours * HOUR) for hours in range(1, 26)] == [[]] * 25


def test_the_mail_says_which_session_and_leads_to_the_page(linkless, client, office):
    links.owe(linkless.starts_at - HOUR)
    mail = read_mail(write_mail(Notice.objects.get(kind="no_link")))
    assert mail.subject.startswith(f"No link to join: {linkless.workshop.title}, ")
    page = f"/admin/sessions_app/session/{linkless.pk}/relocate/"
    for body in mail.bodies:
        assert page in body and "One person has a seat" in body
    client.force_login(office)
    assert client.get(page).status_code == 200


def test_a_session_confirmed_in_its_last_day_is_told_at_once(make_session, person, office, now):
    session = make_session(minimum=1)
    Registration.objects.register(person, session, now=now)
    session.meetings.update(join_link="")
    Session.objects.filter(pk=session.pk).update(confirm_by=session.starts_at)
    late = session.starts_at - 5 * HOUR
    links.owe(late)
    assert not Notice.objects.filter(kind="no_link").exists()
    Session.objects.get(pk=session.pk).run_anyway("A visiting speaker.", by=office, now=late)
    assert len(told(late + timedelta(minutes=1))) == 1


@pytest.mark.parametrize("why", ["has a link", "in person", "not confirmed", "cancelled", "begun", "far ahead"])
def test_nobody_is_told_where_nothing_is_missing(linkless, office, why):
    at = linkless.starts_at - HOUR
    if why == "has a link":
        Meeting.objects.update(join_link=LINK)
    elif why == "in person":
        Session.objects.update(format=Format.IN_PERSON)
    elif why == "not confirmed":
        Session.objects.update(status="open")
    elif why == "cancelled":
        linkless.cancel("Snow.", by=office)
    at += {"begun": HOUR, "far ahead": -30 * HOUR}.get(why, timedelta())
    links.owe(at)
    assert not Notice.objects.filter(kind="no_link").exists()


@pytest.mark.parametrize("change", ["link", "cancelled", "moved"])
def test_a_mail_that_did_not_leave_is_not_sent_when_it_is_no_longer_true(linkless, office, change):
    at = linkless.starts_at - HOUR
    links.owe(at)
    if change == "link":
        Meeting.objects.update(join_link=LINK)
    elif change == "cancelled":
        linkless.cancel("Snow.", by=office)
    else:
        Meeting.objects.update(starts_at=linkless.starts_at + HOUR, ends_at=linkless.starts_at + 2 * HOUR)
    sent = sweep_and_send(at + timedelta(minutes=1))
    assert [kind for kind, _ in sent if kind == "no_link"] == (["no_link"] if change == "moved" else [])
    assert Notice.objects.filter(kind="no_link", state="expired").count() == 1


# ---- what waits for the office ----


def test_it_waits_for_the_office_from_the_day_it_is_published(client, office, make_session):
    client.force_login(office)
    draft, open_one, fine = make_session(published=False), make_session(days=20), make_session(days=21)
    Meeting.objects.exclude(session=fine).update(join_link="")
    page = read(client.get("/admin/"))
    assert "1 online session without a link to join" in page.text
    listed = client.get(page.link("1 online session without a link to join"))
    assert f"/session/{open_one.pk}/change/" in read(listed).everything
    for other in (draft, fine):
        assert f"/session/{other.pk}/change/" not in read(listed).everything
    draft.publish(by=office)
    assert "2 online sessions without a link to join" in read(client.get("/admin/")).text
    Meeting.objects.update(join_link=LINK)
    assert "without a link to join" not in read(client.get("/admin/")).text


@pytest.mark.parametrize("end", ["cancelled", "over", "in person"])
def test_what_needs_no_link_any_more_waits_for_nobody(client, office, make_session, now, end):
    session = make_session()
    session.meetings.update(join_link="")
    if end == "cancelled":
        session.cancel("Snow.", by=office)
    elif end == "over":
        session.meetings.update(starts_at=now - 2 * HOUR, ends_at=now - HOUR)
    else:
        Session.objects.update(format=Format.IN_PERSON)
    client.force_login(office)
    assert "without a link to join" not in read(client.get("/admin/")).text
