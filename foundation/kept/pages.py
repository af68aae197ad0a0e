"""Answer with what is kept, or make the answer and keep it."""

import gzip
import hashlib
import logging
import re
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from functools import cached_property, wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.template.response import SimpleTemplateResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_http_date_safe, quote_etag
from django.utils.translation import get_language

from foundation import database_clock
from foundation.context_processors import appearance_of
from foundation.kept import reads, written
from foundation.kept.memory import Memory
from foundation.kept.watched import are_watched

View = Callable[..., HttpResponseBase]

logger = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)
MOST_BYTES = 8_000_000
# Shorter answers are not worth it.
LEAST_ZIPPED = 1_000
# What says whose a request is.
OF_SOMEBODY = (settings.SESSION_COOKIE_NAME, "messages")
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
# The token of a form, which each visitor has their own of.
TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")\w{64}(?=")')
EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


class Page:
    """One answer as it was made: for which number, in which period, and its body without the tokens of its forms."""

    def __init__(self, response: HttpResponse, number: int, period: int) -> None:
        self.number, self.period = number, period
        self.pieces = TOKEN.split(response.content)
        self.has_forms = len(self.pieces) > 1
        self.headers = dict(response.items())
        if not self.has_forms:
            self.headers.setdefault("ETag", quote_etag(hashlib.sha256(response.content).hexdigest()[:32]))
            self.headers.setdefault("Cache-Control", "no-cache")

    @property
    def size(self) -> int:
        """Return how many bytes it takes, compressed too."""
        return sum(map(len, self.pieces)) * 5 // 4 + 1_000

    @cached_property
    def zipped(self) -> bytes:
        """Return the body compressed. Nothing in it is one person's, so that its length tells nothing."""
        return gzip.compress(self.pieces[0], 6, mtime=0)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return it as an answer to `request`: 304 where its reader has it, compressed where they take that."""
        if self.has_forms:
            return HttpResponse(get_token(request).encode().join(self.pieces), headers=self.headers)
        response = HttpResponse(self.pieces[0], headers=self.headers)
        if len(self.pieces[0]) >= LEAST_ZIPPED:
            patch_vary_headers(response, ["Accept-Encoding"])
            if "gzip" in request.headers.get("Accept-Encoding", ""):
                response.content = self.zipped
                response["Content-Encoding"] = "gzip"
                # Other bytes than those that the strong one names (RFC 9110, 8.8.1).
                response["ETag"] = "W/" + response["ETag"].removeprefix("W/")
        changed = response.get("Last-Modified")
        seconds = parse_http_date_safe(changed) if changed else None
        return get_conditional_response(request, response["ETag"], seconds, response) or response


pages: Memory[Page] = Memory(MOST_BYTES)
_forgetting: list[Callable[[], None]] = []


def forget_before_keeping(forget: Callable[[], None]) -> Callable[[], None]:
    """Have `forget` called before a page is made that is to be kept: the process remembers something for some time."""
    _forgetting.append(forget)
    return forget


def kept(query: str = "", every: timedelta = MINUTE, for_all: bool = False) -> Callable[[View], View]:
    """Keep what a view answers to visitors who are not signed in, while it is exactly right.

    `query` is the form, as a regular expression, of the query strings that are kept; `every` how long at most what it
    shows of the present stays the same; `for_all` means that it looks at no cookie, and people who are signed in get
    the same. Other requests are the view's own, as is whatever answers anything but 200.
    """
    form = re.compile(query)

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not _is_public(request, form, for_all):
                with written.one_page():
                    return view(request, *args, **kwargs)
            period, key = (database_clock.now() - EPOCH) // every, _key(request, for_all)
            number = written.number()
            if number is None:
                return view(request, *args, **kwargs)
            page = pages.get(key)
            if page is None or (page.number, page.period) != (number, period):
                with written.one_page(number):
                    response, may_be_kept = _make(request, lambda: view(request, *args, **kwargs), for_all)
                if not may_be_kept or not isinstance(response, HttpResponse):
                    return response
                page = Page(response, number, period)
                # Nothing was written while it was made: each of its queries saw what the number stands for.
                if written.number() == number:
                    pages.put(key, page)
            return page.answer(request)

        return answer

    return decorate


def _is_public(request: HttpRequest, form: re.Pattern[str], for_all: bool) -> bool:
    if request.method not in ("GET", "HEAD") or not form.fullmatch(request.META.get("QUERY_STRING", "")):
        return False
    # htmx asks for a part of the page.
    return for_all or not (request.headers.get("HX-Request") or any(name in request.COOKIES for name in OF_SOMEBODY))


def _key(request: HttpRequest, for_all: bool) -> Hashable:
    """Return all that an answer may depend on, but for what stands in the database and the present."""
    shown = "" if for_all else appearance_of(request)
    return request.scheme, request.get_host(), request.get_full_path(), get_language(), shown


def _make(request: HttpRequest, view: Callable[[], HttpResponseBase], for_all: bool) -> tuple[HttpResponseBase, bool]:
    """Return the whole answer of the view, and whether it may be kept."""
    for forget in _forgetting:
        forget()
    asked_if = {name: request.META.pop(name) for name in CONDITIONS if name in request.META}
    with reads.noted() as tables:
        response = view()
        if isinstance(response, SimpleTemplateResponse):
            response.render()
    request.META.update(asked_if)
    if not isinstance(response, HttpResponse) or response.status_code != HTTPStatus.OK or response.cookies:
        return response, False
    if "private" in response.get("Cache-Control", ""):
        return response, False
    if not for_all:
        patch_vary_headers(response, ["Cookie"])
    if not are_watched(tables):
        logger.warning("not kept: %s reads %s", request.resolver_match and request.resolver_match.view_name, tables)
    return response, are_watched(tables)
