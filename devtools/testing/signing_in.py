"""Sign in as people do: ask for a code, read it in the mail, show the second step."""

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from accounts.sealed import SIGN_INS
from notifications.models import Notice

SIGN_IN, CODE_PAGE = "/accounts/login/", "/accounts/login/code/"
NO_SCHOOL_ADDRESS = "That address has no access here. Use your work or school address."
# The secret of an authenticator app, as base32.
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def ask_for_code(client: Client, email: str, **more):
    """POST the address to the sign-in page; returns the answer."""
    return client.post(SIGN_IN, {"email": email} | more)


def mailed_code(email: str) -> str:
    """Return the newest code owed to `email`, as its mail shows it."""
    return SIGN_INS.unseal(Notice.objects.filter(to=email, kind="code").first().facts["code"])


def sign_in_by_code(client: Client, person, **more):
    """Ask for a code and enter it; returns the answer to the code."""
    ask_for_code(client, person.email)
    return client.post(CODE_PAGE, {"code": mailed_code(person.email)} | more)


def app_code(secret: str = APP_SECRET) -> str:
    """Return what an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
