"""What is not UTF-8 is refused before anything reads it."""

import codecs
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.utils.http import parse_header_parameters

GetResponse = Callable[[HttpRequest], HttpResponse]
# US-ASCII is a part of UTF-8.
UTF_8 = ("utf-8", "ascii")
FORM = "application/x-www-form-urlencoded"


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
