"""Settings for tests, and the shelf of what they share: the plugins in devtools/testing/.

`python3 dev.py test` gives them PostgreSQL, Valkey and a browser through the environment; what needs one of these and
does not find it fails, it is never skipped.
"""

import gc
import os

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DJANGO_LIVE_TEST_SERVER_ADDRESS", "127.0.0.1")

import hypothesis
import pytest
from django.conf import settings

# Configured here and not by pytest.ini, so that DEBUG above is set first.
assert settings.DATABASES

# How long one example takes says what else the machine does; a test has its time limit.
hypothesis.settings.register_profile("quorum", deadline=None)
hypothesis.settings.load_profile("quorum")

pytest.register_assert_rewrite("devtools.testing")
pytest_plugins = [
    f"devtools.testing.{name}"
    for name in (
        "turns",
        "time_limit",
        "database",
        "cast",
        "registered",
        "kept",
        "library",
        "outcomes",
        "checking_in",
        "evaluating",
        "figures",
        "every_noun",
        "reading",
        "mail_server",
        "school",
        "school_saml",
        "stack",
        "browser",
        "only_pages",
        "emptying",
    )
]


def pytest_collection_finish() -> None:
    """Have the garbage collector look seldom, and never at what stays to the end: it took an eighth of all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
