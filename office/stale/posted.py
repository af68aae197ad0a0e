"""What a form posts if nobody types anything into it: how its page showed the object, as a browser would send it.

Keys of a row are those behind its prefix: “title” for “parts-0-title”.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

DELETE = "DELETE"
# By key of the form: the values sent under it.
Values = dict[str, list[str]]
# By field: what it sends. A date with a time sends two keys.
Fields = dict[str, Values]


class Shown(TypedDict):
    """A page as it was made: the object in words, its fields, and by prefix its rows in order, each with its key."""

    words: dict[str, str]
    fields: Fields
    rows: dict[str, list[tuple[str, Fields]]]


class Field(NamedTuple):
    """A field of a form as it is compared: its label, its key in the form or the row, and how it reads what is sent."""

    label: str
    key: str
    of: forms.Field

    @property
    def keys(self) -> list[str]:
        """The keys under which a browser sends it: one, or one for each part."""
        widget: Any = bare(self.of.widget)
        ends: list[str] = getattr(widget, "widgets_names", [""])  # of a MultiWidget
        return [self.key + end for end in ends]

    def in_words(self, sent: Values) -> str:
        """Return what was sent for it, as the office reads it."""
        chosen = [value for values in sent.values() for value in values if value != ""]
        widget = bare(self.of.widget)
        if isinstance(widget, forms.CheckboxInput):
            return "yes" if chosen else "no"
        choices = getattr(self.of, "choices", None)
        if choices is not None:
            labels = {str(value): str(label) for value, label in _flat(choices)}
            chosen = [labels.get(value, value) for value in chosen]
        return (", " if choices is not None else " ").join(chosen) or "nothing"

    def is_same(self, one: Values, other: Values) -> bool:
        """Tell whether two values sent mean the same: “9” and “9 ” do."""
        return plain(one) == plain(other) or (self._read(one) == self._read(other) is not None)

    def _read(self, sent: Values) -> Any:
        try:
            value = self.of.widget.value_from_datadict(MultiValueDict(sent), MultiValueDict(), self.key)
            read = self.of.clean(value)
        except (ValidationError, ValueError, TypeError, OverflowError):
            return None
        return list(read) if isinstance(self.of, forms.ModelMultipleChoiceField) else read


def bare(widget: forms.Widget) -> forms.Widget:
    """Return the widget inside of the one that the admin puts links beside."""
    return widget.widget if isinstance(widget, RelatedFieldWidgetWrapper) else widget


def plain(sent: Values) -> Values:
    """Return what was sent without what a browser does to it: its line ends, and keys that say nothing."""
    lines = {key: [value.replace("\r\n", "\n").strip() for value in values] for key, values in sent.items()}
    return {key: values for key, values in lines.items() if any(values)}


def sends(widget: Any, key: str, value: Any) -> Values:
    """Return what `widget` sends under `key` while it shows `value`."""
    widget = bare(widget)
    if isinstance(widget, forms.FileInput):
        return {}
    if ends := getattr(widget, "widgets_names", None):  # a MultiWidget
        values = value if isinstance(value, (list, tuple)) else widget.decompress(value)
        parts = zip(widget.widgets, ends, values, strict=False)
        return {k: v for part, end, one in parts for k, v in sends(part, key + end, one).items()}
    if isinstance(widget, forms.CheckboxInput):
        return {key: ["on"]} if widget.check_test(value) else {}
    shown = widget.format_value(value)
    if isinstance(shown, (list, tuple)):
        return {key: [str(one) for one in shown]}
    return {} if shown is None else {key: [str(shown)]}


def fields_of(form: forms.BaseForm, but: Iterable[str] = ()) -> dict[str, Field]:
    """Return the fields of a form in which something can be typed, but those named."""
    prefix = f"{form.prefix}-" if form.prefix else ""
    typed = (bound for bound in form if bound.name not in but and not bound.field.disabled)
    return {
        bound.name: Field(str(bound.label or bound.name), bound.html_name.removeprefix(prefix), bound.field)
        for bound in typed
    }


def shown_by(form: forms.BaseForm, but: Iterable[str] = ()) -> Fields:
    """Return what each field of an unbound form sends."""
    return {name: sends(field.of.widget, field.key, form[name].value()) for name, field in fields_of(form, but).items()}


def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label


def page_of(words: Mapping[str, str], form: forms.BaseForm, formsets: Sequence[Any]) -> Shown:
    """Return a page as it is shown: `form` and `formsets` are unbound, as the database has their object."""
    return {
        "words": dict(words),
        "fields": shown_by(form),
        "rows": {
            each.prefix: [(str(row.instance.pk), shown_by(row, own_keys(each))) for row in each.initial_forms]
            for each in formsets
        },
    }


def own_keys(formset: Any) -> tuple[str, str, str]:
    """Return the fields of a row that say which row it is, of which object, and whether it goes."""
    return formset.model._meta.pk.name, formset.fk.name, DELETE
