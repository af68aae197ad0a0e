"""The form to propose colleagues."""

from typing import Any

from allauth.core import context, ratelimit
from django import forms

from accounts.models import Person
from foundation.values.lines import NOT_PRINTABLE
from foundation.values.pasted import read_addresses
from registrations.models import Nomination

NO_ADDRESS = "Enter the address of at least one colleague"


class NominateForm(forms.Form):
    """Ask for the addresses of colleagues, pasted in any form. `cleaned_data["addresses"]` has each once, lower case.

    Refuses what is no address, a person whom `by` cannot propose, more than twenty at once, and asking too often
    (`is_rate_limited`): one sentence for each.
    """

    MOST_SENTENCES, LONGEST = 20, 20_000

    addresses = forms.CharField(
        label="Work or school email addresses",
        max_length=LONGEST,
        help_text="Up to 20. Paste them as they are: with commas, semicolons or lines between, with names or without.",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={
            "required": NO_ADDRESS,
            "max_length": "That is too much text. Paste the addresses of at most 20 colleagues.",
            "null_characters_not_allowed": NOT_PRINTABLE,
        },
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_addresses(self) -> list[str]:
        pasted = read_addresses(self.cleaned_data["addresses"])
        problems = [f"“{_shortened(piece)}” is not an email address." for piece in pasted.wrong]
        if len(pasted.addresses) > Nomination.MOST_AT_ONCE:
            many, most = len(pasted.addresses), Nomination.MOST_AT_ONCE
            problems.append(f"These are {many} addresses. Nominate at most {most} at once.")
        else:
            problems += filter(None, (Nomination.problem_with(email, self.by) for email in pasted.addresses))
        if not problems and not pasted.addresses:
            problems = [NO_ADDRESS]
        if len(problems) > self.MOST_SENTENCES:
            left = len(problems) - self.MOST_SENTENCES
            problems = [*problems[: self.MOST_SENTENCES], f"And {left} more are not right either."]
        if problems:
            raise forms.ValidationError([forms.ValidationError(problem, code="wrong") for problem in problems])
        return pasted.addresses

    def clean(self) -> dict:
        # Only a form that is right in everything else sends a mail, so only that one is counted.
        if not self.errors and not ratelimit.consume(context.request, action="nominate", user=self.by):
            sentence = "You have nominated many colleagues today. Try again tomorrow, or write to the office."
            self.add_error("addresses", forms.ValidationError(sentence, code="rate_limited"))
        return self.cleaned_data

    @property
    def is_rate_limited(self) -> bool:
        return self.has_error("addresses", code="rate_limited")


def _shortened(piece: str) -> str:
    return piece if len(piece) <= 80 else f"{piece[:80]}…"
