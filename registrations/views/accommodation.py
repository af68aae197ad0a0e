"""The page of what a person needs to take part: they ask, change and delete it there. Nobody else reaches it."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.sealed import Unreadable
from foundation import database_clock
from foundation.text import ordinal
from registrations.display.access import asking_help
from registrations.display.titles import day_of, title_and_day
from registrations.forms.access import AccommodationForm
from registrations.models import Accommodation, Registration
from registrations.views.refusals import refusal_of
from registrations.views.viewer import SignedInRequest, own_registration

SAVED = "Saved. The people who arrange access read it."


@never_cache
@sensitive_post_parameters("needs")
@require_http_methods(["GET", "HEAD", "POST"])
def accommodation(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """GET shows what was asked and answered, POST asks. A refusal is 409 and a form that is not valid 422, as typed."""
    own, now = own_registration(request, uuid), database_clock.now()
    if request.method != "POST":
        return _page(request, own, now)
    form = AccommodationForm(request.POST)
    if not form.is_valid():
        return _page(request, own, now, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        Accommodation.objects.ask(own, form.cleaned_data["needs"], form.cleaned_data["keep_for_next"], now=now)
    except Accommodation.Refused as refusal:
        return _page(request, own, now, form, status=HTTPStatus.CONFLICT, refusal=str(refusal))
    messages.success(request, SAVED)
    return redirect(own)


@require_POST
def accommodation_deletion(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Delete what was asked, and its answer. Possible at any time."""
    own = own_registration(request, uuid)
    Accommodation.objects.take_back(own)
    messages.success(request, "Deleted. Nobody can read it any more.")
    return redirect(own)


def _page(
    request: HttpRequest,
    own: Registration,
    now: datetime,
    form: AccommodationForm | None = None,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    asked = Accommodation.objects.of(own)
    carried = "" if asked else Accommodation.objects.carried_by(own.person)
    needs = answer = unreadable = ""
    try:
        needs, answer = (asked.needs, asked.answer) if asked else ("", "")
    except Unreadable as problem:
        unreadable = str(problem)
    keeps = asked.keep_for_next if asked else bool(carried)
    form = form or AccommodationForm(initial={"needs": needs or carried, "keep_for_next": keeps})
    form.fields["needs"].help_text = asking_help(own.session, now)
    context = {
        "nav": "my",
        "registration": own,
        "titled": title_and_day(own.session, now),
        "in_line": ordinal(own.place_in_line) if own.is_waitlisted else "",
        "refusal": refusal or refusal_of(Accommodation.refuse_unless_askable, own, now),
        "unreadable": unreadable,
        "asked": asked,
        "needs": needs,
        "answer": answer,
        "answered_on": day_of(own.session, asked.answered_at, now) if asked and asked.answered_at and answer else "",
        "is_carried": bool(carried),
        "form": form,
    }
    return render(request, "registrations/accommodation.html", context, status=status)
