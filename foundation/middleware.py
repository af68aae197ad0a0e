"""What holds for every page: it can be read, its headers, signing in, a page in place of a blank answer."""

import codecs
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest, ObjectDoesNotExist, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, UnreadablePostError
from django.shortcuts import render
from django.utils.http import parse_header_parameters

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]
# US-ASCII is a part of UTF-8.
UTF_8 = ("utf-8", "ascii")
FORM = "application/x-www-form-urlencoded"


class SecurityHeadersMiddleware:
    """Add Permissions-Policy: the portal asks for no device capability."""

    POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", self.POLICY)
        return response


class NoStoreMiddleware:
    """Let no browser and no proxy keep an answer that was made from a browser session: a signed-in page, a typed form.

    Where nobody looked at the browser session, the answer is the same for everybody and may be kept.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and not request.session.is_empty():
            response["Cache-Control"] = "no-store, private"
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Ask for a sign-in, and do not even look which person is asking where a page is open to everybody.

    To look is to read the browser session: the answer would depend on a cookie, or take an outdated one away.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Answer with a redirect where signing in is required and missing."""
        if not getattr(view, "login_required", True):
            return None
        return super().process_view(request, view, args, kwargs)


class NotAllowedMiddleware:
    """Put a page into the empty answer to a browser that opens the address of a button, as when its page is reloaded.

    Programs ask in other ways; what they get stays as it is.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "GET" and response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
            page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
            page["Allow"] = response["Allow"]
            return page
        return response


class PatientRequest(WSGIRequest):
    """A request that is read as UTF-8, whatever its Content-Type says: that is for ReadableMiddleware to refuse.

    Django's own takes the charset for the name of a codec and reads the query with it while the request is being made,
    before any middleware could answer.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:
            self.content_type, self.content_params = "", {"charset": "unreadable"}


class ReadableMiddleware:
    """Refuse with 400 what is not UTF-8: a charset of another name, other bytes in the query or the body.

    Django takes any codec of Python for a charset, and some of them decode no text at all. The query and the body of a
    form are percent-encoded UTF-8 (WHATWG URL, section 5.1), and nothing is uploaded here, so every body is text. What
    else makes a body unreadable is Django's to refuse: broken multipart, too many fields, too many bytes.

    No page has a NUL character in its address: 404. A cookie with a control character was not set here and is left out:
    refused, it would lock its owner out of every page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_utf_8 = _is_utf_8((request.content_params or {}).get("charset", "utf-8"))
        for name in [name for name, value in request.COOKIES.items() if not value.isprintable()]:
            del request.COOKIES[name]
        try:
            request.GET  # noqa: B018 (it is read here)
        except SuspiciousOperation:
            # Also the page that says so reads it.
            request.GET = QueryDict()
            raise
        query = request.META.get("QUERY_STRING", "").encode("latin-1")
        if not (is_utf_8 and _is_text(query) and _has_text(request)):
            raise BadRequest("This request is not in UTF-8.")
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)


def _is_utf_8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name in UTF_8
    except (LookupError, ValueError):
        return False


def _is_text(percent_encoded: bytes) -> bool:
    try:
        unquote_to_bytes(percent_encoded).decode()
    except UnicodeDecodeError:
        return False
    return True


def _has_text(request: HttpRequest) -> bool:
    """Tell whether the body is text. Only that of a POST is ever read."""
    if request.method != "POST":
        return True
    try:
        int(request.META.get("CONTENT_LENGTH") or 0)
        body = request.body
    except (ValueError, UnreadablePostError):
        return False
    # Percent signs mean something in a form alone; elsewhere only the bytes count.
    return _is_text(body) if request.content_type == FORM else _is_text(body.replace(b"%", b""))


class OvertakenMiddleware:
    """Turn what two people did at the same moment into 409, where the page has no sentence of its own for it.

    A row that is to be saved is gone, or the database refuses a second one: nothing was changed. It stays an error in
    the log, because it may also be a mistake of ours.
    """

    NOT_SAVED = "did not affect any rows"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        is_gone = isinstance(exception, ObjectDoesNotExist) or (
            isinstance(exception, DatabaseError) and self.NOT_SAVED in str(exception)
        )
        if request.method != "POST" or not (is_gone or isinstance(exception, IntegrityError)):
            return None
        # By the view and the kind of error alone: its words hold what was typed.
        view = request.resolver_match.view_name if request.resolver_match else ""
        logger.error("overtaken at %s: %s", view, type(exception).__name__)
        return render(request, "409.html", status=HTTPStatus.CONFLICT)
