"""The directory in the admin: shown first, taken in on a second press, and what it leaves for the office."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import DirectoryQuestion, Person, Unit
from devtools.testing.page import read
from operations.directory.reading import read_directory
from operations.directory.taking_in import take_in
from registrations.models import Registration

pytestmark = pytest.mark.django_db
PAGE = "/admin/accounts/person/directory/"
TABLE = "Email,Name,Role,Phone\nada@example.edu,Ada,staff,5\nbo example.edu,Bo,staff,6\n"


def shown(clerk, text: str, **more):
    return clerk.post(PAGE, {"file": SimpleUploadedFile("people.csv", text.encode())} | more)


def test_a_table_is_shown_first_and_taken_in_on_a_second_press(clerk):
    page = read(shown(clerk, TABLE))
    assert "new accounts 1" in page.text or "1 new accounts" in page.text
    assert "Row 3, column “Email”: Enter an e-mail address like name@school.edu." in page.text
    assert "Columns that are not read: Phone." in page.text
    assert not Person.objects.filter(email="ada@example.edu").exists()
    answer = clerk.post(PAGE, page.form("Do this").data, follow=True)
    assert "People: 1 new, 0 changed, 0 switched off, 0 as before." in read(answer).text
    assert Person.objects.get(email="ada@example.edu").name == "Ada"


def test_what_changed_since_it_was_shown_is_shown_again(clerk):
    sent = read(shown(clerk, TABLE)).form("Do this").data
    Person.objects.create_user("ada@example.edu")
    answer = clerk.post(PAGE, sent)
    assert answer.status_code == 409
    assert "Nothing is saved yet: something changed since you looked" in read(answer).text
    assert not Person.objects.get(email="ada@example.edu").from_directory


def test_a_table_in_which_many_are_missing_asks_whether_it_is_whole(clerk, office):
    rows = "".join(f"person{number}@example.edu\n" for number in range(12))
    take_in(read_directory(f"email\n{rows}".encode()), office, apply=True)
    answer = shown(clerk, "email\nperson1@example.edu\n")
    page = read(answer)
    assert answer.status_code == 409
    assert "11 of 12 people of the directory are missing in this file." in page.text
    page = read(clerk.post(PAGE, page.form("Show what follows").data | {"anyway": "on"}))
    clerk.post(PAGE, page.form("Do this").data)
    assert Person.objects.filter(from_directory=True, is_active=True).count() == 1


def test_units_are_taken_in_by_the_same_page(clerk):
    page = read(shown(clerk, "Unit,Part of,Head count\nPediatrics,Medicine,230\nMedicine,,many\n"))
    assert "Row 3, column “Head count”: A head count is a number from 1 to 1,000,000, or empty." in page.text
    page = read(shown(clerk, "Unit,Part of,Head count\nPediatrics,Medicine,230\nMedicine,,900\n"))
    answer = clerk.post(PAGE, page.form("Do this").data, follow=True)
    assert "Units: 2 new, 0 changed, 0 as before." in read(answer).text
    assert Unit.objects.get(name="Pediatrics").parent.name == "Medicine"


@pytest.mark.parametrize(
    "sent,said",
    [
        ({}, "Choose a file."),
        ({"text": "Phone\n1\n"}, "It names “Phone”."),
        ({"text": "email\n" + "a@example.edu\n" * 5002}, "This table has more than 5,000 rows."),
        ({"text": "\0"}, "Null characters are not allowed."),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(clerk, sent, said):
    answer = clerk.post(PAGE, sent)
    assert answer.status_code == 400
    assert said in read(answer).text


@pytest.fixture
def question(make_session, person, now) -> DirectoryQuestion:
    """Somebody with a seat, whom the directory names no more."""
    Registration.objects.register(person, make_session(), now=now)
    return DirectoryQuestion.objects.create(person=person, kind="left", asked_at=now)


def test_the_office_sees_what_a_yes_costs_and_says_it(clerk, question, person):
    home = read(clerk.get("/admin/"))
    assert "1 person would lose a seat, or the office, by what the directory says" in home.text
    url = reverse("admin:accounts_directoryquestion_answer", args=[question.pk])
    assert "Person 1 loses the seat in Bystander Interventions" in read(clerk.get(url)).text
    assert clerk.post(url, {"does": "perhaps"}).status_code == 400
    answer = clerk.post(url, {"does": "yes"}, follow=True)
    assert "Person 1 is switched off." in read(answer).text
    person.refresh_from_db()
    assert not person.is_active
    assert not person.registrations.registered()
    assert clerk.post(url, {"does": "yes"}).status_code == 404


def test_a_no_leaves_somebody_as_they_are_and_out_of_the_list(clerk, question, person):
    url = reverse("admin:accounts_directoryquestion_answer", args=[question.pk])
    answer = clerk.post(url, {"does": "no"}, follow=True)
    assert "Person 1 stays as they are." in read(answer).text
    assert person.registrations.registered()
    assert "would lose a seat" not in read(clerk.get("/admin/")).text
