"""Asking to be told of the dates of a workshop, and stopping it."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalog.models import Workshop
from registrations.models import Interest
from registrations.views.viewer import SignedInRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def interested(request: SignedInRequest, slug: str) -> HttpResponse:
    """GET asks, POST notes that the person wants to hear of dates of the workshop. A refusal is 409."""
    workshop = get_object_or_404(Workshop.objects.published(), slug=slug)
    refusal = ""
    if request.method == "POST":
        try:
            Interest.objects.express(request.user, workshop)
        except Interest.Refused as error:
            refusal = str(error)
        else:
            words = (
                "<strong>We’ll write to you when {} has a new date.</strong> "
                "One mail per date that is for you, none while you are registered for one."
            )
            messages.success(request, format_html(words, workshop.title))
            return redirect(workshop)
    mine = Interest.objects.standing().filter(person=request.user, workshop=workshop).first()
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
