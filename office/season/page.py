"""The season page: dates pasted, typed or uploaded, shown with what speaks against them, and put up at once."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from foundation import database_clock
from office.base import OfficeAdmin, acting
from office.season.files import give_to_a_worker
from office.season.forms import RepeatForm, SeasonForm, span_of
from office.season.words import NOT_AGREED, TITLE, done_words
from sessions_app.schedule_import.foreseeing import counted, foresee
from sessions_app.schedule_import.importing import NotAgreed, WrongRows, take_in
from sessions_app.schedule_import.reading import WrongRow
from sessions_app.schedule_import.working import done_in_numbers

TEMPLATE, PREVIEW = "season/season", "season/preview"


def season_page(office: OfficeAdmin, request: HttpRequest) -> HttpResponse:
    """GET asks for dates. POST shows what becomes of them, adds days that come round, or puts the dates up."""
    if not office.has_add_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        form = SeasonForm(initial={"like": request.GET.get("like", "")[:8]})
        return _ask(office, request, form, _repeat(form))
    if "repeat" in request.POST:
        return _add_days(office, request)
    form = SeasonForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(office, request, form, _repeat(form), HTTPStatus.BAD_REQUEST)
    if "change" in request.POST:
        form = _typed(form.cleaned_data["dates"], request.POST)
        return _ask(office, request, form, _repeat(form))
    if form.is_long:
        return give_to_a_worker(request, form.cleaned_data["dates"], form.zone_of_rows, form.rows)
    if "drafts" in request.POST or "publish" in request.POST:
        return _put_up(office, request, form)
    return _preview(office, request, form)


def _ask(
    office: OfficeAdmin, request: HttpRequest, form: SeasonForm, repeat: RepeatForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    return office.page(request, TEMPLATE, title_of(form), status, form=form, repeat=repeat)


def title_of(form: SeasonForm) -> str:
    """Return what the page is called."""
    return f"Copy {form.copied} to other dates" if form.copied else TITLE


def _repeat(form: SeasonForm) -> RepeatForm:
    """Return the form of days that come round; those of a copy are at its time of day."""
    if form.copied is None:
        return RepeatForm()
    starts, ends = span_of(form.copied)
    return RepeatForm(initial={"starts": starts, "ends": ends})


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
    foresight = foresee(plans, sorted(sentences.values()), database_clock.now(), name, form.copied)
    rows = foresight.rows
    return office.page(
        request,
        PREVIEW,
        title_of(form),
        status,
        form=form,
        text=form.cleaned_data["dates"],
        rows=rows,
        name=name,
        agreement=foresight.agreement,
        problems=sum(bool(row.problem) for row in rows),
        **counted(rows),
    )


def _put_up(office: OfficeAdmin, request: HttpRequest, form: SeasonForm) -> HttpResponse:
    publish, agreed = "publish" in request.POST, request.POST.get("agreed", "")
    try:
        imported = take_in(form.plans, form.wrong, acting(request), publish=publish, like=form.copied, agreed=agreed)
    except WrongRows as refusal:
        return _preview(office, request, form, refusal.rows, HTTPStatus.CONFLICT)
    except NotAgreed:
        messages.warning(request, NOT_AGREED)
        return _preview(office, request, form, status=HTTPStatus.CONFLICT)
    if imported.made_by_it is None and not imported.changed:
        messages.warning(request, "All of these sessions are there already. Nothing was added.")
        return redirect("admin:sessions_app_session_changelist")
    messages.success(request, done_words(done_in_numbers(imported)))
    if imported.made_by_it is None:
        return redirect("admin:sessions_app_session_changelist")
    return redirect("admin:sessions_app_scheduleimport_change", imported.made_by_it.pk)
