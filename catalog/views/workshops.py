"""The catalog: all workshops, one of them with its dates, and one program with its workshops."""

from collections import defaultdict
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.generic import DetailView, TemplateView

from accounts.models.groups import may
from catalog import listing
from catalog.audiences import open_to
from catalog.doors import check_door
from catalog.models import (
    Facilitator,
    Objective,
    Part,
    Partner,
    Program,
    ProgramCategory,
    ProgramWorkshop,
    Workshop,
)
from foundation import database_clock
from foundation.kept import kept
from foundation.portal.reader import found
from foundation.prepared import Among, prepared, put_beside


@method_decorator([login_not_required, kept()], name="dispatch")
class CatalogView(TemplateView):
    """Every published program and workshop; drafts too for the office, marked as such."""

    template_name = "catalog/catalog.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = listing.catalog(drafts=may(self.request.user, "catalog.view_workshop"))
        audiences = {each.audience for group in groups for each in group.workshops}
        return super().get_context_data(
            **kwargs, nav="workshops", now=database_clock.now(), groups=groups, open_to=open_to(audiences)
        )


@method_decorator([login_not_required, kept()], name="dispatch")
class WorkshopView(DetailView):
    """One workshop, its dates first; a draft only for the office."""

    template_name = "catalog/workshop.html"
    context_object_name = "workshop"

    def get_object(self, queryset: QuerySet[Workshop] | None = None) -> Workshop:
        """Return the workshop with its sponsor; `has_parts` tells whether it has any. Raises Http404."""
        found = workshops_named(self.kwargs["slug"], drafts=may(self.request.user, "catalog.view_workshop"))
        if not found:
            raise Http404("No such workshop.")
        check_door(self.request.user, found[0], key=self.request.GET.get("link", ""))
        return found[0]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        workshop = self.object
        return super().get_context_data(
            **kwargs,
            nav="workshops",
            now=database_clock.now(),
            objectives=objectives_of(workshop),
            parts=list(workshop.parts.all()) if workshop.has_parts else [],
            facilitators=facilitators_of(workshop),
            requires=earlier_than(workshop),
            partners=partners_of_workshop(workshop),
        )


@prepared
def workshops_named(slug: str, *, drafts: bool) -> QuerySet[Workshop]:
    """Return the workshop of that slug, if there is one, for a page of it."""
    workshops = Workshop.objects.all() if drafts else Workshop.objects.published()
    has_parts = Exists(Part.objects.filter(workshop=OuterRef("pk")))
    return workshops.filter(slug=slug).select_related("sponsor").annotate(has_parts=has_parts)


@prepared
def objectives_of(workshop: Workshop) -> QuerySet[Objective]:
    return Objective.objects.filter(workshop=workshop)


@prepared
def facilitators_of(workshop: Workshop) -> QuerySet[Facilitator]:
    return Facilitator.objects.filter(workshops=workshop)


@prepared
def earlier_than(workshop: Workshop) -> QuerySet[Workshop]:
    """Return the workshops that this one comes after."""
    return Workshop.objects.filter(prepares_for=workshop, posture__in=found())


@prepared
def partners_of_workshop(workshop: Workshop) -> QuerySet[Partner]:
    return Partner.objects.filter(workshops=workshop)


@method_decorator([login_not_required, kept()], name="dispatch")
class ProgramView(DetailView):
    """One program: its workshops in order, each with every date of it. A draft only for the office."""

    template_name = "catalog/program.html"
    context_object_name = "program"

    def get_object(self, queryset: QuerySet[Program] | None = None) -> Program:
        """Return the program with all that its page shows of it. Five queries. Raises Http404."""
        found = programs_named(self.kwargs["slug"], drafts=may(self.request.user, "catalog.view_program"))
        if not found:
            raise Http404("No such program.")
        program, entries = found[0], entries_of(found[0])
        earlier: dict[int, list[Workshop]] = defaultdict(list)
        for one in requirements_of([entry.workshop_id for entry in entries]):
            earlier[one.from_workshop_id].append(one.to_workshop)
        for entry in entries:
            put_beside(entry.workshop, "requires", earlier[entry.workshop_id])
        put_beside(program, "entries", entries)
        put_beside(program, "categories", categories_of(program))
        put_beside(program, "partners", partners_of(program))
        return program

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        program = self.object
        sees_drafts = may(self.request.user, "catalog.view_workshop")
        entries: list[ProgramWorkshop] = (
            list(program.entries.all()) if sees_drafts else [one for one in program.offered if one.workshop.is_listed]
        )
        return super().get_context_data(
            **kwargs,
            nav="workshops",
            now=database_clock.now(),
            entries=entries,
            workshops=[entry.workshop for entry in entries],
        )


@prepared
def programs_named(slug: str, *, drafts: bool) -> QuerySet[Program]:
    """Return the program of that slug with its sponsor, if there is one."""
    programs = Program.objects.all() if drafts else Program.objects.published()
    return programs.filter(slug=slug).select_related("sponsor")


@prepared
def entries_of(program: Program) -> QuerySet[ProgramWorkshop]:
    return ProgramWorkshop.objects.filter(program=program).select_related("workshop", "category")


@prepared
def categories_of(program: Program) -> QuerySet[ProgramCategory]:
    return ProgramCategory.objects.filter(program=program)


@prepared
def partners_of(program: Program) -> QuerySet[Partner]:
    return Partner.objects.filter(programs=program)


@prepared
def requirements_of(workshops: list[int]) -> QuerySet[Any]:
    """Return what each of `workshops` comes after: the rows between them, with the workshop that comes first."""
    between = Workshop.requires.through.objects.filter(
        Among(F("from_workshop"), workshops), to_workshop__posture__in=found()
    )
    return between.select_related("to_workshop").order_by("to_workshop__title")
