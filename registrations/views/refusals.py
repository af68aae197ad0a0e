"""The sentence that says why something would be refused, for the pages that ask before anybody presses a button."""

from collections.abc import Callable
from typing import ParamSpec

from registrations.models import Accommodation, Registration

Arguments = ParamSpec("Arguments")


def refusal_of(check: Callable[Arguments, None], *args: Arguments.args, **kwargs: Arguments.kwargs) -> str:
    """Return the sentence with which `check` (a `refuse_unless_...`) refuses these arguments; empty if it does not."""
    try:
        check(*args, **kwargs)
    except (Registration.Refused, Accommodation.Refused) as refusal:
        return str(refusal)
    return ""
