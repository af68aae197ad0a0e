"""The environment of production, and a real process in it."""

import os
import subprocess
import sys

from django.conf import settings

from config.checks import RULES
from devtools.processes import patience

PRODUCTION = {
    "SECRET_KEY": "a key that only these tests use, as long as a real one",
    "SITE_URL": "https://training.example.edu",
    "DATABASE_URL": "postgres://quorum:secret@127.0.0.1:1/quorum",
    "REDIS_URL": "redis://:secret@127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://office:secret@mail.example.edu:587",
    "OFFICE_EMAIL": "training@example.edu",
    "OFFICE_NAME": "Training Office",
    "INSTITUTION_NAME": "Example School of Medicine",
    "SIGNUP_EMAIL_DOMAINS": "example.edu, med.example.edu",
    "ACCOMMODATION_KEY": "a-key-that-only-these-tests-use-43-letters_=",
    "SIGN_IN_KEY": "another-key-that-only-tests-use-43-letters_=",
    "TRUSTED_PROXY_COUNT": "1",
}


def start_in_production(*args: str, without: str = "", **environ: str) -> subprocess.CompletedProcess:
    """Start a real process with the production environment, changed as told, and wait for its end."""
    names = {rule.name for rule in RULES} | {"DJANGO_ALLOW_ASYNC_UNSAFE"}
    env = {name: value for name, value in os.environ.items() if name not in names} | PRODUCTION | environ
    env.pop(without, None)
    return subprocess.run(
        [sys.executable, *args], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=patience(60)
    )
