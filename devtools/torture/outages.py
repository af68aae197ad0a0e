"""Promises about outages (G2, G10): the portal's gunicorn under load, and a server or a process that stops."""

import contextlib
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles

from django.db import connection
from django.db.models import Count

from devtools.bench.servers import Server
from devtools.processes import private_folder
from devtools.torture.line import ask_keeper, tell
from devtools.torture.post_office import PostOffice, Senders, left, send_all
from devtools.torture.stage import CSRF, cookies, make_session, people
from devtools.torture.verdict import Verdict
from notifications.models import MailQueue, Notice
from registrations.models import Registration
from sessions_app.models import Session

CONNECTIONS = 4
ACKNOWLEDGED = 302
BETWEEN_KILLS, BETWEEN_CRASHES = 8, 60  # answers
PATIENCE = 10  # seconds until a client gives up
PATIENCE_FOR_MAIL = 300
MOST_P95 = 1.0
LEAST_RATIO = 0.5
HEALTH = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@dataclass
class Post:
    """One registration on its way: whose, where, what was answered (0: nothing) and after how many seconds."""

    person: int
    session: Session
    cookie: str
    status: int = 0
    seconds: float = 0.0

    def send(self, address: str) -> None:
        request = (
            f"POST /sessions/{self.session.code}/registration/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            f"Cookie: {self.cookie}\r\nX-CSRFToken: {CSRF}\r\nContent-Length: 0\r\n\r\n"
        )
        began = time.perf_counter()
        with contextlib.suppress(OSError, ValueError, IndexError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            client.connect(address)
            client.sendall(request.encode())
            answer = b""
            while part := client.recv(1 << 16):
                answer += part
            # An answer cut off in its head is none.
            self.status = int(answer.split()[1]) if b"\r\n\r\n" in answer else 0
        self.seconds = time.perf_counter() - began


class Load:
    """Posts on four connections, in the background until `finish` or all are sent."""

    def __init__(self, address: str, posts: list[Post]) -> None:
        self.address, self.waiting, self.over = address, list(reversed(posts)), False
        self.sent: list[Post] = []
        self.threads = [threading.Thread(target=self.keep_posting) for _ in range(CONNECTIONS)]
        for thread in self.threads:
            thread.start()

    def keep_posting(self) -> None:
        while not self.over and self.waiting:
            with contextlib.suppress(IndexError):
                post = self.waiting.pop()
                post.send(self.address)
                self.sent.append(post)
                # A client that is turned away at once comes back a little later.
                time.sleep(0.05 if post.status == 0 else 0)

    def wait_for_more(self, count: int) -> None:
        """Wait until about `count` more were answered, at a moment that is no one's in particular."""
        until = len(self.sent) + count
        while len(self.sent) < until and self.waiting:
            time.sleep(random.uniform(0, 0.05))

    def finish(self, at_once: bool = False) -> list[Post]:
        """Wait for what is on its way, and unless `at_once` for all the rest. Returns what was sent."""
        self.over = at_once
        for thread in self.threads:
            thread.join()
        return self.sent


def posts(sessions: list[Session], cookie_of: dict[int, str]) -> list[Post]:
    """Return one post of each person to each session."""
    return [Post(person, session, cookie) for session in sessions for person, cookie in cookie_of.items()]


@contextlib.contextmanager
def serving(*settings: str) -> Iterator[list[Server]]:
    """Run a gunicorn for each settings module, on this process's database. Yields them."""
    with private_folder() as folder, contextlib.ExitStack() as until_the_end:
        servers = [Server(f"server{n}", each, dict(os.environ), folder) for n, each in enumerate(settings)]
        for server in servers:
            until_the_end.callback(server.stop)
            server.start(HEALTH, {})
        yield servers


def check_acknowledged(verdict: Verdict, sent: list[Post]) -> str:
    """Look for everybody whom a page told so. Returns how many those are, in words."""
    connection.close()
    rows = Registration.objects.active().annotate(many=Count("notices"))
    found = {(person, session): many for person, session, many in rows.values_list("person", "session", "many")}
    told = [post for post in sent if post.status == ACKNOWLEDGED]
    lost = [post for post in told if (post.person, post.session.pk) not in found]
    for _ in lost:
        verdict.breaks("an acknowledged registration is not there")
    for many in found.values():
        if many != 1:
            verdict.breaks(f"{many} notices of one registration")
    if not told:
        verdict.breaks("nobody was registered")
    return f"{len(told):,} of {len(sent):,} acknowledged, {len(lost)} of them lost"


def web(kills: int, without: str) -> Verdict:
    """Kill workers of gunicorn while people register."""
    verdict, settings = Verdict(), "devtools.torture.controls.answer_first" if without else "devtools.bench.settings"
    sessions = [make_session(capacity=5000) for _ in range(20)]
    cookie_of = cookies(people(500))
    with serving(settings) as (server,):
        load, killed = Load(server.address, posts(sessions, cookie_of)), 0
        while killed < kills and load.waiting:
            load.wait_for_more(BETWEEN_KILLS)
            with contextlib.suppress(ProcessLookupError, IndexError):
                os.kill(random.choice(server.workers()), signal.SIGKILL)
                killed += 1
        sent = load.finish(at_once=True)
    return verdict.say(f"web processes killed {killed} times: {check_acknowledged(verdict, sent)}")


def database(stops: int, without: str) -> Verdict:
    """Stop PostgreSQL at once, as in a crash, while people register."""
    verdict = Verdict()
    sessions = [make_session(capacity=5000) for _ in range(20)]
    cookie_of = cookies(people(500))
    with contextlib.ExitStack() as until_the_end:
        if without:
            ask_keeper("forget commits")
            until_the_end.callback(ask_keeper, "remember commits")
        connection.close()
        (server,) = until_the_end.enter_context(serving("devtools.bench.settings"))
        load = Load(server.address, posts(sessions, cookie_of))
        for _ in range(stops):
            load.wait_for_more(BETWEEN_CRASHES)
            ask_keeper("crash postgresql")
        load.wait_for_more(BETWEEN_CRASHES)
        sent = load.finish(at_once=True)
        words = check_acknowledged(verdict, sent)
    return verdict.say(f"PostgreSQL stopped at once {stops} times: {words}")


def redis(count: int, without: str) -> Verdict:
    """Stop Redis, empty it every two seconds, freeze it; first, to compare, leave it well.

    One worker and one beat live through all of it. Afterwards nobody wakes them: the beat's own sweep must do.
    """
    verdict = Verdict()
    p95: dict[str, float] = {}
    told: dict[str, str] = {}
    cookie_of = cookies(people(count))
    ways: dict[str, Callable[[], contextlib.AbstractContextManager]] = {
        "well": contextlib.nullcontext,
        "stopped": partial(asked, "stop valkey", "start valkey"),
        "flushed": flushed,
        "frozen": partial(asked, "freeze valkey", "thaw valkey"),
    }
    if without:
        del ways["well"]
    settings = "devtools.torture.controls.patient" if without else "devtools.bench.settings"
    with (
        private_folder() as folder,
        PostOffice() as mail,
        Senders(folder, mail.url(), workers=1, beats=1) as senders,
    ):
        wait_for_beat()
        for name, way in ways.items():
            tell(f"{count} registrations, Redis is {name}")
            # Still gathering, so that each registration is one notice.
            session = make_session(minimum=5000, capacity=5000)
            with serving(settings) as (server,), way() as flushes:
                sent = Load(server.address, posts([session], cookie_of)).finish()
                if flushes == []:
                    verdict.breaks("Redis was not flushed while people registered")
            p95[name] = quantiles([post.seconds for post in sent], n=20)[-1]
            wrong = [post.status for post in sent if post.status != ACKNOWLEDGED]
            if wrong:
                verdict.breaks(f"{name}: {len(wrong)} of {len(sent)} not answered")
            elif p95[name] > MOST_P95:
                verdict.breaks(f"{name}: p95 is {p95[name]:.2f} s")
            if not without:
                told[name] = wait_until_told(verdict, name)
        if not without:
            check_told(verdict, mail, senders)
    words = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in p95.items())
    later = ", ".join(f"{name} {each}" for name, each in told.items())
    return verdict.say(f"{count} registrations each with Redis gone, p95: {words}; told once it is back: {later}")


def wait_for_beat() -> None:
    """Wait until a worker has carried out the first sweep of the beat: processes that start are slow to share with."""
    until = time.monotonic() + PATIENCE_FOR_MAIL
    while MailQueue.load().beat_at is None and time.monotonic() < until:
        tell("the worker and the beat start")
        time.sleep(0.2)


def wait_until_told(verdict: Verdict, name: str) -> str:
    """Wait until the senders have sent what is left. Returns how many that were and how long it took, in words."""
    many, began = left(), time.monotonic()
    if not send_all(PATIENCE_FOR_MAIL, unasked=True):
        verdict.breaks(f"{name}: notices are not sent though Redis is back", left())
    return f"{many} in {time.monotonic() - began:.0f} s"


def check_told(verdict: Verdict, mail: PostOffice, senders: Senders) -> None:
    """Hold what arrived against what was owed, one message of each notice, and look whether the senders still live."""
    arrived = sorted(message.message_id for message in mail.accepted())
    owed = Notice.objects.filter(registration__isnull=False)  # a beat may write the office's digest
    if arrived != sorted(owed.values_list("message_id", flat=True)):
        verdict.breaks(f"{len(arrived)} messages of {owed.count()} notices")
    if not senders.live():
        verdict.breaks("the worker or the beat ended")


@contextlib.contextmanager
def asked(first: str, afterwards: str) -> Iterator[None]:
    """Let the keeper do `first`, and `afterwards` at the end."""
    ask_keeper(first)
    try:
        yield
    finally:
        ask_keeper(afterwards)


@contextlib.contextmanager
def flushed() -> Iterator[list[float]]:
    """Empty Redis at once, and every two seconds from then on. Yields a list of when it was."""
    times: list[float] = []

    def keep_flushing(over: threading.Event) -> None:
        while not over.is_set():
            ask_keeper("flush valkey")
            times.append(time.monotonic())
            over.wait(2)

    with in_background(keep_flushing):
        yield times


@contextlib.contextmanager
def in_background(do: Callable[[threading.Event], None]) -> Iterator[None]:
    """Do something in a thread, which is told by the event when it is over."""
    over = threading.Event()
    thread = threading.Thread(target=do, args=(over,))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def throughput(rounds: int, without: str) -> Verdict:
    """Measure registrations per second on one session, as a part of those of a bare view that locks and counts."""
    verdict, cookie_of = Verdict(), cookies(people(100))
    with serving("devtools.bench.settings", "devtools.bench.bare.settings") as servers:
        ratios, speeds = [], []
        for number in range(rounds + 1):
            ours, bare = (per_second(verdict, server, cookie_of) for server in servers)
            if number:  # the first warms up
                ratios.append(ours / bare)
                speeds.append(ours)
    if median(ratios) < LEAST_RATIO:
        verdict.breaks(f"the ratio is {median(ratios):.2f}")
    return verdict.say(
        f"{median(speeds):.0f} registrations per second on one session, {median(ratios):.2f} of a bare view"
    )


def per_second(verdict: Verdict, server: Server, cookie_of: dict[int, str]) -> float:
    # Still gathering: no worker runs here, so one at its minimum would wake the decision again with everybody.
    session = make_session(minimum=5000, capacity=5000)
    began = time.perf_counter()
    sent = Load(server.address, posts([session], cookie_of)).finish()
    seconds = time.perf_counter() - began
    if "bare" in server.settings:  # it keeps no counters, which would be found
        Registration.objects.filter(session=sent[0].session).delete()
    wrong = [post.status for post in sent if post.status != ACKNOWLEDGED]
    if wrong:
        verdict.breaks(f"{server.settings}: {len(wrong)} errors, {wrong[0]}")
    return len(sent) / seconds
