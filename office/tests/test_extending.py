"""More time for a decision: the page shows the mail with the new date, and says how many people get it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from devtools.testing.cast import ZONE
from devtools.testing.changing import MINUTES, deliver, text_of
from devtools.testing.modes import join
from devtools.testing.office_pages import filled_in, in_chicago
from devtools.testing.page import read
from foundation import database_clock
from foundation.dates import long_day

pytestmark = pytest.mark.django_db


def page_of(session) -> str:
    return reverse("admin:sessions_app_session_extend", args=[session.pk])


@pytest.fixture
def to_be_extended(make_session, people):
    session = make_session()
    join(session, *people(2), mode="")
    deliver(database_clock.now())
    return session


def test_the_date_that_is_proposed_takes_one_press_and_mails_what_is_shown(clerk, to_be_extended, smtp_sink):
    before = to_be_extended.confirm_by
    shown = read(clerk.get(page_of(to_be_extended))).text
    assert "To two people with a seat" in shown
    assert (
        clerk.post(page_of(to_be_extended), filled_in(clerk, page_of(to_be_extended), "decision_form")).status_code
        == 302
    )
    to_be_extended.refresh_from_db()
    assert to_be_extended.confirm_by > before
    deliver(database_clock.now() + 3 * MINUTES)
    mail = smtp_sink.received[-1]
    assert mail.message["Subject"] in shown
    for line in text_of(mail).splitlines():
        if "://" not in line and not line.startswith("Hello"):
            assert " ".join(line.split()) in " ".join(shown.split()), line


def test_another_date_shows_its_mail_before_it_counts(clerk, to_be_extended):
    day = in_chicago(to_be_extended.starts_at) - timedelta(days=1)
    typed = filled_in(clerk, page_of(to_be_extended), "decision_form", until_0=f"{day:%Y-%m-%d}", until_1="09:00")
    asked = clerk.post(page_of(to_be_extended), typed)
    before = to_be_extended.confirm_by
    said = read(asked).text
    assert asked.status_code == 400 and "Nothing is saved yet" in said
    to_be_extended.refresh_from_db()
    assert to_be_extended.confirm_by == before
    assert clerk.post(page_of(to_be_extended), read(asked).form(id="decision_form").data).status_code == 302
    to_be_extended.refresh_from_db()
    assert in_chicago(to_be_extended.confirm_by).hour == 9
    assert f"decided by {long_day(to_be_extended.confirm_by, ZONE)} whether this session takes place" in said


def test_a_session_without_people_is_just_given_more_time(clerk, make_session):
    session = make_session()
    typed = filled_in(clerk, page_of(session), "decision_form")
    assert clerk.post(page_of(session), typed).status_code == 302
