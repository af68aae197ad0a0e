"""The pinned package says what the time is in a zone, and never the files of the system, in whatever process runs."""

import importlib.resources
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# How each process of the portal starts.
DOORS = {
    "web": ["-c", "import config.wsgi; {}"],
    "worker and beat": ["-c", "from config import celery_app; celery_app.loader.import_default_modules(); {}"],
    "manage.py": ["manage.py", "shell", "-c", "{}"],
    "tests": ["-c", "import django; django.setup(); {}"],
}
SAYS = (
    "from datetime import UTC, datetime; from zoneinfo import ZoneInfo;"
    "day = datetime(2026, 7, 1, tzinfo=UTC); print(day.astimezone(ZoneInfo('America/Chicago')).utcoffset());"
)
WRITES = (
    "from notifications.calendars.vtimezone import vtimezone;"
    "print(vtimezone('America/Chicago', day, day).to_ical().decode().replace('\\r', ''));"
)


@pytest.fixture(params=["doctored", "none"])
def system(request, tmp_path) -> str:
    """The folder of a system whose Chicago is Tokyo, or none at all: a system without files."""
    if request.param == "none":
        return ""
    tokyo = importlib.resources.files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes()
    (tmp_path / "America").mkdir()
    (tmp_path / "America" / "Chicago").write_bytes(tokyo)
    return str(tmp_path)


def said(arguments: list[str], program: str, system: str) -> str:
    environment = os.environ | {"PYTHONTZPATH": system, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1"}
    command = [sys.executable, *(argument.format(program) for argument in arguments)]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_plain_process_believes_its_system(system):
    """The control: the doctored files are what Python itself would go by."""
    assert said(["-c", "{}"], SAYS, system).strip() == ("9:00:00" if system else "-1 day, 19:00:00")


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_the_package_wins_in_what_is_said_and_written(door, system):
    found = said(door, SAYS + WRITES, system)
    assert "-1 day, 19:00:00" in found
    assert "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11" in found and "TZNAME:CDT" in found
    assert "JST" not in found
