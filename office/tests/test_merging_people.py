"""The page on which two accounts become one: both sides first, and a second press."""

import pytest
from django.urls import reverse

from accounts.models import Person
from devtools.testing.page import read
from registrations.models import Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(people, make_session, now) -> tuple[Person, Person]:
    """Two accounts, each with a seat in the same session."""
    session = make_session()
    made = people(2)
    for each in made:
        Registration.objects.register(each, session, now=now)
    return made[0], made[1]


def page_of(person: Person) -> str:
    return reverse("admin:accounts_person_merging", args=[person.pk])


def test_both_sides_are_shown_first_and_merged_on_a_second_press(clerk, accounts):
    kept, gone = accounts
    page = read(clerk.post(page_of(kept), {"email": gone.email}))
    assert "Registrations: 1" in page.text
    assert "the seat of person1@example.edu stays, and the seat of person2@example.edu ends." in page.text
    assert Person.objects.filter(pk=gone.pk).exists()
    answer = clerk.post(page_of(kept), page.form("Merge them").data, follow=True)
    assert "The account person2@example.edu was merged into this one, and is gone." in read(answer).text
    assert not Person.objects.filter(pk=gone.pk).exists()


def test_what_changed_since_is_shown_again_and_nothing_done(clerk, accounts):
    kept, gone = accounts
    sent = read(clerk.post(page_of(kept), {"email": gone.email})).form("Merge them").data
    gone.registrations.get().withdraw(by=gone)
    answer = clerk.post(page_of(kept), sent)
    assert answer.status_code == 409
    assert "Something changed since you looked." in read(answer).text
    assert Person.objects.filter(pk=gone.pk).exists()


@pytest.mark.parametrize(
    "email,said",
    [
        ("", "Enter the address of the other account of this person."),
        ("nobody@example.edu", "Nobody has this address."),
        ("no address", "Enter an e-mail address like name@school.edu."),
        ("person1@example.edu", "This is the same account."),
        ("office@example.edu", "Nobody merges an account of their own"),
    ],
)
def test_an_account_that_cannot_go_is_refused_where_it_was_typed(clerk, accounts, email, said):
    answer = clerk.post(page_of(accounts[0]), {"email": email})
    assert answer.status_code in (400, 409)
    assert said in read(answer).text
    assert read(answer).field(name="email").value == email
