"""Register several people at once, from pasted names and addresses: shown line by line first, then done one by one.

So many that it would take longer than two seconds are registered by a worker, and a page says how far it is.
"""

import hashlib
import uuid
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import Person
from foundation import database_clock
from foundation.values.paragraphs import ParagraphsField
from foundation.wake import wake
from office.base import OfficeAdmin, acting, posted_with
from registrations.models import PastedPeople, Registration, RosterReading
from registrations.pasted.lines import Line, foresee, lines_of, register_each
from registrations.pasted.reading import read_people
from registrations.tasks import register_pasted
from sessions_app.models import Mode, Session

MOST_LINES, MOST_CHARACTERS = 500, 60_000
# So many are registered while their page waits: less than two seconds on a slow machine.
AT_ONCE = 50
WORK = "admin:registrations_registration_pasted"
# Seconds after which a browser asks again how far the work is.
AGAIN = 2
TITLE = "Register several people"


class SeveralForm(forms.Form):
    """Names and addresses, and how to take those who are new or whom a rule keeps out."""

    people = ParagraphsField(
        label="Names or addresses",
        most=MOST_CHARACTERS,
        rows=10,
        help_text="One person a line: “Kim Lee <kim.lee@school.edu>”, an address alone, or the name of somebody with "
        "an account.",
        error_messages={"required": "Paste at least one name or address."},
    )
    mode = forms.ChoiceField(
        label="They take part",
        choices=Mode.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether they take part in the room or online."},
    )
    role = forms.ChoiceField(
        label="People who are new are",
        choices=[("", "Not known"), *Person.Role.choices],
        required=False,
        help_text="Their account has this role until they say otherwise.",
    )
    reason = forms.CharField(
        label="Let in also people whom a rule keeps out, because",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="For the record. Empty: they are not registered, and their line says why.",
    )

    # Another one for each look: a second press of the same button gives what the first one began.
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())
        if not session.asks_how:
            del self.fields["mode"]

    def clean_people(self) -> str:
        text: str = self.cleaned_data["people"]
        many = len(read_people(text))
        if not many:
            raise forms.ValidationError("Paste at least one name or address.")
        if many > MOST_LINES:
            raise forms.ValidationError(f"These are {many} people. Paste {MOST_LINES} at a time.")
        return text

    @property
    def agreement(self) -> str:
        """What a yes to exactly what was typed is, once the form is valid."""
        typed = sorted((name, value) for name, value in self.cleaned_data.items() if name != "key")
        return hashlib.sha256(repr(typed).encode()).hexdigest()[:16]

    def look_again(self) -> None:
        """Have the next yes begin a list of its own, even to the same words: a seat may have gone since."""
        self.data = posted_with(self, "key", str(uuid.uuid4()))

    @property
    def list_key(self) -> uuid.UUID:
        """The key of what a yes begins: one for each key and what was typed, whatever a page kept of an older list."""
        return uuid.uuid5(self.cleaned_data["key"] or uuid.uuid4(), self.agreement)


def several_page(office: OfficeAdmin, request: HttpRequest, session: Session) -> HttpResponse:
    """Ask for people; on POST say line by line what would come of it; on a POST that agrees to that, do it."""
    now, status = database_clock.now(), HTTPStatus.OK
    form = SeveralForm(request.POST if request.method == "POST" else None, session=session)
    lines: list[Line] = []
    is_done = False
    if form.is_bound and not form.is_valid():
        status = HTTPStatus.BAD_REQUEST
    elif form.is_bound:
        typed = form.cleaned_data
        mode, reason = typed.get("mode", ""), typed["reason"].strip()
        try:
            Registration.refuse_unless_held(session, now)
        except Registration.Refused as refusal:
            form.add_error(None, str(refusal))
            status = HTTPStatus.CONFLICT
        else:
            is_done = request.POST.get("agreed") == form.agreement
            if is_done and (many := len(read_people(typed["people"]))) > AT_ONCE:
                return _give_to_a_worker(request, session, form, many)
            lines = lines_of(typed["people"], typed["role"])
            if is_done:
                register_each(lines, session, acting(request), mode, reason, now)
            else:
                foresee(lines, session, mode, reason, now)
                form.look_again()
    return office.page(
        request,
        "roster/several",
        TITLE,
        status,
        subtitle=str(session),
        session=session,
        form=form,
        lines=lines,
        well=[line for line in lines if not line.is_wrong],
        wrong=[line for line in lines if line.is_wrong],
        is_done=is_done,
        agreement=form.agreement if lines and not is_done else "",
    )


def _give_to_a_worker(request: HttpRequest, session: Session, form: SeveralForm, many: int) -> HttpResponse:
    typed = form.cleaned_data
    pasted = PastedPeople.objects.begin(
        session,
        typed["people"],
        many,
        acting(request),
        form.list_key,
        role=typed["role"],
        mode=typed.get("mode", ""),
        reason=typed["reason"].strip(),
    )
    wake(register_pasted, pasted.pk)
    return redirect(WORK, pasted.session_id, pasted.pk)


def pasted_page(office: OfficeAdmin, request: HttpRequest, session: Session, pk: int) -> HttpResponse:
    """Show how far a worker is with many people, and what came of each line so far."""
    pasted = get_object_or_404(PastedPeople.objects.select_related("made_by"), session=session, pk=pk)
    RosterReading.objects.note(session, acting(request), database_clock.now())
    outcomes = list(pasted.outcomes.all())
    response = office.page(
        request,
        "roster/pasted",
        TITLE,
        subtitle=str(session),
        session=session,
        pasted=pasted,
        done=len(outcomes),
        left=pasted.total - len(outcomes),
        well=[one for one in outcomes if not one.is_wrong],
        wrong=[one for one in outcomes if one.is_wrong],
    )
    if not pasted.is_finished:
        response["Refresh"] = str(AGAIN)
    return response
