"""Every page of the office, and those of people who lead sessions, as axe finds them: 1280 and 390 px, light and dark.

The pages are those of every address there is, so that a new one needs no line here.
"""

import pytest
from django.core.cache import cache
from django.test import Client

from devtools.testing.access import arranger
from devtools.testing.every_noun import routes
from sessions_app.models import SeasonFile

# So many tests share the pages: each takes a minute at most where the machine is quiet.
TURNS = 6
LED = ("my/leading/", "leading/", "sessions/<slug:code>/check-in/")
ACCESS = "admin/registrations/accommodation/"
# Addresses that lead on, take a press alone, or give a file or JSON: no page to look at.
NO_PAGE = (301, 302, 405)


@pytest.fixture
def see_with_axe(transactional_db, inspector, sign_in, address, now):
    """see_with_axe(person, routes) has the person open each page of these routes. It gives how many there were."""

    # The page of work that goes on asks again by itself, while axe looks at it.
    SeasonFile.objects.update(finished_at=now)

    def look(person, chosen) -> int:
        cache.clear()
        client, seen = Client(), 0
        client.force_login(person)
        sign_in(inspector.page, person)
        for path in dict.fromkeys(address(route) for route in chosen):
            answer = client.get(path)
            if answer.status_code in NO_PAGE or not answer.get("Content-Type", "").startswith("text/html"):
                continue
            assert answer.status_code in (200, 403, 404), path
            inspector.page.goto(inspector.url + path)
            inspector.look(path)
            seen += 1
        return seen

    return look


@pytest.mark.parametrize("turn", range(TURNS))
def test_axe_finds_nothing_on_any_page_of_the_office(see_with_axe, office, turn):
    every = [route for route in routes() if route.startswith("admin/") and not route.startswith(ACCESS)]
    assert see_with_axe(office, every[turn::TURNS]) > 10


def test_axe_finds_nothing_on_the_pages_of_access(see_with_axe):
    assert see_with_axe(arranger(), [route for route in routes() if route.startswith(ACCESS)]) > 3


def test_axe_finds_nothing_on_the_pages_of_people_who_lead(see_with_axe, every_noun):
    (leader,) = every_noun.session.facilitators.all()
    assert see_with_axe(leader.person, [route for route in routes() if route.startswith(LED)]) > 3
