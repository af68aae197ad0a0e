"""What colleagues did lately: in sentences, to people who may see what it is about, and nothing private."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from accounts.models import Person
from devtools.testing.access import NEEDS, arranger
from devtools.testing.groups import in_group
from devtools.testing.office_pages import session_page
from devtools.testing.page import read
from foundation.record import record
from registrations.models import Accommodation, Registration

pytestmark = pytest.mark.django_db
ACTIVITY = "/admin/activity/"


def shown(client, **query) -> list[str]:
    """The entries, each as one line of text."""
    response = client.get(ACTIVITY, query)
    assert response.status_code == 200
    return [part.text for part in read(response).parts(".office-activity li")]


@pytest.fixture
def kai(db) -> Person:
    """Somebody else of the office."""
    return Person.objects.create_user("kai@example.edu", name="Kai Mossgrove", role="staff", is_staff=True)


def key_of(model: str) -> int:
    return ContentType.objects.get(model=model).pk


def test_an_entry_says_when_who_what_and_leads_there(clerk, session, office):
    session.cancel("The speaker is ill.", by=office)
    first = shown(clerk)[0]
    assert "Office Person" in first and f"{session} (session)" in first and "The speaker is ill." in first
    assert session_page(session) in read(clerk.get(ACTIVITY)).addresses


def test_it_is_filtered_by_colleague_subject_and_day(clerk, session, office, kai, workshop, now):
    record(kai, workshop, "Read again.")
    record(kai, session, "Looked at.")
    LogEntry.objects.filter(change_message="Looked at.").update(action_time=now - timedelta(days=3))
    assert len(shown(clerk, by=kai.pk)) == 2
    assert ["Read again." in line for line in shown(clerk, about=key_of("workshop"))] == [True]
    day = (now - timedelta(days=3)).astimezone(_zone()).date()
    assert ["Looked at." in line for line in shown(clerk, day=day.isoformat())] == [True]
    assert shown(clerk, by=kai.pk, about=key_of("workshop"), day=day.isoformat()) == []


@pytest.mark.parametrize(("group", "reads"), [("Viewer", False), ("Office", True)])
def test_who_was_there_is_read_by_people_who_may_see_names(group, reads, client, session, office, people):
    record(office, session, "Attendance of Ada Okafor taken back: here, ticked on the roster.")
    client.force_login(in_group(people, group))
    assert any("Ada Okafor" in line for line in shown(client)) is reads


def _zone():
    from zoneinfo import ZoneInfo

    from django.conf import settings

    return ZoneInfo(settings.TIME_ZONE)


def test_what_people_did_themselves_is_shown_when_it_is_asked_for(clerk, session, person, office):
    record(person, session, words := "Would rather come online.")
    assert not any(words in line for line in shown(clerk))
    assert any(words in line for line in shown(clerk, by="everybody"))


def test_nobody_reads_of_access_requests(person, session, client, office):
    accommodation = Accommodation.objects.ask(Registration.objects.register(person, session), NEEDS)
    reader = arranger()
    reader.is_superuser = True
    reader.save(update_fields=["is_superuser"])
    accommodation.read(reader)
    accommodation.reply("Booked: two interpreters.", reader, accommodation.asked_at)
    assert LogEntry.objects.filter(content_type__model="accommodation").count() == 2
    client.force_login(reader)
    for by in ("", "everybody", reader.pk):
        page = read(client.get(ACTIVITY, {"by": by})).everything
        assert "Access request" not in page and "Answered." not in page and NEEDS not in page
    assert client.get(ACTIVITY, {"about": key_of("accommodation")}).status_code == 400


def test_a_person_reads_of_what_they_may_see(client, kai, session, office, workshop):
    record(office, workshop, "Read again.")
    client.force_login(kai)
    assert shown(client) == []
    kai.user_permissions.add(Permission.objects.get(codename="view_workshop"))
    assert ["Read again." in line for line in shown(client)] == [True]


def test_fifty_stand_on_a_page_and_the_older_ones_on_the_next(clerk, workshop, office):
    for number in range(51):
        record(office, workshop, f"Number {number}.")
    page = read(clerk.get(ACTIVITY))
    assert len(page.parts(".office-activity li")) == 50
    older = read(clerk.get(ACTIVITY + page.link("Older"))).parts(".office-activity li")
    assert ["Number 0." in part.text for part in older] == [True]


def test_what_was_deleted_has_no_page(clerk, office, kai):
    LogEntry.objects.log_actions(office.pk, [kai], 3, change_message="")
    page = read(clerk.get(ACTIVITY))
    assert any("Deleted." in line for line in shown(clerk))
    assert f"/admin/accounts/person/{kai.pk}/change/" not in page.addresses


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"day": "2026-13-40"}, "Write the day like 2027-05-14."),
        ({"day": "\0"}, "Write the day like 2027-05-14."),
        ({"day": "9999-12-31"}, "Choose a date before the year 2101."),
        ({"by": "999999"}, "Choose one of these."),
        ({"by": "\0"}, "Choose one of these."),
        ({"about": "x"}, "Choose one of these."),
        ({"before": "x"}, ""),
        ({"before": "9" * 30}, ""),
        ({"before": "-1"}, ""),
    ],
)
def test_a_filter_that_cannot_be_read_is_said(clerk, query, sentence):
    response = clerk.get(ACTIVITY, query)
    assert response.status_code == 400 and sentence in read(response).text


@pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31", "2026-02-28"])
def test_a_day_without_anything_is_empty(clerk, day):
    assert shown(clerk, day=day) == []
