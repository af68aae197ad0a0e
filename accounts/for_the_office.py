"""Pages of the office outside of the admin: opened as those there are."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from accounts.sign_in import SignedInRequest

View = Callable[..., HttpResponseBase]


def for_the_office(permission: str) -> Callable[[View], View]:
    """Open a view to people of the office who have `permission` (“registrations.change_registration”), and to nobody
    else (403). Where the admin needs a second factor this view does too (SecondFactorMiddleware)."""

    def opened(view: View) -> View:
        @wraps(view)
        def only_the_office(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_staff or not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        only_the_office.is_for_the_office = True  # type: ignore[attr-defined] # the middleware looks for it
        return only_the_office

    return opened
