import csv
import io
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Campus, Unit
from devtools.testing.office_pages import press_twice
from devtools.testing.page import read
from foundation.dates import day_and_time
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def for_two(make_session):
    """A session with room for two."""
    return make_session(minimum=1, capacity=2)


def url(name: str, obj) -> str:
    return reverse(f"admin:registrations_registration_{name}", args=[obj.pk])


def last_record(obj) -> LogEntry:
    return LogEntry.objects.filter(object_id=str(obj.pk), content_type__model=obj._meta.model_name).latest("pk")


def test_the_roster_names_who_comes_and_who_waits_in_order(clerk, for_two, people):
    unit, campus = Unit.objects.create(name="Pediatrics"), Campus.objects.create(name="East")
    for person in people(4, unit=unit, campus=campus):
        Registration.objects.register(person, for_two)
    page = read(clerk.get(url("roster", for_two)))
    registered, waiting = page.region("2 registered"), page.region("2 on the waitlist")
    assert registered.text.index("Person 1") < registered.text.index("Person 2")
    assert waiting.text.index("Person 3") < waiting.text.index("Person 4")
    assert "Pediatrics" in registered.text and "East" in registered.text and "Staff" in registered.text


def test_the_thirty_first_file_within_an_hour_is_one_too_many(clerk, office, for_two, people):
    cache.clear()
    for _ in range(30):
        assert clerk.post(url("csv", for_two)).status_code == 200
    response = clerk.post(url("csv", for_two))
    assert response.status_code == 429 and response["Content-Type"].startswith("text/html")
    assert "You have downloaded many rosters within the hour." in read(response).text
    assert LogEntry.objects.filter(user=office, change_message__startswith="Roster downloaded").count() == 30
    colleague = people(1, is_staff=True, is_superuser=True)[0]
    clerk.force_login(colleague)
    assert clerk.post(url("csv", for_two)).status_code == 200


def test_the_office_is_not_asked_to_join_the_waitlist(clerk, for_two, people):
    for person in people(2):
        Registration.objects.register(person, for_two)
    pages = ["/admin/sessions_app/session/", url("roster", for_two)]
    pages.append(reverse("admin:sessions_app_session_run-anyway", args=[for_two.pk]))
    for path in pages:
        shown = read(clerk.get(path))
        assert "nobody on the waitlist" in shown.text and "join the waitlist" not in shown.everything, path


def test_the_roster_takes_as_many_queries_for_twenty_people_as_for_one(clerk, make_session, people):
    session, counts = make_session(), []
    for more in (1, 19):
        for person in people(more, unit=Unit.objects.get_or_create(name=f"Unit {more}")[0]):
            Registration.objects.register(person, session)
        clerk.get(url("roster", session))
        with CaptureQueriesContext(connection) as queries:
            clerk.get(url("roster", session))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_roster_says_who_has_read_the_pre_work_and_how_many(clerk, for_two, people, workshop, now):
    first, second, waiting = (Registration.objects.register(person, for_two, now=now) for person in people(3))
    assert "pre-work" not in read(clerk.get(url("roster", for_two))).everything.lower()
    workshop.pre_work = "Read the introduction."
    workshop.save(update_fields=["pre_work"])
    for registration in (first, waiting):
        registration.finish_pre_work(now=now)
    page = read(clerk.get(url("roster", for_two)))
    assert "1 of 2 have said that they read the pre-work." in page.text
    assert (
        page.everything.count("Not read yet") == 1
        and page.everything.count(f"Read {day_and_time(now, for_two.time_zone)}") == 1
    )


def test_an_address_is_never_on_paper(clerk, for_two, person):
    Registration.objects.register(person, for_two)
    page = read(clerk.get(url("roster", for_two)))
    assert page.everything.count(person.email) == 1
    assert [part.text for part in page.parts("div.quiet.screen-only")] == [person.email]
    assert page.parts(".signature") != []


def test_the_file_has_everybody_and_taking_it_is_on_record(clerk, office, for_two, people):
    for person, name in zip(people(3), ["=HYPERLINK(1)", "Ōta, Ken", "Zoë"], strict=True):
        person.name = name
        person.save()
        Registration.objects.register(person, for_two)
    response = clerk.post(url("csv", for_two))
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert [row["Name"] for row in rows] == ["'=HYPERLINK(1)", "Ōta, Ken", "Zoë"]
    assert [row["Place in line"] for row in rows] == ["", "", "1"]
    assert rows[1]["E-mail"] == "person2@example.edu"
    assert response["Content-Disposition"] == f'attachment; filename="roster-{for_two.code}.csv"'
    entry = last_record(for_two)
    assert (entry.user, entry.get_change_message()) == (office, "Roster downloaded, 3 people.")


def test_the_file_is_not_had_by_opening_a_link(clerk, for_two):
    before = LogEntry.objects.count()
    assert clerk.get(url("csv", for_two)).status_code == 405
    assert LogEntry.objects.count() == before


def test_the_office_withdraws_somebody_and_the_next_takes_the_seat(clerk, office, for_two, people):
    first, _, third = (Registration.objects.register(person, for_two) for person in people(3))
    assert "Person 1 leaves Bystander Interventions" in read(clerk.get(url("withdraw", first))).text
    assert press_twice(clerk, url("withdraw", first), {"why": "asked"}).status_code == 302
    first.refresh_from_db()
    third.refresh_from_db()
    assert first.status == Registration.Status.WITHDRAWN and third.is_registered
    entry = last_record(first)
    assert (entry.user, entry.get_change_message()) == (office, "Withdrawn by Office Person, as Person 1 asked.")


def test_opening_the_withdrawal_changes_nothing(clerk, for_two, person):
    registration = Registration.objects.register(person, for_two)
    for method in (clerk.get, clerk.head, clerk.options):
        assert method(url("withdraw", registration)).status_code == 200
    registration.refresh_from_db()
    assert registration.is_registered


def test_nobody_is_withdrawn_from_a_session_that_has_started(clerk, for_two, person, now):
    registration = Registration.objects.register(person, for_two)
    Session.objects.filter(pk=for_two.pk).update(
        confirm_by=now - timedelta(days=2), starts_at=now - timedelta(minutes=5)
    )
    for_two.meetings.update(starts_at=now - timedelta(minutes=5))
    response = clerk.post(url("withdraw", registration), {"why": "asked"})
    assert response.status_code == 409
    assert "already started" in read(response).text


def test_the_office_registers_somebody_by_address(clerk, office, for_two, person):
    shown = read(clerk.post(url("roster", for_two), typed := {"email": " PERSON1@Example.edu "}))
    assert "Nothing has happened yet." in shown.text and "To person1@example.edu: " in shown.text
    assert not Registration.objects.exists()
    assert press_twice(clerk, url("roster", for_two), typed, "Person 1 has a seat.").status_code == 302
    registration = Registration.objects.get(person=person)
    assert registration.is_registered
    entry = last_record(registration)
    assert (entry.user, entry.get_change_message()) == (office, "Registered by Office Person.")


def test_a_full_session_puts_them_on_the_waitlist(clerk, for_two, people):
    for person in people(2):
        Registration.objects.register(person, for_two)
    people(1)
    said = "Person 3 is on the waitlist, place 1."
    assert press_twice(clerk, url("roster", for_two), {"email": "person3@example.edu"}, said).status_code == 302


def test_registering_somebody_twice_says_so_and_adds_nothing(clerk, for_two, person):
    for said in ("Person 1 has a seat.", "Person 1 is already in this session."):
        press_twice(clerk, url("roster", for_two), {"email": person.email}, said)
    assert Registration.objects.count() == 1
    assert LogEntry.objects.filter(content_type__model="registration").count() == 1


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("", "Enter the address of somebody with an account."),
        ("nobody@example.edu", "Nobody has this address. Add the person under People first."),
        ("not an address", "Enter an e-mail address like name@school.edu."),
        ('"kai kim"@example.edu', "Enter an e-mail address like name@school.edu."),
        ("quorum@rule.invalid", "Nobody has this address."),
        ("a\0@example.edu", "Enter an e-mail address like name@school.edu."),
    ],
)
def test_a_wrong_address_is_refused_and_kept(clerk, for_two, typed, sentence):
    response = clerk.post(url("roster", for_two), {"email": typed})
    assert response.status_code == 400
    assert sentence in read(response).text
    assert response.context["form"]["email"].value() == typed
    assert not Registration.objects.exists()


def test_a_session_that_is_closed_refuses_with_its_sentence(clerk, make_session, person, office):
    session = make_session()
    session.cancel("No room.", by=office)
    response = clerk.post(url("roster", session), {"email": person.email})
    assert response.status_code == 409
    assert "This session was cancelled." in read(response).text


@pytest.mark.parametrize("permissions", [[], ["view_registration"]])
def test_who_may_not_change_registrations_changes_none(client, people, for_two, permissions):
    staff, person, other = people(1, is_staff=True)[0], *people(2)
    staff.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    registration = Registration.objects.register(person, for_two)
    client.force_login(staff)
    assert client.post(url("roster", for_two), {"email": other.email}).status_code == 403
    assert client.post(url("withdraw", registration)).status_code == 403
    seen = 200 if permissions else 403
    assert client.get(url("roster", for_two)).status_code == seen
    assert client.post(url("csv", for_two)).status_code == seen
    assert Registration.objects.active().count() == 1


def test_registrations_stand_beside_the_person_to_read(clerk, for_two, person):
    Registration.objects.register(person, for_two)
    page = read(clerk.get(reverse("admin:accounts_person_change", args=[person.pk])))
    assert url("roster", for_two) in page.addresses


def test_registrations_are_not_typed(clerk, for_two, person):
    registration = Registration.objects.register(person, for_two)
    change = reverse("admin:registrations_registration_change", args=[registration.pk])
    assert clerk.get(change).status_code == 200
    assert clerk.post(change, {"status": "withdrawn", "_save": "Save"}).status_code == 403
    assert clerk.get(reverse("admin:registrations_registration_add")).status_code == 403
    assert clerk.get("/admin/registrations/registration/?q=person1").status_code == 200


def test_the_sessions_page_leads_to_the_roster(clerk, for_two):
    page = read(clerk.get(reverse("admin:sessions_app_session_change", args=[for_two.pk])))
    assert url("roster", for_two) in page.addresses


def test_a_roster_of_no_session_is_not_found(clerk):
    assert clerk.get("/admin/registrations/registration/roster/999/").status_code == 404
