"""Which tables were read while something was made."""

import re
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

QUOTED = re.compile(r'"(\w+)"')

_noted: ContextVar[set[str] | None] = ContextVar("tables that were read", default=None)


@contextmanager
def noted() -> Iterator[set[str]]:
    """Give the set of tables that queries read until the end of the block; it fills as they do."""
    tables: set[str] = set()
    token = _noted.set(tables)
    try:
        with connection.execute_wrapper(_note):
            yield tables
    finally:
        _noted.reset(token)


def note(sql: str) -> None:
    """Note the tables that `sql` names.

    A prepared query says itself what it reads: what is executed has its name only.
    """
    tables = _noted.get()
    if tables is not None:
        tables.update(_tables().intersection(QUOTED.findall(sql)))


def add(read: Set[str]) -> None:
    """Note `read`, the tables of what was read before and is shown again."""
    tables = _noted.get()
    if tables is not None:
        tables.update(read)


def _note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    note(sql)
    return execute(sql, params, many, context)


@cache
def _tables() -> frozenset[str]:
    return frozenset(model._meta.db_table for model in apps.get_models(include_auto_created=True))
