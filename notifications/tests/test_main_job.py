"""The main job, end to end: a browser, PostgreSQL, Valkey, a Celery worker and a mail server, all of them real."""

import re
from datetime import timedelta

import icalendar
import pytest
from django.core.cache import cache
from django.utils import timezone

from devtools.testing.signing_in import app_code
from notifications.models import Notice
from operations.health import find_problems
from registrations.models import Registration
from sessions_app.models import Session


def newest(sink, address: str, count: int):
    """Wait until `count` messages have come for `address` and return the last."""
    while len(sink.to(address)) < count:
        sink.wait_for(len(sink.received) + 1)
    return sink.to(address)[count - 1].message


def invitation_in(message) -> icalendar.Calendar | None:
    """Return the calendar a message carries: the same in its text/calendar part and in its attachment."""
    found = [part for part in message.walk() if part.get_content_type() in ("text/calendar", "application/ics")]
    if not found:
        return None
    inline, attached = found
    assert inline.get_payload(decode=True) == attached.get_payload(decode=True)
    calendar = icalendar.Calendar.from_ical(inline.get_payload(decode=True))
    assert inline.get_param("method") == str(calendar["METHOD"])
    return calendar


class Visitor:
    """Somebody with the browser to themselves."""

    def __init__(self, page, stack):
        self.page, self.stack, self.mails = page, stack, {}

    def start_afresh(self) -> None:
        self.page.context.clear_cookies()

    def enter_mailed_code(self, address: str, button: str) -> None:
        self.page.wait_for_url("**/accounts/login/code/**")
        message = newest(self.stack.sink, address, len(self.stack.sink.to(address)) or 1)
        code = re.search(r"\d{3} \d{3}", message["Subject"]).group()
        self.page.get_by_role("textbox", name="Code").fill(code)
        self.page.get_by_role("button", name=button).click()

    def register(self, session_url: str, address: str, name: str) -> None:
        """Register from the session page as somebody nobody here knows yet."""
        self.start_afresh()
        self.page.goto(session_url)
        self.page.locator("#panel-button").click()
        self.page.get_by_role("textbox", name="Name").fill(name)
        self.page.get_by_role("textbox", name="Work or school email").fill(address)
        self.page.get_by_role("radio", name="Student").check()
        self.page.get_by_role("button", name="Register").click()
        self.enter_mailed_code(address, "Confirm and register")
        self.page.wait_for_url(session_url)

    def seats(self) -> tuple[int, bool]:
        """Return how many seats the panel's meter shows as taken, and whether they are joined."""
        meter = self.page.locator("#panel .qm")
        return meter.locator(".qm-dots i.on").count(), "qm-join" in meter.get_attribute("class")


def test_six_people_register_and_each_gets_an_invitation(stack, browser_page, office, workshop, settings):
    cache.clear()  # the throttles; they outlive a test that commits
    settings.OFFICE_SECOND_FACTOR = True
    sink, page = stack.sink, browser_page
    visitor = Visitor(page, stack)

    # The office signs in by code, sets up its second step, schedules a session and publishes it.
    page.goto(f"{stack.url}/admin/")
    page.get_by_label("Work or school email").fill(office.email)
    page.get_by_role("button", name="Send me a code").click()
    visitor.enter_mailed_code(office.email, "Sign in")
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Authenticator code").fill(app_code(page.locator("#key").inner_text()))
    page.get_by_role("button", name="Set up").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{stack.url}/admin/sessions_app/session/add/")
    page.get_by_label("Workshop:", exact=True).select_option(label=workshop.title)
    page.locator("#id_day").fill((timezone.localdate() + timedelta(days=30)).isoformat())
    page.locator("#id_starts").fill("12:30")
    page.locator("#id_join_link").fill("https://meet.example.edu/bystander")
    page.get_by_role("button", name="Save and publish").click()
    page.get_by_text("Nobody is named who leads it.").wait_for()
    page.get_by_role("button", name="Save and publish").click()
    page.wait_for_url(re.compile(r"/admin/sessions_app/session/(\d+/.*)?$"))
    session = Session.objects.get()
    assert (session.status, session.minimum, session.capacity) == ("open", 6, 24)
    assert session.ends_at - session.starts_at == timedelta(minutes=90)

    # Six people register; the meter fills seat by seat, and a worker joins it.
    session_url = stack.url + session.get_absolute_url()
    addresses = [f"student{number}@example.edu" for number in range(1, 7)]
    for number, address in enumerate(addresses, start=1):
        visitor.register(session_url, address, f"Student {number}")
        if number < 6:
            assert visitor.seats() == (number, False)
            assert f"That makes {number} of 6." in page.get_by_role("main").inner_text()
    assert "You’re the sixth." in page.get_by_role("main").inner_text()
    page.locator("#panel .qm.qm-join").wait_for()
    assert visitor.seats() == (6, True)

    # Six invitations, each naming one attendee.
    stack.wait_until(lambda: Notice.objects.filter(method="REQUEST", state="sent").count() == 6)
    invitations = {}
    for address in addresses:
        (calendar,) = filter(None, (invitation_in(received.message) for received in sink.to(address)))
        (event,) = calendar.walk("VEVENT")
        assert (str(calendar["METHOD"]), event["SEQUENCE"]) == ("REQUEST", 1)
        assert str(event["ATTENDEE"]) == f"mailto:{address}"
        assert event.start == session.starts_at
        invitations[address] = str(event["UID"])
    assert len(set(invitations.values())) == 6

    # The sixth can't make it after all: the same entry is cancelled, and the session stays confirmed.
    page.goto(session_url)
    page.get_by_role("link", name="I can’t make it").click()
    page.get_by_role("button", name="Leave this session").click()
    page.wait_for_url(session_url)
    stack.wait_until(lambda: Notice.objects.filter(method="CANCEL", state="sent").exists())
    calendar = invitation_in(sink.to(addresses[5])[-1].message)
    (event,) = calendar.walk("VEVENT")
    assert (str(calendar["METHOD"]), str(event["UID"]), event["SEQUENCE"]) == ("CANCEL", invitations[addresses[5]], 2)
    session.refresh_from_db()
    assert (session.status, session.seats_taken) == ("confirmed", 5)
    assert visitor.seats() == (6, True)


@pytest.mark.django_db(transaction=True)
def test_a_session_at_five_is_cancelled_and_five_are_told(stack, make_session, people, now):
    session, sister = make_session(), make_session(days=40)
    five = people(5)
    for person in five:
        Registration.objects.register(person, session, now=now)
    Session.objects.filter(pk=session.pk).update(confirm_by=timezone.now() - timedelta(seconds=1))
    stack.start_beat()
    told = Notice.objects.filter(kind="cancelled", state="sent")
    stack.wait_until(lambda: told.count() == 5, seconds=30)
    stack.wait_until(lambda: find_problems(timezone.now()) == {})
    session.refresh_from_db()
    assert (session.status, session.cancelled_by_rule, session.cancelled_count) == ("cancelled", True, 5)
    for person in five:
        message = stack.sink.to(person.email)[-1].message
        assert message["Subject"].startswith(f"Cancelled: {session.workshop.title}")
        assert invitation_in(message) is None
        text = message.get_body(("plain",)).get_content()
        assert "Five people had registered" in text
        place = session.registrations.get(person=person)
        assert f"/registrations/{place.uuid}/transfer/?to={sister.code}" in text
