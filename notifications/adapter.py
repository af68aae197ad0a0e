"""Adapt allauth: its words are the portal's, and its mail goes out as Notices ahead of the queue."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.forms import CODE_WRONG
from accounts.school.second_step import SecondFactorStage
from foundation.wake import wake
from notifications.kinds.account import owe_account_news, owe_code
from notifications.tasks import deliver_soon

ALLAUTHS_STAGE = "allauth.mfa.stages.AuthenticateStage"
CODE_MAIL = "account/email/login_code"
ACCOUNT_NEWS = {
    "mfa/email/totp_activated": "An authenticator app now guards your account",
    "mfa/email/totp_deactivated": "The authenticator app was removed from your account",
    "mfa/email/webauthn_added": "A passkey was added to your account",
    "mfa/email/webauthn_removed": "A passkey was removed from your account",
    "mfa/email/recovery_codes_generated": "New recovery codes were made for your account",
}


class AccountAdapter(DefaultAccountAdapter):
    """Use the portal's words, redirect only within this site, and write mail as Notices."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": CODE_WRONG,
        "rate_limited": "That was a lot of codes in a short time. Wait a few minutes, then ask again.",
        "too_many_login_attempts": "That was too many tries. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: allauth's own page to sign up is never open."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Tell whether `url` is on this very site: the same host, and https if the page was."""
        request = allauth_context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def get_login_stages(self) -> list[str]:
        """Return allauth's stages of a sign-in, the second factor's being ours."""
        ours = f"{SecondFactorStage.__module__}.{SecondFactorStage.__qualname__}"
        return [ours if stage == ALLAUTHS_STAGE else stage for stage in super().get_login_stages()]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the Notice of one of allauth's mails. Its body is erased once it is sent or has expired."""
        if template_prefix == CODE_MAIL:
            owe_code(email, context["code"], settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
        else:
            owe_account_news(email, ACCOUNT_NEWS.get(template_prefix, "The way you sign in was changed"))
        wake(deliver_soon)
