"""The pages of facilitators, the team and the partners: axe finds nothing on them."""

import pytest
from django.urls import reverse

from catalog.models import Facilitator, Partner, Program, TeamMember


@pytest.fixture
def named(transactional_db, workshop, make_session) -> Facilitator:
    """A facilitator with all that a page shows of one, a member of the team, and a partner."""
    one = Facilitator.objects.create(
        name="Renata Oyelaran",
        credentials="MEd",
        pronouns="she/her",
        title="Learning and development manager",
        unit="Pediatrics",
        biography="She has *taught* for ten years.\n\n## Before that\n\n1. In a library.\n2. In a hospital.",
    )
    workshop.facilitators.add(one)
    make_session().facilitators.add(one)
    TeamMember.objects.create(name="Sam Birch", role="Coordinator", email="sam@example.edu", about="Books *rooms*.")
    TeamMember.objects.create(name=one.name, role="Manager", facilitator=one)
    partner = Partner.objects.create(
        name="Ally Association", slug="ally", link="https://ally.example.org/", gives="Rooms."
    )
    program = Program.objects.create(title="A year of it", slug="year", status=Program.Status.PUBLISHED)
    program.partners.add(partner)
    workshop.sponsor = partner
    workshop.save()
    return one


def test_axe_finds_nothing_on_the_pages_of_people(named, inspector):
    inspector.visit(reverse("facilitators"), named.get_absolute_url(), reverse("team"), reverse("partners"))
    inspector.visit(named.workshops.get().get_absolute_url(), named.sessions.get().get_absolute_url())
