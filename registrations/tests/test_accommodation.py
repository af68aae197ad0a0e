"""What a person needs to take part: asked, changed, carried over, deleted, and sealed in the database."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Campus
from accounts.sealed import ACCESS_NEEDS, Unreadable
from catalog.models import Format, Workshop
from devtools.testing.access import NEEDS, access_page, sealed_row
from devtools.testing.office_pages import press_twice
from devtools.testing.page import Page, read
from devtools.testing.registering import NEWCOMER, TYPED, join, let_end, next_page, register_page
from devtools.testing.signing_in import CODE_PAGE, mailed_code
from foundation.dates import short_day
from foundation.wall_clock import instant
from operations.tasks import forget
from registrations.models import Accommodation, Registration
from sessions_app.models import MeetingPlan, Session, Venue


def typed_in(page: Page) -> str:
    """Return what stands in the field of a page, as a browser would send it."""
    return page.field(name="needs").value


# ---- asking ----


def test_a_registration_offers_to_say_what_one_needs(client, mine):
    page = read(client.get(f"/registrations/{mine.uuid}/"))
    assert page.link("Tell us what you need to take part") == access_page(mine)
    assert "What do you need to take part?" in read(client.get(access_page(mine))).text


def test_what_is_asked_is_kept_and_shown_to_the_person(client, mine):
    response = client.post(access_page(mine), {"needs": f"  {NEEDS}  "})
    assert (response.status_code, response.url) == (302, f"/registrations/{mine.uuid}/")
    page = read(client.get(response.url))
    assert "Saved. The people who arrange access read it" in page.text
    assert "You have asked for what you need." in page.text and "Change your access needs" in page.text
    assert Accommodation.objects.get().needs == NEEDS
    assert typed_in(read(client.get(access_page(mine)))) == NEEDS


def test_a_get_asks_for_nothing(client, mine):
    for method in (client.get, client.head):
        assert method(access_page(mine)).status_code == 200
    assert client.get(f"{access_page(mine)}deletion/").status_code == 405
    assert not Accommodation.objects.exists()


def test_asking_the_same_twice_changes_nothing(client, mine):
    client.post(access_page(mine), {"needs": NEEDS})
    before = Accommodation.objects.values().get()
    client.post(access_page(mine), {"needs": NEEDS})
    assert Accommodation.objects.values().get() == before


def test_needs_can_be_changed_and_deleted(client, mine):
    client.post(access_page(mine), {"needs": NEEDS})
    client.post(access_page(mine), {"needs": "A large print handout."})
    assert Accommodation.objects.get().needs == "A large print handout."
    response = client.post(f"{access_page(mine)}deletion/")
    assert response.url == f"/registrations/{mine.uuid}/"
    assert "Deleted. Nobody can read it any more." in next_page(client).text
    assert not Accommodation.objects.exists()
    assert client.post(f"{access_page(mine)}deletion/").status_code == 302


@pytest.mark.parametrize(
    ("needs", "sentence"),
    [
        ("", "Say what you need."),
        (" \r\n ", "Say what you need."),
        ("x" * 100_000, "This has 100,000 characters, and there is room for 4,000. Make it shorter."),
        ("x" * 4001, "This has 4,001 characters"),
        ("an\0interpreter", "Take the control characters out."),
    ],
)
def test_what_cannot_be_kept_is_refused_and_stays_as_typed(client, mine, needs, sentence):
    response = client.post(access_page(mine), {"needs": needs})
    assert response.status_code == 422
    assert sentence in read(response).text
    assert typed_in(read(response)).strip() == needs.strip()
    assert not Accommodation.objects.exists()


def test_a_line_break_counts_once(client, mine):
    client.post(access_page(mine), {"needs": "x\r\n" * 1999 + "xx"})
    assert len(Accommodation.objects.get().needs) == 4000


@pytest.mark.parametrize(
    "needs", ["<script>alert(1)</script>", "𝔸𝕊𝕃 🤟", "\u202eright to left", "{{ 7 }}%s%(x)s", "'\"--"]
)
def test_strange_text_is_kept_as_it_is(client, mine, needs):
    assert client.post(access_page(mine), {"needs": needs}).status_code == 302
    assert Accommodation.objects.get().needs == needs
    response = client.get(access_page(mine))
    assert typed_in(read(response)) == needs and read(response).inline_code == []


# ---- whose it is ----


@pytest.mark.parametrize("page", ["", "deletion/"])
def test_it_is_there_for_nobody_else(mine, people, office, page):
    Accommodation.objects.ask(mine, NEEDS)
    for other in (people(1)[0], office):
        client = Client()
        client.force_login(other)
        for path in (access_page(mine) + page, f"/registrations/{uuid4()}/accommodation/{page}"):
            assert client.get(path).status_code in (404, 405)
            assert client.post(path, {"needs": "mine now"}).status_code == 404
    assert Client().get(access_page(mine)).url == f"/accounts/login/?next={access_page(mine)}"
    assert Client().post(access_page(mine) + page).status_code == 302
    assert Accommodation.objects.get().needs == NEEDS


def test_a_post_without_csrf_changes_nothing(mine):
    Accommodation.objects.ask(mine, NEEDS)
    client = Client(enforce_csrf_checks=True)
    client.force_login(mine.person)
    assert client.post(access_page(mine), {"needs": "x"}).status_code == 403
    assert client.post(f"{access_page(mine)}deletion/").status_code == 403
    assert Accommodation.objects.get().needs == NEEDS


# ---- when there is nothing to arrange ----


def given_up(mine, office, now):
    mine.withdraw(by=mine.person)
    return "You no longer have a place here"


def cancelled(mine, office, now):
    mine.session.cancel("The facilitator is ill.", by=office)
    return "This session was cancelled"


def held(mine, office, now):
    let_end(mine.session, now)
    return "This session has been held"


@pytest.mark.parametrize("why", [given_up, cancelled, held])
def test_nothing_more_is_asked_but_what_was_can_be_seen_and_deleted(client, mine, office, now, why):
    Accommodation.objects.ask(mine, NEEDS)
    sentence = why(mine, office, now)
    page = read(client.get(access_page(mine)))
    assert sentence in page.text and NEEDS in page.text and "needs" not in page.field_names
    assert "See or delete it" in read(client.get(f"/registrations/{mine.uuid}/")).text
    response = client.post(access_page(mine), {"needs": "Something else"})
    assert response.status_code == 409 and sentence in read(response).text and "Something else" in read(response).text
    assert Accommodation.objects.get().needs == NEEDS
    client.post(f"{access_page(mine)}deletion/")
    assert not Accommodation.objects.exists()
    assert access_page(mine) not in read(client.get(f"/registrations/{mine.uuid}/")).everything


def test_the_waitlisted_are_asked_too(client, person, people, make_session):
    session = make_session(minimum=1, capacity=1)
    join(session, people(1))
    waiting = Registration.objects.register(person, session)
    client.force_login(person)
    assert "You are 1st in line." in read(client.get(access_page(waiting))).text
    assert client.post(access_page(waiting), {"needs": NEEDS}).status_code == 302
    assert Accommodation.objects.get().registration == waiting


# ---- at registration ----


def test_the_form_asks_nothing_and_the_page_after_does(client, person, session):
    client.force_login(person)
    assert "needs" not in read(client.get(register_page(session))).field_names
    page = read(client.post(register_page(session), follow=True))
    assert "Is there anything you need to take part?" in page.text
    assert page.link("Tell us what you need to take part") == access_page(Registration.objects.get())
    assert not Accommodation.objects.exists()


@pytest.mark.parametrize(
    ("lead", "said"),
    [
        (14, "For interpreters, two weeks’ notice helps: tell us by {last}."),
        (7, "For interpreters, a week’s notice helps: tell us by {last}."),
        (10, "For interpreters, it helps to know by {last}."),
        (0, "Some arrangements take longer than is left; ask anyway."),
        (60, "Some arrangements take longer than is left; ask anyway."),
    ],
)
def test_the_page_after_says_what_helps_and_by_when(client, person, make_session, lead, said):
    session = make_session(days=20, accommodation_lead_days=lead)
    last = short_day(session.accommodation_by, session.time_zone, session.accommodation_by.year)
    client.force_login(person)
    assert said.format(last=last) in read(client.post(register_page(session), follow=True)).text


def test_a_person_who_has_asked_is_not_asked_again(client, person, session):
    client.force_login(person)
    client.post(register_page(session), follow=True)
    Accommodation.objects.ask(Registration.objects.get(), NEEDS)
    assert "anything you need" not in read(client.post(register_page(session), follow=True)).text


def test_signed_out_nobody_is_asked_until_they_are_signed_in(client, session):
    assert "needs" not in read(client.get(register_page(session))).field_names
    client.post(register_page(session), TYPED)
    client.post(CODE_PAGE, {"code": mailed_code(NEWCOMER)})
    registration = Registration.objects.get()
    assert next_page(client).link("Tell us what you need to take part") == access_page(registration)


# ---- carried over ----


@pytest.fixture
def kept(mine) -> Accommodation:
    return Accommodation.objects.ask(mine, NEEDS, keep_for_next=True)


def test_what_is_to_be_kept_comes_along_with_the_next_press(client, kept, make_session):
    following = make_session(days=20)
    page = read(client.post(register_page(following), {"anyway": "1"}, follow=True))
    copy = Accommodation.objects.get(registration__session=following)
    assert (copy.needs, copy.keep_for_next, copy.answer) == (NEEDS, True, "")
    assert "What you asked for last time to take part comes along." in page.text
    assert page.link("Change it") == access_page(copy.registration)


def test_what_is_not_to_be_kept_is_not_carried_over(client, mine, make_session):
    Accommodation.objects.ask(mine, NEEDS)
    following = make_session(days=20)
    client.post(register_page(following), {"anyway": "1"})
    assert following.registrations.exists() and Accommodation.objects.count() == 1


def test_a_second_press_does_not_bring_back_what_was_deleted(client, kept, make_session, person):
    following = make_session(days=20)
    client.post(register_page(following), {"anyway": "1"})
    Accommodation.objects.take_back(following.registrations.get(person=person))
    client.post(register_page(following), {"anyway": "1"})
    assert Accommodation.objects.get() == kept


def test_what_was_said_last_decides(kept, make_session, person):
    following = Registration.objects.register(person, make_session(days=20))
    Accommodation.objects.ask(following, "Captions.", keep_for_next=False)
    assert Accommodation.objects.carried_by(person) == ""


def test_the_page_of_the_next_registration_proposes_it_without_sending(client, kept, make_session, person):
    following = Registration.objects.register(person, make_session(days=20))
    page = read(client.get(access_page(following)))
    assert typed_in(page) == NEEDS and "It is not sent until you do." in page.text
    assert page.field(name="keep_for_next").value == "on"
    assert Accommodation.objects.count() == 1


def test_it_comes_along_when_one_registers_signed_out(client, kept, make_session, person):
    other = Workshop.objects.create(title="Implicit Bias", slug="implicit-bias", status="published")
    following, newcomer = make_session(days=20, workshop=other), Client()
    newcomer.post(register_page(following), TYPED | {"email": person.email})
    newcomer.post(CODE_PAGE, {"code": mailed_code(person.email)})
    assert Accommodation.objects.get(registration__session=following).needs == NEEDS
    assert "What you asked for last time to take part comes along." in next_page(newcomer).text


def test_it_comes_along_when_the_office_registers_somebody(kept, make_session, person, office):
    following, client = make_session(days=20), Client()
    client.force_login(office)
    roster = f"/admin/registrations/registration/roster/{following.pk}/"
    assert press_twice(client, roster, {"email": person.email}).status_code == 302
    assert Accommodation.objects.get(registration__session=following).needs == NEEDS


def test_nothing_is_carried_to_another_person(kept, people, make_session):
    following = Registration.objects.register(people(1)[0], make_session(days=20))
    assert Accommodation.objects.carry(following) is None


def test_what_was_asked_follows_to_another_date_and_waits_again(mine, make_session, person, office, now):
    asked = Accommodation.objects.ask(mine, NEEDS)
    asked.reply("Booked.", by=office, asked_at=asked.asked_at)
    other = Registration.objects.register(person, make_session(days=20))
    assert Accommodation.objects.follow(mine, other).needs == NEEDS
    moved = Accommodation.objects.get()
    assert (moved.registration, moved.needs, moved.answer, moved.is_answered) == (other, NEEDS, "", False)
    assert Accommodation.objects.follow(mine, other) is None


# ---- the lead time ----


def test_online_one_asks_two_weeks_before(client, person, make_session, now):
    session = make_session(days=20)
    last = short_day(session.starts_at - timedelta(days=14), session.time_zone, now.year)
    client.force_login(person)
    registration = Registration.objects.register(person, session)
    assert f"Ask by {last} for an interpreter" in read(client.get(access_page(registration))).text


def test_the_day_is_that_of_the_place_across_a_change_of_clocks(make_session, workshop):
    start = instant(date(2027, 3, 20), time(0, 30), "America/Chicago")
    plan = MeetingPlan(start, start + timedelta(hours=1), "America/Chicago")
    session = make_session(meetings=[plan], accommodation_lead_days=7)
    assert short_day(session.accommodation_by, session.time_zone) == "Sat, Mar 13"


@pytest.mark.parametrize(("venue_days", "session_days", "lead"), [(21, None, 21), (21, 5, 5), (3, None, 3), (21, 0, 0)])
def test_a_session_goes_before_its_venue(make_session, venue_days, session_days, lead):
    venue = Venue.objects.create(
        campus=Campus.objects.create(name="East"), building="LC", accommodation_lead_days=venue_days
    )
    session = make_session(published=False, accommodation_lead_days=session_days, format=Format.IN_PERSON)
    session.meetings.update(venue=venue)
    assert session.starts_at.date() - session.accommodation_by.date() == timedelta(days=lead)


@pytest.mark.parametrize(("days_later", "is_late"), [(0, False), (1, True)])
def test_after_the_last_day_one_may_ask_anyway(client, mine, days_later, is_late):
    Session.objects.filter(pk=mine.session.pk).update(accommodation_lead_days=14 + days_later)
    page = read(client.get(access_page(mine)))
    assert ("It may be too late for some arrangements; ask anyway." in page.everything) == is_late
    assert ("Ask by " in page.everything) != is_late
    assert client.post(access_page(mine), {"needs": NEEDS}).status_code == 302


# ---- sealed ----


def test_the_database_does_not_hold_the_words(mine, office):
    asked = Accommodation.objects.ask(mine, "CANARY needs")
    asked.reply("CANARY answer", by=office, asked_at=asked.asked_at)
    row = sealed_row()
    assert "CANARY" not in row and "needs" not in row and "answer" not in row
    assert "CANARY" not in str(asked) and "CANARY" not in repr(asked) and "CANARY" not in str(vars(asked))
    assert (asked.needs, asked.answer) == ("CANARY needs", "CANARY answer")


def test_the_same_words_are_sealed_differently_each_time():
    one, other = ACCESS_NEEDS.seal(NEEDS), ACCESS_NEEDS.seal(NEEDS)
    assert one != other and ACCESS_NEEDS.unseal(one) == ACCESS_NEEDS.unseal(other) == NEEDS


def test_a_new_key_in_front_seals_and_the_old_one_still_opens(mine, settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ACCOMMODATION_KEYS = [old]
    asked = Accommodation.objects.ask(mine, NEEDS)
    settings.ACCOMMODATION_KEYS = [new, old]
    assert asked.needs == NEEDS
    for _ in range(2):
        call_command("rotate_keys", verbosity=0)
    settings.ACCOMMODATION_KEYS = [new]
    assert Accommodation.objects.get().needs == NEEDS
    settings.ACCOMMODATION_KEYS = [old]
    with pytest.raises(Unreadable):
        _ = Accommodation.objects.get().needs


def test_rotating_says_what_no_key_opens_and_leaves_it(mine, settings, capsys):
    Accommodation.objects.ask(mine, NEEDS)
    before = sealed_row()
    settings.ACCOMMODATION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="1 cannot be read with any of the keys"):
        call_command("rotate_keys")
    assert sealed_row() == before and "Access requests: 0 encrypted with the first key." in capsys.readouterr().out


def test_without_the_key_one_can_ask_again(client, mine, settings):
    Accommodation.objects.ask(mine, NEEDS, keep_for_next=True)
    settings.ACCOMMODATION_KEYS = [Fernet.generate_key().decode()]
    page = read(client.get(access_page(mine)))
    assert "This cannot be read now" in page.text and typed_in(page) == ""
    assert client.post(access_page(mine), {"needs": "Captions."}).status_code == 302
    assert Accommodation.objects.get().needs == "Captions."


# ---- forgotten ----


@pytest.mark.parametrize(("days", "left"), [(29, 1), (30, 0), (400, 0)])
def test_it_is_deleted_30_days_after_the_session(mine, now, days, left):
    Accommodation.objects.ask(mine, NEEDS)
    let_end(mine.session, now - timedelta(days=days))
    forget("access")
    assert Accommodation.objects.count() == left


def test_one_given_up_is_deleted_30_days_after_the_session_too(mine, now):
    Accommodation.objects.ask(mine, NEEDS)
    mine.withdraw(by=mine.person)
    forget("access")
    assert Accommodation.objects.count() == 1
    let_end(mine.session, now - timedelta(days=30))
    forget("access")
    assert Accommodation.objects.count() == 0


def test_forgetting_is_scheduled_every_night():
    from config.celery import app

    (entry,) = [one for one in app.conf.beat_schedule.values() if one.get("args") == ["access"]]
    assert entry["task"] == forget.name and entry["schedule"].hour == {9}
