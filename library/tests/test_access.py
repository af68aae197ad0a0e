"""Who may open a resource, and what those read who may not."""

from datetime import timedelta

import pytest

from devtools.testing.library import PDF
from devtools.testing.page import get, read
from devtools.testing.signing_in import mailed_code
from library.models import Resource
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
TEXT, LINK, CITED = (
    "What the six actions are.",
    "https://journal.example.org/six",
    {"journal": "Journal of Examples", "doi": "10.1000/182"},
)
PAGE = "/resources/six-ways-to-be-an-ally/"


@pytest.fixture
def only_for(make_resource):
    """only_for("registrants", beside=[workshop]) publishes a resource with text, link, citation and file."""

    def make(access: str, **fields) -> Resource:
        held = {"body": TEXT, "link": LINK, "cited": CITED, "file": PDF, "summary": "Six things an ally can do."}
        return make_resource(access=access, **held | fields)

    return make


def addresses(resource: Resource) -> list[str]:
    return [PAGE, f"{PAGE}citation.ris", f"{PAGE}file/{resource.file.name}/"]


def is_open(client, resource: Resource) -> bool:
    """Tell whether all of a resource is open to the client. Fails where only a part of it is."""
    answers = [client.get(path) for path in addresses(resource)]
    told = " ".join(str(response.content) for response in answers)
    tells = [part in told for part in (TEXT, LINK, CITED["doi"], "%PDF")]
    opens = [response.status_code for response in answers]
    assert (opens, tells) in (([200, 200, 200], [True] * 4), ([200, 403, 403], [False] * 4)), (opens, tells)
    return all(tells)


def test_everybody_opens_what_is_for_everybody(client, me, only_for):
    resource = only_for("everybody")
    assert is_open(me, resource)
    me.logout()
    assert is_open(client, resource)


def test_a_visitor_reads_what_it_is_and_signs_in_to_come_back(client, only_for):
    resource = only_for("signed_in")
    assert not is_open(client, resource)
    page = get(client, PAGE)
    assert "Six things an ally can do." in page.text
    assert "This is for people who sign in. You come back here afterwards." in page.text
    assert f"/accounts/login/?next={PAGE}" in page.addresses


def test_signing_in_leads_back_to_the_resource(client, person, only_for):
    only_for("signed_in")
    (sign_in,) = [each for each in get(client, PAGE).addresses if "login/?next" in each]
    form = read(client.get(sign_in)).form("Send me a code")
    asked = client.post(form.action, form.data | {"email": person.email})
    form = read(client.get(asked.url)).form("Sign in")
    assert client.post(form.action, form.data | {"code": mailed_code(person.email)}).url == PAGE


def test_the_signed_in_open_what_is_for_them(me, only_for):
    assert is_open(me, only_for("signed_in"))


@pytest.mark.parametrize("beside", ["workshop", "session"])
def test_only_people_with_a_seat_open_what_is_for_them(beside, me, person, session, workshop, only_for):
    resource = only_for("registrants", beside=[workshop if beside == "workshop" else session])
    assert not is_open(me, resource)
    page = get(me, PAGE)
    assert "It opens to you once you have a seat in one of its sessions." in page.text
    assert f"{workshop.get_absolute_url()}#dates" in page.addresses
    registration = Registration.objects.register(person, session)
    assert is_open(me, resource)
    registration.withdraw(by=person)
    assert not is_open(me, resource)


def test_people_who_wait_for_a_seat_have_none(me, person, people, make_session, workshop, only_for):
    session, (other,) = make_session(minimum=1, capacity=1), people(1)
    Registration.objects.register(other, session)
    assert Registration.objects.register(person, session).is_waitlisted
    assert not is_open(me, only_for("registrants", beside=[workshop]))


def test_a_seat_in_another_session_opens_nothing_of_one_session(me, person, session, make_session, only_for):
    resource = only_for("registrants", beside=[make_session(days=20)])
    Registration.objects.register(person, session)
    assert not is_open(me, resource)


def test_a_cancelled_session_opens_nothing(me, person, session, office, workshop, only_for):
    Registration.objects.register(person, session)
    session.cancel("The facilitator is ill.", by=office)
    assert not is_open(me, only_for("registrants", beside=[workshop]))


def test_what_is_released_before_a_session_waits_for_its_day(me, person, session, workshop, only_for, at):
    resource = only_for("registrants", beside=[workshop], released="before", days_before=3)
    Registration.objects.register(person, session)
    opens = session.starts_at - timedelta(days=3)
    at(opens - timedelta(minutes=1))
    assert not is_open(me, resource)
    page = get(me, PAGE)
    assert "This opens some days before the session." in page.text and "Opens on" in page.text
    at(opens)
    assert is_open(me, resource)


@pytest.fixture
def at(monkeypatch):
    """at(instant) is from then on the time of the pages of resources."""

    def set_time(instant) -> None:
        monkeypatch.setattr("foundation.database_clock.now", lambda: instant)

    return set_time


@pytest.mark.parametrize("fields", [{"access": "registrants", "released": "after"}, {"access": "attended"}], ids=str)
def test_what_comes_after_a_session_waits_for_its_end(fields, me, person, make_session, workshop, only_for, at, now):
    session = make_session(minimum=1)
    Registration.objects.register(person, session)
    session.settle(now=now)
    resource = only_for(beside=[workshop], **fields)
    at(session.ends_at - timedelta(minutes=1))
    assert not is_open(me, resource)
    assert "This opens when the session has ended." in get(me, PAGE).text
    at(session.ends_at)
    assert is_open(me, resource)


def test_nobody_took_part_in_a_session_that_was_not_held(me, person, session, workshop, only_for, at):
    Registration.objects.register(person, session)
    resource = only_for("attended", beside=[workshop])
    at(session.ends_at + timedelta(hours=1))
    assert Session.objects.get().status == Session.Status.OPEN
    assert not is_open(me, resource)


def test_the_office_opens_all_and_drafts(clerk, workshop, only_for):
    resource = only_for("registrants", beside=[workshop], status="draft")
    assert is_open(clerk, resource)
    assert "Only the office sees this page" in get(clerk, PAGE).text


def test_a_draft_is_not_found_by_others(me, only_for):
    resource = only_for("everybody", status="draft")
    assert [me.get(path).status_code for path in addresses(resource)] == [404] * 3
    assert resource.title not in get(me, "/resources/").everything


def test_another_resources_file_is_not_found(client, only_for, make_resource):
    only_for("everybody")
    other = make_resource("Another one", file=PDF)
    assert client.get(f"{PAGE}file/{other.file.name}/").status_code == 404


def test_a_file_is_saved_and_never_run(client, only_for):
    response = client.get(addresses(only_for("everybody"))[2])
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="six-ways-to-be-an-ally.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_file_that_took_anothers_place_has_a_new_address(client, only_for):
    from library.models import StoredFile
    from library.uploads import Upload

    resource = only_for("everybody")
    old = addresses(resource)[2]
    new = StoredFile.objects.put(resource, Upload("pdf", "application/pdf", b"%PDF-2"))
    assert client.get(old).status_code == 404
    assert client.get(f"{PAGE}file/{new.name}/").content == b"%PDF-2"
