"""Asking to be told of the dates of a workshop, and stopping it."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from accounts.pressed.press import keep
from catalog.doors import check_door
from catalog.models import Workshop
from registrations.display.joining import after_asking
from registrations.models import Interest

SIGN_IN_TO_HEAR = "Sign in, so that we know where to write. It is done when you enter the code."


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def interested(request: HttpRequest, slug: str) -> HttpResponse:
    """GET asks, POST notes that the person wants to hear of dates of the workshop. A refusal is 409.

    Signed out, what was pressed is done when the mailed code is accepted.
    """
    workshop = get_object_or_404(Workshop.objects.published(), slug=slug)
    check_door(request.user, workshop)
    person, refusal = request.user if isinstance(request.user, Person) else None, ""
    if request.method == "POST":
        if person is None:
            return keep(request, workshop.get_absolute_url(), SIGN_IN_TO_HEAR)
        try:
            Interest.objects.express(person, workshop)
        except Interest.Refused as error:
            refusal = str(error)
        else:
            messages.success(request, after_asking(workshop))
            return redirect(workshop)
    mine = Interest.objects.standing().filter(person=person, workshop=workshop).first() if person else None
    context = {"nav": "workshops", "workshop": workshop, "interest": mine, "refusal": refusal}
    status = HTTPStatus.CONFLICT if refusal else HTTPStatus.OK
    return render(request, "registrations/interested.html", context, status=status)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def interest(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """GET asks, POST stops the mail. Anybody with the link may, so that nobody has to sign in to stop it.

    The page names the workshop and never the person.
    """
    own = get_object_or_404(Interest.objects.select_related("workshop"), uuid=uuid)
    if request.method == "POST":
        own.stop()
        return redirect(own)
    return render(request, "registrations/interest.html", {"nav": "workshops", "interest": own})
