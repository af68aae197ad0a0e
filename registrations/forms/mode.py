"""How a form asks in which way a person takes part, where a session is online and in person."""

from typing import Any

from django import forms

from foundation import database_clock
from registrations.display.modes import choices_of
from registrations.models import Registration
from sessions_app.models import Mode, Session

# After the mode in what a form posts: its page said that there is no seat of that mode, so that the person waits.
WAIT = "-wait"
MISSING = "Say how you take part: in the room or online."


class AnyModeField(forms.ChoiceField):
    """Ask for one of the two modes, wherever it is: for dates of which some may be online and in person."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        invalid = {"invalid_choice": "Choose one of the two: in the room or online."}
        super().__init__(choices=Mode.choices, required=False, error_messages=invalid, **kwargs)


class ModeField(forms.ChoiceField):
    """Ask for one of the two modes of `session`, each with the seats it has left, or what waiting for it means.

    What it gives is a mode, with WAIT after it where the choice said that the person would wait.
    """

    widget = forms.RadioSelect

    def __init__(self, session: Session, **kwargs: Any) -> None:
        # Asked when the page is written and not before: what is posted is read without a look at the seats.
        super().__init__(
            choices=lambda: choices_of(session, database_clock.now(), WAIT),
            label="How do you take part?",
            error_messages={"required": MISSING, "invalid_choice": "Choose one of the two: in the room or online."},
            **kwargs,
        )

    def valid_value(self, value: str) -> bool:
        return value.removesuffix(WAIT) in Mode.values


def ask_how(form: forms.BaseForm, session: Session) -> None:
    """Let `form` ask first how the person takes part, if `session` asks; other sessions are of one mode."""
    if session.asks_how:
        form.fields = {"mode": ModeField(session)} | form.fields


def said_how(form: forms.BaseForm) -> str:
    """Return the mode that `form` was given; "" where nobody is asked, or nothing was said."""
    return getattr(form, "cleaned_data", {}).get("mode", "").removesuffix(WAIT)


def would_rather_wait(form: forms.BaseForm) -> bool:
    """Tell whether the choice made in a valid `form` said that the person waits."""
    return form.cleaned_data.get("mode", "").endswith(WAIT)


def refuse_another_mode(form: forms.BaseForm, session: Session) -> None:
    """Raise the NoSuchMode of a mode that was posted although `form` does not ask, and that the session has not."""
    if "mode" not in form.fields and (posted := form.data.get("mode", "")):
        Registration.mode_in(session, posted.removesuffix(WAIT))
