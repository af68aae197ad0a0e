"""What the benchmark and the torture start from: the environment of a production start, and Python run in it."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from devtools.processes import fail, tail


def production(folder: Path) -> dict[str, str]:
    """Return the environment of a production start, without mail."""
    given = {name: value for name, value in os.environ.items() if name != "DEBUG"}
    given.setdefault("REDIS_URL", "redis://127.0.0.1:6379/0")
    return given | {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ACCOMMODATION_KEY": Fernet.generate_key().decode(),
        "SIGN_IN_KEY": Fernet.generate_key().decode(),
        "SITE_URL": "http://127.0.0.1:8000",
        "EMAIL_URL": "dummymail://",
        "OFFICE_EMAIL": "training@example.edu",
        "OFFICE_NAME": "Training Office",
        "INSTITUTION_NAME": "Example School of Medicine",
        "SIGNUP_EMAIL_DOMAINS": "example.edu",
        "DJANGO_SETTINGS_MODULE": "devtools.bench.settings",
        "BENCH_STATIC_ROOT": str(folder / "static"),
    }


def python(env: dict[str, str], *args: str, log: Path) -> str:
    """Run Python to its end and return what it printed; stop with its log if it fails."""
    with log.open("wb") as errors:
        done = subprocess.run([sys.executable, *args], env=env, stdout=subprocess.PIPE, stderr=errors, text=True)
    if done.returncode != 0:
        fail(f"python {' '.join(args[:3])} failed:\n{tail(log)}")
    return done.stdout


def inside(env: dict[str, str], function: str, *args: str, log: Path) -> Any:
    """Call the function of that dotted name in a Django of its own, and return what it returned, by way of JSON."""
    return json.loads(python(env, "-m", "devtools.bench.inside", function, *args, log=log))


def migrate(env: dict[str, str], log: Path) -> None:
    """Make every table in the database of `env`."""
    for command in ("migrate", "createcachetable"):
        python(env, "manage.py", command, log=log)
