"""The fixtures of those who read the portal: their browsers, and the canaries that they must not find."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client


@pytest.fixture
def clients(every_noun, office, make_session) -> Iterator[dict[str, Client]]:
    """A browser for everybody of readers.READERS, beside a row of every noun."""
    from devtools.testing.overhearing import overheard
    from devtools.testing.readers import browsers

    with overheard.listening():
        yield browsers(every_noun.person, office, make_session)


@pytest.fixture
def fellow(every_noun, clients, make_resource, office, now):
    """Somebody who waits for a seat in the session of the owner; and every private column holds its canary."""
    from devtools.testing.planting import plant

    clients["fellow"] = Client(raise_request_exception=False)
    waits = plant(every_noun, make_resource, office, now)
    clients["fellow"].force_login(waits)
    return waits


@pytest.fixture
def asked_by(clients, fellow) -> Callable:
    """asked_by(who) is the function that asks as `who` by a method at an address: readers.asking."""
    from devtools.testing.readers import asking

    return lambda who: asking(clients[who])
