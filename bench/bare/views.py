"""A list and a detail page with nothing on them: what the portal's pages are compared with."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from sessions_app.models import Session

SHOWN = 50


@login_not_required
def sessions(request):
    """List the sessions the home page lists, read in one query."""
    upcoming = Session.objects.listed().upcoming(timezone.now()).select_related("workshop")
    return render(request, "bare/sessions.html", {"sessions": upcoming[:SHOWN]})


@login_not_required
def session(request, code):
    """Show one session, read in one query."""
    found = get_object_or_404(Session.objects.public().select_related("workshop"), code=code)
    return render(request, "bare/session.html", {"session": found})
