"""What the pages of the admin have in common (docs/guarantees.md: Locks, G14).

A page locks its row on POST, writes only the fields that changed, merges a form that somebody else's change has made
stale (office/stale/), and puts every change on record with what it was and what it is now. State changes are verbs.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, connection, models
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.models import Person
from foundation.verbs import lock_row
from office.consequences import of_a_new_name
from office.deleting import DeletesUnneeded
from office.stale.forms import MergesStale, OfficeForm

# A page under a noun: its route, its view, and the end of its URL's name.
OwnPage = tuple[str, Callable[..., HttpResponseBase], str]
MOST = 32767
# Some ten printed pages: Markdown of that length is made HTML in a fraction of a second.
LONGEST_TEXT = MaxLengthValidator(
    20_000, "This is too long: a text has at most %(limit_value)d characters, and this one has %(show_value)d."
)
NOT_SHOWN = ("id", "password", "last_login")


def acting(request: HttpRequest) -> Person:
    """Return the person who is signed in: the admin opens its pages to nobody else."""
    assert isinstance(request.user, Person)
    return request.user


def model_choice(form: forms.BaseForm, name: str) -> forms.ModelChoiceField:
    """Return the field `name` of `form`, which chooses among rows, as what it is."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field


def posted_with(form: forms.BaseForm, name: str, value: str) -> QueryDict:
    """Return what was posted to `form`, with `value` in its field `name`."""
    assert isinstance(form.data, QueryDict)
    data = form.data.copy()
    data[form.add_prefix(name)] = value
    return data


def value_words(value: object) -> str:
    """Return a field's value as the office reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, models.QuerySet):
        value = ", ".join(str(one) for one in value)
    if value is None or value == "":
        return "nothing"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value)


def changes(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return what differs between two sets of words, as label, before, after."""
    labels = list(after) + [label for label in before if label not in after]
    pairs = ((label, before.get(label, "nothing"), after.get(label, "nothing")) for label in labels)
    return [change for change in pairs if change[1] != change[2]]


def carry_out(
    form: forms.BaseForm,
    verb: Callable[[], object],
    refusal: type[Exception] | tuple[type[Exception], ...],
    field: str | None = None,
) -> HTTPStatus:
    """Call `verb` if the posted form can be used, and return the status of the answer.

    FOUND: go on to the next page. BAD_REQUEST or CONFLICT: show the form again, which says what is wrong with it or
    why `verb` raised a `refusal`, at `field` or above all fields.
    """
    if not form.is_valid():
        return HTTPStatus.BAD_REQUEST
    try:
        verb()
    except refusal as reason:
        form.add_error(field, str(reason))
        return HTTPStatus.CONFLICT
    return HTTPStatus.FOUND


class OfficeAdmin(MergesStale, DeletesUnneeded):
    """A page of the office. `office_may` names what the Office group may do here: view, add, change, delete."""

    form: type[forms.ModelForm] = OfficeForm
    office_may: ClassVar[Sequence[str]] = ("view", "add", "change")
    # What saving raises where something has happened since the form was looked at, which then says so itself.
    overtaken: ClassVar[tuple[type[Exception], ...]] = (IntegrityError,)
    save_on_top = False

    # ---- further pages ----

    def own_pages(self) -> list[OwnPage]:
        """Return the noun's further pages; the URL of each is named admin:<app>_<noun>_<name>."""
        return []

    def get_urls(self) -> list[URLPattern]:
        noun = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(route, self.admin_site.admin_view(view), name=f"{noun}_{name}")
            for route, view, name in self.own_pages()
        ]
        return own + super().get_urls()

    def page(
        self, request: HttpRequest, template: str, title: str, status: int = HTTPStatus.OK, **said: Any
    ) -> TemplateResponse:
        """Answer with templates/office/<template>.html in the frame of the admin."""
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **said}
        return TemplateResponse(request, f"office/{template}.html", context, status=status)

    # ---- the form of one object ----

    def words(self, obj: Any) -> dict[str, str]:
        """Return every editable field of `obj`, label and value, as the record and a stale form tell it."""
        told = {}
        for field in [*obj._meta.concrete_fields, *obj._meta.many_to_many]:
            if not field.editable or field.name in NOT_SHOWN:
                continue
            value = getattr(obj, field.name)
            if field.many_to_many:
                value = value.all()
            elif field.choices:
                value = getattr(obj, f"get_{field.name}_display")()
            label = str(field.verbose_name)
            told[label[:1].upper() + label[1:]] = value_words(value)
        return told

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.words = staticmethod(self.words)
        return form

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.PositiveSmallIntegerField):
            # SQLite would take any number; PostgreSQL has no room for more.
            kwargs["max_value"] = MOST
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.TextField):
            # As a validator: a length that the browser knows would cut what is pasted, and say nothing.
            field.validators.append(LONGEST_TEXT)
        return field

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        obj = super().get_object(request, object_id, from_field)
        if obj is not None and request.method == "POST" and connection.in_atomic_block:
            try:
                self.lock(obj)
            except self.model.DoesNotExist:
                # Deleted while this waited for its lock: the admin says so.
                return None
        return obj

    def lock(self, obj: Any) -> None:
        """Lock the row of `obj` until the transaction ends, and refresh it."""
        lock_row(obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show the form, or save it. Where somebody did the same at that moment it is looked at again, and says so."""
        typed = request.POST
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except self.overtaken:
            request.POST = typed  # as it was before it was merged
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            return super().save_model(request, obj, form, change)
        columns = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=[name for name in form.changed_data if name in columns])

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Say what changed, from what to what. Empty when nothing did.

        Before anything is said the database looks whether what was chosen is still there (IntegrityError).
        """
        if connection.vendor == "postgresql":
            connection.check_constraints()
        if add:
            return "Added."
        news = changes(form.before, self.words(form.instance))
        return " ".join(f"{label}: from {before} to {after}." for label, before, after in news)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return super().log_change(request, obj, message) if message else None

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if change and isinstance(context["adminform"].form, OfficeForm) and self.has_change_permission(request, obj):
            context["as_loaded"] = self.as_loaded(request, obj, context)
        response = super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)
        if context.get("errors"):
            is_stale = context["adminform"].form.is_stale
            response.status_code = HTTPStatus.CONFLICT if is_stale else HTTPStatus.BAD_REQUEST
        return response


class NamedForm(OfficeForm):
    """The form of a noun whose name people read in their calendars."""

    def consequences(self) -> list[str]:
        return of_a_new_name(self.instance) if set(self.instance.NAMING).intersection(self.changed_data) else []


class NamedAdmin(OfficeAdmin):
    """A page for a noun whose name people read in their calendars: `rename` changes it and puts it on record.

    `other_verbs` are further fields that a verb changes and puts on record.
    """

    form = NamedForm
    other_verbs: tuple[str, ...] = ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            return super().save_model(request, obj, form, change)
        names = {field: form.cleaned_data[field] for field in obj.NAMING if field in form.changed_data}
        columns = {field.name for field in obj._meta.concrete_fields} - {*names, *self.other_verbs}
        obj.save(update_fields=[name for name in form.changed_data if name in columns])
        if names:
            type(obj)._base_manager.get(pk=obj.pk).rename(request.user, **names)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Say what changed, but for the name and the fields of `other_verbs`: their verbs have put those on record."""
        if not add:
            fields = (*form.instance.NAMING, *self.other_verbs)
            names = [str(form.instance._meta.get_field(field).verbose_name) for field in fields]
            now = self.words(form.instance)
            form.before |= {label: now[label] for label in (name[:1].upper() + name[1:] for name in names)}
        return super().construct_change_message(request, form, formsets, add)


class ReadOnlyAdmin(OfficeAdmin):
    """A list to look things up in. Nothing is typed here."""

    form = forms.ModelForm
    office_may: ClassVar[Sequence[str]] = ("view",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PartInline(admin.StackedInline):
    """Rows that are part of their object: people who may change the object may change them."""

    extra = 0

    def _may_change_whole(self, request: HttpRequest, obj: Any) -> bool:
        whole = self.admin_site.get_model_admin(self.parent_model)
        return whole.has_add_permission(request) if obj is None else whole.has_change_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.get_model_admin(self.parent_model).has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_change_whole(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_change_whole(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_change_whole(request, obj)


class RowsToRead(BaseInlineFormSet):
    """Rows as the database has them, whatever was posted: nothing of them is, and what is not saved is valid."""

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(None, None, **kwargs)

    def is_valid(self) -> bool:
        return True

    def save(self, commit: bool = True) -> list[Any]:
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        return []


class PanelInline(admin.TabularInline):
    """Rows to read beside an object; they change elsewhere."""

    formset = RowsToRead
    template = "office/_panel.html"
    extra = max_num = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
