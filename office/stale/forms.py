"""The part of an office page that merges: its form knows the clashes, and its admin puts in what others changed."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDictKeyError

from office.consequences import AsksFirst
from office.lookups import ShownOnly
from office.stale.merging import Clash, merge_form
from office.stale.posted import Shown, page_of
from office.stale.rows import merge_rows

LOADED = "as_loaded"
UNKNOWN = "This form cannot tell what changed since it was opened. Open the page again."


class Merging:
    """What became of a form that was posted: what others changed since, by label in a sentence, and the clashes."""

    def __init__(self, told: dict[str, str], clashes: list[Clash], is_unknown: bool = False) -> None:
        self.told, self.clashes, self.is_unknown = told, clashes, is_unknown

    @property
    def news(self) -> list[str]:
        return list(self.told.values())

    @property
    def news_beside_clashes(self) -> list[str]:
        clashing = {clash.label for clash in self.clashes}
        return [sentence for label, sentence in self.told.items() if label not in clashing]


class OfficeForm(AsksFirst):
    """A form whose fields were merged with what somebody else changed since its page was made.

    It is refused while something clashes, and says on its page what: `clashes`.
    """

    merging: Merging | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = self.words(self.instance) if self.instance.pk else {}

    @staticmethod
    def words(obj: Any) -> dict[str, str]:
        """Return the object as label and words. OfficeAdmin puts its own in place."""
        return {}

    @property
    def clashes(self) -> list[Clash]:
        return self.merging.clashes if self.merging else []

    @property
    def is_stale(self) -> bool:
        return bool(self.clashes)

    @property
    def news(self) -> list[str]:
        """Return in words what else somebody changed: what does not stand among the clashes."""
        return self.merging.news_beside_clashes if self.merging else []

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.merging and self.merging.is_unknown:
            raise ValidationError(UNKNOWN)
        if self.clashes:
            raise ValidationError(
                "Somebody changed this while you had it open, and you both changed the same. Nothing is saved yet: "
                "what you typed is below, with theirs beside it. Choose, and save again."
            )
        return self.cleaned_data


class MergesStale(ShownOnly):
    """A page of the office that saves what was typed into what others have made of it, and says what they changed."""

    def words(self, obj: Any) -> dict[str, str]:
        raise NotImplementedError

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.merging = getattr(request, "merging", None) if obj is not None else None
        return form

    def _unbound(self, request: HttpRequest, obj: Any) -> tuple[Any, list[Any]]:
        """Return the form of `obj` and the formsets that are typed into, unbound."""
        form = self.get_form(request, obj, change=True)(instance=obj)
        formsets: list[Any] = []
        prefixes: dict[str, int] = {}
        for formset, inline in self.get_formsets_with_inlines(request, obj):
            # As Django's own ModelAdmin._create_formsets names them.
            prefix = formset.get_default_prefix()
            prefixes[prefix] = prefixes.get(prefix, 0) + 1
            if prefixes[prefix] > 1:
                prefix = f"{prefix}-{prefixes[prefix]}"
            if inline.has_change_permission(request, obj):
                formsets.append(formset(instance=obj, prefix=prefix, queryset=inline.get_queryset(request)))
        return form, formsets

    def _changeform_view(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict[str, Any] | None
    ) -> Any:
        if request.method == "POST" and object_id is not None:
            obj = self.get_object(request, unquote(object_id))
            if obj is not None and self.has_change_permission(request, obj):
                self._merge(request, obj)
        response = super()._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
        merging = getattr(request, "merging", None)
        if merging and merging.news and response.status_code == 302:
            told = " ".join(merging.news)
            messages.info(request, f"Somebody else changed this while you had it open, and that is kept. {told}")
        return response

    def _merge(self, request: HttpRequest, obj: Any) -> None:
        """Put what others changed into what was posted."""
        form, formsets = self._unbound(request, obj)
        if not isinstance(form, OfficeForm):
            return
        try:
            loaded: Shown = signing.loads(request.POST.get(LOADED, ""))
            data = request.POST.copy()
            clashes = merge_form(loaded["fields"], form, data)
            for formset in formsets:
                clashes += merge_rows(formset, loaded["rows"].get(formset.prefix, []), data)
        except (signing.BadSignature, KeyError, MultiValueDictKeyError):
            request.merging = Merging({}, [], is_unknown=True)  # type: ignore[attr-defined]
            return
        before, now = loaded["words"], self.words(obj)
        labels = [label for label in now if label in before and before[label] != now[label]]
        told = {label: f"{label} was {before[label]}, and is now {now[label]}." for label in labels}
        if told and request.FILES:
            # A browser sends a file once: where somebody changed the page, who sends one looks first.
            chosen = ", ".join(str(file.name) for _, files in request.FILES.lists() for file in files)
            clashes.append(Clash("The file", "nothing", " ".join(told.values()), f"{chosen}: choose it again"))
        request.merging = Merging(told, clashes)  # type: ignore[attr-defined]
        request.POST = data  # type: ignore[assignment] # a copy serves as well

    def as_loaded(self, request: HttpRequest, obj: Any, context: dict[str, Any]) -> str:
        """Return what the database has of `obj`, as the next POST brings it back; the page may show what was typed."""
        form = context["adminform"].form
        if form.is_bound:
            form, formsets = self._unbound(request, self.get_object(request, str(obj.pk)))
        else:
            formsets = [each.formset for each in context["inline_admin_formsets"] if each.has_change_permission]
        return signing.dumps(page_of(form.before, form, formsets), compress=True)
