import csv
import io

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person, Unit
from devtools.testing.office_pages import filled_in
from devtools.testing.page import read
from foundation.files.spreadsheet import as_csv

pytestmark = pytest.mark.django_db
ADD = "/admin/accounts/person/add/"


@pytest.fixture
def colleague(people):
    """Somebody of the office who is not a superuser, in the Office group."""
    call_command("create_office", "colleague@example.edu", verbosity=0)
    return Person.objects.get(email="colleague@example.edu")


def page(person) -> str:
    return reverse("admin:accounts_person_change", args=[person.pk])


def last_record(obj) -> LogEntry:
    return LogEntry.objects.filter(object_id=str(obj.pk), content_type__model=obj._meta.model_name).latest("pk")


def test_a_person_is_added_without_a_password(clerk):
    fields = filled_in(clerk, ADD, "person_form", email="New.Person@Example.EDU", name="New Person", role="faculty")
    assert not [name for name in fields if "password" in name]
    assert clerk.post(ADD, fields).status_code == 302
    person = Person.objects.get(email="new.person@example.edu")
    assert not person.has_usable_password()
    assert last_record(person).get_change_message() == "Added."


def test_an_address_in_use_is_refused_with_what_was_typed(clerk, person):
    response = clerk.post(ADD, filled_in(clerk, ADD, "person_form", email="PERSON1@example.edu", name="Typed Name"))
    assert response.status_code == 400
    assert "already exists" in read(response).text
    assert read(response).field("Name").value == "Typed Name"


def test_a_change_is_on_record_with_what_it_was(clerk, office, person):
    unit = Unit.objects.create(name="Pediatrics")
    clerk.post(page(person), filled_in(clerk, page(person), "person_form", unit=unit.pk))
    entry = last_record(person)
    assert entry.user == office
    assert entry.get_change_message() == "Unit: from nothing to Pediatrics."


def test_saving_without_a_change_leaves_no_record(clerk, person):
    clerk.post(page(person), filled_in(clerk, page(person), "person_form"))
    assert not LogEntry.objects.filter(object_id=person.pk, content_type__model="person").exists()


def test_only_changed_fields_are_written(clerk, person):
    fields = filled_in(clerk, page(person), "person_form", pronouns="they/them")
    with CaptureQueriesContext(connection) as queries:
        clerk.post(page(person), fields)
    updates = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "accounts_person"')]
    assert len(updates) == 1
    assert '"pronouns"' in updates[0] and '"email"' not in updates[0]


def test_a_stale_form_keeps_what_somebody_else_changed_and_says_it(clerk, person):
    fields = filled_in(clerk, page(person), "person_form", pronouns="they/them")
    Person.objects.filter(pk=person.pk).update(name="Changed Meanwhile")
    shown = read(clerk.post(page(person), fields, follow=True))
    assert "Name was Person 1, and is now Changed Meanwhile." in shown.text
    person.refresh_from_db()
    assert (person.name, person.pronouns) == ("Changed Meanwhile", "they/them")


def test_a_stale_form_can_be_saved_again_knowingly(clerk, person):
    fields = filled_in(clerk, page(person), "person_form", name="Mine", pronouns="they/them")
    Person.objects.filter(pk=person.pk).update(name="Changed Meanwhile")
    again = read(clerk.post(page(person), fields)).form(id="person_form").data | {"_save": "Save"}
    assert clerk.post(page(person), again).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.pronouns) == ("Mine", "they/them")


@pytest.mark.parametrize("tampered", ["", "nonsense", "e30:1abcde:zzzz"])
def test_a_form_without_what_it_was_made_from_is_refused(clerk, person, tampered):
    response = clerk.post(page(person), filled_in(clerk, page(person), "person_form", as_loaded=tampered, name="Other"))
    assert response.status_code == 400
    person.refresh_from_db()
    assert person.name == "Person 1"


def test_the_office_says_of_nobody_that_they_are_of_the_office(client, colleague, person):
    client.force_login(colleague)
    fields = filled_in(client, page(person), "person_form", is_staff="on", is_superuser="on", name="Renamed")
    assert client.post(page(person), fields).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.is_staff, person.is_superuser) == ("Renamed", False, False)


def test_only_managers_change_people_of_the_office(client, colleague, office):
    client.force_login(colleague)
    assert client.post(page(office), {"email": "colleague2@example.edu", "_save": "Save"}).status_code == 403
    office.refresh_from_db()
    assert office.email == "office@example.edu"


def test_the_rule_is_nobody_to_edit(clerk):
    assert clerk.get(page(Person.objects.rule())).status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        "accounts_person",
        "catalog_workshop",
        "catalog_facilitator",
        "sessions_app_session",
        "sessions_app_venue",
        "registrations_registration",
        "notifications_notice",
    ],
)
def test_the_admin_is_closed_without_permission(client, people, name):
    url = reverse(f"admin:{name}_changelist")
    assert client.get(url).status_code == 302
    visitor, staff = people(1)[0], people(1, is_staff=True)[0]
    client.force_login(visitor)
    assert client.get(url).status_code in (302, 403)
    client.force_login(staff)
    assert client.get(url).status_code == 403


def test_the_office_group_opens_the_admin_and_not_the_groups(client, colleague):
    client.force_login(colleague)
    for name in ("accounts_person", "catalog_workshop", "sessions_app_session", "registrations_registration"):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert client.get("/admin/auth/group/").status_code == 403
    assert client.get("/admin/").status_code == 200


def test_making_the_office_twice_adds_nothing(colleague):
    call_command("create_office", "colleague@example.edu", verbosity=0)
    assert Group.objects.filter(name="Office").count() == 1
    assert colleague.groups.get().permissions.count() == len(set(colleague.get_group_permissions()))


def test_the_office_is_not_made_with_what_is_no_address():
    with pytest.raises(CommandError, match="nonsense: "):
        call_command("create_office", "nonsense")


@pytest.mark.parametrize(
    "query", ["q=%00", "role__exact=%00", "q=%F0%9F%98%80", "p=99", "nonsense=1", f"unit__id__exact={10**30}"]
)
def test_a_strange_search_gets_an_answer(clerk, query):
    assert clerk.get(f"/admin/accounts/person/?{query}").status_code < 500


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "\n=1"])
def test_a_cell_a_spreadsheet_would_run_is_text(typed):
    (cell,) = next(csv.reader(io.StringIO(as_csv([[typed]]).decode("utf-8-sig"), newline="")))
    assert cell == f"'{typed}"


@pytest.mark.parametrize("typed", ["Ana", "O'Hara", "Ōta, Ken", "a=b", ""])
def test_an_ordinary_cell_stays_as_it_is(typed):
    rows = list(csv.reader(io.StringIO(as_csv([[typed, "x"]]).decode("utf-8-sig"), newline="")))
    assert rows == [[typed, "x"]]


def test_every_cell_stands_in_quotation_marks():
    """A spreadsheet that separates by semicolons or tabs would else open what follows one as a cell of its own."""
    assert as_csv([["Ana;=1+1", "x\t@y", 7, None, 'say "hi"']]) == (
        b'\xef\xbb\xbf"Ana;=1+1","x\t@y","7","","say ""hi"""\r\n'
    )


def test_only_one_place_writes_csv(settings):
    writers = [path for path in settings.BASE_DIR.glob("*/**/*.py") if "csv.writer" in path.read_text()]
    ours = {str(path.relative_to(settings.BASE_DIR)) for path in writers if not {".venv", "tests"} & {*path.parts}}
    assert ours == {"foundation/files/spreadsheet.py"}


def test_the_keys_of_second_factors_are_never_shown(client, office):
    app = Authenticator.objects.create(user=office, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    client.force_login(office)
    page = reverse("admin:mfa_authenticator_change", args=[app.pk])
    for url in (reverse("admin:mfa_authenticator_changelist"), page):
        response = client.get(url)
        assert response.status_code == 200
        assert "JBSWY3DPEHPK3PXP" not in read(response).everything
    client.post(reverse("admin:mfa_authenticator_delete", args=[app.pk]), {"post": "yes"})
    assert not Authenticator.objects.exists()


def test_the_index_shows_what_the_office_works_with_and_no_more(client, office):
    client.force_login(office)
    index = read(client.get("/admin/"))
    for rare in ("auth/group", "mfa/authenticator", "notifications/calendarfeed"):
        assert f"/admin/{rare}/" not in index.addresses
        assert client.get(f"/admin/{rare}/").status_code == 200
    factors = f"/admin/mfa/authenticator/?user__exact={office.pk}"
    assert factors in read(client.get(f"/admin/accounts/person/{office.pk}/change/")).addresses
    assert client.get("/admin/mfa/authenticator/", {"user__exact": office.pk}).status_code == 200
