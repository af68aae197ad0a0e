"""What is not UTF-8 is refused before anything reads it."""

import codecs
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.utils.http import parse_header_parameters

GetResponse = Callable[[HttpRequest], HttpResponse]
# US-ASCII is a part of UTF-8.
UTF_8 = ("utf-8", "ascii")
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
MOST_TEXT = 2_621_440
A_FILE = re.compile(rb";\s*filename\*?=", re.IGNORECASE)


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
    form are percent-encoded UTF-8 (WHATWG URL, section 5.1), and every body is text but for the files that the office
    uploads in one (RFC 7578). What else makes a body unreadable is Django's to refuse: broken multipart, too many
    fields, too many bytes.

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
    """Tell whether the body is text, but for uploaded files. Only that of a POST is ever read.

    Raises RequestDataTooBig for more than the longest form; Django itself does for more than a form with a file.
    """
    if request.method != "POST":
        return True
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        is_short = length <= MOST_TEXT or request.content_type == MULTIPART
        body = request.body if is_short else b""
    except (ValueError, UnreadablePostError):
        return False
    text = _without_files(body, request) if request.content_type == MULTIPART else body
    if not is_short or len(text) > MOST_TEXT:
        raise RequestDataTooBig("A form has at most 2.5 MB, but for a file.")
    # Percent signs mean something in a form alone; elsewhere only the bytes count.
    return _is_text(text) if request.content_type == FORM else _is_text(text.replace(b"%", b""))


def _without_files(body: bytes, request: HttpRequest) -> bytes:
    """Return a multipart body without the content of the parts that are files: those have a file's name.

    Where Django splits it in another way nothing is lost but a mark for what was not readable.
    """
    boundary = (request.content_params or {}).get("boundary", "").encode("utf-8", "replace")
    texts = []
    for part in body.split(b"--" + boundary) if boundary else [body]:
        head, blank, content = part.partition(b"\r\n\r\n")
        texts.append(head if A_FILE.search(head) else head + blank + content)
    return b"\n".join(texts)
