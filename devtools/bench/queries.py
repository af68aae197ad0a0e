"""Count the queries of a page, in this process."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def count(path: str, cookie: str = "") -> int:
    """Return how many queries a GET of `path` makes; the most of three, so that nothing kept hides one."""
    headers = {"host": "127.0.0.1"} | ({"cookie": cookie} if cookie else {})
    most = 0
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            answer = Client().get(path, headers=headers)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}.")
        # What a connection prepares, it prepares once.
        most = max(most, sum(not query["sql"].startswith("PREPARE ") for query in queries))
    return most
