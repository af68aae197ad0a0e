#!/usr/bin/env python3
"""Set Quorum up and run it on this machine, with nothing to install or edit first.

    python3 dev.py run                                       the portal, a Celery worker, beat and an inbox
    python3 dev.py test [--without browser] [pytest args]    every check and every test
    python3 dev.py bench [args]                              the benchmark, on PostgreSQL
    python3 dev.py torture [--quick] [names]                 what is promised, under pressure, on PostgreSQL

Only the standard library is used here and in devtools/. What runs is in .venv; data and logs are in var/ (delete it to
start afresh); sockets are in a private folder that goes away at the end. `run` obeys PORT, DATABASE_URL and REDIS_URL.
"""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import quote
from xml.etree import ElementTree

from devtools.environment import PYTHON, find_browser, find_python, set_up
from devtools.processes import ROOT, Stopped, call, fail, phase, private_folder, start, stop, tail, wait_for
from devtools.servers import postgresql, valkey

LOGS = ROOT / "var" / "log"
CELERY = ["-m", "celery", "-A", "config"]
SMALL = ["--concurrency=2", "--without-mingle", "--without-gossip"]
PREPARE = """
import sys, django
from django.core.management import call_command
django.setup()
call_command("migrate", verbosity=1, stdout=sys.stderr)
call_command("createcachetable", stdout=sys.stderr)
call_command("demo", "--if-empty", stdout=sys.stderr)
call_command("demo", "--accounts")
"""
READY = """
Quorum is ready after {seconds:.1f} s.

  Portal  {site}/
  Inbox   {site}/__mail__/   (every mail it sends, sign-in codes too)
  Admin   {site}/admin/

{accounts}

Logs are in {logs}. Ctrl-C stops everything."""


# ---- run ----


def run(args):
    """Serve the portal with a worker, beat and the inbox until Ctrl-C."""
    if args:
        fail("`run` takes no arguments. Another port: PORT=8001 python3 dev.py run")
    began, port = time.monotonic(), free_port()
    set_up("requirements-demo.txt")
    LOGS.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as until_the_end:
        folder = until_the_end.enter_context(private_folder())
        site = f"http://127.0.0.1:{port}"
        env = {**os.environ, "DEBUG": "1", "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        env.setdefault("SITE_URL", site)
        env.setdefault("DATABASE_URL", "sqlite:///" + quote(str(ROOT / "var" / "quorum.sqlite3")))
        env["REDIS_URL"] = os.environ.get("REDIS_URL") or until_the_end.enter_context(valkey(folder))
        with phase("Database and demo"):
            accounts = prepare(env)
        children = {}
        until_the_end.callback(lambda: stop(*children.values()))

        def serve(name, *command, **changes):
            children[name] = start([PYTHON, *command], env={**env, **changes}, log=LOGS / f"{name}.log")

        with phase("First page"):
            serve("web", "manage.py", "runserver", f"127.0.0.1:{port}")
            wait_for(lambda: first_page_answers(port), children["web"], "The portal", LOGS / "web.log")
        # Only now: on a small machine the page would wait for them.
        serve("worker", *CELERY, "worker", "--loglevel=INFO", *SMALL, SQLITE_TIMEOUT="20")
        serve("beat", *CELERY, "beat", "--loglevel=INFO", "--pidfile=", f"--schedule={folder}/beat-schedule")
        seconds = time.monotonic() - began
        print(READY.format(site=site, accounts=accounts.rstrip(), logs=LOGS, seconds=seconds), flush=True)
        watch(children)


def free_port():
    """Return the port to serve on, from PORT or 8000; stop if it is no port or somebody has it."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        fail(f"PORT is {text!r}, and a port is a number from 1 to 65535: PORT=8001 python3 dev.py run")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError:
            fail(f"Port {text} is for root only. Choose another: PORT=8001 python3 dev.py run")
        except OSError:
            other = 8001 if int(text) != 8001 else 8002
            fail(f"Port {text} is taken. Choose another: PORT={other} python3 dev.py run")
    return int(text)


def prepare(env):
    """Migrate, and fill an empty database with the demo. Returns the words about the demo accounts."""
    log = LOGS / "prepare.log"
    with open(log, "wb") as errors:
        process = start([PYTHON, "-c", PREPARE], env={**env, "DJANGO_SETTINGS_MODULE": "config.settings"},
                        stdout=subprocess.PIPE, stderr=errors)  # fmt: skip
        try:
            said = process.communicate()[0].decode()
        finally:
            stop(process)
    if process.returncode != 0:
        fail(f"The database could not be prepared (all of it is in {log}):\n{tail(log)}")
    return said


def first_page_answers(port):
    """Say whether the home page is served; stop if it is an error page."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/")
        status = connection.getresponse().status
    except OSError:
        return False
    if status >= 500:
        fail(f"The first page answers {status}:\n{tail(LOGS / 'web.log', 25)}")
    return True


def dead(children):
    """Return the name of a child that has ended, or None."""
    return next((name for name, child in children.items() if child.poll() is not None), None)


def watch(children):
    """Show errors from the logs as they come; stop when a child ends by itself."""
    logs = {name: open(LOGS / f"{name}.log", errors="replace") for name in children}  # noqa: SIM115 (until the process ends)
    while not dead(children):
        for name, log in logs.items():
            for line in log:
                if re.search(r"\b(ERROR|CRITICAL)\b", line):
                    print(f"{name}: {line.rstrip()}", flush=True)
        time.sleep(0.5)
    log = LOGS / f"{dead(children)}.log"
    fail(f"{dead(children)} ended by itself, so everything is stopped. The end of {log}:\n{tail(log)}")


# ---- test, bench and torture ----


def test(args):
    """Run every check and test on PostgreSQL, then the database's part once more on a SQLite file."""
    args, browser = without_browser(args)
    began = time.monotonic()
    set_up("requirements-dev.txt")
    with private_folder() as folder, contextlib.ExitStack() as servers:
        env = {**os.environ, "DEBUG": "1", "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}
        if browser:
            with phase("Browser"):
                env["BROWSER_PATH"] = find_browser()
        with phase("PostgreSQL and Valkey"):
            env["REDIS_URL"] = os.environ.get("REDIS_URL") or servers.enter_context(valkey(folder))
            env["DATABASE_URL"] = os.environ.get("DATABASE_URL") or servers.enter_context(postgresql())
        lite = {**env, "DATABASE_URL": f"sqlite:///{folder}/quorum.sqlite3"}
        if "REDIS_URL" not in os.environ:
            lite["REDIS_URL"] = servers.enter_context(valkey(servers.enter_context(private_folder())))
        checks = {
            "Lint": ["ruff", "check", "."],
            "Format": ["ruff", "format", "--check", "."],
            "Migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
        }
        failed = []
        for name, command in checks.items():
            script = [] if command[0].endswith(".py") else ["-m"]
            if call([PYTHON, *script, *command], env=env, on_terminal=True) != 0:
                failed.append(name)
        runs = {
            "PostgreSQL": (env, [] if browser else ["-m", "not browser"]),
            "SQLite": (lite, ["-m", "database and not browser and not postgres and not stack"]),
        }
        worst, counts = 1 if failed else 0, {}
        reports = {name: folder / f"{name}.xml" for name in runs}
        aside, log = "SQLite", folder / "SQLite.log"

        def pytest(name):
            return [PYTHON, "-m", "pytest", f"--junitxml={reports[name]}", *runs[name][1], *args]

        # Beside the others: most of those wait for a browser, a worker or a lock.
        beside = start(pytest(aside), env=lite, log=log)
        try:
            print("\n==== Tests on PostgreSQL (those on SQLite run beside them) ====", flush=True)
            codes = {"PostgreSQL": call(pytest("PostgreSQL"), env=env, on_terminal=True)}
            codes[aside] = beside.wait()
        finally:
            stop(beside, how=signal.SIGINT)
        print(f"\n==== Tests on {aside} ====\n{log.read_text(errors='replace')}", flush=True)
        for name, code in codes.items():
            counts[name] = count(reports[name])
            if code == 5 and args:  # the arguments chose no test of this run
                code = 0
            elif code and not counts[name]["failed"] and not counts[name]["errors"]:
                failed.append(f"pytest on {name}")
            worst = max(worst, abs(code))
    summarize(counts, failed, time.monotonic() - began, browser)
    return worst


def without_browser(args):
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


def count(report):
    """Return how many tests of a JUnit report passed, failed, were skipped or had errors."""
    if not report.exists():
        return {"failed": 0, "passed": 0, "skipped": 0, "errors": 0}
    suite = ElementTree.parse(report).getroot().find("testsuite")
    tests, failed, errors, skipped = (int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped"))
    return {"failed": failed, "passed": tests - failed - errors - skipped, "skipped": skipped, "errors": errors}


def summarize(counts, failed, seconds, browser):
    """Print what was left out, which checks failed, and last one line that counts both runs as pytest does."""
    if not browser:
        print("\nLeft out as asked: the browser tests.")
    if failed:
        print(f"\nFailed: {', '.join(failed)}.")
    total = {key: sum(one[key] for one in counts.values()) for key in ("failed", "passed", "skipped", "errors")}
    total["errors"] += len(failed)
    words = ", ".join(f"{number} {key}" for key, number in total.items() if number) or "no tests ran"
    each = ", ".join(f"{one['passed']} on {name}" for name, one in counts.items())
    print(f"\n==== {words} in {seconds:.2f}s (passed: {each}) ====", flush=True)


def bench(args):
    """Run the benchmark on an embedded PostgreSQL and Valkey."""
    set_up("requirements-dev.txt")
    with private_folder() as folder, contextlib.ExitStack() as servers:
        env = {**os.environ, "PYTHONUNBUFFERED": "1"}
        env["REDIS_URL"] = os.environ.get("REDIS_URL") or servers.enter_context(valkey(folder))
        env["DATABASE_URL"] = os.environ.get("DATABASE_URL") or servers.enter_context(postgresql())
        return call([PYTHON, "-m", "bench", *args], env=env, on_terminal=True)


def torture(args):
    """Run the torture, which starts the servers it stops."""
    set_up("requirements-dev.txt")
    return call([PYTHON, "-m", "bench.torture", *args], env={**os.environ, "PYTHONUNBUFFERED": "1"}, on_terminal=True)


def main(argv):
    """Run one command; the exit code is its own, and 0 when somebody stops `run`."""
    commands = {"run": run, "test": test, "bench": bench, "torture": torture}
    if not argv or argv[0] not in commands:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    if os.name == "nt":
        fail("Quorum's two commands need Linux or macOS: on Windows, run them in WSL.")
    find_python()

    def leave(signum, frame):
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)  # a second Ctrl-C must not leave processes behind
        raise Stopped

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, leave)
    try:
        return commands[argv[0]](argv[1:])
    except Stopped:
        print("\nStopped.", flush=True)
        return 0 if argv[0] == "run" else 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
