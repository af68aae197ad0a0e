"""Units, champions, the directory and two accounts that become one, in a browser; and axe."""

from accounts.models import Champion, DirectoryQuestion, Person, Unit
from registrations.models import Registration


def test_the_pages_of_units_and_of_the_directory_are_sound(inspector, sign_in, people, office, make_session, now):
    page, unit = inspector.page, Unit.objects.create(name="Pediatrics", head_count=230)
    kept, gone = people(2, unit=unit)
    session = make_session()
    for each in (kept, gone):
        Registration.objects.register(each, session, now=now)
    Champion.objects.appoint(kept, unit, by=office)
    question = DirectoryQuestion.objects.create(person=kept, kind="left", asked_at=now)
    sign_in(page, office)
    inspector.visit(f"/admin/accounts/unit/{unit.pk}/change/")
    inspector.visit(f"/admin/accounts/unit/{unit.pk}/champions/")
    inspector.visit(f"/admin/accounts/directoryquestion/{question.pk}/answer/")
    page.goto(f"{inspector.url}/admin/accounts/unit/{unit.pk}/leaving/")
    page.get_by_role("button", name="Merge or delete").click()
    page.get_by_text("empties the unit in the profile of two people").wait_for()
    inspector.look("a unit that goes, asked first")
    page.goto(f"{inspector.url}/admin/accounts/person/directory/")
    table = b"E-mail,Name,Phone\nada@example.edu,Ada,5\nbo example.edu,Bo,6\n"
    page.get_by_label("File").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": table})
    page.get_by_role("button", name="Show what follows").click()
    page.get_by_role("heading", name="Wrong in the table").wait_for()
    inspector.look("what a table would do")
    page.get_by_role("button", name="Do this").click()
    page.get_by_text("People: 1 new").wait_for()
    page.goto(f"{inspector.url}/admin/accounts/person/{kept.pk}/merging/")
    page.get_by_label("Address of the account that goes").fill(gone.email)
    page.get_by_role("button", name="Show what follows").click()
    page.get_by_role("heading", name="What both have").wait_for()
    inspector.look("two accounts that become one, asked first")
    page.get_by_role("button", name="Merge them").click()
    page.get_by_text("was merged into this one").wait_for()
    assert not Person.objects.filter(pk=gone.pk).exists()
