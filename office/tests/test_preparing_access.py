"""What the people who lead a session prepare for access: what, from five people on, and never for whom (G12)."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client

from accounts.sealed import is_sealed
from catalog.models import Facilitator
from devtools.testing.access import NEEDS, arranger
from devtools.testing.page import read
from devtools.testing.registering import let_end
from operations.tasks import forget
from registrations.models import AccessPlan, Accommodation, Registration, ToPrepare

pytestmark = pytest.mark.django_db
SENTENCE = ToPrepare.INTERPRETER.label


def visits(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def leads(people) -> Client:
    (own,) = people(1, name="Ada Okafor")
    Facilitator.objects.create(name="Ada Okafor", person=own)
    return visits(own)


@pytest.fixture
def arranges(db) -> Client:
    return visits(arranger())


@pytest.fixture
def led_by_ada(leads, make_session, people, now):
    """led_by_ada(many) is a session of hers with so many people, of whom the last asked for something."""

    def build(many: int):
        session = make_session(facilitators=[Facilitator.objects.get()])
        for person in people(many):
            registration = Registration.objects.register(person, session, now=now)
        Accommodation.objects.ask(registration, NEEDS, now=now)
        session.refresh_from_db()
        return session

    return build


def form_of(session) -> str:
    return f"/admin/registrations/accommodation/preparing/{session.pk}/"


def told(client, session) -> str:
    return read(client.get(f"/my/leading/{session.code}/")).text


def test_five_people_are_enough_to_be_told_what_to_prepare(arranges, leads, led_by_ada):
    session = led_by_ada(5)
    assert "Nothing to prepare so far." in told(leads, session)
    answer = arranges.post(form_of(session), {"things": ["interpreter", "breaks"]})
    assert (answer.status_code, answer.url) == (302, "/admin/registrations/accommodation/")
    page = told(leads, session)
    assert SENTENCE in page and ToPrepare.BREAKS.label in page and ToPrepare.PACE.label not in page


def test_four_people_are_too_few_and_the_group_is_told_so(arranges, leads, led_by_ada):
    session = led_by_ada(4)
    before = told(leads, session)
    arranges.post(form_of(session), {"things": ["interpreter"]})
    assert told(leads, session) == before and "once five people have a seat" in before
    assert "Fewer than five people have a seat" in read(arranges.get(form_of(session))).text


def test_nothing_goes_with_the_person_it_was_for(arranges, leads, led_by_ada):
    session = led_by_ada(6)
    arranges.post(form_of(session), {"things": ["interpreter"]})
    asked = Accommodation.objects.get().registration
    asked.withdraw(by=asked.person)
    assert SENTENCE in told(leads, session)


def test_what_a_colleague_ticked_in_between_stays(arranges, led_by_ada, now):
    session, other = led_by_ada(5), visits(arranger("ben@example.edu"))
    arranges.post(form_of(session), {"things": ["interpreter"], "shown": []})
    other.post(form_of(session), {"things": ["breaks"], "shown": []})
    arranges.post(form_of(session), {"things": ["pace"], "shown": ["interpreter"]})
    assert AccessPlan.objects.things_of(session) == ["breaks", "pace"]


def test_it_is_on_record_without_the_words_and_once(arranges, led_by_ada):
    session = led_by_ada(5)
    for _ in range(2):
        arranges.post(form_of(session), {"things": ["interpreter"]})
    entry = LogEntry.objects.get(content_type__model="accessplan")
    assert (entry.change_message, entry.object_repr) == ("Changed.", f"What to prepare {AccessPlan.objects.get().pk}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_things FROM registrations_accessplan")
        assert is_sealed(cursor.fetchone()[0])


@pytest.mark.parametrize("posted", [{"things": ["nonsense"]}, {"things": ["interpreter"], "shown": ["\0"]}])
def test_a_thing_that_is_none_is_refused(arranges, led_by_ada, posted):
    session = led_by_ada(5)
    assert arranges.post(form_of(session), posted).status_code == 422
    assert not AccessPlan.objects.exists()


def test_others_of_the_office_and_people_who_lead_do_not_open_it(leads, led_by_ada, office):
    session = led_by_ada(5)
    for client, status in ((visits(office), 403), (leads, 302), (Client(), 302)):
        assert client.get(form_of(session)).status_code == status
        assert client.post(form_of(session), {"things": ["interpreter"]}).status_code == status
    assert not AccessPlan.objects.exists()


def test_a_draft_has_nothing_to_prepare(arranges, make_session):
    assert arranges.get(form_of(make_session(published=False))).status_code == 404


def test_without_the_key_both_pages_say_so(arranges, leads, led_by_ada, settings):
    session = led_by_ada(5)
    arranges.post(form_of(session), {"things": ["interpreter"]})
    settings.ACCOMMODATION_KEYS = ["b" * 43 + "="]
    for page in (told(leads, session), read(arranges.get(form_of(session))).text):
        assert "This cannot be read now" in page
    assert arranges.post(form_of(session), {"things": []}).status_code == 200


def test_it_is_forgotten_with_the_requests(arranges, led_by_ada, now):
    session = led_by_ada(5)
    arranges.post(form_of(session), {"things": ["interpreter"]})
    let_end(session, now - timedelta(days=30))
    forget("access")
    assert not AccessPlan.objects.exists()
