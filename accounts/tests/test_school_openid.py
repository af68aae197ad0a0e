"""Signing in by the school’s OpenID provider: a provider of its own runs beside the portal."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.forms import CODES_OFF
from accounts.models import Campus, Person, SchoolRecord, Unit, UnitName
from devtools.testing.page import read
from devtools.testing.school import OPENID, another_key, long_ago
from devtools.testing.signing_in import CODE_PAGE, ask_for_code, is_signed_in, mailed_code

ANSWER = "/accounts/school/openid/answer/"
ADA = {"email": "ada@example.edu", "email_verified": True, "name": "Ada Lovelace"}


def log_of(person: Person) -> list[str]:
    return [entry.change_message for entry in LogEntry.objects.filter(object_id=person.pk).order_by("pk")]


def assert_refused(answer, client, words: str, status: int = 403) -> None:
    """Look that nobody is signed in, and that a page of ours says why."""
    assert answer.status_code == status
    page = read(answer)
    assert page.title.startswith("Nobody is signed in")
    assert words in page.text
    assert not is_signed_in(client)


# ---- the way in ----


def test_the_first_sign_in_makes_a_person_whom_the_school_describes(client, db, openid_provider):
    unit, campus = Unit.objects.create(name="Pediatrics"), Campus.objects.create(name="North")
    openid_provider.knows(
        "ada-1", **ADA, eduperson_scoped_affiliation=["member@x.edu", "Faculty@x.edu"], ou="pediatrics", l=["North"]
    )
    answer = openid_provider.sign_in(client, "ada-1", next_url="/accounts/profile/")
    assert answer.status_code == 302, read(answer).text
    assert answer.url == "/accounts/profile/"
    assert is_signed_in(client)
    person = Person.objects.get(email="ada@example.edu")
    assert (person.name, person.role, person.unit, person.campus) == ("Ada Lovelace", "faculty", unit, campus)
    assert not person.has_usable_password() and not person.is_staff
    account = SocialAccount.objects.get()
    assert (account.user, account.provider, account.uid, account.extra_data) == (person, "openid", "ada-1", {})
    assert log_of(person) == [
        "Name by the school’s sign-in: Ada Lovelace.",
        "Role by the school’s sign-in: Faculty.",
        "Unit by the school’s sign-in: Pediatrics.",
        "Campus by the school’s sign-in: North.",
    ]


def test_each_sign_in_takes_what_the_school_says_now(client, db, openid_provider):
    surgery, pediatrics = Unit.objects.create(name="Surgery"), Unit.objects.create(name="Pediatrics")
    openid_provider.knows("ada-2", **ADA, eduperson_affiliation="staff", ou="Pediatrics")
    openid_provider.sign_in(client, "ada-2")
    person = Person.objects.get(email="ada@example.edu")
    assert (person.role, person.unit) == ("staff", pediatrics)
    openid_provider.knows(
        "ada-2", **ADA | {"name": "Ada King"}, eduperson_affiliation=["student", "faculty"], ou="Surgery"
    )
    openid_provider.sign_in(Client(), "ada-2")
    person.refresh_from_db()
    assert (person.name, person.role, person.unit) == ("Ada King", "faculty", surgery)
    assert log_of(person)[3:] == [
        "Name by the school’s sign-in: from Ada Lovelace to Ada King.",
        "Role by the school’s sign-in: from Staff to Faculty.",
        "Unit by the school’s sign-in: from Pediatrics to Surgery.",
    ]


def test_a_sign_in_that_says_nothing_new_is_not_on_record(client, db, openid_provider):
    openid_provider.knows("ada-3", **ADA, eduperson_affiliation="staff")
    openid_provider.sign_in(client, "ada-3")
    person = Person.objects.get(email="ada@example.edu")
    before = log_of(person)
    openid_provider.sign_in(Client(), "ada-3")
    assert log_of(person) == before


def test_the_portal_proves_that_it_began_the_sign_in(client, db, openid_provider):
    openid_provider.knows("ada-4", **ADA)
    openid_provider.sign_in(client, "ada-4", scope="admin", auth_params="prompt=none", process="connect")
    asked = parse_qs(urlsplit(openid_provider.asked[0]).query)
    assert set(asked) == {
        "client_id",
        "redirect_uri",
        "scope",
        "response_type",
        "state",
        "code_challenge",
        "code_challenge_method",
    }
    assert asked["code_challenge_method"] == ["S256"] and set(asked["scope"][0].split()) == {
        "openid",
        "profile",
        "email",
    }
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_sign_in_never_leads_to_another_site(client, db, openid_provider, elsewhere):
    openid_provider.knows("ada-5", **ADA)
    assert openid_provider.sign_in(client, "ada-5", next_url=elsewhere).url == "/my/"


def test_without_a_provider_there_is_no_page(client, db):
    assert client.get(OPENID).status_code == client.get(ANSWER).status_code == 404


# ---- answers that are not right ----


@pytest.mark.parametrize(
    "claims",
    [
        {"key": "another"},
        long_ago(),
        {"aud": "another portal"},
        {"iss": "https://another.example.edu"},
        {"exp": None},
        {"sub": None},
    ],
    ids=["signature", "expired", "audience", "issuer", "endless", "nobody"],
)
def test_a_token_that_is_not_right_signs_nobody_in(client, db, openid_provider, claims):
    claims = claims | ({"key": another_key()} if claims.get("key") else {})
    openid_provider.knows("ada-6", **ADA)
    back = openid_provider.come_back(client, "ada-6")
    with openid_provider.token(**claims):
        assert_refused(client.get(back), client, "an answer that we cannot trust")
    assert not Person.objects.exists()


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_anybody_can_sign_signs_nobody_in(client, db, openid_provider, algorithm):
    openid_provider.knows("ada-7", **ADA)
    back = openid_provider.come_back(client, "ada-7")
    with openid_provider.forged(algorithm):
        assert_refused(client.get(back), client, "an answer that we cannot trust")


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, {"access_token": 1}, {"access_token": "x", "id_token": 7}, {"access_token": "x", "expires_in": []}],
)
@pytest.mark.parametrize("path", ["/oauth2/token", "/userinfo", "/jwks", "/.well-known/openid-configuration"])
def test_a_provider_that_answers_anything_is_answered_by_a_page(client, db, openid_provider, path, answer):
    openid_provider.knows("ada-8", **ADA)
    back = openid_provider.come_back(client, "ada-8")
    with openid_provider.tampering(lambda asked, right: answer if asked == path else right):
        response = client.get(back)
    assert response.status_code in (403, 503)
    assert read(response).title.startswith("Nobody is signed in")
    assert not is_signed_in(client)


def test_what_is_said_of_somebody_else_is_not_taken(client, db, openid_provider):
    openid_provider.knows("ada-9", **ADA)
    back = openid_provider.come_back(client, "ada-9")
    with openid_provider.tampering(lambda path, right: right | ({"sub": "eve"} if path == "/userinfo" else {})):
        assert_refused(client.get(back), client, "an answer that we cannot trust")


def test_an_answer_signs_in_once_and_only_the_browser_that_asked(client, db, openid_provider):
    openid_provider.knows("ada-10", **ADA)
    back = openid_provider.come_back(client, "ada-10")
    other = Client()
    assert_refused(other.get(back), other, "or was begun in another browser", 400)
    assert client.get(back).status_code == 302
    client.logout()
    assert_refused(client.get(back), client, "or was begun in another browser", 400)


def test_an_issuer_that_ends_in_a_slash_is_the_one_that_was_set(client, db, openid_provider):
    openid_provider.knows("ada-12", **ADA)
    with_slash = openid_provider.issuer + "/"
    with openid_provider.token(iss=with_slash):
        of_the_token = openid_provider.tamper

        def tamper(path, answer):
            return of_the_token(path, answer | ({"issuer": with_slash} if "issuer" in answer else {}))

        with openid_provider.tampering(tamper):
            assert openid_provider.sign_in(client, "ada-12").status_code == 302
    assert is_signed_in(client)


@pytest.mark.parametrize("query", ["", "?state=", "?state=x&code=y", "?error=access_denied"])
def test_an_answer_out_of_nowhere_is_answered_by_a_page(client, db, openid_provider, query):
    assert_refused(client.get(ANSWER + query), client, "Begin once more", 400)


def test_a_person_who_stops_at_the_provider_is_told_so(client, db, openid_provider):
    assert_refused(client.get(openid_provider.come_back(client, "ada-11", deny=True)), client, "You stopped before")


def test_a_provider_that_is_away_is_said_to_be(client, db, openid_provider, settings):
    settings.OPENID_URL = "http://127.0.0.1:9"
    assert_refused(client.get(OPENID), client, "does not answer at the moment", 503)


# ---- joining ----


def test_an_account_is_joined_by_a_verified_address(client, person, openid_provider):
    openid_provider.knows("p-1", email=person.email.upper(), email_verified=True)
    openid_provider.sign_in(client, "p-1")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert Person.objects.count() == 1 and SocialAccount.objects.get().user == person


@pytest.mark.parametrize("verified", [{}, {"email_verified": False}, {"email_verified": "no"}, {"email_verified": 1.5}])
def test_an_address_that_is_not_verified_joins_nothing(client, person, openid_provider, verified):
    openid_provider.knows("p-2", email=person.email, **verified)
    assert_refused(openid_provider.sign_in(client, "p-2"), client, "has not verified your email address")
    assert not SocialAccount.objects.exists()


def test_a_school_that_vouches_for_its_domain_need_not_verify(client, person, openid_provider, settings):
    settings.SCHOOL_VOUCHES_FOR = ["example.edu"]
    openid_provider.knows("p-3", email=person.email)
    openid_provider.sign_in(client, "p-3")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_an_address_given_to_somebody_else_does_not_open_the_old_account(client, person, openid_provider):
    openid_provider.knows("p-4", email=person.email, email_verified=True)
    openid_provider.sign_in(client, "p-4")
    openid_provider.knows("p-5", email=person.email, email_verified=True, name="Somebody Else")
    stranger = Client()
    assert_refused(openid_provider.sign_in(stranger, "p-5"), stranger, "used by somebody else")
    assert Person.objects.get().name == person.name


def test_a_person_keeps_their_account_when_the_school_changes_the_address(client, person, openid_provider):
    openid_provider.knows("p-6", email=person.email, email_verified=True)
    openid_provider.sign_in(client, "p-6")
    openid_provider.knows("p-6", email="married@example.edu", email_verified=True)
    again = Client()
    openid_provider.sign_in(again, "p-6")
    assert again.session["_auth_user_id"] == str(person.pk)
    assert Person.objects.get().email == person.email


@pytest.mark.parametrize(
    "address", [{}, {"email": ""}, {"email": None}, {"email": 7}, {"email": "ada"}, {"email": {"a": "b"}}]
)
def test_a_provider_without_an_address_says_so(client, db, openid_provider, address):
    openid_provider.knows("p-7", email_verified=True, **address)
    assert_refused(openid_provider.sign_in(client, "p-7"), client, "did not tell us an email address")


def test_of_two_addresses_the_one_with_an_account_counts(client, person, openid_provider, settings):
    settings.SCHOOL_VOUCHES_FOR = ["example.edu"]
    openid_provider.knows("p-8", email=["new.name@example.edu", person.email])
    openid_provider.sign_in(client, "p-8")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_two_addresses_are_not_both_verified_by_one_word(client, person, openid_provider):
    openid_provider.knows("p-9", email=["eve@example.edu", person.email], email_verified=True)
    assert_refused(openid_provider.sign_in(client, "p-9"), client, "has not verified your email address")


def test_an_address_of_another_place_has_no_access(client, db, openid_provider):
    openid_provider.knows("p-10", email="ada@elsewhere.example", email_verified=True)
    assert_refused(openid_provider.sign_in(client, "p-10"), client, "an address that has no access here")
    assert not Person.objects.exists()


def test_a_person_who_is_switched_off_stays_out(client, people, openid_provider):
    off = people(1, is_active=False)[0]
    openid_provider.knows("p-11", email=off.email, email_verified=True, name="Another Name")
    assert openid_provider.sign_in(client, "p-11").url == "/accounts/inactive/"
    assert not is_signed_in(client)
    assert Person.objects.get().name == off.name


# ---- what the school says ----


def test_a_unit_that_nobody_knows_waits_for_the_office(client, person, office, openid_provider):
    openid_provider.knows("u-1", email=person.email, email_verified=True, ou="Dept of  Nephrology")
    openid_provider.sign_in(client, "u-1")
    assert not Unit.objects.exists()
    words = UnitName.objects.get()
    assert (words.words, words.unit) == ("Dept of Nephrology", None)
    medicine = Unit.objects.create(name="Medicine")
    assert words.stand_for(medicine, by=office) == 1
    person.refresh_from_db()
    assert person.unit == medicine
    openid_provider.sign_in(Client(), "u-1")
    person.refresh_from_db()
    assert person.unit == medicine


def test_a_setting_makes_units_of_what_the_school_says(client, person, openid_provider, settings):
    settings.SCHOOL_NEW_UNITS = True
    openid_provider.knows("u-2", email=person.email, email_verified=True, ou="Nephrology")
    openid_provider.sign_in(client, "u-2")
    person.refresh_from_db()
    assert person.unit == Unit.objects.get(name="Nephrology")


def test_a_unit_the_person_chose_stays_where_the_school_knows_none(client, person, openid_provider):
    person.unit = Unit.objects.create(name="Surgery")
    person.save()
    openid_provider.knows("u-3", email=person.email, email_verified=True, ou="Something new")
    openid_provider.sign_in(client, "u-3")
    person.refresh_from_db()
    assert person.unit.name == "Surgery"


def test_a_unit_from_the_school_goes_when_the_school_says_another(client, person, openid_provider):
    Unit.objects.create(name="Surgery")
    openid_provider.knows("u-4", email=person.email, email_verified=True, ou="Surgery")
    openid_provider.sign_in(client, "u-4")
    openid_provider.knows("u-4", email=person.email, email_verified=True, ou="Something new")
    openid_provider.sign_in(Client(), "u-4")
    person.refresh_from_db()
    assert person.unit is None
    assert "Unit taken away by the school’s sign-in: Surgery." in log_of(person)


def test_a_person_who_left_signs_in_as_other(client, person, openid_provider):
    openid_provider.knows("l-1", email=person.email, email_verified=True, eduperson_affiliation="staff")
    openid_provider.sign_in(client, "l-1")
    for gone in ({}, {"eduperson_affiliation": ["alum", "affiliate"]}):
        openid_provider.knows("l-1", email=person.email, email_verified=True, **gone)
        again = Client()
        openid_provider.sign_in(again, "l-1")
        assert is_signed_in(again)
        person.refresh_from_db()
        assert (person.role, SchoolRecord.objects.get().has_left) == ("other", True)


def test_a_setting_refuses_people_who_left(client, person, openid_provider, settings):
    settings.SCHOOL_LEFT = "refuse"
    openid_provider.knows("l-2", email=person.email, email_verified=True, eduperson_affiliation="staff")
    openid_provider.sign_in(client, "l-2")
    openid_provider.knows("l-2", email=person.email, email_verified=True)
    again = Client()
    assert_refused(openid_provider.sign_in(again, "l-2"), again, "no member of the school any more")
    person.refresh_from_db()
    assert person.role == "staff"


def test_a_school_that_says_no_role_leaves_it_to_the_person(client, person, openid_provider):
    openid_provider.knows("l-3", email=person.email, email_verified=True)
    openid_provider.sign_in(client, "l-3")
    person.refresh_from_db()
    assert person.role == "staff"


@pytest.mark.parametrize(
    "value",
    [
        "\x00",
        "x" * 5000,
        "\u202eevil",
        ["a"] * 3000,
        {"x": 1},
        10**400,
        True,
        [[["deep"]]],
        "{now}",
        "two\nlines",
        [None, "Surgery"],
    ],
    ids=range(11),
)
def test_whatever_an_attribute_holds_signs_in(client, db, openid_provider, value):
    said = dict.fromkeys(["name", "given_name", "eduperson_affiliation", "ou", "l"], value)
    openid_provider.knows("h-1", email="h@example.edu", email_verified=True, **said)
    assert openid_provider.sign_in(client, "h-1").status_code == 302
    person = Person.objects.get(email="h@example.edu")
    person.full_clean(exclude=["password"])
    assert len(person.name) <= 120 and client.get("/accounts/profile/").status_code == 200


# ---- the pages ----


def test_the_sign_in_page_offers_the_school_first(client, db, openid_provider):
    page = read(client.get("/accounts/login/?next=/my/calendar/"))
    assert unquote(page.link("Sign in with Example School")) == f"{OPENID}?next=/my/calendar/"
    assert page.text.index("Sign in with Example School") < page.text.index("Guests: a code by email")


def test_without_a_provider_the_sign_in_page_asks_for_an_address(client, db):
    page = read(client.get("/accounts/login/"))
    assert "Guests" not in page.text and "We email you a six-digit code." in page.text


def test_codes_can_be_switched_off(client, person, openid_provider, settings):
    ask_for_code(client, person.email)
    code = mailed_code(person.email)
    settings.SIGN_IN_BY_CODE = False
    assert "code by email" not in read(client.get("/accounts/login/")).text
    answer = ask_for_code(Client(), person.email)
    assert (answer.status_code, CODES_OFF in read(answer).text) == (403, True)
    assert client.post(CODE_PAGE, {"code": code}).status_code == 302
    assert not is_signed_in(client)


def test_with_codes_off_a_newcomer_registers_after_signing_in(client, session, openid_provider, settings):
    settings.SIGN_IN_BY_CODE = False
    page = f"/sessions/{session.code}/registration/"
    assert unquote(client.get(page).url) == f"/accounts/login/?next={page}"
    assert client.post(page, {"email": "new@example.edu", "name": "New", "role": "staff"}).status_code == 422


def test_what_the_school_says_cannot_be_typed_over(client, person, openid_provider):
    Unit.objects.create(name="Surgery")
    openid_provider.knows("t-1", **ADA | {"email": person.email}, eduperson_affiliation="faculty", ou="Surgery")
    openid_provider.sign_in(client, "t-1")
    page = read(client.get("/accounts/profile/"))
    assert "From Example School" in page.text and "Surgery" in page.text
    typed = {"name": "Eve", "role": "student", "unit": "", "pronouns": "she/her"}
    assert client.post("/accounts/profile/", typed).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.role, person.unit.name) == ("Ada Lovelace", "faculty", "Surgery")
    assert person.pronouns == "she/her"


def test_what_was_typed_while_signed_out_waits_for_the_person(client, person, openid_provider):
    pressed = {"name": "Ada", "role": "faculty", "pronouns": "she and her"}
    assert client.post("/accounts/profile/", pressed).status_code == 302
    openid_provider.knows("t-2", email=person.email, email_verified=True)
    assert openid_provider.sign_in(client, "t-2", next_url="/accounts/unsent/").url == "/accounts/unsent/"
    assert "she and her" in read(client.get("/accounts/unsent/")).text


def test_a_unit_that_was_merged_is_still_known_by_its_old_name(client, person, office, openid_provider):
    nephrology, medicine = Unit.objects.create(name="Nephrology"), Unit.objects.create(name="Medicine")
    openid_provider.knows("m-1", email=person.email, email_verified=True, ou="Nephrology")
    openid_provider.sign_in(client, "m-1")
    nephrology.merge_into(medicine, by=office)
    openid_provider.sign_in(Client(), "m-1")
    person.refresh_from_db()
    assert person.unit == medicine
