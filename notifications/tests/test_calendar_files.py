"""The file of one's seat, the file of a session for everybody, and the public feeds."""

from datetime import timedelta

import pytest
from django.test import Client

from catalog.models import Workshop
from devtools.testing.calendar_readers import properties, read_alike
from devtools.testing.page import read
from foundation.kept import pages
from notifications.models import Notice
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Place, Session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
OFFICE = ("mailto:training@example.edu",)


@pytest.fixture
def weekly(make_session, now):
    """weekly(3, minimum=1) is a session with a meeting in each of three weeks."""

    def make(weeks, **overrides):
        first = (now + timedelta(days=20)).replace(hour=18, minute=0, second=0, microsecond=0)
        starts = [first + timedelta(days=7 * week) for week in range(weeks)]
        plans = [MeetingPlan(start, start + timedelta(hours=1), "America/Chicago") for start in starts]
        return make_session(meetings=plans, **overrides)

    return make


@pytest.fixture
def own(client, person, make_session, now):
    """own(minimum=1) is the seat of the person who is signed in."""
    client.force_login(person)
    return lambda session=None, **kwargs: Registration.objects.register(
        person, session or make_session(**kwargs), now=now
    )


def file_of(registration) -> str:
    return f"{registration.get_absolute_url()}invitation.ics"


# ---- the file of one's seat ----


def test_the_file_publishes_the_seat_with_its_organizer_and_nobody_else(client, own):
    registration = own()
    response = client.get(file_of(registration))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="training-session.ics"'
    assert "no-store" in response["Cache-Control"]
    assert properties(response.content)["METHOD"] == "PUBLISH"
    (event,) = read_alike(response.content)
    assert (event.uid, event.sequence, event.status) == (registration.threads.get().uid, 0, "TENTATIVE")
    assert event.summary == "(not yet confirmed) Bystander Interventions"
    assert (event.organizers, event.attendees) == (OFFICE, ())
    assert event.location == "Online"


def test_after_the_confirmation_it_is_the_event_of_the_mail(client, own, now):
    registration = own(minimum=1)
    registration.session.settle(now=now)
    (event,) = read_alike(client.get(file_of(registration)).content)
    thread = Notice.objects.get(method="REQUEST").thread
    assert (event.uid, event.sequence, event.status) == (thread.uid, thread.sequence, "CONFIRMED")
    assert event.location == "Online / https://meet.example.edu/quorum"


def test_an_update_raises_the_sequence_of_the_file(client, own, now):
    registration = own(minimum=1)
    registration.session.settle(now=now)
    registration.threads.get().advance()
    (event,) = read_alike(client.get(file_of(registration)).content)
    assert event.sequence == 2


def test_one_file_has_all_the_meetings(client, own, weekly):
    registration = own(weekly(3))
    found = read_alike(client.get(file_of(registration)).content)
    assert [event.uid for event in found] == list(registration.threads.values_list("uid", flat=True))
    assert [event.summary[-13:] for event in found] == ["(part 1 of 3)", "(part 2 of 3)", "(part 3 of 3)"]


def test_a_neutral_title_holds_for_the_file_and_its_name(client, own, person):
    registration = own()
    person.discreet_titles = True
    person.save()
    response = client.get(file_of(registration))
    (event,) = read_alike(response.content)
    assert event.summary == "(not yet confirmed) Training session"
    assert b"ystander" not in response.content
    assert "ystander" not in response["Content-Disposition"]


def test_who_waits_or_left_has_no_file(client, own, people, make_session, person, now):
    session = make_session(minimum=1, capacity=1)
    Registration.objects.register(people(1)[0], session, now=now)
    waiting, left = own(session), own()
    left.withdraw(by=person, now=now)
    assert [client.get(file_of(one)).status_code for one in (waiting, left)] == [404, 404]


def test_the_page_offers_the_file_until_the_invitation_is_sent(client, own, now):
    registration = own(minimum=1)
    page = read(client.get(registration.get_absolute_url()))
    assert file_of(registration) in page.addresses
    assert file_of(registration) in read(client.get(registration.session.get_absolute_url())).addresses
    registration.session.settle(now=now)
    page = read(client.get(registration.get_absolute_url()))
    assert file_of(registration) not in page.everything
    assert "Your calendar invitation is in your mail." in page.text
    assert file_of(registration) not in read(client.get(registration.session.get_absolute_url())).everything


def test_an_undeliverable_invitation_is_offered_as_a_file(client, own, now):
    registration = own(minimum=1)
    registration.session.settle(now=now)
    Notice.objects.filter(method="REQUEST").update(state=Notice.State.DEAD)
    page = read(client.get(registration.get_absolute_url()))
    assert file_of(registration) in page.addresses
    assert "not yet confirmed" not in page.everything


# ---- the file of a session, for people who are not registered ----


def test_everybody_may_put_a_public_session_into_their_calendar(client, weekly):
    session = weekly(2)
    page = read(client.get(session.get_absolute_url()))
    assert f"/sessions/{session.code}/session.ics" in page.addresses
    response = client.get(f"/sessions/{session.code}/session.ics")
    assert response["Content-Disposition"] == 'attachment; filename="training-session.ics"'
    assert response["Cache-Control"] == "public, max-age=900"
    assert properties(response.content)["METHOD"] == "PUBLISH"
    first, second = read_alike(response.content)
    assert (first.organizers, first.attendees) == (OFFICE, ())
    assert first.summary == "(not yet confirmed) Bystander Interventions (part 1 of 2)"
    assert first.uid != second.uid
    assert {first.uid, second.uid} == {event.uid for event in read_alike(client.get("/sessions.ics").content)}


def test_its_uid_is_its_own_and_stays(client, own, person, now):
    registration = own(minimum=1)
    address = f"/sessions/{registration.session.code}/session.ics"
    (before,) = read_alike(Client().get(address).content)
    registration.session.settle(now=now)
    (after,) = read_alike(Client().get(address).content)
    assert after.uid == before.uid != registration.threads.get().uid
    assert after.sequence > before.sequence
    assert "meet.example.edu" not in after.location


def test_every_change_of_what_it_shows_raises_its_sequence(client, make_session, workshop, room, office, now):
    session, sequences, shown = make_session(), [], []

    def look() -> None:
        (event,) = read_alike(client.get(f"/sessions/{session.code}/session.ics").content)
        sequences.append(event.sequence)
        shown.append((event.summary, event.location))

    look()
    workshop.rename(office, title="Speaking Up")
    look()
    session.relocate({session.meetings.get(): Place(room, "")}, by=office, now=now)
    look()
    room.rename(office, room="9")
    look()
    session.relocate({session.meetings.get(): Place(None, "https://meet.example.edu/2")}, by=office, now=now)
    look()
    assert len(set(shown)) == 4 and shown[1] == shown[4]
    assert sequences == sorted(set(sequences))


def test_a_draft_has_no_file_and_an_unlisted_session_has_one(client, make_session, office):
    draft, unlisted = make_session(published=False), make_session(listed=False)
    client.force_login(office)
    assert client.get(f"/sessions/{draft.code}/session.ics").status_code == 404
    assert client.get(f"/sessions/{unlisted.code}/session.ics").status_code == 200
    assert client.get("/sessions/nowhere1/session.ics").status_code == 404


# ---- the public feeds ----


def test_the_public_feed_has_the_listed_sessions_and_names_nobody(client, make_session, people, now, office, settings):
    confirmed, tentative = make_session(minimum=2), make_session(days=21)
    make_session(listed=False), make_session(published=False)
    for person in people(2):
        Registration.objects.register(person, confirmed, now=now)
    confirmed.settle(now=now)
    content = client.get("/sessions.ics").content
    assert properties(content)["NAME"] == f"Training sessions\\, {settings.INSTITUTION_NAME}"
    assert "METHOD" not in properties(content)
    events = read_alike(content)
    assert [(event.summary, event.status) for event in events] == [
        ("Bystander Interventions", "CONFIRMED"),
        ("(not yet confirmed) Bystander Interventions", "TENTATIVE"),
    ]
    assert [event.attendees + event.organizers for event in events] == [(), ()]
    assert tentative.code in events[1].description
    assert b"person" not in content.lower()
    assert b"meet.example.edu" not in content


def test_the_feed_of_a_workshop_has_its_own_dates(client, make_session):
    other = Workshop.objects.create(title="Allyship", slug="allyship", status=Workshop.Status.PUBLISHED)
    make_session(), make_session(workshop=other)
    content = client.get("/workshops/allyship/sessions.ics").content
    assert properties(content)["X-WR-CALNAME"] == "Allyship"
    assert [event.summary for event in read_alike(content)] == ["(not yet confirmed) Allyship"]
    assert len(read_alike(client.get("/sessions.ics").content)) == 2
    assert client.get("/workshops/nowhere/sessions.ics").status_code == 404


def test_cancelled_and_held_sessions_stay_for_thirty_days(client, make_session, office, now):
    cancelled, held = make_session(), make_session(days=3)
    cancelled.cancel("Snow.", by=office, now=now)
    assert [event.status for event in read_alike(client.get("/sessions.ics").content)] == ["TENTATIVE", "CANCELLED"]
    month = timedelta(days=31)
    Session.objects.filter(pk=cancelled.pk).update(cancelled_at=now - month)
    Session.objects.filter(pk=held.pk).update(
        starts_at=held.starts_at - 2 * month, ends_at=held.ends_at - 2 * month, confirm_by=held.confirm_by - 2 * month
    )
    assert read_alike(client.get("/sessions.ics").content) == []


def test_a_cancelled_meeting_is_struck_in_the_feed_only(client, weekly, office, now):
    session = weekly(2)
    session.cancel_meeting(session.meetings.first(), "Snow.", office, now)
    found = [(event.status, event.summary[-13:]) for event in read_alike(client.get("/sessions.ics").content)]
    assert found == [("CANCELLED", "(part 1 of 2)"), ("TENTATIVE", "(part 2 of 2)")]
    (event,) = read_alike(client.get(f"/sessions/{session.code}/session.ics").content)
    assert event.summary == "(not yet confirmed) Bystander Interventions (part 2 of 2)"


def test_the_office_sees_no_more_there_than_anybody(client, make_session, office):
    make_session(published=False)
    client.force_login(office)
    assert read_alike(client.get("/sessions.ics").content) == []


@pytest.mark.parametrize("path", ["/sessions.ics", "/workshops/bystander-interventions/sessions.ics"])
def test_everybody_may_keep_the_same_answer(client, make_session, person, path, now):
    session = make_session(minimum=1)
    client.force_login(person)
    first = client.get(path)
    assert first["Cache-Control"] == "public, max-age=900"
    assert "Cookie" not in first.get("Vary", "")
    assert not first.cookies
    for headers in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        assert Client().get(path, headers=headers).status_code == 304
    assert Client().head(path)["ETag"] == first["ETag"]
    Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    for headers in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        assert Client().get(path, headers=headers).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_the_public_feed_takes_the_same_queries_for_one_and_for_thirty(
    count, client, make_session, django_assert_num_queries
):
    for number in range(count):
        make_session(days=10 + number)
    assert len(read_alike(client.get("/sessions.ics").content)) == count
    client.get("/workshops/bystander-interventions/sessions.ics")
    pages.pages.clear()
    # The meetings with all that is theirs, who leads, the parts, the record, and what the cache knows of the answer; as
    # it is kept, the number before and after.
    with django_assert_num_queries(5 + 2):
        client.get("/sessions.ics")
    with django_assert_num_queries(6 + 2):
        client.get("/workshops/bystander-interventions/sessions.ics")


def test_the_pages_say_where_to_subscribe(client, make_session):
    make_session()
    for page, feed in (("/", "/sessions.ics"), ("/workshops/bystander-interventions/", None)):
        address = feed or f"{page}sessions.ics"
        content = read(client.get(page))
        assert f"webcal://127.0.0.1:8000{address}" in content.addresses
        assert f"http://127.0.0.1:8000{address}" in content.addresses
