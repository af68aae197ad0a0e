"""The office writes to the people of a session: composed, shown, and sent on the second press, once."""

import uuid

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from catalog.models import Facilitator
from devtools.testing.office_pages import filled_in, press_twice
from devtools.testing.page import read
from notifications.models import Announcement, Notice
from registrations.models import Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def read_by_two(make_session, people, now):
    """A session with two people in it, who have a seat."""
    session = make_session(minimum=1)
    for person in people(2):
        Registration.objects.register(person, session, now=now)
    return session


def url(name: str, session, *more) -> str:
    return reverse(f"admin:registrations_registration_{name}", args=[session.pk, *more])


def typed(client, session, **said) -> dict:
    said = {"subject": "Where to find us", "words": "Second **floor**."} | said
    form = filled_in(client, url("write", session), "write_form", **said)
    form.pop("_save")
    return {name: value[0] if isinstance(value, list) else value for name, value in form.items()}


def test_what_is_written_is_shown_first_and_sent_on_the_second_press(clerk, read_by_two):
    form = typed(clerk, read_by_two)
    shown = read(clerk.post(url("write", read_by_two), form))
    assert "It goes to two people, each by themselves." in shown.text
    assert "To person1@example.edu" in shown.text and "Second **floor**." in shown.text
    assert not Announcement.objects.exists() and not Notice.objects.filter(kind="announced").exists()
    response = press_twice(clerk, url("write", read_by_two), form)
    assert (response.status_code, response.url) == (302, url("roster", read_by_two))
    page = read(clerk.get(response.url))
    assert "“Where to find us” is on its way to two people, everybody with a seat." in page.text
    assert "two people, everybody with a seat" in page.region("Written to them").text
    written = Announcement.objects.get()
    told = read(clerk.get(url("written", read_by_two, written.pk)))
    assert "Office Person wrote this to two people, everybody with a seat" in told.text and "Queued: 2" in told.text


def test_a_double_press_and_a_press_after_back_send_it_once(clerk, read_by_two):
    form = typed(clerk, read_by_two)
    press_twice(clerk, url("write", read_by_two), form)
    agreed = form | {"agreed": agreement(clerk, read_by_two, form)}
    for _ in range(2):
        assert clerk.post(url("write", read_by_two), agreed).status_code == 302
    assert Announcement.objects.count() == 1 and Notice.objects.filter(kind="announced").count() == 2


def agreement(client, session, form) -> str:
    page = read(client.post(url("write", session), form))
    return page.field(name="agreed").attributes["value"]


def test_a_changed_text_after_it_was_sent_is_a_further_mail_once_that_is_said(clerk, read_by_two):
    form = typed(clerk, read_by_two)
    press_twice(clerk, url("write", read_by_two), form)
    response = clerk.post(url("write", read_by_two), form | {"words": "Third floor."})
    page = read(response)
    assert response.status_code == 409 and "This mail went out before you changed it." in page.text
    again = {"words": "Third floor.", "key": page.field(name="key").value}
    assert again["key"] != form["key"]
    press_twice(clerk, url("write", read_by_two), form | again)
    assert Announcement.objects.count() == 2


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"words": ""}, "Write a text: an empty mail is not sent."),
        ({"words": " \n "}, "Write a text: an empty mail is not sent."),
        ({"subject": ""}, "Write a subject."),
        ({"part": "nonsense"}, "Select a valid choice."),
        ({"words": "x" * 10_001}, "there is room for 10,000"),
        ({"subject": "a\nb"}, "Enter this on one line"),
        ({"key": "no key"}, ""),
        ({"copies": "ada@example.edu, nobody"}, "nobody is no address."),
    ],
)
def test_what_cannot_be_sent_says_why_and_comes_back(clerk, read_by_two, wrong, sentence):
    response = clerk.post(url("write", read_by_two), typed(clerk, read_by_two) | wrong)
    assert response.status_code == 400 and sentence in read(response).text
    assert not Announcement.objects.exists()


def test_a_session_without_people_has_nobody_to_write_to(clerk, session):
    assert "Write to people" not in read(clerk.get(url("roster", session))).text
    response = clerk.post(url("write", session), typed(clerk, session))
    assert response.status_code == 409 and "There is nobody to write to" in read(response).text


def test_a_copy_goes_to_those_who_lead_it(clerk, read_by_two):
    ada = Facilitator.objects.create(name="Ada Okafor", email="ada@example.edu")
    read_by_two.facilitators.set([ada, Facilitator.objects.create(name="Ben Ruiz")])
    assert read(clerk.get(url("write", read_by_two))).field(name="copies").value == "ada@example.edu"
    press_twice(clerk, url("write", read_by_two), typed(clerk, read_by_two))
    assert Notice.objects.filter(kind="announced_copy", to="ada@example.edu").count() == 1


def test_the_frame_holds_the_mail_alone(clerk, read_by_two):
    response = clerk.post(url("write", read_by_two), typed(clerk, read_by_two) | {"_mail": "1"})
    assert read(response).parts("strong") != [] and "sandbox" in response["Content-Security-Policy"]


def test_people_who_only_look_write_nothing(client, people, read_by_two, office):
    staff = people(1, is_staff=True)[0]
    staff.user_permissions.set(Permission.objects.filter(codename="view_registration"))
    client.force_login(staff)
    for method in (client.get, client.post):
        assert method(url("write", read_by_two)).status_code == 403
    written = Announcement.objects.send(read_by_two, "seated", "Hello", "Hello.", by=office, key=uuid.uuid4())
    assert client.get(url("written", read_by_two, written.pk)).status_code == 200
    client.logout()
    assert client.get(url("written", read_by_two, written.pk)).status_code == 302


def test_a_mail_is_found_only_with_its_own_session(clerk, read_by_two, make_session, office):
    written = Announcement.objects.send(read_by_two, "seated", "Hello", "Hello.", by=office, key=uuid.uuid4())
    assert clerk.get(url("written", make_session(days=30), written.pk)).status_code == 404
