"""Adapt allauth's social accounts: providers come from the settings, and joining is ours (joining.py)."""

import logging
from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError, Provider
from django.http import HttpRequest
from requests import RequestException

from accounts.pressed.press import bind
from accounts.school import joining
from accounts.school.openid import OpenID, openid_app
from accounts.school.refusals import CANCELLED, LATE, NO_ANSWER, NOT_THERE, WRONG, kinds, refused
from accounts.school.second_step import METHOD

logger = logging.getLogger(__name__)


class SchoolAdapter(DefaultSocialAccountAdapter):
    """Sign in whom the school knows, and answer everything else with a page that says what to do."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Return none: no provider is set up by a row in the database."""
        return []

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Provider:
        return OpenID(request, app=openid_app())

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Return False: allauth's own page to sign up is never open."""
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """Find nobody: joining.py does, in one place for every provider."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send none: that an account was joined is on its profile."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find or make the person, with what the school says now; allauth then signs them in.

        Raises ImmediateHttpResponse, with the page that says why, for a person who is refused.
        """
        said = sociallogin.said
        try:
            person = joining.take(said)
        except joining.Refused as refusal:
            logger.info("a sign-in at the school was refused: %s", said.provider)
            raise ImmediateHttpResponse(refused(request, str(refusal), refusal.status)) from None
        sociallogin.user = person
        if request.user.is_authenticated:
            account_adapter().logout(request)
        bind(request, person.email, sociallogin.state.get("next"))
        if said.proof:
            record_authentication(request, person, METHOD, proof=said.proof)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Show why nobody is signed in. The log says of what kind the error was, and nothing that was sent."""
        if isinstance(exception, joining.Refused):
            raise ImmediateHttpResponse(refused(request, str(exception), exception.status))
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(refused(request, CANCELLED, 403))
        if exception is None and (extra_context or {}).get("state") is None:
            raise ImmediateHttpResponse(refused(request, LATE, 400))
        if exception is None:
            raise ImmediateHttpResponse(refused(request, NOT_THERE, 403))
        logger.warning("a sign-in at the school failed: %s", kinds(exception))
        sentence, status = (NO_ANSWER, 503) if isinstance(exception, RequestException) else (WRONG, 403)
        raise ImmediateHttpResponse(refused(request, sentence, status))
