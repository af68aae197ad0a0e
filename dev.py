#!/usr/bin/env python3
"""Set Quorum up and run it on this machine, with nothing to install or edit first.

    python3 dev.py run                                       the portal, a Celery worker, beat and an inbox
    python3 dev.py test [--without browser] [pytest args]    every check and every test
    python3 dev.py bench [args]                              the benchmark, on PostgreSQL
    python3 dev.py torture [--quick] [names]                 what is promised, under pressure, on PostgreSQL

Only the standard library is used here and in the modules of devtools/ itself. What runs is in .venv; data and logs are
in var/ (delete it to start again); sockets are in a private folder that goes away at the end. `run` obeys PORT,
DATABASE_URL and REDIS_URL.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import NoReturn
from urllib.parse import quote

from devtools.environment import PYTHON, find_python, set_up
from devtools.processes import ROOT, Stopped, call, fail, phase, private_folder, start, stop, tail, wait_for
from devtools.servers import postgresql, valkey
from devtools.suite import test

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


def run(args: Sequence[str]) -> int:
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
        children: dict[str, subprocess.Popen] = {}
        until_the_end.callback(lambda: stop(*children.values()))

        def serve(name: str, *command: str, **changes: str) -> None:
            children[name] = start([PYTHON, *command], env={**env, **changes}, log=LOGS / f"{name}.log")

        with phase("First page"):
            serve("web", "manage.py", "runserver", f"127.0.0.1:{port}")
            wait_for(lambda: first_page_answers(port), children["web"], "The portal", LOGS / "web.log")
        # Only now: on a small machine the page would wait for them.
        serve("worker", *CELERY, "worker", "--loglevel=INFO", *SMALL, SQLITE_TIMEOUT="20")
        serve("beat", *CELERY, "beat", "--loglevel=INFO", "--pidfile=", f"--schedule={folder}/beat-schedule")
        seconds = time.monotonic() - began
        print(READY.format(site=site, accounts=accounts.rstrip(), logs=LOGS, seconds=seconds), flush=True)
        return watch(children)


def free_port() -> int:
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


def prepare(env: dict[str, str]) -> str:
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


def first_page_answers(port: int) -> bool:
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


def dead(children: dict[str, subprocess.Popen]) -> str | None:
    """Return the name of a child that has ended, or None."""
    return next((name for name, child in children.items() if child.poll() is not None), None)


def watch(children: dict[str, subprocess.Popen]) -> NoReturn:
    """Show errors from the logs as they come; stop when a child ends by itself."""
    logs = {name: open(LOGS / f"{name}.log", errors="replace") for name in children}  # noqa: SIM115 (until the process ends)
    while not dead(children):
        for name, log in logs.items():
            for line in log:
                if re.search(r"\b(ERROR|CRITICAL)\b", line):
                    print(f"{name}: {line.rstrip()}", flush=True)
        time.sleep(0.5)
    ended = LOGS / f"{dead(children)}.log"
    fail(f"{dead(children)} ended by itself, so everything is stopped. The end of {ended}:\n{tail(ended)}")


# ---- bench and torture ----


def bench(args: Sequence[str]) -> int:
    """Run the benchmark on an embedded PostgreSQL and Valkey."""
    set_up("requirements-dev.txt")
    with private_folder() as folder, contextlib.ExitStack() as servers:
        env = {**os.environ, "PYTHONUNBUFFERED": "1"}
        env["REDIS_URL"] = os.environ.get("REDIS_URL") or servers.enter_context(valkey(folder))
        env["DATABASE_URL"] = os.environ.get("DATABASE_URL") or servers.enter_context(postgresql())
        return call([PYTHON, "-m", "devtools.bench", *args], env=env, on_terminal=True)


def torture(args: Sequence[str]) -> int:
    """Run the torture, which starts the servers it stops."""
    set_up("requirements-dev.txt")
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return call([PYTHON, "-m", "devtools.torture", *args], env=env, on_terminal=True)


def main(argv: Sequence[str]) -> int:
    """Run one command; the exit code is its own, and 0 when somebody stops `run`."""
    commands: dict[str, Callable[[Sequence[str]], int]] = {"run": run, "test": test, "bench": bench, "torture": torture}
    if not argv or argv[0] not in commands:
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    if os.name == "nt":
        fail("Quorum's two commands need Linux or macOS: on Windows, run them in WSL.")
    find_python()

    def leave(signum: int, frame: FrameType | None) -> None:
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
