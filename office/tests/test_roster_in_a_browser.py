"""The pages of a roster in a browser: axe in every width and scheme, the mail in its frame, and the roster on paper."""

import io
from datetime import timedelta

from django.urls import reverse
from pypdf import PdfReader

from devtools.testing.browser import until
from notifications.models import Announcement
from registrations.models import Registration


def test_axe_finds_nothing_on_what_the_office_does_with_a_roster(inspector, sign_in, office, people, make_session, now):
    session = make_session(minimum=1, capacity=3)
    make_session(days=21, minimum=1)
    held = [Registration.objects.register(person, session, now=now) for person in people(5)]
    sign_in(inspector.page, office)
    page = inspector.page

    def address(name: str, pk: int) -> str:
        return reverse(f"admin:registrations_registration_{name}", args=[pk])

    inspector.visit(address("move_up", held[4].pk), address("transfer", held[0].pk), address("withdraw", held[0].pk))
    page.get_by_label("For another reason, which they read in the mail").check()
    page.get_by_label("Reason", exact=True).fill("This date is for new colleagues.")
    page.get_by_role("button", name="Show the mail first").click()
    mail = page.frame_locator("iframe[name=mail]")
    mail.get_by_text("They write: This date is for new colleagues.").wait_for()
    inspector.look("the mail of a withdrawal")
    inspector.visit(address("seat", held[4].pk), address("several", session.pk))
    page.get_by_label("Names or addresses").fill("New One <new.one@example.edu>\nNobody At All\nkim@")
    page.get_by_role("button", name="See what comes of it").click()
    page.get_by_role("button", name="Register 1").wait_for()
    inspector.look("line by line")
    page.get_by_role("button", name="Register 1").click()
    page.get_by_text("1 person is registered.").wait_for()
    inspector.look("what came of each line")
    inspector.visit(address("write", session.pk))
    page.get_by_label("Subject").fill("Where to find us")
    page.get_by_label("Text", exact=True).fill("On the **second** floor.\n\n- Bring a case.")
    page.get_by_role("button", name="Show the mail first").click()
    mail.get_by_role("listitem").get_by_text("Bring a case.").wait_for()
    inspector.look("a mail before it goes")
    page.get_by_role("button", name="Send it").dblclick()
    page.get_by_text("is on its way to three people").wait_for()
    until(page, lambda: Announcement.objects.count() == 1)
    inspector.look("the roster, with what was written")
    inspector.visit(
        reverse("admin:registrations_registration_written", args=[session.pk, Announcement.objects.get().pk])
    )
    inspector.visit(reverse("admin:registrations_rosterreading_changelist"))


def test_each_page_of_a_printed_roster_has_the_title_and_its_number(
    inspector, sign_in, office, people, make_session, now
):
    session = make_session(minimum=1, capacity=40)
    for number, person in enumerate(people(30)):
        Registration.objects.register(person, session, now=now + timedelta(seconds=number))
    sign_in(inspector.page, office)
    roster = reverse("admin:registrations_registration_roster", args=[session.pk])
    assert inspector.page.goto(inspector.url + roster).ok
    pages = [" ".join(one.extract_text().split()) for one in PdfReader(io.BytesIO(inspector.page.pdf())).pages]
    assert len(pages) >= 3
    for number, words in enumerate(pages, start=1):
        assert str(session) in words, number
        assert f"Page {number} of {len(pages)}" in words
    assert "person1@example.edu" not in " ".join(pages)
