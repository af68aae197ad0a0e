"""Put the promises under pressure: `python3 dev.py torture [--quick] [names]`. docs/torture.md says how to read it.

Every run has a database of its own, made from a template, on a PostgreSQL that gives up nothing but fsync, and is
followed by a recount of everything. After each run comes its control: the mechanism is taken away, and it must break.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from devtools.bench.production import inside, migrate, production, python
from devtools.bench.servers import beside, database, execute
from devtools.processes import fail, phase, private_folder, start, stop, tail
from devtools.servers import STEADY, PostgreSQL, SmallDisk, Valkey, postgresql_server, small_disk

TEMPLATE = "quorum_torture"


@dataclass(frozen=True)
class Promise:
    """A run by its name, how often (and with --quick), and the mechanism its control lacks, with how often then.

    `others` are further mechanisms, each of which a control of its own lacks.
    """

    name: str
    count: int
    quick: int
    without: str = ""
    control: int = 1
    database: str = "postgresql"
    others: tuple[str, ...] = ()


PROMISES = [
    Promise("crowd", 20, 2, "lock"),
    Promise("crowd-sqlite", 20, 1, "immediate transactions", 1, "sqlite"),
    Promise("equal", 20, 2, "lock", 3),
    Promise("last", 200, 20, "lock", 40),
    Promise("leaving", 10, 2, "lock", 2),
    Promise("fifth", 500, 50, "lock", 60),
    Promise("deadline", 500, 50, "lock", 60),
    Promise("settling", 500, 50, "lock", 40),
    Promise("moving", 200, 20, "lock", 40),
    Promise("cancelling", 200, 20, "lock", 40),
    Promise("merging", 200, 20, "lock", 40),
    Promise("several", 20, 2, "one order of locks", 1, others=("one transaction",)),
    Promise("hybrid", 20, 2, "lock"),
    Promise("checkin", 20, 2, "lock and index", 2),
    Promise("stale", 200, 10, "merging", 10),
    Promise("redis", 120, 120, "timeouts", 4),
    Promise("web", 50, 5, "commit before the answer", 5),
    Promise("database", 3, 1, "synchronous commit", 1),
    Promise("full", 5, 1, "an answer to outages", 1, "small disk"),
    Promise("upgrade", 3000, 300, "db_default", 100, "empty"),
    Promise("throughput", 15, 5),
    Promise("looking", 10, 3, "safe methods", 3),
    Promise("asking", 15, 1, "filter of filters", 1),
    Promise("inputs", 10_000, 500, "keeping what was typed", 1000),
    Promise("kills", 5000, 500, "a lease", 1000),
    Promise("faults", 5000, 500, "a second try", 100),
    Promise("restart", 2000, 300, "a new connection", 200),
    Promise("clock", 1000, 200, "one clock", 200),
    Promise("early", 50, 10, "one clock", 10),
    Promise("absence", 24, 2, "tries that cost nothing", 3),
    Promise("poison", 60, 30, "an end to attempts", 30),
    Promise("speed", 3000, 1000),
    Promise("texts", 10_000, 400, "escaping", 100),
    Promise("answers", 10_000, 400, "a grammar", 300),
    Promise("year", 366, 40, "keys", 20),
    Promise("machine", 300, 10, "promotion", 50),
    Promise("machine-sqlite", 2000, 20, "promotion", 50, "sqlite"),
]


class Keeper:
    """Has the servers in hand, and does to them what a run asks for."""

    def __init__(self, postgresql: PostgreSQL, valkey: Valkey):
        self.postgresql, self.valkey = postgresql, valkey
        self.disk: SmallDisk | None = None

    def do(self, what: str) -> None:
        deeds: dict[str, Callable[[], object]] = {
            "stop valkey": self.valkey.stop,
            "start valkey": self.valkey.start,
            "freeze valkey": lambda: self.valkey.send(signal.SIGSTOP),
            "thaw valkey": lambda: self.valkey.send(signal.SIGCONT),
            "flush valkey": self.valkey.flush,
            "crash postgresql": self.crash,
            "forget commits": self.forget_commits,
            "remember commits": self.remember_commits,
        }
        if self.disk:
            deeds |= {"fill the disk": self.disk.fill, "make room": self.disk.make_room}
        deeds[what]()

    def crash(self) -> None:
        self.postgresql.stop(how=signal.SIGQUIT)
        self.postgresql.start()

    def forget_commits(self) -> None:
        """Let commits be answered before they are written: what a crash must then lose."""
        for setting, value in {"synchronous_commit": "off", "wal_writer_delay": "10s"}.items():
            execute(self.postgresql.url, f"ALTER SYSTEM SET {setting} = '{value}'")
        execute(self.postgresql.url, "SELECT pg_reload_conf()")

    def remember_commits(self) -> None:
        execute(self.postgresql.url, "ALTER SYSTEM RESET ALL")
        execute(self.postgresql.url, "SELECT pg_reload_conf()")


class Theater:
    """The servers, and an empty stage for each run. Use as a context manager."""

    def __enter__(self) -> "Theater":
        with contextlib.ExitStack() as until_the_end:
            self.folder = until_the_end.enter_context(private_folder())
            self.postgresql = until_the_end.enter_context(postgresql_server(STEADY))
            valkey = Valkey(self.folder)
            until_the_end.callback(valkey.stop)
            valkey.start()
            self.keeper = Keeper(self.postgresql, valkey)
            self.env = production(self.folder) | {"REDIS_URL": valkey.url}
            self.prepare()
            self.until_the_end = until_the_end.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.until_the_end.close()

    def prepare(self) -> None:
        """Make the template: migrated, with its people."""
        execute(self.postgresql.url, f"CREATE DATABASE {TEMPLATE} ENCODING 'UTF8' TEMPLATE template0")
        url = beside(self.postgresql.url, TEMPLATE)
        python(
            self.env | {"DATABASE_URL": url}, "manage.py", "collectstatic", "--noinput", log=self.folder / "prepare.log"
        )
        self.fill(url)

    def fill(self, url: str) -> None:
        """Make the tables and the people in the database of `url`."""
        env, log = self.env | {"DATABASE_URL": url}, self.folder / "prepare.log"
        migrate(env, log)
        inside(env, "devtools.torture.stage.fill", log=log)

    @contextlib.contextmanager
    def stage(self, kind: str) -> Iterator[str]:
        """Yield the URL of a fresh database."""
        if kind == "sqlite":
            url = f"sqlite:///{self.folder}/quorum.sqlite3"
            self.fill(url)
            try:
                yield url
            finally:
                for part in self.folder.glob("quorum.sqlite3*"):
                    part.unlink()
        elif kind == "small disk":
            with small_disk() as disk, database(disk.server.url, f"{TEMPLATE}_run") as url:
                self.fill(url)
                self.keeper.disk = disk
                yield url
        else:
            template = "template0" if kind == "empty" else TEMPLATE
            with database(self.postgresql.url, f"{TEMPLATE}_run", template=template) as url:
                yield url

    def play(self, promise: Promise, count: int, without: str = "") -> dict[str, Any]:
        """Run it in a process of its own, showing how far it is, and return its verdict."""
        log = self.folder / f"{promise.name}.log"
        command = [sys.executable, "-m", "devtools.torture.run", promise.name.partition("-")[0], str(count), without]
        name = f"{promise.name} without {without}" if without else promise.name
        with progress(name) as show, self.stage(promise.database) as url, log.open("wb") as errors:
            pipes: dict[str, Any] = {
                "stdin": subprocess.PIPE,
                "stdout": subprocess.PIPE,
                "stderr": errors,
                "text": True,
            }
            process = start(command, env=self.env | {"DATABASE_URL": url, "SQLITE_TIMEOUT": "20"}, **pipes)
            asks, told = process.stdout, process.stdin
            assert asks is not None and told is not None, "both are pipes"
            try:
                for line in asks:
                    said = json.loads(line)
                    if "figure" in said:
                        return said
                    if "now" in said:
                        show(said["now"])
                    else:
                        self.keeper.do(said["do"])
                        told.write("done\n")
                        told.flush()
                fail(f"{promise.name} ended without a verdict:\n{tail(log, 30)}")
            finally:
                # Interrupted, it ends what it started; what else it leaves behind would run on by itself.
                stop(process, how=signal.SIGINT, patience=6)
                told.close()
                asks.close()


@contextlib.contextmanager
def progress(name: str) -> Iterator[Callable[[str], None]]:
    """Yield a function that shows how far a run is: on a terminal in one line that is cleared, else every minute."""
    on_terminal, said_at = sys.stdout.isatty(), time.monotonic()

    def show(words: str) -> None:
        nonlocal said_at
        if on_terminal:
            print(f"\r\033[K  {name}: {words}", end="", flush=True)
        elif time.monotonic() - said_at >= 60:
            said_at = time.monotonic()
            print(f"    {name}: {words}", flush=True)

    if on_terminal:
        show("...")
    yield show
    if on_terminal:
        print("\r\033[K", end="", flush=True)


def torture(promises: list[Promise], quick: bool) -> int:
    """Run each promise and its control and print a line for both. Returns 1 if a promise broke or a control held."""
    wrong = 0
    with contextlib.ExitStack() as until_the_end:
        with phase("PostgreSQL, Valkey, two thousand people"):
            theater = until_the_end.enter_context(Theater())
        for promise in promises:
            began = time.monotonic()
            kept = theater.play(promise, promise.quick if quick else promise.count)
            seconds = time.monotonic() - began
            print(
                f"{'BROKEN' if kept['broken'] else 'kept  '}  {promise.name:15}{kept['figure']} ({seconds:.0f} s)",
                flush=True,
            )
            for how, many in kept["broken"]:
                print(f"{'':25}{many} x {how}")
            if kept["broken"]:
                print(tail(theater.folder / f"{promise.name}.log", 40))
            wrong += bool(kept["broken"])
            for without in filter(None, (promise.without, *promise.others)):
                control = theater.play(promise, promise.control, without)
                how = f"{control['broken'][0][1]} x {control['broken'][0][0]}" if control["broken"] else "nothing broke"
                print(f"{'breaks' if control['broken'] else 'HELD  '}  {'':15}without {without}: {how}", flush=True)
                wrong += not control["broken"]
    print(f"\n{wrong} wrong." if wrong else "\nEvery promise is kept, and every control breaks.")
    return 1 if wrong else 0


def main() -> int:
    names = [promise.name for promise in PROMISES]
    parser = argparse.ArgumentParser(prog="python3 dev.py torture", description="Put the promises under pressure.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"only these: {', '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a look, not a proof")
    args = parser.parse_args()
    if unknown := set(args.names) - set(names):
        fail(f"There is no torture called {', '.join(sorted(unknown))}. There are: {', '.join(names)}.")
    return torture([promise for promise in PROMISES if not args.names or promise.name in args.names], args.quick)


if __name__ == "__main__":
    os.environ.pop("DEBUG", None)
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(128 + signal.SIGINT)
