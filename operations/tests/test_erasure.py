"""Erasing a person leaves counts right and no name anywhere (G17)."""

import logging
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.browser_sessions.sign_ins import NOTE
from accounts.models import OtherAddress, Person, SchoolRecord, UnitName
from catalog.models import Facilitator, Objective, Part
from devtools.testing.calendar_readers import calendar_of
from devtools.testing.changing import MINUTES, deliver
from devtools.testing.groups import in_group
from devtools.testing.office_pages import filled_in
from devtools.testing.page import get, post, read
from devtools.testing.requesting import ask
from devtools.testing.signing_in import APP_SECRET
from foundation.record import record
from notifications.models import LeadingThread, MailQueue, Notice, ReplyMailbox
from notifications.outbox.deliver import drain
from office.forgetting.holds import HoldForm
from office.numbers.attendance import Span, year_of
from operations.forgetting import kinds
from operations.forgetting.erasing import NotErased, erase
from operations.forgetting.rows import FATES, keys_to_people
from operations.forgetting.words import KEPT, PUBLISHED, is_published, text_columns
from operations.invariants import breaches
from operations.models import LegalHold
from outcomes.models import Attendance, AttendanceDispute, Certificate, Evaluation, OutsideActivity
from registrations.models import Interest, PriorAttendance, Registration
from sessions_app.models import MeetingPlan, SessionRequest

pytestmark = pytest.mark.django_db

OWN = "xylophone"


def everything() -> str:
    """Return every value of every column of every table, in small letters: what a dump of the database holds."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                said += [
                    bytes(one).decode("latin-1") if isinstance(one, (bytes, memoryview)) else str(one) for one in row
                ]
    return "\n".join(said).casefold()


def plant(canary: str) -> list[str]:
    """Add `canary` to every text of one row of every table; only its address to what the office publishes.

    Returns the columns that no row could take it in.
    """
    bare = []
    for model, columns in text_columns():
        for field in columns:
            said = canary.split()[-1] if is_published(field) else canary
            if not any(takes(row, field, said) for row in model._base_manager.order_by("pk")[:5]):
                bare.append(f"{model._meta.label}.{field.name}")
    return bare


def takes(row, field, canary: str) -> bool:
    """Add `canary` to one column of one row, and tell whether the database let us."""
    value = getattr(row, field.attname)
    if isinstance(field, models.JSONField):
        new = [*value, canary] if isinstance(value, list) else {**(value or {}), "canary": [canary]}
    elif isinstance(field, models.EmailField):
        new = canary.split()[-1]
    else:
        new = f"{value or ''} {canary}"[-(field.max_length or 10_000) :]
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**{field.attname: new})
    except IntegrityError:
        return False
    return True


@pytest.fixture
def canary(every_noun, office, client, now):
    """A person with a row of every noun, whose name and address stand in every text that anybody wrote.

    What the person wrote themself says “xylophone”.
    """
    person = every_noun.person
    assert (person.name, person.email) == ("Person 1", "person1@example.edu")
    session = every_noun.session
    session.facilitators.clear()
    old = Facilitator.objects.create(name="Person 1", person=person, biography=OWN, email="")
    leading = old.leadings.create(session=session, asked_at=now, ended_at=now, reason=OWN)
    LeadingThread.objects.create(leading=leading, meeting=session.meetings.get(), person=person, address=person.email)
    client.force_login(person)
    EmailAddress.objects.create(user=person, email=person.email, verified=True)
    Authenticator.objects.create(user=person, type="totp", data={})
    SocialAccount.objects.create(user=person, provider="saml", uid=person.email, extra_data={"name": OWN})
    SchoolRecord.objects.get_or_create(
        person=person, defaults={"provider": "saml", "name": person.name, "said_at": now}
    )
    UnitName.objects.get_or_create(words="Peds")
    OtherAddress.objects.create(person=person, email="before@example.edu", since=now)
    PriorAttendance.objects.filter(person=person).update(note=OWN)
    AttendanceDispute.objects.update(words=OWN)
    OutsideActivity.objects.update(title=OWN, where=OWN, answer=OWN)
    SessionRequest.objects.update(why_fewer=OWN, hopes=OWN, answer=OWN)
    record(office, person, f"Name: from {OWN} to Person 1.")
    record(office, every_noun, OWN)
    session.meetings.get().attendances.create(
        name="Person 1", address="person1@example.edu", state="here", source="roster", said_at=now
    )
    Objective.objects.create(workshop=session.workshop, text="Know it.", position=1)
    Part.objects.create(workshop=session.workshop, title="Pt. 1", position=1, minutes=60)
    ask(person, None, now, topic="Listening")
    session.workshop.evaluation_questions.create(text="Which?", kind="choice", choices="This\nThat", position=2)
    Evaluation.objects.update(closed_at=now, asked_count=6, complete_count=6, answered_count=6, results={})
    Certificate.objects.get().revoke("Not there.", by=office, now=now)
    drain()
    MailQueue.load().beat(now)
    ReplyMailbox.load().save()
    bare = plant("Person 1 person1@example.edu")
    return SimpleNamespace(person=person, registration=every_noun, session=session, bare=bare)


def test_every_key_to_a_person_has_a_fate():
    assert {name for name, _ in keys_to_people()} == set(FATES)


def test_every_column_that_is_not_read_is_there():
    every = apps.get_models(include_auto_created=True)
    fields = {f"{model._meta.label}.{field.name}" for model in every for field in model._meta.local_fields}
    assert set(KEPT) | set(PUBLISHED) <= fields | {model._meta.label for model in every}


def test_nothing_of_an_erased_person_is_left(canary, smtp_sink, caplog, now):
    assert not canary.bare, " ".join(canary.bare)
    assert OWN in everything()
    counts = Registration.objects.count(), Attendance.objects.here().count(), Certificate.objects.count()
    with caplog.at_level(logging.DEBUG):
        erase(canary.person, by=canary.person, now=now)
    drain()
    # Logs name people by their keys.
    said = everything() + caplog.text.casefold().replace(f"person {canary.person.pk}", "")
    for gone in ("person1@", r"person 1\b", OWN):
        found = re.search(gone, said)
        assert found is None, said[max(0, found.start() - 200) : found.start() + 200]
    assert (Registration.objects.count(), Attendance.objects.here().count(), Certificate.objects.count()) == counts


# ---- what it does to others, and what the person is told ----


@pytest.fixture
def leaving_one(make_session, people, now, smtp_sink):
    """Somebody with an invitation in a full session, in which somebody else waits. All mail is sent."""
    session = make_session(minimum=1, capacity=1)
    person, waiting = people(2)
    person.name, person.role = "Canary Quill", "faculty"
    person.save()
    mine = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    Registration.objects.register(waiting, session, now=now)
    drain()
    smtp_sink.received.clear()
    return SimpleNamespace(person=person, session=session, waiting=waiting, registration=mine)


def test_the_calendar_is_told_and_then_the_address_goes(leaving_one, smtp_sink, now):
    erase(leaving_one.person, by=leaving_one.person, now=now)
    kept = Notice.objects.filter(to="person1@example.edu").order_by("pk")
    assert [(one.kind, one.state) for one in kept] == [("withdrawn", "queued"), ("account", "queued")]
    drain()
    cancelled, farewell = sorted((one.message for one in smtp_sink.to("person1@example.edu")), key=is_plain)
    assert "Canary" in cancelled.get_body(("plain",)).get_content()  # written while there was a name
    assert farewell["Subject"] == "You were erased here"
    assert "You asked to be erased here, and you are." in farewell.get_body(("plain",)).get_content()
    calendar = next(part for part in cancelled.walk() if part.get_content_type() == "text/calendar").get_content()
    assert "METHOD:CANCEL" in calendar and "person1@example.edu" in calendar.replace("\r\n ", "")
    assert "person1@" not in everything() and "canary quill" not in everything()


def is_plain(message) -> bool:
    return not any(part.get_content_type() == "text/calendar" for part in message.walk())


def withdrawn_a_minute_ago(leaving_one, office, now):
    leaving_one.registration.withdraw(by=leaving_one.person, now=now)


def session_cancelled_a_minute_ago(leaving_one, office, now):
    leaving_one.session.cancel("Snow.", by=office, now=now)


@pytest.mark.parametrize("do", [withdrawn_a_minute_ago, session_cancelled_a_minute_ago])
def test_a_cancellation_that_waited_reaches_the_calendar(leaving_one, office, smtp_sink, now, do):
    do(leaving_one, office, now)
    erase(leaving_one.person, by=leaving_one.person, now=now)
    drain()
    told = [calendar_of(one) for one in smtp_sink.to("person1@example.edu") if not is_plain(one.message)]
    assert [one.method for one in told] == ["CANCEL"]
    assert "person1@" not in everything() and "canary quill" not in everything()


def test_a_meeting_that_was_cancelled_before_goes_off_the_calendar_too(make_session, people, office, smtp_sink, now):
    (person,) = people(1)
    first, second = (now + timedelta(days=day) for day in (10, 11))
    plans = [MeetingPlan(at, at + timedelta(minutes=90), "America/Chicago") for at in (first, second)]
    session = make_session(minimum=1, meetings=plans)
    Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    drain()
    smtp_sink.received.clear()
    session.cancel_meeting(session.meetings.order_by("starts_at").last(), "Snow.", by=office, now=now)
    erase(person, by=person, now=now)
    drain()
    told = [calendar_of(one) for one in smtp_sink.to("person1@example.edu") if not is_plain(one.message)]
    assert [one.method for one in told] == ["CANCEL", "CANCEL"]
    assert len({str(one["UID"]) for one in told}) == 2


@pytest.mark.parametrize("is_off", [True, False])
def test_somebody_who_led_and_is_erased_has_it_taken_off_their_calendar(
    make_session, people, office, smtp_sink, now, is_off
):
    person, other = people(2)
    leader = Facilitator.objects.create(name="Canary Quill", person=person)
    session = make_session(facilitators=[leader, Facilitator.objects.create(name="Bo Ray", person=other)])
    deliver(now + 3 * MINUTES)
    assert [calendar_of(one).method for one in smtp_sink.to(person.email)] == ["REQUEST"]
    later = now + 5 * MINUTES
    if is_off:
        session.cancel("Snow.", by=office, now=later)
    else:
        session.appoint([other.facilitator], by=office, now=later)
    before = person.email
    erase(person, by=person, now=later)
    deliver(later + 5 * MINUTES)
    assert "CANCEL" in [calendar_of(one).method for one in smtp_sink.to(before) if not is_plain(one.message)]
    assert "person1@" not in everything() and "canary quill" not in everything()


def test_the_seat_goes_to_the_next_in_line_and_counts_are_right(leaving_one, now):
    erase(leaving_one.person, by=leaving_one.person, now=now)
    assert leaving_one.session.registrations.registered().get().person == leaving_one.waiting
    assert list(breaches(now)) == []


def test_mail_that_broke_off_is_found_at_night(leaving_one, now):
    erase(leaving_one.person, by=leaving_one.person, now=now)
    Notice.objects.filter(to="person1@example.edu").update(state="dead", problem="550 person1@example.edu unknown")
    kinds.forget("mail-of-the-erased", now)
    assert "person1@" not in everything()
    assert not Notice.objects.undeliverable().exists()


def test_what_a_late_browser_wrote_is_a_broken_promise_until_the_night(leaving_one, workshop, now):
    erase(leaving_one.person, by=leaving_one.person, now=now)
    Interest.objects.create(person=leaving_one.person, workshop=workshop, since=now)
    assert list(breaches(now)) == [
        f"G17 person {leaving_one.person.pk}: erased, and registrations.Interest.person still names them."
    ]
    kinds.forget("mail-of-the-erased", now)
    assert list(breaches(now)) == []


def test_the_figures_are_what_they_were(leaving_one, hold, office, now):
    held = hold(3, here=2)
    before = figures(now)
    for registration in held.registrations.all():
        erase(registration.person, by=office, reason="Asked by mail.", now=now)
    assert figures(now) == before
    assert list(breaches(now)) == []


def figures(now):
    roles = Registration.objects.registered().order_by().values_list("session", "person__role", "person__unit")
    return year_of(Span(now.date() - timedelta(days=400), now.date() + timedelta(days=1)), now), sorted(map(str, roles))


def test_a_second_time_is_quiet(leaving_one, office, now):
    erase(leaving_one.person, by=office, reason="Asked.", now=now)
    email = Person.objects.get(pk=leaving_one.person.pk).email
    erase(Person.objects.get(pk=leaving_one.person.pk), by=office, reason="Asked.", now=now + timedelta(days=1))
    again = Person.objects.get(pk=leaving_one.person.pk)
    assert (again.email, again.erased_at) == (email, now)


# ---- refused ----


def test_a_legal_hold_refuses_until_it_is_lifted(person, office, now):
    hold = LegalHold.objects.place(person, "Case 7.", by=office, now=now)
    with pytest.raises(NotErased, match="legal hold keeps everything about .* A Manager lifts it"):
        erase(person, by=office, now=now)
    with pytest.raises(NotErased, match="For a legal reason"):
        erase(person, by=person, now=now)
    hold.lift(by=office, now=now)
    erase(person, by=person, now=now)
    with pytest.raises(LegalHold.Erased, match="nothing left to hold"):
        LegalHold.objects.place(Person.objects.get(pk=person.pk), "Case 8.", by=office, now=now)


def test_who_leads_a_session_to_come_is_told_which_and_whom_to_ask(make_session, person, office, now):
    ada = Facilitator.objects.create(name=person.name, person=person)
    session = make_session(facilitators=[ada])
    with pytest.raises(NotErased, match=f"You lead “{session.workshop.title}” on .* Ask the office"):
        erase(person, by=person, now=now)
    with pytest.raises(NotErased, match="Let somebody else lead it first"):
        erase(person, by=office, now=now)
    session.facilitators.clear()
    erase(person, by=person, now=now)
    ada.refresh_from_db()
    assert (ada.name, ada.person) == ("Former facilitator", None)


def test_the_last_of_the_office_and_the_only_manager_stay(people, office, now):
    with pytest.raises(NotErased, match="Nobody else is of the office"):
        erase(office, by=office, now=now)
    manager = in_group(people, "Manager")
    with pytest.raises(NotErased, match="is the only Manager"):
        erase(manager, by=manager, now=now)
    in_group(people, "Manager")
    erase(manager, by=manager, now=now)
    assert not Person.objects.get(pk=manager.pk).is_staff


def test_the_rule_itself_stays_under_the_name_of_the_product(office, settings, now):
    settings.PRODUCT_NAME = "The Portal"
    with pytest.raises(NotErased, match="The Portal itself acts for the rule"):
        erase(Person.objects.rule(), by=office, now=now)


# ---- the pages ----


def test_a_person_is_shown_what_goes_and_then_erased(leaving_one, client):
    client.force_login(leaving_one.person)
    assert reverse("my_data") in get(client, reverse("profile")).addresses
    page = get(client, reverse("own_erasure"))
    assert "You give up what you have in 1 session to come." in page.text and "What stays, and why" in page.text
    response = client.post(reverse("own_erasure"), follow=True)
    assert "You are erased here." in read(response).text
    assert Person.objects.get(pk=leaving_one.person.pk).erased_at
    assert client.get(reverse("profile")).status_code == 302


def test_an_old_sign_in_does_not_erase(leaving_one, client):
    client.force_login(leaving_one.person)
    browser = client.session
    browser[NOTE] = {**browser[NOTE], "at": (timezone.now() - timedelta(minutes=16)).isoformat()}
    browser.save()
    assert client.post(reverse("own_erasure")).status_code == 403
    page = get(client, reverse("own_erasure"))
    assert "Erase me" not in page.button_names and "Sign in once more" in page.button_names
    response = client.post(reverse("sign_in_again"))
    assert response.url == reverse("account_login", query={"next": reverse("own_erasure")})
    assert Person.objects.get(pk=leaving_one.person.pk).erased_at is None


def test_who_has_a_second_factor_shows_it_first(leaving_one, client):
    TOTP.activate(leaving_one.person, APP_SECRET)
    client.force_login(leaving_one.person)
    response = client.post(reverse("own_erasure"))
    assert response.status_code == 302 and response.url.startswith(reverse("mfa_reauthenticate"))
    assert Person.objects.get(pk=leaving_one.person.pk).erased_at is None


def test_a_refusal_is_a_sentence_and_no_button(person, office, client, now):
    LegalHold.objects.place(person, "Case 7.", by=office, now=now)
    client.force_login(person)
    page = get(client, reverse("own_erasure"))
    assert "For a legal reason" in page.text and "Case 7" not in page.text and "Erase me" not in page.button_names
    assert client.post(reverse("own_erasure")).status_code == 409


def test_deleting_a_person_in_the_admin_is_this(leaving_one, clerk):
    url = reverse("admin:accounts_person_delete", args=[leaving_one.person.pk])
    asked = post(clerk, url, {"reason": "Asked by mail on the 3rd."})
    assert asked.status == 400 and "gives up a seat in" in asked.text
    assert asked.field("Why").value == "Asked by mail on the 3rd."
    agreed = {"reason": "Asked by mail on the 3rd.", "agreed": asked.field(name="agreed").attributes["value"]}
    assert clerk.post(url, agreed).status_code == 302
    person = Person.objects.get(pk=leaving_one.person.pk)
    assert person.erased_at and Registration.objects.filter(person=person).exists()
    entry = LogEntry.objects.filter(object_id=person.pk, content_type__model="person").latest("pk")
    assert entry.change_message.endswith("Asked by mail on the 3rd.")
    assert clerk.get(url).status_code == 302
    assert "Save" not in get(clerk, reverse("admin:accounts_person_change", args=[person.pk])).button_names


def test_only_a_manager_erases_in_the_admin(leaving_one, people, client):
    url = reverse("admin:accounts_person_delete", args=[leaving_one.person.pk])
    for group, status in (("Office", 403), ("Manager", 200)):
        client.force_login(in_group(people, group))
        assert client.get(url).status_code == status


def test_a_hold_on_somebody_erased_is_a_sentence_and_keeps_what_was_typed(person, clerk, office, now):
    address = person.email
    erase(person, by=office, now=now)
    add = reverse("admin:operations_legalhold_add")
    for gone in (address, Person.objects.get(pk=person.pk).email):
        page = read(clerk.post(add, filled_in(clerk, add, "legalhold_form", address=gone, reason="Case 7.")))
        (said,) = page.field("E-mail address of the person").errors
        assert said == "Nobody has this address. Somebody who was erased has nothing left to hold."
        assert (page.field("E-mail address of the person").value, page.field("Reason").value) == (gone, "Case 7.")
    assert not LegalHold.objects.exists()


def test_an_erasure_between_the_look_at_the_form_and_the_hold_is_said(person, clerk, office, now, monkeypatch):
    def overtaken(*values, **more):
        monkeypatch.undo()
        monkeypatch.setattr(HoldForm, "clean_address", lambda form: (erase(person, by=office, now=now), found(form))[1])
        raise LegalHold.Erased("This person was erased, so there is nothing left to hold.")

    found, add = HoldForm.clean_address, reverse("admin:operations_legalhold_add")
    fields = filled_in(clerk, add, "legalhold_form", address=person.email, reason="Case 7.")
    monkeypatch.setattr(type(LegalHold.objects), "place", overtaken)
    page = read(clerk.post(add, fields))
    (said,) = page.field("E-mail address of the person").errors
    assert said == "Nobody has this address. Somebody who was erased has nothing left to hold."
    assert page.field("Reason").value == "Case 7." and not LegalHold.objects.exists()


def test_a_hold_is_placed_and_lifted_in_the_admin(person, clerk, office):
    add = reverse("admin:operations_legalhold_add")
    fields = filled_in(clerk, add, "legalhold_form", address=person.email, reason="Case 7.")
    assert clerk.post(add, fields).status_code == 302
    hold = LegalHold.objects.get()
    assert (hold.person, hold.reason, hold.set_by) == (person, "Case 7.", office)
    page = get(clerk, reverse("admin:operations_legalhold_change", args=[hold.pk]))
    assert "Lift this hold" in page.button_names
    clerk.post(reverse("admin:operations_legalhold_lift", args=[hold.pk]))
    hold.refresh_from_db()
    assert hold.lifted_by == office
    said = LogEntry.objects.filter(content_type__model="legalhold").order_by("pk")
    assert [entry.change_message for entry in said] == ["Placed. Case 7.", "Lifted."]
