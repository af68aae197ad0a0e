"""Two people who do the same at the same moment: the second one gets a page that says so."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

GetResponse = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger(__name__)


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
