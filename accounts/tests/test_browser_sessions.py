"""Browser sessions: sealed in the database, named by no cookie, short-lived, and ended when they should be."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session as UnsealedSession
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.browser_sessions.model import BrowserSession
from accounts.models import Person
from accounts.tasks import clear_browser_sessions
from config.celery import app
from devtools.testing.signing_in import (
    APP_SECRET,
    app_code,
    ask_for_code,
    is_signed_in,
    mailed_code,
    sign_in_by_code,
)


def every_column() -> str:
    """Return all that the tables of browser sessions hold, as one text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_browsersession")
        return repr(cursor.fetchall())


def is_let_in(client: Client) -> bool:
    return client.get("/my/").status_code == 200


def last_used(person: Person, **ago) -> None:
    BrowserSession.objects.filter(person=person).update(last_used_at=timezone.now() - timedelta(**ago))


def test_a_look_at_the_table_tells_neither_code_nor_address_nor_cookie(client, person):
    ask_for_code(client, person.email)
    code = mailed_code(person.email).replace(" ", "")
    assert code in str(dict(client.session))
    assert code not in every_column() and person.email not in every_column()
    client.post("/accounts/login/code/", {"code": code})
    assert client.session[SESSION_KEY] == str(person.pk)
    assert client.cookies["sessionid"].value not in every_column()


def test_what_no_key_opens_signs_nobody_in(client, person, settings):
    client.force_login(person)
    settings.SIGN_IN_KEYS = [Fernet.generate_key().decode()]
    assert not is_let_in(client)


def test_a_row_that_was_written_past_us_signs_nobody_in(client, person):
    client.force_login(person)
    BrowserSession.objects.update(sealed='{"_auth_user_id": "1"}')
    assert not is_let_in(client)


def test_what_was_typed_before_signing_in_waits_an_hour(client, db):
    ask_for_code(client, "new@example.edu")
    waits = BrowserSession.objects.get().ends_at - timezone.now()
    assert timedelta(minutes=59) < waits <= timedelta(hours=1)


def test_a_sign_in_lasts_thirty_days_however_often_it_is_used(client, person):
    sign_in_by_code(client, person)
    ends_at = BrowserSession.objects.get().ends_at
    assert timedelta(days=29, hours=23) < ends_at - timezone.now() <= timedelta(days=30)
    last_used(person, days=20)
    assert is_let_in(client)
    assert BrowserSession.objects.get().ends_at == ends_at


def test_the_last_use_is_noted_every_five_minutes(client, person):
    client.force_login(person)
    for minutes, is_noted in [(4, False), (5, True)]:
        last_used(person, minutes=minutes)
        before = BrowserSession.objects.get().last_used_at
        assert is_let_in(client)
        assert (BrowserSession.objects.get().last_used_at > before) is is_noted


# ---- the office idles out ----


@pytest.mark.parametrize(("hours", "stays"), [(11, True), (12, False)])
def test_the_office_is_signed_out_after_twelve_hours_unused(client, office, hours, stays):
    client.force_login(office)
    last_used(office, hours=hours)
    assert is_let_in(client) is stays
    assert (client.get("/admin/login/").url == "/admin/") is stays


def test_the_hours_are_a_setting(client, office, settings):
    settings.OFFICE_IDLE = timedelta(hours=2)
    client.force_login(office)
    last_used(office, hours=2)
    assert not is_let_in(client)


def test_a_person_who_came_to_the_office_since_idles_out_too(client, person):
    client.force_login(person)
    last_used(person, hours=13)
    assert is_let_in(client)
    last_used(person, hours=13)
    Person.objects.update(is_staff=True)
    assert not is_let_in(client)


# ---- what is over is deleted ----


def test_what_is_over_is_deleted_and_nothing_else(client, people, office):
    one, other = people(2)
    for who in (one, other, office):
        Client().force_login(who)
    BrowserSession.objects.filter(person=one).update(ends_at=timezone.now())
    last_used(office, hours=12)
    UnsealedSession.objects.create(
        session_key="a" * 32, session_data="typed", expire_date=timezone.now() + timedelta(hours=1)
    )
    clear_browser_sessions()
    assert [row.person for row in BrowserSession.objects.all()] == [other]
    assert not UnsealedSession.objects.exists()


def test_what_is_over_is_deleted_every_night():
    (entry,) = [one for one in app.conf.beat_schedule.values() if one["task"] == clear_browser_sessions.name]
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({9}, {0})


# ---- a person's sign-ins are ended ----


def test_all_sign_ins_of_a_person_end_at_once(people):
    one, other = people(2)
    browsers = [Client(), Client(), Client()]
    for browser, who in zip(browsers, [one, one, other], strict=True):
        browser.force_login(who)
    assert one.end_sign_ins() == 2
    assert [is_let_in(browser) for browser in browsers] == [False, False, True]
    assert one.end_sign_ins() == 0


def test_one_browser_may_stay(people):
    (person,) = people(1)
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(person)
    assert person.end_sign_ins(but=browsers[1].session.session_key) == 1
    assert [is_let_in(browser) for browser in browsers] == [False, True]


def test_a_browser_that_is_late_with_its_page_does_not_come_back(client, person):
    client.force_login(person)
    late = client.session
    assert SESSION_KEY in late
    person.end_sign_ins()
    late["late"] = True
    with pytest.raises(UpdateError):
        late.save()
    assert not is_signed_in(client)


def test_a_person_who_is_deleted_takes_their_sign_ins_along(client, person):
    client.force_login(person)
    person.delete()
    assert not BrowserSession.objects.exists()
    assert client.get("/my/").status_code == 302


def test_what_needs_the_second_factor_yet_ends_too(client, office, settings):
    settings.OFFICE_SECOND_FACTOR = True
    TOTP.activate(office, APP_SECRET)
    assert sign_in_by_code(client, office).url == "/accounts/2fa/authenticate/"
    assert office.end_sign_ins() == 1
    client.post("/accounts/2fa/authenticate/", {"code": app_code()})
    assert not is_signed_in(client)
