"""The office asks for a new address and becomes nobody else by it; it does not choose who reads access requests."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import AddressChange, Person
from accounts.models.groups import NotGiven, put_into
from devtools.testing.access import NEEDS, REQUESTS, arranger
from devtools.testing.office_pages import filled_in
from devtools.testing.page import read
from devtools.testing.signing_in import CODE_PAGE, ask_for_code, is_signed_in, mailed_code
from notifications.models import CalendarThread, Notice
from registrations.models import Accommodation, Registration

pytestmark = pytest.mark.django_db
NEW = "moved@example.edu"
LIST = "/admin/accounts/addresschange/"


@pytest.fixture
def fellow_officer(db) -> Person:
    """Somebody of the office who is not a superuser, in the Office group."""
    call_command("create_office", "fellow_officer@example.edu", verbosity=0)
    return Person.objects.get(email="fellow_officer@example.edu")


@pytest.fixture
def waiting_change(person, office) -> AddressChange:
    return AddressChange.objects.ask(person, NEW, by=office)


def page(person) -> str:
    return reverse("admin:accounts_person_change", args=[person.pk])


def save(client, person, **typed):
    return client.post(page(person), filled_in(client, page(person), "person_form", **typed), follow=True)


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def said(person) -> list[str]:
    entries = LogEntry.objects.filter(object_id=str(person.pk), content_type__model="person").order_by("pk")
    return [entry.get_change_message() for entry in entries]


# ---- asking for a new address ----


def test_saving_a_new_address_asks_both_and_changes_none(clerk, person):
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    response = save(clerk, person, email=NEW, pronouns="they/them")
    assert f"The address has not changed yet. {NEW} has to say yes first" in read(response).text
    person.refresh_from_db()
    assert (person.email, person.pronouns) == ("person1@example.edu", "they/them")
    assert EmailAddress.objects.get(user=person).email == person.email
    assert {notice.to for notice in Notice.objects.filter(kind__startswith="address_")} == {person.email, NEW}
    assert said(person) == [
        f"New address asked for: from person1@example.edu to {NEW}. Both addresses are told.",
        "Pronouns: from nothing to they/them.",
    ]


def test_invitations_do_not_follow_before_it_takes_hold(clerk, person, make_session, now):
    session = make_session(minimum=1)
    Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    before, sequence = list(Notice.objects.values_list("pk", "to")), CalendarThread.objects.get().sequence
    save(clerk, person, email=NEW)
    assert list(Notice.objects.exclude(kind__startswith="address_").order_by("-pk").values_list("pk", "to")) == before
    assert CalendarThread.objects.get().sequence == sequence


def test_the_office_cannot_sign_in_as_somebody_by_setting_an_address(clerk, person, make_session, now):
    registration = Registration.objects.register(person, make_session(), now=now)
    Accommodation.objects.ask(registration, NEEDS, now=now)
    save(clerk, person, email=NEW)
    stranger = Client()
    ask_for_code(stranger, NEW)
    stranger.post(CODE_PAGE, {"code": mailed_code(NEW)})
    assert stranger.get(f"/registrations/{registration.uuid}/accommodation/").status_code == 404


@pytest.mark.parametrize("typed", [" person1@example.edu", "PERSON1@Example.edu"])
def test_the_same_address_in_other_letters_asks_for_nothing(clerk, person, typed):
    assert save(clerk, person, email=typed).status_code == 200
    assert not AddressChange.objects.exists() and said(person) == []


def test_the_address_of_another_account_is_refused_in_any_case(clerk, people):
    person, _ = people(2)
    response = save(clerk, person, email="PERSON2@example.edu")
    assert response.status_code == 400 and "already exists" in read(response).text
    assert not AddressChange.objects.exists()


def test_an_address_taken_at_the_last_moment_is_told_and_the_rest_is_saved(clerk, person, monkeypatch):
    def taken(person, address):
        raise AddressChange.NotFree("Another account has this address already.")

    monkeypatch.setattr(AddressChange, "refuse_unless_free", taken)
    response = save(clerk, person, email=NEW, pronouns="they/them")
    assert "Another account has this address already." in read(response).text
    person.refresh_from_db()
    assert person.pronouns == "they/them"


# ---- what waits, on the office's pages ----


def test_the_page_of_a_person_says_what_waits_and_from_whom(clerk, waiting_change, person):
    shown = read(clerk.get(page(person)))
    assert f"{NEW} was asked for by Office Person." in shown.text
    assert f"{LIST}{waiting_change.pk}/change/" in shown.addresses
    assert "person1@example.edu stays in force until then." in shown.text


def test_the_office_stops_a_change(client, fellow_officer, waiting_change, person):
    client.force_login(fellow_officer)
    assert "Stop it" in read(client.get(f"{LIST}{waiting_change.pk}/change/")).text
    assert client.get(f"{LIST}{waiting_change.pk}/stop/").status_code == 405
    client.post(f"{LIST}{waiting_change.pk}/stop/")
    waiting_change.refresh_from_db()
    assert waiting_change.state == "stopped"
    assert said(person)[-1] == f"New address {NEW} stopped."


def test_the_office_does_not_agree(client, fellow_officer, clerk, waiting_change):
    for browsing in (clerk, browser(fellow_officer)):
        assert browsing.post(f"{LIST}{waiting_change.pk}/agree/").status_code == 403
        assert "I know that it is the same person" not in read(browsing.get(f"{LIST}{waiting_change.pk}/change/")).text
    waiting_change.refresh_from_db()
    assert waiting_change.agreed_at is None


def test_the_group_that_reads_access_requests_agrees(waiting_change):
    cara = browser(arranger())
    assert "I know that it is the same person" in read(cara.get(f"{LIST}{waiting_change.pk}/change/")).text
    response = cara.post(f"{LIST}{waiting_change.pk}/agree/", follow=True)
    assert "Agreed. It takes hold once the new address has said yes." in read(response).text
    waiting_change.refresh_from_db()
    assert waiting_change.agreed_by.email == "access@example.edu"


def test_the_person_who_asked_does_not_agree_to_it(person):
    member = arranger()
    waiting_change = AddressChange.objects.ask(person, NEW, by=member)
    browsing = browser(member)
    assert "Somebody else in the group" in read(browsing.get(f"{LIST}{waiting_change.pk}/change/")).text
    assert "Somebody else in the group" in read(browsing.post(f"{LIST}{waiting_change.pk}/agree/", follow=True)).text
    waiting_change.refresh_from_db()
    assert waiting_change.agreed_at is None


def test_nothing_of_a_change_is_typed_and_no_link_is_shown(clerk, waiting_change):
    assert clerk.get(f"{LIST}add/").status_code == 403
    assert clerk.post(f"{LIST}{waiting_change.pk}/change/", {"confirmed_old_at": "2026-01-01"}).status_code == 403
    for url in (LIST, f"{LIST}{waiting_change.pk}/change/", f"{LIST}{waiting_change.pk}/history/"):
        shown = read(clerk.get(url)).everything
        assert waiting_change.old_digest not in shown and waiting_change.new_digest not in shown


@pytest.mark.parametrize("kind", ["address_old", "address_new"])
def test_the_office_reads_neither_the_links_nor_the_subjects(clerk, waiting_change, kind):
    notice = Notice.objects.get(kind=kind)
    token = notice.text.split("/accounts/address/")[1].split("/")[0]
    for url in ("/admin/notifications/notice/", reverse("admin:notifications_notice_change", args=[notice.pk])):
        shown = read(clerk.get(url)).everything
        assert token not in shown and notice.subject not in shown


# ---- who reads access requests ----


def test_a_superuser_puts_nobody_into_the_group_that_reads_them(clerk, office, person):
    for one in (person, office):
        clerk.post(f"/admin/accounts/person/{one.pk}/groups/", {"arranges_access": "on", "agreed": "x"})
        assert not one.groups.exists()
    with pytest.raises(NotGiven, match="Only somebody in the group Accommodations"):
        put_into(person, "", arranges_access=True, by=office)
    assert clerk.get(REQUESTS).status_code == 403


def test_a_new_person_is_not_added_into_the_group_either(clerk):
    url, readers = "/admin/accounts/person/add/", Group.objects.get(name="Accommodations")
    fields = filled_in(clerk, url, "person_form", email="fake@example.edu", is_staff="on", groups=[str(readers.pk)])
    assert clerk.post(url, fields).status_code == 302
    added = Person.objects.get(email="fake@example.edu")
    assert not added.groups.exists() and not added.is_staff


def test_a_superuser_gives_no_group_the_name_of_another(clerk, office):
    call_command("create_office", office.email, verbosity=0)
    members, readers = Group.objects.get(name="Office"), Group.objects.get(name="Accommodations")
    for group, name in ((readers, "Nobody"), (members, "Accommodations")):
        url = reverse("admin:auth_group_change", args=[group.pk])
        assert clerk.get(url).status_code == 200
        assert clerk.post(url, {"name": name}).status_code == 403
    assert clerk.post("/admin/auth/group/add/", {"name": "Another"}).status_code == 403
    assert clerk.post(reverse("admin:auth_group_delete", args=[readers.pk]), {"post": "yes"}).status_code == 403
    assert clerk.get(REQUESTS).status_code == 403


def test_the_operators_command_is_on_record():
    cara = arranger()
    assert said(cara) == ["Put into the group Accommodations on the server with manage.py create_office."]
    call_command("create_office", "--accommodations", cara.email, verbosity=0)
    assert len(said(cara)) == 1


# ---- other ways to act as somebody ----


def test_a_second_factor_taken_away_is_told_and_on_record(clerk):
    cara = arranger()
    factor = Authenticator.objects.create(user=cara, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    open_browser = browser(cara)
    assert open_browser.get("/my/").status_code == 200
    clerk.post(reverse("admin:mfa_authenticator_delete", args=[factor.pk]), {"post": "yes"})
    notice = Notice.objects.get(kind="account", to=cara.email)
    assert notice.subject == "The office removed a second step from your account"
    assert said(cara)[-1] == "Second factor removed: TOTP Authenticator. Every sign-in has ended."
    assert open_browser.get("/my/").status_code == 302


def test_a_person_switched_off_and_on_again_signs_in_afresh(clerk, person):
    open_browser = browser(person)
    for is_active in ({"is_active": ""}, {"is_active": "on"}):
        fields = filled_in(clerk, page(person), "person_form") | is_active
        if not fields["is_active"]:
            del fields["is_active"]
        clerk.post(page(person), fields)
    person.refresh_from_db()
    assert person.is_active
    assert open_browser.get("/my/").status_code == 302


def test_a_code_printed_on_the_server_is_told_and_on_record(client, person, capsys):
    call_command("login_code", person.email)
    code = capsys.readouterr().out.strip()
    assert said(person) == ["A sign-in code was printed on the server with manage.py login_code."]
    notice = Notice.objects.get(to=person.email)
    assert notice.subject == "A sign-in code for your account was printed on the server"
    assert code not in notice.text and code.replace(" ", "") not in notice.text
    ask_for_code(client, person.email)
    client.post(CODE_PAGE, {"code": code})
    assert is_signed_in(client)
