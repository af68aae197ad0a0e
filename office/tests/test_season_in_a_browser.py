"""The office puts up the season of 2023, moved forward, undoes three dates and copies one; its clicks are counted.

A season of thirteen dates took 110 clicks and 234 keys in the form of a session, an undo 39 clicks.
"""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from catalog.models import Workshop
from devtools.testing.browser import until
from devtools.testing.hand import Hand, moved_forward
from sessions_app.models import SeasonFile, Session
from sessions_app.schedule_import.working import work_on


def test_a_season_is_pasted_checked_and_published_three_undone_and_one_copied(office_page, live_server):
    rows, hand, button = moved_forward(), Hand(office_page), lambda name: office_page.get_by_role("button", name=name)
    for number, title in enumerate(dict.fromkeys(row.partition(",")[0] for row in rows)):
        Workshop.objects.create(title=title, slug=f"workshop-{number}", status=Workshop.Status.PUBLISHED)
    table = "\n".join(["workshop,date,start,end", *rows])
    office_page.goto(f"{live_server.url}/admin/")
    hand.click(office_page.get_by_role("link", name="Put up a season"))
    hand.paste(office_page.locator("#id_dates"), table)
    hand.click(button("Show the dates"))
    office_page.get_by_text("13 dates to put up. Nothing is saved yet.").wait_for()
    assert not Session.objects.exists()
    hand.click(button("Put up and publish"))
    office_page.get_by_text("The dates are put up: 13 published, 0 to publish.").wait_for()
    assert Session.objects.filter(status="open").count() == 13
    assert (hand.clicks, hand.keys, hand.pastes) == (4, 0, 1)

    # Three more, by mistake.
    later = [row.replace("12:00", "15:00").replace("14:00", "16:30").replace("13:30", "16:30") for row in rows[:3]]
    office_page.goto(f"{live_server.url}{reverse('admin:sessions_app_scheduleimport_add')}")
    office_page.locator("#id_dates").fill("\n".join(["workshop,date,start,end", *later]))
    button("Show the dates").click()
    button("Put up and publish").click()
    office_page.get_by_text("The dates are put up: 3 published, 0 to publish.").wait_for()
    office_page.goto(f"{live_server.url}{reverse('admin:sessions_app_scheduleimport_changelist')}")
    undoing = Hand(office_page)
    undoing.click(office_page.locator("#result_list tbody tr").first.get_by_role("link"))
    undoing.click(button("Undo this import"))
    office_page.get_by_text("Undone: its drafts are deleted, and what was published is cancelled.").wait_for()
    assert Session.objects.filter(status="cancelled").count() == 3 and undoing.clicks == 2

    # One of them once more.
    copied = Session.objects.filter(status="open").first()
    office_page.goto(f"{live_server.url}{reverse('admin:sessions_app_session_change', args=[copied.pk])}")
    office_page.get_by_role("link", name="Copy to other dates").click()
    day = timezone.localdate() + timedelta(days=200)
    office_page.get_by_label("Other dates").fill(f"{day:%b} {day.day}, {day.year}")
    button("Show the dates").click()
    button("Put up and publish").click()
    office_page.get_by_text("The dates are put up: 1 published, 0 to publish.").wait_for()
    copy = Session.objects.order_by("pk").last()
    assert copy.workshop == copied.workshop and copy.status == "open"
    assert copy.ends_at - copy.starts_at == copied.ends_at - copied.starts_at


def test_one_session_takes_seven_clicks_and_thirteen_keys(office_page, live_server, workshop):
    hand = Hand(office_page)
    office_page.goto(f"{live_server.url}/admin/")
    hand.click(office_page.get_by_role("link", name="Schedule a session"))
    hand.choose(office_page.get_by_label("Workshop:", exact=True), workshop.title)
    day = timezone.localdate() + timedelta(days=30)
    hand.type(office_page.locator("#id_day"), f"{day:%m%d%Y}")
    hand.type(office_page.locator("#id_starts"), "1200P")
    hand.click(office_page.get_by_role("button", name="Save and publish"))
    # The seventh agrees to what it lacks; six where nothing speaks against it.
    office_page.get_by_text("Nobody is named who leads it.").wait_for()
    hand.click(office_page.get_by_role("button", name="Save and publish"))
    office_page.get_by_text("People can register now.").wait_for()
    assert (hand.clicks, hand.keys) == (7, 13)
    assert Session.objects.get().status == "open"


def test_axe_finds_nothing_on_the_pages_of_a_season(inspector, sign_in, office, workshop, make_session):
    drafts = [make_session(published=False, days=14 + number) for number in range(2)]
    page, add = inspector.page, reverse("admin:sessions_app_scheduleimport_add")
    sign_in(page, office)
    inspector.visit(add, f"{add}?like={drafts[0].code}")
    page.goto(inspector.url + add)
    tomorrow, past = timezone.localdate() + timedelta(days=1), timezone.localdate() - timedelta(days=30)
    rows = [f"{workshop.title},{day},12:30,{end}" for day, end in ((past, "14:00"), (tomorrow, "14:00"))]
    rows += [f"Unheard Of,{tomorrow},9:00,12:00", f"{workshop.title},{drafts[0].starts_at:%Y-%m-%d},12:00,15:00"]
    table = page.locator("#id_dates")
    table.fill("\n".join(["workshop,date,start,end", *rows]))
    page.get_by_role("button", name="Show the dates").click()
    page.get_by_text("One was held before").wait_for()
    inspector.look("the preview")
    page.get_by_role("button", name="Back, change the dates").click()
    table.fill("\n".join(["workshop,date,start,end", *rows, f"{workshop.title},2027-06-31,9:00,10:00"]))
    page.get_by_role("button", name="Show the dates").click()
    page.get_by_text("One row cannot be read or put up.").wait_for()
    inspector.look("the preview of a wrong row")
    file = SeasonFile.objects.create(
        text="\n".join(["workshop,date,start,end", *rows]),
        time_zone="America/Chicago",
        total=4,
        made_at=timezone.now(),
        made_by=office,
    )
    its_page = reverse("admin:sessions_app_scheduleimport_file", args=[file.pk])
    inspector.visit(its_page)
    assert file.claim()
    work_on(file)
    # The page asks by itself how far the work is.
    until(page, lambda: page.get_by_role("button", name="Change these, publish the rest").count() == 1)
    inspector.look("a file that was looked at")
    page.goto(inspector.url + reverse("admin:sessions_app_session_changelist"))
    for box in page.locator("#result_list .action-select").all():
        box.check()
    page.get_by_label("Action:").select_option(label="Change selected sessions")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_label("Starts at").fill("15:00")
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_text("It is done to 2.").wait_for()
    inspector.look("many")
