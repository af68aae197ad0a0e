"""Where a group ends, giving one, a session's history, and what two people changed at once, in a browser; and axe."""

from catalog.models import Workshop
from devtools.testing.groups import in_group
from devtools.testing.office_pages import workshop_page
from foundation.record import record


def test_the_pages_of_groups_and_of_stale_forms_are_sound(inspector, sign_in, people, office, workshop, make_session):
    page, session = inspector.page, make_session()
    record(office, session, "A sentence of the record.")
    new, viewer, boss = people(1, is_staff=True)[0], in_group(people, "Viewer"), in_group(people, "Manager")
    sign_in(page, new)
    inspector.visit("/admin/")
    sign_in(page, viewer)
    page.goto(f"{inspector.url}/admin/sessions_app/session/add/")
    page.get_by_text("only Scheduler, Office and Manager may add sessions").wait_for()
    inspector.look("the page that says where a group ends")
    inspector.visit(f"/admin/sessions_app/session/{session.pk}/history/")
    sign_in(page, boss)
    inspector.visit(f"/admin/accounts/person/{viewer.pk}/groups/")
    page.get_by_label("Office: also sees").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Nothing is saved yet").wait_for()
    inspector.look("giving a group, asked first")
    page.get_by_label("Yes, do this").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("in the office: Office").wait_for()
    page.goto(inspector.url + workshop_page(workshop))
    page.get_by_label("Summary").fill("Mine.")
    Workshop.objects.filter(pk=workshop.pk).update(summary="Theirs.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("heading", name="You both changed this").wait_for()
    inspector.look("side by side")
    page.get_by_label("Keep theirs").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed successfully").wait_for()
    assert Workshop.objects.get().summary == "Theirs."
