"""Nothing changes where somebody only looks (G11): config/tests/test_who_sees_what.py with more rounds."""

import os
import subprocess
import sys

from devtools.torture.verdict import Verdict

TESTS = ["config/tests/test_who_sees_what.py", "-k", "looking_again_and_again", "-q", "-p", "no:cacheprovider"]


def looking(times: int, without: str) -> Verdict:
    """Fetch every URL `times` times as everybody, by GET, HEAD and OPTIONS in turn, on a database of its own."""
    verdict, settings = Verdict(), "devtools.torture.controls.writing" if without else "config.settings"
    env = {**os.environ, "DEBUG": "1", "LOOKS": str(times), "DJANGO_SETTINGS_MODULE": settings}
    done = subprocess.run([sys.executable, "-m", "pytest", *TESTS], env=env, capture_output=True, text=True)
    said = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    for line in said:
        verdict.breaks(line)
    last = (done.stdout.strip().splitlines() or [done.stderr.strip()])[-1]
    if done.returncode and not said:
        verdict.breaks(last)
    return verdict.say(f"every URL fetched {times} times as each role, by GET, HEAD and OPTIONS in turn: {last}")
