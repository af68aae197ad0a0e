"""What is wrong or missing in the environment, and what Django itself must be told.

An error stops every start (web, worker, beat, commands) from config/settings.py, with all that is wrong at once;
`manage.py check` shows the warnings too. The rules stand by subject: machines.py, portal.py, school.py.
"""

import os
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from config import machines, portal, school
from config.rules import LOOPBACK, TRUE_WORDS, Rule, split

RULES: list[Rule] = [*machines.RULES, *portal.RULES, *school.RULES]


class Misconfigured(ImproperlyConfigured):
    """The environment is wrong; `str(error)` says all of it, for the operator."""


def errors(environ: Mapping[str, str]) -> list[checks.Error]:
    """Return everything in the environment that must stop a start."""
    debug = environ.get("DEBUG", "").strip().lower() in TRUE_WORDS
    found = [error for error in (rule.check(environ, debug) for rule in RULES) if error] + shared_keys(environ)
    of_the_school = school.together(environ)
    return found + [checks.Error(sentence, hint=hint, id=f"quorum.{id}") for sentence, hint, id in of_the_school]


def shared_keys(environ: Mapping[str, str]) -> list[checks.Error]:
    """Refuse one key for two purposes: people who may have the one must not open what the other seals."""
    access, sign_in = (
        {key.strip() for key in environ.get(name, "").split(",")} - {""}
        for name in ("ACCOMMODATION_KEY", "SIGN_IN_KEY")
    )
    sentence = "ACCOMMODATION_KEY and SIGN_IN_KEY hold the same key."
    hint = "Make a key of its own for SIGN_IN_KEY; see docs/deploy.md on changing a key."
    return [checks.Error(sentence, hint=hint, id="quorum.E032")] if access & sign_in else []


def stop_if_wrong(environ: Mapping[str, str]) -> None:
    """Raise Misconfigured, with every error's sentence and hint, if anything in the environment is wrong."""
    found = errors(environ)
    if found:
        lines = [f"  {error.msg} ({error.id})\n    {error.hint}" for error in found]
        raise Misconfigured("Quorum cannot start:\n" + "\n".join(lines))


@checks.register
def check_environment(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return the errors of the environment, and warnings about what is allowed but seldom meant."""
    debug = os.environ.get("DEBUG", "").strip().lower() in TRUE_WORDS
    site, database = split(os.environ.get("SITE_URL", "")), split(os.environ.get("DATABASE_URL", ""))
    proxies, reply = os.environ.get("TRUSTED_PROXY_COUNT", "0"), os.environ.get("REPLY_MAILBOX_URL", "")
    mailbox = split(reply)
    warnings = [
        (
            debug and site is not None and site.hostname not in LOOPBACK,
            "DEBUG is on for an address that others may reach: everybody there can read every mail.",
            "Leave DEBUG out.",
            "quorum.W001",
        ),
        (
            not debug and database is not None and database.scheme == "sqlite",
            "The database is a SQLite file.",
            "Several machines, or many people at once, need PostgreSQL: set DATABASE_URL.",
            "quorum.W002",
        ),
        (
            site is not None and site.scheme == "https" and proxies == "0",
            "SITE_URL is https, and no proxy is trusted to have spoken it: pages would redirect to themselves forever.",
            "Set TRUSTED_PROXY_COUNT to the number of your proxies; 0 is right only if gunicorn itself speaks TLS.",
            "quorum.W003",
        ),
        (
            bool(reply)
            and os.environ.get("REPLY_AUTHENTICATION") == "require"
            and not os.environ.get("REPLY_AUTHSERV_ID", "").strip(),
            "REPLY_AUTHENTICATION is require, and without REPLY_AUTHSERV_ID no sender can be proven.",
            "Set REPLY_AUTHSERV_ID, or no answer to an invitation will ever count.",
            "quorum.W004",
        ),
        (
            mailbox is not None and (mailbox.hostname or "").endswith((".gmail.com", ".google.com", ".googlemail.com")),
            "The reply mailbox is at Google: answers of people with Google calendars never arrive there as mail.",
            "Use a mailbox on your own mail server, or any other provider.",
            "quorum.W005",
        ),
    ]
    said = [checks.Warning(sentence, hint=hint, id=id) for true, sentence, hint, id in warnings if true]
    return [*errors(os.environ), *said]


@checks.register
def check_sqlite_locks(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse SQLite without IMMEDIATE transactions: there a session's lock would lock nothing."""
    return [
        checks.Error(
            f"The SQLite database {alias!r} does not start its transactions with BEGIN IMMEDIATE.",
            hint='Set OPTIONS = {"transaction_mode": "IMMEDIATE"}: without it two people can get the last seat.',
            id="quorum.E020",
        )
        for alias, database in settings.DATABASES.items()
        if database["ENGINE"] == "django.db.backends.sqlite3"
        and database.get("OPTIONS", {}).get("transaction_mode") != "IMMEDIATE"
    ]
