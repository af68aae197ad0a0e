"""What people read of their own attendance, and how they say that it is wrong."""

from datetime import timedelta

import pytest
from django.urls import reverse

from devtools.testing.page import get, read
from outcomes.attended import sheet_of
from outcomes.models import Attendance, AttendanceDispute
from registrations.models import Registration

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


def test_before_the_end_nothing_can_be_missing(me, person, make_session, now):
    mine = Registration.objects.register(person, make_session())
    path = f"/registrations/{mine.uuid}/attendance/"
    assert "has not said yet whether you were there" in get(me, path).text
    assert me.post(path, {"words": "x"}).status_code == 409
    assert not AttendanceDispute.objects.exists()


def test_a_person_says_that_they_are_missing_and_the_office_marks_the_meetings(me, mine_of_two, office):
    page = get(me, mine_of_two.get_absolute_url())
    assert "Tell the office that you were there" in page.text
    form = page.form("Tell the office")
    assert "We have told the office." in read(me.post(form.action, form.data, follow=True)).text
    assert "You have told us about your attendance." in get(me, mine_of_two.get_absolute_url()).text
    dispute = AttendanceDispute.objects.get()
    me.force_login(office)
    url = reverse("admin:outcomes_attendancedispute_decide", args=[dispute.pk])
    first, second = mine_of_two.session.meetings.all()
    assert get(me, url).text.count("nothing is known") == 2
    assert me.post(url, {f"meeting_{first.pk}": HERE, f"meeting_{second.pk}": ""}).status_code == 302
    dispute.refresh_from_db()
    (said,) = Attendance.objects.filter(person=mine_of_two.person)
    assert (said.meeting, said.state, said.source, said.said_by) == (first, HERE, "correction", office)
    assert dispute.is_corrected


def test_absent_where_nothing_was_known_is_written_and_nothing_is_corrected(mine_of_two, office):
    dispute = AttendanceDispute.objects.make(mine_of_two, "")
    dispute.decide(by=office, states={one.pk: ABSENT for one in mine_of_two.session.meetings.all()})
    assert Attendance.objects.absent().filter(person=mine_of_two.person).count() == 2
    assert not dispute.is_corrected


def test_once_attendance_is_forgotten_nobody_says_that_it_is_missing(mine_of_two, now):
    long_after = now + timedelta(days=365 * 3 + 1)
    with pytest.raises(AttendanceDispute.NothingKnown):
        AttendanceDispute.objects.make(mine_of_two, "", now=long_after)


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
