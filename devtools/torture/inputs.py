"""No input gives a 5xx, and nothing typed is lost (G15): config/tests/test_hostile_input.py with more of them."""

import os
import re
import subprocess
import sys
from pathlib import Path

from devtools.processes import private_folder
from devtools.torture.verdict import Verdict

TEST = "config/tests/test_hostile_input.py"


def inputs(count: int, without: str) -> Verdict:
    """Send `count` hostile inputs to every page, form, parameter and header, on a database of its own."""
    verdict = Verdict()
    settings = "devtools.torture.controls.any_charset" if without else "config.settings"
    with private_folder() as folder:
        broken = Path(folder) / "broken.txt"
        env = {**os.environ, "DEBUG": "1", "INPUTS": str(count), "BROKEN": str(broken)}
        command = [sys.executable, "-m", "pytest", TEST, "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(command, env=env | {"DJANGO_SETTINGS_MODULE": settings}, capture_output=True, text=True)
        lines = broken.read_text().splitlines() if broken.exists() else []
    for line in lines:
        verdict.breaks(re.sub(r"^input \S+ ", "", line) if without else line)
    if done.returncode and not lines:
        verdict.breaks((done.stdout.strip().splitlines() or [done.stderr.strip()])[-1])
    return verdict.say(
        f"{count:,} hostile inputs to every page, form, parameter and header: no 5xx, nothing typed lost"
    )
