"""The pages between the portal and the school's sign-in. What they cannot use they answer with a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from accounts.school.joining import Refused
from accounts.school.openid import OPENID, OpenID, OpenIDAdapter, openid_app
from accounts.school.refusals import TOO_OFTEN, refused

View = Callable[..., HttpResponse]
# A provider answers with what it likes: what is missing, or of another type, shows only where it is used.
NOT_AS_EXPECTED = (OAuth2Error, RequestException, Refused, LookupError, OSError, TypeError, ValueError, AttributeError)


def of_a_provider(name: str) -> Callable[[View], View]:
    """Open a view only where the settings have this provider, and answer what went wrong there with a page."""

    def guarded(view: View) -> View:
        @never_cache
        @login_not_required
        @wraps(view)
        def guarded_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if name not in settings.SCHOOL_PROVIDERS:
                raise Http404
            try:
                return view(request, *args, **kwargs)
            except NOT_AS_EXPECTED as problem:
                return render_authentication_error(request, None, exception=problem)

        return guarded_view

    return guarded


@of_a_provider(OPENID)
@require_GET
def openid(request: HttpRequest) -> HttpResponse:
    """Lead to the school's OpenID provider, and from there back to `next`, if that is a page of this site.

    It is a link and no form: the page's policy (form-action) would stop a form that ends at another site.
    """
    elsewhere, next_url, wants_second_step = destination(request)
    if elsewhere:
        return elsewhere
    more = {"acr_values": " ".join(settings.SCHOOL_SECOND_FACTOR)} if wants_second_step else {}
    provider = OpenID(request, app=openid_app())
    return provider.redirect(request, process=AuthProcess.LOGIN, next_url=next_url, auth_params=more)


@of_a_provider(OPENID)
@require_GET
def openid_answer(request: HttpRequest) -> HttpResponse:
    """Sign in the person whom the OpenID provider answers for."""
    return OAuth2CallbackView.adapter_view(OpenIDAdapter(request, OPENID))(request)


def destination(request: HttpRequest) -> tuple[HttpResponse | None, str | None, bool]:
    """Return where a sign-in at the school leads: at once elsewhere (None: no), to which page of ours afterwards, and
    whether the school is to ask for its second step. Somebody who is signed in goes there only for that.
    """
    next_url = get_next_redirect_url(request)
    wants_second_step = bool(settings.SCHOOL_SECOND_FACTOR) and request.GET.get("step") == "second"
    if request.user.is_authenticated and not wants_second_step:
        return redirect(next_url or settings.LOGIN_REDIRECT_URL), next_url, False
    if not ratelimit.consume(request, action="school"):
        return refused(request, TOO_OFTEN, 429), next_url, False
    return None, next_url, wants_second_step
