"""The office's own words on pages, in the admin: a list of the places, and a text with its preview beside it."""

from http import HTTPStatus
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.views.decorators.clickjacking import xframe_options_sameorigin

from catalog.audiences import FIELDS, open_to
from catalog.markdown import markdown
from catalog.models import PageText, Workshop
from catalog.models.page_text import FRESH_SECONDS
from office.base import LONGEST_TEXT, OfficeAdmin, OfficeForm, OwnPage

# Nothing in a preview runs or is sent, no matter what is typed.
PREVIEW_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
)


class PageTextForm(OfficeForm):
    text = forms.CharField(
        required=False,
        strip=False,
        validators=[LONGEST_TEXT],
        widget=forms.Textarea(attrs={"rows": 14, "class": "vLargeTextField"}),
        help_text=f"Markdown. Empty: our own words stand there. Every page says it within {FRESH_SECONDS} seconds.",
    )


@admin.register(PageText)
class PageTextAdmin(OfficeAdmin):
    """One page per place. There is nothing to add or delete: where the text is empty, our own words stand."""

    form = PageTextForm
    office_may = ("view", "change")
    fields = ["text"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show every place, and whose words stand there."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        own = PageText.objects.in_bulk()
        rows = [(place.value, place.label, own.get(place.value)) for place in PageText.Place]
        return self.page(request, "page_texts/places", "Words on pages", rows=rows)

    # ---- one place ----

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> PageText | None:
        if object_id not in PageText.Place.values:
            return None
        return super().get_object(request, object_id, from_field) or PageText(place=object_id)

    def lock(self, obj: PageText) -> None:
        if not obj._state.adding:
            super().lock(obj)

    def save_model(self, request: HttpRequest, obj: PageText, form: Any, change: bool) -> None:
        if obj.text.strip():
            PageText.objects.update_or_create(place=obj.place, defaults={"text": obj.text})
        elif found := PageText.objects.filter(place=obj.place).first():
            found.delete()

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().change_view(*args, **kwargs)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        context |= {"title": str(obj), "subtitle": None, "show_save_and_add_another": False}
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    # ---- the preview ----

    def own_pages(self) -> list[OwnPage]:
        return [("<slug:place>/preview/", xframe_options_sameorigin(self.preview_view), "preview")]

    def preview_view(self, request: HttpRequest, place: str) -> HttpResponse:
        """Answer with what stands at `place`, for a frame; on POST with the words typed, which are not saved."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if place not in PageText.Place.values:
            raise Http404
        words, error = PageText.shown(place), ""
        if request.method == "POST":
            try:
                words = markdown(PageTextForm.declared_fields["text"].clean(request.POST.get("text", "")))
            except ValidationError as refused:
                error = refused.messages[0]
        said = {"place": place, "words": words if words.strip() else ours(place), "error": error}
        status = HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK
        response = render(request, "office/page_texts/preview.html", said, status=status)
        response["Content-Security-Policy"] = PREVIEW_POLICY
        return response


def ours(place: str) -> SafeString:
    """Return our own words at `place`, as HTML."""
    said = {
        "office_name": settings.OFFICE_NAME,
        "institution_name": settings.INSTITUTION_NAME,
        "open_to": open_to(Workshop.objects.published().order_by().values_list(*FIELDS).distinct()),
    }
    return render_to_string(f"catalog/words/{place}.html", said)
