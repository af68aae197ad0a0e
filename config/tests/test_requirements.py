"""What people edit (requirements*.in) and what is installed (requirements*.txt) agree."""

import re

import pytest
from django.conf import settings

NAMES = ["requirements", "requirements-demo", "requirements-dev"]
SAML = "requirements-saml"
REQUIREMENT = re.compile(r"^([A-Za-z0-9][\w.-]*)", re.MULTILINE)
PIN = re.compile(r"^([a-z0-9][\w.-]*)(?:\[[\w,-]+\])?==(\S+)(.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)*)", re.MULTILINE)


def wanted(name: str) -> set[str]:
    return {match.lower() for match in REQUIREMENT.findall((settings.BASE_DIR / f"{name}.in").read_text())}


def pinned(name: str) -> dict[str, tuple[str, str]]:
    found = PIN.findall((settings.BASE_DIR / f"{name}.txt").read_text())
    return {package: (version, hashes) for package, version, hashes in found}


@pytest.mark.parametrize("name", [*NAMES, SAML])
def test_everything_people_ask_for_is_locked(name):
    assert wanted(name) - set(pinned(name)) == set()


@pytest.mark.parametrize("name", [*NAMES, SAML])
def test_every_lock_has_hashes(name):
    assert [package for package, (_, hashes) in pinned(name).items() if "--hash=sha256:" not in hashes] == []


@pytest.mark.parametrize(("smaller", "larger"), [NAMES[:2], NAMES[1:], (NAMES[0], SAML), (SAML, NAMES[2])])
def test_each_lock_holds_the_one_before(smaller, larger):
    assert pinned(smaller).items() <= pinned(larger).items()
