"""The pages for what went wrong: each says what happened and what to do."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader


@login_not_required
def bad_request(request: HttpRequest, exception) -> HttpResponse:
    return render(request, "400.html", status=400)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a POST without a valid CSRF token: the page was open too long, or cookies are off."""
    return render(request, "403_csrf.html", status=403)


@login_not_required
def permission_denied(request: HttpRequest, exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@login_not_required
def page_not_found(request: HttpRequest, exception) -> HttpResponse:
    return render(request, "404.html", status=404)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Render without a context: whatever broke may break a context processor too."""
    return HttpResponse(loader.get_template("500.html").render(), status=500)
