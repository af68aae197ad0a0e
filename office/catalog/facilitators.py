"""The people and organizations behind the sessions, in the admin: facilitators, the team, partners."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.models import Person
from catalog.models import Facilitator, Partner, TeamMember
from foundation import database_clock
from foundation.text import number_words
from foundation.values.addresses import AddressFormField
from notifications.models import LeadingThread
from office.base import NamedAdmin, NamedForm, OfficeAdmin, acting
from office.calendars.page import HasCalendar
from office.lists.choosing import ChoosesAmongMany
from sessions_app.models import Leading, Meeting, Session


class AccountField(AddressFormField):
    """An account, typed as its address; None where nothing is typed."""

    def prepare_value(self, value: Any) -> Any:
        person = Person.objects.filter(pk=value).first() if isinstance(value, int) else None
        return person.email if person else value

    def clean(self, value: Any) -> Any:
        address = super().clean(value)
        if not address:
            return None
        person = Person.objects.filter(email=address).exclude(email=Person.objects.RULE_ADDRESS).first()
        if person is None:
            raise forms.ValidationError(
                "No account has this address. Let them sign in once with it, or give it as their e-mail address below."
            )
        return person

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class FacilitatorForm(NamedForm):
    """A facilitator, and where mail about what they lead goes."""

    person = AccountField(
        required=False,
        max_length=254,
        label="Account",
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
        help_text="Its address. They read there what they lead, and who comes; mail about it goes there.",
    )

    def consequences(self) -> list[str]:
        said = super().consequences()
        chosen = self.cleaned_data
        was, new = (
            Facilitator.objects.get(pk=self.instance.pk),
            Facilitator(person=chosen["person"], email=chosen["email"]),
        )
        many = was.sessions.running().upcoming().count()
        if not many or not new.address or (was.reader, was.address) == (new.reader, new.address):
            return said
        asked = "One session to come is" if many == 1 else f"{number_words(many).capitalize()} sessions to come are"
        return [
            *said,
            f"{asked} theirs: {new.address} is asked and gets the invitations, and no other address any more.",
        ]


@admin.register(Facilitator)
class FacilitatorAdmin(HasCalendar, NamedAdmin):
    list_display = ["name", "credentials", "pronouns", "title", "unit", "mail_goes_to", "calendar_link"]
    form = FacilitatorForm
    list_select_related = ["person"]
    fields = ["name", "credentials", "pronouns", "title", "unit", "biography", "person", "email"]
    other_verbs = ("person", "email")
    search_fields = ["name", "title", "unit"]
    office_may = ("view", "add", "change", "delete")
    instead = "Let somebody else lead those first."

    def meetings_of(self, obj: Facilitator) -> QuerySet[Meeting]:
        return Meeting.objects.filter(session__facilitators=obj)

    @admin.display(description="mail goes to")
    def mail_goes_to(self, facilitator: Facilitator) -> str:
        return facilitator.address or "nobody"

    def save_model(self, request: HttpRequest, obj: Facilitator, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and {"person", "email"}.intersection(form.changed_data):
            chosen = form.cleaned_data
            Facilitator.objects.get(pk=obj.pk).reach(acting(request), chosen["person"], chosen["email"])

    def view_on_site(self, obj: Facilitator) -> str:
        return obj.get_absolute_url()

    def who_needs(self, obj: Facilitator) -> list[Model]:
        """Return also the sessions to come that they lead, which people have in their calendars.

        And those that are still in their own calendar: the mail that takes them off may wait for two minutes.
        """
        led = list(obj.sessions.running().select_related("workshop"))
        kept = LeadingThread.objects.filter(
            leading__facilitator=obj, in_calendar=True, meeting__ends_at__gt=database_clock.now()
        )
        entries = Session.objects.filter(pk__in=kept.order_by().values("leading__session"))
        more = entries.exclude(pk__in=[one.pk for one in led]).select_related("workshop")
        return [*super().who_needs(obj), *led, *more]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Delete what they were asked with them; nobody deletes that by itself."""
        deleted, counts, lacking, needs = super().get_deleted_objects(objs, request)
        return deleted, counts, lacking - {Leading._meta.verbose_name}, needs


@admin.register(TeamMember)
class TeamMemberAdmin(ChoosesAmongMany, OfficeAdmin):
    among_many = ("facilitator",)
    list_display = ["name", "role", "email", "position"]
    fields = ["name", "credentials", "pronouns", "role", "email", "about", "position", "facilitator"]
    search_fields = ["name", "role"]
    office_may = ("view", "add", "change", "delete")


@admin.register(Partner)
class PartnerAdmin(OfficeAdmin):
    list_display = ["name", "link"]
    fields = ["name", "slug", "link", "gives"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    office_may = ("view", "add", "change", "delete")
