"""A promise about upgrades (G2): the last release's own code goes on while the migrations of this one run, and after.

Its code comes from the repository (`devtools/release.py` says which commit), with the packages of today.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

from django.core.management import call_command
from django.db import connection

from devtools.bench.client import ask
from devtools.bench.production import python
from devtools.bench.servers import Server, database
from devtools.processes import ROOT, fail, private_folder
from devtools.release import COMMIT
from devtools.torture.line import tell
from devtools.torture.outages import ACKNOWLEDGED, HEALTH, Load, Post, check_acknowledged
from devtools.torture.stage import cookies, people
from devtools.torture.verdict import Verdict
from sessions_app.models import Session

CALM = 503  # a table that is being changed
PAGES = ["/", "/workshops/", "/my/", "/sessions.ics", "/accounts/profile/", "/my/calendar/"]
SETTINGS = "devtools.bench.settings"
# Run by the last release: everything is made by its own verbs.
PREPARE = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
from devtools.torture.stage import cookies, fill, make_session, people
fill()
sessions = [make_session(capacity=5000).pk for _ in range(20)]
print(json.dumps([sessions, cookies(people(500))]))
"""
# What Django's AddField does with a default of Python's alone.
WITHOUT_DEFAULT = [
    "ALTER TABLE registrations_registration ADD COLUMN origin varchar(9) DEFAULT '' NOT NULL",
    "ALTER TABLE registrations_registration ALTER COLUMN origin DROP DEFAULT",
]
# Its tests that need nothing but a database.
SUITE = ["registrations/tests", "-m", "not browser and not stack and not postgres", "-q", "-p", "no:cacheprovider"]


def upgrade(count: int, without: str) -> Verdict:
    """Let people register with the last release while this one migrates, then with this one; `count` in each part."""
    verdict = Verdict()
    with last_release() as old, private_folder() as folder:
        env = {**os.environ, "BENCH_STATIC_ROOT": str(folder / "static")}
        tell("the last release makes its tables")
        sessions, cookie_of = json.loads(python_of(old, env, "-c", PREPARE, log=folder / "prepare.log"))
        sent: list[Post] = []
        with serving("old", {**env, "GUNICORN_CMD_ARGS": f"--chdir {old}"}, folder) as server:
            posts, after = waiting(sessions, cookie_of, count), count - count // 3
            load = Load(server.address, posts[:after])
            load.wait_for_more(count // 3)
            tell("this release migrates while the last one serves")
            call_command("migrate", verbosity=0)
            for statement in WITHOUT_DEFAULT if without else []:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
            sent += load.finish()
            tell("the last release goes on after the migrations")
            sent += Load(server.address, posts[after:]).finish()
            look(verdict, server, next(iter(cookie_of.values())))
        if not without:
            # A release may end every sign-in.
            cookie_of = {str(person): cookie for person, cookie in cookies(people(500)).items()}
            with serving("new", dict(os.environ), folder) as server:
                sent += Load(server.address, waiting(sessions, cookie_of, 2 * count)[count:]).finish()
                look(verdict, server, next(iter(cookie_of.values())))
            suite = tests_of(verdict, old, folder)
    for status, many in Counter(post.status for post in sent).items():
        if status not in (ACKNOWLEDGED, CALM):
            verdict.breaks(f"answered {status}", many)
    words = check_acknowledged(verdict, sent)
    return verdict.say(f"{words}; {suite}" if not without else words)


@contextlib.contextmanager
def last_release() -> Iterator[Path]:
    """Yield a folder with the code of the last release."""
    command = ["git", "-C", str(ROOT), "archive", COMMIT]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if done.returncode != 0:
        fail(f"The last release is commit {COMMIT}, which is not in this clone: git fetch --unshallow")
    with private_folder() as folder, tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
        yield folder


def python_of(tree: Path, env: dict[str, str], *args: str, log: Path) -> str:
    """Run Python in `tree` to its end and return what it printed."""
    with contextlib.chdir(tree):
        return python(env, *args, log=log)


@contextlib.contextmanager
def serving(name: str, env: dict[str, str], folder: Path) -> Iterator[Server]:
    server = Server(name, SETTINGS, env, folder)
    try:
        server.start(HEALTH, {})
        yield server
    finally:
        server.stop()


def waiting(sessions: list[int], cookie_of: dict[str, str], count: int) -> list[Post]:
    """Return `count` posts, one of each person to each session in turn. Any schema has the codes it asks for."""
    rows = {row.pk: row for row in Session.objects.only("pk", "code").filter(pk__in=sessions)}
    every = [Post(int(person), rows[pk], cookie) for pk in sessions for person, cookie in cookie_of.items()]
    return every[:count]


def look(verdict: Verdict, server: Server, cookie: str) -> None:
    """Open pages as one of the people."""
    for page in PAGES:
        request = f"GET {page} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n"
        status = int(ask(server.address, request.encode()).split()[1])
        if status >= 500:
            verdict.breaks(f"{server.name}: {page} answers {status}")


def tests_of(verdict: Verdict, old: Path, folder: Path) -> str:
    """Run the last release's tests of registrations on the tables of this one. Returns how many passed, in words."""
    tell("the last release's tests of registrations")
    url, report = os.environ["DATABASE_URL"], folder / "report.xml"
    name = urlsplit(url).path.rpartition("/")[2]
    # Where its tests look for their database stands one that this release has migrated.
    with database(url, f"test_{name}") as made:
        env = {**os.environ, "DATABASE_URL": made}
        for command in ("migrate", "createcachetable"):
            python(env, str(ROOT / "manage.py"), command, log=folder / "tests.log")
        env = {**os.environ, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": url}
        tests = [sys.executable, "-m", "pytest", *SUITE, "--reuse-db", f"--junitxml={report}"]
        with (folder / "tests.log").open("wb") as log:
            subprocess.run(tests, cwd=old, env=env, stdout=log, stderr=log)
    if not report.exists():
        verdict.breaks("the last release's tests did not run")
        return ""
    cases = list(ElementTree.parse(report).iter("testcase"))
    wrong = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    for case in wrong:
        verdict.breaks(f"the last release's {case.get('name')} fails")
    return f"{len(cases) - len(wrong)} of {len(cases)} of the last release's tests of registrations pass"
