"""How people are greeted: by the first name where it is certain, by the whole name where it is not, or as they say."""

import pytest

from accounts.models import Person
from accounts.models.greeting import greeting_of
from devtools.testing.names import NAMES
from devtools.testing.page import read
from notifications.outbox.compose import write_mail
from registrations.models import Registration

FIRST_NAMES = {
    "Jane Doe": "Jane",
    "Jane Q. Doe": "Jane",
    "Jane Q Doe": "Jane",
    "Doe, Jane": "Jane",
    "van der Berg, Anna": "Anna",
    "Anna van der Berg": "Anna",
    "Ludwig von Mises": "Ludwig",
    "Mary-Jane O’Neil": "Mary-Jane",
    "Zoë Brontë": "Zoë",
    "Łukasz Żak": "Łukasz",
    "jane doe": "jane",
    "O’Brien, Conor": "Conor",
    "Renata Oyelaran": "Renata",
    "Ana de Souza": "Ana",
}
WHOLE_NAMES = [
    "",
    "Madonna",
    "Dr. Jane Doe",
    "Dr Jane",
    "Prof. Dr. Li",
    "Professor Doe",
    "Mx Doe",
    "Sister Agnes",
    "🌟 Jane Doe",
    "Jane 🌟",
    "J. Doe",
    "J Doe",
    "Jane D.",
    "van Gogh",
    "de Souza",
    "Doe, MD",
    "Doe, Jr",
    "Jane Doe, MD",
    "Jane Doe, Nurse",
    "Doe, Jane, PhD",
    "Doe, Dr. Jane",
    "Doe,Jane",
    "Jane MD",
    "Jane Doe PhD",
    "Mary Ann Smith",
    "Maria del Carmen Lopez Garcia",
    "Gabriel García Márquez",
    "Li Wei",
    "Li, Wei Min",
    "Nguyen Minh",
    "Kim Smith",
    "Abdul Rahman",
    "al Rashid",
    "St John",
    "李伟",
    "김 민수",
    "Анна Иванова",
    "עברית שם",
    "عبد الله",
    "Jane (she/her) Doe",
    "jane@example.edu",
    "The Office of Training",
    "1st Floor",
]


@pytest.mark.parametrize("name, said", FIRST_NAMES.items())
def test_a_first_name_that_is_certain_is_the_greeting(name, said):
    assert greeting_of(name) == said


@pytest.mark.parametrize("name", WHOLE_NAMES)
def test_a_name_in_doubt_is_said_whole(name):
    assert greeting_of(name) == name


@pytest.mark.parametrize("name", NAMES)
def test_a_greeting_is_the_name_or_one_word_of_it(name):
    assert greeting_of(name) in {name, *name.replace(",", "").split()}


@pytest.mark.parametrize("name, says, greeting", [("Dr. Jane Doe", "", "Dr. Jane Doe"), ("Jane Doe", "Dr. D", "Dr. D")])
def test_a_mail_begins_as_the_person_says_or_with_the_name(make_session, person, name, says, greeting):
    Person.objects.filter(pk=person.pk).update(name=name, addressed_as=says)
    registration = Registration.objects.register(Person.objects.get(pk=person.pk), make_session())
    mail = write_mail(registration.notices.get())
    assert mail["text"].startswith(f"Hello {greeting}.\n") and f"Hello <bdi>{greeting}</bdi>." in mail["html"]


def test_somebody_without_a_name_is_greeted_as_they_say(make_session, person):
    Person.objects.filter(pk=person.pk).update(name="", addressed_as="Jo")
    registration = Registration.objects.register(Person.objects.get(pk=person.pk), make_session())
    assert write_mail(registration.notices.get())["text"].startswith("Hello Jo.\n")


@pytest.fixture
def greeted(client, person):
    """Return a function that posts how `person` is to be addressed."""
    client.force_login(person)
    typed = {"name": "Jane Doe", "role": "faculty"}
    return lambda words: client.post("/accounts/profile/", typed | {"addressed_as": words})


@pytest.mark.parametrize(
    "typed, kept", [("  Dr.\u200b  Doe ", "Dr. Doe"), ("🌟", "🌟"), ("", ""), ("x" * 60, "x" * 60)]
)
def test_how_one_is_addressed_is_kept_as_one_plain_line(greeted, person, typed, kept):
    assert greeted(typed).status_code == 302
    person.refresh_from_db()
    assert person.addressed_as == kept


@pytest.mark.parametrize("typed", ["Dr.\nDoe", "\u202eeoD", "a\x07", "\u0301", "x" * 61])
def test_what_could_forge_a_greeting_is_refused_beside_its_field(greeted, person, typed):
    answer = greeted(typed)
    assert answer.status_code == 422 and read(answer).field(name="addressed_as").errors
    person.refresh_from_db()
    assert person.addressed_as == ""
