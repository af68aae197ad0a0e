"""Two processes that share the tests run each of them once, and the first to be done helps the other."""

from types import SimpleNamespace

import pytest

from devtools.testing.turns import take


def one(module: str, name: str, *marks: str, flushed: bool = False) -> SimpleNamespace:
    """Return what is asked of a collected test."""
    return SimpleNamespace(
        nodeid=f"{module}::{name}",
        fixturenames=["transactional_db"] if flushed else [],
        get_closest_marker=lambda mark: mark in marks or None,
    )


ITEMS = [
    *(one("app/tests/test_a.py", f"test_{number}", "database") for number in range(3)),
    one("app/tests/test_b.py", "test_pressed", "database", "postgres"),
    one("app/tests/test_b.py", "test_read", "database"),
    one("app/tests/test_a.py", "test_flushed", "database", flushed=True),
    *(one("app/tests/test_c.py", f"test_{number}", "database", "browser", flushed=True) for number in range(2)),
    one("app/tests/test_a.py", "test_pure"),
    one("app/tests/test_a.py", "test_again", "database"),
]


def names(items) -> list[str]:
    return [item.nodeid.removeprefix("app/tests/test_") for item in items]


@pytest.mark.parametrize("ahead", [0, 1, 4, 100])
def test_of_two_processes_each_test_is_run_by_one(tmp_path, ahead):
    first, second = take(ITEMS, tmp_path, False), take(ITEMS, tmp_path, True)
    run = [next(first, None) for _ in range(ahead)]
    while (pair := (next(second, None), next(first, None))) != (None, None):
        run += pair
    assert sorted(names(filter(None, run))) == sorted(names(ITEMS))


def test_alone_it_runs_everything_its_own_tests_first(tmp_path):
    for crowd_first in (True, False):
        (folder := tmp_path / str(crowd_first)).mkdir()
        run = names(take(ITEMS, folder, crowd_first))
        assert sorted(run) == sorted(names(ITEMS))
        assert set(run[:3] if crowd_first else run[-3:]) == {"b.py::test_pressed", "c.py::test_0", "c.py::test_1"}


def test_a_module_is_not_torn_apart(tmp_path):
    first, second = take(ITEMS, tmp_path, False), take(ITEMS, tmp_path, False)
    assert names([next(first), next(second)]) == ["a.py::test_0", "b.py::test_read"]
    assert names([next(first), next(first), next(first)]) == ["a.py::test_1", "a.py::test_2", "a.py::test_again"]
