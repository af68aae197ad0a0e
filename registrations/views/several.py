"""Registering for several workshops of a program on one page: all places are given, or none."""

from copy import copy
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from accounts.pressed.press import keep
from catalog.models import Program
from foundation import database_clock
from registrations.clash import ACCEPT, Clash
from registrations.display.joining import after_registering_for_all
from registrations.display.several import Offer, offers
from registrations.display.ways import Sentence, on_a_page, say
from registrations.forms.several import SeveralForm
from registrations.models import Accommodation, Registration
from registrations.newcomers import complete_profile

# A program has fewer workshops than that.
MOST_CHOSEN = 100
# What only somebody who is signed in is asked for.
TYPED = ("name", "role", "unit", "campus", "needs")
JUST_FULL = "The last seat of this date has gone. Choose another date, or {wait}join its waitlist{end}."
OVERLAP = "{clash} You can still register."
SISTER = "{clash} You can {move}move it to this date{end}, or register for both."


class Problem(NamedTuple):
    """What stands against one date: in words, with links, and the name of the clash if the person may accept it."""

    plain: str
    linked: str
    accepts: str = ""


class Choice(NamedTuple):
    """One workshop of the form: what is offered, which date is chosen, and what is wrong with that."""

    offer: Offer
    value: str
    errors: list[str]
    problem: Problem | None


@never_cache
@sensitive_post_parameters("needs")
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def program_registration(request: HttpRequest, slug: str) -> HttpResponse:
    """GET the dates, POST registers for all that were chosen or for none; `?date=` has one chosen, several times.

    Somebody who is signed out signs in first and comes back to what they chose. A refusal is 409 and names each date
    that stands in the way, a form that is not valid 422: what was chosen and typed stays.
    """
    program = get_object_or_404(Program.objects.published().with_entries(), slug=slug)
    now = database_clock.now()
    # A copy: what a refused registration wrote on request.user would show in the header.
    person = copy(request.user) if isinstance(request.user, Person) else None
    if request.method != "POST":
        chosen = request.GET.getlist("date")[:MOST_CHOSEN]
        shown = offers(program, person, now, chosen)
        initial = {offer.field: date.code for offer in shown for date in offer.dates if date.code in chosen}
        if person:
            initial["needs"] = Accommodation.objects.carried_by(person)
        return _page(request, program, SeveralForm(offers=shown, person=person, initial=initial), shown)
    if person is None and any(request.POST.get(name) for name in TYPED):
        # Somebody signed out is not asked for that: their sign-in had ended under the form.
        return keep(request)
    chosen = [str(value) for name, value in request.POST.items() if name.startswith("date-")][:MOST_CHOSEN]
    shown = offers(program, person, now, chosen, is_pressed=True)
    form = SeveralForm(request.POST, offers=shown, person=person)
    if not form.is_valid():
        return _page(request, program, form, shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if person is None:
        back = reverse("program_registration", args=[slug], query={"date": [one.code for one in form.sessions]})
        return redirect(reverse("account_login", query={"next": back}))
    return _register(request, program, form, person, now)


def _register(request: HttpRequest, program: Program, form: SeveralForm, person: Person, now: datetime) -> HttpResponse:
    needs = form.cleaned_data["needs"]
    try:
        with transaction.atomic():
            complete_profile(person, *form.sessions, **form.profile)
            accepted = request.POST.getlist(ACCEPT)
            registrations = Registration.objects.register_for_all(
                person, form.sessions, now=now, accepted=accepted, modes=form.modes
            )
            for registration in registrations if needs else ():
                Accommodation.objects.ask(registration, needs, now=now)
    except Registration.NotAll as refusal:
        return _refused(request, program, form, now, refusal.problems, "" if refusal.problems else str(refusal))
    except Accommodation.Refused as refusal:
        return _refused(request, program, form, now, {}, str(refusal))
    messages.success(request, after_registering_for_all(registrations, now))
    return redirect("program_registration", program.slug)


def _refused(
    request: HttpRequest,
    program: Program,
    form: SeveralForm,
    now: datetime,
    problems: dict[int, Exception],
    refusal: str = "",
) -> HttpResponse:
    """Show the form as it was filled in, with what the dates have become by now."""
    viewer = request.user
    assert isinstance(viewer, Person), "somebody who is signed out is never refused"
    codes = [session.code for session in form.sessions]
    shown = offers(program, viewer, now, codes, is_pressed=True)
    said = {
        session.code: _problem(problems[session.pk], session.code)
        for session in form.sessions
        if session.pk in problems
    }
    form = SeveralForm(request.POST, offers=shown, person=viewer)
    return _page(request, program, form, shown, said, refusal, HTTPStatus.CONFLICT)


def _problem(problem: Exception, code: str) -> Problem:
    if isinstance(problem, Clash):
        words = _clash_words(problem)
        return Problem(words, words.linked, problem.name)
    if isinstance(problem, Registration.SessionFull):
        words = say(JUST_FULL, {"wait": reverse("register", args=[code])})
        return Problem(words, words.linked)
    return Problem(str(problem), on_a_page(problem))


def _clash_words(clash: Clash) -> Sentence:
    if clash.is_same_workshop:
        move = reverse("transfer", args=[clash.registration.uuid], query={"to": clash.session.code})
        return say(SISTER, {"move": move}, clash=str(clash))
    return say(OVERLAP, {}, clash=str(clash))


def _choice(offer: Offer, form: SeveralForm, problems: dict[str, Problem]) -> Choice:
    if offer.field not in form.fields:
        return Choice(offer, "", [], None)
    problem = next((problems[date.code] for date in offer.dates if date.code in problems), None)
    field = form[offer.field]
    return Choice(offer, field.value() or "", [str(error) for error in field.errors], problem)


def _page(
    request: HttpRequest,
    program: Program,
    form: SeveralForm,
    shown: list[Offer],
    problems: dict[str, Problem] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    problems = problems or {}
    context = {
        "nav": "workshops",
        "program": program,
        "form": form,
        "choices": [_choice(offer, form, problems) for offer in shown],
        "others": [field for field in form if not field.name.startswith("date-")],
        "is_only_clashing": bool(problems) and all(problem.accepts for problem in problems.values()),
        "problems": problems,
        "accept": ACCEPT,
        "refusal": refusal,
    }
    return render(request, "registrations/several.html", context, status=status)
