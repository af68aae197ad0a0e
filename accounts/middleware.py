"""Signing in, asked for before a page of one person opens, and the office's second factor before the admin does."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from accounts.pressed.press import forget_sent, keep
from accounts.school.second_step import is_proven_by_school
from accounts.second_factor import has_second_factor, is_office_page, is_proven


class SignInMiddleware(LoginRequiredMiddleware):
    """Ask for a sign-in, and do not even look which person is asking where a page is open to everybody.

    To look is to read the browser session: the answer would depend on a cookie, or take an outdated one away. A POST
    that meets nobody signed in is kept until its person has signed in: their sign-in may have ended under the form.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Answer with a redirect where signing in is required and missing."""
        if not getattr(view, "login_required", True):
            return None
        if request.method == "POST" and request.user.is_authenticated:
            forget_sent(request)
        return super().process_view(request, view, args, kwargs)

    def handle_no_permission(self, request: HttpRequest, view: Callable[..., HttpResponseBase]) -> HttpResponseRedirect:
        """Lead to the page where one signs in. A code of the second factor is never kept."""
        page = request.resolver_match
        if request.method != "POST" or page is None or str(page.url_name).startswith("mfa_"):
            return super().handle_no_permission(request, view)
        return keep(request)


class SecondFactorMiddleware:
    """Open the office's pages only with a second factor: set up if there is none, shown in this browser session.

    Those are /admin/ and what is marked `for_the_office`. Does nothing unless OFFICE_SECOND_FACTOR, which is on except
    with DEBUG.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer with a redirect where the factor is missing. Runs after every middleware, so messages work here."""
        page = request.resolver_match
        if not settings.OFFICE_SECOND_FACTOR or page is None:
            return None
        if not is_office_page(page):
            return None
        if not (request.user.is_authenticated and request.user.is_active and request.user.is_staff):
            return None
        if is_proven_by_school(request, request.user):
            return None
        if not has_second_factor(request.user):
            messages.info(request, "Set up a second step first: the office’s desk needs it.")
            return redirect("mfa_index")
        if not is_proven(request):
            return redirect(reverse("mfa_reauthenticate", query={"next": request.get_full_path()}))
        return None
