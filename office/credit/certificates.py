"""Certificates in the admin: a list to look things up in, and a page each to revoke one and to issue it again."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from accounts.models import Person
from foundation.dates import day_and_time, day_words
from foundation.values.lines import OneLineField
from foundation.values.paragraphs import ParagraphsField
from office.base import OwnPage, ReadOnlyAdmin, acting, carry_out
from office.lists.large import LargeList, PeriodFilter
from office.lookups import ChosenFilter
from outcomes.models import Certificate

CERTIFICATE = "admin:outcomes_certificate_change"


class CertificateDecisionForm(forms.Form):
    """A page that asks before a verb of a certificate is called."""

    title = button = ""
    is_grave = False

    def __init__(self, *args: Any, certificate: Certificate, **kwargs: Any) -> None:
        self.certificate = certificate
        super().__init__(*args, **kwargs)

    def told(self) -> list[str]:
        """Return what follows from the press of the button, a sentence each."""
        raise NotImplementedError

    def act(self, by: Person) -> str:
        """Call the one verb, and return the sentence for afterwards. Raises Certificate.Refused."""
        raise NotImplementedError


class RevokeForm(CertificateDecisionForm):
    title, button = "Revoke", "Revoke it and write to them"
    is_grave = True

    reason = ParagraphsField(
        label="Reason",
        most=1000,
        help_text="The person reads this on the page of the certificate. Nobody else does.",
        error_messages={"required": "Say why: the person reads the reason."},
    )

    def told(self) -> list[str]:
        return [
            f"{self.certificate.person} is told that their certificate is not valid any more. Its page says so to "
            "everybody who has the code.",
            "Where attendance is not right, correct the attendance: then the certificate follows by itself.",
        ]

    def act(self, by: Person) -> str:
        self.certificate.revoke(self.cleaned_data["reason"], by=by)
        return f"Revoked. {self.certificate.person} is told."


class IssueAgainForm(CertificateDecisionForm):
    title, button = "Issue again", "Issue it again"

    name = OneLineField(
        label="Name on the certificate",
        max_length=200,
        error_messages={"required": "Enter the name that the certificate is to say."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = self.certificate.person.name if self.certificate.person else ""
        self.fields["name"].widget.attrs["class"] = "vTextField"

    def told(self) -> list[str]:
        return [
            f"It says {self.certificate.name} now. The new one says what this one says but for the name, with a code "
            "of its own. This one then says that it was replaced.",
            f"{self.certificate.person} can do this too, on the page of the certificate.",
        ]

    def act(self, by: Person) -> str:
        newer = self.certificate.replace(by=by, name=self.cleaned_data["name"])
        if newer == self.certificate:
            return "That is the name it has already. Nothing was changed."
        return f"Issued again, with the code {newer.code}."


PAGES: dict[str, type[CertificateDecisionForm]] = {"revoke": RevokeForm, "again": IssueAgainForm}


class CertificateStateFilter(ChosenFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("valid", "Valid"), ("replaced", "Replaced"), ("revoked", "Revoked")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "valid":
            return queryset.valid()
        if self.value() in ("replaced", "revoked"):
            return queryset.filter(revoked_at__isnull=False, replaced_by__isnull=self.value() == "revoked")
        return queryset


@admin.register(Certificate)
class CertificateAdmin(LargeList, ReadOnlyAdmin):
    """What was certified. The rows are read; a page per decision changes them."""

    office_may = ("view", "change")
    list_display = ["issued", "whose", "title", "last_day", "state"]
    list_display_links = ["issued", "whose"]
    list_filter = [CertificateStateFilter, PeriodFilter]
    list_select_related = ["person"]
    search_fields = ["name", "title", "code", "person__name", "person__email"]
    period = "issued_at"
    ordering = ["-pk"]
    view_on_site = False  # there is a link to its page, in words
    readonly_fields = [
        "whose",
        "account",
        "title",
        "days",
        "length",
        "facilitators",
        "contents",
        "credit",
        "code",
        "issued",
        "state",
        "why",
    ]
    fields = [*readonly_fields]

    def own_pages(self) -> list[OwnPage]:
        return [
            (f"<int:pk>/{name}/", partial(self.decide, form_class=form_class), name)
            for name, form_class in PAGES.items()
        ]

    def may_decide(self, request: HttpRequest) -> bool:
        return acting(request).has_perm("outcomes.change_certificate")

    def decide(self, request: HttpRequest, pk: int, form_class: type[CertificateDecisionForm]) -> HttpResponse:
        """Show the page; on POST call the verb and go back. A refusal is shown with what was typed."""
        if not self.may_decide(request):
            raise PermissionDenied
        certificate = get_object_or_404(self.get_queryset(request).select_related("person"), pk=pk)
        if not certificate.is_valid:
            messages.warning(request, f"“{form_class.title}” is not open: this certificate is not valid any more.")
            return redirect(CERTIFICATE, pk)
        form = form_class(request.POST if request.method == "POST" else None, certificate=certificate)
        status = HTTPStatus.OK
        if request.method == "POST":

            def act() -> None:
                messages.success(request, form.act(by=acting(request)))

            status = carry_out(form, act, Certificate.Refused)
            if status == HTTPStatus.FOUND:
                return redirect(CERTIFICATE, pk)
        said = {"original": certificate, "form": form}
        return self.page(request, "decision", form.title, status, subtitle=str(certificate), **said)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        is_open = obj is not None and obj.is_valid and obj.person_id and self.may_decide(request)
        pages = [(f"admin:outcomes_certificate_{name}", form.title) for name, form in PAGES.items()]
        context["open_pages"] = pages if is_open else []
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    # ---- what is shown ----

    @admin.display(description="name", ordering="name")
    def whose(self, certificate: Certificate) -> str:
        return certificate.name or "Not kept any more"

    @admin.display(description="account")
    def account(self, certificate: Certificate) -> str:
        person = certificate.person
        return f"{person.name} ({person.email})" if person and person.name else str(person or "None any more")

    @admin.display(description="issued", ordering="issued_at")
    def issued(self, certificate: Certificate) -> str:
        return day_and_time(certificate.issued_at, settings.TIME_ZONE)

    @admin.display(description="last day", ordering="day")
    def last_day(self, certificate: Certificate) -> str:
        return day_words(certificate.day)

    @admin.display(description="length")
    def length(self, certificate: Certificate) -> str:
        return certificate.length_words or "Not known"

    @admin.display(description="credit")
    def credit(self, certificate: Certificate) -> str:
        return format_html_join(mark_safe("<br>"), "{}", ((str(one),) for one in certificate.credits.all()))

    @admin.display(description="state")
    def state(self, certificate: Certificate) -> str:
        if certificate.revoked_at is None:
            return certificate.state_words
        return f"{certificate.state_words}, {day_and_time(certificate.revoked_at, settings.TIME_ZONE)}"

    @admin.display(description="why")
    def why(self, certificate: Certificate) -> str:
        return certificate.revoke_reason
