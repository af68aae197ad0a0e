"""What the office does for one person on a roster: a page each, which shows the mail before its button sends it."""

import hashlib
from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import Person
from foundation import database_clock
from foundation.dates import day_and_time
from foundation.text import number_words, ordinal
from office.base import OfficeAdmin, acting, model_choice
from office.mail.wordings import MAIL_POLICY
from office.roster.rehearsal import Rehearsed, rehearse
from registrations.models import Registration
from sessions_app.models import Mode, Session

ROSTER = "admin:registrations_registration_roster"
REASON_MISSING = "Say why: the record needs a reason."


class OfDates(forms.ModelChoiceField):
    """Choose another date of the workshop, with what is left of it."""

    def label_from_instance(self, session: Session) -> str:
        when = day_and_time(session.starts_at, session.time_zone)
        if not session.seats_left_for_anybody:
            return f"{when}, full"
        left = session.seats_left_for_anybody
        return f"{when}, one seat left" if left == 1 else f"{when}, {left} seats left"


class PersonForm(forms.Form):
    """A page about one registration, which asks before a verb is called."""

    title = button = ""
    is_grave = False
    tells = True
    done: ClassVar[str]

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        self.registration = registration
        super().__init__(*args, **kwargs)

    def is_open(self) -> str:
        """Return why the page has nothing to offer, in a sentence; "" where it has."""
        raise NotImplementedError

    def told(self) -> str:
        """Return what the button is going to do, in a sentence or two."""
        raise NotImplementedError

    def act(self, registration: Registration, by: Person) -> None:
        """Call the one verb. Raises Registration.Refused."""
        raise NotImplementedError

    def sessions(self) -> list[Session]:
        """Return the sessions that the verb changes."""
        return [self.registration.session]

    @property
    def _is_over(self) -> bool:
        return self.registration.session.has_started(database_clock.now())


def reason_field(help_text: str, **kwargs: Any) -> forms.CharField:
    """Return a field for the office's reason."""
    return forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        max_length=1000,
        help_text=help_text,
        error_messages={"required": REASON_MISSING},
        **kwargs,
    )


class WithdrawForm(PersonForm):
    title, button = "Withdraw", "Withdraw and write to them"
    is_grave = True
    done = "{person} is no longer in this session."
    ASKED, BECAUSE = "asked", "because"

    why = forms.ChoiceField(
        label="Why",
        choices=[(ASKED, "They asked for it"), (BECAUSE, "For another reason, which they read in the mail")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether they asked for it."},
    )
    reason = reason_field("They read this in the mail they get.", required=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        typed = self.cleaned_data
        if typed.get("why") == self.BECAUSE and not typed.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why: the person is told the reason.")
        return typed

    def is_open(self) -> str:
        if not self.registration.is_active:
            return f"{self.registration.person} is no longer in this session."
        if not self.registration.session.has_meeting_ahead(database_clock.now()):
            return "This session has already started, so nobody is withdrawn from it any more."
        return ""

    def told(self) -> str:
        held = self.registration
        if held.is_registered and not self._is_over and not held.beyond_capacity:
            return (
                f"{held.person} leaves {held.session}, and the seat goes to the next person waiting, if there is one."
            )
        return f"{held.person} leaves {held.session}."

    def act(self, registration: Registration, by: Person) -> None:
        if self.cleaned_data["why"] == self.ASKED:
            registration.withdraw_as_asked(by=by)
        else:
            registration.withdraw_because(self.cleaned_data["reason"], by=by)


class TransferForm(PersonForm):
    title, button = "Move to another date", "Move them and write to them"
    done = "{person} has moved to the other date."

    to: "forms.ModelChoiceField[Session]" = OfDates(
        Session.objects.none(),
        label="To which date",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choose a date.", "invalid_choice": "This date takes no registrations any more."},
    )
    mode = forms.ChoiceField(
        label="Takes part there",
        choices=[("", "As they do here"), *Mode.choices],
        required=False,
        help_text="Asked where the date is online and in person.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = self.registration.session
        others = Session.objects.public().joinable().filter(workshop=here.workshop_id).exclude(pk=here.pk)
        self.dates = others.select_related("workshop").order_by("starts_at", "pk")
        model_choice(self, "to").queryset = self.dates
        if not any(one.asks_how for one in self.dates):
            del self.fields["mode"]

    def is_open(self) -> str:
        if not self.registration.is_active:
            return f"{self.registration.person} is no longer in this session."
        if self._is_over:
            return "This session has already started, so nobody moves to another date any more."
        return "" if self.dates else "No other date of this workshop takes registrations now. Schedule one first."

    def told(self) -> str:
        held = self.registration
        return f"{held.person} leaves {held.session} if there is a seat on the other date, and has that seat at once."

    def sessions(self) -> list[Session]:
        return [self.registration.session, self.cleaned_data["to"]]

    def act(self, registration: Registration, by: Person) -> None:
        # A copy: the verb locks it, and what it then knows is taken back where it was but tried.
        to = Session.objects.get(pk=self.cleaned_data["to"].pk)
        registration.transfer(to, by=by, mode=self.cleaned_data.get("mode", ""))


class SeatForm(PersonForm):
    title, button = "A seat beyond capacity", "Give the seat and write to them"
    done = "{person} has a seat."

    reason = reason_field("For the record; nobody who waits is shown it.")

    def is_open(self) -> str:
        if not self.registration.is_waitlisted:
            return f"{self.registration.person} is not on this waitlist."
        return "This session has already started." if self._is_over else ""

    def told(self) -> str:
        held = self.registration
        many = held.session.capacity
        return (
            f"{held.person} gets a seat, and the capacity is {many + 1} in place of {many} until they leave. "
            "Everybody else who waits keeps their place in line."
        )

    def act(self, registration: Registration, by: Person) -> None:
        registration.seat_beyond_capacity(by=by, reason=self.cleaned_data["reason"])


class MoveUpForm(PersonForm):
    title, button = "Move up", "Move up"
    tells = False
    done = "{person} is first in line."

    reason = reason_field("For the record; nobody who waits is shown it.")

    def is_open(self) -> str:
        if not self.registration.is_waitlisted:
            return f"{self.registration.person} is not on this waitlist."
        return "This session has already started." if self._is_over else ""

    def told(self) -> str:
        held = self.registration
        return (
            f"{held.person} is {ordinal(held.place_in_line)} in line for {held.session}. Moved up, {held.person} is "
            "first and gets the next seat; everybody passed waits one place longer. Nobody is written to."
        )

    def act(self, registration: Registration, by: Person) -> None:
        registration.move_up(by=by, reason=self.cleaned_data["reason"])


PAGES: dict[str, type[PersonForm]] = {
    "withdraw": WithdrawForm,
    "transfer": TransferForm,
    "seat": SeatForm,
    "move_up": MoveUpForm,
}


def of(pk: int) -> Registration:
    """Return the registration with what its page names."""
    return get_object_or_404(Registration.objects.select_related("person", "session__workshop"), pk=pk)


def decide_for_person(
    request: HttpRequest, pk: int, *, office: OfficeAdmin, form_class: type[PersonForm]
) -> HttpResponse:
    """Ask; on POST show the mail and the others it goes to; on a second POST, which agrees to that, call the verb.

    A refusal is shown with what was typed (409).
    """
    if not request.user.has_perm("registrations.change_registration"):
        raise PermissionDenied
    registration, by = of(pk), acting(request)
    form = form_class(request.POST if request.method == "POST" else None, registration=registration)
    status, rehearsed, agreement = HTTPStatus.OK, None, ""
    if request.method == "POST":
        status = HTTPStatus.OK if form.is_valid() else HTTPStatus.BAD_REQUEST
    if form.is_bound and form.is_valid():
        try:
            if form.tells:
                rehearsed = rehearse(lambda: form.act(of(pk), by), form.sessions(), registration.person)
                agreement = agreement_to(rehearsed, form)
            if "_mail" in request.POST:
                return mail_alone(rehearsed)
            if not form.tells or request.POST.get("agreed") == agreement:
                form.act(of(pk), by)
                messages.success(request, form.done.format(person=registration.person))
                return redirect(ROSTER, registration.session_id)
        except Registration.Refused as refusal:
            form.add_error(None, str(refusal))
            status, rehearsed = HTTPStatus.CONFLICT, None
    return office.page(
        request,
        "roster/person",
        form.title,
        status,
        subtitle=str(registration.session),
        registration=registration,
        closed=form.is_open(),
        form=form,
        rehearsed=rehearsed,
        others=others_words(rehearsed.others) if rehearsed else "",
        agreement=agreement,
    )


def agreement_to(rehearsed: Rehearsed, form: PersonForm) -> str:
    """Return what a yes to exactly this mail, what was typed and this many others is."""
    typed = sorted((name, str(value)) for name, value in form.cleaned_data.items())
    said = repr((typed, rehearsed.mail.text if rehearsed.mail else "", rehearsed.others))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def others_words(others: int) -> str:
    """“Nobody else is written to.”, or how many are."""
    if not others:
        return "Nobody else is written to."
    if others == 1:
        return "One other person is told: of a seat that is theirs now, or that is open."
    return f"{number_words(others).capitalize()} other people are told: of a seat that is theirs now, or that is open."


def mail_alone(rehearsed: Rehearsed | None) -> HttpResponse:
    """Answer with the HTML of the mail, for the frame of the page."""
    if rehearsed is None or rehearsed.mail is None:
        raise Http404
    return framed(rehearsed.mail.html)


def framed(html: str) -> HttpResponse:
    """Answer with the HTML of a mail, such that our own pages may show it in a frame and it can do nothing."""
    response = HttpResponse(html)
    response["Content-Security-Policy"], response["X-Frame-Options"] = MAIL_POLICY, "SAMEORIGIN"
    return response
