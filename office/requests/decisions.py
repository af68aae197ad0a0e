"""One form per decision about a request: what the page says before, and the verb it calls."""

from typing import Any

from django import forms

from accounts.models import Person
from foundation.values.paragraphs import ParagraphsField
from sessions_app.models import SessionRequest


class RequestDecisionForm(forms.Form):
    """A page that asks before a verb of a request is called."""

    title = button = ""
    is_grave = False
    page = "decision"

    def __init__(self, *args: Any, request: SessionRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def told(self) -> list[str]:
        """Return who is told what once the button is pressed, a sentence each."""
        raise NotImplementedError

    def act(self, by: Person) -> str:
        """Call the one verb, and return the sentence for afterwards. Raises SessionRequest.Refused."""
        raise NotImplementedError


class AssignForm(RequestDecisionForm):
    title, button = "Assign", "Assign it"

    to = forms.ModelChoiceField(
        Person.objects.filter(is_staff=True, is_active=True),
        label="Who looks after it",
        required=False,
        empty_label="Nobody",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["to"] = self.request.assigned_to_id

    def told(self) -> list[str]:
        return ["Nobody is written to. The person who asked sees on their page who looks after it."]

    def act(self, by: Person) -> str:
        to = self.cleaned_data["to"]
        self.request.assign(to, by=by)
        return f"{to} looks after it." if to else "Nobody looks after it."


class ReplyForm(RequestDecisionForm):
    title, button = "Answer", "Send the answer"

    answer = ParagraphsField(
        label="Your answer", most=4000, rows=8, error_messages={"required": "Write what the person is to read."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].widget.attrs["class"] = "vLargeTextField"
        self.fields["answer"].help_text = "Their reply to the mail comes to the office’s mailbox."

    def told(self) -> list[str]:
        told = [f"{self.request.by} gets it as a mail, and reads it on the page of the request. It goes on waiting."]
        if self.request.answer:
            told.append(f"Answered before: {self.request.answer}")
        return told

    def act(self, by: Person) -> str:
        self.request.reply(self.cleaned_data["answer"], by=by)
        return f"Answered. {self.request.by} gets it as a mail."


class DeclineForm(RequestDecisionForm):
    title, button = "Decline", "Decline and write to them"
    is_grave = True

    reason = ParagraphsField(
        label="Reason",
        most=1000,
        help_text="The person reads this in the mail they get.",
        error_messages={"required": "Say why: the person is told the reason."},
    )

    def told(self) -> list[str]:
        return [f"{self.request.by} gets a mail with your reason. Nobody else is told. This cannot be taken back."]

    def act(self, by: Person) -> str:
        self.request.decline(self.cleaned_data["reason"], by=by)
        return f"Declined. {self.request.by} is told why."
