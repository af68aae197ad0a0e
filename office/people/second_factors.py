"""Groups and second factors in the admin: pages that are seldom needed, and that change next to nothing."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Person
from accounts.signals import second_factor_taken
from foundation.record import record
from office.base import acting
from office.lookups import ChosenFilter, ShownOnly

# No key of a row is longer.
MOST_DIGITS = 18


class OffTheIndex:
    """A page of the admin that is seldom needed, and found where it is."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Group)
class OfficeGroupAdmin(OffTheIndex, ShownOnly, GroupAdmin):
    """What groups may do is for `create_office` to say, and who is in one is said with the person.

    Nothing is changed here: a group that is given the name of another would have its powers.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OwnerFilter(ChosenFilter):
    """The second factors of one person, whose page leads here."""

    title = "owner"
    parameter_name = "user__exact"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Offer the person who is asked for, if there is one."""
        asked = request.GET.get(self.parameter_name, "")
        is_key = asked.isdecimal() and len(asked) <= MOST_DIGITS
        owner = Person.objects.filter(pk=asked).first() if is_key else None
        return [(asked, str(owner))] if owner else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Authenticator]) -> QuerySet[Authenticator]:
        return queryset.filter(user=self.value()) if self.value() else queryset


@admin.register(Authenticator)
class AuthenticatorAdmin(OffTheIndex, ShownOnly):
    """Who has which second factor, never its key. A superuser deletes one whose owner has lost it.

    The person's page leads here.
    """

    list_display = fields = readonly_fields = ("user", "type", "created_at", "last_used_at")
    list_filter = [OwnerFilter]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        """Delete it, with it every sign-in that may have shown it; the person is told, and it is on their record."""
        person, by = Person.objects.get(pk=obj.user_id), acting(request)
        super().delete_model(request, obj)
        person.end_sign_ins()
        record(by, person, f"Second factor removed: {obj.get_type_display()}. Every sign-in has ended.")
        second_factor_taken.send(Person, person=person, by=by)
