"""A POST that meets an ended sign-in is not lost: it waits, as typed, until its person has signed in."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.browser_sessions.model import BrowserSession
from accounts.pressed.press import KEY, LIFE, MOST
from devtools.testing.every_noun import routes
from devtools.testing.page import read
from devtools.testing.registering import register_page
from devtools.testing.signing_in import CODE_PAGE, SIGN_IN, ask_for_code, mailed_code
from registrations.models import Accommodation, Registration

pytestmark = pytest.mark.django_db

UNSENT = "/accounts/unsent/"
WORDS = "A large print handout, please."
# What a visitor may post to: it asks for no sign-in, or keeps what was typed in a way of its own.
OPEN = {
    "",  # and every other page that only shows: 405
    "sessions/<slug:code>/registration/",  # done when the code is entered: below
    "workshops/<slug:slug>/interest/",  # likewise
    "requests/new/",  # the form has it again: sessions_app/requests/typed.py
    "interests/<uuid:uuid>/",
    "registrations/<uuid:uuid>/withdrawal/<slug:key>/",  # its key opens it
    "evaluations/<slug:token>/",  # answered by the link of the mail, signed in or not
    "accounts/login/",
    "accounts/login/code/",
    "accounts/logout/",
    "accounts/inactive/",
    "accounts/school/openid/",  # these lead to the school’s sign-in and back; without one there is no such page
    "accounts/school/openid/answer/",
    "accounts/school/saml/",
    "accounts/school/saml/answer/",
    "accounts/school/saml/finish/",
    "accounts/school/saml/metadata.xml",
    "accounts/appearance/",
    "accounts/address/<slug:token>/",
    "accounts/2fa/authenticate/",
    # A key in the address, from the mail that has it, says who answers.
    "leading/<uuid:uuid>/<slug:key>/",
    "registrations/<uuid:uuid>/merge/<slug:key>/",
    "calls/<uuid:uuid>/",
}
# A code of the second factor is never kept.
NEVER = "accounts/2fa/"


def ended(person) -> Client:
    """Return a browser whose sign-in, that of `person`, has ended under an open page."""
    client = Client()
    client.force_login(person)
    BrowserSession.objects.filter(person=person).delete()
    return client


def expired(person) -> Client:
    """Return one whose sign-in is past its last day: its row is still there."""
    client = Client()
    client.force_login(person)
    BrowserSession.objects.filter(person=person).update(ends_at="2020-01-01T00:00Z")
    return client


def sign_in(client: Client, person, back: str = UNSENT):
    """Ask for a code where the press led, and enter it; returns the answer."""
    cache.clear()  # how often one may ask
    ask_for_code(client, person.email, next=back)
    return client.post(CODE_PAGE, {"code": mailed_code(person.email), "next": back})


def test_every_post_of_a_person_waits_until_they_have_signed_in(every_noun, address):
    owner, kept, lost = every_noun.person, set(), set()
    for route in routes():
        if route.startswith(("admin/", "__mail__", NEVER)):
            continue
        client, path = ended(owner), address(route)
        answer = client.post(path, {"needs": WORDS, "answer": "accept"})
        if answer.status_code == 302 and answer.url == f"{SIGN_IN}?next=%2Faccounts%2Funsent%2F":
            assert "You were signed out before this was sent." in read(client.get(answer.url)).text
            assert sign_in(client, owner).url == UNSENT
            page = read(client.get(UNSENT))
            form = page.form("Send it now")
            assert form.action == path and form.data["needs"] == [WORDS] and form.data["answer"] == ["accept"]
            assert WORDS in page.text
            kept.add(route)
        elif answer.status_code != 405 and route not in OPEN:
            lost.add(route)
    assert lost == set()
    assert {"registrations/<uuid:uuid>/withdrawal/", "accounts/profile/", "my/calendar/deletion/"} <= kept
    assert len(kept) >= 15 and not kept & OPEN


def test_one_press_sends_what_was_typed_and_forgets_it(every_noun, person):
    owner, path = every_noun.person, f"/registrations/{every_noun.uuid}/accommodation/"
    client = ended(owner)
    client.post(path, {"needs": WORDS, "keep_for_next": "on"})
    sign_in(client, owner)
    form = read(client.get(UNSENT)).form("Send it now")
    assert Accommodation.objects.of(every_noun).needs == "An interpreter."
    assert client.post(form.action, form.data).url == f"/registrations/{every_noun.uuid}/"
    said = Accommodation.objects.of(every_noun)
    assert (said.needs, said.keep_for_next) == (WORDS, True)
    assert KEY not in client.session and client.get(UNSENT).url == "/my/"


def test_a_look_at_the_page_sends_nothing(every_noun):
    client = ended(every_noun.person)
    client.post(f"/registrations/{every_noun.uuid}/withdrawal/")
    sign_in(client, every_noun.person)
    for method in (client.get, client.head):
        assert method(UNSENT).status_code == 200
    every_noun.refresh_from_db()
    assert every_noun.is_registered


def test_it_can_be_let_go(every_noun):
    client = ended(every_noun.person)
    client.post(f"/registrations/{every_noun.uuid}/withdrawal/")
    sign_in(client, every_noun.person)
    assert client.post(UNSENT, follow=True).redirect_chain == [("/my/", 302)]
    assert client.get(UNSENT).url == "/my/" and Registration.objects.get(pk=every_noun.pk).is_registered


# ---- whose it is ----


def test_a_press_waits_for_the_person_whose_sign_in_had_ended(every_noun, people):
    owner, (other,) = every_noun.person, people(3)[2:]
    client = expired(owner)
    client.post("/accounts/profile/", {"name": WORDS})
    sign_in(client, other)
    assert client.get(UNSENT).url == "/my/"


@pytest.mark.parametrize("back", ["", "/my/"])
def test_who_signs_in_by_another_way_does_not_see_it(every_noun, people, back):
    client, (other,) = ended(every_noun.person), people(3)[2:]
    client.post("/accounts/profile/", {"name": WORDS})
    sign_in(client, other, back)
    assert KEY not in client.session and client.get(UNSENT).url == "/my/"


def test_it_waits_for_the_address_that_asked_last(every_noun, people):
    owner, (other,) = every_noun.person, people(3)[2:]
    client = ended(owner)
    client.post("/accounts/profile/", {"name": WORDS})
    ask_for_code(client, other.email, next=UNSENT)
    assert sign_in(client, owner).url == UNSENT
    assert WORDS in read(client.get(UNSENT)).text


def test_it_waits_for_an_hour(every_noun):
    client = ended(every_noun.person)
    client.post("/accounts/profile/", {"name": WORDS})
    sign_in(client, every_noun.person)
    browser_session = client.session
    browser_session[KEY]["at"] -= LIFE + 1
    browser_session.save()
    assert client.get(UNSENT).url == "/my/"


def test_what_waits_is_sealed(every_noun):
    ended(every_noun.person).post("/accounts/profile/", {"name": WORDS})
    assert all("handout" not in row.sealed for row in BrowserSession.objects.all())


# ---- what is not kept ----


@pytest.mark.parametrize("typed", [{"name": "x" * (MOST + 1)}, {"file": SimpleUploadedFile("x.txt", b"x")}])
def test_what_cannot_be_kept_is_said(every_noun, typed):
    client = ended(every_noun.person)
    page = read(client.post("/accounts/profile/", typed, follow=True))
    assert "it is more than we can keep" in page.text and KEY not in client.session


def test_a_code_of_the_second_factor_is_not_kept(every_noun):
    client = ended(every_noun.person)
    client.post("/accounts/2fa/app/", {"code": "123456"})
    assert KEY not in client.session


def test_markup_that_was_typed_is_shown_as_text(every_noun):
    client, typed = ended(every_noun.person), '<script>alert("x")</script> and </textarea>'
    client.post("/accounts/profile/", {"name": typed})
    sign_in(client, every_noun.person)
    page = read(client.get(UNSENT))
    assert page.form("Send it now").data["name"] == [typed] and page.inline_code == []


# ---- done when the code is entered ----


def test_the_one_button_is_done_when_the_code_is_entered(person, make_session):
    session, client = make_session(), ended(person)
    page = read(client.post(register_page(session), {"seat": "1"}, follow=True))
    back = session.get_absolute_url()
    assert "it is done when you enter the code." in page.text and page.form("Send me a code").data["next"] == [back]
    ask_for_code(client, person.email, next=back)
    waiting = read(client.get(CODE_PAGE, {"next": back}))
    assert f"Your registration for {session.workshop.title} is waiting for this code." in waiting.text
    assert client.post(CODE_PAGE, {"code": mailed_code(person.email), "next": back}).url == back
    assert Registration.objects.get().person == person
    assert "You’re registered for" in read(client.get(back)).text and KEY not in client.session


def test_what_the_profile_lacked_and_was_typed_is_kept(people, make_session):
    (person,) = people(1, role="")
    session, client = make_session(), ended(person)
    client.post(register_page(session), {"seat": "1", "role": "student"})
    sign_in(client, person, session.get_absolute_url())
    assert Registration.objects.get().person.role == "student"


def test_somebody_of_whom_something_is_missing_is_not_registered_unasked(people, person, make_session):
    session, client, newcomer = make_session(), ended(person), people(2, role="")[1]
    client.post(register_page(session), {"seat": "1"})
    sign_in(client, newcomer, session.get_absolute_url())
    page = read(client.get(session.get_absolute_url()))
    assert "You are signed in and not registered yet" in page.text and not Registration.objects.exists()


def test_a_session_gone_since_is_said(person, make_session, office):
    session, client = make_session(), ended(person)
    client.post(register_page(session), {"seat": "1"})
    session.cancel("The facilitator is ill.", by=office)
    sign_in(client, person, session.get_absolute_url())
    page = read(client.get(session.get_absolute_url()))
    assert "This session was cancelled. Choose another date." in page.text and not Registration.objects.exists()


def test_the_choices_for_a_program_are_kept_with_what_was_typed(every_noun):
    client, path = ended(every_noun.person), "/programs/foundations/registration/"
    client.post(path, {"needs": WORDS, "date-1": "x"})
    sign_in(client, every_noun.person)
    form = read(client.get(UNSENT)).form("Send it now")
    assert form.action == path and form.data["needs"] == [WORDS] and form.data["date-1"] == ["x"]
