"""The pages “The year on one page” and “How this is counted”, and the figures of the first as files."""

from datetime import date
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from foundation import database_clock
from foundation.dates import local
from foundation.wake import wake
from office.base import acting
from office.figures.ranges import RangeForm, YearLink, span_words, year_words
from office.figures.report import report
from office.figures.tables import as_file
from outcomes.models import KeptFigures
from outcomes.models.kept_figures import span_of_year, year_of_day
from outcomes.record.windows import Span
from outcomes.tasks import count_figures

MAY_SEE, MAY_COUNT = "sessions_app.view_session", "sessions_app.change_session"
FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def refuse_unless(request: HttpRequest, permission: str = MAY_SEE) -> None:
    """Raise PermissionDenied for people of the office without `permission`."""
    if not acting(request).has_perm(permission):
        raise PermissionDenied


def page(request: HttpRequest, name: str, title: str, status: int = HTTPStatus.OK, **said: Any) -> TemplateResponse:
    """Answer with templates/office/figures/<name>.html in the frame of the admin."""
    context = {**admin.site.each_context(request), "title": title, **said}
    return TemplateResponse(request, f"office/figures/{name}.html", context, status=status)


def local_today() -> date:
    """Return the day it is in the portal's zone, by the database's clock."""
    return local(database_clock.now(), settings.TIME_ZONE).date()


def year_links(chosen: Span, today: date) -> list[YearLink]:
    """Return the academic years there are figures of, and the one that goes on, the newest first. One query."""
    years = {year_of_day(today), *KeptFigures.objects.values_list("year", flat=True)}
    spans = [(year, span_of_year(year)) for year in sorted(years, reverse=True)]
    return [YearLink(year, year_words(year), span, span == chosen) for year, span in spans]


def year_page(request: HttpRequest) -> HttpResponse:
    """Show the report of the days `first` to `last`, the academic year that goes on if neither is asked for.

    400 for days that cannot be read, for one alone, and for a range backwards; what was typed stays.
    """
    refuse_unless(request)
    today = local_today()
    form = RangeForm(request.GET)
    if not form.is_valid():
        years = year_links(span_of_year(year_of_day(today)), today)
        return page(request, "year", "The year on one page", HTTPStatus.BAD_REQUEST, form=form, year_links=years)
    span = form.span(today)
    found = report(span, today)
    shown = RangeForm({"first": span.first, "last": span.last})
    return page(
        request,
        "year",
        "The year on one page",
        form=shown,
        span=span,
        span_words=span_words(span),
        year_links=year_links(span, today),
        report=found,
        query=urlencode({"first": str(span.first), "last": str(span.last)}),
        may_count=acting(request).has_perm(MAY_COUNT),
        goes_on=span.holds(today),
    )


def year_file(request: HttpRequest, form: str) -> HttpResponse:
    """Answer with every figure of the report as a file; for days that cannot be, with the page that says so."""
    refuse_unless(request)
    asked = RangeForm(request.GET)
    if not asked.is_valid():
        return year_page(request)
    today = local_today()
    span = asked.span(today)
    return file(as_file(report(span, today).all_tables, form, "Figures"), form, f"figures-{span.first}-{span.last}")


def file(content: bytes, form: str, name: str) -> HttpResponse:
    """Answer with a file of the form “csv” or “xlsx”."""
    response = HttpResponse(content, content_type=FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def how_page(request: HttpRequest) -> HttpResponse:
    """Say how each figure is counted; each has an anchor."""
    refuse_unless(request)
    return page(request, "how", "How this is counted")


@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Have a worker count the years that are due now and not at night."""
    refuse_unless(request, MAY_COUNT)
    wake(count_figures)
    messages.success(request, "The figures are being counted. Load this page again in a minute.")
    return redirect("office_figures")
