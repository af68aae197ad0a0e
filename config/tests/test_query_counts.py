"""The catalog and what belongs to it make the same number of queries, however much the office offers."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from devtools.bench.data import fill

pytestmark = pytest.mark.django_db
WHO_IS_ASKING = 2  # the browser session and the person, on every page for somebody signed in
# Of each page: how many queries it makes for a visitor, and for somebody signed in.
QUERIES = {
    "/workshops/": (7, 7 + 2 + WHO_IS_ASKING),
}


def queries_of(path: str, client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize(("workshops", "sessions"), [(20, 40), (400, 4000)])
def test_a_page_makes_the_same_queries_for_any_size(workshops, sessions, client, now):
    viewer = fill(sessions, now, workshops)
    me = Client()
    me.force_login(viewer)
    # These rows are new, so the first look finds nothing remembered; the second one does.
    found = {path: (queries_of(path, client), queries_of(path, me)) for path in QUERIES}
    assert found == QUERIES
