"""Mark mail as handled: what the office did instead, about a Notice nobody got or a mail that came back."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from notifications.models import Notice, ReceivedMail
from office.base import OfficeAdmin, acting, carry_out


class HandledForm(forms.Form):
    """Say what was done instead."""

    note = forms.CharField(
        label="What was done",
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        max_length=500,
        help_text="For the record, for example: called them; the new address is in their profile.",
        error_messages={"required": "Say what was done: the record needs it."},
    )


def handled_page(
    office: OfficeAdmin,
    request: HttpRequest,
    mail: Notice | ReceivedMail,
    name: str,
    /,
    *,
    template: str,
    then: str,
    **shown: object,
) -> HttpResponse:
    """Ask what was done about `mail`; on POST mark it as handled, say so by `name` and go on to the page `then`.

    `template` gets what is `shown`, and the form.
    """
    form, status = HandledForm(), HTTPStatus.OK
    if request.method == "POST":
        form = HandledForm(request.POST)
        status = carry_out(form, lambda: mail.handle(acting(request), form.cleaned_data["note"]), mail.Refused)
        if status == HTTPStatus.FOUND:
            messages.success(request, f"Handled: {name}.")
            return redirect(then)
    return office.page(request, template, "Mark as handled", status, form=form, **shown)
