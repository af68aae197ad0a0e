"""Answer a busy database with a page that says so."""

from django.db import OperationalError
from django.shortcuts import render

BUSY = ("database is locked", "lock timeout", "canceling statement due to lock timeout", "deadlock detected")


class BusyMiddleware:
    """Turn a lock timeout into 503 with Retry-After: nothing was changed, trying again is safe."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, OperationalError) and any(words in str(exception) for words in BUSY):
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "3"
            return response
        return None
