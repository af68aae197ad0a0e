"""The page between a list and what is done to the rows chosen in it: what becomes of each, and who is told."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import OperationalError, models, transaction
from django.http import HttpRequest, HttpResponse

from accounts.models import Person
from foundation.text import listed
from office.base import OfficeAdmin, acting

MOST = 500
TOO_MANY = f"Choose {MOST} at most: a page that says what becomes of each would be too long."
ANOTHER = "This is not what it was when you looked, so nothing is done yet. Look at it, and press again."
BUSY = "Somebody else is changing it at this moment. Try again."
# Of so many that could not, a message names each.
MOST_NAMED = 20


@dataclass
class Line:
    """One row: what becomes of it, who is told, and why it cannot be (`refusal`). Empty where nothing changes."""

    noun: models.Model
    said: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    refusal: str = ""

    @property
    def is_done(self) -> bool:
        """True if something becomes of it."""
        return bool(self.said) and not self.refusal


class ManyForm(forms.Form):
    """What is to be done to many, with the fields it takes, if any."""

    title: ClassVar[str] = ""
    button: ClassVar[str] = ""
    is_grave: ClassVar[bool] = False

    def __init__(self, *args: Any, chosen: Sequence[Any], **kwargs: Any) -> None:
        self.chosen = chosen
        super().__init__(*args, **kwargs)

    def lines(self) -> list[Line]:
        """Return what becomes of each of `chosen`. The form is valid, or has no fields."""
        raise NotImplementedError

    def together(self, lines: Sequence[Line]) -> list[str]:
        """Return what is to be said of all together."""
        return []

    def act(self, lines: Sequence[Line], by: Person) -> list[tuple[Any, str]]:
        """Do it to each of these lines. Returns those that could not be, with why."""
        raise NotImplementedError

    def done(self, many: int) -> str:
        """Return the sentence for afterwards."""
        raise NotImplementedError


def one_by_one(
    lines: Sequence[Line], verb: Callable[[Line], object], refused: type[Exception] | tuple[type[Exception], ...]
) -> list[tuple[Any, str]]:
    """Call `verb` with each line, in a transaction of its own. Returns those that were `refused`, with why."""
    left = []
    for line in lines:
        try:
            with transaction.atomic():
                verb(line)
        except refused as error:
            left.append((line.noun, str(error)))
        except OperationalError:
            left.append((line.noun, BUSY))
    return left


def ask(
    office: OfficeAdmin,
    request: HttpRequest,
    rows: models.QuerySet,
    form_class: type[ManyForm],
    action: str,
    **said: Any,
) -> HttpResponse | None:
    """Show what becomes of the chosen `rows`; on a second press of exactly that, do it and go back to the list.

    `said` is for the page: `back` is the way back where that is not the list of the noun.
    """
    chosen = list(rows[: MOST + 1])
    if len(chosen) > MOST:
        messages.error(request, TOO_MANY)
        return None
    form = form_class(request.POST if "step" in request.POST else None, chosen=chosen)
    is_said = not form.fields or (form.is_bound and form.is_valid())
    lines = form.lines() if is_said else []
    agreement = _agreement(lines)
    status = HTTPStatus.BAD_REQUEST if form.is_bound and not is_said else HTTPStatus.OK
    if "sure" in request.POST and is_said:
        if request.POST.get("agreed") == agreement:
            _carry_out(request, form, lines)
            return None
        messages.warning(request, ANOTHER)
        status = HTTPStatus.CONFLICT
    done = [line for line in lines if line.is_done]
    return office.page(
        request,
        "many",
        form.title,
        status,
        form=form,
        action=action,
        chosen=chosen,
        checkbox=ACTION_CHECKBOX_NAME,
        is_said=is_said,
        lines=lines,
        done=len(done),
        left=sum(bool(line.refusal) for line in lines),
        together=form.together(done),
        agreement=agreement,
        **said,
    )


def _agreement(lines: Sequence[Line]) -> str:
    """Return what a yes to these lines is: it changes with every sentence."""
    said = (f"{line.noun.pk} {line.said} {line.told} {line.refusal}" for line in lines)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def _carry_out(request: HttpRequest, form: ManyForm, lines: Sequence[Line]) -> None:
    """Do it to those that can, and name those that cannot."""
    able = [line for line in lines if line.is_done]
    left = [(line.noun, line.refusal) for line in lines if line.refusal]
    failed = form.act(able, acting(request)) if able else []
    if many := len(able) - len(failed):
        messages.success(request, form.done(many))
    for noun, why in (left + failed)[:MOST_NAMED]:
        messages.error(request, f"{noun}: {why}")
    if more := [str(noun) for noun, _ in (left + failed)[MOST_NAMED:]]:
        messages.error(request, f"Nor could it be done to {listed(more)}.")
