"""What mail says, in the admin: a list of its kinds, a mail of each with real data, and the office's own words."""

from http import HTTPStatus
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.views.decorators.clickjacking import xframe_options_sameorigin

from notifications.kinds import KINDS
from notifications.models import Kind, Notice, Wording, placeholders
from notifications.outbox.preview import NothingToShow, is_about_a_session, preview, sessions_for
from office.base import OfficeAdmin, OfficeForm, OwnPage, acting, model_choice
from sessions_app.models import Session

MOST_SESSIONS = 30
MAY_SEE = ["sessions_app.view_session"] + [
    f"registrations.view_{noun}" for noun in ("registration", "nomination", "interest")
]
# Mail styles inline. Nothing in it is loaded, run or sent, no matter what it holds.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox"
)


class WordingForm(OfficeForm):
    class Meta:
        widgets = {
            "subject": forms.TextInput(attrs={"class": "vTextField"}),
            "words": forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
        }


class WhichSession(forms.Form):
    """Choose the session a mail is shown with."""

    session = forms.ModelChoiceField(Session.objects.none(), required=False, empty_label=None)

    def __init__(self, kind: Kind, data: QueryDict) -> None:
        super().__init__(data)
        newest = list(sessions_for(kind).values_list("pk", flat=True)[:MOST_SESSIONS])
        model_choice(self, "session").queryset = sessions_for(kind).filter(pk__in=newest)


def worded() -> list[Kind]:
    """Return the kinds whose words the office may see and change."""
    return [kind for kind in KINDS.values() if kind.may_be_worded]


@admin.register(Wording)
class WordingAdmin(OfficeAdmin):
    """One page per kind of mail. There is nothing to add or delete: empty is the standard."""

    form = WordingForm
    office_may = ("view", "change")
    fields = ["subject", "words"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # ---- the kinds ----

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show every kind of mail, whose words it has, and what was wrong with the office's own."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        own = Wording.objects.in_bulk()
        rows = [(kind.name, kind.label, own.get(kind.name)) for kind in worded()]
        return self.page(request, "mail/kinds", "Wording of mail", rows=rows, may_see=self._may_see(request))

    # ---- one kind ----

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Wording | None:
        if object_id not in KINDS or not KINDS[object_id].may_be_worded:
            return None
        return super().get_object(request, object_id, from_field) or Wording(kind=object_id)

    def lock(self, obj: Wording) -> None:
        if not obj._state.adding:
            super().lock(obj)

    def save_model(self, request: HttpRequest, obj: Wording, form: Any, change: bool) -> None:
        values = {"subject": obj.subject, "words": obj.words, "problem": ""}
        Wording.objects.update_or_create(kind=obj.kind, defaults=values)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        kind = KINDS[obj.kind]
        context |= {
            "title": f"Wording: {obj}",
            "subtitle": None,
            "in_subject": placeholders.in_subject(kind),
            "in_words": [(name, said, name in kind.required) for name, said in placeholders.in_words(kind).items()],
            "names_title": placeholders.names_title(kind),
            "standard": self._shown(request, kind),
            "show_save_and_add_another": False,
            "may_see": self._may_see(request),
        }
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    # ---- a mail ----

    def own_pages(self) -> list[OwnPage]:
        # The decorator's types know no view that takes an argument from its URL.
        preview_page: Any = csp_update({"frame-src": [SELF]})(self.preview_view)  # type: ignore[arg-type]
        return [
            ("<slug:kind>/preview/", preview_page, "preview"),
            # The address says "letter", as it always did: an open preview asks for it.
            ("<slug:kind>/letter/", xframe_options_sameorigin(self.mail_view), "mail"),
        ]

    def preview_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Show a mail of `kind` as it goes out now; on POST with the words that are typed, which are not saved."""
        of_kind, own, choice = self._asked(request, kind)
        mail, problem, errors = None, "", []
        if own is not None and request.method == "POST":
            found = placeholders.problems(of_kind, own.subject, own.words)
            errors = [sentence for sentences in found.values() for sentence in sentences]
        if not errors:
            mail, problem = self._mail(request, of_kind, own, choice)
        said = {
            "kind": kind,
            "label": of_kind.label,
            "mail": mail,
            "own": own if request.method == "POST" else None,
            "choice": choice,
            "chooses": is_about_a_session(of_kind),
            "chosen": choice.cleaned_data.get("session") if choice.is_valid() else None,
            "problems": [*errors, problem] if problem else errors,
        }
        status = HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK
        return self.page(request, "mail/preview", f"Preview: {of_kind.label}", status, **said)

    def mail_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Answer with the HTML of the mail alone, for the frame of the preview."""
        of_kind, own, choice = self._asked(request, kind)
        if own is not None and placeholders.problems(of_kind, own.subject, own.words):
            raise Http404
        mail, problem = self._mail(request, of_kind, own, choice)
        if mail is None:
            raise Http404(problem)
        response = HttpResponse(mail.html)
        response["Content-Security-Policy"] = MAIL_POLICY
        return response

    def _asked(self, request: HttpRequest, name: str) -> tuple[Kind, Wording | None, WhichSession]:
        """Return the kind, the office's own words (on a POST those that are typed), and the session asked for."""
        if not (self.has_view_permission(request) and self._may_see(request)):
            raise PermissionDenied
        if name not in KINDS or not KINDS[name].may_be_worded:
            raise Http404
        kind = KINDS[name]
        if request.method == "POST":
            typed = {field: request.POST.get(field, "") for field in ("subject", "words")}
            return kind, Wording(kind=name, **typed), WhichSession(kind, request.POST)
        return kind, Wording.objects.filter(pk=name).first(), WhichSession(kind, request.GET)

    def _mail(
        self, request: HttpRequest, kind: Kind, own: Wording | None, choice: WhichSession
    ) -> tuple[Notice | None, str]:
        """Return the mail to show, None where there is nothing to show it with, and what is wrong in a sentence."""
        session = choice.cleaned_data["session"] if choice.is_valid() else None
        try:
            return preview(kind, acting(request), session, own), ""
        except placeholders.Unusable as unusable:
            problem = f"These words do not fit this session, and the standard would be sent: {unusable}"
            return preview(kind, acting(request), session), problem
        except NothingToShow as nothing:
            return None, str(nothing)

    def _shown(self, request: HttpRequest, kind: Kind) -> Notice | None:
        try:
            return preview(kind, acting(request)) if self._may_see(request) else None
        except NothingToShow:
            return None

    def _may_see(self, request: HttpRequest) -> bool:
        return request.user.has_perms(MAY_SEE)
