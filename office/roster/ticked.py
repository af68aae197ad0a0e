"""What the office does at one press for people ticked on a roster: each of them withdrawn, or moved to another date.

What the page says comes of each was tried with the verb itself and taken back, so that it is exact.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import Person
from foundation import database_clock
from notifications.models import Notice
from office.base import OfficeAdmin, model_choice
from office.consequences import people_words
from office.many.asking import Line, ManyForm, ask, one_by_one
from office.roster.persons import ROSTER, OfDates, WithdrawForm, reason_field
from registrations.models import Registration
from registrations.models.standing import lock_all
from sessions_app.models import Mode, Session

# Each is tried before it is done: so many take a second or two.
MOST_TICKED = 100
NONE_TICKED = "Tick the people first."
TOO_MANY_TICKED = f"Tick {MOST_TICKED} people at most at a time."
STARTED = "This session has already started, so nobody leaves it any more."


class TickedForm(ManyForm):
    """What is to be done for people of one roster, in the order of their seats, those who wait after them."""

    order: tuple[str, ...] = ("status", "position")
    others = 0

    @property
    def session(self) -> Session:
        session: Session = self.chosen[0].session
        return session

    def sessions(self) -> list[Session]:
        """Return the sessions that change."""
        return [self.session]

    def verb(self, registration: Registration, by: Person) -> None:
        """Do it for one. Raises Registration.Refused."""
        raise NotImplementedError

    def words(self, registration: Registration) -> str:
        """Return what comes of it for one, in a sentence."""
        raise NotImplementedError

    def lines(self) -> list[Line]:
        by, people = Person.objects.rule(), {one.person_id for one in self.chosen}
        lines = [Line(one) for one in self.chosen]
        sessions = self.sessions()
        with transaction.atomic():
            lock_all(sessions)
            last = Notice.objects.aggregate(last=Max("pk"))["last"] or 0
            for line in lines:
                self._try(line, by)
            owed = Notice.objects.filter(pk__gt=last, registration__session__in=sessions)
            self.others = owed.exclude(person__in=people).values("person").distinct().order_by().count()
            transaction.set_rollback(True)
        return lines

    def _try(self, line: Line, by: Person) -> None:
        assert isinstance(line.noun, Registration)
        try:
            with transaction.atomic():
                self.verb(_fresh(line.noun), by)
        except Registration.Refused as refusal:
            line.refusal = str(refusal)
        else:
            line.said = [self.words(line.noun)]

    def together(self, lines: Sequence[Line]) -> list[str]:
        if not lines:
            return []
        said = [f"A mail about it goes to {people_words(len(lines))}."]
        if self.others == 1:
            said.append("One other person is told: of a seat that is theirs now, or that is open.")
        elif self.others:
            told = people_words(self.others).capitalize()
            said.append(f"{told} who wait are told: of a seat that is theirs now, or that is open.")
        return said

    def act(self, lines: Sequence[Line], by: Person) -> list[tuple[Any, str]]:
        def do(line: Line) -> None:
            assert isinstance(line.noun, Registration)
            self.verb(_fresh(line.noun), by)

        return one_by_one(lines, do, Registration.Refused)


def _fresh(registration: Registration) -> Registration:
    """Return a copy of the registration that nothing else is made of: a verb changes it and its session."""
    return Registration.objects.select_related("person", "session__workshop").get(pk=registration.pk)


class WithdrawTicked(TickedForm):
    title, button, is_grave = "Withdraw these people", "Withdraw them and write to them", True
    # People who wait leave first: none of them is given a seat that is taken away again at once.
    order = ("-status", "position")

    why = forms.ChoiceField(
        label="Why",
        choices=[
            (WithdrawForm.ASKED, "They asked for it"),
            (WithdrawForm.BECAUSE, "For another reason, which they read in the mail"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether they asked for it."},
    )
    reason = reason_field("They read this in the mail they get.", required=False)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("why") == WithdrawForm.BECAUSE and not typed.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why: they are told the reason.")
        return typed

    def verb(self, registration: Registration, by: Person) -> None:
        if not registration.is_active:
            raise Registration.NotThere(f"{registration.person} is no longer in this session.")
        if self.cleaned_data["why"] == WithdrawForm.ASKED:
            registration.withdraw_as_asked(by=by)
        else:
            registration.withdraw_because(self.cleaned_data["reason"], by=by)

    def words(self, registration: Registration) -> str:
        return "Loses the seat." if registration.is_registered else "Leaves the waitlist."

    def done(self, many: int) -> str:
        return "One person is withdrawn." if many == 1 else f"{many} people are withdrawn."


class TransferTicked(TickedForm):
    title, button = "Move these people to another date", "Move them and write to them"

    to: "forms.ModelChoiceField[Session]" = OfDates(
        Session.objects.none(),
        label="To which date",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choose a date.", "invalid_choice": "This date takes no registrations any more."},
    )
    mode = forms.ChoiceField(
        label="They take part there", choices=[("", "As they do here"), *Mode.choices], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = self.session
        others = Session.objects.public().joinable().filter(workshop=here.workshop_id).exclude(pk=here.pk)
        dates = others.select_related("workshop").order_by("starts_at", "pk")
        model_choice(self, "to").queryset = dates
        if not dates:
            self.fields["to"].help_text = "No other date of this workshop takes registrations now. Schedule one first."
        if not any(one.asks_how for one in dates):
            del self.fields["mode"]

    def sessions(self) -> list[Session]:
        return [self.session, self.cleaned_data["to"]]

    def verb(self, registration: Registration, by: Person) -> None:
        to = Session.objects.get(pk=self.cleaned_data["to"].pk)
        registration.transfer(to, by=by, mode=self.cleaned_data.get("mode", ""))

    def words(self, registration: Registration) -> str:
        return "Has a seat on that date at once, and leaves this one."

    def done(self, many: int) -> str:
        return (
            "One person has moved to the other date." if many == 1 else f"{many} people have moved to the other date."
        )


ACTS: dict[str, type[TickedForm]] = {"withdraw": WithdrawTicked, "transfer": TransferTicked}


def ticked_page(office: OfficeAdmin, request: HttpRequest, session: Session) -> HttpResponse:
    """Show what becomes of the people ticked; on a press that agrees to it, do it and go back to the roster."""
    roster = reverse(ROSTER, args=[session.pk])
    form_class = ACTS.get(request.POST.get("action", ""))
    keys = [key for key in request.POST.getlist(ACTION_CHECKBOX_NAME) if key.isdecimal() and len(key) < 19]
    if form_class is None or not keys:
        messages.warning(request, NONE_TICKED)
        return redirect(roster)
    if len(set(keys)) > MOST_TICKED:
        messages.warning(request, TOO_MANY_TICKED)
        return redirect(roster)
    rows = session.registrations.active().filter(pk__in=keys).select_related("person", "session__workshop")
    chosen = rows.order_by(*form_class.order)
    if not chosen or not session.has_meeting_ahead(database_clock.now()):
        messages.warning(request, STARTED if chosen else NONE_TICKED)
        return redirect(roster)
    return ask(office, request, chosen, form_class, request.POST["action"], back=roster, session=session) or redirect(
        roster
    )
