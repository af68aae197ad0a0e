"""Signing in by SAML: an identity provider of its own (pysaml2) runs beside the portal."""

import base64
import re

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from saml2.xmldsig import DIGEST_SHA1, SIG_RSA_SHA1

from accounts.models import Campus, Person, Unit
from accounts.school import saml
from devtools.testing.page import read
from devtools.testing.school_saml import SAML, make_key
from devtools.testing.signing_in import is_signed_in

TRUST, BEGIN = "an answer that we cannot trust", "Begin once more"
ADA = {"mail": ["ada@example.edu"], "displayName": ["Ada Lovelace"]}


def assert_refused(answer, client, words: str, status: int = 403) -> None:
    """Look that nobody is signed in, and that a page of ours says why."""
    page = read(answer)
    assert (answer.status_code, page.title.startswith("Nobody is signed in")) == (status, True), page.text
    assert words in page.text
    assert not is_signed_in(client)


def test_the_first_sign_in_makes_a_person_whom_the_school_describes(client, db, saml_provider):
    unit, campus = Unit.objects.create(name="Pediatrics"), Campus.objects.create(name="North")
    saml_provider.knows("ada", **ADA, eduPersonAffiliation=["member", "faculty"], ou=["PEDIATRICS"], l=["North"])
    answer = saml_provider.sign_in(client, "ada", next_url="/accounts/profile/")
    assert answer.status_code == 302, read(answer).text
    assert answer.url == "/accounts/profile/"
    assert is_signed_in(client)
    person = Person.objects.get(email="ada@example.edu")
    assert (person.name, person.role, person.unit, person.campus) == ("Ada Lovelace", "faculty", unit, campus)
    assert (SocialAccount.objects.get().provider, SocialAccount.objects.get().uid) == ("saml", "ada")
    surgery = Unit.objects.create(name="Surgery")
    saml_provider.knows("ada", **ADA, eduPersonAffiliation=["alum"], ou=["Surgery"])
    saml_provider.sign_in(Client(), "ada")
    person.refresh_from_db()
    assert (person.role, person.unit, person.campus) == ("other", surgery, None)


def test_a_signed_response_is_as_good_as_a_signed_assertion(client, db, saml_provider):
    saml_provider.signs = (False, True)
    saml_provider.knows("eve", **ADA)
    assert saml_provider.sign_in(client, "eve").url == "/my/"


def test_an_account_is_known_by_an_identifier_before_the_name_id(client, db, saml_provider):
    saml_provider.knows("ada", **ADA, eduPersonUniqueId=["4711@example.edu"])
    saml_provider.sign_in(client, "ada")
    assert SocialAccount.objects.get().uid == "4711@example.edu"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example"])
def test_a_sign_in_never_leads_to_another_site(client, db, saml_provider, elsewhere):
    saml_provider.knows("ada", **ADA)
    path, fields = saml_provider.come_back(client, "ada", next_url=elsewhere)
    assert saml_provider.send(client, path, fields | {"RelayState": elsewhere}).url == "/my/"


def test_the_same_address_from_two_providers_is_one_account(client, person, saml_provider, openid_provider, settings):
    settings.SCHOOL_PROVIDERS = {"openid": "Example School", "saml": "Example Hospital"}
    saml_provider.knows("in-saml", mail=[person.email])
    openid_provider.knows("in-openid", email=person.email, email_verified=True)
    assert saml_provider.sign_in(client, "in-saml").status_code == 302
    other = Client()
    assert openid_provider.sign_in(other, "in-openid").status_code == 302
    assert client.session["_auth_user_id"] == other.session["_auth_user_id"] == str(person.pk)
    assert {(one.provider, one.uid) for one in person.socialaccount_set.all()} == {
        ("saml", "in-saml"),
        ("openid", "in-openid"),
    }


def test_an_address_the_school_does_not_vouch_for_joins_nothing(client, person, saml_provider, settings):
    settings.SCHOOL_VOUCHES_FOR = ["med.example.edu"]
    saml_provider.knows("p", mail=[person.email])
    assert_refused(saml_provider.sign_in(client, "p"), client, "has not verified your email address")


def test_a_provider_without_an_address_says_so(client, db, saml_provider):
    saml_provider.knows("p", displayName=["Ada"])
    assert_refused(saml_provider.sign_in(client, "p"), client, "did not tell us an email address")


# ---- answers that are not right ----


def another_key(provider) -> None:
    provider.signer.key, _ = make_key(provider.folder, "another")


def weak(provider) -> None:
    """Sign with SHA-1, which can be forged."""
    provider.algorithms = (SIG_RSA_SHA1, DIGEST_SHA1)


def unsigned(provider) -> None:
    provider.signs = (False, False)


def of_another(provider) -> None:
    """Change who it is about, after it was signed."""
    provider.after_signing = lambda xml: xml.replace("ada@example.edu", "person1@example.edu")


def wrapped(provider) -> None:
    """Put an assertion of one's own in front of the signed one (signature wrapping)."""

    def wrap(xml: str) -> str:
        assertion = re.search(r"<(\w+:)?Assertion .*</(\w+:)?Assertion>", xml, re.DOTALL)[0]
        forged = re.sub(r"<(\w+:)?Signature .*?</(\w+:)?Signature>", "", assertion, flags=re.DOTALL)
        forged = re.sub(r' ID="[^"]+"', ' ID="forged"', forged, count=1).replace("ada@", "person1@")
        return xml.replace(assertion, forged + assertion)

    provider.after_signing = wrap


def expired(provider) -> None:
    provider.signer.before_signing = lambda xml: re.sub(
        r'NotOnOrAfter="[^"]+"', 'NotOnOrAfter="2020-01-01T00:00:00Z"', xml
    )


def too_early(provider) -> None:
    provider.signer.before_signing = lambda xml: re.sub(r'NotBefore="[^"]+"', 'NotBefore="2090-01-01T00:00:00Z"', xml)


def for_another_portal(provider) -> None:
    provider.signer.before_signing = lambda xml: re.sub(r"(Audience>)[^<]+<", r"\1https://another.example.edu<", xml)


def for_nobody(provider) -> None:
    cut = r"<(\w+:)?AudienceRestriction>.*</(\w+:)?AudienceRestriction>"
    provider.signer.before_signing = lambda xml: re.sub(cut, "", xml, flags=re.DOTALL)


def for_another_question(provider) -> None:
    provider.signer.before_signing = lambda xml: re.sub(
        r'(SubjectConfirmationData[^>]* InResponseTo=)"[^"]+"', r'\1"id-another"', xml
    )


def by_another_provider(provider) -> None:
    provider.signer.before_signing = lambda xml: xml.replace(f">{provider.base}/metadata<", ">https://evil.example<")


def to_another_address(provider) -> None:
    provider.after_signing = lambda xml: re.sub(r'Destination="[^"]+"', 'Destination="https://evil.example/"', xml)


@pytest.mark.parametrize(
    "wrong",
    [
        another_key,
        weak,
        unsigned,
        of_another,
        wrapped,
        expired,
        too_early,
        for_another_portal,
        for_nobody,
        for_another_question,
        by_another_provider,
        to_another_address,
    ],
)
def test_an_answer_that_is_not_right_signs_nobody_in(client, person, saml_provider, wrong):
    saml_provider.knows("ada", **ADA)
    wrong(saml_provider)
    assert_refused(saml_provider.sign_in(client, "ada"), client, TRUST)
    assert not Person.objects.filter(email="ada@example.edu").exists()


def test_an_answer_signs_in_once_and_only_the_browser_that_asked(client, db, saml_provider):
    saml_provider.knows("ada", **ADA)
    answer = saml_provider.come_back(client, "ada")
    other = Client()
    assert_refused(saml_provider.send(other, *answer), other, BEGIN, 400)
    assert saml_provider.send(client, *answer).status_code == 302
    client.logout()
    assert_refused(saml_provider.send(client, *answer), client, BEGIN, 400)


def test_an_assertion_is_taken_once_even_for_a_question_that_waits(client, db, saml_provider, monkeypatch):
    saml_provider.knows("ada", **ADA)
    answer = saml_provider.come_back(client, "ada")
    kept = saml.statekit.unstash_state
    states = []

    def keep(request, **which):
        states.append(states[0] if states else kept(request, **which))
        return states[0]

    monkeypatch.setattr(saml.statekit, "unstash_state", keep)
    assert saml_provider.send(client, *answer).status_code == 302
    other = Client()
    assert_refused(saml_provider.send(other, *answer), other, BEGIN, 400)


def test_an_answer_that_nobody_asked_for_is_refused(client, db, saml_provider):
    saml_provider.knows("ada", **ADA)
    saml_provider.after_signing = lambda xml: re.sub(r' InResponseTo="[^"]+"', "", xml, count=1)
    assert_refused(saml_provider.sign_in(client, "ada"), client, BEGIN, 400)


def test_a_provider_that_signs_nobody_in_is_quoted(client, db, saml_provider):
    assert_refused(saml_provider.sign_in(client, "nobody"), client, "did not let you in")


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;">]><a>&c;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.parametrize(
    "answer",
    ["", "x", "%%%", base64.b64encode(b"<a/>").decode(), "\x00", "é" * 100, "A" * 500_000, "=" * 40]
    + [base64.b64encode(xml).decode() for xml in (BOMB, OUTSIDE, b"<a>", b"\xff\xfe", b"")],
    ids=range(13),
)
def test_whatever_is_sent_as_an_answer_gets_a_page(client, db, saml_provider, answer):
    response = saml_provider.send(client, f"{SAML}answer/", {"SAMLResponse": answer})
    assert response.status_code in (400, 403)
    assert read(response).title.startswith("Nobody is signed in")
    assert "root:" not in read(response).everything


def test_the_page_that_reads_an_answer_needs_one(client, db, saml_provider):
    assert_refused(client.get(f"{SAML}finish/"), client, BEGIN, 400)


@pytest.mark.parametrize("metadata", ["http://127.0.0.1:9/metadata", "/nowhere.xml", __file__])
def test_metadata_of_no_use_is_answered_by_a_page(client, db, saml_provider, settings, metadata):
    settings.SAML_METADATA = metadata
    response = client.get(SAML)
    assert response.status_code in (403, 503)
    assert read(response).title.startswith("Nobody is signed in")


def test_metadata_that_was_read_before_serves_while_its_address_is_away(db, saml_provider, monkeypatch):
    monkeypatch.setattr(saml, "METADATA_SECONDS", 0)
    first = saml._metadata()
    monkeypatch.setattr(saml_provider, "is_away", True)
    assert saml._metadata() == first


# ---- answers that only the portal can read ----


@pytest.fixture
def portal_key(saml_provider, settings):
    """Give the portal a key, and tell the provider of it. Returns both files."""
    files = make_key(saml_provider.folder, "portal")
    settings.SAML_KEY, settings.SAML_CERTIFICATE = map(str, files)
    saml_provider.encrypts_to = files[1]
    return files


def test_the_metadata_has_the_certificate_to_encrypt_to_and_no_key(client, db, portal_key):
    page = client.get(f"{SAML}metadata.xml")
    assert page["Content-Type"].startswith("application/samlmetadata+xml")
    assert 'use="encryption"' in page.text and "PRIVATE" not in page.text
    assert "".join(portal_key[1].read_text().splitlines()[1:-1]) in "".join(page.text.split())


@pytest.mark.parametrize("signs", [(True, False), (False, True), (True, True)])
def test_an_encrypted_assertion_signs_in(client, db, saml_provider, portal_key, signs):
    saml_provider.signs = signs
    saml_provider.knows("ada", **ADA)
    path, fields = saml_provider.come_back(client, "ada")
    sent = base64.b64decode(fields["SAMLResponse"])
    assert b"EncryptedAssertion" in sent and b"ada@example.edu" not in sent
    assert saml_provider.send(client, path, fields).url == "/my/"
    assert Person.objects.get(email="ada@example.edu").name == "Ada Lovelace"


def encrypted_to_another(provider, settings) -> None:
    _, provider.encrypts_to = make_key(provider.folder, "another-portal")


def portal_without_a_key(provider, settings) -> None:
    settings.SAML_KEY = settings.SAML_CERTIFICATE = ""


def encrypted_by_anybody(provider, settings) -> None:
    """Everybody can encrypt to the key in the metadata: that is no signature."""
    provider.signs = (False, False)


def changed_under_way(provider, settings) -> None:
    def change(xml: str) -> str:
        at = xml.rindex("CipherValue>", 0, xml.rindex("CipherValue>")) + 40
        return xml[:at] + ("B" if xml[at] == "A" else "A") + xml[at + 1 :]

    provider.after_signing = change


def signed_by_another(provider, settings) -> None:
    another_key(provider)


@pytest.mark.parametrize(
    "wrong",
    [encrypted_to_another, portal_without_a_key, encrypted_by_anybody, changed_under_way, signed_by_another],
)
def test_an_encrypted_answer_that_is_not_right_signs_nobody_in(client, db, saml_provider, portal_key, settings, wrong):
    saml_provider.knows("ada", **ADA)
    wrong(saml_provider, settings)
    assert_refused(saml_provider.sign_in(client, "ada"), client, TRUST)
    assert not Person.objects.filter(email="ada@example.edu").exists()


def test_without_saml_there_is_no_page(client, db):
    for page in ("", "finish/", "metadata.xml"):
        assert client.get(SAML + page).status_code == 404
    assert client.post(f"{SAML}answer/", {"SAMLResponse": "x"}).status_code == 404
