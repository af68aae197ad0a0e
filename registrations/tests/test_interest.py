"""“Tell me when there is a date”: one mail per date, to people who asked and have no seat, until they stop it."""

from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.test import Client

from accounts.models import Campus
from catalog.models import Workshop
from devtools.testing.mail_reader import read_mail
from devtools.testing.office_pages import agree, filled_in
from devtools.testing.page import read
from devtools.testing.registering import interest_page, next_page
from devtools.testing.signing_in import CODE_PAGE, ask_for_code, mailed_code
from foundation.dates import long_day
from notifications.kinds.interests import LINGER, dates_of
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from notifications.outbox.deliver import drain
from registrations.models import Interest, Registration
from sessions_app.models import Session


def told() -> list[str]:
    """Return who is told of a date, once for each date."""
    return [notice.to for notice in Notice.objects.filter(kind="dated").order_by("pk") for _ in dates_of(notice)]


def deliver_what_lingered() -> None:
    """Send what is due once the ten minutes are over in which dates are gathered."""
    Notice.objects.filter(kind="dated").update(next_attempt_at=F("next_attempt_at") - LINGER)
    drain()


@pytest.fixture
def interest(person, workshop) -> Interest:
    return Interest.objects.express(person, workshop)


def test_one_press_on_the_workshops_page_is_enough(me, workshop, person):
    page = read(me.get(workshop.get_absolute_url()))
    assert "Tell me when one is scheduled" in page.text and interest_page(workshop) in page.actions
    response = me.post(interest_page(workshop))
    assert (response.status_code, response.url) == (302, workshop.get_absolute_url())
    page = next_page(me, response.url)
    assert "We’ll write to you when Bystander Interventions has a new date." in page.text
    assert "We tell you when this workshop has a new date." in page.text
    assert Interest.objects.get().person == person


def test_a_workshop_with_dates_offers_another(me, workshop, make_session):
    make_session()
    assert "Tell me when another is scheduled" in read(me.get(workshop.get_absolute_url())).text


def test_a_get_notes_nothing(me, workshop):
    assert "Tell me when Bystander Interventions is scheduled" in read(me.get(interest_page(workshop))).text
    assert me.head(interest_page(workshop)).status_code == 200
    assert not Interest.objects.exists()


def test_a_second_press_changes_nothing(me, workshop):
    me.post(interest_page(workshop))
    me.post(interest_page(workshop))
    assert Interest.objects.count() == 1


def test_pressed_signed_out_it_is_done_when_the_code_is_entered(client, workshop, db):
    for page in (workshop.get_absolute_url(), interest_page(workshop)):
        assert interest_page(workshop) in read(client.get(page)).actions
    back = workshop.get_absolute_url()
    page = read(client.post(interest_page(workshop), follow=True))
    assert "It is done when you enter the code." in page.text and page.form("Send me a code").data["next"] == [back]
    ask_for_code(client, "new@example.edu", next=back)
    code = read(client.get(CODE_PAGE))
    assert f"We tell you when {workshop} has a new date, once you have entered this code." in code.text
    assert not Interest.objects.exists()
    response = client.post(CODE_PAGE, {"code": mailed_code("new@example.edu"), "next": back})
    assert response.url == back and Interest.objects.get().person.email == "new@example.edu"
    page = read(client.get(back))
    assert f"We’ll write to you when {workshop} has a new date." in page.text and "Stop telling me" in page.link_names


def test_somebody_else_who_signs_in_there_is_told_nothing(client, workshop, db):
    client.post(interest_page(workshop))
    ask_for_code(client, "other@example.edu")
    client.post(CODE_PAGE, {"code": mailed_code("other@example.edu")})
    assert not Interest.objects.exists()


def test_a_workshop_for_others_is_refused_after_the_code_too(client, workshop, person):
    Workshop.objects.update(for_staff=False)
    client.post(interest_page(workshop))
    ask_for_code(client, person.email, next=workshop.get_absolute_url())
    client.post(CODE_PAGE, {"code": mailed_code(person.email)})
    assert "This workshop is for" in read(client.get("/my/")).text and not Interest.objects.exists()


def test_a_draft_or_unknown_workshop_has_no_page(me, workshop):
    Workshop.objects.update(status=Workshop.Status.DRAFT)
    for path in (interest_page(workshop), "/workshops/nothing/interest/"):
        assert me.get(path).status_code == me.post(path).status_code == 404


def test_a_workshop_for_others_is_refused_with_the_reason(me, workshop):
    Workshop.objects.update(for_staff=False)
    response = me.post(interest_page(workshop))
    assert response.status_code == 409 and "This workshop is for" in read(response).text
    assert not Interest.objects.exists()


def test_a_cancelled_session_leads_to_the_page(me, make_session, office, workshop):
    session = make_session()
    session.cancel("The facilitator is ill.", by=office)
    page = read(me.get(session.get_absolute_url()))
    assert "Tell me when it is scheduled again" in page.text and interest_page(workshop) in page.addresses


# ---- a date ----


def test_a_session_that_opens_is_told_once_to_each(people, workshop, make_session, office, smtp_sink):
    three = people(3)
    for person in three:
        Interest.objects.express(person, workshop)
    session = make_session(published=False)
    assert told() == []
    session.publish(by=office)
    session.publish(by=office)
    assert told() == [person.email for person in three]
    deliver_what_lingered()
    for person in three:
        (mail,) = smtp_sink.to(person.email)
        assert mail.recipients == [person.email]
        assert mail.message["Subject"].startswith("A new date: Bystander Interventions")
        for words in read_mail(mail).bodies:
            assert session.get_absolute_url() in words
            assert Interest.objects.get(person=person).get_absolute_url() in words
            assert not any(other.email in words for other in three if other != person)
    make_session(days=20)
    assert len(told()) == 6


def test_somebody_with_a_seat_to_come_is_not_told(person, interest, make_session):
    mine = make_session(days=10)
    assert told() == [person.email]
    registration = Registration.objects.register(person, mine)
    make_session(days=20)
    assert told() == [person.email]
    registration.withdraw(by=person)
    make_session(days=30)
    assert told() == [person.email, person.email]


def test_somebody_on_a_waitlist_is_told_of_another_date(me, people, person, workshop, make_session):
    full = make_session(minimum=1, capacity=1)
    Registration.objects.register(people(1)[0], full)
    waiting = Registration.objects.register(person, full)
    me.post(interest_page(workshop))
    words = "One mail per date that is for you, none while you are registered for one."
    assert (
        words in next_page(me, workshop.get_absolute_url()).text and words in read(me.get(interest_page(workshop))).text
    )
    make_session(days=20)
    assert waiting.is_waitlisted and told() == [person.email]
    deliver_what_lingered()
    assert Notice.objects.get(kind="dated").state == "sent"


def test_only_a_listed_session_of_that_workshop_is_told(person, interest, make_session):
    other = Workshop.objects.create(title="Allyship", slug="allyship", status=Workshop.Status.PUBLISHED)
    make_session(listed=False)
    make_session(workshop=other)
    assert told() == []


def test_a_session_listed_later_is_told_then_and_once(client, people, workshop, make_session, office, now):
    first, later = people(2)
    Interest.objects.express(first, workshop, now=now)
    session = make_session(listed=False)
    place = Registration.objects.register(people(1)[0], session, now=now)
    Interest.objects.express(place.person, workshop, now=now)
    client.force_login(office)
    url = f"/admin/sessions_app/session/{session.pk}/change/"
    typed = filled_in(client, url, "session_form", listed="on")
    assert [agree(client, url, typed).status_code, told()] == [302, [first.email]]
    session.make_unlisted(by=office)
    Interest.objects.express(later, workshop, now=now)
    session.make_listed(by=office)
    session.make_listed(by=office)
    assert told() == [first.email, later.email]
    assert Notice.objects.filter(person=place.person).values_list("kind", flat=True).get() == "registered"


@pytest.mark.parametrize("end", ["draft", "cancelled"])
def test_listing_what_does_not_run_tells_nobody(interest, make_session, office, end):
    session = make_session(published=end == "cancelled", listed=False)
    if end == "cancelled":
        session.cancel("The facilitator is ill.", by=office)
    session.make_listed(by=office)
    assert session.listed and told() == []


@pytest.mark.parametrize("change", [{"role": "faculty"}, {"is_active": False}])
def test_somebody_who_could_not_come_is_not_told(person, interest, make_session, change):
    Workshop.objects.update(for_faculty=False)
    for name, value in change.items():
        setattr(person, name, value)
    person.save()
    make_session(workshop=Workshop.objects.get())
    assert told() == []


def test_a_date_for_one_campus_is_told_to_its_people_only(people, workshop, make_session, now):
    east, west = (Campus.objects.create(name=name) for name in ("East", "West"))
    there, elsewhere, nowhere = (*people(1, campus=east), *people(1, campus=west), *people(1))
    for person in (there, elsewhere, nowhere):
        Interest.objects.express(person, workshop, now=now)
    make_session(for_campus=east)
    assert told() == [there.email]
    there.campus = west
    there.save()
    deliver_what_lingered()
    assert Notice.objects.get(kind="dated").state == "expired"


def test_a_later_part_is_told_to_people_who_have_the_first(people, workshop, make_session, now):
    first = Workshop.objects.create(title="Basics", slug="basics", status=Workshop.Status.PUBLISHED)
    workshop.requires.add(first)
    ready, other = people(2)
    for person in (ready, other):
        Interest.objects.express(person, workshop, now=now)
    place = Registration.objects.register(ready, make_session(days=7, workshop=first), now=now)
    make_session()
    assert told() == [ready.email]
    place.withdraw(by=ready, now=now)
    deliver_what_lingered()
    assert Notice.objects.get(kind="dated").state == "expired"


def test_a_person_without_a_role_counts_as_other(people, workshop, make_session):
    nobody = people(1, role="")[0]
    Interest.objects.express(nobody, workshop)
    make_session()
    assert told() == [nobody.email]


def dated_mail() -> tuple[str, str]:
    """Both bodies of the one mail about a date, each on one line."""
    return read_mail(write_mail(Notice.objects.get(kind="dated"))).bodies


def test_the_mail_says_when_registering_begins_if_it_is_later(interest, make_session, now):
    opens_at = datetime.combine(now + timedelta(days=3), time(9), ZoneInfo("America/Chicago"))
    day = long_day(opens_at, "America/Chicago", now.year)
    make_session(registration_opens_at=opens_at)
    for words in dated_mail():
        assert f"Here it is. Registration opens on {day} at 9:00 AM, Central time. It is confirmed once" in words
        assert "takes registrations now" not in words and "Register:" not in words


def test_the_mail_says_so_if_registering_has_begun(interest, make_session):
    make_session()
    plain, html = dated_mail()
    assert "Here it is, and it takes registrations now. It is confirmed once" in plain and "Register: http" in plain
    assert "It takes registrations now." in html and "Registration opens" not in plain + html


def test_the_mail_about_a_confirmed_session_says_that_it_is(interest, make_session, people, office, now):
    session = make_session(listed=False)
    Registration.objects.register(people(1)[0], session, now=now)
    session.run_anyway("A visiting speaker.", by=office, now=now)
    session.make_listed(by=office)
    for words in dated_mail():
        assert "takes registrations now. It is confirmed." in words and "once" not in words


def test_a_mail_that_did_not_leave_before_registering_ended_is_not_sent(interest, make_session, smtp_sink, now):
    session = make_session()
    Session.objects.filter(pk=session.pk).update(registration_closes_at=now)
    deliver_what_lingered()
    assert smtp_sink.received == []
    assert Notice.objects.get(kind="dated").state == "expired"


def test_who_stopped_or_registered_before_the_mail_left_does_not_get_it(make_session, people, workshop, smtp_sink, now):
    stopped, placed, left = (Interest.objects.express(person, workshop, now=now) for person in people(3))
    session = make_session()
    stopped.stop(now=now)
    Registration.objects.register(placed.person, session, now=now)
    deliver_what_lingered()
    dated = Notice.objects.filter(kind="dated").order_by("pk")
    assert list(dated.values_list("to", "state")) == [
        (stopped.person.email, "expired"),
        (placed.person.email, "expired"),
        (left.person.email, "sent"),
    ]


# ---- stopping ----


def test_the_link_in_the_mail_stops_it_without_signing_in(interest, person, make_session):
    browser, path = Client(), interest.get_absolute_url()
    for _ in range(3):
        page = read(browser.get(path))
    browser.head(path)
    assert "Stop telling me about Bystander Interventions?" in page.text
    assert person.name not in page.everything and person.email not in page.everything
    interest.refresh_from_db()
    assert interest.is_standing
    response = browser.post(path)
    assert (response.status_code, response.url) == (302, path)
    assert "We don’t write about Bystander Interventions any more" in read(browser.get(path)).text
    assert browser.post(path).status_code == 302
    make_session()
    assert told() == []


def test_an_unknown_link_is_not_there(client, db):
    path = f"/interests/{uuid4()}/"
    assert client.get(path).status_code == client.post(path).status_code == 404


def test_who_stopped_may_ask_again_and_an_old_link_still_stops_it(me, interest, workshop, make_session, person):
    me.post(interest.get_absolute_url())
    me.post(interest_page(workshop))
    assert Interest.objects.get().is_standing
    make_session()
    assert told() == [person.email]
    me.post(interest.get_absolute_url())
    assert not Interest.objects.get().is_standing


def test_my_training_shows_what_one_waits_for(me, interest, people, workshop):
    Interest.objects.express(people(1)[0], workshop)
    page = read(me.get("/my/"))
    assert "We tell you when these have a date" in page.text
    assert page.everything.count(interest.get_absolute_url()) == 1
    interest.stop()
    assert "We tell you when these have a date" not in read(me.get("/my/")).everything


def test_the_office_reads_interests_and_changes_none(client, office, interest):
    client.force_login(office)
    assert "Bystander Interventions" in read(client.get("/admin/registrations/interest/")).text
    path = f"/admin/registrations/interest/{interest.pk}/change/"
    assert client.get(path).status_code == 200
    assert client.post(path, {}).status_code == 403
