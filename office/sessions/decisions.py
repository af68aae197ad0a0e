"""One form per decision about a session: what the page says before, and the verb it calls."""

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction

from accounts.models import Person
from foundation import database_clock
from foundation.dates import local
from foundation.values.zones import zone_of
from foundation.wall_clock import instant
from office.sessions.concerned import of_a_draft
from office.sessions.fields import WallClockField
from sessions_app.models import Session


class DecisionForm(forms.Form):
    """A page that asks before a verb is called. `concerned` says what speaks against it."""

    title = button = ""
    is_grave = is_stale = False
    page = "sessions/decision"

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        self.session = session
        self.concerned: list[str] = []
        super().__init__(*args, **kwargs)

    def is_whole(self) -> bool:
        """Tell whether all that was typed can be read, beside the fields of the form itself."""
        return True

    @property
    def seen(self) -> str:
        """Return how the session stood when the page was made, as the page sends it back."""
        session = self.session
        return f"{session.status}:{session.confirm_by:%Y%m%d%H%M}:{session.is_merging}" if session.confirm_by else ""

    @transaction.atomic
    def carry(self, by: Person) -> str:
        """Call the one verb as `act` does, unless somebody has decided since the page was made. Raises Session.Refused.

        Looked at under the lock, so that of two presses at the same moment the second one decides nothing.
        """
        seen = self.data.get("seen")
        if seen:
            self.session.lock()
            if seen != self.seen:
                state = self.session.get_status_display().lower()
                raise Session.AlreadyDecided(
                    f"Somebody decided while you had the page open: it is {state}. Nothing was changed. Look again."
                )
        return self.act(by)

    def explanation(self) -> str:
        """Return what the button is going to do, in a sentence or two."""
        raise NotImplementedError

    def act(self, by: Person) -> str:
        """Call the one verb, and return the sentence for afterwards. Raises Session.Refused."""
        raise NotImplementedError


class PublishForm(DecisionForm):
    """Publish a draft. What speaks against it stands on the page that asks."""

    title = button = "Publish"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.concerned = of_a_draft(self.session, database_clock.now())

    def explanation(self) -> str:
        where = "It is listed in the catalog" if self.session.listed else "It is not listed: people need its link"
        return f"{where}, and people can register from now on. From then on they are told what changes."

    def act(self, by: Person) -> str:
        self.session.publish(by=by)
        return "Published. People can register now."


class ReasonForm(DecisionForm):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}), max_length=1000)


class RunAnywayForm(ReasonForm):
    title = button = "Confirm anyway"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "For the record; registrants are not shown it."
        self.fields["reason"].error_messages["required"] = "Say why it is held below its minimum."

    def explanation(self) -> str:
        session = self.session
        return (
            f"{session.seats_taken} of {session.minimum} have registered. They are told that it is confirmed and get "
            "a calendar invitation. This cannot be taken back, only cancelled."
        )

    def act(self, by: Person) -> str:
        self.session.run_anyway(self.cleaned_data["reason"], by=by)
        return "Confirmed. Everyone registered gets an invitation."


class ExtendForm(DecisionForm):
    title = button = "Give it more time"

    until = WallClockField(label="New decision date", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.session.confirm_by:
            before = local(self.session.confirm_by, self.session.time_zone)
            self.initial["until"] = before.replace(tzinfo=None)
        self.fields[
            "until"
        ].help_text = f"On the clock of {zone_of(self.session.time_zone).key}, at the start at the latest."

    def explanation(self) -> str:
        return f"{self.session.seats_taken} of {self.session.minimum} have registered. It is decided at the new date."

    def clean_until(self) -> datetime:
        until = self.cleaned_data["until"]
        try:
            return instant(until.date(), until.time(), self.session.time_zone)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def act(self, by: Person) -> str:
        self.session.extend(self.cleaned_data["until"], by=by)
        return "The decision date has moved."


class CancelForm(ReasonForm):
    title = button = "Cancel and write to everyone"
    is_grave = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "People read this in the mail they get."
        self.fields["reason"].error_messages["required"] = "Say why: people are told the reason."

    def explanation(self) -> str:
        registered, waiting = self.session.seats_taken, self.session.waiting_count
        people = "1 person is told" if registered + waiting == 1 else f"{registered + waiting} people are told"
        return f"{people}: {registered} registered, {waiting} on the waitlist. This cannot be taken back."

    def act(self, by: Person) -> str:
        self.session.cancel(self.cleaned_data["reason"], by=by)
        return "Cancelled. Everyone is being told."
