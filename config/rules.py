"""What one variable of the environment must be, and the rules that several share. No sentence repeats a password."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.core import checks
from django.core.exceptions import ValidationError

from foundation.values.addresses import read_address
from foundation.values.lines import without_invisible

TRUE_WORDS, FALSE_WORDS = {"1", "true", "on", "ok", "y", "yes"}, {"0", "false", "off", "n", "no", ""}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
Problem = Callable[[str, bool], str]  # of a value, with DEBUG on or off: a sentence, or "" for a good one


@dataclass(frozen=True)
class Rule:
    """What one variable must be. `problem` returns a sentence, or "" for a good value."""

    id: str
    name: str
    problem: Problem
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


def split(url: str) -> SplitResult | None:
    """Split a URL, port included, or return None if it is none."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (an impossible port is found only when it is asked for)
    except ValueError:
        return None
    return parts if parts.scheme else None


def is_address(value: str) -> bool:
    """Tell whether mail can be sent to `value`, just as it stands, and calendars can name it."""
    try:
        read_address(value)
    except ValidationError:
        return False
    return value == without_invisible(value).strip()


def mailbox(name: str) -> Problem:
    """Return the rule for an address of ours."""

    def problem(value: str, debug: bool) -> str:
        return "" if is_address(value) else f"{name} is {value!r}, not an e-mail address that people can answer to."

    return problem


def one_line(name: str) -> Problem:
    """Return the rule for a name that is shown on pages and in the headers of mail."""

    def problem(value: str, debug: bool) -> str:
        good = value.strip() and value.isprintable()  # lone surrogates and line ends are not printable
        return "" if good else f"{name} must be one line of words, without control characters."

    return problem


def whole_number(name: str, least: int = 0, most: int = 9999) -> Problem:
    """Return the rule for a small number, from `least` to `most`."""

    def problem(value: str, debug: bool) -> str:
        good = value.isascii() and value.isdecimal() and len(value) < 5
        if not good:
            return f"{name} is {value!r}, not a whole number."
        if int(value) > most:
            return f"{name} is {value!r}, and {most} is the most."
        return "" if int(value) >= least else f"{name} is {value!r}, and {least} is the least."

    return problem


def readable_file(name: str) -> Problem:
    """Return the rule for the path of a file that this process can read."""

    def problem(value: str, debug: bool) -> str:
        good = not value.strip() or (os.path.isfile(value.strip()) and os.access(value.strip(), os.R_OK))
        return "" if good else f"{name} names {value!r}, which is no file that can be read."

    return problem
