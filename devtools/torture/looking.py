"""Nothing changes where somebody only looks (G11), and no answer tells what is not for its reader (G12, G15).

Both are tests of the suite with more rounds, on a database of their own.
"""

import os
import subprocess
import sys

from devtools.torture.verdict import Verdict

LOOKING = ["config/tests/test_who_sees_what.py", "-k", "looking_again_and_again"]
ASKING = [
    *("config/tests/test_who_sees_what.py", "config/tests/test_office_permissions.py"),
    *("office/tests/test_lookups.py", "office/tests/test_forms_refused.py"),
    *("-k", "tells or lookups or refused"),
]


def looking(times: int, without: str) -> Verdict:
    """Fetch every URL `times` times as everybody, by GET, HEAD and OPTIONS in turn."""
    settings = "devtools.torture.controls.writing" if without else "config.settings"
    last, verdict = _tests(LOOKING, LOOKS=str(times), DJANGO_SETTINGS_MODULE=settings)
    return verdict.say(f"every URL fetched {times} times as each role, by GET, HEAD and OPTIONS in turn: {last}")


def asking(depth: int, without: str) -> Verdict:
    """Ask every URL as everybody by `depth` methods beside GET and POST, and every list for that much rubbish.

    The pages of the office are asked by every group, not by those at the edge of what is allowed alone.
    """
    settings = "devtools.torture.controls.telling" if without else "config.settings"
    last, verdict = _tests(ASKING, ASKED=str(depth), EVERY_GROUP="1", DJANGO_SETTINGS_MODULE=settings)
    return verdict.say(
        f"every URL asked by {depth} further methods, and every list for {depth} kinds of rubbish: {last}"
    )


def _tests(which: list[str], **environment: str) -> tuple[str, Verdict]:
    """Run tests; return the last line of what they said, and what broke."""
    verdict, env = Verdict(), {**os.environ, "DEBUG": "1", **environment}
    command = [sys.executable, "-m", "pytest", *which, "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    said = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    for line in said:
        verdict.breaks(line)
    last = (done.stdout.strip().splitlines() or [done.stderr.strip()])[-1]
    if done.returncode and not said:
        verdict.breaks(last)
    return last, verdict
