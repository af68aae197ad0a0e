"""The whole walk after a session, with real browsers and real mail: from the door to what the office reads of it."""

import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db.models import F
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Person
from devtools.testing.browser import until
from devtools.testing.checking_in import door, going_on, here, says, tap
from devtools.testing.mail_reader import read_mail
from foundation.dates import local
from notifications.kinds import afterwards
from notifications.models import Notice
from notifications.outbox.deliver import drain
from operations.attendance_invariants import PROMISES
from outcomes.checking_in.code_of_the_day import code_of
from outcomes.evaluations import life
from outcomes.models import Attendance, Certificate, CreditKind, CreditOffer, Evaluation
from sessions_app.models import Session

pytestmark = pytest.mark.browser
HEADING = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"
CERTIFICATE, EVALUATION = re.compile(r"/certificates/\w{10}/"), re.compile(r"/evaluations/[\w:-]+/")


@pytest.fixture
def met_by_nine(transactional_db, workshop, hold, now, smtp_sink) -> Session:
    """A session of nine that began ten minutes ago, with one objective and credit."""
    cache.clear()  # the throttles; they outlive a test that commits
    workshop.objectives.create(text="Name what happened", position=1)
    kind = CreditKind.objects.create(name="Implicit-bias hours", statement="Counts in this state.")
    CreditOffer.objects.create(workshop=workshop, kind=kind, hours=Decimal("1.5"))
    session = going_on(hold(9), now)
    Notice.objects.all().delete()  # of the weeks before
    return session


def somebody(number: int) -> Person:
    return Person.objects.get(name=f"Person {number}")


def line(meeting, name: str, address: str = "") -> str:
    start, end = (local(at, meeting.time_zone) for at in (meeting.starts_at, meeting.ends_at))
    return f"{name},{address},{start:%m/%d/%Y %I:%M:%S %p},{end:%m/%d/%Y %I:%M:%S %p},90,No"


def mailed(sink, number: int) -> str:
    """Return the text of the last mail to this person."""
    return read_mail(sink.to(f"person{number}@example.edu")[-1]).text


def test_the_whole_walk_after_a_session(
    phone, browser_pages, sign_in, office, live_server, met_by_nine, smtp_sink, hold, now
):
    session, meeting = met_by_nine, met_by_nine.meetings.get()
    check_in_on_three_phones(phone, session, meeting)
    the_meeting_ends(session, now)
    session.refresh_from_db()
    meeting.refresh_from_db()
    desk = browser_pages("chromium")
    sign_in(desk, office)
    paste_the_report(desk, live_server.url, session, meeting)
    close_the_list(desk, live_server.url, meeting)

    afterwards.owe(now)
    drain()
    kinds = dict(Notice.objects.values_list("person__name", "kind"))
    assert kinds == {f"Person {number}": "afterwards" for number in range(1, 10)}
    assert "We have you as absent" in mailed(smtp_sink, 9) and not CERTIFICATE.search(mailed(smtp_sink, 9))
    assert "1.5 hours: Implicit-bias hours" in mailed(smtp_sink, 1)
    first, second = (CERTIFICATE.search(mailed(smtp_sink, number))[0] for number in (1, 2))
    open_and_verify(phone, browser_pages, live_server.url, first)

    correct_two(desk, live_server.url, meeting)
    assert Certificate.objects.valid().count() == 8
    Notice.objects.filter(state="queued").update(next_attempt_at=F("created_at"))  # ten minutes later
    drain()
    assert "Your certificate is not valid any more." in mailed(smtp_sink, 2)
    open_page(browser_pages, live_server.url + second).get_by_text("This certificate was revoked").wait_for()
    ninth = CERTIFICATE.search(mailed(smtp_sink, 9))[0]
    open_page(browser_pages, live_server.url + ninth).get_by_text("This certificate is valid.").wait_for()

    life.open_due(now)
    asked = [EVALUATION.search(mailed(smtp_sink, number))[0] for number in (1, 3, 4, 5, 6)]
    for number, path in enumerate(asked, start=1):
        answer(open_page(browser_pages, live_server.url + path), number)
    read_what_they_say(desk, live_server.url, session)
    read_nothing_of_four(desk, live_server.url, hold(9), now)
    assert [breach for promise in PROMISES for breach in promise(now)] == []


def check_in_on_three_phones(phone, session, meeting) -> None:
    first, second = phone(door(session)), phone(door(session))
    first.context.set_offline(True)
    tap(first, "Person 1")
    tap(second, "Person 2")
    tap(first, "Person 3")
    tap(second, "Person 3")
    says(first, "Person 1", "Here · waiting to be sent")
    first.get_by_text("2 taps are waiting to be sent. They are kept on this device.").wait_for()
    says(second, "Person 2", "Here ")
    third = phone(f"/check-in/{code_of(meeting)}/", somebody(4))
    third.get_by_role("button", name="I’m here").click()
    third.get_by_text("You are checked in.").wait_for()
    second.get_by_text("Add somebody who is not on the list").click()
    second.get_by_role("textbox", name="Name").fill("Ann Bo")
    second.get_by_role("button", name="Add and check in").click()
    says(second, "Ann Bo", "Here ")
    until(second, lambda: here() == ["Ann Bo", "Person 2", "Person 3", "Person 4"])
    first.context.set_offline(False)
    first.get_by_text("waiting to be sent").first.wait_for(state="hidden")
    until(first, lambda: here() == ["Ann Bo", "Person 1", "Person 2", "Person 3", "Person 4"])
    for page in (first, second):
        for name in ("Person 1", "Person 2", "Person 3", "Person 4"):
            says(page, name, "Here ")
        page.locator("[data-tally]", has_text="of 9 here").wait_for()
        page.locator("[data-here]", has_text="4").wait_for()
        page.context.close()
    third.context.close()


def the_meeting_ends(session, now) -> None:
    """Move the clock on, which is to move the session back: it ended a minute ago."""
    times = {"starts_at": now - timedelta(minutes=91), "ends_at": now - timedelta(minutes=1)}
    session.meetings.update(**times)
    Session.objects.filter(pk=session.pk).update(**times)
    Session.objects.get(pk=session.pk).settle(now=now)


def paste_the_report(page, site: str, session, meeting) -> None:
    page.goto(site + reverse("admin:registrations_registration_report", args=[session.pk]))
    known = [line(meeting, f"Person {number}", f"person{number}@example.edu") for number in (5, 6, 7)]
    page.get_by_label("Or a list").fill(
        "\n".join([HEADING, *known, line(meeting, "iPhone"), line(meeting, "Zoë Guest")])
    )
    page.get_by_role("button", name="Show who was there").click()
    page.get_by_label("Who is iPhone?").select_option("Person 8")
    page.get_by_label("Who is Zoë Guest?").select_option("A walk-in")
    page.get_by_role("button", name="Write this down").click()
    page.get_by_text("5 people were there.").wait_for()
    assert here() == ["Ann Bo", *(f"Person {number}" for number in range(1, 9)), "Zoë Guest"]


def close_the_list(page, site: str, meeting) -> None:
    page.goto(site + reverse("admin:outcomes_attendancesheet_close", args=[meeting.pk]))
    page.get_by_text("With this list closed you say that 1 person was absent:").wait_for()
    page.get_by_role("button", name="Close the list").click()
    page.get_by_text("The list is closed.").wait_for()
    assert [said.person for said in Attendance.objects.absent()] == [somebody(9)]
    assert Session.objects.get(pk=meeting.session_id).attended == 10
    assert Certificate.objects.valid().count() == 8


def open_and_verify(phone, browser_pages, site: str, path: str) -> None:
    """Open the certificate as its holder, who saves the file, and as a stranger who has its code, or the link."""
    own = phone(path, somebody(1))
    with own.expect_download() as saved:
        own.evaluate("document.querySelector('a.btn-primary').download = ''")  # else the browser shows it
        own.get_by_role("link", name="Download as PDF").click()
    words = " ".join(PdfReader(io.BytesIO(saved.value.path().read_bytes())).pages[0].extract_text().split())
    assert "Person 1" in words and "1.5 hours" in words and path.split("/")[2] in words.lower()
    link = own.get_by_label("Link that says whose it is").input_value().partition(path)[2]
    stranger = open_page(browser_pages, site + path)
    stranger.get_by_text("This certificate is valid.").wait_for()
    assert stranger.get_by_text("Person 1").count() == 0
    stranger.goto(site + path + link)
    stranger.get_by_text("Person 1").first.wait_for()


def open_page(browser_pages, url: str):
    """Open `url` in a browser in which nobody is signed in."""
    page = browser_pages("chromium")
    page.goto(url)
    return page


def correct_two(page, site: str, meeting) -> None:
    page.goto(site + reverse("admin:outcomes_attendancesheet_list", args=[meeting.pk]))
    page.get_by_role("checkbox", name=re.compile("^Person 9")).check()
    page.get_by_role("checkbox", name=re.compile("^Person 2")).uncheck()
    page.get_by_role("button", name="Correct").click()
    page.get_by_text("2 ticks were saved.").wait_for()


def answer(page, number: int) -> None:
    page.get_by_label("Worth it", exact=True).check()
    for when, step in (("Before", 1), ("Now", 3)):
        page.get_by_role("group", name=re.compile(f"^{when}.*Name what happened")).locator("label").nth(step).click()
    page.get_by_label("What will you do differently?").fill(f"I will ask first, says number {number}.")
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    page.context.close()


def read_what_they_say(page, site: str, session) -> None:
    """The office reads nothing while it is open, and all of it once it is closed."""
    of_one = f"/admin/outcomes/evaluation/{session.evaluation.pk}/change/"
    page.goto(site + of_one)
    page.get_by_text("what people say lies under one seal").wait_for()
    assert page.get_by_text("I will ask first").count() == 0
    page.get_by_role("link", name="Close it now").click()
    page.get_by_role("button", name="Close it now").click()
    page.goto(site + of_one)
    page.get_by_text("On average 2.0 before and 4.0 now. 5 of 5 rate themselves higher now than before.").wait_for()
    assert page.get_by_text("I will ask first, says number").count() == 5


def read_nothing_of_four(page, site: str, session, now) -> None:
    life.open_due(now)
    evaluation = Evaluation.objects.get(session=session)
    for seat in session.registrations.registered()[:4]:
        evaluation.answer(seat.person, [1, [1, 3], "I will keep quiet.", None], now=now)
    life.close(evaluation, now=now)
    page.goto(f"{site}/admin/outcomes/evaluation/{evaluation.pk}/change/")
    page.get_by_text("with fewer than five answers. They were destroyed unread").wait_for()
    assert page.get_by_text("I will keep quiet.").count() == 0
