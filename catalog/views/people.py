"""The people and organizations behind the sessions: facilitators, the office's team, partners."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.views.generic import ListView, TemplateView

from catalog.models import Facilitator, Partner, Program, TeamMember, Workshop
from catalog.models.facilitators import FORMER
from foundation import database_clock
from foundation.kept import kept

MOST_DIGITS = 18  # of a key; a longer number is none of ours


@method_decorator([login_not_required, kept()], name="dispatch")
class FacilitatorListView(ListView):
    """Everybody who leads sessions, by name."""

    queryset = Facilitator.objects.exclude(name=FORMER)
    template_name = "catalog/facilitators.html"
    context_object_name = "facilitators"
    extra_context = {"nav": "facilitators"}


@method_decorator([login_not_required, kept()], name="dispatch")
class FacilitatorView(TemplateView):
    """One facilitator: who they are, what they lead next and what they teach.

    The number in the address finds them. A name that has changed since leads on to the present address.
    """

    template_name = "catalog/facilitator.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number, _, _ = kwargs["key"].partition("-")
        if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
            raise Http404("No such facilitator.")
        self.facilitator = get_object_or_404(Facilitator, pk=number)
        if request.path != self.facilitator.get_absolute_url():
            return redirect(self.facilitator, permanent=False)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            nav="facilitators",
            now=database_clock.now(),
            facilitator=self.facilitator,
            workshops=list(self.facilitator.workshops.listed()),
        )


@method_decorator([login_not_required, kept()], name="dispatch")
class PartnerListView(ListView):
    """The organizations that workshops and programs are given with, and what each of them gives."""

    template_name = "catalog/partners.html"
    context_object_name = "partners"
    extra_context = {"nav": "facilitators"}

    def get_queryset(self) -> QuerySet[Partner]:
        workshops, programs = Workshop.objects.listed(), Program.objects.published()
        return Partner.objects.prefetch_related(
            Prefetch("programs", programs),
            Prefetch("workshops", workshops),
            Prefetch("sponsored_programs", programs),
            Prefetch("sponsored_workshops", workshops),
        )


@method_decorator([login_not_required, kept()], name="dispatch")
class TeamView(ListView):
    """The people of the office: what each of them does, and how to write to them."""

    queryset = TeamMember.objects.select_related("facilitator")
    template_name = "catalog/team.html"
    context_object_name = "team"
    extra_context = {"nav": "facilitators"}
