"""Access requests in the office: for the group Accommodations alone, read on record, answered without words in mail."""

import logging
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from devtools.testing.access import NEEDS, REQUESTS, access_page, arranger, sealed_row
from devtools.testing.mail_reader import read_mail
from devtools.testing.page import read
from devtools.testing.registering import let_end, register_page
from notifications.models import Notice
from notifications.outbox.deliver import drain
from operations.tasks import forget
from registrations.models import Accommodation, Registration


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def waits(accommodation: Accommodation, now) -> bool:
    return Accommodation.objects.waiting(now).filter(pk=accommodation.pk).exists()


@pytest.fixture
def cara(db) -> Person:
    return arranger()


@pytest.fixture
def arranging(cara) -> Client:
    return signed_in(cara)


@pytest.fixture
def asked(person, make_session) -> Accommodation:
    return Accommodation.objects.ask(Registration.objects.register(person, make_session()), NEEDS)


def url(asked: Accommodation, page: str) -> str:
    return f"{REQUESTS}{asked.pk}/{page}/"


def answer_to(asked: Accommodation, answer: str = "An interpreter is booked.") -> dict:
    return {"answer": answer, "asked_at": asked.asked_at.isoformat()}


# ---- who may ----


def office_without_the_group() -> Person:
    person = Person.objects.create_user("plain-office@example.edu", name="Olive", role="staff")
    call_command("create_office", person.email, verbosity=0)
    return person


def superuser() -> Person:
    return Person.objects.create_superuser("super@example.edu", name="Sue", role="staff")


def office_with_every_permission() -> Person:
    person = office_without_the_group()
    person.user_permissions.set(Permission.objects.filter(content_type__model="accommodation"))
    assert person.user_permissions.count() == 4
    return person


@pytest.mark.parametrize("who", [office_without_the_group, superuser, office_with_every_permission])
def test_people_outside_the_group_see_nothing(asked, who):
    client, before = signed_in(who()), LogEntry.objects.count()
    for page in ("", "add/", f"{asked.pk}/change/", f"{asked.pk}/history/", f"{asked.pk}/delete/"):
        assert client.get(REQUESTS + page).status_code == 403
    for page in ("reading", "answer"):
        assert client.post(url(asked, page), answer_to(asked)).status_code == 403
    assert REQUESTS not in read(client.get("/admin/")).everything
    asked.refresh_from_db()
    assert asked.answered_at is None and LogEntry.objects.count() == before


def test_a_member_who_is_not_staff_is_sent_to_sign_in(asked, people):
    (person,) = people(1)
    person.groups.add(Group.objects.get_or_create(name="Accommodations")[0])
    client = signed_in(person)
    assert client.get(REQUESTS).status_code == 302
    assert client.post(url(asked, "reading")).status_code == 302
    assert Client().get(REQUESTS).status_code == 302


def test_who_has_left_the_group_sees_nothing_any_more(asked, cara, arranging):
    assert arranging.get(REQUESTS).status_code == 200
    cara.groups.clear()
    assert arranging.get(REQUESTS).status_code == 403


def test_the_group_sees_nothing_else_of_the_admin(arranging):
    for page in ("accounts/person/", "registrations/registration/", "sessions_app/session/", "notifications/notice/"):
        assert arranging.get(f"/admin/{page}").status_code == 403


def test_the_admin_asks_for_the_second_factor(asked, arranging, settings):
    settings.OFFICE_SECOND_FACTOR = True
    assert arranging.get(REQUESTS).status_code == 302
    assert arranging.post(url(asked, "reading")).status_code == 302


@pytest.mark.parametrize("lookup", ["accommodation__isnull=False", "%2B__isnull=False", "accommodation__pk=1"])
def test_no_list_of_the_office_can_be_filtered_by_who_asked(asked, office, lookup):
    client = signed_in(office)
    for page in (f"registrations/registration/?{lookup}", f"accounts/person/?registrations__{lookup}"):
        assert client.get(f"/admin/{page}").status_code in (302, 400)


# ---- reading and answering ----


def test_the_first_page_says_how_many_wait(asked, arranging):
    assert read(arranging.get("/admin/")).link("1 access request to answer") == f"{REQUESTS}?state=waiting"


def test_the_list_names_who_asked_and_shows_no_words(asked, arranging, person):
    for query in ("", "?state=waiting"):
        page = read(arranging.get(REQUESTS + query))
        assert person.name in page.text and "Waiting for an answer" in page.text and NEEDS not in page.everything


def test_the_list_takes_the_same_queries_for_one_and_for_twenty(arranging, people, make_session):
    session, counts = make_session(), []
    for more in (1, 19):
        for person in people(more):
            Accommodation.objects.ask(Registration.objects.register(person, session), NEEDS)
        with CaptureQueriesContext(connection) as queries:
            assert arranging.get(REQUESTS).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_get_shows_no_words_and_changes_nothing(asked, arranging):
    before = LogEntry.objects.count()
    page = read(arranging.get(url(asked, "change")))
    assert NEEDS not in page.everything and "It is put on record that you read it." in page.text
    for path in ("reading", "answer"):
        assert arranging.get(url(asked, path)).status_code == 405
    assert LogEntry.objects.count() == before


def test_reading_is_put_on_record_without_the_words(asked, arranging, cara):
    assert NEEDS in read(arranging.post(url(asked, "reading"))).text
    entry = LogEntry.objects.latest("pk")
    assert (entry.user, entry.object_repr, entry.change_message) == (cara, f"Access request {asked.pk}", "Read.")
    assert "Read." in read(arranging.get(url(asked, "history"))).text


def test_what_was_never_read_is_not_shown_unrecorded(asked, arranging):
    assert NEEDS in read(arranging.post(url(asked, "answer"), {"answer": ""})).text
    assert LogEntry.objects.latest("pk").change_message == "Read."


def test_the_answer_is_shown_to_the_person_alone(asked, arranging, person, now):
    response = arranging.post(url(asked, "answer"), answer_to(asked))
    assert (response.status_code, response.url) == (302, REQUESTS)
    client = signed_in(person)
    assert (
        "There is an answer to what you asked for."
        in read(client.get(f"/registrations/{asked.registration.uuid}/")).text
    )
    assert "An interpreter is booked." in read(client.get(access_page(asked.registration))).text
    assert "interpreter is booked" not in sealed_row()
    assert not waits(asked, now) and "Answered" in read(arranging.get(REQUESTS)).text


def test_an_answer_can_be_corrected(asked, arranging):
    for answer in ("Booked.", "Booked, two of them."):
        arranging.post(url(asked, "answer"), answer_to(asked, answer))
    asked.refresh_from_db()
    assert asked.answer == "Booked, two of them."
    assert "Booked, two of them." in read(arranging.post(url(asked, "reading"))).text


@pytest.mark.parametrize(("answer", "sentence"), [("", "Say what you have arranged"), ("x" * 100_000, "100,000")])
def test_an_answer_that_cannot_be_kept_is_refused_as_typed(asked, arranging, answer, sentence):
    response = arranging.post(url(asked, "answer"), answer_to(asked, answer))
    assert response.status_code == 422 and sentence in read(response).text and answer in read(response).text


@pytest.mark.parametrize("asked_at", ["", "soon", "\0", "9999-99-99", "2026-01-01"])
def test_an_answer_to_nothing_known_is_refused(asked, arranging, asked_at):
    response = arranging.post(url(asked, "answer"), {"answer": "Booked.", "asked_at": asked_at})
    assert response.status_code in (409, 422) and "Booked." in read(response).text
    asked.refresh_from_db()
    assert asked.answered_at is None


def test_an_answer_to_an_older_request_is_refused_and_shows_the_change(asked, arranging):
    Accommodation.objects.ask(asked.registration, "Captions instead.")
    response = arranging.post(url(asked, "answer"), answer_to(asked))
    page = read(response)
    assert response.status_code == 409 and "This was changed while you were answering." in page.text
    assert "Captions instead." in page.text and "An interpreter is booked." in page.text
    asked.refresh_from_db()
    assert arranging.post(url(asked, "answer"), answer_to(asked)).status_code == 302


def test_an_answer_to_what_was_deleted_is_not_found(asked, arranging):
    Accommodation.objects.all().delete()
    for page in ("reading", "answer"):
        assert arranging.post(url(asked, page), answer_to(asked)).status_code == 404
    assert arranging.get(url(asked, "change")).status_code == 302


def test_what_is_changed_after_the_answer_waits_again(asked, arranging, person, now):
    arranging.post(url(asked, "answer"), answer_to(asked))
    signed_in(person).post(access_page(asked.registration), {"needs": "Captions instead."})
    assert waits(asked, now + timedelta(minutes=1)) and "Changed after the answer" in read(arranging.get(REQUESTS)).text
    assert (
        "You changed what you need after this answer."
        in read(signed_in(person).get(access_page(asked.registration))).text
    )


def test_a_request_of_somebody_who_left_does_not_wait(asked, arranging, person, now):
    asked.registration.withdraw(by=person)
    assert not waits(asked, now) and "No longer needed: withdrawn" in read(arranging.get(REQUESTS)).text


def test_without_the_key_the_page_says_so(asked, arranging, settings):
    settings.ACCOMMODATION_KEYS = ["b" * 43 + "="]
    response = arranging.post(url(asked, "reading"))
    assert response.status_code == 200 and "This cannot be read now" in read(response).text
    assert arranging.post(url(asked, "answer"), answer_to(asked)).status_code < 500


# ---- mail ----


def private(email: str) -> list[str]:
    return list(Notice.objects.filter(to=email, kind="account").order_by("pk").values_list("subject", flat=True))


def test_every_member_is_told_that_something_waits_once(cara, asked, person):
    ben = arranger("ben@example.edu")
    assert private(cara.email) == ["An access request is waiting"] and private(ben.email) == []
    Accommodation.objects.ask(asked.registration, "Something else.")
    assert private(cara.email) == ["An access request is waiting"]


def test_with_an_empty_group_the_office_is_told(asked, settings):
    assert private(settings.OFFICE_EMAIL) == ["An access request is waiting"]
    assert "the group Accommodations has no members" in Notice.objects.get(to=settings.OFFICE_EMAIL).text


def test_the_person_is_told_that_there_is_an_answer(asked, arranging, person):
    for _ in range(2):
        arranging.post(url(asked, "answer"), answer_to(asked))
    assert private(person.email) == ["There is an answer for you"]
    mail = Notice.objects.get(to=person.email, kind="account")
    assert f"/registrations/{asked.registration.uuid}/" in mail.text and mail.registration is None
    assert not any(asked.registration.session.workshop.title in body for body in read_mail(mail).bodies)


def test_the_list_of_mail_does_not_tell_the_office_who_asked(asked, arranging, office, person):
    arranging.post(url(asked, "answer"), answer_to(asked))
    page = read(signed_in(office).get("/admin/notifications/notice/")).everything.lower()
    assert person.email in page
    for word in ("access request", "there is an answer", "accommodation"):
        assert word not in page


# ---- nowhere else ----


def test_the_words_are_nowhere_but_where_they_belong(arranging, cara, person, office, make_session, smtp_sink, caplog):
    """Search mail, logs, the record, the roster, its file, every list of the admin and the whole database."""
    caplog.set_level(logging.DEBUG)
    session, canary, reply = make_session(), "CANARYneeds", "CANARYanswer"
    mine = signed_in(person)
    mine.post(register_page(session))
    mine.post(access_page(Registration.objects.get(person=person)), {"needs": canary})
    asked = Accommodation.objects.get()
    arranging.post(url(asked, "reading"))
    arranging.post(url(asked, "answer"), answer_to(asked, reply))
    mine.post(access_page(asked.registration), {"needs": f"{canary} changed", "keep_for_next": "on"})
    mine.post(access_page(asked.registration), {"needs": canary * 1000})
    Registration.objects.register(person, make_session(days=20))
    drain()

    assert len(smtp_sink.to(person.email)) == 3 and len(smtp_sink.to(cara.email)) == 2
    for received in smtp_sink.received:
        for part in received.message.walk():
            assert "CANARY" not in str(part.get_payload(decode=True))
    in_office = signed_in(office)
    pages = [
        f"/admin/registrations/registration/roster/{session.pk}/",
        f"/admin/registrations/registration/{asked.registration.pk}/change/",
        f"/admin/accounts/person/{person.pk}/change/",
        f"/admin/sessions_app/session/{session.pk}/change/",
        "/admin/registrations/registration/",
        "/admin/notifications/notice/",
        "/admin/",
    ]
    for page in pages:
        response = in_office.get(page)
        assert response.status_code == 200 and "CANARY" not in read(response).everything
    for model in ("registrations/registration", "notifications/notice", "accounts/person", "sessions_app/session"):
        assert in_office.get(f"/admin/{model}/?q=CANARYneeds").context["cl"].result_count == 0
    assert b"CANARY" not in in_office.post(f"/admin/registrations/registration/roster/{session.pk}/csv/").content
    for page in (session.get_absolute_url(), "/my/", f"/registrations/{asked.registration.uuid}/"):
        assert "CANARY" not in read(mine.get(page)).everything
    assert "CANARY" not in caplog.text
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert "CANARY" not in str(cursor.fetchall()), table


def test_what_was_read_and_answered_leaves_only_its_number_on_record(asked, arranging, now):
    arranging.post(url(asked, "reading"))
    arranging.post(url(asked, "answer"), answer_to(asked))
    let_end(asked.registration.session, now - timedelta(days=30))
    forget("access")
    left = LogEntry.objects.filter(content_type__model="accommodation")
    assert [entry.change_message for entry in left.order_by("pk")] == ["Read.", "Answered."]
    assert {entry.object_repr for entry in left} == {f"Access request {asked.pk}"}


# ---- making the group ----


def test_making_the_group_twice_adds_nothing(cara):
    call_command("create_office", "--accommodations", cara.email, verbosity=0)
    assert Group.objects.filter(name="Accommodations").count() == 1
    assert not cara.get_all_permissions()


def test_the_office_is_given_no_permission_on_requests(cara):
    office = Group.objects.get(name="Office")
    assert not office.permissions.filter(content_type__model="accommodation").exists()
