"""The form to choose a date of each workshop of a program."""

from typing import Any

from django import forms

from accounts.models import Person
from registrations.display.access import WHO_READS
from registrations.display.several import Offer
from registrations.forms.access import NeedsField
from registrations.forms.mode import MISSING, AnyModeField, said_how
from registrations.forms.registering import gaps_of, profile_of
from sessions_app.models import Session

HELP = f"We arrange it for each date you choose. {WHO_READS}"
NOTHING_CHOSEN = "Choose a date of at least one workshop"
NO_SUCH_DATE = "Choose one of these dates, or “Not now”"


class SeveralForm(forms.Form):
    """Ask for a date of each workshop that is asked for in `offers`, and `person` for what their profile lacks.

    `sessions` are those chosen in a valid form. Somebody who is signed out (None) only chooses.
    """

    def __init__(self, *args: Any, offers: list[Offer], person: Person | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers = [offer for offer in offers if offer.is_asked]
        for offer in self.offers:
            self.fields[offer.field] = forms.ChoiceField(
                label=offer.workshop.title,
                choices=[("", "Not now"), *((date.code, date.when) for date in offer.dates if not date.why_not)],
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": NO_SUCH_DATE},
            )
        if person is not None:
            dates = [date for offer in self.offers for date in offer.dates]
            if any(date.session.asks_how for date in dates):
                self.fields["mode"] = AnyModeField(label="On a date online and in person I take part")
            self.fields |= gaps_of(person, for_campus=any(date.session.for_campus_id for date in dates))
            self.fields["needs"] = NeedsField(label="Access needs (optional)", required=False, help_text=HELP)

    def clean(self) -> None:
        if not self.sessions and not any(offer.field in self.errors for offer in self.offers):
            raise forms.ValidationError(NOTHING_CHOSEN)
        asking = any(session.asks_how for session in self.sessions)
        if "mode" in self.fields and asking and not self.cleaned_data.get("mode") and "mode" not in self.errors:
            self.add_error("mode", MISSING)

    @property
    def sessions(self) -> list[Session]:
        chosen = {self.cleaned_data.get(offer.field) for offer in self.offers}
        return [date.session for offer in self.offers for date in offer.dates if date.code in chosen]

    @property
    def modes(self) -> dict[int, str]:
        """How the person takes part in those of the chosen sessions that ask, by key."""
        return {session.pk: said_how(self) for session in self.sessions if session.asks_how}

    @property
    def profile(self) -> dict[str, Any]:
        """What was said, as fields of a Person."""
        return profile_of(self)
