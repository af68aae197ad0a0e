"""allauth's door to the portal: its words, and its mail, which goes out as Notices ahead of the queue."""

from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.forms import CODE_WRONG
from accounts.models import Person
from foundation.wake import wake
from notifications.models import Notice
from notifications.tasks import deliver_soon

CODE_MAIL = "account/email/login_code"
ACCOUNT_NEWS_LIFE = timedelta(days=3)
ACCOUNT_NEWS = {
    "mfa/email/totp_activated": "An authenticator app now guards your account",
    "mfa/email/totp_deactivated": "The authenticator app was removed from your account",
    "mfa/email/webauthn_added": "A passkey was added to your account",
    "mfa/email/webauthn_removed": "A passkey was removed from your account",
    "mfa/email/recovery_codes_generated": "New recovery codes were made for your account",
}


class AccountAdapter(DefaultAccountAdapter):
    """Speak our words, redirect only within this site, and write mail as Notices."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": CODE_WRONG,
        "rate_limited": "That was a lot of codes in a short time. Wait a few minutes, then ask again.",
        "too_many_login_attempts": "That was too many tries. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Tell whether `url` is on this very site: the same host, and https if the page was."""
        request = allauth_context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Write the Notice of one of allauth's mails. Its body is erased once it is sent or expired."""
        if template_prefix == CODE_MAIL:
            code, seconds = context["code"], settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
            said = {"code": f"{code[:3]} {code[3:]}", "minutes": seconds // 60}
            self._owe(Notice.Kind.CODE, email, said, timedelta(seconds=seconds))
        else:
            said = {"news": ACCOUNT_NEWS.get(template_prefix, "The way you sign in was changed")}
            self._owe(Notice.Kind.ACCOUNT, email, said, ACCOUNT_NEWS_LIFE)

    def _owe(self, kind: str, email: str, said: dict, life: timedelta) -> None:
        person = Person.objects.filter(email=email).first()
        said |= {"office_name": settings.OFFICE_NAME, "institution_name": settings.INSTITUTION_NAME}
        said |= {"name": person.get_short_name() if person and person.name else "", "site_url": settings.SITE_URL}
        folder = f"notifications/{kind}"
        subject = " ".join(render_to_string(f"{folder}/subject.txt", said).split())
        said["subject"] = subject
        text = render_to_string(f"{folder}/body.txt", said).strip() + "\n"
        html = render_to_string(f"{folder}/body.html", said)
        Notice.objects.write_code(email, person, subject, text, html, timezone.now() + life, kind=kind)
        wake(deliver_soon)
