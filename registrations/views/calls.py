"""Asking for no more mail in which the office asks somebody to come."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from registrations.models import Call


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """GET asks, POST stops the mail. Anybody with the link may, so that nobody has to sign in to stop it.

    The page names the workshop and never the person.
    """
    own = get_object_or_404(Call.objects.select_related("session__workshop"), uuid=uuid)
    if request.method == "POST":
        own.stop()
        return redirect(own)
    return render(request, "registrations/call.html", {"nav": "workshops", "call": own})
