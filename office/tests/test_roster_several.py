"""The office registers pasted names and addresses: said line by line first, done one by one, and nobody lost."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person
from catalog.models import Workshop
from devtools.testing.page import read
from registrations.models import Registration
from registrations.pasted.reading import read_people

pytestmark = pytest.mark.django_db


def url(session) -> str:
    return reverse("admin:registrations_registration_several", args=[session.pk])


def lines(response) -> dict[str, str]:
    """Return what the page says of each pasted line."""
    return {row["Pasted"]: row["What comes of it"] for row in read(response).table().rows}


def agree(client, session, people: str, **typed):
    typed = {"people": people, "role": "", "reason": ""} | typed
    page = read(client.post(url(session), typed))
    return client.post(url(session), typed | {"agreed": page.field(name="agreed").attributes["value"]})


@pytest.mark.parametrize(
    "pasted, name, address",
    [
        ("Kim Lee <Kim@Example.edu>", "Kim Lee", "kim@example.edu"),
        ("kim@example.edu", "", "kim@example.edu"),
        ("Kim Lee, kim@example.edu", "Kim Lee", "kim@example.edu"),
        ("kim@example.edu\tKim Lee", "Kim Lee", "kim@example.edu"),
        ("“Lee, Kim” <kim@example.edu>", "Kim Lee", "kim@example.edu"),
        ("Lee, Kim", "Kim Lee", ""),
        ("• Kim Lee", "Kim Lee", ""),
        ("mailto:kim@example.edu?subject=Hello", "", "kim@example.edu"),
        ("Ōta Ken <ken@example.edu>", "Ōta Ken", "ken@example.edu"),
    ],
)
def test_a_person_is_read_as_programs_write_them(pasted, name, address):
    (one,) = read_people(pasted)
    assert (one.name if name else "", one.address, one.problem) == (name, address, "")


@pytest.mark.parametrize("pasted", ["kim@", "@", "a b@c d", "\0", "---", "x@y..z", "<>"])
def test_a_line_that_names_nobody_says_so(pasted):
    assert all(one.problem for one in read_people(pasted)) and len(read_people(pasted)) <= 1 + pasted.count("@")


def test_several_addresses_of_one_line_are_several_people():
    found = read_people("a@example.edu, b@example.edu; c@example.edu\n\nd@example.edu")
    assert [one.address for one in found] == [f"{letter}@example.edu" for letter in "abcd"]


def test_each_line_says_what_comes_of_it_and_then_what_came(clerk, make_session, people, office, now):
    session = make_session(minimum=1, capacity=2)
    first, second, third = people(3)
    people(2, name="Two Alike")
    Registration.objects.register(first, session, now=now)
    pasted = "\n".join(
        [
            first.email,
            f"Somebody <{second.email}>",
            "Person 3",
            "Nora Newcomb <nora@example.edu>",
            "Nobody At All",
            "Two Alike",
            "kim@",
            second.email,
        ]
    )
    said = lines(clerk.post(url(session), {"people": pasted, "role": "staff", "reason": ""}))
    assert said == {
        first.email: "Not registered. Person 1 is already in this session.",
        "Nobody At All": "Not registered. Nobody here is called Nobody At All. Paste the address too.",
        "Two Alike": "Not registered. 2 people are called Two Alike. Paste the address.",
        "kim@": "Not registered. kim@ is no address. Enter an e-mail address like name@school.edu.",
        second.email: "Not registered. Person 2 stands further up already.",
        f"Somebody <{second.email}>": "Person 2 gets a seat.",
        "Person 3": "Person 3 goes on the waitlist.",
        "Nora Newcomb <nora@example.edu>": "Nora Newcomb is new: added, and waits.",
    }
    assert Registration.objects.count() == 1 and not Person.objects.filter(email="nora@example.edu").exists()
    response = agree(clerk, session, pasted, role="staff")
    done = lines(response)
    assert done[f"Somebody <{second.email}>"] == "Person 2 has a seat."
    assert done["Person 3"] == "Person 3 is on the waitlist, place 1."
    assert done["Nora Newcomb <nora@example.edu>"] == "Nora Newcomb is on the waitlist, place 2."
    page = read(response)
    assert "3 people are registered." in page.text and "5 lines are not" in page.text
    nora = Person.objects.get(email="nora@example.edu")
    assert (nora.name, nora.role, nora.has_usable_password()) == ("Nora Newcomb", "staff", False)
    assert {one.facts.get("by_office") for one in nora.notices.all()} == {True}


def test_pressing_again_registers_nobody_twice(clerk, make_session, people):
    session, (one,) = make_session(), people(1)
    agree(clerk, session, one.email)
    typed = {"people": one.email, "role": "", "reason": ""}
    said = lines(clerk.post(url(session), typed))
    assert said == {one.email: "Not registered. Person 1 is already in this session."}
    assert Registration.objects.count() == 1


def test_three_of_many_that_cannot_are_named_and_the_rest_done(clerk, make_session, people, now):
    session, crowd = make_session(minimum=1, capacity=100), people(40)
    crowd[3].is_active = False
    crowd[3].save(update_fields=["is_active"])
    Registration.objects.register(crowd[7], session, now=now)
    pasted = "\n".join([*(one.email for one in crowd), "nobody"])
    page = read(agree(clerk, session, pasted))
    assert "38 people are registered." in page.text and "3 lines are not: they stand first below." in page.text
    assert session.registrations.registered().count() == 39


def test_looking_takes_as_many_queries_for_forty_as_for_two(clerk, make_session, people):
    session, crowd, counts = make_session(minimum=1), people(42), []
    clerk.post(url(session), {"people": crowd[0].email})
    for part in (crowd[:2], crowd[2:]):
        with CaptureQueriesContext(connection) as queries:
            clerk.post(url(session), {"people": "\n".join(one.email for one in part), "role": "", "reason": ""})
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.fixture
def faculty_only(make_session, workshop):
    """A session of a workshop for faculty alone."""
    fields = list(Workshop.AUDIENCE_FIELDS.values())
    for field in fields:
        setattr(workshop, field, field == Workshop.AUDIENCE_FIELDS["faculty"])
    workshop.save(update_fields=fields)
    return make_session(minimum=1)


def test_somebody_it_is_not_for_is_told_apart_and_let_in_with_a_reason(clerk, faculty_only, person):
    said = lines(clerk.post(url(faculty_only), {"people": person.email, "role": "", "reason": ""}))
    assert said[person.email].startswith("Not registered. Person 1 is not registered: ")
    page = read(agree(clerk, faculty_only, person.email, reason="Speaks at it."))
    assert "1 person is registered." in page.text
    assert Registration.objects.get().admitted


def test_nobody_is_added_who_is_not_registered(clerk, faculty_only):
    said = lines(clerk.post(url(faculty_only), {"people": "new@example.edu", "role": "staff", "reason": ""}))
    assert said["new@example.edu"].startswith("Not registered.")
    assert not Person.objects.filter(email="new@example.edu").exists()


def test_a_clash_is_said_and_hinders_nobody(clerk, make_session, person, now):
    Registration.objects.register(person, make_session(minimum=1), now=now)
    other = make_session(days=21, minimum=1)
    said = lines(clerk.post(url(other), {"people": person.email, "role": "", "reason": ""}))
    assert "They have something else: You already have a place in this workshop" in said[person.email]
    agree(clerk, other, person.email)
    assert other.registrations.registered().count() == 1


@pytest.mark.parametrize(
    "pasted, sentence",
    [
        ("", "Paste at least one name or address."),
        (" \n ", "Paste at least one name or address."),
        ("\n".join(f"a{number}@example.edu" for number in range(501)), "These are 501 people. Paste 500 at a time."),
        ("x" * 60_001, "there is room for 60,000"),
    ],
)
def test_what_cannot_be_pasted_says_why(clerk, session, pasted, sentence):
    response = clerk.post(url(session), {"people": pasted, "role": "", "reason": ""})
    assert response.status_code == 400 and sentence in read(response).text


def test_a_session_in_both_ways_asks_how_they_take_part(clerk, make_hybrid, person):
    session = make_hybrid()
    response = clerk.post(url(session), {"people": person.email, "role": "", "reason": ""})
    assert response.status_code == 400 and "in the room or online" in read(response).text
    agree(clerk, session, person.email, mode="online")
    assert Registration.objects.get().mode == "online"


def test_a_cancelled_session_takes_nobody(clerk, session, office, person):
    session.cancel("Snow.", by=office)
    response = clerk.post(url(session), {"people": person.email, "role": "", "reason": ""})
    assert response.status_code == 409 and "This session was cancelled." in read(response).text


def test_an_address_without_access_is_not_added(clerk, session, settings):
    settings.SIGNUP_EMAIL_DOMAINS = ["school.test"]
    said = lines(clerk.post(url(session), {"people": "kim@elsewhere.test", "role": "", "reason": ""}))
    assert "kim@elsewhere.test has no access here." in said["kim@elsewhere.test"]


def test_people_who_only_look_register_nobody(client, people, session):
    staff = people(1, is_staff=True)[0]
    staff.user_permissions.set(Permission.objects.filter(codename="view_registration"))
    client.force_login(staff)
    for method in (client.get, client.post):
        assert method(url(session)).status_code == 403
