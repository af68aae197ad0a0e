"""Who gets past the door of what is offered: docs/decisions/how-open-the-catalog-is.md.

A visitor at a closed door is led to sign in and comes back. What only the link of a session opens is not there for
others. The office gets in everywhere.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.models import Person
from accounts.models.groups import may
from catalog.models import Workshop
from foundation.portal.reader import Posture, is_visitor, reader

# The names of the addresses that show what is offered: lists, and pages that anybody could guess the address of.
LISTS = {"home", "workshops", "workshop", "program", "program_registration", "interested", "topic", "action"}
LISTS |= {"facilitators", "facilitator", "partners", "team", "resources", "resource", "citation", "stored_file"}
LISTS |= {"request_new"}
# Those of one session, whose address nobody can guess.
BY_CODE = {"session", "meter", "register"}
# Calendar programs ask for these, and what they are answered depends on no browser session.
FEEDS, FILES = {"all_sessions", "workshop_sessions"}, {"session_file"}
PRIVATE = ("/admin/", "/accounts/", "/my/", "/registrations/")
NO_SEARCH_ENGINE = "noindex, nofollow"


class SignInFirst(Exception):
    """A visitor stands at a door that opens to people who have signed in."""


def check_door(person: Person | AnonymousUser, workshop: Workshop, *, by_code: bool = False, key: str = "") -> None:
    """Let the reader in to what is told of a workshop: `by_code` where they came by the link of a session, `key` if its
    own link gave one.

    Raises SignInFirst, or Http404 where nobody is to know that it is there.
    """
    posture = workshop.seen_by
    has_link = by_code or constant_time_compare(key, workshop.link_key)
    if posture == Posture.PUBLIC or (posture == Posture.LINK and has_link):
        return
    if may(person, "catalog.view_workshop"):
        return
    if posture == Posture.LINK:
        raise Http404("Only the link of a session leads there.")
    if not person.is_authenticated:
        raise SignInFirst


@csrf_exempt
@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines what to leave alone: the pages of people and of the office, or all unless it is public."""
    left = PRIVATE if settings.CATALOG == Posture.PUBLIC else ("/",)
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in left)]
    return HttpResponse("\n".join(lines) + "\n", "text/plain; charset=utf-8")


class DoorMiddleware:
    """Ask visitors to sign in where the catalog is not public, list for each reader what they find, and say of every
    answer that search engines are to leave it alone unless the catalog is public.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with reader(visitor=False):
            response = self.get_response(request)
        if settings.CATALOG != Posture.PUBLIC:
            response["X-Robots-Tag"] = NO_SEARCH_ENGINE
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer with the way to sign in at a door that is closed."""
        page = request.resolver_match
        name = str(page.url_name) if page and not page.namespaces else ""
        is_closed = settings.CATALOG == Posture.SIGNED_IN and name in BY_CODE | FILES
        is_closed |= settings.CATALOG != Posture.PUBLIC and name in LISTS | FEEDS
        if name in FEEDS | FILES and not is_closed:
            is_visitor.set(True)
        elif name in LISTS | BY_CODE or is_closed:
            is_visitor.set(not request.user.is_authenticated)
            if is_closed and is_visitor.get():
                return redirect_to_login(request.get_full_path())
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Lead to the page where one signs in, from a door that is one workshop's."""
        return redirect_to_login(request.get_full_path()) if isinstance(error, SignInFirst) else None
