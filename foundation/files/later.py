"""Modules that cost much to import, imported by the process that first needs them.

A web process starts for many pages, and draws a certificate now and then. The house imports at the top of a module
(docs/architecture.md, section 1); what is told here is imported at its first call instead.
"""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string


def later(path: str) -> Callable[..., Any]:
    """Return a function that calls the one at `path`, “outcomes.certificates.pdf.draw”, importing its module then."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return import_string(path)(*args, **kwargs)

    return call
