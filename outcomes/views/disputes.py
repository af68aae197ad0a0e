"""“This is wrong”: a person says it of their own attendance."""

from http import HTTPStatus
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.sign_in import SignedInRequest
from foundation import database_clock
from outcomes.models import AttendanceDispute
from outcomes.models.dispute import LONGEST
from registrations.display.titles import title_and_day
from registrations.models import Registration
from registrations.views.viewer import own_registration


class DisputeForm(forms.Form):
    """Ask for a few words, which may be none."""

    words = forms.CharField(
        label="What should we know? (optional)",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"This is too long: write at most {LONGEST} characters."},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attendance_dispute(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """GET shows how the viewer's attendance stands, with the form; POST `words` tells the office that it is wrong."""
    own, status, form = own_registration(request, uuid), HTTPStatus.OK, DisputeForm()
    if request.method == "POST":
        form, status = DisputeForm(request.POST), HTTPStatus.BAD_REQUEST
        if form.is_valid():
            try:
                AttendanceDispute.objects.make(own, form.cleaned_data["words"])
            except AttendanceDispute.Refused as refusal:
                form.add_error(None, str(refusal))
                status = HTTPStatus.CONFLICT
            else:
                messages.success(request, "We have told the office. You read here what it decides.")
                return redirect(own)
    return _page(request, own, form, status)


def _page(request: SignedInRequest, own: Registration, form: DisputeForm, status: int) -> HttpResponse:
    now = database_clock.now()
    context = {
        "nav": "my",
        "now": now,
        "registration": own,
        "titled": title_and_day(own.session, now),
        "form": form,
    }
    return render(request, "outcomes/dispute.html", context, status=status)
