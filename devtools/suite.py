"""Every check, and every test in three runs beside each other: their counts, and what to say of them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from devtools.environment import PYTHON, VENV, find_browser, find_firefox, set_up
from devtools.processes import call, fail, phase, private_folder, start, stop
from devtools.servers import postgresql, valkey

CHECKS = {
    "Lint": ["-m", "ruff", "check", "."],
    "Format": ["-m", "ruff", "format", "--check", "."],
    "Templates": ["-m", "devtools.templates", "--check"],
    "Imports": [str(VENV / "bin" / "lint-imports"), "--no-logo", "--no-cache"],
    # Without its cache, which believes in modules that were renamed.
    "Types": ["-m", "mypy", "--cache-dir=/dev/null"],
    "Migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
}
MAIN, CROWD, LITE = "PostgreSQL", "PostgreSQL with browsers and other processes first", "SQLite"
# Each run has a database and a broker of its own. The first two share the tests: devtools/testing/turns.py.
RUNS = (MAIN, CROWD, LITE)
SLOWEST = ("--durations=25", "--durations-min=5")
ON_SQLITE = "sqlite and not (browser or postgres or stack)"


def test(args: Sequence[str]) -> int:
    """Run every check and test on PostgreSQL, and the database's part once more on a SQLite file. Returns the code."""
    args, browser = without_browser(args)
    began = time.monotonic()
    set_up("requirements-dev.txt")
    with private_folder() as folder, contextlib.ExitStack() as servers:
        env = {**os.environ, "DEBUG": "1", "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}
        if browser:
            with phase("Browsers"):
                env["BROWSER_PATH"], env["FIREFOX_PATH"] = find_browser(), find_firefox()
        with phase("PostgreSQL and Valkey"):
            envs = environments(env, folder, servers)
        reports = {name: folder / f"{number}.xml" for number, name in enumerate(RUNS)}
        chosen = options(folder, browser)
        commands = {
            name: [PYTHON, "-m", "pytest", f"--junitxml={reports[name]}", *SLOWEST, *chosen[name], *args]
            for name in RUNS
        }
        codes, failed = beside_each_other(commands, envs, folder)
        counts = {name: count(reports[name]) for name in codes}
        worst = 1 if failed else 0
        for name, code in codes.items():
            if code == 5 and args:  # the arguments chose no test of this run
                continue
            if code and not counts[name]["failed"] and not counts[name]["errors"]:
                failed.append(f"pytest on {name}")
            worst = max(worst, abs(code))
    summarize(counts, failed, time.monotonic() - began, browser)
    return worst


def options(folder: Path, browser: bool) -> dict[str, list[str]]:
    """Return how pytest is told which tests are whose, for each run."""
    (turns := folder / "turns").mkdir()
    shared = [f"--turns={turns}", *([] if browser else ["-m", "not browser"])]
    return {MAIN: shared, CROWD: [*shared, "--crowd-first"], LITE: ["-m", ON_SQLITE]}


def environments(env: dict[str, str], folder: Path, servers: contextlib.ExitStack) -> dict[str, dict[str, str]]:
    """Start what the runs need, unless it is given. Returns the environment of each, with its database and broker."""
    url = os.environ.get("DATABASE_URL") or servers.enter_context(postgresql())
    databases = {MAIN: url, CROWD: with_name_of_its_own(url), LITE: f"sqlite:///{folder}/quorum.sqlite3"}
    return {
        name: {**env, "DATABASE_URL": database, "REDIS_URL": broker(servers)} for name, database in databases.items()
    }


def with_name_of_its_own(url: str) -> str:
    """Return the URL of a database beside this one; pytest makes it, and its name begins with test_."""
    address, mark, options = url.partition("?")
    return f"{address}_crowd{mark}{options}"


def broker(servers: contextlib.ExitStack) -> str:
    """Return the URL of the broker that is given, or of a new one."""
    return os.environ.get("REDIS_URL") or servers.enter_context(valkey(servers.enter_context(private_folder())))


def check(env: dict[str, str]) -> list[str]:
    """Run every check on the terminal. Returns the names of those that failed."""
    return [name for name, command in CHECKS.items() if call([PYTHON, *command], env=env, on_terminal=True) != 0]


def beside_each_other(
    commands: dict[str, list[str]], envs: dict[str, dict[str, str]], folder: Path
) -> tuple[dict[str, int], list[str]]:
    """Run the checks and then the first on the terminal, the others beside them, and show what those said.

    Returns the code of each, and the names of the checks that failed.
    """
    main, *others = commands
    logs = {name: folder / f"{number}.log" for number, name in enumerate(others)}
    beside: dict[str, subprocess.Popen] = {}
    try:
        for name in others:
            beside[name] = start(commands[name], env=envs[name], log=logs[name])
        failed = check(envs[main])
        print(f"\n==== Tests on {main} (the other runs go on beside this one and are shown after it) ====", flush=True)
        codes = {main: call(commands[main], env=envs[main], on_terminal=True)}
        for name, process in beside.items():
            codes[name] = process.wait()
            print(f"\n==== Tests on {name} ====\n{logs[name].read_text(errors='replace')}", flush=True)
    finally:
        stop(*beside.values(), how=signal.SIGINT)
    return codes, failed


def without_browser(args: Sequence[str]) -> tuple[list[str], bool]:
    """Take `--without browser` out of the arguments. Returns the others, and whether browser tests run."""
    rest = list(args)
    if "--without=browser" in rest:
        rest.remove("--without=browser")
    elif "--without" in rest:
        at = rest.index("--without")
        if rest[at + 1 : at + 2] != ["browser"]:
            fail("The one thing that can be left out is the browser: python3 dev.py test --without browser")
        del rest[at : at + 2]
    return rest, len(rest) == len(args)


def count(report: Path) -> dict[str, int]:
    """Return how many tests of a JUnit report passed, failed, were skipped or had errors."""
    if not report.exists():
        return {"failed": 0, "passed": 0, "skipped": 0, "errors": 0}
    suite = ElementTree.parse(report).getroot().find("testsuite")
    assert suite is not None, "pytest writes one"
    tests, failed, errors, skipped = (int(suite.attrib[key]) for key in ("tests", "failures", "errors", "skipped"))
    return {"failed": failed, "passed": tests - failed - errors - skipped, "skipped": skipped, "errors": errors}


def summarize(counts: dict[str, dict[str, int]], failed: list[str], seconds: float, browser: bool) -> None:
    """Print what was left out, which checks failed, and last one line that counts all runs as pytest does."""
    if not browser:
        print("\nLeft out as asked: the browser tests.")
    if failed:
        print(f"\nFailed: {', '.join(failed)}.")
    total = {key: sum(one[key] for one in counts.values()) for key in ("failed", "passed", "skipped", "errors")}
    total["errors"] += len(failed)
    words = ", ".join(f"{number} {key}" for key, number in total.items() if number) or "no tests ran"
    each = ", ".join(f"{one['passed']} on {name}" for name, one in counts.items())
    print(f"\n==== {words} in {seconds:.2f}s (passed: {each}) ====", flush=True)
