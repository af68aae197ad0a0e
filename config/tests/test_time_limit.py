"""A test that takes too long fails alone: what it had started is gone, and the tests after it run as ever."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from devtools.processes import patience
from devtools.testing.database import database_url

ROOT = Path(__file__).resolve().parents[2]
HANGS = '''
import subprocess, sys, time
from pathlib import Path

FOLDER = Path(__file__).parent
LASTING = "import time, sys; time.sleep(600)"


def test_before():
    pass


def test_hangs():
    """Swallow every Exception, as code under test may, with a child in this group and one with a group of its own."""
    child = subprocess.Popen([sys.executable, "-c", LASTING])
    other = subprocess.Popen([sys.executable, "-c", LASTING], start_new_session=True)
    (FOLDER / "pids").write_text(f"{child.pid} {other.pid}")
    while True:
        try:
            child.wait()
        except Exception:
            pass
        time.sleep(0.1)


def test_after():
    pass
'''
SHARED = """
import threading

import pytest


def test_a_page_before(browser_page):
    assert browser_page.evaluate("1 + 1") == 2


def test_a_page_hangs(browser_page):
    browser_page.evaluate("() => new Promise(() => {})")


def test_a_page_after(browser_page):
    assert browser_page.evaluate("1 + 1") == 2


def test_the_stack_hangs(stack):
    threading.Event().wait()


def test_the_stack_after(stack, person):
    assert [process.poll() for process in stack.processes] == [None]


@pytest.mark.django_db
def test_the_database_after(person):
    assert person.pk
"""


def run(folder: Path, tests: str, limit: int, **environ: str) -> tuple[dict[str, list[str]], str]:
    """Run `tests` in a pytest of its own with the portal's fixtures. Returns which passed and failed, and its words."""
    (folder / "test_inner.py").write_text(tests)
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-c", ROOT / "pytest.ini", "--rootdir", folder]
    command += ["-o", f"time_limit={limit}", "-p", "no:cacheprovider", "-rA", "--tb=short", folder / "test_inner.py"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, timeout=patience(280)
    )
    said = done.stdout + done.stderr
    return {how: re.findall(rf"^{how} .*::(\w+)", said, re.M) for how in ("PASSED", "FAILED")}, said


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "Z" in Path(f"/proc/{pid}/status").read_text() if Path("/proc/self").exists() else False


def test_a_test_that_hangs_fails_alone_and_leaves_nothing_behind(tmp_path):
    outcomes, said = run(tmp_path, HANGS, limit=2)
    assert outcomes == {"PASSED": ["test_before", "test_after"], "FAILED": ["test_hangs"]}, said
    assert "It was ended, and so was every process it had started." in said
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 2 and all(map(is_gone, pids))


@pytest.mark.browser
@pytest.mark.postgres
@pytest.mark.django_db
def test_browser_and_stack_serve_the_tests_after_one_that_hung(tmp_path):
    outcomes, said = run(tmp_path, SHARED, limit=10, DATABASE_URL=database_url() + "_inner")
    assert sorted(outcomes["FAILED"]) == ["test_a_page_hangs", "test_the_stack_hangs"], said
    assert sorted(outcomes["PASSED"]) == [
        "test_a_page_after",
        "test_a_page_before",
        "test_the_database_after",
        "test_the_stack_after",
    ]
