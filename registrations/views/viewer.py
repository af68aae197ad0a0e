"""What belongs to the person who looks at a page."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import Person
from registrations.models import Registration


class SignedInRequest(HttpRequest):
    """The request of a view that nobody reaches signed out (SignIn in foundation/middleware.py); for the types only."""

    user: Person


def own_registration(request: SignedInRequest, uuid: UUID) -> Registration:
    """Return the registration if it is the viewer's; Http404 if it is another's or does not exist."""
    own = Registration.objects.filter(person=request.user).select_related("session__workshop", "person")
    return get_object_or_404(own, uuid=uuid)
