"""Python, the virtual environment, the locked packages and the browsers."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from devtools.processes import ROOT, call, fail, phase, private_folder, runs, start, stop, tail

VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
FIREFOXES = ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
TRY_BROWSER = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    playwright.chromium.launch(args=["--no-sandbox"]).close()
"""


def find_python() -> None:
    """Start again under a Python of at least 3.11 if this one is older."""
    if sys.version_info >= (3, 11):  # noqa: UP036 (an older one comes this far)
        return
    for minor in (13, 12, 11):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(found, [found, str(ROOT / "dev.py"), *sys.argv[1:]])
    fail(f"Quorum needs Python 3.11 or newer, and this is {sys.version.split()[0]}: install a newer one first.")


def set_up(lock_name: str) -> None:
    """Make .venv and install the hash-pinned lock, unless that is done. The lock for tests holds the one for `run`."""
    import fcntl

    (ROOT / "var").mkdir(exist_ok=True)
    with open(ROOT / "var" / "set-up.lock", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # two commands at once would install over each other
        stamp = VENV / "quorum-lock"
        usable = "import sys, importlib.util as u; sys.exit(sys.version_info < (3, 11) or not u.find_spec('pip'))"
        if not Path(PYTHON).exists() or call([PYTHON, "-c", usable]) != 0:
            make_venv()
        done = stamp.read_text() if stamp.exists() else ""
        if done not in (fingerprint(lock_name), fingerprint("requirements-dev.txt")):
            install(lock_name)
            stamp.write_text(fingerprint(lock_name))


def fingerprint(lock_name: str) -> str:
    """Return a lock's name and the hash of its content."""
    return lock_name + " " + hashlib.sha256((ROOT / lock_name).read_bytes()).hexdigest()


def make_venv() -> None:
    """Make .venv with this Python."""
    advice = "On Debian and Ubuntu: apt install python3-venv (as root), then run it again."
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        fail(f"This Python ({sys.executable}) has no venv module. {advice}")
    with phase("Virtual environment"), private_folder() as folder:
        log = folder / "venv.log"
        if call([sys.executable, "-m", "venv", "--clear", str(VENV)], log=log) != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            fail(f"Making {VENV} failed:\n{tail(log)}\n{advice}")


def install(lock_name: str) -> None:
    """Install a lock into .venv, by hash and from wheels only, showing progress."""
    total = len(re.findall(r"^\S+==", (ROOT / lock_name).read_text(), re.MULTILINE))
    args = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    args += ["--retries", "2", "--require-hashes", "--only-binary", ":all:", "-r", lock_name]
    with phase(f"Packages ({total}, only the first time)") as progress:
        pip = start(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        said, seen = [], 0
        try:
            assert pip.stdout is not None, "it is a pipe"
            for line in pip.stdout:
                said.append(line.rstrip())
                if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                    seen += 1
                    if sys.stdout.isatty() or seen % 10 == 0:
                        progress(f"{seen} of {total}")
                elif line.startswith("Installing collected"):
                    progress("unpacking")
            code = pip.wait()
        finally:
            stop(pip)
        if code != 0:
            report_failed_install("\n".join(said))


def report_failed_install(said: str) -> NoReturn:
    """Stop, in one sentence where the cause is known."""
    if re.search(r"connection broken|NewConnectionError|Temporary failure in name|ConnectTimeout", said):
        fail("The packages could not be fetched: no network, or no way to the package index. Connect and run it again.")
    if "No space left" in said:
        fail("The packages did not fit: the disk is full.")
    fail("Installing the packages failed:\n" + "\n".join("    " + line for line in said.splitlines()[-8:]))


def find_browser() -> str:
    """Return the path of a Chromium, installing one if need be; "" means the one Playwright keeps for itself."""
    found = given("BROWSER_PATH") or installed(BROWSERS)
    if found or runs([PYTHON, "-c", TRY_BROWSER]):
        return found
    if installs("chromium") and installed(BROWSERS):
        return installed(BROWSERS)
    if runs([PYTHON, "-m", "playwright", "install", "--only-shell", "chromium"]) and runs([PYTHON, "-c", TRY_BROWSER]):
        return ""
    fail("The browser tests need Chromium, Chrome or Edge: install one, set BROWSER_PATH, or add --without browser.")


def find_firefox() -> str:
    """Return the path of a Firefox, installing Debian's if need be."""
    found = given("FIREFOX_PATH") or installed(FIREFOXES)
    if not found and installs("firefox-esr"):
        found = installed(FIREFOXES)
    return found or fail("The browser tests need Firefox: install it, set FIREFOX_PATH, or add --without browser.")


def given(variable: str) -> str:
    """Return the path that the variable gives, or "" if it is not set; stop if no browser starts there."""
    path = os.environ.get(variable) or ""
    if path and not runs([path, "--version"]):
        fail(f"{variable} is {path!r}, and no browser starts there.")
    return path


def installed(names: Sequence[str]) -> str:
    """Return the path of the first of these browsers (names, or whole paths) that starts, or ""."""
    paths = (shutil.which(name) for name in names)
    return next((path for path in paths if path and runs([path, "--version"])), "")


def installs(package: str) -> bool:
    """Install a package of Debian, as root. Says whether that was done."""
    if os.getuid() != 0 or not shutil.which("apt-get"):
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", package]
    return runs(["apt-get", "update"], env=env) and runs(install, env=env)
