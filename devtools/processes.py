"""Phases and sentences on the console, and processes that never outlive the command."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent


class Stopped(BaseException):
    """Somebody pressed Ctrl-C, closed the terminal or sent TERM."""


def fail(sentence: str) -> NoReturn:
    """Stop with one sentence that says what to do; the exit code is 1."""
    raise SystemExit("\n" + sentence)


@contextlib.contextmanager
def phase(name: str) -> Iterator[Callable[[str], None]]:
    """Print the name now and the seconds it took afterwards. Yields a function that shows progress."""
    began, on_terminal = time.monotonic(), sys.stdout.isatty()
    again, end = ("\r\033[K", "") if on_terminal else ("", "\n")  # to the start of the line, and clear it
    print(f"  {name} ...", end=end, flush=True)

    def progress(text: str) -> None:
        print(f"{again}  {name} ... {text}" if on_terminal else f"    {text}", end=end, flush=True)

    yield progress
    print(f"{again}  {name}: {time.monotonic() - began:.1f} s", flush=True)


def tail(path: Path, lines: int = 15) -> str:
    """Return the last lines of a log, indented."""
    text = path.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join("    " + line for line in text)


def start(
    args: Sequence[str], env: dict[str, str] | None = None, log: Path | None = None, **options: Any
) -> subprocess.Popen:
    """Start a process as the head of a group of its own, so that stop() reaches all it starts."""
    with open(log or os.devnull, "wb") as output:
        quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        options = {"cwd": ROOT, **({} if options.pop("on_terminal", False) else quiet), **options}
        return subprocess.Popen(args, env=env, start_new_session=True, **options)


def stop(*processes: subprocess.Popen, how: signal.Signals = signal.SIGTERM, patience: float = 10) -> None:
    """Ask each process to end, wait up to `patience` seconds, then kill what is left of their groups."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(how)
    until = time.monotonic() + patience
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0, until - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def descendants(pid: int) -> list[int]:
    """Return the ids of the processes that one has started, and those they have started, as far as they live."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, text=True).stdout
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, waiting = [], [pid]
    while waiting:
        found += (new := children.get(waiting.pop(), []))
        waiting += new
    return found


def patience(seconds: float, most_times: float = 10) -> float:
    """Return how long to wait for what takes `seconds` on a quiet machine: longer while others want its processors."""
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * min(max(1, busy), most_times)


def call(args: Sequence[str], **options: Any) -> int:
    """Run a process to its end, never outliving it, and return its exit code."""
    process = start(args, **options)
    try:
        return process.wait()
    finally:
        stop(process, how=signal.SIGINT)


@contextlib.contextmanager
def private_folder(owner: str | None = None) -> Iterator[Path]:
    """Make a folder only `owner` can enter, with a path short enough for a Unix socket (108 bytes); remove it after."""
    folder = Path(tempfile.mkdtemp(prefix="quorum-", dir="/tmp" if os.path.isdir("/tmp") else None))
    try:
        if owner:
            shutil.chown(folder, owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def runs(args: Sequence[str], **options: Any) -> bool:
    """Say whether a short command can be started and ends well."""
    try:
        return call(args, **options) == 0
    except OSError:
        return False


def wait_for(answers: Callable[[], bool], process: subprocess.Popen, name: str, log: Path, seconds: float = 60) -> None:
    """Wait until `answers()`; stop with the log if the process ends first or the seconds pass, more if others work."""
    began = time.monotonic()
    while not answers():
        if process.poll() is not None or time.monotonic() > began + patience(seconds):
            fail(f"{name} did not start:\n{tail(log)}")
        time.sleep(0.05)
