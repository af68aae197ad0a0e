"""What belongs to the person who looks at a page."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.sign_in import SignedInRequest
from registrations.models import Registration


def own_registration(request: SignedInRequest, uuid: UUID) -> Registration:
    """Return the registration if it is the viewer's; Http404 if it is another's or does not exist."""
    own = Registration.objects.filter(person=request.user).select_related("session__workshop", "person")
    return get_object_or_404(own, uuid=uuid)
