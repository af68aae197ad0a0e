"""An answer that would be a blank page says something."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NOT_ALLOWED = 405


class NotAllowedMiddleware:
    """Put a page into the empty answer to whoever opens the address of a button, as when its page is reloaded.

    Programs ask in other ways; what they get stays as it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "GET" and response.status_code == NOT_ALLOWED and not response.content:
            page = render(request, "405.html", status=NOT_ALLOWED)
            page["Allow"] = response["Allow"]
            return page
        return response
