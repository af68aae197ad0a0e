"""No input gives a 5xx, and nothing typed is lost (G15): config/tests/test_hostile_input.py with more of them."""

import os
import re
import subprocess
import sys
from pathlib import Path

from devtools.processes import private_folder
from devtools.torture.line import tell
from devtools.torture.verdict import Verdict

TEST = "config/tests/test_hostile_input.py"
EACH = 1000  # inputs of one seed, on a database of their own


def inputs(count: int, without: str) -> Verdict:
    """Send `count` hostile inputs to every page, form, parameter and header."""
    verdict = Verdict()
    for seed in range(-(-count // EACH)):
        for line in broken_by(min(EACH, count - seed * EACH), seed, without):
            verdict.breaks(re.sub(r"^input \S+ ", "", line) if without else line)
        tell(f"{min((seed + 1) * EACH, count):,} of {count:,} inputs")
    return verdict.say(
        f"{count:,} hostile inputs to every page, form, parameter and header: no 5xx, nothing typed lost"
    )


def broken_by(count: int, seed: int, without: str) -> list[str]:
    """Send the inputs of one seed, and return what broke."""
    settings = "devtools.torture.controls.forgetting" if without else "config.settings"
    with private_folder() as folder:
        broken = Path(folder) / "broken.txt"
        asked = {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": settings}
        asked |= {"INPUTS": str(count), "SEED": str(seed), "BROKEN": str(broken)}
        command = [sys.executable, "-m", "pytest", TEST, "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(command, env={**os.environ, **asked}, capture_output=True, text=True)
        if broken.exists():
            return broken.read_text().splitlines()
    return [(done.stdout.strip().splitlines() or [done.stderr.strip()])[-1]]
