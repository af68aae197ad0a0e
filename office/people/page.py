"""People in the admin. Nobody here has a password; only a Manager says who of the office may what (office/groups/).

The office never becomes somebody else: a new address waits for both addresses (AddressChange), and only somebody who
reads access requests, or the operator, says who else reads them.
"""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import AddressChange, Campus, Person
from accounts.models.groups import APPOINT, NotGiven, OfficeGroup, refuse_without_manager, step_of
from accounts.signals import DECIDING, person_changed, person_changes_now
from office.base import NamedAdmin, OfficeAdmin, OfficeForm, OwnPage, PanelInline, acting
from office.consequences import of_a_person_who_may_not_come
from office.directory.page import directory_page
from office.forgetting.erasing import erasing_page
from office.groups.giving import GroupFilter, giving_page, groups_in_words
from office.lists.choosing import ChoosesAmongMany
from office.lists.large import LargeList
from office.people.merging import merging_page
from registrations.models import Registration


@admin.register(Campus)
class CampusAdmin(NamedAdmin):
    list_display = ["name", "time_zone"]
    fields = ["name", "time_zone"]
    search_fields = ["name"]
    office_may = ("view", "add", "change", "delete")


class RegistrationsOfPerson(PanelInline):
    """A person's registrations, beside the person."""

    model = Registration
    fields = readonly_fields = ("session_link", "status", "registered_at")
    verbose_name_plural = "registrations"
    ordering = ["-registered_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        return super().get_queryset(request).select_related("session__workshop")

    @admin.display(description="session")
    def session_link(self, registration: Registration) -> str:
        url = reverse("admin:registrations_registration_roster", args=[registration.session_id])
        return format_html('<a href="{}">{}</a>', url, registration.session)


class PersonForm(OfficeForm):
    """A person. `by` is the person of the office who fills it in."""

    by: Person

    @property
    def new_address(self) -> str:
        """The address that is asked for in place of the one the person has; "" for none."""
        if not self.instance.pk or "email" not in self.changed_data:
            return ""
        typed: str = self.cleaned_data["email"]
        return "" if typed == self.initial["email"] else typed

    def consequences(self) -> list[str]:
        deciding = DECIDING.intersection(self.changed_data)
        return of_a_person_who_may_not_come(self.instance) if deciding else []

    def clean_is_active(self) -> bool:
        """Refuse to switch off the only Manager."""
        is_active: bool = self.cleaned_data["is_active"]
        was_active = self.instance.pk is not None and self.instance.is_active
        if was_active and not is_active and step_of(self.instance) == OfficeGroup.MANAGER:
            try:
                refuse_without_manager(self.instance)
            except NotGiven as refusal:
                raise forms.ValidationError(str(refusal)) from None
        return is_active


@admin.register(Person)
class PersonAdmin(LargeList, ChoosesAmongMany, OfficeAdmin):
    form = PersonForm
    among_many = ("unit",)
    list_display = ["name_or_address", "email", "role", "unit", "campus", "in_the_office", "is_active"]
    list_filter = ["role", GroupFilter, "is_active", "unit"]
    list_select_related = ["unit", "campus"]
    search_fields = ["name", "email"]
    fieldsets = [
        (None, {"fields": ["email", "name", "addressed_as", "pronouns"]}),
        ("At the institution", {"fields": ["role", "unit", "campus"]}),
        ("Account", {"fields": ["is_active"]}),
    ]
    inlines = [RegistrationsOfPerson]

    def own_pages(self) -> list[OwnPage]:
        return [
            ("<int:pk>/groups/", partial(giving_page, self), "groups"),
            ("<int:pk>/merging/", partial(merging_page, self), "merging"),
            ("directory/", partial(directory_page, self), "directory"),
            *super().own_pages(),
        ]

    @admin.display(description="name", ordering="name")
    def name_or_address(self, person: Person) -> str:
        return str(person)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """Return everybody but Quorum itself, which acts for the rule."""
        people = super().get_queryset(request).exclude(email=Person.objects.RULE_ADDRESS)
        return people.prefetch_related("groups")

    @admin.display(description="in the office", empty_value="")
    def in_the_office(self, person: Person) -> str:
        return groups_in_words(person)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Erase the person, once it was said what that does: nobody's row is deleted (G17)."""
        return erasing_page(self, request, object_id)

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """Let only Managers change people of the office, only a superuser a superuser, and nobody who is erased."""
        who, allowed = acting(request), super().has_change_permission(request, obj)
        if obj is not None and obj.erased_at is not None:
            return False
        if obj is not None and obj.is_superuser:
            return allowed and who.is_superuser
        return allowed and (obj is None or not obj.is_staff or who.has_perm(APPOINT))

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self.has_change_permission(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = acting(request)
        if obj and "email" in form.base_fields:
            form.base_fields[
                "email"
            ].help_text = (
                "A new address waits until it has said yes, and then three days in which the old one may stop it."
            )
        return form

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
            return super().save_model(request, obj, form, change)
        # Until the new address holds, the person has the old one.
        new_address, obj.email = form.new_address, form.initial["email"]
        if DECIDING.intersection(form.changed_data):
            person_changes_now.send(Person, person=obj)
        super().save_model(request, obj, form, change)
        if DECIDING.intersection(form.changed_data):
            person_changed.send(Person, person=obj)
        if new_address:
            self.ask_for(new_address, obj, request)

    def ask_for(self, new_address: str, person: Person, request: HttpRequest) -> None:
        """Ask both addresses, and say below the form what comes of it."""
        try:
            AddressChange.objects.ask(person, new_address, by=acting(request))
        # Somebody took it since the form was checked.
        except AddressChange.NotFree as refusal:
            messages.error(request, str(refusal))
            return
        messages.info(
            request,
            f"The address has not changed yet. {new_address} has to say yes first; then {person.email} has three days "
            "to stop it.",
        )
