"""Serve the page that the mail about a declined seat links to, and send a person their invitation again."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.sign_in import SignedInRequest
from foundation import database_clock
from foundation.wake import wake
from notifications.models import CalendarThread, Decline
from notifications.tasks import deliver_soon
from registrations.display.titles import discreet_title_and_day
from registrations.views.own import ticket_page
from registrations.views.viewer import own_registration


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Say until when the seat is kept (GET), or keep it (POST). Too late is 409, with the way back in."""
    own = Decline.objects.filter(registration__person=request.user)
    declined = get_object_or_404(
        own.select_related("registration__session__workshop", "registration__person"), uuid=uuid
    )
    if request.method == "POST":
        if declined.keep():
            wake(deliver_soon)
            messages.success(request, "You’ve kept your place. A new invitation for your calendar is on its way.")
            return redirect(declined.registration)
        is_kept = declined.state == Decline.State.KEPT
        return _page(request, declined, status=HTTPStatus.OK if is_kept else HTTPStatus.CONFLICT)
    return _page(request, declined)


def _page(request: HttpRequest, declined: Decline, status: int = 200) -> HttpResponse:
    context = {
        "nav": "my",
        "decline": declined,
        "registration": declined.registration,
        "session": declined.registration.session,
        "titled": discreet_title_and_day(declined.registration, database_clock.now()),
    }
    return render(request, "notifications/decline.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_again(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """POST sends the person's invitation once more, to their own address; GET only leads to their page.

    Too often is 429, and 409 where there is no invitation that holds, each with its sentence.
    """
    own, now = own_registration(request, uuid), database_clock.now()
    if request.method != "POST":
        return redirect(own)
    try:
        CalendarThread.objects.send_again_to(own, now=now)
    except CalendarThread.TooOften as refusal:
        return ticket_page(request, own, now, str(refusal), HTTPStatus.TOO_MANY_REQUESTS)
    except CalendarThread.Refused as refusal:
        return ticket_page(request, own, now, str(refusal), HTTPStatus.CONFLICT)
    wake(deliver_soon)
    messages.success(request, f"Your invitation is on its way to {own.person.email}. It replaces the entry you have.")
    return redirect(own)
