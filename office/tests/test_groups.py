"""Who may do what in the office: the groups are exact, a Manager gives them, and nobody raises themself."""

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db.models.signals import post_migrate
from django.test import Client

from accounts.models import Person
from accounts.models.groups import NotGiven, OfficeGroup, managers, put_into, step_of
from devtools.testing.access import arranger
from devtools.testing.groups import TABLE, in_group
from devtools.testing.meanwhile import meanwhile
from devtools.testing.office_pages import filled_in
from devtools.testing.page import read

pytestmark = pytest.mark.django_db


def held(group: str) -> dict[str, set[str]]:
    """Return what a group may do, as the database has it, page by page."""
    found: dict[str, set[str]] = {}
    for each in Group.objects.get(name=group).permissions.select_related("content_type"):
        action, _, model = each.codename.partition("_")
        found.setdefault(f"{each.content_type.app_label}.{model}", set()).add(action)
    return found


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(person: Person) -> str:
    return f"/admin/accounts/person/{person.pk}/groups/"


def migrated() -> None:
    """Say what `migrate` says once it is done."""
    for config in apps.get_app_configs():
        if config.models_module:
            post_migrate.send(config, app_config=config, using="default", verbosity=0, interactive=False, plan=[])


def said(person: Person) -> list[str]:
    entries = LogEntry.objects.filter(object_id=str(person.pk), content_type__model="person").order_by("pk")
    return [entry.get_change_message() for entry in entries]


# ---- the groups are exact ----


@pytest.mark.parametrize("group", OfficeGroup.values)
def test_a_group_may_exactly_what_the_table_says(group):
    assert held(group) == TABLE[group]


def test_migrating_gives_and_takes_what_somebody_changed_by_hand():
    office, viewer = Group.objects.get(name="Office"), Group.objects.get(name="Viewer")
    office.permissions.clear()
    viewer.permissions.add(*Permission.objects.filter(codename__endswith="registration"))
    Group.objects.filter(name="Scheduler").delete()
    migrated()
    assert {name: held(name) for name in TABLE} == TABLE


def test_a_group_of_the_school_is_left_as_it_is():
    own = Group.objects.create(name="Library")
    own.permissions.add(Permission.objects.get(codename="view_resource"))
    migrated()
    assert own.permissions.get().codename == "view_resource"


def test_the_recount_finds_a_group_that_may_too_much_or_too_little(capsys):
    call_command("check_invariants", verbosity=0)
    office, viewer = Group.objects.get(name="Office"), Group.objects.get(name="Viewer")
    office.permissions.remove(Permission.objects.get(codename="view_notice"))
    viewer.permissions.add(Permission.objects.get(codename="view_person"))
    with pytest.raises(CommandError, match="2 breaches"):
        call_command("check_invariants", verbosity=0)
    told = capsys.readouterr().out
    assert "G12 group Viewer: it may accounts.view_person, and should not." in told
    assert "G12 group Office: it may not notifications.view_notice, and should." in told


# ---- giving a group ----


def give(client: Client, person: Person, **chosen):
    """Choose on the page, see that nothing is saved before the yes, say yes. Returns both answers."""
    typed = filled_in(client, page_of(person), "decision_form", **chosen)
    before = step_of(Person.objects.get(pk=person.pk)), Person.objects.get(pk=person.pk).arranges_access
    asked = client.post(page_of(person), typed)
    again = Person.objects.get(pk=person.pk)
    assert (step_of(again), again.arranges_access) == before
    shown = read(asked)
    assert asked.status_code == 400 and "Nothing is saved yet" in shown.text
    return asked, client.post(page_of(person), typed | {"agreed": shown.field(name="agreed").attributes["value"]})


def test_a_manager_gives_a_colleague_a_group_and_is_asked_first(people):
    boss, (ann,) = in_group(people, "Manager"), people(1, name="Ann Lee")
    asked, done = give(browser(boss), ann, step="Office")
    assert "Ann Lee sees who registered and who was there" in read(asked).text
    assert "Ann Lee sets up a second step of signing in before the office opens." in read(asked).text
    assert done.status_code == 302
    ann = Person.objects.get(pk=ann.pk)
    assert (step_of(ann), ann.is_staff, ann.is_superuser) == ("Office", True, False)
    assert said(ann) == ["Put into Office."] and browser(ann).get("/admin/").status_code == 200


def test_a_group_taken_away_closes_the_office_at_once(people):
    boss, ann = in_group(people, "Manager"), in_group(people, "Office")
    theirs = browser(ann)
    assert theirs.get("/admin/accounts/person/").status_code == 200
    give(browser(boss), ann, step="")
    assert theirs.get("/admin/accounts/person/").status_code == 302
    assert said(ann) == ["Taken out of Office: the office is closed to this person."]


def test_of_the_steps_a_person_has_one(people):
    boss, ann = in_group(people, "Manager"), in_group(people, "Office")
    give(browser(boss), ann, step="Viewer")
    assert [group.name for group in ann.groups.all()] == ["Viewer"]
    assert said(ann) == ["Moved from Office to Viewer."]


@pytest.mark.parametrize("group", ["Viewer", "Scheduler", "Office", "Accommodations"])
def test_nobody_below_a_manager_gives_a_group(people, group):
    clerk, (ann,) = in_group(people, group), people(1)
    for who in (ann, clerk):
        assert browser(clerk).post(page_of(who), {"step": "Manager", "agreed": "x"}).status_code == 403
        assert step_of(Person.objects.get(pk=who.pk)) != "Manager"


def test_nobody_raises_themself(people):
    boss = in_group(people, "Manager")
    client = browser(boss)
    assert client.get(page_of(boss)).status_code == 302
    client.post(page_of(boss), {"step": "", "arranges_access": "on", "agreed": "x"})
    assert not Person.objects.get(pk=boss.pk).arranges_access and step_of(boss) == "Manager"
    with pytest.raises(NotGiven, match="Nobody changes what they may do themself"):
        put_into(boss, "Viewer", arranges_access=False, by=boss)


@pytest.mark.parametrize("page", ["change/", "groups/"])
def test_no_form_of_a_person_takes_permissions(people, page):
    """What is posted beside the fields of the form is nothing, to the office and to a Manager alike."""
    (ann,) = people(1)
    everything = Permission.objects.values_list("pk", flat=True)
    for group in ("Office", "Manager"):
        client, url = browser(in_group(people, group)), f"/admin/accounts/person/{ann.pk}/{page}"
        typed = {"is_superuser": "on", "is_staff": "on", "groups": [Group.objects.get(name="Manager").pk]}
        typed |= {"user_permissions": list(everything), "email": ann.email, "name": "Renamed", "is_active": "on"}
        if client.get(url).status_code == 200:
            form = "person_form" if page == "change/" else "decision_form"
            typed = filled_in(client, url, form) | typed
        client.post(url, typed)
    ann = Person.objects.get(pk=ann.pk)
    assert not (ann.is_superuser or ann.is_staff or ann.groups.exists() or ann.user_permissions.exists())


def test_the_only_manager_stays(people, office):
    boss = in_group(people, "Manager")
    asked, done = give(browser(office), boss, step="Office")
    assert done.status_code == 409 and f"{boss} is the only Manager." in read(done).text
    change = f"/admin/accounts/person/{boss.pk}/change/"
    typed = filled_in(browser(office), change, "person_form")
    typed.pop("is_active")
    refused = browser(office).post(change, typed)
    assert refused.status_code == 400 and "Make somebody else Manager first." in read(refused).text
    assert list(managers()) == [boss]
    give(browser(office), in_group(people, "Office"), step="Manager")
    give(browser(office), boss, step="Office")
    assert len(managers()) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_managers_who_take_each_other_out_leave_one(people):
    one, other = in_group(people, "Manager"), in_group(people, "Manager")
    refused = pytest.raises(NotGiven, match="the only Manager")
    with meanwhile(lambda: put_into(other, "Office", arranges_access=False, by=one)), refused:
        put_into(one, "Office", arranges_access=False, by=other)
    assert list(managers()) == [one]


def test_a_manager_does_not_touch_a_superuser(people, office):
    boss = in_group(people, "Manager")
    _, done = give(browser(boss), office, step="Viewer")
    assert done.status_code == 409 and "Only the operator changes that, on the server." in read(done).text
    assert browser(boss).post(f"/admin/accounts/person/{office.pk}/change/", {"name": "x"}).status_code == 403


def test_only_a_member_puts_somebody_into_accommodations(people):
    boss, (ann,) = in_group(people, "Manager"), people(1)
    put_into(ann, "Office", arranges_access=False, by=boss)
    shown = read(browser(boss).get(page_of(ann)))
    assert "Only somebody in this group puts another person into it." in shown.text
    browser(boss).post(page_of(ann), {"step": "Office", "arranges_access": "on", "agreed": "x"})
    assert not Person.objects.get(pk=ann.pk).arranges_access
    cara = arranger()
    cara.groups.add(Group.objects.get(name="Manager"))
    asked, _ = give(browser(Person.objects.get(pk=cara.pk)), ann, arranges_access="on")
    assert "reads and answers what people need to take part" in read(asked).text
    assert Person.objects.get(pk=ann.pk).arranges_access
    give(browser(boss), ann, arranges_access="")
    assert not Person.objects.get(pk=ann.pk).arranges_access


# ---- where a group ends ----


def test_somebody_without_a_group_reads_whom_to_ask(people):
    boss, (new,) = in_group(people, "Manager", name="Rosa Manager"), people(1, is_staff=True)
    shown = browser(new).get("/admin/")
    assert shown.status_code == 200 and "nobody has said yet what you may do here" in read(shown).text
    assert read(shown).link(boss.email) == f"mailto:{boss.email}" and "Rosa Manager" in read(shown).text
    other = browser(new).get("/admin/sessions_app/session/")
    assert other.status_code == 403 and "You have no group yet" in read(other).text


def test_without_a_manager_the_page_says_what_the_operator_does(people):
    (new,) = people(1, is_staff=True)
    assert "manage.py create_office --manager ADDRESS" in read(browser(new).get("/admin/")).text


@pytest.mark.parametrize(
    "group, page, why",
    [
        ("Viewer", "sessions_app/session/add/", "Of the office, only Scheduler, Office and Manager may add sessions."),
        ("Scheduler", "accounts/person/", "Of the office, only Office and Manager may open people."),
        ("Office", "registrations/accommodation/", "Only people in the group Accommodations open access requests."),
        ("Office", "registrations/registration/add/", "Nobody may add registrations on this page."),
        ("Office", "auth/group/", "Of the office, only Manager may open groups."),
    ],
)
def test_a_refusal_says_why_and_who_may(people, group, page, why):
    in_group(people, "Manager", name="Rosa Manager")
    response = browser(in_group(people, group)).get(f"/admin/{page}")
    shown = read(response)
    assert response.status_code == 403 and why in shown.text, shown.text
    assert "Rosa Manager" in shown.text and f"You are in: {group}: " in shown.text


def test_people_who_are_not_of_the_office_read_the_page_for_them(me):
    response = me.get("/admin/login/")
    assert response.status_code == 403 and "This page is for the office." in read(response).text
