"""Fields that choose one of many rows: beyond fifty, Django's own widget suggests them as one types."""

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import BadRequest
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString

# A list of so many is still looked through.
MOST_TO_LOOK_THROUGH = 50
LONGEST_TERM = 500


# What a row is called by a person who types it, of whatever noun that has one of these.
CALLED = ("name", "title", "email", "code")
NONE_CALLED_SO = "None is called exactly so, or several are. Type the whole name, address or code."


class Suggests(AutocompleteSelect):
    """Django's widget, and without script a line to type the name, address or code of the row into."""

    typed = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the key of the row that was chosen or typed; of what is not found a word that no key is."""
        self.typed = " ".join(str(data.get(f"{name}_typed") or "").split())[:LONGEST_TERM]
        if not self.typed:
            return super().value_from_datadict(data, files, name)
        rows: Any = self.choices.queryset  # of a ModelChoiceField
        fields = {field.name for field in rows.model._meta.concrete_fields}.intersection(CALLED)
        called = (models.Q(**{f"{field}__iexact": self.typed}) for field in sorted(fields))
        found = [] if "\0" in self.typed else list(rows.filter(reduce(or_, called))[:2])
        return found[0].pk if len(found) == 1 else "typed"

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        is_key = str(value or "").isdecimal()
        list_of_rows = super().render(name, value if is_key else None, attrs, renderer)
        line = get_template("office/_suggests.html").render({"name": name, "typed": self.typed})
        return format_html("{}{}", list_of_rows, line)


class ChoosesAmongMany(admin.ModelAdmin):
    """A page of the admin whose fields `among_many` suggest rows where there are more than fifty.

    Only to people who may see the list of those rows; others, and where there are fewer, have a list to choose from.
    """

    among_many: ClassVar[tuple[str, ...]] = ()

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **given: Any
    ) -> Any:
        if db_field.name in self.among_many and "widget" not in given and self._are_many(db_field, request):
            given["widget"] = Suggests(db_field, self.admin_site)
        field: Any = super().formfield_for_foreignkey(db_field, request, **given)
        if isinstance(field.widget, Suggests):
            field.error_messages["invalid_choice"] = NONE_CALLED_SO
        return field

    def _are_many(self, field: models.ForeignKey[Any, Any], request: HttpRequest) -> bool:
        rows: Any = field.related_model
        if not self.admin_site.get_model_admin(rows).has_view_permission(request):
            return False
        found: int = rows._default_manager.order_by()[: MOST_TO_LOOK_THROUGH + 1].count()
        return found > MOST_TO_LOOK_THROUGH


def suggestions(request: HttpRequest) -> HttpResponseBase:
    """Answer with the rows that a field suggests for `term`, as JSON: of fields that do, to people who may see them.

    404 for any other field: Django would search the rows of every model that has a page. 400 for what nobody can type.
    """
    asked = [request.GET.get(name, "") for name in ("app_label", "model_name", "field_name")]
    term = request.GET.get("term", "")
    if "\0" in term or len(term) > LONGEST_TERM:
        raise BadRequest("A search is one line.")
    suggest = [
        [page.opts.app_label, page.opts.model_name, name]
        for page in admin.site._registry.values()
        if isinstance(page, ChoosesAmongMany)
        for name in page.among_many
    ]
    if asked not in suggest:
        raise Http404
    return AutocompleteJsonView.as_view(admin_site=admin.site)(request)
