"""What people read of their own attendance, and how they say that it is wrong."""

import pytest

from devtools.testing.page import get, read
from outcomes.attended import sheet_of
from outcomes.models import Attendance, AttendanceDispute

HERE, ABSENT = Attendance.State.HERE, Attendance.State.ABSENT


@pytest.fixture
def mine_of_two(hold, person):
    """The registration of `person` in a session of two meetings that is over."""
    return hold(2, meetings=2, persons=[person]).registrations.get(person=person)


def say(mine_of_two, office, *states) -> None:
    for meeting, state in zip(mine_of_two.session.meetings.all(), states, strict=False):
        Attendance.objects.mark(meeting, mine_of_two, state, "roster", by=office)


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((), ""),
        ((ABSENT,), ""),
        ((HERE, HERE), "Attended"),
        ((HERE, ABSENT), "Attended 1 of 2 meetings"),
        ((ABSENT, ABSENT), "We have you as absent"),
    ],
)
def test_both_pages_say_how_it_stands(me, mine_of_two, office, states, words):
    say(mine_of_two, office, *states)
    for path in ("/my/", mine_of_two.get_absolute_url()):
        text = get(me, path).text
        assert words in text
        if not words:
            assert "Attended" not in text and "absent" not in text


def test_one_press_says_that_it_is_wrong(me, mine_of_two, office):
    say(mine_of_two, office, ABSENT, ABSENT)
    page = get(me, mine_of_two.get_absolute_url())
    form = page.form("This is wrong")
    answer = me.post(form.action, form.data | {"words": "I sat by the window."}, follow=True)
    assert "We have told the office." in read(answer).text
    assert AttendanceDispute.objects.get().words == "I sat by the window."
    assert "You have told us that this is wrong." in get(me, mine_of_two.get_absolute_url()).text


def test_the_person_reads_what_the_office_decided(me, mine_of_two, office):
    say(mine_of_two, office, ABSENT, ABSENT)
    dispute = AttendanceDispute.objects.make(mine_of_two, "")
    dispute.decide(by=office, states={mine_of_two.session.meetings.first().pk: HERE}, answer="We found the list.")
    text = get(me, mine_of_two.get_absolute_url()).text
    assert "The office has corrected your attendance." in text
    assert "We found the list." in text
    assert "Attended 1 of 2 meetings" in text
    again = AttendanceDispute.objects.make(mine_of_two, "")
    again.decide(by=office, states={})
    assert "left your attendance as it is" in get(me, mine_of_two.get_absolute_url()).text


def test_what_is_not_known_is_not_wrong(me, mine_of_two):
    path = f"/registrations/{mine_of_two.uuid}/attendance/"
    assert "has not said yet who was there" in get(me, path).text
    assert me.post(path, {"words": "x"}).status_code == 409


@pytest.mark.parametrize("words", ["x" * 2001, "\x00"])
def test_words_that_cannot_be_kept_stay_in_the_form(me, mine_of_two, office, words):
    say(mine_of_two, office, ABSENT, ABSENT)
    answer = me.post(f"/registrations/{mine_of_two.uuid}/attendance/", {"words": words})
    assert answer.status_code == 400
    assert not AttendanceDispute.objects.exists()


def test_nobody_says_it_of_another(client, mine_of_two, people, office):
    say(mine_of_two, office, ABSENT, ABSENT)
    for viewer in (people(1)[0], office):
        client.force_login(viewer)
        assert client.get(f"/registrations/{mine_of_two.uuid}/attendance/").status_code == 404
        assert client.post(f"/registrations/{mine_of_two.uuid}/attendance/").status_code == 404
    assert not AttendanceDispute.objects.exists()


def test_a_walk_in_finds_the_session_among_their_own(client, people, mine_of_two, office):
    guest = people(1)[0]
    Attendance.objects.walk_in(mine_of_two.session.meetings.first(), office, person=guest)
    client.force_login(guest)
    assert "Attended without a seat" in get(client, "/my/").text


def test_the_meter_says_attended_once_the_lists_are_closed(me, mine_of_two, office):
    say(mine_of_two, office, HERE, HERE)
    assert "3 registered" in get(me, mine_of_two.get_absolute_url()).text
    for meeting in mine_of_two.session.meetings.all():
        sheet_of(meeting).close(by=office)
    for path in (mine_of_two.get_absolute_url(), "/my/", mine_of_two.session.get_absolute_url()):
        assert "1 attended" in get(me, path).text


def test_my_training_asks_as_much_for_few_as_for_many(me, hold, person, django_assert_max_num_queries):
    counts = []
    for _ in range(2):
        for _ in range(3):
            hold(0, persons=[person], here=1)
        me.get("/my/")
        with django_assert_max_num_queries(60) as seen:
            me.get("/my/")
        counts.append(len(seen))
    assert counts[0] == counts[1]
