"""One resource, its citation for reference managers, and its file."""

from datetime import datetime
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models.groups import may
from catalog.models import Workshop
from foundation import database_clock
from library.access import Access, access_of
from library.citations.ris import write_ris
from library.citations.style import reference_html
from library.display import OPENING, facts, way_in
from library.models import Resource, StoredFile

# What a browser may do with a file that it opens in spite of being told to save it: nothing.
SANDBOX = "sandbox; default-src 'none'"


def find(request: HttpRequest, slug: str, now: datetime) -> tuple[Resource, Access]:
    """Return a published resource, or a draft to the office, and how the viewer stands to it. Http404 for others."""
    with_facts = Resource.objects.select_related("citation", "file").defer("file__content")
    found = get_object_or_404(with_facts, slug=slug)
    if not found.is_published and not may(request.user, "library.view_resource"):
        raise Http404("Not published yet.")
    return found, access_of(request.user, found, now)


@login_not_required
@require_safe
def resource(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a resource. A person who may not open it reads what it is, for whom, and the way in."""
    now = database_clock.now()
    found, access = find(request, slug, now)
    return _page(request, found, access, now)


@login_not_required
@require_safe
def citation(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the citation as RIS, to people who may open the resource; to others its page, as 403."""
    now = database_clock.now()
    found, access = find(request, slug, now)
    if not access.is_open:
        return _page(request, found, access, now, status=HTTPStatus.FORBIDDEN)
    cited = getattr(found, "citation", None)
    if cited is None:
        raise Http404("It has no citation.")
    return _attached(write_ris(cited.facts()), "application/x-research-info-systems; charset=utf-8", f"{slug}.ris")


@login_not_required
@require_safe
def stored_file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Give the file to save, to people who may open the resource; to others its page, as 403."""
    now = database_clock.now()
    found, access = find(request, slug, now)
    if not access.is_open:
        return _page(request, found, access, now, status=HTTPStatus.FORBIDDEN)
    file = get_object_or_404(StoredFile, resource=found, name=name)
    return _attached(bytes(file.content), file.content_type, f"{slug}.{file.extension}")


def _attached(content: bytes | str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = SANDBOX
    return response


def _page(
    request: HttpRequest, found: Resource, access: Access, now: datetime, status: int = HTTPStatus.OK
) -> HttpResponse:
    workshops = Workshop.objects.listed().filter(resources=found).distinct().order_by("title")
    context = {
        "nav": "resources",
        "resource": found,
        "facts": facts(found),
        "topics": list(found.topics.all()),
        "actions": list(found.actions.all()),
        "workshops": list(workshops),
    }
    if not access.is_open:
        context |= {"way_in": way_in(found, access, now), "answer": access.answer.value}
        return render(request, "library/closed.html", context, status=status)
    cited = getattr(found, "citation", None)
    context |= {
        "opening": OPENING[Resource.Kind(found.kind)],
        "file": getattr(found, "file", None),
        "citation": cited,
        "reference": reference_html(cited.facts()) if cited else "",
    }
    return render(request, "library/resource.html", context, status=status)
