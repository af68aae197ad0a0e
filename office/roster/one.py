"""One person who is to be registered: the page says what comes of it and shows the mail, and the next press does it."""

import hashlib
from collections.abc import Callable

from django import forms

from accounts.models import Person
from notifications.models import Notice
from office.roster.persons import others_words
from office.roster.rehearsal import rehearse
from sessions_app.models import Session


class AskedOne:
    """What registering the person of a valid `form` comes to: `said` in sentences, and the `mail` they get.

    `agreement` is what a yes to exactly that is.
    """

    def __init__(self, form: forms.Form) -> None:
        self.form = form
        self.said: list[str] = []
        self.mail: Notice | None = None
        self.agreement = ""

    def look_ahead(self, session: Session, register: Callable[[], str]) -> None:
        """Try `register`, which says what came of it, and take it back. Raises what it raises."""
        person: Person = self.form.person  # type: ignore[attr-defined] # a valid RegisterForm has one
        came_of_it: list[str] = []
        rehearsed = rehearse(lambda: came_of_it.append(register()), [session], person)
        self.mail = rehearsed.mail
        typed = [(name, str(value)) for name, value in self.form.cleaned_data.items()]
        told = [others_words(rehearsed.others)] if rehearsed.mail else ["Nobody is written to."]
        self.said = [*came_of_it, *told]
        # Links in the mail are of a registration that is not there yet, and differ at each try.
        meant = repr((self.said, rehearsed.mail.subject if rehearsed.mail else "", person.pk, sorted(typed)))
        self.agreement = hashlib.sha256(meant.encode()).hexdigest()[:16]
