"""The catalog: all workshops, one of them with its dates, and one program with its workshops."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.decorators import method_decorator
from django.views.generic import DetailView, TemplateView

from catalog import listing
from catalog.audiences import open_to
from catalog.models import Part, Program, ProgramWorkshop, Workshop
from foundation import database_clock


@method_decorator(login_not_required, name="dispatch")
class CatalogView(TemplateView):
    """Every published program and workshop; drafts too for the office, marked as such."""

    template_name = "catalog/catalog.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = listing.catalog(drafts=self.request.user.is_staff)
        audiences = {each.audience for group in groups for each in group.workshops}
        return super().get_context_data(
            **kwargs, nav="workshops", now=database_clock.now(), groups=groups, open_to=open_to(audiences)
        )


@method_decorator(login_not_required, name="dispatch")
class WorkshopView(DetailView):
    """One workshop, its dates first; a draft only for the office."""

    template_name = "catalog/workshop.html"
    context_object_name = "workshop"

    def get_queryset(self) -> QuerySet[Workshop]:
        workshops = Workshop.objects.select_related("sponsor")
        shown = workshops if self.request.user.is_staff else workshops.published()
        return shown.annotate(has_parts=Exists(Part.objects.filter(workshop=OuterRef("pk"))))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        workshop = self.object
        return super().get_context_data(
            **kwargs,
            nav="workshops",
            now=database_clock.now(),
            objectives=list(workshop.objectives.all()),
            parts=list(workshop.parts.all()) if workshop.has_parts else [],
            facilitators=list(workshop.facilitators.all()),
            requires=list(workshop.requires.all()),
            partners=list(workshop.partners.all()),
        )


@method_decorator(login_not_required, name="dispatch")
class ProgramView(DetailView):
    """One program: its workshops in order, each with every date of it. A draft only for the office."""

    template_name = "catalog/program.html"
    context_object_name = "program"

    def get_queryset(self) -> QuerySet[Program]:
        programs = Program.objects.all() if self.request.user.is_staff else Program.objects.published()
        programs = programs.with_entries().select_related("sponsor")
        return programs.prefetch_related("partners", "entries__workshop__requires")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        program = self.object
        entries: list[ProgramWorkshop] = list(program.entries.all()) if self.request.user.is_staff else program.offered
        return super().get_context_data(
            **kwargs,
            nav="workshops",
            now=database_clock.now(),
            entries=entries,
            workshops=[entry.workshop for entry in entries],
        )
