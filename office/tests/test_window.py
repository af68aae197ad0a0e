"""When and who may register, and what happens at the deadline, changes after publication: asked first, on record."""

from datetime import timedelta

import pytest

from accounts.models import Campus
from devtools.testing.modes import join
from devtools.testing.office_pages import agree, filled_in, in_chicago, session_page
from devtools.testing.page import read
from notifications.models import Notice
from registrations.models import Interest, Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
PROMISED = "People were told that they can register from at once until"


def at(name: str, instant) -> dict[str, str]:
    local = in_chicago(instant)
    return {f"{name}_0": f"{local:%Y-%m-%d}", f"{name}_1": f"{local:%H:%M}"}


def form_with(clerk, session, **typed) -> tuple[str, dict]:
    return session_page(session), filled_in(clerk, session_page(session), "session_form", **typed)


def said_on_record(office) -> str:
    return office.logentry_set.order_by("-pk").first().change_message


def test_an_earlier_end_of_registering_is_asked_first(clerk, office, make_session, people):
    session = make_session()
    (mine,) = join(session, *people(1), mode="")
    closes = session.starts_at - timedelta(days=2)
    url, typed = form_with(clerk, session, **at("registration_closes_at", closes))
    stays = "People who are registered or wait stay as they are, and nobody is written to."
    assert agree(clerk, url, typed, PROMISED, stays).status_code == 302
    session.refresh_from_db()
    assert session.registration_closes_at == closes
    assert said_on_record(office).startswith("Registration: from at once until")
    assert mine.notices.count() == 1


def test_a_later_opening_says_that_nobody_can_register_until_then(clerk, make_session, people, now):
    session = make_session()
    url, typed = form_with(clerk, session, **at("registration_opens_at", now + timedelta(days=3)))
    assert agree(clerk, url, typed, "Nobody can register from now on.").status_code == 302
    with pytest.raises(Registration.NotOpenYet):
        Registration.objects.register(people(1)[0], Session.objects.get(pk=session.pk))


def test_a_later_end_is_just_saved_and_blank_is_the_start(clerk, make_session):
    session = make_session(registration_closes_at=None)
    Session.objects.update(registration_closes_at=session.starts_at - timedelta(days=3))
    url, typed = form_with(clerk, session, registration_closes_at_0="", registration_closes_at_1="")
    assert clerk.post(url, typed).status_code == 302
    session.refresh_from_db()
    assert session.registration_closes_at == session.starts_at


@pytest.mark.parametrize(
    ("name", "days", "sentence"),
    [
        ("registration_closes_at", 1, "Registration closes at the start at the latest."),
        ("registration_opens_at", 1, "Registration opens before it closes."),
    ],
)
def test_times_that_cannot_be_are_refused_where_they_stand(clerk, make_session, name, days, sentence):
    session = make_session()
    url, typed = form_with(clerk, session, **at(name, session.starts_at + timedelta(days=days)))
    response = clerk.post(url, typed)
    page = read(response)
    assert response.status_code == 400 and sentence in page.text
    assert page.field(name=f"{name}_0").value == typed[f"{name}_0"]


def test_half_a_time_and_nonsense_are_refused(clerk, make_session):
    session = make_session()
    url, typed = form_with(clerk, session, registration_opens_at_0="31 June", registration_opens_at_1="")
    assert clerk.post(url, typed).status_code == 400


def test_asking_at_the_deadline_says_that_people_hear_later(clerk, office, make_session, people):
    session = make_session()
    join(session, *people(2), mode="")
    url, typed = form_with(clerk, session, at_deadline="ask")
    assert agree(clerk, url, typed, "the answer to two people registered comes up to a day later").status_code == 302
    session.refresh_from_db()
    assert session.at_deadline == "ask"
    assert "At the deadline: from “Cancel it and tell everyone” to “Ask the office first”." in said_on_record(office)


def test_a_rule_that_would_cancel_at_once_is_refused_with_the_way_out(clerk, make_session, people, now):
    session = make_session(at_deadline=Session.AtDeadline.ASK)
    join(session, *people(2), mode="")
    Session.objects.update(confirm_by=now - timedelta(minutes=1))
    url, typed = form_with(clerk, session, at_deadline="cancel")
    response = clerk.post(url, typed)
    assert response.status_code == 400
    assert "so this would cancel the session at once. Give it more time first, or cancel it" in read(response).text


def test_a_campus_keeps_people_elsewhere_and_says_so(clerk, office, make_session, people):
    session, downtown = make_session(capacity=6), Campus.objects.create(name="Downtown")
    (mine,) = join(session, *people(1), mode="")
    url, typed = form_with(clerk, session, for_campus=downtown.pk)
    assert agree(clerk, url, typed, "People with a seat who are not at Downtown, and keep it: 1.").status_code == 302
    mine.refresh_from_db()
    session.refresh_from_db()
    assert mine.is_registered and session.for_campus == downtown
    assert "Only for people at: from every campus to Downtown." in said_on_record(office)


def test_a_session_opened_to_every_campus_tells_the_interested(clerk, make_session, people, workshop):
    downtown = Campus.objects.create(name="Downtown")
    session = make_session(for_campus=downtown)
    for person in people(2):
        Interest.objects.express(person, workshop)
    url, typed = form_with(clerk, session, for_campus="")
    sentence = "A mail about this date goes to two people who asked for one and may come now."
    assert agree(clerk, url, typed, sentence).status_code == 302
    assert Notice.objects.filter(kind="dated").count() == 2


def test_people_who_may_come_again_get_a_free_seat_in_their_order(make_session, people, office, now):
    session, downtown = make_session(minimum=1, capacity=1), Campus.objects.create(name="Downtown")
    first, waits = join(session, *people(2), mode="")
    session.open_to(downtown, by=office, now=now)
    first.refresh_from_db()
    first.withdraw(by=first.person, now=now)
    waits.refresh_from_db()
    assert waits.is_waitlisted
    session.open_to(None, by=office, now=now)
    waits.refresh_from_db()
    assert waits.is_registered


def test_a_session_that_started_shows_it_and_takes_nothing(clerk, office, make_session, now):
    session = make_session()
    later = {"starts_at": now - timedelta(minutes=5), "confirm_by": now - timedelta(days=1)}
    Session.objects.update(registration_closes_at=now - timedelta(minutes=5), **later)
    page = read(clerk.get(session_page(session)))
    assert "Registration closes" in page.text and "registration_closes_at_0" not in page.source
    with pytest.raises(Session.AlreadyDecided):
        session.open_to(Campus.objects.create(name="Downtown"), by=office, now=now)
