"""The office says who stands first of those who lead a session: shown so everywhere, and news to nobody."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry

from catalog.models import Facilitator
from devtools.testing.changing import MINUTES, deliver
from devtools.testing.mail_reader import read_mail
from devtools.testing.page import read
from notifications.calendars.snapshots import differences, snapshot_of, snapshots_differ
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from outcomes.certificates.words import words_of_session
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def co_leaders(db):
    return [Facilitator.objects.create(name=name) for name in ("Ada Okafor", "Zoe Marsh")]


@pytest.fixture
def co_led(make_session, co_leaders, people, now):
    """A session that both lead, confirmed with one person."""
    session = make_session(minimum=1, facilitators=co_leaders)
    Registration.objects.register(people(1)[0], session, now=now)
    session.settle(now=now)
    session.refresh_from_db()
    return session


def names(session) -> list[str]:
    return [one.name for one in Session.objects.get(pk=session.pk).led_by]


def test_they_stand_in_the_order_of_their_names_until_one_is_put_first(co_led, co_leaders, office):
    assert names(co_led) == ["Ada Okafor", "Zoe Marsh"]
    co_led.put_first(co_leaders[1], by=office)
    assert names(co_led) == ["Zoe Marsh", "Ada Okafor"]
    co_led.put_first(None, by=office)
    assert names(co_led) == ["Ada Okafor", "Zoe Marsh"]


def test_it_is_on_record_once(co_led, co_leaders, office):
    for _ in range(2):
        co_led.put_first(co_leaders[1], by=office)
    assert LogEntry.objects.filter(change_message="Zoe Marsh stands first.").count() == 1


def test_page_mail_calendar_and_certificate_name_them_in_that_order(client, co_led, co_leaders, office, now):
    co_led.put_first(co_leaders[1], by=office)
    page = read(client.get(co_led.get_absolute_url())).text
    assert page.index("Zoe Marsh") < page.index("Ada Okafor")
    mail = read_mail(write_mail(Notice.objects.filter(registration__session=co_led, method="REQUEST").latest("pk")))
    assert [body.index("Zoe Marsh") < body.index("Ada Okafor") for body in mail.bodies] == [True] * 2
    registration, meeting = co_led.registrations.get(), co_led.meetings.get()
    fresh = Registration.objects.get(pk=registration.pk)
    assert snapshot_of(fresh, meeting)["facilitators"] == ["Zoe Marsh", "Ada Okafor"]
    fresh = Session.objects.get(pk=co_led.pk)
    assert words_of_session(fresh, [meeting], timedelta(minutes=90)).facilitators == "Zoe Marsh and Ada Okafor"


def test_another_order_writes_to_nobody(co_led, co_leaders, office):
    registration, meeting = co_led.registrations.get(), co_led.meetings.get()
    before, many = snapshot_of(registration, meeting), Notice.objects.count()
    co_led.put_first(co_leaders[1], by=office)
    co_led.retell()
    after = snapshot_of(Registration.objects.get(pk=registration.pk), meeting)
    assert before != after and not snapshots_differ(before, after)
    assert Notice.objects.count() == many


def test_another_order_is_not_told_beside_what_is_told(co_led, co_leaders, office):
    registration, meeting = co_led.registrations.get(), co_led.meetings.get()
    before = snapshot_of(registration, meeting)
    co_led.put_first(co_leaders[1], by=office)
    after = snapshot_of(Registration.objects.get(pk=registration.pk), meeting) | {"title": "Another title"}
    assert [row["label"] for row in differences(before, after)] == ["Title"]
    others = after | {"facilitators": ["Zoe Marsh"]}
    assert differences(before, others)[1:] == [{"label": "With", "was": "Ada Okafor, Zoe Marsh", "now": "Zoe Marsh"}]


def test_another_order_is_no_news_to_a_third_who_leads_it(make_session, co_leaders, office, smtp_sink, now):
    third = Facilitator.objects.create(name="Kim Lead", email="kim.lead@elsewhere.example.org")
    session = make_session(facilitators=[*co_leaders, third])
    deliver(now + 3 * MINUTES)
    session.put_first(co_leaders[1], by=office)
    session.retell(now=now + 4 * MINUTES)
    deliver(now + 7 * MINUTES)
    assert len(smtp_sink.to(third.address)) == 1


def test_somebody_who_leads_it_no_longer_is_not_named(co_led, co_leaders, office):
    co_led.put_first(co_leaders[1], by=office)
    co_led.appoint(co_leaders[:1], by=office)
    assert names(co_led) == ["Ada Okafor"]


def test_the_order_goes_with_a_facilitator_who_is_deleted(make_session, co_leaders, office):
    session = make_session(published=False, facilitators=co_leaders)
    session.put_first(co_leaders[1], by=office)
    co_leaders[1].delete()
    assert names(session) == ["Ada Okafor"]
