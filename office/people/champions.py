"""The page of the people who represent a unit: those of now and of before; one is added by address, or ended."""

from datetime import date
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import Champion, Unit
from accounts.models.champion import today
from office.base import OfficeAdmin, acting, carry_out
from office.people.by_address import ByAddress

PAGE = "admin:accounts_unit_champions"


class ChampionForm(ByAddress):
    """Somebody who is to represent a unit, and since when."""

    button = "Make champion"
    field_order = ["email", "since"]
    since = forms.DateField(
        label="Since",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Empty: today.",
    )

    def clean_since(self) -> date | None:
        since: date | None = self.cleaned_data["since"]
        if since and since > today():
            raise forms.ValidationError("This day has not come yet. Choose today, or a day before.")
        return since


def champions_page(office: OfficeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show who represents a unit; on POST let somebody do so, or end it. A refusal is shown with what was typed."""
    unit = get_object_or_404(Unit, pk=pk)
    may_see_names = request.user.has_perm("accounts.view_person")
    if not (office.has_change_permission(request, unit) and may_see_names):
        raise PermissionDenied
    if request.method == "POST" and "ends" in request.POST:
        return _end(request, unit)
    form = ChampionForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":

        def act() -> None:
            Champion.objects.appoint(form.person, unit, by=acting(request), since=form.cleaned_data["since"])
            messages.success(request, f"{form.person} is a champion of {unit}.")

        status = carry_out(form, act, Champion.Refused)
        if status == HTTPStatus.FOUND:
            return redirect(PAGE, pk)
    champions = list(unit.champions.select_related("person__unit").order_by("-since", "pk"))
    return office.page(
        request,
        "units/champions",
        "Champions",
        status,
        subtitle=str(unit),
        original=unit,
        form=form,
        standing=[each for each in champions if each.until is None],
        ended=[each for each in champions if each.until is not None],
    )


def _end(request: HttpRequest, unit: Unit) -> HttpResponse:
    key = request.POST["ends"]
    champion = unit.champions.filter(pk=key).first() if key.isascii() and key.isdigit() and len(key) < 18 else None
    if champion is None:
        messages.error(request, "This champion is not on the list any more.")
    else:
        champion.end(by=acting(request))
        messages.success(request, f"{champion.person} is no champion of {unit} any more.")
    return redirect(PAGE, unit.pk)
