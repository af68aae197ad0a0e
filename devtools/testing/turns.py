"""Let two processes share one set of tests: each takes the next module that nobody has begun, so none ends early.

`pytest --turns=FOLDER` in each of them. A module is taken by making an empty file of its name in the folder, which only
one process can. One process begins with the tests that drive a browser or other processes (`--crowd-first`), the other
with those that do not; so they seldom crowd each other, and the first to be done helps the other.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

CROWD = ("browser", "stack", "postgres")
FLUSHED = ("transactional_db", "live_server")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--turns", metavar="FOLDER", type=Path, help="share the tests with another process")
    parser.addoption("--crowd-first", action="store_true", help="begin with what drives browsers or other processes")


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run what this process takes, as pytest runs all. Without a folder, leave it to pytest."""
    folder = session.config.getoption("turns")
    if folder is None or session.config.option.collectonly or session.testsfailed:
        return None
    taken = take(session.items, folder, session.config.getoption("crowd_first"))
    item = next(taken, None)
    while item is not None:
        # Known before this one ends: what both need is kept.
        following = next(taken, None)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        item = following
    return True


def take(items: list[pytest.Item], folder: Path, crowd_first: bool) -> Iterator[pytest.Item]:
    """Yield the tests of each module that this process is the first to take, in the order of `items`.

    Its own come first: those of the crowd or the others. A module whose tests are of several sorts is taken in parts.
    """
    parts: dict[str, list[pytest.Item]] = {}
    for item in sorted(items, key=lambda item: is_crowd(item) != crowd_first):
        parts.setdefault(name_of(item), []).append(item)
    for name, part in parts.items():
        try:
            (folder / name).touch(exist_ok=False)
        except FileExistsError:
            continue
        yield from part


def is_crowd(item: pytest.Item) -> bool:
    """Tell whether a test drives a browser or other processes, or has a mark that says so."""
    return any(item.get_closest_marker(mark) for mark in CROWD)


def name_of(item: pytest.Item) -> str:
    """Return what a module's tests of one sort are called in the folder."""
    module = item.nodeid.partition("::")[0].replace("/", ".")
    sort = "flushed" if set(FLUSHED).intersection(item.fixturenames) else "rolled-back"
    if not item.get_closest_marker("database"):
        sort = "other"
    return f"{module}-{sort}-{'crowd' if is_crowd(item) else 'alone'}"
