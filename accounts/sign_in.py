"""Sign people in by a code that is mailed to their school address, and by a spare code when mail is down.

Until the code is accepted nothing is asked, and nothing written, about the person an address may belong to: a page that
knows no person cannot tell, by its words or by its time, whether there is one.
"""

import contextlib
import secrets

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import EmailAddress, Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.browser_sessions.model import BrowserSession, name_of
from accounts.models import Person
from accounts.pressed.press import bind
from foundation import database_clock

SPARE_CODE_SECONDS = 15 * 60
APP = "allauth.account"


class SignedInRequest(HttpRequest):
    """The request of a view that nobody reaches signed out (SignInMiddleware); for the types only."""

    user: Person


def may_ask(email: str) -> bool:
    """Tell whether `email` (lower case) may ask for a code: its domain is the school's, or one the office has too.

    All addresses of a domain are answered alike, so that nobody finds out by asking which people are of the office.
    """
    return is_school(email) or Person.objects.filter(email__endswith=f"@{_domain(email)}", is_staff=True).exists()


def may_get_mail(email: str) -> bool:
    """Tell whether we write to `email` (lower case): a school address, or somebody of the office."""
    return is_school(email) or Person.objects.filter(email=email, is_staff=True).exists()


def may_sign_in(email: str) -> bool:
    """Tell whether a code is mailed to `email` (lower case): we write to it, and nobody who has it is switched off."""
    return may_get_mail(email) and not Person.objects.filter(email=email, is_active=False).exists()


def is_school(email: str) -> bool:
    return _domain(email) in settings.SIGNUP_EMAIL_DOMAINS


def _domain(email: str) -> str:
    return email.rpartition("@")[2]


# ---- asking for a code ----


def may_send(request: HttpRequest, email: str) -> bool:
    """Count one more code for `email`, asked for or sent again. False over three a minute or ten an hour."""
    return _within_limit(request, "request_login_code", email)


def may_guess_on(request: HttpRequest) -> bool:
    """Count one more wrong code from the network of this request. False over twenty a minute."""
    return _within_limit(request, "wrong_login_code")


def _within_limit(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Count one more `action`. False over one of the limits that settings.ACCOUNT_RATE_LIMITS has for it.

    It counts as allauth's `consume` does, under the same keys. That one takes four statements for each limit, and gives
    up on a request that has stood in line for a second, which is no verdict.
    """
    rates = ratelimit.get_rates(app=APP, action=action)
    counted = {ratelimit.get_cache_key(request, app=APP, action=action, rate=rate, key=key): rate for rate in rates}
    with cache.held({name: rate.duration for name, rate in counted.items()}) as kept:  # type: ignore[attr-defined] # ours
        now = database_clock.now().timestamp()
        for name, rate in counted.items():
            allowed, kept[name] = ratelimit.apply_rate(kept.get(name) or [], now, rate)
            if not allowed:
                return False
    return True


class CodeProcess(LoginCodeVerificationProcess):
    """allauth's sign-in by code, in which the person is found only once the code is accepted."""

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:
        """Make a code and owe its mail, whose address it may be. The worker that sends it asks whether it may go."""
        context = {"request": self.request, "code": self.generate_code()}
        get_adapter().send_mail("account/email/login_code", email, context)


@transaction.atomic
def send_code(request: HttpRequest, email: str) -> None:
    """Mail a code to `email` and let this browser wait for it. For every address the path and the work are the same.

    The code has a browser session of its own, and with it tries of its own: what was asked for before is worthless.
    What was pressed while signed out waits for the person with this address, if it led here.
    """
    bind(request, email, request.POST.get("next"))
    request.session.cycle_key()
    login = Login(email=email, state={"stages": {"current": LoginByCodeStage.key}})
    stage = LoginByCodeStage(LoginStageController(request, login), request, login)
    stage.state |= CodeProcess.initial_state(user=None, email=email) | {"initiated_by_user": True}
    process = CodeProcess(stage)
    process.send()
    process.persist()


def take_try(request: HttpRequest) -> int | None:
    """Count one try of the code that this browser waits for, before it is compared.

    Return how many are left, None where there was none. Raises BrowserSession.DoesNotExist if another tab has signed in
    since.
    """
    return BrowserSession(name=name_of(request.session.session_key or "")).take_try()


def has_no_tries_left(request: HttpRequest) -> bool:
    """Tell whether every try of the code that this browser waited for was taken, and so the code thrown away."""
    tried = BrowserSession.objects.filter(name=name_of(request.session.session_key or ""))
    return tried.filter(tries=BrowserSession.MOST_TRIES).exists()


def welcome(email: str) -> Person:
    """Return the person with this address, made now if there is none: a code mailed to it was accepted."""
    person = Person.objects.filter(email=email).first()
    try:
        with contextlib.nullcontext() if person else transaction.atomic():
            person = person or Person.objects.create_user(email)
    # Two codes for one new address at once: the other one made the person.
    except (IntegrityError, ValidationError):
        person = Person.objects.get(email=email)
    _verify(person, email)
    return person


def _verify(person: Person, email: str) -> None:
    """Write that `email` is this person's, which the code has shown. allauth takes seven statements to do so."""
    known = list(EmailAddress.objects.filter(user=person))
    if any(address.email == email for address in known):
        return
    try:
        with transaction.atomic():
            EmailAddress.objects.create(user=person, email=email, verified=True, primary=not known)
    # Another account had it first, or the same code came twice: allauth looks at it after this.
    except IntegrityError:
        EmailAddress.objects.get_or_create(user=person, email=email)


# ---- when mail is down ----


def write_spare_code(email: str) -> str:
    """Return a new code of six digits that `email` can type instead of the mailed one, once, within 15 minutes."""
    code = f"{secrets.randbelow(10**6):06}"
    cache.set(_spare_key(email), _digest(email, code), SPARE_CODE_SECONDS)
    return code


def use_spare_code(email: str, code: str) -> bool:
    """Tell whether `code` is the spare code of `email`, and make it worthless if it is."""
    known = cache.get(_spare_key(email))
    if known is None or not secrets.compare_digest(known, _digest(email, code)):
        return False
    return cache.delete(_spare_key(email))


def _spare_key(email: str) -> str:
    return f"spare-code:{salted_hmac('accounts.spare_code', email, algorithm='sha256').hexdigest()}"


def _digest(email: str, code: str) -> str:
    # With the value that `end_sign_ins` replaces: what was made before it opens nothing after it.
    account = Person.objects.filter(email=email).values_list("password", flat=True).first()
    return salted_hmac("accounts.spare_code", f"{email}:{account}:{code}", algorithm="sha256").hexdigest()
