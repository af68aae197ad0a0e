"""What is kept for a time: each kind goes at its time and not before, counts stay, and a legal hold stops it (G17)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.models import AddressChange, Champion, OtherAddress, Person, Unit
from config.celery import FORGOTTEN_AT_NIGHT, app
from devtools.testing.page import get, read
from foundation.record import record
from notifications.models import Notice, ReceivedMail
from notifications.outbox.deliver import drain
from operations.forgetting import kinds
from operations.forgetting.kinds import ALL, KINDS
from operations.forgetting.lapsed import idle
from operations.invariants import breaches
from operations.models import LegalHold
from operations.models.hold import Held
from operations.tasks import forget
from outcomes.models import Attendance
from registrations.models import Nomination, Registration
from sessions_app.models import SessionRequest

NIGHT = [kind.key for kind in ALL if kind.forget]


def test_every_kind_has_its_night():
    assert sorted(FORGOTTEN_AT_NIGHT) == sorted(NIGHT)
    entries = [one for one in app.conf.beat_schedule.values() if one["task"] == forget.name]
    assert sorted(one["args"][0] for one in entries) == sorted(NIGHT)


def test_every_setting_of_a_kind_is_there():
    assert all(hasattr(settings, kind.setting) for kind in ALL if kind.setting)


@pytest.fixture
def long_ago(make_session, people, office, now, smtp_sink):
    """A session that was held: one had a seat and was there, one withdrew, one waited. All mail is sent."""
    session = make_session(minimum=1, capacity=1)
    seated, gone, waiting = people(3)
    left = Registration.objects.register(gone, session, now=now)
    left.withdraw(gone, now=now)
    kept = Registration.objects.register(seated, session, now=now)
    Registration.objects.register(waiting, session, now=now)
    session.settle(now=now)
    Attendance.objects.mark(session.meetings.get(), kept, "here", "roster", by=office, now=now)
    drain()
    Registration.objects.filter(person=waiting).update(status="waitlist_closed")
    session.count("", waiting=-1)
    return session


@pytest.mark.django_db
def test_the_words_of_mail_go_and_that_it_was_sent_stays(long_ago, now):
    sent = Notice.objects.filter(state="sent")
    many, later = sent.exclude(text="").count(), now + timedelta(days=settings.MAIL_DAYS)
    kinds.forget("mail", later - timedelta(minutes=1))
    assert sent.exclude(text="").count() == many > 0
    kinds.forget("mail", later + timedelta(minutes=1))
    assert not sent.exclude(text="", html="", calendar="", subject="").exists()
    assert sent.count() == many
    assert list(breaches(now)) == []


@pytest.mark.django_db
def test_it_is_forgotten_who_withdrew_and_waited_and_not_how_many(long_ago, now):
    due = long_ago.ends_at + timedelta(days=settings.WAITLIST_DAYS)
    kinds.forget("lapsed", due - timedelta(minutes=1))
    assert not Registration.objects.filter(person__name="Somebody").exists()
    kinds.forget("lapsed", due)
    assert {one.status for one in Registration.objects.filter(person__name="Somebody")} == {
        "withdrawn",
        "waitlist_closed",
    }
    assert Registration.objects.registered().get().person.name != "Somebody"
    gone = [one for one in Person.objects.filter(email__startswith="person") if not one.registrations.exists()]
    assert len(gone) == 2
    assert not Notice.objects.filter(to__in=[one.email for one in gone]).exists()
    assert list(breaches(now)) == []


@pytest.mark.django_db
def test_who_changed_what_goes_after_its_years(office, person, now):
    record(office, person, "Unit: from nothing to Pediatrics.")
    years = timedelta(days=366 * settings.AUDIT_YEARS)
    kinds.forget("audit", now + years / 2)
    assert LogEntry.objects.exists()
    kinds.forget("audit", now + years)
    assert not LogEntry.objects.exists()


@pytest.mark.django_db
def test_a_request_goes_a_year_after_it_ended(every_noun, office, now):
    (asked,) = SessionRequest.objects.all()
    asked.decline("Not now.", by=office, now=now)
    kinds.forget("requests", now + timedelta(days=settings.REQUEST_DAYS) - timedelta(minutes=1))
    assert SessionRequest.objects.exists()
    kinds.forget("requests", now + timedelta(days=settings.REQUEST_DAYS))
    assert not SessionRequest.objects.exists()


@pytest.mark.django_db
def test_an_account_that_nobody_uses_is_erased(long_ago, people, office, now):
    (nobody,) = people(1)
    years = timedelta(days=366 * settings.IDLE_YEARS)
    assert not idle(now, Held()).exists()
    then = now + years
    assert nobody in idle(then, Held())
    Person.objects.filter(pk=nobody.pk).update(last_login=then - timedelta(days=9))
    assert nobody not in idle(then, Held())
    Person.objects.filter(pk=nobody.pk).update(last_login=None)
    kinds.forget("idle", then)
    nobody.refresh_from_db()
    assert nobody.erased_at and not nobody.is_active
    office.refresh_from_db()
    assert office.erased_at is None


@pytest.mark.django_db
def test_a_champion_and_everybody_in_the_directory_stay(people, office, now):
    unit = Unit.objects.create(name="Otology")
    champion, former, listed, left = people(4)
    Champion.objects.appoint(champion, unit, by=office, now=now)
    Champion.objects.appoint(former, unit, by=office, now=now).end(by=office)
    Person.objects.filter(pk__in=[listed.pk, left.pk]).update(from_directory=True)
    Person.objects.filter(pk=left.pk).update(is_active=False)
    assert set(idle(now + timedelta(days=366 * settings.IDLE_YEARS), Held())) == {former, left}


@pytest.mark.django_db
def test_a_legal_hold_knows_the_addresses_of_before(make_session, people, office, now):
    held, proposer = people(2)
    AddressChange.objects.create(
        person=held,
        old_address="before@example.edu",
        new_address=held.email,
        asked_by=office,
        asked_at=now,
        confirmed_new_at=now,
        confirmed_old_at=now,
        state="held",
        ended_at=now,
    )
    AddressChange.objects.ask(held, "never@example.edu", by=office, now=now).stop(by=office, now=now)
    OtherAddress.objects.create(person=held, email="merged@example.edu", since=now)
    session = make_session()
    for address in ("before@example.edu", "merged@example.edu", "never@example.edu", held.email):
        Nomination.objects.create(session=session, by=proposer, email=address, nominated_at=now)
        ReceivedMail.objects.create(sender=address, message_id=f"<{address}>", received_at=now)
    LegalHold.objects.place(held, "Case 7.", by=office, now=now)
    for key in ("lapsed", "received"):
        kinds.forget(key, now + timedelta(days=366 * 3))
    kept = {"before@example.edu", "merged@example.edu", held.email}
    assert set(Nomination.objects.exclude(email__contains="nominated-").values_list("email", flat=True)) == kept
    assert set(ReceivedMail.objects.exclude(sender="").values_list("sender", flat=True)) == kept


@pytest.mark.django_db
@pytest.mark.parametrize("everything", [True, False])
def test_a_legal_hold_stops_every_kind(every_noun, office, now, everything):
    person = every_noun.person
    before = rows_of(person)
    LegalHold.objects.place(None if everything else person, "Case 7.", by=office, now=now)
    assert rows_of(person) == before  # the office says itself that there is a hold
    for key in NIGHT:
        kinds.forget(key, now + timedelta(days=366 * 8))
    assert rows_of(person) == before


def rows_of(person) -> dict[str, int]:
    """Return how many rows of each kind name `person`."""
    from operations.forgetting.mine import sections_of

    found = {section.key: len(section.rows) for section in sections_of(person)}
    # A sign-in is no record, and ends by itself.
    return {key: many for key, many in found.items() if key != "accounts.BrowserSession.person"}


@pytest.mark.django_db
def test_without_the_hold_they_are_forgotten(every_noun, office, now):
    before = rows_of(every_noun.person)
    for key in NIGHT:
        kinds.forget(key, now + timedelta(days=366 * 8))
    assert rows_of(every_noun.person) != before


@pytest.mark.django_db
def test_the_page_says_what_the_settings_say(client, settings):
    settings.WAITLIST_DAYS = 77
    page = get(client, reverse("what_we_keep"))
    assert page.status == 200 and "77 days" in page.text
    assert all(kind.what in page.text for kind in KINDS.values())
    assert page.heading() == "What we keep, and for how long"


@pytest.mark.django_db
def test_the_footer_leads_to_it(client):
    assert reverse("what_we_keep") in read(client.get("/")).addresses
