"""Fetch addresses as somebody who only looks, and see what they were answered and whether a row changed (G11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle, islice

from django.apps import apps
from django.test import Client

from accounts.browser_sessions.model import BrowserSession
from devtools.testing.readers import Answer
from registrations.models import RosterReading

METHODS = ("get", "head", "options")


@dataclass(frozen=True)
class Looks:
    """What somebody was answered by GET at each address, and the tables that are not as they were before."""

    answers: list[Answer]
    changed: list[str]


def every_row() -> dict[str, list]:
    """Return every field of every row of every model but the browser sessions, and who looked at which roster.

    That somebody looked is what looking at names leaves behind, and nothing else (G11). The cache has no model.
    """
    left = (BrowserSession, RosterReading)
    models = [model for model in apps.get_models(include_auto_created=True) if model not in left]
    return {model._meta.label: sorted(map(_shown, model._base_manager.values_list())) for model in models}


def _shown(row: tuple) -> str:
    # PostgreSQL hands bytes over as a view of them, which shows where they are and not what.
    return repr([bytes(value) if isinstance(value, memoryview) else value for value in row])


def look(client: Client, addresses: Iterable[tuple[str, int]]) -> Looks:
    """Fetch every address as often as it says: by GET, then by HEAD and OPTIONS in turn, the next one the other way."""
    before, answers = every_row(), []
    for number, (each, times) in enumerate(addresses):
        answers.append(Answer.of(client.get(each)))
        others = METHODS[1:] if number % 2 else METHODS[:0:-1]
        for method in islice(cycle((*others, METHODS[0])), times - 1):
            getattr(client, method)(each)
    return Looks(answers, [label for label, rows in every_row().items() if rows != before[label]])
