"""Processes that call verbs at the same moment."""

import multiprocessing
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier

import django

READY = 120
LANES = 3  # threads of each process
SCATTER = 0.004  # seconds; the width of most verbs


@dataclass(frozen=True)
class Action:
    """One verb to call: its name below, on a session by primary key, by or for a person, perhaps to others (`keys`).

    `mode` is how the person takes part, where the session asks.
    """

    verb: str
    key: int
    person: int = 0
    to: int = 0
    keys: tuple[int, ...] = ()
    now: datetime | None = None
    mode: str = ""


class Hands:
    """Eight or fewer processes, each with Django and its own connections. Use as a context manager.

    `without` names a mechanism that is taken away in them: "lock".
    """

    def __init__(self, count: int, without: str = "") -> None:
        context = multiprocessing.get_context("spawn")
        self.barrier = context.Barrier(count)
        self.pipes: list[Connection] = []
        self.processes: list[BaseProcess] = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=serve, args=(theirs, self.barrier, without), daemon=True)
            process.start()
            self.pipes.append(ours)
            self.processes.append(process)

    def __enter__(self) -> "Hands":
        return self

    def __exit__(self, *exc_info: object) -> None:
        for pipe in self.pipes:
            pipe.send(None)
        for process in self.processes:
            process.join(10)
            process.kill()

    def at_once(self, *lanes: list[Action] | Action, scatter: float = SCATTER) -> list[str]:
        """Call the actions of each lane one after the other, all lanes at once. Returns what came of each, in order.

        What came of it is what the verb returned in words, "refused ..." or "failed ...".
        """
        orders = [[lane] if isinstance(lane, Action) else lane for lane in lanes]
        for number, pipe in enumerate(self.pipes):
            pipe.send((orders[number :: len(self.pipes)], scatter))
        found = [pipe.recv() for pipe in self.pipes]
        each = [found[number % len(self.pipes)][number // len(self.pipes)] for number in range(len(orders))]
        return [outcome for lane in each for outcome in lane]


def serve(pipe: Connection, barrier: Barrier, without: str) -> None:
    """Do what comes through the pipe until None comes."""
    django.setup()
    from devtools.torture import verbs

    if without:
        verbs.WITHOUT[without]()
    pool = ThreadPoolExecutor(LANES)
    while (order := pipe.recv()) is not None:
        lanes, scatter = order
        ready = [[verbs.prepare(action) for action in lane] for lane in lanes]
        barrier.wait(READY)
        pipe.send([lane.result() for lane in [pool.submit(walk, lane, scatter) for lane in ready]])


def walk(lane: list[Callable[[], str]], scatter: float) -> list[str]:
    time.sleep(random.uniform(0, scatter))
    return [call() for call in lane]
