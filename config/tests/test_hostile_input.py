"""No input gives a 5xx, and nothing typed is lost (G15). `python3 dev.py torture inputs` tries ten thousand."""

import os
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Person
from devtools.testing.attack import attack
from operations.demo.build import AMINA, OFFICE

INPUTS, SEED = int(os.environ.get("INPUTS", 300)), int(os.environ.get("SEED", 0))

# Half a minute, and no other on SQLite.
pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture
def people_in_browsers() -> dict[str, Client]:
    """A browser for a visitor, for somebody with registrations, and for the office (in the demo also the arranger)."""
    call_command("demo", verbosity=0)
    browsers = {who: Client() for who in ("visitor", "person", "office")}
    for who, email in {"person": AMINA, "office": OFFICE}.items():
        browsers[who].force_login(Person.objects.get(email=email))
    return browsers


def test_no_input_gives_a_server_error_or_loses_what_was_typed(people_in_browsers):
    broken = attack(people_in_browsers, INPUTS, SEED)
    if "BROKEN" in os.environ:
        Path(os.environ["BROKEN"]).write_text("\n".join(broken))
    assert broken == []
