"""The page that erases a person: deleting a person in the admin is this. It says first what goes, and asks why."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Person
from foundation import database_clock
from foundation.text import number_words
from office.base import OfficeAdmin, acting, carry_out
from office.consequences import AsksFirst
from operations.forgetting.erasing import Foreseen, NotErased, erase, foresee, refuse_unless_erasable


class ErasingForm(AsksFirst):
    """Why somebody is erased. Valid once it was said what that does, and somebody said yes to exactly that."""

    title = "Erase this person"
    button = "Erase"
    is_grave = True
    reason = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is on record. Do not name the person.",
        error_messages={"required": "Say why, for example that they asked for it by mail on the 3rd."},
    )

    class Meta:
        model = Person
        fields: list[str] = []

    @property
    def told(self) -> list[str]:
        """The sentences above the form."""
        return [
            f"{self.instance} ({self.instance.email}) is taken out of everything, for good: name, address and all that "
            "they wrote. What they took part in stays as a count, under a pseudonym. Nobody can take it back."
        ]

    def consequences(self) -> list[str]:
        return in_words(self.instance, foresee(self.instance, database_clock.now()))

    def act(self, by: Person) -> str:
        """Erase, and return the sentence for afterwards. Raises NotErased."""
        erase(self.instance, by=by, reason=self.cleaned_data["reason"])
        return "Erased. Their calendar is told of what they had; then their address goes too."


def in_words(person: Person, foreseen: Foreseen) -> list[str]:
    """Return what erasing `person` does to them and to others, a sentence each."""
    said = [f"{person} gives up a seat in {one.session}; the next in line gets it." for one in foreseen.seats]
    said += [f"{person} no longer waits for {one.session}." for one in foreseen.waiting]
    if foreseen.requests == 1:
        said.append("Their request for a session is withdrawn.")
    elif foreseen.requests:
        said.append(f"Their {number_words(foreseen.requests)} requests for a session are withdrawn.")
    if foreseen.took_part == 1:
        said.append("One session they were at keeps its count, and not the name.")
    elif foreseen.took_part:
        said.append(f"The {foreseen.took_part} sessions they were at keep their counts, and not the name.")
    if foreseen.certificates == 1:
        said.append("Their certificate loses its name and stays valid by its code.")
    elif foreseen.certificates:
        said.append(f"Their {foreseen.certificates} certificates lose the name and stay valid by their codes.")
    return said or [f"{person} has no seat to come, and nothing that is counted."]


def erasing_page(office: OfficeAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show what goes; on POST ask first, then erase. A refusal is shown with what was typed, and is 409."""
    by = acting(request)
    if not office.has_delete_permission(request):
        raise PermissionDenied
    person = office.get_object(request, unquote(object_id))
    if person is None:
        raise Http404("Nobody has this key.")
    if person.erased_at is not None:
        messages.info(request, "This person was erased before.")
        return redirect("admin:accounts_person_changelist")
    if not office.has_delete_permission(request, person):
        raise PermissionDenied
    form = ErasingForm(request.POST if request.method == "POST" else None, instance=person)
    status = HTTPStatus.OK
    if request.method == "POST":

        def act() -> None:
            messages.success(request, form.act(by))

        status = carry_out(form, act, NotErased)
        if status == HTTPStatus.FOUND:
            return redirect("admin:accounts_person_changelist")
    said = {"subtitle": str(person), "original": person, "form": form, "refusal": why_not(person, by)}
    return office.page(request, "forgetting/erasing", form.title, status, **said)


def why_not(person: Person, by: Person) -> str:
    """Return the sentence that says what has to be done first, "" where nothing has to be."""
    try:
        refuse_unless_erasable(person, by, database_clock.now())
    except NotErased as refusal:
        return str(refusal)
    return ""
