"""A list and a detail page with nothing on them, and registering that only counts: what the portal is compared with."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import Person
from catalog.models import Program, Workshop
from registrations.models import Registration
from sessions_app.models import Session

SHOWN = 50


@login_not_required
def sessions(request: HttpRequest) -> HttpResponse:
    """List the sessions the home page lists, read in one query."""
    upcoming = Session.objects.listed().upcoming(timezone.now()).select_related("workshop")
    return render(request, "bare/sessions.html", {"sessions": upcoming[:SHOWN]})


@login_not_required
def workshops(request: HttpRequest) -> HttpResponse:
    """List the workshops of the catalog with what each is about and its dates, read in three queries."""
    running = Session.objects.listed().running().upcoming(timezone.now())
    dates = Prefetch("sessions", running, to_attr="dates")
    found = Workshop.objects.published().prefetch_related("objectives", dates)
    return render(request, "bare/workshops.html", {"workshops": found})


@login_not_required
def program(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one program with the dates of its workshops, read in three queries."""
    found = get_object_or_404(Program.objects.published(), slug=slug)
    upcoming = Session.objects.listed().upcoming(timezone.now())
    dates = Prefetch("workshop__sessions", upcoming, to_attr="dates")
    entries = found.entries.select_related("workshop").prefetch_related(dates)
    return render(request, "bare/program.html", {"program": found, "entries": entries})


@login_not_required
def session(request: HttpRequest, code: str) -> HttpResponse:
    """Show one session, read in one query."""
    found = get_object_or_404(Session.objects.public().select_related("workshop"), code=code)
    return render(request, "bare/session.html", {"session": found})


def register(request: HttpRequest, code: str) -> HttpResponse:
    """Lock the session, count, insert."""
    assert isinstance(request.user, Person)
    now = timezone.now()
    with transaction.atomic():
        session = get_object_or_404(Session.objects.select_for_update(), code=code)
        taken = session.registrations.count()
        status = Registration.Status.REGISTERED if taken < session.capacity else Registration.Status.WAITLISTED
        session.registrations.create(
            person=request.user, status=status, position=taken + 1, registered_at=now, seated_at=now
        )
    return redirect("session", code)


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process lives."""
    return HttpResponse("ok")
