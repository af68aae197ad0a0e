"""Forms of decisions that say who is told what, and do it once somebody has said yes to exactly that."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import Person
from notifications.models import Notice
from office.sessions.decisions import DecisionForm

LOOK_AT_IT = "Nothing is changed yet: something speaks against it, see above. Change it, or press again as it is."
ASKED = "Nothing is saved yet: this is what your press does. Look at it, and press again."


class ForeseeingForm(DecisionForm):
    """A decision whose page shows the very mail, as the person of the office would get it (`reader`).

    `told` are sentences on what it does, and `foreseen` the mails, each below the words on who gets it. A page that
    could foresee them before anything was typed is a yes to them when it is sent.
    """

    def __init__(self, *args: object, reader: Person, **kwargs: object) -> None:
        self.reader = reader
        self.told: list[str] = []
        self.foreseen: list[tuple[str, Notice | None]] = []
        self.agreement = ""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # what a DecisionForm takes

    def agree_to(self, *meant: object) -> None:
        """Note what a yes is to: `meant`, and all that the page says."""
        words: Iterable[object] = [*meant, *self.concerned, *self.told, *(words for words, _ in self.foreseen)]
        self.agreement = hashlib.sha256("\n".join(map(str, words)).encode()).hexdigest()[:16]

    def refuse_unless_agreed(self) -> None:
        """Raise the ValidationError that shows the page once more, unless it was sent with a yes to what it says."""
        if self.data.get("agreed") != self.agreement:
            raise forms.ValidationError(ASKED)


class ConcernedForm(ForeseeingForm):
    """A decision that is carried out at one press, or at a second one where something speaks against what was typed."""

    page = "sessions/holding"

    def concerns(self) -> list[str]:
        """Return what speaks against what was typed, a sentence each. The form has no errors."""
        raise NotImplementedError

    def meant(self) -> list[object]:
        """Return what a yes is to: what was typed."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors or not self.is_whole():
            return cleaned
        self.look_at_it()
        if self.concerned and self.data.get("agreed") != self.agreement:
            raise forms.ValidationError(LOOK_AT_IT)
        return cleaned

    def look_at_it(self) -> None:
        """Find out what speaks against it, and what a yes to that is."""
        self.concerned = self.concerns()
        if self.concerned:
            self.agree_to(*self.meant())
