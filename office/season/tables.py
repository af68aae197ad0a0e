"""The tables that the season page takes: an empty one to fill in, and the dates to come, to be corrected."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from foundation import database_clock
from foundation.files.rows import MOST_ROWS
from foundation.files.spreadsheet import as_xlsx
from office.base import OfficeAdmin
from sessions_app.models import Session
from sessions_app.schedule_import.writing import table_of

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def empty_table(office: OfficeAdmin, request: HttpRequest) -> HttpResponse:
    """Answer with a workbook that has the heading alone."""
    return _workbook(office, request, "empty-season.xlsx", [])


def table_to_correct(office: OfficeAdmin, request: HttpRequest) -> HttpResponse:
    """Answer with a workbook of every session to come, drafts included, each with its code."""
    wanted = [Session.Status.DRAFT, *Session.RUNNING]
    found = Session.objects.filter(status__in=wanted, ends_at__gt=database_clock.now()).select_related("workshop")
    found = found.prefetch_related("facilitators", "meetings__venue__campus").order_by("starts_at", "pk")
    return _workbook(office, request, "season.xlsx", list(found[:MOST_ROWS]))


def _workbook(office: OfficeAdmin, request: HttpRequest, name: str, sessions: list[Session]) -> HttpResponse:
    if not office.has_add_permission(request):
        raise PermissionDenied
    response = HttpResponse(as_xlsx(table_of(sessions), title="Season"), content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
