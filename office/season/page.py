"""The season page: dates pasted, typed or uploaded, shown with what speaks against them, and put up at once."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from foundation import database_clock
from office.base import OfficeAdmin, acting
from office.season.forms import RepeatForm, SeasonForm
from sessions_app.schedule_import.foreseeing import Foreseen, foresee
from sessions_app.schedule_import.importing import Imported, NotAgreed, WrongRows, take_in
from sessions_app.schedule_import.reading import WrongRow

NOT_AGREED = (
    "What these dates change is not what it was when you looked: nothing is saved yet. Look at it, and press again."
)
TITLE, TEMPLATE, PREVIEW = "Put up a season", "season/season", "season/preview"


def season_page(office: OfficeAdmin, request: HttpRequest) -> HttpResponse:
    """GET asks for dates. POST shows what becomes of them, adds days that come round, or puts the dates up."""
    if not office.has_add_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return _ask(office, request, SeasonForm(), RepeatForm())
    if "repeat" in request.POST:
        return _add_days(office, request)
    form = SeasonForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(office, request, form, RepeatForm(), HTTPStatus.BAD_REQUEST)
    if "change" in request.POST:
        return _ask(office, request, _typed(form.cleaned_data["dates"], request.POST), RepeatForm())
    if "drafts" in request.POST or "publish" in request.POST:
        return _put_up(office, request, form)
    return _preview(office, request, form)


def _ask(
    office: OfficeAdmin, request: HttpRequest, form: SeasonForm, repeat: RepeatForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    return office.page(request, TEMPLATE, TITLE, status, form=form, repeat=repeat)


def _add_days(office: OfficeAdmin, request: HttpRequest) -> HttpResponse:
    repeat = RepeatForm(request.POST)
    if not repeat.is_valid():
        form = _typed(request.POST.get("dates", ""), request.POST)
        return _ask(office, request, form, repeat, HTTPStatus.BAD_REQUEST)
    typed = request.POST.get("dates", "").rstrip()
    return _ask(office, request, _typed(f"{typed}\n{repeat.lines}".strip(), request.POST), repeat)


def _typed(dates: str, posted: QueryDict) -> SeasonForm:
    """Return the form that asks again, with what was typed and these dates."""
    return SeasonForm(initial={**posted.dict(), "dates": dates})


def _preview(
    office: OfficeAdmin,
    request: HttpRequest,
    form: SeasonForm,
    wrong: list[WrongRow] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    name = "row" if form.is_table else "line"
    sentences = {one.row: one for one in [*(wrong or []), *form.wrong]}
    plans = [plan for plan in form.plans if plan.row not in sentences]
    foresight = foresee(plans, sorted(sentences.values()), database_clock.now(), name)
    rows = foresight.rows
    return office.page(
        request,
        PREVIEW,
        TITLE,
        status,
        form=form,
        text=form.cleaned_data["dates"],
        rows=rows,
        name=name,
        agreement=foresight.agreement,
        problems=[row for row in rows if row.problem],
        **counted(rows),
    )


def counted(rows: Sequence[Foreseen]) -> dict[str, Any]:
    """Return what a page says of all rows together."""
    sound = [row for row in rows if not row.problem]
    return {
        "fresh": sum(row.is_fresh and not row.held for row in sound),
        "held": sum(bool(row.held) for row in sound),
        "changed": sum(bool(row.changes) for row in sound),
        "told": any(row.told for row in sound),
        "concerned": sum(bool(row.concerns) for row in sound),
        "drafted": sorted({row.title for row in sound if row.is_new_workshop}),
    }


def _put_up(office: OfficeAdmin, request: HttpRequest, form: SeasonForm) -> HttpResponse:
    publish, agreed = "publish" in request.POST, request.POST.get("agreed", "")
    try:
        imported = take_in(form.plans, form.wrong, acting(request), publish=publish, agreed=agreed)
    except WrongRows as refusal:
        return _preview(office, request, form, refusal.rows, HTTPStatus.CONFLICT)
    except NotAgreed:
        messages.warning(request, NOT_AGREED)
        return _preview(office, request, form, status=HTTPStatus.CONFLICT)
    if imported.made_by_it is None and not imported.changed:
        messages.warning(request, "All of these sessions are there already. Nothing was added.")
        return redirect("admin:sessions_app_session_changelist")
    messages.success(request, done_words(imported))
    if imported.made_by_it is None:
        return redirect("admin:sessions_app_session_changelist")
    return redirect("admin:sessions_app_scheduleimport_change", imported.made_by_it.pk)


def done_words(imported: Imported) -> str:
    """Return what an import has done, in a sentence."""
    published, drafts = len(imported.published), len(imported.sessions) - len(imported.published)
    said = []
    if imported.sessions:
        said.append(f"The dates are put up: {published} published, {drafts} to publish.")
    if imported.held:
        said.append(f"Put on record as held: {len(imported.held)}.")
    if imported.changed:
        said.append(f"Changed: {len(imported.changed)}.")
    return " ".join(said)
