"""A new address holds only once both addresses have had their say (G12)."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client

from accounts.models import AddressChange, Person
from accounts.models.address_change import LIFE, SILENCE
from accounts.tasks import let_addresses_take_hold
from devtools.testing.access import NEEDS, arranger
from devtools.testing.page import read
from devtools.testing.signing_in import APP_SECRET, CODE_PAGE, app_code, ask_for_code, is_signed_in, mailed_code
from notifications.models import CalendarFeed, Notice
from registrations.models import Accommodation, Registration

OLD, NEW = "person1@example.edu", "moved@example.edu"
PAGE = "/accounts/address/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def change(person, office, now) -> AddressChange:
    """The change of person1’s address that the office has asked for."""
    return AddressChange.objects.ask(person, NEW, by=office, now=now)


def link_to(email: str) -> str:
    """Return the path of the link in the newest mail to an address."""
    notice = Notice.objects.filter(to=email, kind__startswith="address_").latest("pk")
    return re.search(r"https?://[^/\s]+(/accounts/address/[\w-]+/)", notice.text)[1]


def again(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def said(person: Person) -> list[str]:
    """Return what is on record about a person, oldest first."""
    entries = LogEntry.objects.filter(object_id=str(person.pk), content_type__model="person").order_by("pk")
    return [entry.get_change_message() for entry in entries]


# ---- asking ----


def test_asking_tells_both_addresses_and_changes_nothing(change, person):
    assert again(person).email == OLD
    assert set(Notice.objects.values_list("to", "kind")) == {(OLD, "address_old"), (NEW, "address_new")}
    assert link_to(OLD) != link_to(NEW)
    assert set(Notice.objects.values_list("priority", flat=True)) == {Notice.Priority.CODE}


def test_the_mail_to_the_new_address_names_nobody(change, person):
    mail = Notice.objects.get(to=NEW)
    for words in (mail.subject, mail.text, mail.html):
        assert person.name not in words and OLD not in words and "Office Person" not in words
    assert mail.person is None


def test_the_mail_to_the_old_address_says_who_asked_and_for_what(change):
    mail = Notice.objects.get(to=OLD)
    for words in (mail.text, mail.html):
        assert f"Office Person asked that you sign in to Quorum with {NEW} from now on." in " ".join(words.split())


def test_asking_twice_for_the_same_sends_nothing_more(change, person, office):
    assert AddressChange.objects.ask(person, NEW.upper(), by=office) == change
    assert AddressChange.objects.ask(person, f"\u200b{NEW}\ufeff ", by=office) == change
    assert Notice.objects.count() == 2


def test_asking_for_another_address_ends_what_waits(change, person, office):
    path = link_to(NEW)
    AddressChange.objects.ask(person, "elsewhere@example.edu", by=office)
    change.refresh_from_db()
    assert change.state == "replaced"
    assert Client().post(path, {"answer": "yes"}).status_code == 409


@pytest.mark.parametrize("address", [OLD, "person2@example.edu", "PERSON2@example.edu", "person\u200b2@example.edu"])
def test_an_address_somebody_has_is_refused(people, office, address):
    person, _ = people(2)
    with pytest.raises(AddressChange.NotFree):
        AddressChange.objects.ask(person, address, by=office)
    assert not Notice.objects.exists()


def test_what_happens_is_on_record_without_the_links(change, person, now):
    links = link_to(OLD), link_to(NEW)
    change.confirm_new(now)
    change.take_hold(now + SILENCE)
    assert said(person) == [
        f"New address asked for: from {OLD} to {NEW}. Both addresses are told.",
        f"The new address {NEW} has said yes.",
        f"Address changed from {OLD} to {NEW}. Every sign-in has ended.",
    ]
    tokens = [link.split("/")[-2] for link in links]
    assert not any(token in message for token in tokens for message in said(person))
    stored = str(AddressChange.objects.values().get())
    assert not any(token in stored for token in tokens)


# ---- the three ways it takes hold ----


def test_silence_of_the_new_address_changes_nothing(change, person, now):
    change.take_hold(now + SILENCE + MINUTE)
    assert again(person).email == OLD


def test_silence_of_the_old_address_lasts_72_hours(change, person, now):
    change.confirm_new(now)
    change.take_hold(now + SILENCE - MINUTE)
    assert again(person).email == OLD
    change.take_hold(now + SILENCE)
    assert again(person).email == NEW


def test_the_72_hours_begin_when_the_new_address_says_yes(change, person, now):
    change.confirm_new(now + SILENCE)
    change.take_hold(now + SILENCE + MINUTE)
    assert again(person).email == OLD


@pytest.mark.parametrize("order", ["new first", "old first"])
def test_two_yeses_need_no_wait(change, person, now, order):
    for confirm in (change.confirm_new, change.confirm_old)[:: 1 if order == "new first" else -1]:
        assert again(person).email == OLD
        confirm(now)
    assert again(person).email == NEW


def test_the_group_that_arranges_access_shortens_the_wait(change, person, now):
    change.confirm_new(now)
    change.agree(arranger(), now)
    assert again(person).email == NEW


def test_agreeing_is_for_a_second_person_of_the_group(person, office, now):
    cara = arranger()
    change = AddressChange.objects.ask(person, NEW, by=cara, now=now)
    with pytest.raises(AddressChange.NotAnother):
        change.agree(cara, now)
    with pytest.raises(AddressChange.NotAnother):
        change.agree(office, now)
    own = AddressChange.objects.ask(cara, "cara@example.edu", by=office, now=now)
    with pytest.raises(AddressChange.NotAnother):
        own.agree(cara, now)


def test_the_sweep_lets_due_ones_take_hold_and_others_lapse(people, office, now):
    due, waits, silent = (
        AddressChange.objects.ask(one, f"new{one.pk}@example.edu", by=office, now=now - LIFE) for one in people(3)
    )
    due.confirm_new(now - SILENCE)
    waits.confirm_new(now - SILENCE + timedelta(hours=1))
    let_addresses_take_hold()
    assert list(AddressChange.objects.order_by("pk").values_list("state", flat=True)) == ["held", "waiting", "lapsed"]
    assert again(silent.person).email != silent.new_address


def test_one_in_trouble_holds_up_no_other(people, office, now, monkeypatch):
    both = [AddressChange.objects.ask(one, f"new{one.pk}@example.edu", by=office, now=now - LIFE) for one in people(2)]
    for change in both:
        change.confirm_new(now - SILENCE)
    take_hold = AddressChange.take_hold

    def fails_for_the_first(self, at):
        if self == both[0]:
            raise RuntimeError
        take_hold(self, at)

    monkeypatch.setattr(AddressChange, "take_hold", fails_for_the_first)
    let_addresses_take_hold()
    assert list(AddressChange.objects.order_by("pk").values_list("state", flat=True)) == ["waiting", "held"]


# ---- stopping it ----


def test_a_stopped_change_never_takes_hold(change, person, now):
    change.confirm_new(now)
    change.stop(by=person, now=now)
    change.take_hold(now + SILENCE)
    with pytest.raises(AddressChange.Ended):
        change.confirm_old(now)
    assert again(person).email == OLD
    assert said(person)[-1] == f"New address {NEW} stopped."


def test_stopping_what_is_in_force_is_refused(change, person, now):
    change.confirm_new(now)
    change.confirm_old(now)
    with pytest.raises(AddressChange.Ended):
        change.stop(by=None, now=now)


# ---- what ends with the old address ----


def test_every_sign_in_ends(change, person, now):
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(person)
        assert browser.get("/my/").status_code == 200
    change.confirm_new(now)
    assert [browser.get("/my/").status_code for browser in browsers] == [200, 200]
    change.take_hold(now + SILENCE)
    assert [browser.get("/my/").status_code for browser in browsers] == [302, 302]


def test_a_code_on_its_way_to_the_old_address_opens_an_account_of_its_own(client, change, person, now):
    ask_for_code(client, OLD)
    change.confirm_new(now)
    change.take_hold(now + SILENCE)
    client.post(CODE_PAGE, {"code": mailed_code(OLD)})
    signed_in = Person.objects.get(pk=client.session["_auth_user_id"])
    assert (signed_in.email, signed_in.registrations.count(), signed_in == person) == (OLD, 0, False)


def test_a_sign_in_that_waits_for_the_second_factor_opens_nothing(client, people, office, now, settings):
    settings.OFFICE_SECOND_FACTOR = True
    colleague = people(1, is_staff=True)[0]
    TOTP.activate(colleague, APP_SECRET)
    ask_for_code(client, colleague.email)
    response = client.post(CODE_PAGE, {"code": mailed_code(colleague.email)})
    change = AddressChange.objects.ask(colleague, NEW, by=office, now=now)
    change.confirm_new(now)
    change.take_hold(now + SILENCE)
    client.post(response.url, {"code": app_code()})
    assert not is_signed_in(client)


def test_a_spare_code_of_before_opens_nothing(client, change, person, now, capsys):
    call_command("login_code", OLD)
    spare = capsys.readouterr().out.strip()
    ask_for_code(client, OLD)
    change.confirm_new(now)
    change.take_hold(now + SILENCE)
    client.post(CODE_PAGE, {"code": spare})
    assert not is_signed_in(client)


def test_a_code_to_the_new_address_signs_in(client, change, person, now):
    change.confirm_new(now)
    change.take_hold(now + SILENCE)
    ask_for_code(client, NEW)
    client.post(CODE_PAGE, {"code": mailed_code(NEW)})
    assert client.session["_auth_user_id"] == str(person.pk)
    assert list(EmailAddress.objects.filter(user=person).values_list("email", "verified")) == [(NEW, True)]


def test_the_private_calendar_is_revoked(client, change, person, now):
    token = CalendarFeed.objects.renew(person, now)
    change.confirm_new(now)
    assert client.get(f"/calendar/{token}.ics").status_code == 200
    change.take_hold(now + SILENCE)
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_the_mail_that_waits_follows_only_then(change, person, session, now):
    Registration.objects.register(person, session, now=now)
    change.confirm_new(now)
    assert Notice.objects.get(kind="registered").to == OLD
    change.take_hold(now + SILENCE)
    assert Notice.objects.get(kind="registered").to == NEW


def test_both_addresses_are_told_that_it_is_in_force(change, person, now):
    change.confirm_new(now)
    change.take_hold(now + SILENCE)
    told = {notice.to: notice.text for notice in Notice.objects.filter(kind="account")}
    assert set(told) == {OLD, NEW}
    assert "ask for it again" in " ".join(told[NEW].split())
    assert "reply to this message at once" in " ".join(told[OLD].split())


@pytest.mark.parametrize("ends", [True, False])
def test_a_spare_code_dies_with_the_sign_ins(client, person, capsys, ends):
    call_command("login_code", OLD)
    if ends:
        again(person).end_sign_ins()
    ask_for_code(client, OLD)
    client.post(CODE_PAGE, {"code": capsys.readouterr().out.strip()})
    assert is_signed_in(client) == (not ends)


# ---- access needs ----


@pytest.fixture
def needs(person, session, now) -> Accommodation:
    """What person1 needs to take part in a session, to be kept for the next one."""
    return Accommodation.objects.ask(Registration.objects.register(person, session, now=now), NEEDS, True, now=now)


def test_silence_takes_no_access_needs_along(needs, change, person, now):
    change.confirm_new(now)
    change.take_hold(now + SILENCE)
    assert not Accommodation.objects.exists()
    assert Accommodation.objects.carried_by(person) == ""


@pytest.mark.parametrize("by", ["the person", "the group"])
def test_access_needs_come_along_with_somebody_who_knows(needs, change, person, now, by):
    change.confirm_new(now)
    change.confirm_old(now) if by == "the person" else change.agree(arranger(), now)
    assert again(person).email == NEW
    assert Accommodation.objects.get().needs == NEEDS


def test_the_office_that_changes_an_address_reads_no_access_needs(needs, change, person, client, now):
    client.post(link_to(NEW), {"answer": "yes"})
    change.take_hold(now + SILENCE + MINUTE)
    ask_for_code(client, NEW)
    client.post(CODE_PAGE, {"code": mailed_code(NEW)})
    page = client.get(f"/registrations/{needs.registration.uuid}/accommodation/")
    assert page.status_code == 200 and NEEDS not in read(page).everything


def test_a_request_of_the_old_sign_in_writes_no_needs_down(person, session, office, now):
    own = Registration.objects.register(person, session, now=now)
    own = Registration.objects.select_related("person", "session").get(pk=own.pk)
    change = AddressChange.objects.ask(Person.objects.get(pk=person.pk), NEW, by=office, now=now)
    change.confirm_new(now)
    change.take_hold(now + SILENCE)
    with pytest.raises(Accommodation.AddressChanged):
        Accommodation.objects.ask(own, NEEDS, now=now)
    assert not Accommodation.objects.exists()


def test_the_mail_about_an_answer_does_not_follow_a_silent_change(needs, change, person, now):
    needs.reply("Yes.", by=arranger(), asked_at=needs.asked_at, now=now)
    answered = Notice.objects.get(to=OLD, kind="account")
    change.confirm_new(now)
    change.take_hold(now + SILENCE)
    answered.refresh_from_db()
    assert (answered.state, answered.text) == ("expired", "")


def test_the_mail_about_an_answer_follows_a_yes_as_it_was_written(needs, change, person, now):
    needs.reply("Yes.", by=arranger(), asked_at=needs.asked_at, now=now)
    words = Notice.objects.get(to=OLD, kind="account").text
    change.confirm_new(now)
    change.confirm_old(now)
    assert Notice.objects.get(to=NEW, text=words).state == "queued"


def test_silence_ends_membership_of_the_group_that_reads_them(office, now):
    cara = arranger()
    change = AddressChange.objects.ask(cara, NEW, by=office, now=now)
    change.confirm_new(now)
    change.take_hold(now + SILENCE)
    assert not again(cara).arranges_access
    assert "Left the group Accommodations" in said(cara)[-1]


def test_membership_stays_with_the_persons_own_yes(office, now):
    cara = arranger()
    change = AddressChange.objects.ask(cara, NEW, by=office, now=now)
    change.confirm_new(now)
    change.confirm_old(now)
    assert again(cara).email == NEW and again(cara).arranges_access


# ---- the new address, taken in between ----


def test_an_empty_account_of_the_new_address_makes_room(client, change, person, now):
    ask_for_code(client, NEW)
    client.post(CODE_PAGE, {"code": mailed_code(NEW)})
    assert Person.objects.filter(email=NEW).exists()
    change.confirm_new(now)
    change.take_hold(now + SILENCE)
    assert again(person).email == NEW
    assert Person.objects.filter(email=NEW).count() == 1


def test_an_account_in_use_keeps_its_address(change, person, session, now):
    other = Person.objects.create_user(NEW, name="Other", role="staff")
    Registration.objects.register(other, session, now=now)
    change.confirm_new(now)
    change.take_hold(now + SILENCE)
    change.refresh_from_db()
    assert (change.state, again(person).email, again(other).email) == ("taken", OLD, NEW)


# ---- the pages ----


def test_looking_at_a_link_changes_nothing(client, change):
    before = AddressChange.objects.values().get()
    for email in (OLD, NEW):
        for method in (client.get, client.head):
            assert method(link_to(email)).status_code == 200
    assert AddressChange.objects.values().get() == before


def test_the_link_of_the_new_address_says_yes(client, change):
    page = read(client.get(link_to(NEW)))
    assert f"Is this your address for Quorum? It is {NEW}." in page.text
    assert OLD not in page.text and "Person 1" not in page.text
    response = client.post(link_to(NEW), {"answer": "yes"})
    assert f"Thank you, you have said yes {NEW} takes over on" in read(response).text
    change.refresh_from_db()
    assert change.confirmed_new_at and not change.is_vouched_for


def test_the_link_of_the_old_address_stops_and_cannot_say_yes(client, change):
    assert "Office Person asked for this on" in read(client.get(link_to(OLD))).text
    assert client.post(link_to(OLD), {"answer": "yes"}).status_code == 422
    change.refresh_from_db()
    assert change.confirmed_old_at is None
    assert "This change of address has ended" in read(client.post(link_to(OLD), {"answer": "stop"})).text
    change.refresh_from_db()
    assert change.state == "stopped"


@pytest.mark.parametrize("answer", ["", "maybe", "yes\0"])
def test_what_is_no_answer_is_refused(client, change, answer):
    assert client.post(link_to(NEW), {"answer": answer}).status_code == 422


@pytest.mark.parametrize("token", ["x", "a" * 43, "-", "x" * 2000])
def test_an_unknown_link_is_not_found(client, change, token):
    assert client.get(f"{PAGE}{token}/").status_code == 404


def test_a_link_needs_csrf(change):
    assert Client(enforce_csrf_checks=True).post(link_to(OLD), {"answer": "stop"}).status_code == 403


def test_the_person_sees_what_waits_and_says_yes(me, change, person):
    assert f"Your address is to become {NEW}." in read(me.get("/accounts/profile/")).text
    page = read(me.get(PAGE)).text
    assert "Office Person asked for this on" in page and f"Until then you sign in with {OLD}" in page
    assert me.post(PAGE, {"answer": "yes"}).url == PAGE
    change.refresh_from_db()
    assert change.confirmed_old_at and change.is_waiting
    assert again(person).email == OLD


def test_the_person_stops_it(me, change, person):
    response = me.post(PAGE, {"answer": "stop"}, follow=True)
    assert f"Stopped. You sign in with {OLD}, as before." in read(response).text
    change.refresh_from_db()
    assert change.state == "stopped"
    assert "No change of your address is waiting." in read(me.get(PAGE)).text


def test_nobody_else_says_yes_for_a_person(client, change, people):
    client.force_login(people(1)[0])
    client.post(PAGE, {"answer": "yes"})
    change.refresh_from_db()
    assert change.confirmed_old_at is None
