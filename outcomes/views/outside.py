"""Activities elsewhere: a person tells of one with its proof, reads the answer, and may withdraw it."""

from http import HTTPStatus
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models.groups import may
from accounts.sign_in import SignedInRequest
from outcomes.forms.outside import OutsideForm
from outcomes.models import OutsideActivity, OutsideProof

# What a browser may do with a file that it opens in spite of being told to save it: nothing.
SANDBOX = "sandbox; default-src 'none'"
TOO_OFTEN = "You have sent many files within the hour. Wait a little, then send this one again."


def own_activity(request: SignedInRequest, uuid: UUID) -> OutsideActivity:
    """Return the activity if it is the viewer's. Http404 if it is another's or does not exist."""
    own = OutsideActivity.objects.of_person(request.user).select_related("kind", "proof").defer("proof__content")
    return get_object_or_404(own, uuid=uuid)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: SignedInRequest) -> HttpResponse:
    """GET the form, POST tells of an activity. What cannot be used is 422, a refusal 409, as typed; the file is to be
    chosen again, because no browser sends one back."""
    if request.method != "POST":
        return _form_page(request, OutsideForm())
    if not ratelimit.consume(request, action="outside", user=request.user):
        return _form_page(request, OutsideForm(request.POST), HTTPStatus.TOO_MANY_REQUESTS, TOO_OFTEN)
    form = OutsideForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        told = OutsideActivity.objects.tell(request.user, form.told, form.cleaned_data["proof"])
    except OutsideActivity.Refused as refusal:
        return _form_page(request, form, HTTPStatus.CONFLICT, str(refusal))
    messages.success(request, "Sent. The office looks at it, and its answer stands here.")
    return redirect(told)


def _form_page(request: HttpRequest, form: OutsideForm, status: int = HTTPStatus.OK, refusal: str = "") -> HttpResponse:
    context = {"nav": "my", "form": form, "refusal": refusal}
    return render(request, "outcomes/outside_form.html", context, status=status)


@never_cache
@require_safe
def activity(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show what the person told, and what the office says."""
    return render(request, "outcomes/outside.html", {"nav": "my", "activity": own_activity(request, uuid)})


@never_cache
@require_safe
def proof(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Give the file to save: to its person, and to people of the office who decide on it. Http404 to others."""
    decides = may(request.user, "outcomes.view_outsideactivity")
    whose = OutsideProof.objects.all() if decides else OutsideProof.objects.filter(activity__person=request.user)
    file = whose.filter(activity__uuid=uuid).first()
    if file is None:
        raise Http404("No such file.")
    response = HttpResponse(bytes(file.content), content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="proof-{file.activity_id}.{file.extension}"'
    response["Content-Security-Policy"] = SANDBOX
    return response


@require_POST
def withdrawal(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Delete the activity with its proof and its answer."""
    own_activity(request, uuid).withdraw()
    messages.success(request, "Withdrawn. The file is deleted, and it counts for nothing any more.")
    return redirect("record")
