"""The databases and gunicorns of the benchmark, and what they cost in time and memory."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import psycopg2  # type: ignore[import-untyped] # its stubs are a package of their own

from devtools.bench.client import ask, problem
from devtools.processes import fail, start, stop, tail

WORKERS = 2
TICKS = os.sysconf("SC_CLK_TCK")
HAS_PROC = Path("/proc/self/smaps_rollup").exists()


@contextlib.contextmanager
def database(url: str, name: str, template: str = "template0") -> Iterator[str]:
    """Make a database of its own on the PostgreSQL of `url`, and drop it afterwards. Yields its URL."""
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    execute(url, drop)
    execute(url, f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE {template}")
    try:
        yield beside(url, name)
    finally:
        execute(url, drop)


def beside(url: str, name: str) -> str:
    """Return the URL of the database `name` on the PostgreSQL of `url`."""
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rpartition('/')[0]}/{name}").geturl()


def execute(url: str, sql: str, values: tuple = ()) -> list[tuple]:
    """Run one statement outside a transaction and return its rows."""
    login = environ.Env.db_url_config(url)
    connection = psycopg2.connect(
        host=login["HOST"],
        port=login["PORT"] or None,
        user=login["USER"],
        password=login["PASSWORD"],
        dbname=login["NAME"],
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@dataclass
class Server:
    """One gunicorn with two synchronous workers on a Unix socket, serving `settings` on the database of `env`."""

    name: str
    settings: str
    env: dict[str, str]
    folder: Path
    process: subprocess.Popen | None = None

    @property
    def address(self) -> str:
        return str(self.folder / f"{self.name}.sock")

    def start(self, request: str, must: dict[str, int]) -> float:
        """Start it and return the seconds until it has answered `request` for the first time."""
        began, log = time.perf_counter(), self.folder / f"{self.name}.log"
        env = {**self.env, "DJANGO_SETTINGS_MODULE": self.settings, "PGAPPNAME": f"bench {self.name}"}
        options = ["--workers", str(WORKERS), "--worker-class", "sync", "--no-control-socket"]
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"unix:{self.address}", *options]
        self.process = start(command, env=env, log=log)
        while True:
            with contextlib.suppress(OSError):
                wrong = problem(ask(self.address, request.encode()), must)
                if wrong:
                    fail(f"{self.name}: {wrong}.\n{tail(log)}")
                return time.perf_counter() - began
            if self.process.poll() is not None or time.perf_counter() - began > 60:
                fail(f"gunicorn did not start:\n{tail(log)}")
            time.sleep(0.01)

    @property
    def pid(self) -> int:
        """Return the process id of the master."""
        assert self.process is not None, "it was started"
        return self.process.pid

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process)
            self.process = None

    def workers(self) -> list[int]:
        """Return the process ids of the workers; none where there is no /proc."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in children.read_text().split()] if children.exists() else []

    def backends(self) -> list[int]:
        """Return the process ids of its database connections; none if the database is not on this machine."""
        url = self.env["DATABASE_URL"]
        if not environ.Env.db_url_config(url)["HOST"].startswith("/"):
            return []
        found = execute(url, "SELECT pid FROM pg_stat_activity WHERE application_name = %s", (f"bench {self.name}",))
        return [pid for (pid,) in found]

    def megabytes(self) -> float:
        """Return the memory of the master and its workers; pages they share count once (PSS)."""
        lines = [
            line
            for pid in [self.pid, *self.workers()]
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        ]
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def processor_seconds(pids: list[int]) -> float:
    """Return the processor time the processes have used so far, their own and the system's for them."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])  # utime and stime, in ticks
    return total / TICKS


def run_client(order: dict[str, Any]) -> dict[str, Any]:
    """Let the client, in a process of its own, do what `order` says. Returns what it measured."""
    client = [sys.executable, "-m", "devtools.bench.client"]
    done = subprocess.run(client, input=json.dumps(order), stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)
