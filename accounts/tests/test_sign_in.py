"""Signing in: one form, one code page, known address or new."""

import re
import statistics
import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import sign_in
from accounts.models import Person
from accounts.tasks import forget_unverified
from devtools.testing.mail_reader import read_mail
from devtools.testing.page import get, read
from devtools.testing.signing_in import CODE_PAGE, NO_SCHOOL_ADDRESS, SIGN_IN, ask_for_code, is_signed_in, mailed_code
from foundation import database_clock
from notifications.models import Notice
from notifications.outbox.claim import claim
from notifications.outbox.compose import write_mail
from registrations.models import Registration

NOT_RIGHT = "That code is not right. Check the newest email, or send a new code."


def without_token(response) -> str:
    """Return all that a page holds but its token against forgery, which is another for each browser."""
    page = read(response)
    return page.everything.replace(page.field(name="csrfmiddlewaretoken").value, "")


def another(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"


def assert_no_code_goes_out() -> None:
    """Look, as the worker does, whether the codes that wait may go; what may not is set aside and its code erased."""
    assert claim(timezone.now()) is None
    aside = Notice.objects.exclude(state=Notice.State.SENDING)
    assert {(notice.state, notice.text, str(notice.facts)) for notice in aside} == {("expired", "", "{}")}


# ---- asking for a code ----


def test_a_known_address_gets_a_code(client, person):
    response = ask_for_code(client, person.email)
    assert (response.status_code, response.url) == (302, CODE_PAGE)
    notice = Notice.objects.get()
    assert (notice.to, notice.person, notice.kind, notice.priority) == (person.email, person, "code", 0)
    mail = read_mail(write_mail(claim(timezone.now())))
    assert mail.subject == f"{mailed_code(person.email)} is your Quorum code"
    assert mailed_code(person.email) in mail.text and mailed_code(person.email) in mail.page.text
    assert timedelta(minutes=14) < notice.expires_at - timezone.now() <= timedelta(minutes=15)


def test_a_new_address_is_a_person_once_the_code_is_accepted(client, db):
    response = ask_for_code(client, "new@example.edu")
    assert (response.status_code, response.url) == (302, CODE_PAGE)
    assert not Person.objects.exists() and not EmailAddress.objects.exists()
    client.post(CODE_PAGE, {"code": mailed_code("new@example.edu")})
    person = Person.objects.get(email="new@example.edu")
    assert not person.has_usable_password()
    assert EmailAddress.objects.get(user=person).verified
    assert is_signed_in(client)


def test_the_page_after_asking_is_the_same_for_every_address(person, people):
    off = people(1, is_active=False)[0]
    pages = []
    for email in [person.email, "personx@example.edu", off.email, "quorum@example.edu"]:
        client = Client()
        ask_for_code(client, email)
        pages.append(without_token(client.get(CODE_PAGE)).replace(email, "ADDRESS"))
    assert pages.count(pages[0]) == 4


def test_the_address_counts_in_any_case_and_with_blanks_around_it(client, person):
    ask_for_code(client, f"  {person.email.upper()} ")
    assert Notice.objects.get().person == person
    assert Person.objects.filter(email__iexact=person.email).count() == 1


def test_somebody_who_is_switched_off_gets_no_code(client, people):
    off = people(1, is_active=False)[0]
    assert ask_for_code(client, off.email).url == CODE_PAGE
    assert_no_code_goes_out()
    assert client.post(CODE_PAGE, {"code": ""}, follow=True).status_code == 422
    assert NOT_RIGHT in read(client.post(CODE_PAGE, {"code": "000000"}, follow=True)).text
    assert not is_signed_in(client)


def test_the_rule_cannot_sign_in(client, db, settings):
    rule = Person.objects.rule()
    assert ask_for_code(client, rule.email).status_code == 422
    settings.SIGNUP_EMAIL_DOMAINS = ["rule.invalid"]
    assert ask_for_code(client, rule.email).url == CODE_PAGE
    assert_no_code_goes_out()


@pytest.mark.parametrize(
    "email", ["me@gmail.example", "me@example.edu.evil.example", "me@sub.example.edu", "a@EXAMPLE.EDU.xyz"]
)
def test_another_domain_is_refused_and_stays_typed(client, db, email):
    response = ask_for_code(client, email)
    assert response.status_code == 422
    assert NO_SCHOOL_ADDRESS in read(response).text
    assert read(response).field("Work or school email").value == email
    assert not Person.objects.exists() and not Notice.objects.exists()


def test_somebody_of_the_office_may_have_an_address_elsewhere(client, db):
    office = Person.objects.create_user("desk@partner.example", is_staff=True)
    Person.objects.create_user("guest@partner.example")
    assert ask_for_code(client, office.email).url == CODE_PAGE
    assert Notice.objects.get().to == office.email


@pytest.mark.parametrize("email", ["guest@partner.example", "nobody@partner.example"])
def test_a_domain_does_not_tell_which_addresses_are_of_the_office(client, db, email):
    Person.objects.create_user("desk@partner.example", is_staff=True)
    Person.objects.create_user("guest@partner.example")
    known, asked = Client(), client
    answers = [ask_for_code(known, "desk@partner.example"), ask_for_code(asked, email)]
    assert [(one.status_code, one.url) for one in answers] == [(302, CODE_PAGE)] * 2
    first, second = (without_token(browser.get(CODE_PAGE)) for browser in (known, asked))
    assert first.replace("desk@partner.example", email) == second
    assert claim(timezone.now()).to == "desk@partner.example"
    assert_no_code_goes_out()
    assert Person.objects.filter(email__endswith="@partner.example").count() == 2
    assert asked.post(CODE_PAGE, {"code": "123456"}, follow=True).status_code == 422
    # Nor does the code itself: nobody was sent it.
    kept = asked.session["account_login"]["state"]["stages"]["login_by_code"]["data"]
    assert asked.post(CODE_PAGE, {"code": kept["code"]}, follow=True).status_code == 422
    assert not is_signed_in(asked)


@pytest.mark.parametrize("email", ["x@other.example", "x@desk.example", "x@artner.example", "desk@partner.example.org"])
def test_a_domain_nobody_of_the_office_has_is_still_refused(client, db, email):
    Person.objects.create_user("desk@partner.example", is_staff=True)
    assert ask_for_code(client, email).status_code == 422


@pytest.mark.parametrize(
    "email",
    ["", "nobody", "a@b", "a b@example.edu", "a@example.edu\r\nBcc: x@example.edu", "a\0@example.edu", "ı@example.edu"]
    + ["<script>alert(1)</script>@example.edu", "a" * 10_000 + "@example.edu", "🙂@example.edu", "\u212a@example.edu"],
)
def test_what_is_no_address_is_refused_and_stays_typed(client, db, email):
    response = ask_for_code(client, email)
    assert response.status_code == 422
    assert "Enter your work or school email address, like name@example.edu" in read(response).text
    assert read(response).inline_code == []
    assert not Person.objects.exists() and not Notice.objects.exists()


def test_the_fourth_code_within_a_minute_is_refused(client, person):
    for _ in range(3):
        assert ask_for_code(client, person.email).status_code == 302
    response = ask_for_code(client, person.email)
    assert response.status_code == 429
    assert "That was a lot of codes in a short time." in read(response).text
    assert Notice.objects.count() == 3


@pytest.mark.parametrize(("key", "allowed", "seconds"), [("", 100, 60), ("one", 10, 3600)])
def test_codes_are_asked_for_so_often_and_no_more(rf, db, monkeypatch, key, allowed, seconds):
    request, now, asked = rf.post(SIGN_IN), database_clock.now(), []
    for number in range(allowed + 1):
        at = now + timedelta(seconds=(seconds - 1) * number / allowed)
        monkeypatch.setattr(database_clock, "now", lambda at=at: at)
        asked.append(sign_in.may_send(request, key or str(number)))
    assert asked == [True] * allowed + [False]


def test_two_first_codes_make_one_person(db):
    for email in ["new@example.edu", "NEW@example.edu"]:
        client = Client()
        ask_for_code(client, email)
        client.post(CODE_PAGE, {"code": mailed_code("new@example.edu")})
        assert is_signed_in(client)
    assert Person.objects.count() == 1


def test_a_post_without_csrf_is_refused(db):
    response = Client(enforce_csrf_checks=True).post(SIGN_IN, {"email": "new@example.edu"})
    assert response.status_code == 403
    assert not Person.objects.exists()


def test_a_code_from_a_second_tab_leads_on(person):
    browser = Client(enforce_csrf_checks=True)

    def token(path: str) -> dict:
        return {"csrfmiddlewaretoken": get(browser, path).field(name="csrfmiddlewaretoken").value}

    ask_for_code(browser, person.email, **token(SIGN_IN))
    both_tabs = token(CODE_PAGE) | {"code": mailed_code(person.email), "next": "/workshops/"}
    assert browser.post(CODE_PAGE, both_tabs).status_code == 302
    for next_url, way_on in [("/workshops/", "/workshops/"), ("https://evil.example/", "/my/"), ("", "/my/")]:
        response = browser.post(CODE_PAGE, both_tabs | {"next": next_url})
        assert response.status_code == 403
        assert "You are signed in already." in read(response).text
        assert read(response).link("Go on") == way_on
    other = browser.post("/accounts/profile/", both_tabs)
    assert other.status_code == 403 and "That form was open too long." in read(other).text


# ---- known or not, the same work ----


def work_of(act) -> list[tuple[str, str]]:
    """Return the statements that `act` sends to the database: what each does, and to which table."""
    with CaptureQueriesContext(connection) as asked:
        act()
    statements = [query["sql"] for query in asked.captured_queries]
    return [(sql.split()[0], "".join(re.findall(r'(?:FROM|INTO|UPDATE) "(\w+)"', sql)[:1])) for sql in statements]


def one_asks_first() -> None:
    """Ask and guess once: the throttle by client begins with the first, whatever the address."""
    client = Client()
    ask_for_code(client, "first@example.edu")
    client.post(CODE_PAGE, {"code": "x"})


@pytest.fixture
def addresses(people) -> list[str]:
    """An address of a person, a new one, and one of a person who is switched off."""
    known, off = people(2)
    Person.objects.filter(pk=off.pk).update(is_active=False)
    return [known.email, "personx@example.edu", off.email]


def test_every_address_costs_the_same_statements(addresses):
    one_asks_first()
    asking, guessing = set(), set()
    for email in addresses:
        client = Client()
        asking.add(tuple(work_of(lambda client=client, email=email: ask_for_code(client, email))))
        guessing.add(tuple(work_of(lambda client=client: client.post(CODE_PAGE, {"code": "x"}))))
    assert (len(asking), len(guessing)) == (1, 1)


@pytest.mark.parametrize("email", ["desk@partner.example", "guest@partner.example"])
def test_the_office_and_others_of_its_domain_cost_the_same(db, email):
    Person.objects.create_user("desk@partner.example", is_staff=True)
    one_asks_first()
    asked = work_of(lambda: ask_for_code(Client(), email))
    assert asked == work_of(lambda: ask_for_code(Client(), "nobody@partner.example"))


def test_every_address_is_answered_in_the_same_time(person, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"request_login_code": "999/m/ip,999/m/key"}
    took = {person.email: [], "personx@example.edu": []}
    for _ in range(15):
        for email, times in took.items():
            client, began = Client(), time.perf_counter()
            ask_for_code(client, email)
            times.append(time.perf_counter() - began)
    known, new = (statistics.median(times) for times in took.values())
    assert 0.5 < known / new < 2


# ---- entering it ----


@pytest.mark.parametrize("shape", ["{}", " {} ", "{}\n", "{}\u00a0"])
def test_the_code_signs_in_with_its_blanks_and_without(client, person, shape):
    ask_for_code(client, person.email)
    code = mailed_code(person.email)
    response = client.post(CODE_PAGE, {"code": shape.format(code)})
    assert (response.status_code, response.url) == (302, "/my/")
    assert is_signed_in(client)


def test_a_code_without_blanks_or_with_a_dash_signs_in(person):
    for between in ["", "-"]:
        client = Client()
        ask_for_code(client, person.email)
        client.post(CODE_PAGE, {"code": mailed_code(person.email).replace(" ", between)})
        assert is_signed_in(client)


def test_the_accepted_code_verifies_the_address(client, db):
    ask_for_code(client, "new@example.edu")
    client.post(CODE_PAGE, {"code": mailed_code("new@example.edu")})
    assert EmailAddress.objects.get(email="new@example.edu").verified


def test_a_wrong_code_is_refused_and_stays_typed(client, person):
    ask_for_code(client, person.email)
    wrong = another(mailed_code(person.email))
    response = client.post(CODE_PAGE, {"code": wrong}, follow=True)
    assert response.status_code == 422
    assert NOT_RIGHT in read(response).text
    assert read(response).field("Code").value == wrong
    assert not is_signed_in(client)
    assert not EmailAddress.objects.exists()


def test_a_wrong_code_leads_to_a_page_that_can_be_loaded_again(client, person):
    ask_for_code(client, person.email)
    code = mailed_code(person.email)
    response = client.post(CODE_PAGE, {"code": another(code), "next": "/workshops/"})
    assert (response.status_code, response.url) == (302, f"{CODE_PAGE}?next=%2Fworkshops%2F")
    for _ in range(9):
        page = read(client.get(response.url))
        assert page.status == 422 and NOT_RIGHT in page.text and page.field("Code").value == another(code)
    assert client.post(CODE_PAGE, {"code": code, "next": "/workshops/"}).url == "/workshops/"
    assert client.get(response.url).url == "/workshops/"


def test_the_code_has_the_focus_before_and_after_a_wrong_one(client, person):
    ask_for_code(client, person.email)
    for page in (client.get(CODE_PAGE), client.post(CODE_PAGE, {"code": "x"}, follow=True)):
        assert "autofocus" in read(page).field("Code").attributes


@pytest.mark.parametrize("code", ["", "\0", "123", "１２３４５６", "x" * 10_000, "<script>alert(1)</script>", "🙂"])
def test_what_is_no_code_is_refused(client, person, code):
    ask_for_code(client, person.email)
    response = client.post(CODE_PAGE, {"code": code}, follow=True)
    assert response.status_code == 422
    assert read(response).inline_code == []
    assert not is_signed_in(client)


def test_the_fifth_wrong_code_ends_it_and_the_right_one_is_worthless(client, person):
    ask_for_code(client, person.email)
    code = mailed_code(person.email)
    for _ in range(4):
        assert client.post(CODE_PAGE, {"code": another(code)}, follow=True).status_code == 422
    response = client.post(CODE_PAGE, {"code": another(code)})
    assert response.status_code == 429
    assert "That was too many tries" in read(response).text
    assert read(response).field("Work or school email").value == person.email
    late = client.post(CODE_PAGE, {"code": code}, follow=True)
    assert late.status_code == 429 and "That was too many tries" in read(late).text
    assert not is_signed_in(client)


def test_a_code_asked_for_after_too_many_tries_has_tries_of_its_own(client, person):
    ask_for_code(client, person.email)
    for _ in range(5):
        client.post(CODE_PAGE, {"code": another(mailed_code(person.email))})
    ask_for_code(client, person.email)
    assert client.post(CODE_PAGE, {"code": another(mailed_code(person.email))}, follow=True).status_code == 422
    client.post(CODE_PAGE, {"code": mailed_code(person.email)})
    assert is_signed_in(client)


def test_an_empty_code_is_no_try(client, person):
    ask_for_code(client, person.email)
    for _ in range(9):
        assert client.post(CODE_PAGE, {"code": " "}, follow=True).status_code == 422
    client.post(CODE_PAGE, {"code": mailed_code(person.email)})
    assert is_signed_in(client)


def test_one_address_makes_twenty_wrong_guesses_a_minute(people):
    for person in people(5):
        client = Client()
        ask_for_code(client, person.email)
        code = mailed_code(person.email)
        answers = [client.post(CODE_PAGE, {"code": another(code)}, follow=True).status_code for _ in range(4)]
    assert answers == [422, 422, 422, 422]
    assert client.post(CODE_PAGE, {"code": another(code)}).status_code == 429


def test_a_code_is_good_for_fifteen_minutes(client, person, monkeypatch):
    ask_for_code(client, person.email)
    code, asked_at = mailed_code(person.email), time.time()
    monkeypatch.setattr(time, "time", lambda: asked_at + 15 * 60 + 5)
    response = client.post(CODE_PAGE, {"code": code, "next": "/workshops/"})
    assert response.status_code == 422
    assert "That code has expired. We can send a new one." in read(response).text
    again = read(response).form("Send me a code").data
    assert (again["email"], again["next"]) == ([person.email], ["/workshops/"])
    assert not is_signed_in(client)


def test_a_used_code_is_worthless(client, person):
    ask_for_code(client, person.email)
    code = mailed_code(person.email)
    client.post(CODE_PAGE, {"code": code})
    client.post("/accounts/logout/")
    response = client.post(CODE_PAGE, {"code": code}, follow=True)
    assert response.status_code == 422
    assert "That code has expired. We can send a new one." in read(response).text
    assert not is_signed_in(client)


def test_a_second_click_finds_the_person_signed_in(client, person):
    ask_for_code(client, person.email)
    code = mailed_code(person.email)
    client.post(CODE_PAGE, {"code": code, "next": "/workshops/"})
    response = client.post(CODE_PAGE, {"code": code, "next": "/workshops/"})
    assert (response.status_code, response.url) == (302, "/workshops/")


def test_a_code_works_only_in_the_browser_that_asked_for_it(client, person):
    ask_for_code(client, person.email)
    stranger = Client()
    ask_for_code(stranger, "new@example.edu")
    assert stranger.post(CODE_PAGE, {"code": mailed_code(person.email)}, follow=True).status_code == 422
    assert not is_signed_in(stranger)


def test_only_the_newest_code_works(client, person):
    ask_for_code(client, person.email)
    first = mailed_code(person.email)
    assert (
        client.post(CODE_PAGE, {"action": "resend", "next": "/workshops/"}).url == f"{CODE_PAGE}?next=%2Fworkshops%2F"
    )
    newest = mailed_code(person.email)
    assert Notice.objects.count() == 2
    if first != newest:
        assert client.post(CODE_PAGE, {"code": first}, follow=True).status_code == 422
    client.post(CODE_PAGE, {"code": newest})
    assert is_signed_in(client)


def test_a_new_code_lives_fifteen_minutes_of_its_own(client, person, monkeypatch):
    ask_for_code(client, person.email)
    asked_at = time.time()
    monkeypatch.setattr(time, "time", lambda: asked_at + 14 * 60)
    client.post(CODE_PAGE, {"action": "resend"})
    monkeypatch.setattr(time, "time", lambda: asked_at + 28 * 60)
    client.post(CODE_PAGE, {"code": mailed_code(person.email)})
    assert is_signed_in(client)


def test_new_codes_do_not_give_new_tries(client, person):
    ask_for_code(client, person.email)
    for _ in range(4):
        client.post(CODE_PAGE, {"code": another(mailed_code(person.email))})
    client.post(CODE_PAGE, {"action": "resend"})
    assert client.post(CODE_PAGE, {"code": another(mailed_code(person.email))}).status_code == 429


def test_five_new_codes_are_sent_and_no_sixth(client, person, monkeypatch):
    ask_for_code(client, person.email)
    asked_at = database_clock.now()
    for number in range(1, 6):
        at = asked_at + timedelta(seconds=61 * number)
        monkeypatch.setattr(database_clock, "now", lambda at=at: at)
        client.post(CODE_PAGE, {"action": "resend"})
    assert "Send a new code" not in read(client.get(CODE_PAGE)).everything
    assert client.post(CODE_PAGE, {"action": "resend"}, follow=True).status_code == 422
    assert Notice.objects.count() == 6


def test_sending_again_counts_like_asking(client, person):
    ask_for_code(client, person.email)
    for _ in range(2):
        assert client.post(CODE_PAGE, {"action": "resend"}).status_code == 302
    refused = client.post(CODE_PAGE, {"action": "resend"})
    assert refused.status_code == 429
    assert "That was a lot of codes in a short time." in read(refused).text
    assert ask_for_code(Client(), person.email).status_code == 429
    client.post(CODE_PAGE, {"code": mailed_code(person.email)})
    assert is_signed_in(client)


def test_what_was_asked_for_before_is_worthless(client, person):
    ask_for_code(client, person.email)
    before = client.cookies["sessionid"].value
    first = mailed_code(person.email)
    ask_for_code(client, person.email)
    other_tab = Client()
    other_tab.cookies["sessionid"] = before
    assert other_tab.get(CODE_PAGE).url == SIGN_IN
    assert other_tab.post(CODE_PAGE, {"code": first}, follow=True).status_code == 422
    assert not is_signed_in(other_tab)


def test_a_different_address_can_be_used(client, person):
    ask_for_code(client, "typo@example.edu")
    assert "/accounts/login/" in read(client.get(CODE_PAGE)).addresses
    assert client.get(SIGN_IN).status_code == 200
    ask_for_code(client, person.email)
    client.post(CODE_PAGE, {"code": mailed_code(person.email)})
    assert client.session["_auth_user_id"] == str(person.pk)


def test_somebody_switched_off_since_does_not_get_in(client, person):
    ask_for_code(client, person.email)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    response = client.post(CODE_PAGE, {"code": mailed_code(person.email)}, follow=True)
    assert response.status_code == 403
    assert "This account is switched off" in read(response).text
    assert not is_signed_in(client)


def test_the_code_page_without_a_code_asked_for_leads_to_the_form(client, db):
    assert client.get(CODE_PAGE).url == SIGN_IN
    assert client.post(CODE_PAGE, {"code": "123456"}, follow=True).status_code == 422


# ---- where it leads ----


def test_next_leads_to_our_own_page(client, person):
    following = read(client.get(SIGN_IN + "?next=/workshops/")).form("Send me a code").data["next"]
    assert following == ["/workshops/"]
    assert ask_for_code(client, person.email, next="/workshops/").url == CODE_PAGE + "?next=%2Fworkshops%2F"
    response = client.post(CODE_PAGE, {"code": mailed_code(person.email), "next": "/workshops/"})
    assert response.url == "/workshops/"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http://localhost/x"],
)
def test_next_to_another_host_is_dropped(client, person, target):
    assert ask_for_code(client, person.email, next=target).url == CODE_PAGE
    response = client.post(CODE_PAGE, {"code": mailed_code(person.email), "next": target})
    assert response.url == "/my/"
    assert client.get(SIGN_IN, {"next": target}).url == "/my/"
    assert client.post("/accounts/logout/", {"next": target}).url == "/"


def test_next_to_our_host_without_encryption_is_dropped(client, person):
    target = "http://testserver/workshops/"
    assert client.post(SIGN_IN, {"email": person.email, "next": target}, secure=True).url == CODE_PAGE


@pytest.mark.parametrize(("target", "kept"), [("https://evil.example/", ""), ("/workshops/", "/workshops/")])
def test_starting_again_keeps_only_our_own_next(client, db, target, kept):
    page = read(client.post(CODE_PAGE, {"code": "123456", "next": target}))
    assert "evil.example" not in page.everything
    assert page.form("Send me a code").data.get("next", []) == [kept] * bool(kept)


def test_signing_out_takes_a_post(client, person):
    client.force_login(person)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    assert client.post("/accounts/logout/").url == "/"
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "path",
    ["signup/", "password/reset/", "password/change/", "password/set/", "email/", "confirm-email/", "reauthenticate/"]
    + ["login/code/confirm/", "3rdparty/", "confirm-email/x:y/", "2fa/webauthn/login/", ""],
)
def test_the_rest_of_allauth_is_not_served(client, person, path):
    client.force_login(person)
    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}", {"email": "x@example.edu", "password": "x"}).status_code == 404


def test_a_password_does_not_sign_in(client, person):
    person.set_password("correct horse battery staple")
    person.save()
    response = client.post(SIGN_IN, {"login": person.email, "password": "correct horse battery staple"})
    assert response.status_code == 422
    assert not is_signed_in(client)


# ---- when mail is down ----


def spare_code(email: str, capsys) -> str:
    call_command("login_code", email)
    return capsys.readouterr().out.strip()


def test_login_code_prints_a_code_that_signs_in_once(client, person, capsys):
    ask_for_code(client, person.email)
    code = spare_code(person.email.upper(), capsys)
    assert re.fullmatch(r"\d{3} \d{3}", code)
    assert client.post(CODE_PAGE, {"code": code}).url == "/my/"
    other = Client()
    ask_for_code(other, person.email)
    assert other.post(CODE_PAGE, {"code": code}, follow=True).status_code == 422


def test_a_printed_code_is_for_one_person_only(client, people, capsys):
    one, other = people(2)
    ask_for_code(client, other.email)
    assert client.post(CODE_PAGE, {"code": spare_code(one.email, capsys)}, follow=True).status_code == 422


def test_a_printed_code_lasts_fifteen_minutes(client, person, capsys, monkeypatch):
    code = spare_code(person.email, capsys)
    later = time.time() + 15 * 60 + 5
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(
        "django.core.cache.backends.db.tz_now", lambda: timezone.now() + timedelta(minutes=15, seconds=5)
    )
    ask_for_code(client, person.email)
    assert client.post(CODE_PAGE, {"code": code}, follow=True).status_code == 422


def test_login_code_refuses_who_is_unknown_or_switched_off(people):
    with pytest.raises(CommandError, match="is at none of SIGNUP_EMAIL_DOMAINS, and nobody of the office has it"):
        call_command("login_code", people(1, email="guest@gmail.example")[0].email)
    with pytest.raises(CommandError, match="switched off"):
        call_command("login_code", people(1, is_active=False)[0].email)


def test_login_code_signs_in_a_person_who_is_new(client, db, capsys):
    ask_for_code(client, "new@example.edu")
    client.post(CODE_PAGE, {"code": spare_code("new@example.edu", capsys)})
    assert is_signed_in(client)


# ---- addresses that were never verified ----


def unverified(email: str) -> Person:
    """Make an account as it was made before a code was accepted, or as a sign-in leaves behind that broke off."""
    person = Person.objects.create_user(email)
    EmailAddress.objects.create(user=person, email=email)
    return person


def test_a_person_never_verified_is_forgotten_after_a_day(db):
    unverified("new@example.edu")
    Person.objects.update(created_at=timezone.now() - timedelta(hours=23, minutes=59))
    forget_unverified()
    assert Person.objects.count() == 1
    Person.objects.update(created_at=timezone.now() - timedelta(hours=24))
    forget_unverified()
    assert Person.objects.count() == 0


@pytest.mark.parametrize(
    "kept_by",
    [
        {"name": "Ada"},
        {"role": "staff"},
        {"is_staff": True},
        {"is_active": False},
        {"last_login": timezone.now()},
        {"created_at": timezone.now()},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_somebody_who_is_more_than_an_address_is_kept(db, kept_by):
    unverified("new@example.edu")
    Person.objects.update(**{"created_at": timezone.now() - timedelta(days=2)} | kept_by)
    forget_unverified()
    assert Person.objects.count() == 1


def test_a_verified_address_or_the_office_keeps_a_person(people):
    verified = unverified("new@example.edu")
    EmailAddress.objects.create(user=verified, email="other@example.edu", verified=True)
    people(1, name="", role="")
    Person.objects.update(created_at=timezone.now() - timedelta(days=2))
    forget_unverified()
    assert Person.objects.count() == 2


def test_verified_registered_and_office_people_are_kept(client, person, people, make_session, office):
    long_ago = timezone.now() - timedelta(days=30)
    ask_for_code(client, "verified@example.edu")
    client.post(CODE_PAGE, {"code": mailed_code("verified@example.edu")})
    (registered,) = people(1, name="", role="")
    Registration.objects.register(registered, make_session())
    EmailAddress.objects.create(user=registered, email=registered.email)
    Person.objects.update(created_at=long_ago)
    before = set(Person.objects.values_list("email", flat=True))
    forget_unverified()
    assert set(Person.objects.values_list("email", flat=True)) == before


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Person9@Example.EDU ", "person9@example.edu"),
        ("person9\u200b@exam\u00adple.edu\ufeff", "person9@example.edu"),
        ("\u202aperson9@example.edu\u202c", "person9@example.edu"),
        ("person9@Bücher.example", "person9@xn--bcher-kva.example"),
    ],
)
def test_every_spelling_of_an_address_is_one_person(client, db, settings, typed, stored):
    settings.SIGNUP_EMAIL_DOMAINS = ["example.edu", "xn--bcher-kva.example"]
    for address in (typed, stored):
        assert ask_for_code(client, address).url == CODE_PAGE
        client.post(CODE_PAGE, {"code": mailed_code(stored)})
        client.logout()
    assert Person.objects.get().email == stored
    assert {notice.to for notice in Notice.objects.all()} == {stored}


@pytest.mark.parametrize("typed", ['"kai kim"@example.edu', "a" * 65 + "@example.edu", "=?utf-8?q?kim?=@example.edu"])
def test_an_address_that_cannot_be_invited_is_refused(client, db, typed):
    response = ask_for_code(client, typed)
    assert response.status_code == 422
    assert "Enter your work or school email address, like name@example.edu" in read(response).text
    assert not Person.objects.exists()
