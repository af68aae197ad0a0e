"""Leaving by the link of one's own mail, without signing in: what its key opens, and nothing else."""

import io
import logging
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.signing import Signer
from django.test import Client

from config.logs import TokensOut
from devtools.testing.mail_reader import read_mail
from devtools.testing.page import Page, read
from devtools.testing.registering import bring_near, day_of
from notifications.outbox.compose import write_mail
from notifications.outbox.deliver import drain
from registrations.models import Registration
from registrations.models.leaving_keys import leaving_key, path_of_leaving
from sessions_app.models import MeetingPlan

pytestmark = pytest.mark.django_db
LINK = re.compile(r"/registrations/[0-9a-f-]{36}/withdrawal/[\w-]{43}/")


@pytest.fixture
def seat_to_leave(session, person) -> Registration:
    return Registration.objects.register(person, session)


def title(page: Page, status: int = 200) -> str:
    """Return what the page says first, once it has the status."""
    assert page.status == status
    return page.part("h1").text


def is_active(registration: Registration) -> bool:
    return Registration.objects.get(pk=registration.pk).is_active


def test_the_link_in_the_mail_asks_and_its_button_leaves(session, person, smtp_sink):
    seat = Registration.objects.register(person, session)
    drain()
    (link,) = set(LINK.findall(read_mail(smtp_sink.received[0].message).text))
    browser = Client(enforce_csrf_checks=True)
    asked = read(browser.get(link))
    assert title(asked) == f"Leave {session.workshop.title} on {day_of(session)}?"
    assert is_active(seat)
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    answered = browser.post(link, token, follow=True)
    assert answered.redirect_chain == [(link, 302)]
    assert title(read(answered)) == f"You’ve left {session.workshop.title} on {day_of(session)}"
    seat.refresh_from_db()
    assert (seat.status, seat.gave_up) == (Registration.Status.WITHDRAWN, True)
    session.refresh_from_db()
    assert session.seats_taken == 0
    drain()
    assert smtp_sink.received[-1].message["Subject"].startswith("You’ve left")


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "patch", "delete"])
def test_only_a_post_leaves(seat_to_leave, method):
    answer = getattr(Client(), method)(path_of_leaving(seat_to_leave))
    assert answer.status_code == (200 if method in ("get", "head") else 405)
    assert is_active(seat_to_leave)


def test_a_post_without_the_token_of_the_page_leaves_nothing(seat_to_leave):
    assert Client(enforce_csrf_checks=True).post(path_of_leaving(seat_to_leave)).status_code == 403
    assert is_active(seat_to_leave)


def test_a_person_who_waits_leaves_the_waitlist(make_session, people):
    session = make_session(minimum=1, capacity=1)
    first, second, third = (Registration.objects.register(person, session) for person in people(3))
    link = path_of_leaving(second)
    page = read(Client().get(link))
    assert title(page).startswith("Leave the waitlist for ")
    assert "1st" not in page.everything and "in line" not in page.everything
    Client().post(link)
    assert [is_active(one) for one in (first, second, third)] == [True, False, True]
    third.refresh_from_db()
    assert third.place_in_line == 1


def test_somebody_who_keeps_the_place_needs_no_code(seat_to_leave):
    asked = read(Client().get(path_of_leaving(seat_to_leave)))
    assert asked.link("Keep my place") == "?keep=1"
    kept = read(Client().get(f"{path_of_leaving(seat_to_leave)}?keep=1"))
    assert (
        title(kept)
        == f"You keep your place in {seat_to_leave.session.workshop.title} on {day_of(seat_to_leave.session)}"
    )
    assert is_active(seat_to_leave)
    Client().post(f"{path_of_leaving(seat_to_leave)}?keep=1")
    assert not is_active(seat_to_leave)


# ---- keys that open nothing, or nothing any more ----


def wrong_keys(seat_to_leave: Registration, other: Registration) -> dict[str, str]:
    key = leaving_key(seat_to_leave)
    return {
        "of another registration": leaving_key(other),
        "cut": key[:-1],
        "one letter changed": ("A" if key[0] != "A" else "B") + key[1:],
        "longer": key + "A",
        "of another salt": Signer(salt="another").signature(f"{seat_to_leave.uuid} {seat_to_leave.session_id}"),
        "of no salt": Signer().signature(f"{seat_to_leave.uuid} {seat_to_leave.session_id}"),
        "without its session": Signer(salt="registrations.leaving").signature(str(seat_to_leave.uuid)),
        "empty but for a dash": "-",
        "very long": "A" * 5000,
    }


@pytest.mark.parametrize("which", range(9))
@pytest.mark.parametrize("method", ["get", "post"])
def test_any_other_key_opens_nothing_and_says_what_to_do(seat_to_leave, make_session, person, which, method):
    other = Registration.objects.register(person, make_session(days=20))
    name, key = list(wrong_keys(seat_to_leave, other).items())[which]
    answer = getattr(Client(), method)(f"/registrations/{seat_to_leave.uuid}/withdrawal/{key}/")
    page = read(answer)
    assert title(page, 404) == "This link opens nothing", name
    assert "copy the whole of it" in page.text and "/my/" in page.addresses
    assert seat_to_leave.session.workshop.title not in page.everything
    assert is_active(seat_to_leave) and is_active(other)


def test_a_key_opens_no_registration_that_does_not_exist(seat_to_leave):
    assert Client().post(f"/registrations/{uuid4()}/withdrawal/{leaving_key(seat_to_leave)}/").status_code == 404


def test_a_key_opens_nothing_else_of_its_person(seat_to_leave):
    browser = Client()
    browser.get(path_of_leaving(seat_to_leave))
    for page in ("", "withdrawal/", "transfer/", "accommodation/"):
        assert browser.get(f"/registrations/{seat_to_leave.uuid}/{page}").url.startswith("/accounts/login/")
    assert browser.get("/my/").url.startswith("/accounts/login/")


def test_a_key_still_leaves_a_session_that_was_moved_to_another_day(seat_to_leave, session, office):
    link, meeting = path_of_leaving(seat_to_leave), session.meetings.get()
    later = meeting.starts_at + timedelta(days=7)
    session.reschedule({meeting: MeetingPlan(later, later + timedelta(hours=1), meeting.time_zone)}, by=office)
    session.refresh_from_db()
    assert day_of(session) in title(read(Client().get(link)))
    Client().post(link)
    assert not is_active(seat_to_leave)


def test_the_key_of_a_place_that_moved_leads_on_and_touches_nothing(seat_to_leave, make_session, office):
    link, later = path_of_leaving(seat_to_leave), make_session(days=21)
    moved = seat_to_leave.transfer(later, by=seat_to_leave.person)
    for answer in (Client().get(link), Client().post(link)):
        page = read(answer)
        assert title(page) == "Your place has moved to another date"
        assert f"/registrations/{moved.uuid}/" in page.addresses and day_of(later) not in page.everything
    assert is_active(moved)


def test_somebody_who_left_already_reads_a_calm_page(seat_to_leave, session):
    seat_to_leave.withdraw(by=seat_to_leave.person)
    again = Registration.objects.register(seat_to_leave.person, session)
    for answer in (Client().get(path_of_leaving(seat_to_leave)), Client().post(path_of_leaving(seat_to_leave))):
        assert title(read(answer)).startswith("You’ve left ")
    assert is_active(again)


def test_somebody_the_office_withdrew_is_not_thanked(seat_to_leave, office):
    seat_to_leave.withdraw(by=office)
    page = read(Client().get(path_of_leaving(seat_to_leave)))
    assert title(page).endswith(" has ended") and "Thank you" not in page.text


def test_a_cancelled_session_has_no_place_to_give_up(seat_to_leave, session, office):
    session.cancel("The room is flooded.", by=office)
    for answer in (Client().get(path_of_leaving(seat_to_leave)), Client().post(path_of_leaving(seat_to_leave))):
        assert title(read(answer)) == "This session was cancelled"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_key_ends_with_its_session(seat_to_leave, session, now, method):
    bring_near(session, now - timedelta(days=2), now)
    answer = getattr(Client(), method)(path_of_leaving(seat_to_leave))
    assert title(read(answer), 410) == "This session has already started"
    assert is_active(seat_to_leave)


def test_a_key_ends_as_the_last_meeting_starts(seat_to_leave, session, now):
    bring_near(session, now, now)
    assert Client().post(path_of_leaving(seat_to_leave)).status_code == 410
    assert is_active(seat_to_leave)


# ---- what a reader it was passed on to learns ----


def test_the_page_names_nobody_and_nothing_else_of_the_person(seat_to_leave, make_session, person):
    other = make_session(days=20)
    other.workshop.title = "Something of mine"
    Registration.objects.register(person, other)
    told = read(Client().get(path_of_leaving(seat_to_leave))).everything
    assert person.name not in told and person.email not in told and other.code not in told


@pytest.mark.parametrize("leaves", [False, True])
def test_a_neutral_title_stays_neutral(seat_to_leave, session, leaves):
    seat_to_leave.person.discreet_titles = True
    seat_to_leave.person.save()
    answer = (
        Client().post(path_of_leaving(seat_to_leave), follow=True)
        if leaves
        else Client().get(path_of_leaving(seat_to_leave))
    )
    page = read(answer)
    assert f"Training session on {day_of(session)}" in title(page)
    assert session.workshop.title not in page.everything and session.code not in page.everything


def test_the_page_is_kept_nowhere_and_its_address_goes_nowhere(seat_to_leave):
    for client in (Client(), Client()):
        client.force_login(seat_to_leave.person)
        for path in (path_of_leaving(seat_to_leave), f"/registrations/{seat_to_leave.uuid}/withdrawal/cut/"):
            answer = client.get(path)
            assert "no-store" in answer["Cache-Control"]
            assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("strict-origin", "noindex")


def test_no_log_has_the_key_whatever_is_refused(seat_to_leave):
    link, key = path_of_leaving(seat_to_leave), leaving_key(seat_to_leave)
    (handler,) = [one for one in logging.root.handlers if any(isinstance(each, TokensOut) for each in one.filters)]
    before = handler.setStream(log := io.StringIO())
    try:
        statuses = [Client().put(link).status_code, Client(enforce_csrf_checks=True).post(link).status_code]
        statuses.append(Client().get(link.replace(str(seat_to_leave.uuid), str(uuid4()))).status_code)
    finally:
        handler.setStream(before)
    assert statuses == [405, 403, 404]
    assert log.getvalue().count("/withdrawal/[token]") == 3 and key not in log.getvalue()


# ---- every mail that offers it ----


def test_every_mail_that_says_so_carries_the_key_of_its_own_registration(make_session, people, now, office):
    session = make_session(minimum=1, capacity=1)
    first, second = (Registration.objects.register(person, session, now=now) for person in people(2))
    session.settle(now=now)
    first.withdraw(by=first.person, now=now)
    offering = ("I can’t make it", "Leave the waitlist")
    seen = set()
    for registration in (first, second):
        for notice in registration.notices.all():
            for body in read_mail(write_mail(notice)).bodies:
                links = set(LINK.findall(body))
                assert links <= {path_of_leaving(registration)}
                assert bool(links) == any(words in body for words in offering), notice.kind
                seen |= {notice.kind} if links else set()
    assert seen == {"registered", "confirmed", "waitlisted", "promoted"}
