"""Tell an outage from a fault, and answer it calmly: a database that is away, full, read-only or locked.

An outage is 503 with Retry-After, wherever in the answer it shows: while the browser session is loaded or saved, in a
middleware, a view or a template. Its page needs no database.
"""

from collections.abc import Callable, Iterator
from enum import Enum
from http import HTTPStatus

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.template import loader

GetResponse = Callable[[HttpRequest], HttpResponse]


class Outage(Enum):
    """What keeps the database from answering; the value is how many seconds to wait before trying again."""

    BUSY = 3
    AWAY = 30


# PostgreSQL names each error by five characters, of which the first two are its class (its manual, appendix A).
BUSY_CODES = {"55P03", "40P01", "40001", "57014"}  # lock timeout, deadlock, serialization failure, query canceled
# Connections; resources (a full disk, too many connections); an operator stopped it; the system under it.
AWAY_CLASSES = {"08", "53", "57", "58"}
READ_ONLY = "25006"
# What psycopg says where there is no connection: InterfaceError is also what it says of wrong use.
CLOSED = "already closed"
# SQLite's result codes (sqlite.org/rescode.html): BUSY, LOCKED; and NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL.
SQLITE_BUSY, SQLITE_AWAY = {5, 6}, {7, 8, 10, 13, 14, 15}


def outage_of(error: BaseException | None) -> Outage | None:
    """Return which outage the error comes from, None for any other error.

    What is raised because of an outage, or while one is dealt with, comes from it too.
    """
    found = [outage for each in _chain(error) if isinstance(each, Error) and (outage := _outage(each))]
    return found[0] if found else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _outage(error: Error) -> Outage | None:
    """Look at what the driver raised, which Django keeps as the cause of its own error."""
    cause = error.__cause__
    sqlite_code = getattr(cause, "sqlite_errorcode", None)
    if sqlite_code is not None:
        primary = sqlite_code & 0xFF
        return Outage.BUSY if primary in SQLITE_BUSY else Outage.AWAY if primary in SQLITE_AWAY else None
    if cause is None or not hasattr(cause, "pgcode"):
        return None
    code = cause.pgcode
    if code is None:
        # The server said nothing: it was not reached, or it hung up.
        is_lost = type(cause).__name__ == "OperationalError" or CLOSED in str(cause)
        return Outage.AWAY if is_lost else None
    if code in BUSY_CODES:
        return Outage.BUSY
    return Outage.AWAY if code[:2] in AWAY_CLASSES or code == READ_ONLY else None


def outage_page(outage: Outage) -> HttpResponse:
    """Answer 503 with when to try again. Rendered without a request: a context processor would ask the database."""
    page = loader.get_template("503.html").render({"is_busy": outage is Outage.BUSY})
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(outage.value)})


class OutageMiddleware:
    """Answer an outage in a view or its template, also where DEBUG shows a traceback for what else goes wrong.

    What fails in a middleware comes to `config.errors.server_error`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        outage = outage_of(exception)
        return outage_page(outage) if outage else None
