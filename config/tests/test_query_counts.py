"""The catalog and what belongs to it make the same number of queries, however much the office offers."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Facilitator, Objective, PageText, Part, Partner, TeamMember, Topic, Workshop
from devtools.bench.data import fill
from foundation.kept import pages
from library.models import Placement, Resource
from registrations.models import Interest

pytestmark = pytest.mark.django_db
WHO_IS_ASKING = 2  # the browser session and the person, on every page for somebody signed in
# Of a page that is kept for visitors: the number before and after it is made, and the office's own words.
KEEPING = 3
# Of each page: how many queries it makes for a visitor, and how many more for the viewer's own.
QUERIES = {
    "/workshops/": (7, 2),
    "/programs/program-0/": (7, 5),
    "/facilitators/": (2, 0),
    "/facilitators/{facilitator}/": (3, 1),
    "/team/": (1, 0),
    "/partners/": (5, 0),
    "/resources/": (5, 0),
    "/resources/resource-1/": (4, 0),
    "/topics/topic-0/": (4, 0),
}

KEPT = {path for path in QUERIES if not path.startswith(("/resources/", "/topics/"))}


def furnish(now, viewer) -> dict[str, str]:
    """Give every workshop parts, partners, something to read, a workshop it comes after, and the viewer's interest.

    The team is a quarter of the facilitators. Returns what stands for the names in the addresses.
    """
    workshops = list(Workshop.objects.order_by("pk"))
    parts = Part.objects.bulk_create(Part(workshop=each, title="Part one") for each in workshops)
    Objective.objects.bulk_create(Objective(workshop=each.workshop, part=each, text="Name it") for each in parts)
    number = len(workshops) // 4
    partners = Partner.objects.bulk_create(Partner(name=f"Partner {n}", slug=f"partner-{n}") for n in range(number))
    given, comes_after = Workshop.partners.through, Workshop.requires.through
    given.objects.bulk_create(
        given(workshop=each, partner=partners[place % number]) for place, each in enumerate(workshops)
    )
    comes_after.objects.bulk_create(
        comes_after(from_workshop=later, to_workshop=earlier)
        for earlier, later in zip(workshops, workshops[1:], strict=False)
    )
    Workshop.objects.update(sponsor=partners[0])
    TeamMember.objects.bulk_create(
        TeamMember(name=each.name, role="Learning", facilitator=each) for each in Facilitator.objects.all()[:number]
    )
    Interest.objects.bulk_create(Interest(person=viewer, workshop=each, since=now) for each in workshops)
    resources = Resource.objects.bulk_create(
        Resource(title=f"Resource {n}", slug=f"resource-{n}", status=Resource.Status.PUBLISHED)
        for n in range(len(workshops))
    )
    Placement.objects.bulk_create(
        Placement(resource=resource, workshop=workshop) for resource, workshop in zip(resources, workshops, strict=True)
    )
    about = Resource.topics.through
    about.objects.bulk_create(about(resource=each, topic=Topic.objects.first()) for each in resources)
    return {"facilitator": Facilitator.objects.first().get_absolute_url().split("/")[-2]}


def queries_of(path: str, client: Client) -> int:
    pages.pages.clear()
    PageText.shown(PageText.Place.FOOTER)  # read now, and not again while it is fresh
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize(("workshops", "sessions"), [(20, 40), (100, 1000)])
def test_a_page_makes_the_same_queries_for_any_size(workshops, sessions, client, now):
    viewer = fill(sessions, now, workshops)
    names = furnish(now, viewer)
    me = Client()
    me.force_login(viewer)
    # These rows are new, so the first look finds nothing remembered; the second one does.
    looks = {path: [queries_of(path.format(**names), each) for each in (client, me)] for path in QUERIES}
    kept = {path: KEEPING if path in KEPT else 0 for path in QUERIES}
    assert {
        path: (mine - kept[path], own - (mine - kept[path]) - WHO_IS_ASKING) for path, (mine, own) in looks.items()
    } == QUERIES
