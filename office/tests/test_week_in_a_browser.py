"""A week of the office: the season of 2023, moved forward, is put up, and then what happens to a season happens to it.

Each mail arrives as the page showed it before, and the clicks and keys of each step are counted (docs/testing.md).
"""

import pytest
from django.core.cache import cache
from django.urls import reverse

from catalog.models import Workshop
from devtools.testing.changing import MINUTES, deliver
from devtools.testing.hand import Hand, moved_forward
from devtools.testing.mail_reader import is_as_shown
from foundation import database_clock
from registrations.merging.keys import path_of_answering
from registrations.models import MergeOffer, Registration
from registrations.tasks import carry_merges_on
from sessions_app.models import ScheduleImport, Session

HEADING = "workshop,date,start,end,format,venue"


@pytest.fixture
def season_of_2023(transactional_db, room):
    """The workshops of the season, and its rows as a table; one of them is in a room."""
    cache.clear()  # the throttles; they outlive a test that commits
    rows = moved_forward()
    for number, title in enumerate(dict.fromkeys(row.partition(",")[0] for row in rows)):
        Workshop.objects.create(title=title, slug=f"season-{number}", status=Workshop.Status.PUBLISHED)
    rows = [f"{row},in person,{room}" if number == 6 else f"{row},," for number, row in enumerate(rows)]
    return rows


class Desk:
    """The office in its browser: `at` opens a page of a session with a hand that counts from there."""

    def __init__(self, page, url, sink):
        self.page, self.url, self.sink = page, url, sink

    def at(self, session, name="change") -> Hand:
        self.page.goto(self.url + reverse(f"admin:sessions_app_session_{name}", args=[session.pk]))
        return Hand(self.page)

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name):
        return self.page.get_by_role("link", name=name)

    def shown(self, within="body") -> str:
        """Return the first mail that the page, or a part of it, shows, open or not."""
        return self.page.locator(within).locator("pre.office-mail").first.text_content()

    def arrived(self):
        """Send what is due within three minutes, and return what came."""
        before = len(self.sink.received)
        deliver(database_clock.now() + 3 * MINUTES)
        return self.sink.received[before:]


@pytest.fixture
def desk(office_page, live_server, smtp_sink):
    return Desk(office_page, live_server.url, smtp_sink)


def put_up(desk, rows) -> Hand:
    desk.page.goto(f"{desk.url}/admin/")
    hand = Hand(desk.page)
    hand.click(desk.link("Put up a season"))
    hand.paste(desk.page.locator("#id_dates"), "\n".join([HEADING, *rows]))
    hand.click(desk.button("Show the dates"))
    desk.page.get_by_text("Nothing is saved yet.").first.wait_for()
    hand.click(desk.button("Put up and publish"))
    desk.page.get_by_text(f"The dates are put up: {len(rows)} published, 0 to publish.").wait_for()
    return hand


def test_a_week_of_the_office(season_of_2023, desk, people):
    rows = season_of_2023
    assert put_up(desk, rows).counted == (4, 0, 1)
    sessions = {}
    for session in Session.objects.order_by("starts_at"):
        sessions.setdefault(session.workshop.title, []).append(session)
    assert sum(map(len, sessions.values())) == 13

    # Three by mistake, undone.
    put_up(desk, [row.replace("12:00", "9:00").replace("14:00", "10:30").replace("13:30", "10:30") for row in rows[:3]])
    undone = Hand(desk.page)
    undone.click(desk.button("Undo this import"))
    desk.page.get_by_text("Undone: its drafts are deleted, and what was published is cancelled.").wait_for()
    assert undone.counted == (1, 0, 0)  # from the page that putting them up leads to
    assert Session.objects.filter(status="cancelled", imported=ScheduleImport.objects.first()).count() == 3
    assert desk.arrived() == []

    # One copied.
    first = sessions["Systemic Racism Pt. 2"][0]
    hand = desk.at(first)
    hand.click(desk.link("Copy to other dates"))
    hand.type(desk.page.get_by_label("Other dates"), "Nov 3 2099")
    hand.click(desk.button("Show the dates"))
    hand.click(desk.button("Put up and publish"))
    desk.page.get_by_text("The dates are put up: 1 published, 0 to publish.").wait_for()
    copy = Session.objects.order_by("pk").last()
    assert (copy.workshop, copy.starts_at.year, hand.counted) == (first.workshop, 2099, (4, 10, 0))

    # One moved online.
    snowed_in = sessions["Confronting Dominant Culture and Creating Belonging as an Ally"][0]
    seated = [Registration.objects.register(person, snowed_in) for person in people(2)]
    assert len(desk.arrived()) == 2
    hand = desk.at(snowed_in)
    hand.click(desk.link("Hold it online"))
    hand.paste(desk.page.get_by_label("Join link"), "https://meet.example.edu/snow")
    shown = desk.shown()
    hand.click(desk.button("Hold it online and write to everyone"))
    desk.page.get_by_text("Changed: it is held online, and everybody is still in it.").wait_for()
    came = desk.arrived()
    assert len(came) == 2 and all(is_as_shown(mail, shown) for mail in came) and hand.counted == (3, 0, 1)
    snowed_in.refresh_from_db()
    assert (snowed_in.format, snowed_in.seats_taken) == ("online", len(seated))

    # One extended.
    put_off = sessions["LGBTQ+ Inequities Pt. 2"][1]
    Registration.objects.register(people(1)[0], put_off)
    desk.arrived()
    hand = desk.at(put_off, "extend")
    shown = desk.shown()
    hand.click(desk.button("Give it more time and write to everyone"))
    desk.page.get_by_text("The decision date has moved.").wait_for()
    (mail,) = desk.arrived()
    assert is_as_shown(mail, shown) and hand.counted == (1, 0, 0)

    # One run anyway, with five.
    small = sessions["Mental Health Inequities Pt. 2"][0]
    for person in people(5):
        Registration.objects.register(person, small)
    desk.arrived()
    hand = desk.at(small)
    hand.click(desk.link("Decide"))
    shown = desk.shown("#run-anyway_form")
    hand.paste(desk.page.locator("#run-anyway_form").get_by_label("Reason"), "Five of one team who work together.")
    hand.click(desk.button("Confirm anyway"))
    desk.page.get_by_text("Confirmed.").first.wait_for()
    came = desk.arrived()
    assert len(came) == 5 and all(is_as_shown(mail, shown) for mail in came) and hand.counted == (3, 0, 1)
    small.refresh_from_db()
    assert (small.status, small.confirmed_count, small.minimum) == ("confirmed", 5, 6)

    # Two merged.
    fewer, into = sessions["Disability and Allyship"]
    for person in people(2):
        Registration.objects.register(person, fewer)
    desk.arrived()
    hand = desk.at(fewer)
    hand.click(desk.link("Decide"))
    hand.click(desk.page.locator("#choice-merge ~ ul").get_by_role("link"))
    hand.paste(desk.page.get_by_label("Reason"), "Two small groups are better as one.")
    hand.click(desk.button("Look at what it means"))
    desk.page.get_by_text("Two people are asked").wait_for()
    shown = desk.shown()
    hand.click(desk.button("Merge, and write to everybody asked"))
    desk.page.get_by_role("heading", name="Who answered what").wait_for()
    came = desk.arrived()
    assert len(came) == 2 and all(is_as_shown(mail, shown) for mail in came) and hand.counted == (5, 0, 1)
    yes, no = MergeOffer.objects.order_by("pk")
    desk.page.goto(desk.url + path_of_answering(yes))
    desk.button("Yes, move me").click()
    desk.page.get_by_role("heading", name="You’ve moved to").wait_for()
    no.decline()
    carry_merges_on()  # as each minute
    fewer.refresh_from_db()
    assert fewer.status == "cancelled"
    assert [one.person for one in into.registrations.registered()] == [yes.registration.person]
    subjects = sorted(mail.message["Subject"].partition(":")[0] for mail in desk.arrived())
    assert subjects == ["Cancelled", "You’re registered", "You’ve moved"]

    # One cancelled.
    off = sessions["LGBTQ+ Inequities Pt. 2"][0]
    for person in people(2):
        Registration.objects.register(person, off)
    desk.arrived()
    hand = desk.at(off)
    hand.click(desk.link("Decide"))
    hand.paste(desk.page.locator("#cancel_form").get_by_label("Reason"), "The speaker is ill.")
    hand.click(desk.button("Show the mail with this reason"))
    shown = desk.shown("#cancel_form")
    hand.click(desk.button("Cancel and write to everyone"))
    desk.page.get_by_text("Cancelled. Everyone is being told.").wait_for()
    came = desk.arrived()
    assert len(came) == 2 and all(is_as_shown(mail, shown) for mail in came) and hand.counted == (4, 0, 1)
