"""Compare the portal's pages with bare ones: `python3 dev.py bench [--quick]`. docs/benchmark.md says how to read it.

The portal and the bare app are served at the same time and asked in turns, so that other work of this machine slows
both.
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

from devtools.bench.production import inside, migrate, production, python
from devtools.bench.servers import HAS_PROC, WORKERS, Server, database, processor_seconds, run_client
from devtools.processes import fail, phase, private_folder

FEW, MANY, PAGE = 40, 4000, 50
CONNECTIONS = 2
# Signed out; what is kept is sent again. Somebody signed in has a page of their own made.
REQUIRED_HOME, REQUIRED_CATALOG, REQUIRED_PROGRAM, REQUIRED_SESSION = 3.0, 1.2, 1.0, 1.5
REQUIRED_HOME_SIGNED_IN = 0.7
# Of a page that is made, and kept for the next visitor: two of them read the number, before and after, and one the
# office's own words.
MOST_QUERIES_SIGNED_OUT, MOST_QUERIES_SIGNED_IN = 10, 12
CATALOG_QUERIES, PROGRAM_QUERIES = 10, 10
MOST_GROWTH = 1.5
OURS_ROW, BARE_ROW = '<li class="q-row', '<li><a href="/sessions/'
# The catalog leaves out the cancelled ones, of ten one, and shows six at most of each of the twelve workshops.
CATALOG_ROWS, MOST_CATALOG_ROWS = FEW - FEW // 10, 12 * 6
# Three of the workshops are in the program, with all of their dates.
PROGRAM, PROGRAM_ROWS = "/programs/program-0/", 10
# The office's pages: so much processor, web and database, for one of them, however large the tables are.
MOST_OFFICE_MS = 100
OFFICE = {
    "Office, home": ("/admin/", {'id="ahead"': 1}),
    "Office, sessions": ("/admin/sessions_app/session/", {'id="result_list"': 1}),
    "Office, session found": ("/admin/sessions_app/session/?q=facilitator", {'id="result_list"': 1}),
    "Office, people": ("/admin/accounts/person/", {'id="result_list"': 1}),
    "Office, person found": ("/admin/accounts/person/?q=office", {'id="result_list"': 1}),
    "Office, registrations": ("/admin/registrations/registration/", {'id="result_list"': 1}),
    "Office, mail": ("/admin/notifications/notice/", {'id="changelist"': 1}),
    "Office, search": ("/admin/search/?q=number", {'class="office-found"': 2}),
}
# devtools/bench/data.py: until the first session.
FIRST_IN_DAYS = 10


@dataclass
class Contestant:
    """One page of one server, what its answer must hold, and what each turn measured."""

    server: Server
    path: str
    cookie: str
    must: dict[str, int]
    speeds: list[float] = field(default_factory=list)
    latencies: list[list[float]] = field(default_factory=list)
    web: float = 0.0
    database: float = 0.0
    asked: int = 0

    @property
    def request(self) -> str:
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        return f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie}Connection: close\r\n\r\n"

    def ask(self, requests: int) -> dict[str, Any]:
        """Ask so often on each connection. Stops with a sentence if an answer is not what it must be."""
        order = {"address": self.server.address, "request": self.request, "must": self.must}
        measured = run_client(order | {"connections": CONNECTIONS, "requests": requests})
        if measured["problems"]:
            fail(f"{self.server.name} {self.path}: {measured['problems'][0]}.")
        return measured

    def take_turn(self, requests: int) -> None:
        """Ask, and add what it took to what the earlier turns took."""
        workers, backends = self.server.workers(), self.server.backends()
        web, behind = processor_seconds(workers), processor_seconds(backends)
        measured = self.ask(requests)
        self.web += processor_seconds(workers) - web
        self.database += processor_seconds(backends) - behind
        self.asked += len(measured["latencies"])
        self.speeds.append(len(measured["latencies"]) / measured["seconds"])
        self.latencies.append(measured["latencies"])

    def figures(self) -> tuple[float, float, float, float]:
        """Return requests per second, and milliseconds of latency, of web and of database processor time."""
        latency = 1000 * median(chain.from_iterable(self.latencies))
        return median(self.speeds), latency, 1000 * self.web / self.asked, 1000 * self.database / self.asked


def compete(contestants: Iterable[Contestant], rounds: int, requests: int) -> None:
    """Let each take a turn, `rounds` times over, after one that warms it up."""
    contestants = list(contestants)
    for each in contestants:
        each.ask(20)
    for _ in range(rounds):
        for each in contestants:
            each.take_turn(requests)


def start_in_turns(firsts: list[Contestant], times: int) -> dict[str, float]:
    """Start each server `times` times, alternating; the last start stays. Returns the median seconds to an answer."""
    seconds: dict[str, list[float]] = {first.server.name: [] for first in firsts}
    for _ in range(times):
        for first in firsts:
            first.server.stop()
            seconds[first.server.name].append(first.server.start(first.request, first.must))
    return {name: median(each) for name, each in seconds.items()}


def first_month() -> str:
    """Return the address of the month in which the first of the sessions is."""
    return f"/?view=month&m={datetime.now(UTC) + timedelta(days=FIRST_IN_DAYS):%Y-%m}"


def prepare(env: dict[str, str], count: int, folder: Path, crowd: bool) -> dict[str, Any]:
    """Migrate and fill the database of `env`, with a `crowd` also with what stands behind the sessions after years.

    Returns the cookies of a person and of the office, the session's address, and the pages' query counts.
    """
    log = folder / "prepare.log"
    migrate(env, log)
    filled = inside(env, "devtools.bench.data.main", str(count), log=log)
    pages = {
        "signed out": ("/", ""),
        "signed in": ("/", filled["cookie"]),
        "month": (first_month(), ""),
        "catalog": ("/workshops/", ""),
        "program": (PROGRAM, ""),
        "session": (filled["session"], ""),
    }
    office = inside(env, "devtools.bench.crowd.office", str(count), "yes" if crowd else "", log=log)["cookie"]
    pages |= {page: (path, office) for page, (path, _) in OFFICE.items()}
    counts = {page: inside(env, "devtools.bench.queries.count", *asked, log=log) for page, asked in pages.items()}
    return filled | {"office": office, "queries": counts}


def versus(page: str, ours: Contestant, bare: Contestant) -> str:
    """Return one line of the table: ours, bare and the ratio of each figure, 1.00 being as fast as bare."""
    cells = []
    for number, (own, other) in enumerate(zip(ours.figures(), bare.figures(), strict=True)):
        ratio = own / other if number == 0 else other / own if own else 0
        cells.append(f"{own:7.1f}{other:7.1f}{ratio:6.2f}" if own or other else f"{'-':>20}")
    return f"{page:18}" + "  ".join(cells)


def speed_ratio(ours: Contestant, bare: Contestant) -> float:
    """Return our requests per second as a part of bare's: the median over the rounds."""
    return median(own / other for own, other in zip(ours.speeds, bare.speeds, strict=True))


def growth(many: Contestant, few: Contestant) -> float:
    """Return the latency with many sessions as a multiple of that with few: the median over the rounds."""
    return median(median(own) / median(other) for own, other in zip(many.latencies, few.latencies, strict=True))


def office_pages(ours: Server, bare: Server, full: Server, few: str, many: str) -> dict[str, list[Contestant]]:
    """Return each page of the office beside the bare list; `few` and `many` are the office's cookies."""
    return {
        name: [
            Contestant(ours, path, few, must),
            Contestant(bare, "/", few, {BARE_ROW: FEW}),
            Contestant(full, path, many, must),
        ]
        for name, (path, must) in OFFICE.items()
    }


def processor(contestant: Contestant) -> float:
    """Return the milliseconds of processor that a request took, web and database together."""
    return sum(contestant.figures()[2:])


def measure(rounds: int, requests: int, starts: int, crowd: bool = False) -> int:
    """Run the benchmark and print it. Returns 1 if a requirement is missed, otherwise 0."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        fail("The benchmark needs PostgreSQL: run it through python3 dev.py bench, which starts one.")
    with contextlib.ExitStack() as until_the_end:
        folder = until_the_end.enter_context(private_folder())
        envs, filled = {}, {}
        with phase("Static files"):
            env = production(folder)
            python(env, "manage.py", "collectstatic", "--noinput", log=folder / "static.log")
        for count in (FEW, MANY):
            with phase(f"Database of {count:,} sessions"):
                name = f"quorum_bench_{os.getpid()}_{count}"
                envs[count] = env | {"DATABASE_URL": until_the_end.enter_context(database(url, name))}
                filled[count] = prepare(envs[count], count, folder, crowd and count == MANY)
        ours = Server("portal", "devtools.bench.settings", envs[FEW], folder)
        bare = Server("bare", "devtools.bench.bare.settings", envs[FEW], folder)
        full = Server("full", "devtools.bench.settings", envs[MANY], folder)
        for server in (ours, bare, full):
            until_the_end.callback(server.stop)
        cookie, many_cookie = filled[FEW]["cookie"], filled[MANY]["cookie"]
        session = filled[FEW]["session"]
        signed_out = [
            Contestant(ours, "/", "", {OURS_ROW: FEW, "Sign in": 1}),
            Contestant(bare, "/", "", {BARE_ROW: FEW}),
            Contestant(full, "/", "", {OURS_ROW: PAGE, "Sign in": 1}),
        ]
        signed_in = [
            Contestant(ours, "/", cookie, {OURS_ROW: FEW, "My training": 1, ">Manage<": 5}),
            Contestant(bare, "/", cookie, {BARE_ROW: FEW}),
            Contestant(full, "/", many_cookie, {OURS_ROW: PAGE, "My training": 1, ">Manage<": 5}),
        ]
        catalog = [
            Contestant(ours, "/workshops/", "", {OURS_ROW: CATALOG_ROWS, "<details": 12}),
            Contestant(bare, "/workshops/", "", {BARE_ROW: CATALOG_ROWS}),
            Contestant(full, "/workshops/", "", {OURS_ROW: MOST_CATALOG_ROWS, "<details": 12}),
        ]
        month = [
            Contestant(ours, first_month(), "", {'class="q-cal"': 1}),
            Contestant(bare, "/", "", {BARE_ROW: FEW}),
            Contestant(full, first_month(), "", {'class="q-cal"': 1}),
        ]
        program = [
            Contestant(ours, PROGRAM, "", {OURS_ROW: PROGRAM_ROWS, "<h1": 1}),
            Contestant(bare, PROGRAM, "", {BARE_ROW: PROGRAM_ROWS, "<h1": 1}),
        ]
        one = [
            Contestant(ours, session, "", {'id="panel"': 1, "<h1": 1}),
            Contestant(bare, session, "", {"<h1": 1}),
        ]
        with phase(f"Starts ({starts} each)"):
            seconds = start_in_turns(signed_out[:2], starts)
            full.start(signed_out[2].request, signed_out[2].must)
        pages = {
            "Home, signed out": signed_out,
            "Home, signed in": signed_in,
            "Month": month,
            "Catalog": catalog,
            "Program": program,
            "Session": one,
        } | (office := office_pages(ours, bare, full, filled[FEW]["office"], filled[MANY]["office"]))
        for name, contestants in pages.items():
            with phase(name):
                compete(contestants, rounds, requests)
        memory = {server.name: server.megabytes() for server in (ours, bare)} if HAS_PROC else {}

    print(f"""
{FEW} sessions, PostgreSQL, gunicorn with {WORKERS} synchronous workers.
{rounds} rounds in turns, {CONNECTIONS} connections, {requests} requests on each.
Each figure: ours, bare, ratio; a ratio of 1.00 is as fast as bare, 0.50 half as fast.

                          requests/s          median latency, ms   processor, web, ms  processor, database, ms""")
    for name, contestants in pages.items():
        print(versus(name, *contestants[:2]))
    print(f"\nProcessor of a page of the office at {FEW} and at {MANY:,} sessions, web and database, ms:")
    for name, contestants in office.items():
        print(f"{name:24}{processor(contestants[0]):7.1f}{processor(contestants[2]):7.1f}")
    print(f"\nStart to first answer: {seconds['portal']:.2f} s, bare {seconds['bare']:.2f} s.", end="")
    print(f" Memory: {memory['portal']:.0f} MB, bare {memory['bare']:.0f} MB." if memory else "")

    few, many = filled[FEW]["queries"], filled[MANY]["queries"]
    print(f"Queries of a session page: {few['session']}.\n")
    return judge(
        [
            ("Home, signed out, of bare", speed_ratio(*signed_out[:2]), ">=", REQUIRED_HOME),
            ("Home, signed in, of bare", speed_ratio(*signed_in[:2]), ">=", REQUIRED_HOME_SIGNED_IN),
            ("Catalog, of bare", speed_ratio(*catalog[:2]), ">=", REQUIRED_CATALOG),
            ("Program, of bare", speed_ratio(*program), ">=", REQUIRED_PROGRAM),
            ("Session, of bare", speed_ratio(*one), ">=", REQUIRED_SESSION),
            (
                f"Home, signed out, latency at {MANY:,} / at {FEW}",
                growth(signed_out[2], signed_out[0]),
                "<=",
                MOST_GROWTH,
            ),
            (f"Home, signed in, latency at {MANY:,} / at {FEW}", growth(signed_in[2], signed_in[0]), "<=", MOST_GROWTH),
            (f"Month, latency at {MANY:,} / at {FEW}", growth(month[2], month[0]), "<=", MOST_GROWTH),
            ("Queries, signed out", few["signed out"], "<=", MOST_QUERIES_SIGNED_OUT),
            ("Queries, signed in", few["signed in"], "<=", MOST_QUERIES_SIGNED_IN),
            (f"Queries at {MANY:,}, signed out", many["signed out"], "=", few["signed out"]),
            (f"Queries at {MANY:,}, signed in", many["signed in"], "=", few["signed in"]),
            (f"Queries of a month at {MANY:,}", many["month"], "=", few["month"]),
            ("Queries of the catalog", few["catalog"], "=", CATALOG_QUERIES),
            (f"Queries of the catalog at {MANY:,}", many["catalog"], "=", CATALOG_QUERIES),
            ("Queries of a program", few["program"], "=", PROGRAM_QUERIES),
            (f"Queries of a program at {MANY:,}", many["program"], "=", PROGRAM_QUERIES),
            *((f"{name}, ms at {MANY:,}", processor(each[2]), "<=", MOST_OFFICE_MS) for name, each in office.items()),
            *((f"{name}, queries at {MANY:,}", many[name], "=", few[name]) for name in office),
        ]
    )


def judge(requirements: list[tuple[str, float, str, float]]) -> int:
    """Print each requirement with what was measured. Returns 1 if one is missed, otherwise 0."""
    missed = 0
    for name, value, relation, limit in requirements:
        met = {">=": value >= limit, "<=": value <= limit, "=": value == limit}[relation]
        shown = f"{value:.2f}" if isinstance(value, float) else str(value)
        print(f"{'ok    ' if met else 'MISSED'}  {name:44}{shown:>6}  {relation} {limit}")
        missed += not met
    print(f"\n{missed} of {len(requirements)} requirements missed." if missed else "\nEvery requirement is met.")
    return 1 if missed else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 dev.py bench", description="Compare the pages with bare ones.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a look, not a measurement")
    parser.add_argument("--scale", action="store_true", help="with 50,000 people and 500,000 notices; PostgreSQL")
    args = parser.parse_args()
    size = {"rounds": 3, "requests": 15, "starts": 1} if args.quick else {"rounds": 12, "requests": 25, "starts": 3}
    try:
        return measure(**size, crowd=args.scale)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
