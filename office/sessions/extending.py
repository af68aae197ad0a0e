"""“Give it more time”: the page says who is told the new date of the decision, shows the mail, and asks."""

from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.http import QueryDict

from accounts.models import Person
from foundation import database_clock
from foundation.dates import local
from notifications.kinds.extensions import EXTENDED
from notifications.outbox.foreseeing import mail_to
from office.consequences import people_words
from office.sessions.decisions import ExtendForm
from office.sessions.foreseen import ForeseeingForm
from sessions_app.models import Session

LONGER = timedelta(days=3)


class MoreTimeForm(ForeseeingForm, ExtendForm):
    page = "sessions/foreseen"
    button = "Give it more time and write to everyone"

    def __init__(self, data: QueryDict | None = None, *, session: Session, reader: Person, **kwargs: Any) -> None:
        super().__init__(data, session=session, reader=reader, **kwargs)
        now = database_clock.now()
        until = min(max(session.confirm_by, now) + LONGER, session.starts_at) if session.confirm_by else None
        if until and until > now:
            self.initial["until"] = local(until, session.time_zone).replace(tzinfo=None)
            if not self.is_bound:
                self._look_ahead(until)

    def explanation(self) -> str:
        if self.session.seats_taken:
            return f"{super().explanation()} Until two minutes from now it can be changed again unnoticed."
        return super().explanation()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        until, session = cleaned.get("until"), self.session
        if until and until != session.confirm_by and database_clock.now() < until <= session.starts_at:
            self._look_ahead(until)
            if self.foreseen:
                self.refuse_unless_agreed()
        return cleaned

    def _look_ahead(self, until: datetime) -> None:
        people = self.session.seats_taken
        if not people or self.session.status != Session.Status.OPEN:
            return
        session = copy(self.session)
        session.confirm_by = until
        facts: dict[str, object] = {"was": self.session.confirm_by.isoformat()}
        self.foreseen = [(f"To {people_words(people)} with a seat", mail_to(self.reader, session, EXTENDED, facts))]
        self.agree_to(until.isoformat())
