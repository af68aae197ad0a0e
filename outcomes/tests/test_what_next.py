"""After a session: the dialogues that follow it, what others often took next, and what its end opens in the library."""

import pytest

from catalog.models import Workshop
from devtools.testing.in_time import sweep_and_send
from devtools.testing.mail_reader import read_mail
from library.access import opened_by_the_end
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from outcomes.models import Attendance
from outcomes.what_next import dialogues_after, often_taken_after
from registrations.models import PriorAttendance, Registration

pytestmark = pytest.mark.django_db


def make_workshop(title: str, **fields) -> Workshop:
    return Workshop.objects.create(title=title, slug=title.lower().replace(" ", "-"), status="published", **fields)


@pytest.fixture
def dialogue(workshop):
    """A dialogue that comes after the workshop."""
    made = make_workshop("Change chat", offering="dialogue")
    made.requires.add(workshop)
    return made


def titles(following) -> list[str]:
    return [one.workshop.title for one in following]


# ---- dialogues ----


def test_a_dialogue_with_a_date_follows(hold, make_session, dialogue, person, now):
    session = hold(0, persons=[person])
    assert dialogues_after(session, person, now) == []
    date = make_session(workshop=dialogue)
    (following,) = dialogues_after(session, person, now)
    assert (following.workshop, following.dates) == (dialogue, [date])


def test_it_follows_a_workshop_that_counts_as_the_one_it_comes_after(
    hold, make_session, workshop, dialogue, person, now
):
    earlier = make_workshop("Bystanders, first edition", successor=workshop)
    make_session(workshop=dialogue)
    assert titles(dialogues_after(hold(0, persons=[person], workshop=earlier), person, now)) == ["Change chat"]


@pytest.mark.parametrize("what", ["draft", "training", "of another workshop", "unlisted", "for students", "has a seat"])
def test_what_does_not_follow_is_not_offered(hold, make_session, workshop, dialogue, person, office, now, what):
    session = hold(0, persons=[person])
    date = make_session(workshop=dialogue, minimum=1, listed=what != "unlisted")
    if what == "draft":
        Workshop.objects.filter(pk=dialogue.pk).update(status="draft")
    elif what == "training":
        Workshop.objects.filter(pk=dialogue.pk).update(offering="training")
    elif what == "of another workshop":
        dialogue.requires.set([make_workshop("Basics")])
    elif what == "for students":
        dialogue.admit(["student"], by=office)
    elif what == "has a seat":
        Registration.objects.register(person, date, now=now)
    assert dialogues_after(session, person, now) == []


# ---- often taken next ----


@pytest.fixture
def trail(hold, make_session, people):
    """trail(n, workshop) lets n people of a held session take a date of that workshop afterwards."""

    def make(count: int, to: Workshop, now):
        crowd = people(count)
        hold(0, persons=crowd, days_ago=40)
        date = make_session(workshop=to, minimum=1, days=20)
        for person in crowd:
            Registration.objects.register(person, date, now=now)
        return date

    return make


def test_what_five_took_next_is_named_and_what_four_took_is_not(hold, trail, person, now):
    session, often, rarely = hold(0, persons=[person]), make_workshop("Allyship"), make_workshop("Belonging")
    date = trail(5, often, now)
    trail(4, rarely, now)
    (following,) = often_taken_after(session, person, now)
    assert (following.workshop, following.dates) == (often, [date])


def test_what_was_taken_most_often_comes_first_and_two_are_enough(hold, trail, person, now):
    session = hold(0, persons=[person])
    for title, many in (("Allyship", 5), ("Belonging", 7), ("Climate", 6)):
        trail(many, make_workshop(title), now)
    assert titles(often_taken_after(session, person, now)) == ["Belonging", "Climate"]


def test_what_was_taken_before_is_not_taken_next(hold, make_session, people, person, now):
    crowd, other = people(5), make_workshop("Allyship")
    hold(0, persons=crowd, workshop=other, days_ago=50)
    hold(0, persons=crowd, days_ago=40)
    make_session(workshop=other)
    assert often_taken_after(hold(0, persons=[person]), person, now) == []


@pytest.mark.parametrize("how", ["booked", "elsewhere"])
def test_what_somebody_has_is_nothing_new_to_them(hold, trail, person, now, how):
    session, other = hold(0, persons=[person]), make_workshop("Allyship")
    date = trail(6, other, now)
    if how == "booked":
        Registration.objects.register(person, date, now=now)
    else:
        PriorAttendance.objects.create(person=person, workshop=other)
    assert often_taken_after(session, person, now) == []


# ---- what the end of it opens ----


def test_the_end_opens_what_is_for_afterwards_and_nothing_else(hold, make_resource, workshop, person, now):
    session = hold(0, persons=[person])
    make_resource("Slides", access="registrants", released="after", beside=[workshop])
    make_resource("What we said", access="attended", beside=[session])
    make_resource("Known before", access="registrants", beside=[workshop])
    make_resource("For everybody", beside=[workshop])
    make_resource("Draft", access="attended", beside=[workshop], status="draft")
    make_resource("Of another session", access="attended", beside=[make_workshop("Allyship")])
    opened = [one.title for one in opened_by_the_end(person, session, now)]
    assert opened == ["Slides", "What we said"]


def test_what_is_for_people_who_took_part_goes_by_attendance(hold, make_resource, workshop, people, office, now):
    here, absent, unsaid, guest = people(4)
    session = hold(0, persons=[here, absent, unsaid])
    make_resource("What we said", access="attended", beside=[workshop])
    seats = {one.person: one for one in session.registrations.all()}
    meeting = session.meetings.get()
    Attendance.objects.mark(meeting, seats[here], "here", "roster", by=office)
    Attendance.objects.mark(meeting, seats[absent], "absent", "roster", by=office)
    Attendance.objects.create(
        meeting=meeting, person=guest, state="here", source="check_in", said_at=now, said_by=office
    )
    opened = {one.email: bool(opened_by_the_end(one, session, now)) for one in (here, absent, unsaid, guest)}
    assert list(opened.values()) == [True, False, True, True]


def test_people_who_were_at_one_meeting_of_two_took_part(hold, make_resource, workshop, person, office, now):
    session = hold(0, persons=[person], meetings=2)
    make_resource("What we said", access="attended", beside=[workshop])
    seat = session.registrations.get()
    for meeting, state in zip(session.meetings.all(), ("here", "absent"), strict=True):
        Attendance.objects.mark(meeting, seat, state, "roster", by=office)
    assert opened_by_the_end(person, session, now)


# ---- in the mail ----


def test_the_mail_names_each_with_its_link(hold, make_session, make_resource, trail, dialogue, workshop, person, now):
    make_resource("Slides", access="registrants", released="after", beside=[workshop], minutes=20)
    chat, next_date = make_session(workshop=dialogue), trail(5, make_workshop("Allyship"), now)
    session = hold(0, persons=[person], here=1, closed=True)
    assert ("afterwards", person.email) in sweep_and_send(session.ends_at)
    mail = read_mail(write_mail(Notice.objects.get(kind="afterwards", person=person)))
    for heading in ("Open to you from now on", "To talk about it further", "Often taken next"):
        assert heading in mail.page.headings() and heading in mail.text
    for path in (
        "/resources/slides/",
        chat.get_absolute_url(),
        next_date.get_absolute_url(),
        "/workshops/change-chat/",
    ):
        assert all(path in body for body in mail.bodies)
    assert "Slides (Article, 20 minutes)" in mail.text
