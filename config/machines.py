"""What makes a setting of the machines wrong: the address of the portal, its servers, its mailbox, its keys."""

import re
from urllib.parse import unquote

from config.rules import FALSE_WORDS, LOOPBACK, TRUE_WORDS, Problem, Rule, split, whole_number

DEVELOPMENT_KEY = "b25seS1mb3ItZGV2ZWxvcG1lbnQtYW5kLW5vLW1vcmU="
DEVELOPMENT_SIGN_IN_KEY = "b25seS10by1zaWduLWluLXdoaWxlLWRldmVsb3Bpbmc="
DEVELOPMENT_KEYS = {DEVELOPMENT_KEY, DEVELOPMENT_SIGN_IN_KEY}
MAKE_A_KEY = (
    'Make one with: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())". '
    "Keep it with SECRET_KEY, apart from the database's backups."
)


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


def hosts_problem(value: str, debug: bool) -> str:
    hosts = [host for host in value.split(",") if host]
    if not hosts:
        return "ALLOWED_HOSTS is empty, so every page would be refused."
    wrong = next((host for host in hosts if not re.fullmatch(r"\*|\.?[\w.-]+|\[[0-9a-fA-F:.]+\]", host)), None)
    return f"ALLOWED_HOSTS holds {wrong!r}, not a host name." if wrong else ""


def port_problem(value: str, debug: bool) -> str:
    number = value.isascii() and value.isdecimal() and 0 < int(value) < 65536
    return "" if number else f"PORT is {value!r}, and a port is a number from 1 to 65535."


def sealing_key(name: str) -> Problem:
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


RULES: list[Rule] = [
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
        "E012", "ALLOWED_HOSTS", hosts_problem, "Host names with commas between them, or leave it out: SITE_URL's host."
    ),
    Rule("E013", "PORT", port_problem, "For example 8000."),
    Rule(
        "E014",
        "TRUSTED_PROXY_COUNT",
        whole_number("TRUSTED_PROXY_COUNT"),
        "How many of your proxies stand in front: 1 with nginx.",
    ),
    Rule(
        "E004",
        "DATABASE_URL",
        database_url_problem,
        "For example postgres://quorum:PASSWORD@db.example.edu/quorum. Percent-encode what is special in a password.",
        required=True,
    ),
    Rule(
        "E015",
        "SQLITE_TIMEOUT",
        whole_number("SQLITE_TIMEOUT"),
        "Seconds to wait for SQLite's write lock, for example 20.",
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
        "E016",
        "ACCOMMODATION_KEY",
        sealing_key("ACCOMMODATION_KEY"),
        MAKE_A_KEY,
        required=True,
    ),
    Rule("E030", "SIGN_IN_KEY", sealing_key("SIGN_IN_KEY"), MAKE_A_KEY, required=True),
]
