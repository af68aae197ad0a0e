"""What is not deleted because others need it, and the sentence that says so.

The database refuses to delete a row that others point to. A page of the admin says it first: what needs the row, and
what to do instead. It also speaks for what the database would let go of silently (`who_needs`).
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.contrib.admin.utils import NestedObjects, quote
from django.db import models
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from foundation.text import listed
from office.lookups import ShownOnly

MOST_NAMED = 20


class DeletesUnneeded(ShownOnly):
    """A page of the admin that deletes a row nobody needs, and says of any other who needs it."""

    instead = "Change those first, or keep it."

    def who_needs(self, obj: Any) -> list[models.Model]:
        """Return the rows for which `obj` has to stay: those that point to it and would be lost without it."""
        collector = NestedObjects(using=obj._state.db or "default")
        collector.collect([obj])
        wholes = dict(_wholes_of(type(obj)))
        rows = sorted(collector.protected, key=lambda row: (row._meta.label, row.pk))
        return [getattr(row, wholes[type(row)]) if type(row) in wholes else row for row in rows]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, lacking, _ = super().get_deleted_objects(objs, request)
        needs = [need for obj in objs for need in self.who_needs(obj)]
        # What needs the row is not deleted with it, so nobody lacks a permission for that.
        return deleted, counts, set() if needs else lacking, needs

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> Any:
        """Show the page that asks; where others need the row, the one that says so: 409 for the press of its button."""
        needs = context["protected"]
        if needs:
            context |= {
                "title": "This cannot be deleted",
                "refusal": refusal(context["object"], needs, self.instead),
                "protected": [self._link(request, need) for need in needs[:MOST_NAMED]],
                "more": max(0, len(needs) - MOST_NAMED),
            }
        response = super().render_delete_form(request, context)
        if needs and request.method == "POST":
            response.status_code = HTTPStatus.CONFLICT
        return response

    def _link(self, request: HttpRequest, obj: models.Model) -> str:
        page = self.admin_site._registry.get(type(obj))
        if page is None or not page.has_view_permission(request, obj):
            return str(obj)
        opts = obj._meta
        try:
            address = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[quote(str(obj.pk))])
        except NoReverseMatch:
            return str(obj)
        return format_html('<a href="{}">{}</a>', address, obj)


def refusal(obj: models.Model, needs: Iterable[models.Model], instead: str) -> str:
    """“Implicit Bias cannot be deleted, because 2 sessions and 1 program need it. ...”"""
    counts: dict[type[models.Model], int] = {}
    for need in needs:
        counts[type(need)] = counts.get(type(need), 0) + 1
    names = [_counted(model._meta, count) for model, count in counts.items()]
    if sum(counts.values()) == 1:
        return f"{obj} cannot be deleted, because {names[0]} needs it. {instead}"
    return f"{obj} cannot be deleted, because {listed(names)} need it. {instead}"


def _counted(opts: Any, count: int) -> str:
    return f"{count} {opts.verbose_name if count == 1 else opts.verbose_name_plural}"


def _wholes_of(model: type[models.Model]) -> Iterable[tuple[type[models.Model], str]]:
    """Yield each table that only ties rows to `model`, with its field for what it ties: people know that one."""
    for relation in model._meta.related_objects:
        if isinstance(relation, models.ManyToManyRel) and relation.through is not None:
            yield relation.through, relation.field.m2m_field_name()
