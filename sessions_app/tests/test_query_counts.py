"""However many sessions there are, a page makes the same number of queries."""

import pytest
from django.urls import reverse

from accounts.models import Campus
from catalog.models import Topic
from devtools.bench.data import fill
from devtools.testing.kept import forget_what_is_kept
from foundation.dates import local
from foundation.kept.models import Written
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
every_count = pytest.mark.parametrize("count", [1, 40, 400])
# Sessions by workshop, by month, what tells workshops apart, the list, those nearly there, and the workshops.
HOME = 6
# Of a page that is not kept: the number, with which what is counted over all sessions ahead is looked for.
COUNTING = 1
NARROWED = HOME - 1 + COUNTING  # without those nearly there
# Of a page that is kept: the number before and after it is made, and the office's own words.
KEEPING = 3
WHO_IS_ASKING = 2  # the browser session and the person, on every page for somebody signed in


@pytest.fixture
def viewer(count, now):
    """Somebody registered for the first five of `count` sessions."""
    return fill(count, now)


@pytest.fixture
def queries(client, django_assert_num_queries):
    """queries(number, path) fails unless a GET of `path`, made for a second time, makes `number` queries."""

    def check(number: int, path: str) -> None:
        assert client.get(path).status_code == 200
        forget_what_is_kept()
        with django_assert_num_queries(number):
            client.get(path)

    return check


@every_count
def test_home_makes_six_queries_signed_out(count, viewer, queries):
    queries(HOME + KEEPING, reverse("home"))


@every_count
def test_what_is_kept_makes_one_query_and_reads_a_few_numbers(count, viewer, client, django_assert_num_queries):
    one = Session.objects.first()
    month = f"/?view=month&m={local(one.starts_at, 'America/Chicago'):%Y-%m}"
    for path in (reverse("home"), month, one.get_absolute_url(), one.workshop.get_absolute_url(), "/sessions.ics"):
        client.get(path)
        with django_assert_num_queries(1):
            client.get(path)
    # This connection's, and perhaps that of the one which migrated.
    assert Written.objects.count() <= 2


@every_count
def test_several_campuses_make_one_more_query(count, viewer, queries):
    Campus.objects.create(name="East Campus")
    queries(HOME + KEEPING + 1, reverse("home"))


@every_count
def test_the_list_alone_makes_one_query_less(count, viewer, client, django_assert_num_queries):
    client.get(reverse("home"))
    forget_what_is_kept()
    with django_assert_num_queries(HOME - 1 + COUNTING):
        client.get(reverse("home"), headers={"HX-Request": "true"})


@every_count
def test_home_makes_one_more_query_for_the_viewers_own_places(count, viewer, client, queries):
    client.force_login(viewer)
    queries(HOME + 1 + COUNTING + WHO_IS_ASKING, reverse("home"))


@every_count
def test_search_makes_four_more_queries_and_leaves_out_one(count, viewer, queries):
    queries(NARROWED + 4, f"{reverse('home')}?q=workshop+number")


@every_count
def test_a_filter_makes_two_more_queries_and_leaves_out_one(count, viewer, queries):
    Topic.objects.get(slug="topic-0").workshops.create(title="No date", slug="no-date", status="published")
    # One looks whether there is such a topic, and one for the workshops of the topic that have no date.
    queries(NARROWED + 2, f"{reverse('home')}?topic=topic-0")
    queries(NARROWED + 2, f"{reverse('home')}?topic=topic-0&audience=staff&format=online")


@every_count
def test_times_and_weekdays_make_no_more_queries(count, viewer, queries):
    every_day = "mon+tue+wed+thu+fri+sat+sun"
    queries(NARROWED, f"{reverse('home')}?when=noon+morning&weekday={every_day}&status=needs-people&format=online")
    queries(
        NARROWED - COUNTING,
        f"{reverse('home')}?day={local(Session.objects.first().starts_at, 'America/Chicago'):%Y-%m-%d}",
    )


@every_count
def test_a_month_makes_three_queries_and_one_for_the_viewers_own_places(count, viewer, client, queries):
    month = f"?view=month&m={local(Session.objects.first().starts_at, 'America/Chicago'):%Y-%m}"
    queries(3 + KEEPING, reverse("home") + month)
    queries(3 + COUNTING, f"{reverse('home')}{month}&when=noon+morning&format=online")
    client.force_login(viewer)
    queries(3 + 1 + COUNTING + WHO_IS_ASKING, reverse("home") + month)


@every_count
def test_a_session_makes_four_queries_signed_out(count, viewer, queries):
    queries(4 + KEEPING, Session.objects.first().get_absolute_url())


@every_count
def test_a_session_makes_one_more_query_for_the_viewers_own_place(count, viewer, client, queries):
    client.force_login(viewer)
    queries(4 + 1 + WHO_IS_ASKING, Session.objects.first().get_absolute_url())


@every_count
def test_a_workshop_makes_seven_queries_signed_out(count, viewer, queries):
    queries(7 + KEEPING, Session.objects.first().workshop.get_absolute_url())


@every_count
def test_my_training_makes_the_same_queries_with_one_place_and_with_five(count, viewer, client, queries):
    client.force_login(viewer)
    # Three of them ask for sessions attended without a seat, for certificates, and whether the person leads sessions.
    queries(4 + 4 + 3 + WHO_IS_ASKING, reverse("my_training"))


@every_count
def test_the_offices_list_of_sessions_makes_the_same_queries(count, viewer, office, client, queries):
    client.force_login(office)
    # Three of them ask whether mail goes out.
    queries(9 + WHO_IS_ASKING, reverse("admin:sessions_app_session_changelist"))


@pytest.mark.parametrize("count", [4000])
def test_four_thousand_sessions_make_no_query_more(count, viewer, client, queries):
    month = f"/?view=month&m={local(Session.objects.first().starts_at, 'America/Chicago'):%Y-%m}"
    queries(HOME + KEEPING, "/")
    queries(3 + KEEPING, month)
    queries(NARROWED + 4, "/?q=workshop+number")
    queries(NARROWED + 1, "/?topic=topic-0&audience=staff&format=online&when=noon+morning")
    queries(NARROWED + KEEPING - COUNTING, "/?status=needs-people")
    queries(3 + COUNTING, f"{month}&when=noon+morning&format=online")
    client.force_login(viewer)
    queries(HOME + 1 + COUNTING + WHO_IS_ASKING, "/")
    queries(3 + 1 + COUNTING + WHO_IS_ASKING, month)


@pytest.mark.parametrize("count", [4000])
def test_the_first_page_of_a_long_list_is_small(count, viewer, client):
    assert len(client.get(reverse("home")).content) < 60_000
    client.force_login(viewer)
    assert len(client.get(reverse("home")).content) < 60_000
