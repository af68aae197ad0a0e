"""What makes a setting wrong or missing: one rule per variable of the environment, and what Django itself must be told.

An error stops every start (web, worker, beat, commands) from config/settings.py, with all that is wrong at once;
`manage.py check` shows the warnings too. No sentence repeats a value that may hold a password.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import holidays
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured, ValidationError

from config import school
from foundation.portal.brand import problem_with
from foundation.portal.reader import Posture
from foundation.values.addresses import read_address
from foundation.values.lines import without_invisible
from foundation.values.zones import zone_names

TRUE_WORDS, FALSE_WORDS = {"1", "true", "on", "ok", "y", "yes"}, {"0", "false", "off", "n", "no", ""}
DEVELOPMENT_KEY = "b25seS1mb3ItZGV2ZWxvcG1lbnQtYW5kLW5vLW1vcmU="
DEVELOPMENT_SIGN_IN_KEY = "b25seS10by1zaWduLWluLXdoaWxlLWRldmVsb3Bpbmc="
DEVELOPMENT_KEYS = {DEVELOPMENT_KEY, DEVELOPMENT_SIGN_IN_KEY}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Misconfigured(ImproperlyConfigured):
    """The environment is wrong; `str(error)` says all of it, for the operator."""


def split(url: str) -> SplitResult | None:
    """Split a URL, port included, or return None if it is none."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (an impossible port is found only when it is asked for)
    except ValueError:
        return None
    return parts if parts.scheme else None


def debug_problem(value: str, debug: bool) -> str:
    return "" if value.strip().lower() in TRUE_WORDS | FALSE_WORDS else f"DEBUG is {value!r}, neither on nor off."


def secret_key_problem(value: str, debug: bool) -> str:
    if not value:
        return "SECRET_KEY is empty."
    return "" if debug or len(value) >= 50 else "SECRET_KEY is shorter than 50 characters."


def site_url_problem(value: str, debug: bool) -> str:
    site = split(value)
    if site is None or site.scheme not in ("http", "https") or not site.hostname:
        return f"SITE_URL is {value!r}, not the address of a site."
    if site.path.strip("/") or site.query or site.fragment or site.username:
        return f"SITE_URL is {value!r}: only the scheme, the host and a port belong there."
    if site.scheme == "http" and not debug and site.hostname not in LOOPBACK:
        return f"SITE_URL is {value!r}, and a site others can reach must be https."
    return ""


def database_url_problem(value: str, debug: bool) -> str:
    url = split(value)
    if url is None or url.scheme not in ("postgres", "postgresql", "sqlite"):
        return "DATABASE_URL names no PostgreSQL database and no SQLite file."
    return "" if url.path.strip("/") not in ("", ":memory:") else "DATABASE_URL does not name the database."


def redis_url_problem(value: str, debug: bool) -> str:
    url = split(value)
    if url is None or url.scheme not in ("redis", "rediss", "redis+socket", "unix"):
        return "REDIS_URL is not the address of a Redis or Valkey."
    place = url.hostname if url.scheme in ("redis", "rediss") else url.path.strip("/")
    return "" if place else "REDIS_URL does not say where Redis or Valkey is."


def email_url_problem(value: str, debug: bool) -> str:
    if not value and debug:
        return ""
    url = split(value)
    schemes = ("smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail", "dummymail")
    if url is None or url.scheme not in schemes:
        return "EMAIL_URL is not the address of a mail server."
    return "EMAIL_URL names no host." if url.scheme.startswith("smtp") and not url.hostname else ""


def mailbox(name: str) -> Callable[[str, bool], str]:
    """Return the rule for an address of ours."""

    def problem(value: str, debug: bool) -> str:
        return "" if is_address(value) else f"{name} is {value!r}, not an e-mail address that people can answer to."

    return problem


def is_address(value: str) -> bool:
    """Tell whether mail can be sent to `value`, just as it stands, and calendars can name it."""
    try:
        read_address(value)
    except ValidationError:
        return False
    return value == without_invisible(value).strip()


def one_line(name: str) -> Callable[[str, bool], str]:
    """Return the rule for a name that is shown on pages and in the headers of mail."""

    def problem(value: str, debug: bool) -> str:
        good = value.strip() and value.isprintable()  # lone surrogates and line ends are not printable
        return "" if good else f"{name} must be one line of words, without control characters."

    return problem


def time_zone_problem(value: str, debug: bool) -> str:
    return "" if value in zone_names() else f"TIME_ZONE is {value!r}, not a time zone."


def domains_problem(value: str, debug: bool) -> str:
    domains = [domain.strip() for domain in value.split(",") if domain.strip()]
    if not domains:
        return "SIGNUP_EMAIL_DOMAINS is empty, so nobody new could sign in."
    wrong = next((domain for domain in domains if not is_address(f"name@{domain}")), None)
    return f"SIGNUP_EMAIL_DOMAINS holds {wrong!r}, not a domain." if wrong else ""


def hosts_problem(value: str, debug: bool) -> str:
    hosts = [host for host in value.split(",") if host]
    if not hosts:
        return "ALLOWED_HOSTS is empty, so every page would be refused."
    wrong = next((host for host in hosts if not re.fullmatch(r"\*|\.?[\w.-]+|\[[0-9a-fA-F:.]+\]", host)), None)
    return f"ALLOWED_HOSTS holds {wrong!r}, not a host name." if wrong else ""


def color(name: str) -> Callable[[str, bool], str]:
    """Return the rule for a color of the office's own."""
    return lambda value, debug: problem_with(name, value)


def catalog_problem(value: str, debug: bool) -> str:
    return "" if value in Posture.values else f"CATALOG is {value!r}, and a catalog is public, signed-in or link."


def holidays_problem(value: str, debug: bool) -> str:
    country, _, part = value.strip().partition("-")
    try:
        if country:
            holidays.country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        return f"HOLIDAYS is {value!r}, which is no place whose holidays are known."
    return ""


def port_problem(value: str, debug: bool) -> str:
    number = value.isascii() and value.isdecimal() and 0 < int(value) < 65536
    return "" if number else f"PORT is {value!r}, and a port is a number from 1 to 65535."


def whole_number(name: str, least: int = 0, most: int = 9999) -> Callable[[str, bool], str]:
    """Return the rule for a small number, from `least` to `most`."""

    def problem(value: str, debug: bool) -> str:
        good = value.isascii() and value.isdecimal() and len(value) < 5
        if not good:
            return f"{name} is {value!r}, not a whole number."
        if int(value) > most:
            return f"{name} is {value!r}, and {most} is the most."
        return "" if int(value) >= least else f"{name} is {value!r}, and {least} is the least."

    return problem


def month_of_a_year(name: str) -> Callable[[str, bool], str]:
    """Return the rule for the number of a month."""

    def problem(value: str, debug: bool) -> str:
        good = value.isascii() and value.isdecimal() and len(value) < 3 and 1 <= int(value) <= 12
        return "" if good else f"{name} is {value!r}, and a month is a number from 1 to 12."

    return problem


def sealing_key(name: str) -> Callable[[str, bool], str]:
    """Return the rule for the keys of one purpose: the newest first, with commas between them."""

    def problem(value: str, debug: bool) -> str:
        keys = [key.strip() for key in value.split(",")]
        if not all(keys):
            return f"{name} holds an empty key."
        if not all(re.fullmatch(r"[\w-]{43}=", key, re.ASCII) for key in keys):
            return f"{name} holds what is no key: each is 44 characters, the last of them =."
        return "" if debug or not DEVELOPMENT_KEYS.intersection(keys) else f"{name} holds the key for development."

    return problem


def reply_mailbox_problem(value: str, debug: bool) -> str:
    if value in ("", "pipe:"):
        return ""
    url = split(value)
    if url is None or url.scheme not in ("imaps", "imap+tls", "imap"):
        return "REPLY_MAILBOX_URL is not the address of a mailbox."
    if not (url.hostname and url.username and url.password):
        return "REPLY_MAILBOX_URL does not say host, user and password."
    if url.scheme == "imap" and url.hostname not in LOOPBACK:
        return "REPLY_MAILBOX_URL would send the password unencrypted."
    folder = unquote(url.path)
    good = folder.isascii() and folder.isprintable() and not url.query and not url.fragment
    return "" if good else "REPLY_MAILBOX_URL names a folder that is not in plain ASCII."


def authserv_id_problem(value: str, debug: bool) -> str:
    good = not value.strip() or re.fullmatch(r"[\w.:-]{1,253}", value.strip(), re.ASCII)
    if value.strip().lower() in ("spf", "dkim", "dmarc", "arc", "none"):
        return f"REPLY_AUTHSERV_ID is {value!r}, the name of a check and not of a mail server."
    return "" if good else f"REPLY_AUTHSERV_ID is {value!r}, not the one word a mail server calls itself."


def reply_authentication_problem(value: str, debug: bool) -> str:
    return "" if value in ("require", "link") else f"REPLY_AUTHENTICATION is {value!r}, neither require nor link."


@dataclass(frozen=True)
class Rule:
    """What one variable must be. `problem` returns a sentence, or "" for a good value."""

    id: str
    name: str
    problem: Callable[[str, bool], str]
    hint: str
    required: bool = False  # absent is an error when DEBUG is off; otherwise settings.py has a default

    def check(self, environ: Mapping[str, str], debug: bool) -> checks.Error | None:
        """Return the error in `environ`, or None."""
        value = environ.get(self.name)
        if value is not None:
            sentence = self.problem(value, debug)
        else:
            sentence = f"{self.name} is not set." if self.required and not debug else ""
        return checks.Error(sentence, hint=self.hint, id=f"quorum.{self.id}") if sentence else None


MAKE_A_KEY = (
    'Make one with: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())". '
    "Keep it with SECRET_KEY, apart from the database's backups."
)
RULES = [
    Rule("E001", "DEBUG", debug_problem, "1 on your own machine; leave it out everywhere else."),
    Rule(
        "E002",
        "SECRET_KEY",
        secret_key_problem,
        'Make one with: python -c "import secrets; print(secrets.token_urlsafe(50))". Keep it out of the repository.',
        required=True,
    ),
    Rule(
        "E003",
        "SITE_URL",
        site_url_problem,
        "The address people type, for example https://training.example.edu. Links in mail are built from it.",
        required=True,
    ),
    Rule(
        "E004",
        "DATABASE_URL",
        database_url_problem,
        "For example postgres://quorum:PASSWORD@db.example.edu/quorum. Percent-encode what is special in a password.",
        required=True,
    ),
    Rule(
        "E005",
        "REDIS_URL",
        redis_url_problem,
        "For example redis://127.0.0.1:6379/0, or redis+socket:///run/redis/redis.sock.",
        required=True,
    ),
    Rule(
        "E006",
        "EMAIL_URL",
        email_url_problem,
        "For example smtp+tls://USER:PASSWORD@mail.example.edu:587. Percent-encode what is special in a password.",
        required=True,
    ),
    Rule(
        "E007",
        "OFFICE_EMAIL",
        mailbox("OFFICE_EMAIL"),
        "The address every message and invitation comes from, for example training@example.edu.",
        required=True,
    ),
    Rule("E077", "PRODUCT_NAME", one_line("PRODUCT_NAME"), "What the portal is called here, as people should read it."),
    Rule("E078", "COLOR", color("COLOR"), "# and six hexadecimal digits, for light pages and mail; left out, pine."),
    Rule("E079", "COLOR_ON_DARK", color("COLOR_ON_DARK"), "The same for dark pages: a lighter one."),
    Rule("E008", "OFFICE_NAME", one_line("OFFICE_NAME"), "The office's name, as people should read it.", required=True),
    Rule(
        "E009",
        "INSTITUTION_NAME",
        one_line("INSTITUTION_NAME"),
        "The institution's name, as people should read it.",
        required=True,
    ),
    Rule("E010", "TIME_ZONE", time_zone_problem, "A name of the tz database, for example America/Chicago."),
    Rule(
        "E011",
        "SIGNUP_EMAIL_DOMAINS",
        domains_problem,
        "The domains people may sign in from, with commas between them: example.edu,med.example.edu.",
        required=True,
    ),
    Rule(
        "E012", "ALLOWED_HOSTS", hosts_problem, "Host names with commas between them, or leave it out: SITE_URL's host."
    ),
    Rule(
        "E034",
        "HOLIDAYS",
        holidays_problem,
        "A country or a part of one by ISO 3166, whose public holidays the office is reminded of: US, US-MN, CA-ON.",
    ),
    Rule(
        "E076",
        "CATALOG",
        catalog_problem,
        "public: everybody finds the sessions; signed-in: people who have signed in; link: people with a link.",
    ),
    Rule("E013", "PORT", port_problem, "For example 8000."),
    Rule(
        "E014",
        "TRUSTED_PROXY_COUNT",
        whole_number("TRUSTED_PROXY_COUNT"),
        "How many of your proxies stand in front: 1 with nginx.",
    ),
    Rule(
        "E015",
        "SQLITE_TIMEOUT",
        whole_number("SQLITE_TIMEOUT"),
        "Seconds to wait for SQLite's write lock, for example 20.",
    ),
    Rule(
        "E016",
        "ACCOMMODATION_KEY",
        sealing_key("ACCOMMODATION_KEY"),
        MAKE_A_KEY,
        required=True,
    ),
    Rule(
        "E017",
        "REPLY_MAILBOX_URL",
        reply_mailbox_problem,
        "For example imaps://answers%40example.edu:PASSWORD@mail.example.edu/INBOX, imap+tls:// for STARTTLS, or pipe: "
        "where the mail server runs manage.py receive_mail. Percent-encode what is special in user and password.",
    ),
    Rule(
        "E018",
        "REPLY_AUTHSERV_ID",
        authserv_id_problem,
        "What stands before the first semicolon of the Authentication-Results header that your mail server adds, for "
        "example mx.example.edu; or topmost-unnamed, and nothing beside it, where that header names no server.",
    ),
    Rule(
        "E019",
        "REPLY_AUTHENTICATION",
        reply_authentication_problem,
        "link: a decline whose sender is not proven is confirmed by a link; require: it is only recorded.",
    ),
    Rule(
        "E021",
        "DECLINE_UNDO_MINUTES",
        whole_number("DECLINE_UNDO_MINUTES"),
        "Minutes between a decline in a calendar and the loss of the place, for example 30.",
    ),
    Rule(
        "E040",
        "ACADEMIC_YEAR_MONTH",
        month_of_a_year("ACADEMIC_YEAR_MONTH"),
        "The month an academic year begins with, for example 7.",
    ),
    Rule(
        "E075",
        "DIRECTORY_MAY_LOSE",
        whole_number("DIRECTORY_MAY_LOSE", least=0, most=100),
        "Percent of the people of the directory who may be missing in the next one, for example 10.",
    ),
    Rule(
        "E041",
        "ATTENDANCE_YEARS",
        whole_number("ATTENDANCE_YEARS", least=1, most=100),
        "Years after which it is forgotten who was at a session, for example 3.",
    ),
    Rule(
        "E042",
        "CREDIT_YEARS",
        whole_number("CREDIT_YEARS", least=1, most=100),
        "Years for which credit and what it rests on are kept, for example 6.",
    ),
    Rule(
        "E043",
        "MAIL_DAYS",
        whole_number("MAIL_DAYS", least=4, most=3650),
        "Days after which the words of mail are erased, for example 30. Delivery is tried for three days.",
    ),
    Rule(
        "E044",
        "WAITLIST_DAYS",
        whole_number("WAITLIST_DAYS", least=1, most=3650),
        "Days after a session for which it is kept who waited or withdrew, for example 180.",
    ),
    Rule(
        "E045",
        "REQUEST_DAYS",
        whole_number("REQUEST_DAYS", least=1, most=3650),
        "Days for which a request for a session is kept once it has ended, for example 365.",
    ),
    Rule(
        "E046",
        "AUDIT_YEARS",
        whole_number("AUDIT_YEARS", least=1, most=100),
        "Years for which it is kept who changed what, for example 3.",
    ),
    Rule(
        "E047",
        "IDLE_YEARS",
        whole_number("IDLE_YEARS", least=1, most=100),
        "Years after which an account that nobody uses is erased, for example 3.",
    ),
    Rule("E030", "SIGN_IN_KEY", sealing_key("SIGN_IN_KEY"), MAKE_A_KEY, required=True),
    Rule(
        "E031",
        "OFFICE_IDLE_HOURS",
        whole_number("OFFICE_IDLE_HOURS", least=1),
        "Hours after which a person of the office who has used nothing signs in again, for example 12.",
    ),
    Rule(
        "E033",
        "ACCOUNT_RETURN_EMAIL",
        mailbox("ACCOUNT_RETURN_EMAIL"),
        "The mailbox that undeliverable sign-in codes go back to, one that few people read, or leave it out.",
    ),
]
RULES += [Rule(*row) for row in school.RULES]


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
