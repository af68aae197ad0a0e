"""The account pages. Of allauth only what signing in by code and the second factor need: the rest is not served."""

from collections.abc import Callable
from typing import TypeVar

from allauth.account.views import logout
from allauth.mfa.base import views as second_factor
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib.auth.decorators import login_required, user_passes_test
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.urls import include, path

from accounts import addresses, views
from accounts.browser_sessions import views as sign_ins
from accounts.models import Person
from accounts.pressed.views import unsent

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def is_office(person: Person | AnonymousUser) -> bool:
    """Tell whether `person` is of the office. Raises PermissionDenied if not."""
    if not person.is_staff:
        raise PermissionDenied
    return True


def office(view: View) -> View:
    """Open `view` to the office only: nobody else has use for a second factor."""
    return login_required(user_passes_test(is_office)(view))


sign_in = views.SignInView.as_view()
new_recovery_codes = office(views.NewRecoveryCodesView.as_view())

urlpatterns = [
    # Two names of one page: allauth reverses both.
    path("login/", sign_in, name="account_login"),
    path("login/", sign_in, name="account_request_login_code"),
    path("login/code/", views.CodeView.as_view(), name="account_confirm_login_code"),
    path("school/", include("accounts.school.urls")),
    path("logout/", logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("profile/", views.ProfileView.as_view(), name="profile"),
    path("address/", addresses.address_change, name="address_change"),
    path("address/<slug:token>/", addresses.address_change_link, name="address_change_link"),
    path("sign-ins/", sign_ins.sign_ins, name="sign_ins"),
    path("sign-ins/others/end/", sign_ins.end_other_sign_ins, name="end_other_sign_ins"),
    path("sign-ins/<slug:name>/end/", sign_ins.end_sign_in, name="end_sign_in"),
    path("unsent/", unsent, name="unsent"),
    path("appearance/", views.appearance, name="appearance"),
    path("2fa/", office(second_factor.index), name="mfa_index"),
    path("2fa/authenticate/", views.SecondFactorView.as_view(), name="mfa_authenticate"),
    path("2fa/reauthenticate/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/app/", office(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/app/remove/", office(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", office(views.recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/new/", new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes.txt", office(views.recovery_codes_file), name="mfa_download_recovery_codes"),
    path("2fa/passkeys/", office(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/passkeys/new/", office(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/passkeys/confirm/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/passkeys/<int:pk>/", office(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("2fa/passkeys/<int:pk>/remove/", office(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
]
