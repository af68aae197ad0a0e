"""dev.py says in one sentence what is in its way, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings

from devtools import environment, processes, suite
from devtools.environment import fingerprint
from devtools.testing.database import ON_SQLITE, runs_on_sqlite


def dev_py(*args: str, **environ: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(settings.BASE_DIR / "dev.py"), *args]
    return subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, timeout=60)


def exists(pid: int) -> bool:
    """Say whether a process exists and is more than a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(state.strip()) and not state.startswith("Z")


def test_a_taken_port_is_said_at_once_with_another_to_choose():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        began = time.monotonic()
        said = dev_py("run", PORT=str(port))
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.strip() == f"Port {port} is taken. Choose another: PORT=8001 python3 dev.py run"
    assert time.monotonic() - began < processes.patience(5)


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "²"])
def test_what_is_no_port_is_refused(port):
    said = dev_py("run", PORT=port)
    assert said.returncode == 1
    assert said.stderr.strip().startswith(f"PORT is {port!r}, and a port is a number from 1 to 65535")


@pytest.mark.parametrize("args", [[], ["serve"]])
def test_an_unknown_command_shows_the_known_ones(args):
    said = dev_py(*args)
    assert said.returncode == 2
    assert all(f"python3 dev.py {name}" in said.stderr for name in ("run", "test", "bench", "torture"))


def test_only_the_browser_can_be_left_out():
    assert suite.without_browser(["-x", "--without", "browser", "-k", "six"]) == (["-x", "-k", "six"], False)
    assert suite.without_browser(["--without=browser"]) == ([], False)
    assert suite.without_browser(["-k", "six"]) == (["-k", "six"], True)
    with pytest.raises(SystemExit, match="The one thing that can be left out is the browser"):
        suite.without_browser(["--without", "postgres"])


def test_a_missing_firefox_stops_the_tests(monkeypatch):
    monkeypatch.delenv("FIREFOX_PATH", raising=False)
    monkeypatch.setattr(environment, "installed", lambda names: "")
    monkeypatch.setattr(environment, "installs", lambda package: package == "firefox-esr")  # and it is still not there
    with pytest.raises(SystemExit, match="The browser tests need Firefox: install it, set FIREFOX_PATH"):
        environment.find_firefox()
    monkeypatch.setenv("FIREFOX_PATH", "/nowhere/firefox")
    with pytest.raises(SystemExit, match="FIREFOX_PATH is '/nowhere/firefox', and no browser starts there."):
        environment.find_firefox()


def test_each_run_on_postgresql_has_a_database_of_its_own():
    assert suite.with_name_of_its_own("postgres://me@/tmp/socket/quorum") == "postgres://me@/tmp/socket/quorum_crowd"
    assert suite.with_name_of_its_own("postgres://h/q?sslmode=require") == "postgres://h/q_crowd?sslmode=require"


def test_the_last_line_counts_all_runs(capsys):
    counts = {
        "PostgreSQL": {"failed": 1, "passed": 100, "skipped": 0, "errors": 0},
        "SQLite": {"failed": 0, "passed": 60, "skipped": 2, "errors": 0},
    }
    suite.summarize(counts, ["Lint"], 12.345, browser=False)
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == (
        "==== 1 failed, 160 passed, 2 skipped, 1 errors in 12.35s (passed: 100 on PostgreSQL, 60 on SQLite) ===="
    )
    assert "Left out as asked: the browser tests." in said
    assert "Failed: Lint." in said


def test_what_runs_on_sqlite_is_there():
    """A module that gets another name may not change sides in silence."""
    named = [processes.ROOT / app / "tests" / f"test_{name}.py" for app in ON_SQLITE for name in ON_SQLITE[app].split()]
    assert [path for path in named if not path.exists()] == []
    assert all(runs_on_sqlite(path) for path in named)
    assert not runs_on_sqlite(processes.ROOT / "office" / "tests" / "test_wordings.py")


def test_stopping_a_process_ends_its_grandchildren():
    code = (
        "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid, flush=True); import time; time.sleep(60)"
    )
    process = processes.start([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    grandchild = int(process.stdout.readline())
    process.stdout.close()
    assert exists(grandchild)
    processes.stop(process)
    assert process.returncode == -signal.SIGTERM
    assert not exists(grandchild)


def test_a_process_that_will_not_end_is_killed():
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    process = processes.start([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    process.stdout.close()
    processes.stop(process, patience=0.2)
    assert process.returncode == -signal.SIGKILL


def test_a_private_folder_is_for_its_owner_and_goes_away():
    with processes.private_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert len(str(folder / ".s.PGSQL.5432.lock")) < 104
        (folder / "file").write_text("x")
    assert not folder.exists()


def test_a_changed_lock_is_installed_again():
    name, digest = fingerprint("requirements-demo.txt").split()
    assert name == "requirements-demo.txt"
    assert len(digest) == 64
    assert fingerprint("requirements-dev.txt") != fingerprint("requirements-demo.txt")
