"""What of the library is found from the home page."""

import pytest

from catalog.models import Topic
from devtools.testing.page import get

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["six ways", "Sonnenberg", "allyshp", "canadian medical education"])
def test_a_resource_is_found_by_title_author_topic_and_journal(typed, client, make_resource):
    cited = {"authors": "Sonnenberg, LK", "journal": "Canadian Medical Education Journal"}
    topic = Topic.objects.create(name="Allyship", slug="allyship")
    make_resource("Six ways to get a grip", cited=cited, topics=[topic])
    assert "/resources/six-ways-to-get-a-grip/" in get(client, f"/?q={typed}").addresses


def test_only_a_text_for_everybody_can_be_searched(client, make_resource):
    make_resource("Open", body="Everybody reads of the heliotrope.")
    make_resource("Closed", body="Members read of the nasturtium.", access="signed_in")
    assert "/resources/open/" in get(client, "/?q=heliotrope").addresses
    assert "/resources/closed/" not in get(client, "/?q=nasturtium").addresses


def test_a_draft_is_found_by_the_office_alone(client, clerk, make_resource):
    make_resource("Six ways", status="draft")
    assert "/resources/six-ways/" in get(clerk, "/?q=six+ways").addresses
    client.logout()
    assert "/resources/six-ways/" not in get(client, "/?q=six+ways").addresses
