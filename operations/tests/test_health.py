"""What /readyz and the banner of the office say: a stopped beat, a stuck queue, undeliverable mail (G16)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from devtools.testing.page import Page, read
from devtools.testing.signing_in import ask_for_code
from notifications.models import MailQueue, Notice
from notifications.outbox.claim import claim
from notifications.outbox.deliver import Sender, drain
from operations.health import find_problems, last_reading
from registrations.models import Registration

pytestmark = pytest.mark.django_db
PAGES = ["index", "sessions_app_session_changelist", "accounts_person_changelist", "notifications_notice_undeliverable"]
STOPPED, STUCK = "the background service has stopped", "Mail has been waiting for more than five minutes."


@pytest.fixture(autouse=True)
def nothing_cached():
    """What /readyz found for an earlier test is forgotten."""
    last_reading.forget()


@pytest.fixture
def alive(now):
    """A portal whose sweep has just run."""
    MailQueue.load().beat(now)


@pytest.fixture
def due_now(make_session, person, now):
    """A notice that is due now."""
    Registration.objects.register(person, make_session(), now=now)
    Notice.objects.update(next_attempt_at=now)
    return Notice.objects.get()


def problems(now) -> dict[str, str]:
    """Return what is not well with mail; a broker is not what these tests are about."""
    return {name: sentence for name, sentence in find_problems(now).items() if name != "broker"}


def banners(clerk) -> list[str]:
    """Return the banner of each of PAGES."""
    pages = [read(clerk.get(reverse(f"admin:{name}"))) for name in PAGES]
    return [banner_of(page) for page in pages]


def banner_of(page: Page) -> str:
    """Return all that the banner holds, "" where there is none."""
    return "".join(part.everything for part in page.parts(".office-banner"))


def test_nothing_is_said_while_all_is_well(clerk, alive, due_now, now):
    assert problems(now) == {}
    assert banners(clerk) == [""] * len(PAGES)


def test_a_stopped_beat_shows_after_five_minutes(clerk, alive, now):
    assert problems(now + timedelta(minutes=5)) == {}
    assert list(problems(now + timedelta(minutes=5, seconds=1))) == ["beat"]
    MailQueue.load().beat(now - timedelta(minutes=5, seconds=1))
    assert all(STOPPED in banner for banner in banners(clerk))


def test_a_beat_that_never_ran_is_said(clerk, now):
    assert list(problems(now)) == ["beat"]
    assert all(STOPPED in banner for banner in banners(clerk))


def test_mail_that_waits_shows_after_five_minutes(clerk, alive, due_now, now):
    Notice.objects.update(next_attempt_at=now - timedelta(minutes=4))
    assert problems(now) == {}
    Notice.objects.update(next_attempt_at=now - timedelta(minutes=5))
    assert list(problems(now)) == ["mail"]
    assert all(STUCK in banner for banner in banners(clerk))


def send(at) -> None:
    """Send what is due at `at`, as a worker at that instant does."""
    with Sender(lambda: at) as sender:
        while (notice := claim(at)) and sender.send([notice], MailQueue.load()):
            pass


def test_mail_that_one_mailbox_puts_off_is_not_stuck(alive, due_now, smtp_sink, now):
    smtp_sink.deferred.add(due_now.to)
    for minutes in (0, 2, 10):
        send(now + timedelta(minutes=minutes))
    MailQueue.load().beat(now + timedelta(minutes=16))
    assert problems(now + timedelta(minutes=16)) == {}
    due_now.refresh_from_db()
    assert (due_now.state, due_now.attempts) == ("queued", 3)


def test_a_mail_server_that_is_away_shows_after_five_minutes(clerk, alive, due_now, smtp_sink, settings, now):
    settings.EMAIL_PORT = 1
    for minutes in (0, 2):
        send(now + timedelta(minutes=minutes))
    assert problems(now + timedelta(minutes=4)) == {}
    assert list(problems(now + timedelta(minutes=5))) == ["mail"]
    assert "The mail server has not answered for five minutes" in problems(now + timedelta(minutes=5))["mail"]
    MailQueue.objects.update(away_since=now - timedelta(minutes=5))
    assert all("The mail server cannot be reached: ConnectionRefusedError" in banner for banner in banners(clerk))
    settings.EMAIL_PORT = smtp_sink.port
    send(now + timedelta(minutes=10))
    assert len(smtp_sink.to(due_now.to)) == 1
    assert MailQueue.load().away_since is None and banners(clerk) == [""] * len(PAGES)


def test_a_missing_mail_server_is_no_trouble_without_mail(alive, due_now, smtp_sink, settings, now):
    settings.EMAIL_PORT = 1
    send(now)
    Notice.objects.update(state=Notice.State.EXPIRED)
    assert problems(now + timedelta(minutes=5)) == {}


def test_refused_credentials_show_at_once_in_detail_only_to_the_office(clerk, alive, due_now, now, client):
    MailQueue.load().pause("The mail server refuses us: 535 no such user quorum", now)
    assert "535" not in problems(now)["mail"] and "EMAIL_URL" in problems(now)["mail"]
    assert all("535 no such user quorum" in banner and "EMAIL_URL" in banner for banner in banners(clerk))
    MailQueue.load().resume()
    assert problems(now) == {} and banners(clerk) == [""] * len(PAGES)


def test_undeliverable_mail_shows_until_it_is_handled(clerk, office, alive, due_now, now):
    Notice.objects.update(state=Notice.State.DEAD, problem="550 No such mailbox")
    assert problems(now) == {
        "undeliverable": "1 undeliverable notice: the admin says why, tries again or marks as handled."
    }
    assert all("1 undeliverable message." in banner for banner in banners(clerk))
    assert all(reverse("admin:notifications_notice_undeliverable") in banner for banner in banners(clerk))
    Notice.objects.get().handle(office, "Called them.", now=now)
    assert problems(now) == {} and banners(clerk) == [""] * len(PAGES)


def test_a_mailbox_that_a_visitor_made_up_is_no_alarm(clerk, client, alive, smtp_sink, now):
    smtp_sink.refused.add("nobody@example.edu")
    ask_for_code(Client(), "nobody@example.edu")
    drain()
    dead = Notice.objects.get()
    assert (dead.kind, dead.state, dead.waits_for_the_office) == ("code", "dead", False)
    assert problems(now) == {} and banners(clerk) == [""] * len(PAGES)


def test_readyz_answers_503_with_what_is_wrong(client, due_now):
    Notice.objects.update(state=Notice.State.DEAD)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert {"beat", "undeliverable"} <= set(response.json()["problems"])
    assert response.json()["ready"] is False


def test_who_may_not_see_mail_sees_no_banner(client, people):
    staff = people(1, is_staff=True)[0]
    staff.user_permissions.set(Permission.objects.filter(codename="view_person"))
    client.force_login(staff)
    assert banner_of(read(client.get(reverse("admin:accounts_person_changelist")))) == ""
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_person", "view_notice"]))
    assert banner_of(read(client.get(reverse("admin:accounts_person_changelist")))) != ""


def test_the_banner_takes_three_queries_however_much_is_wrong(clerk, office, make_session, people, now):
    page = reverse("admin:sessions_app_session_add")
    clerk.get(page)
    counts = []
    for state in (Notice.State.SENT, Notice.State.DEAD):
        for person in people(10):
            Registration.objects.register(person, make_session(), now=now)
        Notice.objects.update(state=state)
        with CaptureQueriesContext(connection) as queries:
            clerk.get(page)
        counts.append(len([1 for query in queries if "notifications_" in query["sql"]]))
    assert counts == [3, 3]


def test_a_notice_being_sent_is_not_stuck(alive, due_now, now):
    Notice.objects.update(
        state=Notice.State.SENDING,
        next_attempt_at=now - timedelta(minutes=6),
        lease_until=timezone.now() + timedelta(minutes=1),
    )
    assert problems(now) == {}
