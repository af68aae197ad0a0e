"""Controls in a web process: it answers first and registers afterwards, or waits for the broker.

They replace methods, which is the mistake that mypy is told to ignore.
"""

import threading
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from foundation.wake import Bell

GetResponse = Callable[[HttpRequest], HttpResponse]


def answer_first(get_response: GetResponse) -> GetResponse:
    """Redirect at once and register 0.2 seconds later."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return get_response(request)
        _ = request.body

        def afterwards() -> None:
            time.sleep(0.2)
            get_response(request)

        threading.Thread(target=afterwards).start()
        return HttpResponseRedirect("/")

    return middleware


def wait_for_the_broker(get_response: GetResponse) -> GetResponse:
    """Wake workers in the request itself, without a limit of time."""
    Bell.ring = lambda bell, task, args: task.apply_async(args)  # type: ignore[assignment, method-assign]
    return get_response
