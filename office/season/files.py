"""A schedule of many rows: given to a worker, watched while it works, and put up once everything was seen."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from foundation import database_clock
from foundation.wake import wake
from office.base import OfficeAdmin, acting
from office.season.words import TITLE, done_words
from sessions_app.models import SeasonFile
from sessions_app.tasks import take_in_season

PAGE = "admin:sessions_app_scheduleimport_file"
# Seconds after which a browser asks again how far the work is, with script and without.
AGAIN = 2


def give_to_a_worker(request: HttpRequest, text: str, zone: str, rows: int) -> HttpResponse:
    """Keep the schedule, wake a worker, and go to the page that shows how far it is."""
    file = SeasonFile.objects.create(
        text=text, time_zone=zone, total=rows, made_at=database_clock.now(), made_by=acting(request)
    )
    wake(take_in_season, file.pk)
    return redirect(PAGE, file.pk)


def file_page(office: OfficeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows how far the work is and what was found. POST has it put up."""
    if not office.has_add_permission(request):
        raise PermissionDenied
    file = get_object_or_404(SeasonFile, pk=pk)
    if request.method == "POST":
        wants = next((wish for wish in (SeasonFile.Wants.PUBLISH, SeasonFile.Wants.DRAFTS) if wish in request.POST), "")
        if wants and file.want(wants, request.POST.get("agreed", "")):
            wake(take_in_season, file.pk)
        return redirect(PAGE, file.pk)
    if file.is_over and file.put_up_id:
        messages.success(request, done_words(file.found["done"]))
        return redirect("admin:sessions_app_scheduleimport_change", file.put_up_id)
    said = done_words(file.found["done"]) if file.is_over else ""
    response = office.page(
        request, "season/file", TITLE, HTTPStatus.OK, file=file, found=file.found, said=said, name="row", **_found(file)
    )
    if not file.is_finished:
        response["Refresh"] = str(AGAIN)
    return response


def _found(file: SeasonFile) -> dict:
    """Return what the partials of the preview name."""
    names = ("rows", "fresh", "held", "changed", "told", "concerned", "drafted", "agreement", "problems", "more")
    return {name: file.found.get(name, 0) for name in names} if "rows" in file.found else {"rows": []}
