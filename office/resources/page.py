"""The pages of resources in the admin."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from library import shelf
from library.citations.style import reference
from library.models import Citation, Placement, Resource, StoredFile
from office.base import OfficeAdmin, OwnPage, PartInline
from office.resources.forms import CitationForm, PlacementForm, PlacementFormSet, ResourceForm
from office.resources.taking_in import taking_in_page


class PlacementInline(PartInline):
    model = Placement
    form = PlacementForm
    formset = PlacementFormSet
    fields = [("workshop", "session")]
    extra = 1
    verbose_name = "place"
    verbose_name_plural = "belongs to"


class CitationInline(PartInline):
    model = Citation
    form = CitationForm
    fields = [
        "type",
        "authors",
        "title",
        "journal",
        ("year", "volume", "issue", "pages"),
        "publisher",
        "doi",
        "url",
    ]
    extra = max_num = 1
    verbose_name_plural = "citation, if it is a published work"


@admin.register(Resource)
class ResourceAdmin(OfficeAdmin):
    form = ResourceForm
    list_display = ["title", "kind", "access", "status"]
    list_filter = ["status", "kind", "access", "topics", "actions"]
    search_fields = ["title", "summary", "source"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [PlacementInline, CitationInline]
    office_may: ClassVar = ("view", "add", "change", "delete")
    fieldsets = [
        (None, {"fields": ["kind", "title", "slug", "status", "summary", "source", "minutes"]}),
        ("To read and open", {"fields": ["body", "link", "upload", "take_file_away"]}),
        ("Who may open it", {"fields": ["access", "released", "days_before"]}),
        ("Where it is filed", {"fields": ["topics", "actions", "position"]}),
    ]

    def own_pages(self) -> list[OwnPage]:
        return [("import/", self.import_citations, "import")]

    def get_fieldsets(self, request: HttpRequest, obj: Resource | None = None) -> Any:
        """Leave the box that takes a file away out of the form of a resource that has none."""
        if obj is not None and StoredFile.objects.filter(resource=obj).exists():
            return super().get_fieldsets(request, obj)
        without = [name for name in self.fieldsets[1][1]["fields"] if name != "take_file_away"]
        return [self.fieldsets[0], ("To read and open", {"fields": without}), *self.fieldsets[2:]]

    def words(self, obj: Resource) -> dict[str, str]:
        told = super().words(obj)
        told.pop("Workshops")
        citation = Citation.objects.filter(resource=obj).select_related("resource").first()
        places = Placement.objects.filter(resource=obj).select_related("workshop", "session__workshop")
        file = StoredFile.objects.filter(resource=obj).defer("content").first()
        return told | {
            "Belongs to": ", ".join(str(one.session or one.workshop) for one in places) or "nothing",
            "Citation": reference(citation.facts()) if citation else "nothing",
            "File": f"{file}, {file.name[:6]}" if file else "nothing",
        }

    def view_on_site(self, obj: Resource) -> str:
        return obj.get_absolute_url()

    def save_model(self, request: HttpRequest, obj: Resource, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if upload := form.cleaned_data["upload"]:
            StoredFile.objects.put(obj, upload)
        elif form.cleaned_data.get("take_file_away"):
            StoredFile.objects.filter(resource=obj).delete()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        shelf.forget()

    def delete_model(self, request: HttpRequest, obj: Resource) -> None:
        super().delete_model(request, obj)
        shelf.forget()

    def import_citations(self, request: HttpRequest) -> HttpResponse:
        """Show what a RIS file holds, and make drafts of what is chosen of it."""
        return taking_in_page(self, request)
