"""The pages for what went wrong: each says what happened and what to do."""

import sys
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.urls import reverse

from foundation.middleware.outages import outage_of, outage_page
from office.groups.refused import is_of_the_office, refused_page


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    context = {"is_too_large": isinstance(exception, RequestDataTooBig)}
    return render(request, "400.html", context, status=HTTPStatus.BAD_REQUEST)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a POST without a valid CSRF token: the page was open too long, or cookies are off.

    Signing in makes the forms of other tabs invalid. A person who then sends the code from one of them gets a way on.
    """
    is_code = request.user.is_authenticated and request.path == reverse("account_confirm_login_code")
    next_url = request.POST.get("next", "") if is_code else ""
    way_on = next_url if get_adapter().is_safe_url(next_url) else reverse("my_training")
    return render(request, "403_csrf.html", {"is_code": is_code, "way_on": way_on}, status=HTTPStatus.FORBIDDEN)


@login_not_required
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a page is for the office; to people of the office, why it is not for them and whom to ask."""
    if is_of_the_office(request):
        return refused_page(request)
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


@login_not_required
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what nobody caught, in whatever middleware: 503 where the database is away or busy, else 500.

    Rendered without a context: whatever broke may break a context processor too. Django calls this while it handles
    the error, and not with DEBUG.
    """
    if outage := outage_of(sys.exc_info()[1]):
        return outage_page(outage)
    return HttpResponse(loader.get_template("500.html").render(), status=HTTPStatus.INTERNAL_SERVER_ERROR)
