"""Pages about one's own account: signing in, the second factor's doors, the profile, the appearance."""

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST
from django.views.generic import UpdateView

from accounts import sign_in
from accounts.browser_sessions.model import BrowserSession
from accounts.forms import CODE_WRONG, CODES_OFF, CodeForm, ProfileForm, SignInForm
from accounts.models import AddressChange, Person
from accounts.models.other_address import leads_nowhere
from accounts.second_factor import unused_recovery_codes
from accounts.sign_in import CodeProcess, SignedInRequest
from foundation import database_clock

# At run time a plain mixin: allauth's view of the second factor has forms of its own.
if TYPE_CHECKING:
    from django.views.generic.edit import FormMixin as FormView
else:
    FormView = object

logger = logging.getLogger(__name__)

# Where the state of a sign-in keeps the last code that was not right.
REFUSED = "refused"
CODE_EXPIRED = "That code has expired. We can send a new one."
TOO_MANY_TRIES = "That was too many tries, so the code no longer works. We can send a new one."


class InvalidIsUnprocessable(FormView):
    """Answer a form that is not valid with 422: it is shown again with what was typed and what to change."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


# ---- signing in ----


class SignInView(InvalidIsUnprocessable, RequestLoginCodeView):
    """Ask for the school address and mail a code to it."""

    template_name = "account/login.html"
    extra_context = {"nav": "sign-in"}

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Show the form although a code is awaited: that is how one uses a different address."""

    def form_valid(self, form: SignInForm) -> HttpResponse:
        sign_in.send_code(self.request, form.cleaned_data["email"])
        return redirect(self.get_success_url())

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        if not settings.SIGN_IN_BY_CODE:
            return start_again(self.request, "", CODES_OFF, HTTPStatus.FORBIDDEN)
        response = super().form_invalid(form)
        if form.is_rate_limited:
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response


@method_decorator([never_cache, login_not_required], name="dispatch")
class CodeView(ConfirmLoginCodeView):
    """Ask for the code that was mailed; accept it once, in the browser that asked for it."""

    template_name = "account/code.html"
    extra_context = {"nav": "sign-in"}
    tries_left: int | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.SIGN_IN_BY_CODE:
            return redirect(self.passthrough_next_url(reverse("account_login")))
        if request.method == "POST" and not request.user.is_authenticated:
            stage = LoginStageController.enter(request, LoginByCodeStage.key)
            if stage is None and sign_in.has_no_tries_left(request):
                return start_again(request, "", TOO_MANY_TRIES, HTTPStatus.TOO_MANY_REQUESTS)
            if stage is None or not LoginCodeVerificationProcess(stage).is_valid():
                email = stage.state.get("email", "") if stage else ""
                return start_again(request, email, CODE_EXPIRED, HTTPStatus.UNPROCESSABLE_ENTITY)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the try before the code is compared, so that many at once are no more than five."""
        if self._action == "verify" and request.POST.get("code", "").strip():
            try:
                self.tries_left = sign_in.take_try(request)
            except BrowserSession.DoesNotExist:
                return redirect(self.passthrough_next_url(reverse("account_confirm_login_code")))
            if self.tries_left is None:
                self._process.abort()
                return self._no_tries_left()
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict:
        kwargs, refused = super().get_form_kwargs(), self._process.state.get(REFUSED)
        if self._action == "resend":
            return kwargs
        if self.request.method != "POST" and refused is not None:
            kwargs |= {"data": {"code": refused}, "was_refused": True}
        return kwargs | {"email": self._process.state["email"]}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page, after a code that was not right with that code and 422."""
        response = super().get(request, *args, **kwargs)
        if REFUSED in self._process.state:
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response

    def _verify_form_valid(self, form: CodeForm) -> HttpResponse:
        """Find or make the person the address belongs to, and sign them in."""
        email = self._process.state["email"]
        if not sign_in.may_get_mail(email) or leads_nowhere(email):  # nobody was sent this code
            form.add_error("code", CODE_WRONG)
            return self.form_invalid(form)
        self.stage.login.user = sign_in.welcome(email)
        return CodeProcess(self.stage).finish(self.get_next_url())

    def _resend_form_valid(self, form: BaseForm) -> HttpResponse:
        state = self._process.state
        if not sign_in.may_send(self.request, state["email"]):
            messages.error(self.request, get_adapter().error_messages["rate_limited"])
            context = self.get_context_data(form=CodeForm(code="", email=state["email"]))
            return self.render_to_response(context, status=HTTPStatus.TOO_MANY_REQUESTS)
        state.pop(REFUSED, None)
        # The new code lives as long as its mail says.
        state |= CodeProcess.initial_state(None) | {"resend_count": state["resend_count"]}
        self._process: LoginCodeVerificationProcess = CodeProcess(self.stage)
        messages.info(self.request, "We have sent a new code. Only the newest one works.")
        return super()._resend_form_valid(form)

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        """Lead to the page that says so. It is no answer to this POST, so that Back does not send the code again."""
        self._process.state[REFUSED] = str(form.data.get("code", ""))[: CodeForm.MOST]
        if not form.has_error("code", code="required"):
            self._process.state["failed_attempts"] = BrowserSession.MOST_TRIES - (self.tries_left or 0) - 1
            tries_left = self._process.record_invalid_attempt()
            if not sign_in.may_guess_on(self.request) and tries_left:
                self._process.abort()
                tries_left = False
            if not tries_left:
                return self._no_tries_left()
        self._process.persist()
        return redirect(self.passthrough_next_url(reverse("account_confirm_login_code")))

    def _no_tries_left(self) -> HttpResponse:
        logger.warning("a sign-in code was tried too often")
        return start_again(self.request, self._process.state["email"], TOO_MANY_TRIES, HTTPStatus.TOO_MANY_REQUESTS)


def start_again(request: HttpRequest, email: str, problem: str, status: int) -> HttpResponse:
    """Show the sign-in form with the address filled in and a sentence on why the code is of no use."""
    next_url = request.POST.get("next", "")
    context = {
        "nav": "sign-in",
        "form": SignInForm(initial={"email": email}),
        "problem": problem,
        "redirect_field_name": "next",
        "redirect_field_value": next_url if get_adapter().is_safe_url(next_url) else "",
    }
    return render(request, SignInView.template_name, context, status=status)


@login_not_required
def account_inactive(request: HttpRequest) -> HttpResponse:
    """Say that an account was switched off between asking for a code and entering it."""
    return render(request, "account/account_inactive.html", status=HTTPStatus.FORBIDDEN)


# ---- the second factor ----


class SecondFactorView(InvalidIsUnprocessable, AuthenticateView):
    """Ask for the second factor after the code."""


def recovery_codes(request: SignedInRequest) -> HttpResponse:
    """Show the recovery codes that still work. Unlike allauth's page it writes nothing down."""
    return _with_recovery_codes(request, "mfa/recovery_codes/index.html")


def recovery_codes_file(request: SignedInRequest) -> HttpResponse:
    """Give the recovery codes that still work as a text file."""
    return _with_recovery_codes(request, "mfa/recovery_codes/download.txt", content_type="text/plain")


def _with_recovery_codes(request: SignedInRequest, template: str, **options: Any) -> HttpResponse:
    try:
        codes = unused_recovery_codes(request.user)
    except ValidationError as problem:
        messages.error(request, problem.message)
        return redirect("mfa_index")
    if codes is None:
        raise Http404
    raise_if_reauthentication_required(request, app="allauth.mfa")
    return render(request, template, {"unused_codes": codes}, **options)


class NewRecoveryCodesView(GenerateRecoveryCodesView):
    """Ask whether to make new recovery codes, and make them on POST."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        try:
            codes = unused_recovery_codes(self.request.user) or []
        except ValidationError:
            codes = []  # no key opens them, so none of them works
        # Past allauth's own, which would read them without a guard.
        context = super(GenerateRecoveryCodesView, self).get_context_data(**kwargs)
        return context | {"unused_code_count": len(codes)}


@login_not_required
def admin_login(request: HttpRequest) -> HttpResponse:
    """Lead to the one sign-in page. Refuses, with the page for it, a person who is signed in and not of the office."""
    next_url = request.GET.get("next", "")
    if not (next_url.startswith("/") and get_adapter().is_safe_url(next_url)):
        next_url = reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect(reverse("account_login", query={"next": next_url}))
    if not request.user.is_staff:
        raise PermissionDenied
    return HttpResponseRedirect(next_url)


# ---- the profile and the appearance ----


class ProfileView(InvalidIsUnprocessable, UpdateView):
    """Show and change what a person says about themselves."""

    template_name = "accounts/profile.html"
    form_class = ProfileForm
    success_url = reverse_lazy("profile")
    request: SignedInRequest

    def get_object(self, queryset: QuerySet[Person] | None = None) -> Person:
        # Not request.user: a form that is not valid has already written on its object, and the header shows the name.
        return Person.objects.get(pk=self.request.user.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(address_change=AddressChange.objects.of(self.request.user), **kwargs)

    def form_valid(self, form: ProfileForm) -> HttpResponse:  # type: ignore[override] # form_class says which form
        """Save it. What would cost seats is saved only once the person has said yes to just these."""
        lost = form.seats_lost(database_clock.now())
        codes = ",".join(own.session.code for own in lost)
        if codes and self.request.POST.get("gives_up") != codes:
            context = self.get_context_data(form=form, lost=lost, gives_up=codes)
            return self.render_to_response(context, status=HTTPStatus.CONFLICT)
        messages.success(self.request, "Your profile is saved.")
        return super().form_valid(form)


APPEARANCES = {"", "light", "dark"}


@csrf_exempt
@login_not_required
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Keep the chosen appearance (light, dark, or empty for the device’s) in a cookie for a year; go back to `next`.

    A browser that says that the form is a page’s of ours needs no token: pages that are the same for everybody set no
    cookie for one.
    """
    return (choose if is_from_here(request) else csrf_protect(choose))(request)


def is_from_here(request: HttpRequest) -> bool:
    """Tell whether the browser says that a POST comes from a page of the portal."""
    said = request.headers.get("Sec-Fetch-Site")
    return said == "same-origin" or request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def choose(request: HttpRequest) -> HttpResponse:
    """Do what `appearance` does."""
    chosen = request.POST.get("appearance")
    if chosen not in APPEARANCES:
        raise BadRequest("No such appearance.")
    next_url = request.POST.get("next", "")
    response = HttpResponseRedirect(
        next_url if next_url.startswith("/") and get_adapter().is_safe_url(next_url) else "/"
    )
    year = 60 * 60 * 24 * 365
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie("appearance", chosen, max_age=year, secure=secure, httponly=True, samesite="Lax")
    return response
