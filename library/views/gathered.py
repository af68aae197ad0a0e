"""What a topic, or an action, gathers: workshops with their next dates, and resources."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.models import Action, Topic
from foundation import database_clock


@login_not_required
@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the workshops and the resources on a topic."""
    return _page(request, get_object_or_404(Topic, slug=slug), others=[])


@login_not_required
@require_safe
def action(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the workshops that train an action and the resources on it, and lead to the other actions."""
    actions = list(Action.objects.all())
    found = next((one for one in actions if one.slug == slug), None)
    return _page(request, found or get_object_or_404(Action, slug=slug), others=actions)


def _page(request: HttpRequest, found: Topic | Action, others: list[Action]) -> HttpResponse:
    context = {
        "nav": "resources",
        "found": found,
        "now": database_clock.now(),
        "actions": others,
        "workshops": list(found.workshops.listed()),
        "resources": list(found.resources.listed().select_related("citation__resource").defer("body")),
    }
    return render(request, "library/gathered.html", context)
