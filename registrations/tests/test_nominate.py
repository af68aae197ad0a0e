"""Proposing colleagues: each is told alone and once, and nobody is enrolled without their yes."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models import F
from django.test import Client

from catalog.models import Workshop
from devtools.testing.mail_reader import read_mail
from devtools.testing.page import read
from devtools.testing.registering import ADA, BO, join, next_page, nominate_page
from devtools.testing.signing_in import CODE_PAGE, ask_for_code, mailed_code
from notifications.models import Notice
from notifications.outbox.deliver import drain
from registrations.models import Nomination, Registration
from sessions_app.models import Session

pytestmark = pytest.mark.usefixtures("fresh_cache")

CY = "cy@example.edu"


def told() -> list[tuple[str, str]]:
    """What is owed about nominations, oldest first: kind and address."""
    kinds = ["nominated", "called_off"]
    return list(Notice.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", "to"))


@pytest.fixture
def ada(people):
    return people(1, email=ADA, name="Ada Park")[0]


@pytest.fixture
def nominated(session, person, ada, now) -> Nomination:
    """Ada, proposed by `person`."""
    return Nomination.objects.nominate([ADA], session, by=person, now=now)[0]


@pytest.fixture
def as_ada(ada):
    browser = Client()
    browser.force_login(ada)
    return browser


# ---- nominating ----


def test_each_colleague_is_told_once_and_alone(me, session, person, smtp_sink):
    response = me.post(nominate_page(session), {"addresses": f"Ada Park <{ADA}>; {BO}, MAILTO:{ADA}\n{CY}"})
    assert (response.status_code, response.url) == (302, nominate_page(session))
    page = next_page(me, response.url)
    assert "Three colleagues are nominated for Bystander Interventions on" in page.text
    assert f"{ADA}, {BO}, {CY}. Each is told once" in page.text
    assert told() == [("nominated", ADA), ("nominated", BO), ("nominated", CY)]
    drain()
    for address in (ADA, BO, CY):
        (mail,) = smtp_sink.to(address)
        assert mail.recipients == [address]
        nomination = Nomination.objects.get(email=address)
        for words in read_mail(mail).bodies:
            assert f"/nominations/{nomination.uuid}/" in words
            assert f"{person} ({person.email}) thought you might like to come" in words
            assert not any(other in words for other in {ADA, BO, CY} - {address})
    assert not Registration.objects.exists()


def test_a_get_nominates_nobody(me, session):
    assert me.get(nominate_page(session)).status_code == 200
    assert me.head(nominate_page(session)).status_code == 200
    assert not Nomination.objects.exists()


def test_a_nominated_seat_is_not_held(session, nominated):
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting_count, session.next_position) == (0, 0, 1)


def test_nominating_asks_to_sign_in_first(client, session):
    path = nominate_page(session)
    assert client.get(path).url == f"/accounts/login/?next={path}"
    assert client.post(path, {"addresses": ADA}).status_code == 302
    assert not Nomination.objects.exists()


TWENTY = [f"colleague{number}@example.edu" for number in range(1, 21)]


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        ("", ["Enter the address of at least one colleague"]),
        (" ,;\n ", ["Enter the address of at least one colleague"]),
        (f"{ADA}, bo", ["“bo” is not an email address."]),
        (f"{ADA}, bo@elsewhere.com", ["bo@elsewhere.com has no access here. Use their work or school address."]),
        ("Person1@Example.edu", ["person1@example.edu is your own address. To come yourself, register."]),
        ("quorum@rule.invalid", ["quorum@rule.invalid has no access here."]),
        (", ".join([*TWENTY, ADA]), ["These are 21 addresses. Nominate at most 20 at once."]),
        (f"{ADA}\0", ["Enter this on one line, without control characters"]),
        ("a@" * 20_000, ["That is too much text. Paste the addresses of at most 20 colleagues."]),
        ("<script>@example.edu", ["is not an email address."]),
        ("x " * 30 + ";y;" * 40, ["is not an email address."]),
        (
            ";".join(f"x{number}" for number in range(50)),
            ["“x19” is not an email address.", "And 30 more are not right"],
        ),
        (
            "\n".join([*TWENTY[:14], *TWENTY[:3], "bo", "cy@", "dee@elsewhere.com"]),
            ["“bo” is not an email address.", "“cy@” is not an email address.", "dee@elsewhere.com has no access"],
        ),
    ],
)
def test_what_is_wrong_is_said_sentence_by_sentence_and_nothing_is_sent(me, session, typed, sentences):
    response = me.post(nominate_page(session), {"addresses": typed})
    page = read(response)
    assert response.status_code == 422
    for sentence in sentences:
        assert sentence in page.text
    kept = typed.split("\n")[0].split("<")[0].replace("\0", "")[:200]
    assert kept.strip() in page.text
    assert not Nomination.objects.exists() and not Notice.objects.exists()


def test_twenty_at_once_with_three_doubled_are_twenty(me, session):
    assert me.post(nominate_page(session), {"addresses": "\n".join(TWENTY + TWENTY[:3])}).status_code == 302
    assert len(told()) == Nomination.objects.count() == 20


def test_somebody_of_the_office_may_be_nominated_with_an_address_elsewhere(me, session, people):
    people(1, email="office@elsewhere.com", is_staff=True)
    assert me.post(nominate_page(session), {"addresses": "office@elsewhere.com"}).status_code == 302
    assert told() == [("nominated", "office@elsewhere.com")]


def test_a_stranger_at_an_office_domain_is_written_nothing(me, session, people):
    people(1, email="office@elsewhere.com", is_staff=True)
    response = me.post(nominate_page(session), {"addresses": "stranger@elsewhere.com"})
    assert response.status_code == 302 and "One colleague is nominated for" in next_page(me, response.url).text
    assert told() == []


def test_nominating_the_same_person_again_sends_nothing(me, session):
    for _ in range(2):
        response = me.post(nominate_page(session), {"addresses": f"{ADA}, {BO}"})
    assert "You nominated these colleagues before, so nothing was sent again." in next_page(me, response.url).text
    response = me.post(nominate_page(session), {"addresses": f"{ADA}, {CY}"})
    page = next_page(me, response.url)
    assert "One colleague is nominated for" in page.text and "One other was nominated by you before" in page.text
    assert told() == [("nominated", ADA), ("nominated", BO), ("nominated", CY)]


def test_two_nominators_cause_one_mail_and_cannot_tell(session, nominated, people):
    second, other = people(1)[0], Client()
    other.force_login(second)
    page = next_page(other, other.post(nominate_page(session), {"addresses": ADA}).url)
    assert "One colleague is nominated for" in page.text
    assert told() == [("nominated", ADA)]


def test_nominating_somebody_who_comes_already_neither_writes_nor_tells(me, session, ada):
    Registration.objects.register(ada, session)
    page = next_page(me, me.post(nominate_page(session), {"addresses": ADA}).url)
    assert "One colleague is nominated for" in page.text
    assert "Your colleague has not accepted so far." in page.text
    assert told() == []


def test_an_account_that_is_closed_gets_no_mail(me, session, people):
    people(1, email=ADA, is_active=False)
    assert me.post(nominate_page(session), {"addresses": ADA}).status_code == 302
    assert told() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"status": "cancelled", "cancelled_count": 0}, "This session was cancelled."),
        ({"registration_closes_at": "now"}, "Registration for this session is closed."),
    ],
)
def test_nobody_is_nominated_for_a_session_that_takes_nobody(me, session, now, change, sentence):
    change = {name: now if value == "now" else value for name, value in change.items()}
    Session.objects.filter(pk=session.pk).update(**change)
    assert sentence in read(me.get(nominate_page(session))).text
    response = me.post(nominate_page(session), {"addresses": ADA})
    assert response.status_code == 409 and sentence in read(response).text and ADA in read(response).text
    assert told() == []


def test_a_draft_has_no_page(me, make_session):
    assert me.get(nominate_page(make_session(published=False))).status_code == 404


def test_people_who_may_not_come_may_not_nominate(me, session, person, office, people):
    Workshop.objects.update(for_staff=False)
    response = me.post(nominate_page(session), {"addresses": ADA})
    assert response.status_code == 409 and "This workshop is for" in read(response).text and ADA in read(response).text
    Workshop.objects.update(for_staff=True)
    join(session, [person])
    Workshop.objects.update(for_staff=False)
    assert me.post(nominate_page(session), {"addresses": ADA}).status_code == 302
    clerk = Client()
    clerk.force_login(office)
    assert clerk.post(nominate_page(session), {"addresses": BO}).status_code == 302
    assert told() == [("nominated", ADA), ("nominated", BO)]
    assert LogEntry.objects.latest("pk").change_message == "Nominated 1 colleague."


def test_the_eleventh_nomination_in_a_day_is_refused(me, session):
    for number in range(10):
        assert me.post(nominate_page(session), {"addresses": f"c{number}@example.edu"}).status_code == 302
        assert me.post(nominate_page(session), {"addresses": "bo"}).status_code == 422
    response = me.post(nominate_page(session), {"addresses": ADA})
    assert response.status_code == 429
    assert "You have nominated many colleagues today." in read(response).text and ADA in read(response).text
    assert len(told()) == 10


def test_the_verb_refuses_what_the_form_would(session, person):
    for email in (person.email, "bo@elsewhere.com"):
        with pytest.raises(Nomination.Refused):
            Nomination.objects.nominate([ADA, email], session, by=person)
    assert told() == []


# ---- what the nominator sees ----


def test_the_nominator_sees_how_many_accepted_and_never_who(me, session, person, people, now):
    mine = Registration.objects.register(person, session)
    Nomination.objects.nominate(TWENTY[:5], session, by=person, now=now)
    five = [people(1, email=email, name=f"Colleague {email}")[0] for email in TWENTY[:5]]
    for path in (nominate_page(session), mine.get_absolute_url()):
        assert "None of your 5 colleagues has accepted so far." in read(me.get(path)).text
    for colleague in five[:2]:
        Nomination.objects.get(email=colleague.email).accept(colleague)
    Nomination.objects.get(email=five[2].email).decline(five[2])
    for path in (nominate_page(session), mine.get_absolute_url()):
        page = read(me.get(path))
        assert "2 of your 5 colleagues have accepted." in page.text
        assert not any(email in page.everything for email in TWENTY)


def test_the_places_to_invite_a_colleague_lead_to_the_page(me, session, person):
    link = nominate_page(session)
    assert link in read(me.get(session.get_absolute_url())).addresses
    mine = Registration.objects.register(person, session)
    for path in (session.get_absolute_url(), mine.get_absolute_url()):
        assert link in read(me.get(path)).addresses
    page = read(me.get(nominate_page(session)))
    assert any(address.startswith("mailto:?subject=Bystander%20Interventions") for address in page.addresses)


def test_the_waitlisted_read_their_place_in_line_on_the_page(client, make_session, people):
    session = make_session(minimum=1, capacity=1)
    for one in people(2):
        Registration.objects.register(one, session)
    client.force_login(one)
    assert "you are 1st of 1 waiting" in read(client.get(f"/sessions/{session.code}/nominations/")).text


def test_the_offices_roster_leads_to_the_page(client, office, session):
    client.force_login(office)
    page = read(client.get(f"/admin/registrations/registration/roster/{session.pk}/"))
    assert nominate_page(session) in page.addresses


def test_the_office_reads_nominations_and_changes_none(client, office, nominated):
    client.force_login(office)
    assert ADA in read(client.get("/admin/registrations/nomination/")).text
    path = f"/admin/registrations/nomination/{nominated.pk}/change/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"status": "accepted"}).status_code == 403


# ---- the answer ----


def test_the_page_says_who_thought_of_one_and_changes_nothing(as_ada, nominated, person, session):
    page = read(as_ada.get(nominated.get_absolute_url()))
    assert f"{person} ({person.email}) thought you might like to come. Nothing is booked for you." in page.text
    assert "You would be the first." in page.text and "Accept and register" in page.text and "Decline" in page.text
    assert f"{person} ({person.email}) asked you." in read(as_ada.get("/my/")).text
    assert not Registration.objects.exists()


def test_the_page_is_for_the_nominated_person(nominated, me, office, client):
    path = nominated.get_absolute_url()
    assert Client().get(path).url == f"/accounts/login/?next={path}"
    assert Client().post(path, {"answer": "accept"}).status_code == 302
    for other in (me, client):
        assert other.get(path).status_code == 404
        assert other.post(path, {"answer": "accept"}).status_code == 404
    client.force_login(office)
    assert client.post(path, {"answer": "decline"}).status_code == 404
    nominated.refresh_from_db()
    assert nominated.is_open and not Registration.objects.exists()


def test_accepting_registers(as_ada, nominated, ada, session):
    response = as_ada.post(nominated.get_absolute_url(), {"answer": "accept"})
    assert (response.status_code, response.url) == (302, session.get_absolute_url())
    assert "You’re registered for Bystander Interventions" in next_page(as_ada, response.url).text
    registration = Registration.objects.get()
    nominated.refresh_from_db()
    assert (registration.person, nominated.status, nominated.registration) == (ada, "accepted", registration)
    assert Notice.objects.filter(kind="registered", to=ADA).count() == 1
    assert "You accepted." in read(as_ada.get(nominated.get_absolute_url())).text


def test_accepting_warns_of_an_overlap_that_can_be_accepted(as_ada, nominated, ada, make_session):
    workshop = Workshop.objects.create(title="Microaggressions", slug="microaggressions", status="published")
    Registration.objects.register(ada, make_session(workshop=workshop))
    answer = as_ada.post(nominated.get_absolute_url(), {"answer": "accept"})
    assert answer.status_code == 409
    assert "This overlaps with Microaggressions on the same day." in read(answer).text
    assert not nominated.session.registrations.exists()
    assert as_ada.post(nominated.get_absolute_url(), {"answer": "accept", "anyway": "1"}).status_code == 302
    assert nominated.session.registrations.get().person == ada


def test_an_address_without_an_account_signs_in_and_accepts_with_its_profile(session, person, client):
    nomination = Nomination.objects.nominate(["new@example.edu"], session, by=person)[0]
    path = nomination.get_absolute_url()
    ask_for_code(client, "new@example.edu", next=path)
    response = client.post(CODE_PAGE, {"code": mailed_code("new@example.edu"), "next": path})
    assert response.url == path
    assert not Registration.objects.exists()
    assert "name" in read(client.get(path)).field_names
    response = client.post(path, {"answer": "accept", "name": "Nu Ew", "role": ""})
    assert response.status_code == 422 and read(response).field("Name").value == "Nu Ew"
    assert client.post(path, {"answer": "accept", "name": "Nu Ew", "role": "faculty"}).status_code == 302
    assert Registration.objects.get().person.name == "Nu Ew"
    other = Nomination.objects.nominate(["new2@example.edu"], session, by=person)[0]
    assert other.is_open


def test_accepting_twice_answers_with_what_exists(as_ada, nominated, ada, session):
    as_ada.post(nominated.get_absolute_url(), {"answer": "accept"})
    Registration.objects.update(registered_at=F("registered_at") - timedelta(minutes=1))
    response = as_ada.post(nominated.get_absolute_url(), {"answer": "accept"})
    assert "You’re already registered for this session." in next_page(as_ada, response.url).text
    assert Registration.objects.count() == 1
    Registration.objects.get().withdraw(by=ada)
    response = as_ada.post(nominated.get_absolute_url(), {"answer": "accept"})
    assert response.url == Registration.objects.get().get_absolute_url()
    assert Registration.objects.active().count() == 0


def test_accepting_a_full_session_joins_the_waitlist_and_says_so(as_ada, person, people, ada, make_session):
    session = make_session(minimum=1, capacity=1)
    nomination = Nomination.objects.nominate([ADA], session, by=person)[0]
    join(session, people(2))
    assert "Accept and join the waitlist" in read(as_ada.get(nomination.get_absolute_url())).text
    response = as_ada.post(nomination.get_absolute_url(), {"answer": "accept"})
    assert "You’re on the waitlist, 2nd in line." in next_page(as_ada, response.url).text
    assert Registration.objects.get(person=ada).is_waitlisted


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("closed", "Registration for this session is closed. Choose another date."),
        ("started", "This session has already started. Choose another date."),
        ("over", "This session has been held. Choose another date."),
        ("cancelled", "This session was cancelled. Choose another date."),
    ],
)
def test_accepting_too_late_is_refused_with_the_reason(as_ada, nominated, session, office, now, how, sentence):
    day = timedelta(days=1)
    changes = {
        "closed": {"registration_closes_at": now},
        "started": {"confirm_by": now - day, "starts_at": now - timedelta(minutes=1)},
        "over": {"confirm_by": now - 2 * day, "starts_at": now - 2 * day, "ends_at": now - day},
    }
    if how == "cancelled":
        session.cancel("The facilitator is ill.", by=office)
    else:
        Session.objects.filter(pk=session.pk).update(**changes[how])
    assert sentence in read(as_ada.get(nominated.get_absolute_url())).text
    response = as_ada.post(nominated.get_absolute_url(), {"answer": "accept"})
    assert response.status_code == 409 and sentence in read(response).text
    assert not Registration.objects.exists()


def test_somebody_not_eligible_is_told_why(as_ada, nominated):
    Workshop.objects.update(for_staff=False)
    response = as_ada.post(nominated.get_absolute_url(), {"answer": "accept"})
    assert response.status_code == 409 and "This workshop is for" in read(response).text
    assert not Registration.objects.exists()


def test_declining_ends_it(as_ada, nominated, ada):
    response = as_ada.post(nominated.get_absolute_url(), {"answer": "decline"})
    assert (response.status_code, response.url) == (302, nominated.get_absolute_url())
    page = read(as_ada.get(response.url))
    assert "You declined." in page.text and "Register after all" in page.text
    assert as_ada.post(nominated.get_absolute_url(), {"answer": "decline"}).status_code == 302
    response = as_ada.post(nominated.get_absolute_url(), {"answer": "accept"})
    assert response.status_code == 409 and "You declined this before." in read(response).text
    assert not Registration.objects.exists()


def test_declining_what_was_accepted_is_refused(as_ada, nominated):
    as_ada.post(nominated.get_absolute_url(), {"answer": "accept"})
    response = as_ada.post(nominated.get_absolute_url(), {"answer": "decline"})
    assert response.status_code == 409 and "You accepted this before." in read(response).text
    assert Registration.objects.active().count() == 1


@pytest.mark.parametrize("answer", [{}, {"answer": ""}, {"answer": "perhaps"}, {"answer": "accept\0"}])
def test_an_answer_is_one_of_two(as_ada, nominated, answer):
    response = as_ada.post(nominated.get_absolute_url(), answer)
    assert response.status_code == 422 and "Choose whether you accept or decline." in read(response).text
    nominated.refresh_from_db()
    assert nominated.is_open


def test_one_answer_is_for_everybody_who_proposed_one(nominated, session, people, ada):
    second = people(1)[0]
    Nomination.objects.nominate([ADA], session, by=second)
    nominated.accept(ada)
    assert set(session.nominations.values_list("by__email", "status")) == {
        ("person1@example.edu", "accepted"),
        (second.email, "accepted"),
    }


def test_a_nomination_made_after_the_answer_does_not_tell_of_it(nominated, session, people, ada):
    nominated.accept(ada)
    second, other = people(1)[0], Client()
    other.force_login(second)
    other.post(nominate_page(session), {"addresses": ADA})
    assert "Your colleague has not accepted so far." in read(other.get(nominate_page(session))).text


def test_somebody_else_cannot_accept(nominated, people):
    with pytest.raises(Nomination.Refused):
        nominated.accept(people(1)[0])


# ---- the session is cancelled ----


def test_a_cancelled_session_ends_and_tells_open_nominations(session, person, ada, people, office, smtp_sink):
    Nomination.objects.nominate([ADA, BO, CY, "dee@example.edu"], session, by=person)
    drain()
    declined, accepted = people(1, email=BO)[0], people(1, email=CY)[0]
    Nomination.objects.get(email=BO).decline(declined)
    Nomination.objects.get(email=CY).accept(accepted)
    registered = people(1, email="dee@example.edu")[0]
    Registration.objects.register(registered, session)
    session.cancel("The facilitator is ill.", by=office)
    assert dict(session.nominations.values_list("email", "status")) == {
        ADA: "session_cancelled",
        BO: "declined",
        CY: "accepted",
        "dee@example.edu": "session_cancelled",
    }
    assert [one for one in told() if one[0] == "called_off"] == [("called_off", ADA)]
    drain()
    words = smtp_sink.to(ADA)[-1].message
    assert words["Subject"].startswith("Cancelled: Bystander Interventions")
    plain = words.get_body(("plain",)).get_content()
    assert "The reason: The facilitator is ill." in plain and "No other date is planned yet." in plain
    assert not list(words.iter_attachments())


def test_a_cancellation_before_the_first_mail_sends_neither(session, nominated, office, smtp_sink):
    session.cancel("The facilitator is ill.", by=office)
    drain()
    assert [Notice.objects.get(kind="nominated").state, smtp_sink.received] == ["expired", []]
    assert told() == [("nominated", ADA)]
