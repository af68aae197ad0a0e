"""Do several things at the same moment, each in a thread and on a connection of its own."""

import threading

from django.db import connection
from django.test import Client


def at_once(*works) -> list:
    """Run every one of `works` at the same time, each on a connection of its own; return what they returned."""
    ready, results = threading.Barrier(len(works)), []

    def run(work):
        try:
            ready.wait(10)
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == len(works)
    return results


def browser(person) -> Client:
    """Return a browser in which `person` is signed in."""
    client = Client()
    client.force_login(person)
    return client
