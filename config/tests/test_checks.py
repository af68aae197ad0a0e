"""What is wrong or missing in the environment stops the start, with a sentence that names it."""

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import school
from config.checks import RULES, check_environment, check_sqlite_locks, errors, stop_if_wrong
from config.machines import DEVELOPMENT_KEY, DEVELOPMENT_SIGN_IN_KEY
from devtools.testing.production import PRODUCTION, start_in_production


def ids(environ: dict[str, str]) -> list[str]:
    return [error.id.removeprefix("quorum.") for error in errors(environ)]


def test_each_mistake_has_an_id_of_its_own():
    """A rule of one variable may have several rows, and no two variables the same id."""
    names: dict[str, set[str]] = {}
    for rule in RULES:
        names.setdefault(rule.id, set()).add(rule.name)
    together = {id for _, _, id in school.together({"SIGN_IN_BY_CODE": "off"})}
    assert {id: found for id, found in names.items() if len(found) > 1} == {}
    assert together.isdisjoint(names)


def test_a_complete_environment_is_right():
    assert ids(PRODUCTION) == []


def test_development_needs_nothing_but_debug():
    assert ids({"DEBUG": "1"}) == []


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("SECRET_KEY", "E002"),
        ("SITE_URL", "E003"),
        ("DATABASE_URL", "E004"),
        ("REDIS_URL", "E005"),
        ("EMAIL_URL", "E006"),
        ("OFFICE_EMAIL", "E007"),
        ("OFFICE_NAME", "E008"),
        ("INSTITUTION_NAME", "E009"),
        ("SIGNUP_EMAIL_DOMAINS", "E011"),
        ("ACCOMMODATION_KEY", "E016"),
        ("SIGN_IN_KEY", "E030"),
    ],
)
def test_production_has_no_default_for(name, id):
    missing = {key: value for key, value in PRODUCTION.items() if key != name}
    assert [(error.msg, error.id) for error in errors(missing)] == [(f"{name} is not set.", f"quorum.{id}")]


@pytest.mark.parametrize(
    ("id", "name", "value"),
    [
        ("E001", "DEBUG", "maybe"),
        ("E002", "SECRET_KEY", ""),
        ("E002", "SECRET_KEY", "only-for-development"),
        ("E003", "SITE_URL", ""),
        ("E003", "SITE_URL", "training.example.edu"),
        ("E003", "SITE_URL", "http://training.example.edu"),
        ("E003", "SITE_URL", "https://training.example.edu/portal"),
        ("E003", "SITE_URL", "https://training.example.edu:port"),
        ("E003", "SITE_URL", "https://"),
        ("E003", "SITE_URL", "https://[::1"),
        ("E003", "SITE_URL", "ftp://training.example.edu/{}"),
        ("E004", "DATABASE_URL", "mysql://127.0.0.1/quorum"),
        ("E004", "DATABASE_URL", "postgres://127.0.0.1"),
        ("E004", "DATABASE_URL", "postgres://127.0.0.1:port/quorum"),
        ("E004", "DATABASE_URL", "sqlite:///:memory:"),
        ("E004", "DATABASE_URL", "quorum"),
        ("E005", "REDIS_URL", "127.0.0.1:6379"),
        ("E005", "REDIS_URL", "amqp://127.0.0.1"),
        ("E005", "REDIS_URL", "redis://127.0.0.1:0x"),
        ("E005", "REDIS_URL", "redis+socket://"),
        ("E006", "EMAIL_URL", ""),
        ("E006", "EMAIL_URL", "mail.example.edu"),
        ("E006", "EMAIL_URL", "smtp://"),
        ("E006", "EMAIL_URL", "smtp://mail.example.edu:port"),
        ("E006", "EMAIL_URL", "submission://mail.example.edu:587"),
        ("E007", "OFFICE_EMAIL", "training"),
        ("E033", "ACCOUNT_RETURN_EMAIL", "bounces"),
        ("E007", "OFFICE_EMAIL", "training@[127.0.0.1]"),
        ("E007", "OFFICE_EMAIL", '"the office"@example.edu'),
        ("E007", "OFFICE_EMAIL", "büro@example.edu"),
        ("E007", "OFFICE_EMAIL", "training@example.edu\n"),
        ("E007", "OFFICE_EMAIL", "train\u200bing@example.edu"),
        ("E007", "OFFICE_EMAIL", "t" * 65 + "@example.edu"),
        ("E007", "OFFICE_EMAIL", "Training <training@example.edu>"),
        ("E007", "OFFICE_EMAIL", "training@example.edu\nBcc: all@example.edu"),
        ("E008", "OFFICE_NAME", "Office\r\nBcc: all@example.edu"),
        ("E009", "INSTITUTION_NAME", " "),
        ("E010", "TIME_ZONE", "Mars/Olympus"),
        ("E010", "TIME_ZONE", "../etc/passwd"),
        ("E010", "TIME_ZONE", "localtime"),
        ("E010", "TIME_ZONE", "Factory"),
        ("E010", "TIME_ZONE", "posixrules"),
        ("E010", "TIME_ZONE", ""),
        ("E011", "SIGNUP_EMAIL_DOMAINS", ""),
        ("E011", "SIGNUP_EMAIL_DOMAINS", " , "),
        ("E011", "SIGNUP_EMAIL_DOMAINS", "@example.edu"),
        ("E011", "SIGNUP_EMAIL_DOMAINS", "example.edu,[127.0.0.1]"),
        ("E011", "SIGNUP_EMAIL_DOMAINS", "example.edu," + "e" * 64 + ".edu"),
        ("E012", "ALLOWED_HOSTS", ""),
        ("E012", "ALLOWED_HOSTS", "https://training.example.edu"),
        ("E034", "HOLIDAYS", "XX"),
        ("E034", "HOLIDAYS", "US-ZZ"),
        ("E013", "PORT", "http"),
        ("E013", "PORT", "0"),
        ("E013", "PORT", "65536"),
        ("E013", "PORT", "²"),
        ("E014", "TRUSTED_PROXY_COUNT", "-1"),
        ("E014", "TRUSTED_PROXY_COUNT", ""),
        ("E015", "SQLITE_TIMEOUT", "soon"),
        ("E016", "ACCOMMODATION_KEY", ""),
        ("E016", "ACCOMMODATION_KEY", "secret"),
        ("E016", "ACCOMMODATION_KEY", DEVELOPMENT_KEY),
        ("E016", "ACCOMMODATION_KEY", PRODUCTION["ACCOMMODATION_KEY"] + ","),
        ("E016", "ACCOMMODATION_KEY", PRODUCTION["ACCOMMODATION_KEY"] + ",secret"),
        ("E017", "REPLY_MAILBOX_URL", "answers@mail.example.edu"),
        ("E017", "REPLY_MAILBOX_URL", "pop3://a:secret@mail.example.edu"),
        ("E017", "REPLY_MAILBOX_URL", "imaps://mail.example.edu/INBOX"),
        ("E017", "REPLY_MAILBOX_URL", "imaps://answers@mail.example.edu/INBOX"),
        ("E017", "REPLY_MAILBOX_URL", "imaps://a:secret@mail.example.edu:port/INBOX"),
        ("E017", "REPLY_MAILBOX_URL", "imap://a:secret@mail.example.edu/INBOX"),
        ("E017", "REPLY_MAILBOX_URL", "imaps://a:secret@mail.example.edu/Entw%C3%BCrfe"),
        ("E017", "REPLY_MAILBOX_URL", "imaps://a:secret@mail.example.edu/A%0D%0AB"),
        ("E017", "REPLY_MAILBOX_URL", "imaps://a:secret@mail.example.edu/INBOX?tls=no"),
        ("E018", "REPLY_AUTHSERV_ID", "mx.example.edu; dmarc=pass"),
        ("E018", "REPLY_AUTHSERV_ID", "mx example"),
        ("E018", "REPLY_AUTHSERV_ID", "mx.example.edu,topmost-unnamed"),
        ("E018", "REPLY_AUTHSERV_ID", "topmost-unnamed mx.example.edu"),
        ("E018", "REPLY_AUTHSERV_ID", "spf=pass"),
        ("E018", "REPLY_AUTHSERV_ID", "SPF"),
        ("E019", "REPLY_AUTHENTICATION", "confirm"),
        ("E019", "REPLY_AUTHENTICATION", ""),
        ("E021", "DECLINE_UNDO_MINUTES", "-1"),
        ("E021", "DECLINE_UNDO_MINUTES", "half an hour"),
        ("E030", "SIGN_IN_KEY", ""),
        ("E030", "SIGN_IN_KEY", "secret"),
        ("E030", "SIGN_IN_KEY", DEVELOPMENT_SIGN_IN_KEY),
        ("E030", "SIGN_IN_KEY", DEVELOPMENT_KEY),
        ("E030", "SIGN_IN_KEY", PRODUCTION["SIGN_IN_KEY"] + ",secret"),
        ("E040", "ACADEMIC_YEAR_MONTH", "0"),
        ("E040", "ACADEMIC_YEAR_MONTH", "13"),
        ("E040", "ACADEMIC_YEAR_MONTH", "July"),
        ("E075", "DIRECTORY_MAY_LOSE", "-1"),
        ("E076", "CATALOG", "private"),
        ("E077", "PRODUCT_NAME", "Quorum\nTraining"),
        ("E078", "COLOR", "pine"),
        ("E078", "COLOR", "#ffff00"),
        ("E079", "COLOR_ON_DARK", "#101010"),
        ("E075", "DIRECTORY_MAY_LOSE", "101"),
        ("E041", "ATTENDANCE_YEARS", "0"),
        ("E041", "ATTENDANCE_YEARS", "101"),
        ("E043", "MAIL_DAYS", "3"),
        ("E044", "WAITLIST_DAYS", "0"),
        ("E045", "REQUEST_DAYS", "a year"),
        ("E046", "AUDIT_YEARS", "0"),
        ("E047", "IDLE_YEARS", "101"),
        ("E042", "CREDIT_YEARS", "0"),
        ("E042", "CREDIT_YEARS", "six"),
        ("E031", "OFFICE_IDLE_HOURS", "0"),
        ("E031", "OFFICE_IDLE_HOURS", "never"),
        ("E032", "SIGN_IN_KEY", PRODUCTION["ACCOMMODATION_KEY"]),
        ("E032", "SIGN_IN_KEY", f"{PRODUCTION['SIGN_IN_KEY']}, {PRODUCTION['ACCOMMODATION_KEY']}"),
    ],
)
def test_a_wrong_value_is_named(id, name, value):
    found = errors(PRODUCTION | {name: value})
    assert [(error.id, name in error.msg, bool(error.hint)) for error in found] == [(f"quorum.{id}", True, True)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "off"),
        ("SITE_URL", "http://127.0.0.1:8000"),
        ("SITE_URL", "https://training.example.edu:8443/"),
        ("DATABASE_URL", "postgres://quorum@//run/postgresql/quorum"),
        ("DATABASE_URL", "sqlite:////srv/quorum/quorum.sqlite3"),
        ("REDIS_URL", "rediss://redis.example.edu:6380/1"),
        ("REDIS_URL", "redis+socket:///run/redis/redis.sock"),
        ("EMAIL_URL", "smtp://mail.example.edu"),
        ("OFFICE_NAME", "Büro für Chancengleichheit"),
        ("OFFICE_EMAIL", "Training@Bücher.example"),
        ("SIGNUP_EMAIL_DOMAINS", "example.edu, Bücher.example"),
        ("TIME_ZONE", "America/Argentina/Buenos_Aires"),
        ("ALLOWED_HOSTS", "training.example.edu,.example.edu,[::1],10.0.0.7"),
        ("TRUSTED_PROXY_COUNT", "2"),
        ("REPLY_MAILBOX_URL", ""),
        ("REPLY_MAILBOX_URL", "pipe:"),
        ("REPLY_MAILBOX_URL", "imaps://answers%40example.edu:s%26cret@mail.example.edu:1993/Answers%20to%20us"),
        ("REPLY_MAILBOX_URL", "imap+tls://a:b@mail.example.edu"),
        ("REPLY_MAILBOX_URL", "imap://a:b@127.0.0.1:1143/INBOX"),
        ("REPLY_AUTHSERV_ID", "mx.example.edu"),
        ("REPLY_AUTHSERV_ID", "topmost-unnamed"),
        ("REPLY_AUTHENTICATION", "require"),
        ("DECLINE_UNDO_MINUTES", "0"),
        ("SIGN_IN_KEY", f"{Fernet.generate_key().decode()}, {PRODUCTION['SIGN_IN_KEY']}"),
        ("ACADEMIC_YEAR_MONTH", "9"),
        ("DIRECTORY_MAY_LOSE", "0"),
        ("ATTENDANCE_YEARS", "1"),
        ("MAIL_DAYS", "4"),
        ("WAITLIST_DAYS", "1"),
        ("AUDIT_YEARS", "100"),
        ("CREDIT_YEARS", "100"),
        ("OFFICE_IDLE_HOURS", "1"),
        ("ACCOMMODATION_KEY", f"{Fernet.generate_key().decode()}, {PRODUCTION['ACCOMMODATION_KEY']}"),
    ],
)
def test_a_right_value_passes(name, value):
    assert ids(PRODUCTION | {name: value}) == []


def test_every_rule_has_an_id_of_its_own():
    assert len({rule.id for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(ImproperlyConfigured) as refusal:
        stop_if_wrong(PRODUCTION | {"PORT": "0", "TIME_ZONE": "Mars/Olympus"})
    assert "(quorum.E010)" in str(refusal.value)
    assert "(quorum.E013)" in str(refusal.value)


@pytest.mark.parametrize(
    "name",
    ["DATABASE_URL", "REDIS_URL", "EMAIL_URL", "REPLY_MAILBOX_URL", "SECRET_KEY", "ACCOMMODATION_KEY", "SIGN_IN_KEY"],
)
def test_a_password_is_never_repeated(name):
    (error,) = errors(PRODUCTION | {name: "bad://user:hunter2@host:port/"[: 28 if name == "SECRET_KEY" else 99]})
    assert "hunter2" not in error.msg + error.hint


def test_debug_on_a_public_address_is_a_warning(monkeypatch):
    monkeypatch.setenv("DEBUG", "1")
    monkeypatch.setenv("SITE_URL", "http://training.example.edu")
    assert [message.id for message in check_environment(None)] == ["quorum.W001"]


def test_sqlite_in_production_is_a_warning(monkeypatch):
    for name, value in (PRODUCTION | {"DEBUG": "0", "DATABASE_URL": "sqlite:////srv/quorum.sqlite3"}).items():
        monkeypatch.setenv(name, value)
    assert [message.id for message in check_environment(None)] == ["quorum.W002"]


def test_https_without_a_trusted_proxy_is_a_warning(monkeypatch):
    for name, value in (PRODUCTION | {"DEBUG": "0", "TRUSTED_PROXY_COUNT": "0"}).items():
        monkeypatch.setenv(name, value)
    assert [message.id for message in check_environment(None)] == ["quorum.W003"]


@pytest.mark.parametrize(
    ("host", "more", "warnings"),
    [
        ("mail.example.edu", {}, []),
        ("mail.example.edu", {"REPLY_AUTHENTICATION": "require"}, ["quorum.W004"]),
        ("mail.example.edu", {"REPLY_AUTHENTICATION": "require", "REPLY_AUTHSERV_ID": "mx.example.edu"}, []),
        ("imap.gmail.com", {}, ["quorum.W005"]),
    ],
)
def test_a_reply_mailbox_that_cannot_do_its_work_is_a_warning(monkeypatch, host, more, warnings):
    mailbox = {"REPLY_MAILBOX_URL": f"imaps://answers:secret@{host}/INBOX"}
    for name, value in (PRODUCTION | {"DEBUG": "0"} | mailbox | more).items():
        monkeypatch.setenv(name, value)
    assert [message.id for message in check_environment(None)] == warnings


def test_sqlite_without_immediate_transactions_is_an_error(monkeypatch):
    plain = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "quorum.sqlite3"}}
    monkeypatch.setattr(settings, "DATABASES", plain)
    assert [message.id for message in check_sqlite_locks(None)] == ["quorum.E020"]


@pytest.mark.django_db
def test_the_settings_make_sqlite_immediate():
    assert check_sqlite_locks(None) == []


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check"],
        ["manage.py", "migrate"],
        ["manage.py", "runserver", "--noreload"],
        ["-m", "gunicorn", "config.wsgi", "--bind", "127.0.0.1:0"],
        ["-m", "celery", "-A", "config", "worker"],
        ["-m", "celery", "-A", "config", "beat"],
    ],
    ids=lambda command: command[1] if command[0] == "manage.py" else command[1] + " " + command[-1],
)
def test_no_process_starts_without_a_secret_key(command):
    started = start_in_production(*command, without="SECRET_KEY")
    assert started.returncode != 0
    assert "SECRET_KEY is not set. (quorum.E002)" in started.stdout + started.stderr


def test_a_command_says_what_is_wrong_without_a_traceback():
    started = start_in_production("manage.py", "check", TIME_ZONE="Mars/Olympus")
    assert started.returncode == 1
    assert started.stderr.splitlines()[:2] == [
        "Quorum cannot start:",
        "  TIME_ZONE is 'Mars/Olympus', not a time zone. (quorum.E010)",
    ]


def test_the_production_settings_pass_their_own_checks_and_djangos():
    started = start_in_production("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (started.returncode, started.stderr) == (0, ""), started.stderr
