"""Merging two dates in the admin: the form, what it means, who answered what, and how it ends."""

from datetime import timedelta

import pytest
from django.urls import reverse

from devtools.testing.office_pages import in_chicago
from devtools.testing.page import read
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from registrations.models import MergeOffer, Registration

pytestmark = pytest.mark.django_db
REASON = "The room on that day is taken"


@pytest.fixture
def pair(make_session, people, now):
    """Two open dates of the workshop: four people in the first, one in the second."""
    session, into = make_session(days=14), make_session(days=21)
    crowd = people(5)
    for person in crowd[:4]:
        Registration.objects.register(person, session, now=now)
    Registration.objects.register(crowd[4], into, now=now)
    return session, into, crowd


def address(session) -> str:
    return reverse("admin:sessions_app_session_merge", args=[session.pk])


def typed(into, now, reason=REASON, **more) -> dict:
    until = in_chicago(now + timedelta(days=3))
    return {"into": into.pk, "until_0": f"{until:%Y-%m-%d}", "until_1": f"{until:%H:%M}", "reason": reason, **more}


def look(clerk, session, data) -> dict:
    """Press once, and return what the second press sends."""
    page = read(clerk.post(address(session), data))
    return data | {"agreed": page.field(name="agreed").value}


def test_the_first_press_says_what_it_means_and_does_nothing(clerk, pair, now):
    session, into, crowd = pair
    Registration.objects.register(crowd[0], into, now=now)
    answered = clerk.post(address(session), typed(into, now))
    page = read(answered)
    assert answered.status_code == 200
    assert "Three people are asked: 3 with a seat, 0 waiting." in page.text
    assert "One person is on that date already, not asked, and told when this one is cancelled." in page.text
    assert "There are seats for all of them: 22 are free on that date." in page.text
    assert not MergeOffer.objects.exists()
    assert not Notice.objects.filter(kind="merge_offer").exists()


def test_the_second_press_asks_everybody_with_the_mail_that_was_shown(clerk, pair, office, now):
    session, into, crowd = pair
    data = typed(into, now)
    shown = read(clerk.post(address(session), data)).part("pre.office-mail").text
    assert clerk.post(address(session), look(clerk, session, data)).status_code == 302
    notices = Notice.objects.filter(kind="merge_offer")
    assert {one.person for one in notices} == set(crowd[:4])
    notice = notices.first()
    words = write_mail(notice)["text"].split()
    links = {word for word in words if word.startswith("http")}
    told = [word for word in words if word not in links]
    told = " ".join(told).replace(notice.person.get_short_name(), office.get_short_name()).split()
    assert [word for word in shown.split() if not word.startswith("http")] == told
    assert f"The reason: {REASON}. Say yes or no by" in " ".join(words)


def test_a_press_that_no_longer_fits_is_looked_at_again(clerk, pair, people, now):
    session, into, _ = pair
    data = look(clerk, session, typed(into, now))
    Registration.objects.register(people(1)[0], session, now=now)
    answered = clerk.post(address(session), data)
    assert "Five people are asked" in read(answered).text
    assert not MergeOffer.objects.exists()


def test_pressing_twice_asks_once(clerk, pair, now):
    session, into, _ = pair
    data = look(clerk, session, typed(into, now))
    assert [clerk.post(address(session), data).status_code for _ in range(2)] == [302, 409]
    assert MergeOffer.objects.count() == 4
    assert Notice.objects.filter(kind="merge_offer").count() == 4


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"reason": " "}, "Say why: people are told the reason."),
        ({"into": ""}, "This field is required."),
        ({"into": "0"}, "Select a valid choice."),
        ({"into": "x"}, "Select a valid choice."),
        ({"until_0": "2020-01-01"}, "Choose a time in the future by which people answer."),
        ({"until_0": "31 June"}, "Enter a valid date."),
        ({"until_0": "2099-01-01"}, "People answer by the decision date of this session at the latest."),
    ],
    ids=["no reason", "no date", "no such date", "nonsense", "the past", "no day", "too late"],
)
def test_what_cannot_be_merged_is_said_and_what_was_typed_stays(clerk, pair, now, wrong, words):
    session, into, _ = pair
    answered = clerk.post(address(session), typed(into, now, more="x") | wrong)
    assert answered.status_code == 400
    page = read(answered)
    assert words in page.text
    if "reason" not in wrong:
        assert REASON in page.source
    assert not MergeOffer.objects.exists()


def test_a_date_nobody_can_move_from_is_refused(clerk, make_session, pair, now):
    empty, (_, into, _) = make_session(days=12), pair
    answered = clerk.post(address(empty), typed(into, now))
    assert answered.status_code == 400
    assert "Nobody in this date may come to that one." in read(answered).text


@pytest.fixture
def merging(pair, office, now):
    """The same dates while their people answer: the first has moved, the second said no."""
    session, into, crowd = pair
    session.begin_merge(into, now + timedelta(days=3), REASON, by=office, now=now)
    offers = {one.registration.person: one for one in MergeOffer.objects.select_related("registration__person")}
    offers[crowd[0]].accept(now=now)
    offers[crowd[1]].decline(now=now)
    return session, into, crowd


def test_the_office_sees_who_answered_what(clerk, merging):
    page = read(clerk.get(address(merging[0])))
    rows = [row.split() for row in (part.text for part in page.parts("tbody tr"))]
    assert sorted(row[-1] for row in rows) == ["No", "answered", "answered", "moved"]
    assert "1 moved" in page.text.replace("moved 1", "1 moved")


def test_the_page_asks_as_many_questions_for_few_as_for_many(
    clerk, merging, people, now, django_assert_max_num_queries
):
    with django_assert_max_num_queries(14):
        clerk.get(address(merging[0]))


def test_the_office_ends_it_now(clerk, merging):
    session, into, crowd = merging
    assert clerk.post(address(session), {"does": "end"}).status_code == 302
    session.refresh_from_db()
    assert (session.status, into.registrations.registered().count()) == ("cancelled", 2)
    assert Notice.objects.filter(kind="cancelled").count() == 3


def test_the_office_lets_both_dates_be(clerk, merging):
    session, into, crowd = merging
    assert clerk.post(address(session), {"does": "keep"}).status_code == 302
    session.refresh_from_db()
    assert (session.status, session.is_merging) == ("open", False)


def test_only_people_who_may_change_sessions_merge_dates(client, people, pair, now):
    session, into, _ = pair
    somebody = people(1, is_staff=True)[0]
    client.force_login(somebody)
    assert client.post(address(session), typed(into, now)).status_code == 403
