"""Write to the people of a session, or to some of them: composed, shown as it goes out, and sent on the next press."""

import hashlib
import uuid
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from catalog.markdown import markdown
from foundation import database_clock
from foundation.dates import day_and_time
from foundation.text import number_words, shown
from foundation.values.addresses import ADDRESS_WRONG
from foundation.values.lines import OneLineField
from foundation.values.paragraphs import ParagraphsField
from foundation.values.pasted import read_addresses
from foundation.wake import wake
from notifications.models import Announcement, Notice
from notifications.models.announcements import MOST_SUBJECT, MOST_WORDS, parts_of, people_of
from notifications.tasks import deliver_soon
from office.base import OfficeAdmin, acting, posted_with
from office.roster.persons import ROSTER, framed
from office.roster.rehearsal import Rehearsed, rehearse
from sessions_app.models import Session

MOST_COPIES = 10


class WriteForm(forms.Form):
    """A mail to the people of one session."""

    part = forms.ChoiceField(
        label="To", widget=forms.RadioSelect, error_messages={"required": "Choose to whom it goes."}
    )
    subject = OneLineField(
        max_length=MOST_SUBJECT,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="People who want neutral titles get a subject that names none; they read yours in the mail.",
        error_messages={"required": "Write a subject."},
    )
    words = ParagraphsField(
        label="Text",
        most=MOST_WORDS,
        rows=10,
        help_text="Markdown: a blank line begins a paragraph, **bold**, and - begins an item of a list. The greeting, "
        "the details of the session and the way to leave it are added.",
        error_messages={"required": "Write a text: an empty mail is not sent."},
    )
    copies = forms.CharField(
        label="Copies to",
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Addresses of people who lead it. A copy names nobody who got the mail. You get one in any case.",
    )
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "Open the page again."})

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        parts = parts_of(session, database_clock.now())
        people = {name: people_of(session, name).count() for name in parts}
        part: Any = self.fields["part"]
        part.choices = [(name, f"{words[:1].upper()}{words[1:]} ({people[name]})") for name, words in parts.items()]
        leading = session.facilitators.select_related("person").order_by("pk")
        known = ", ".join(one.address for one in leading if one.address)
        self.initial.update(part="seated", copies=known, key=uuid.uuid4())

    def clean_copies(self) -> str:
        read = read_addresses(self.cleaned_data["copies"])
        if read.wrong:
            raise forms.ValidationError(f"{shown(read.wrong[0])} is no address. {ADDRESS_WRONG}")
        if len(read.addresses) > MOST_COPIES:
            raise forms.ValidationError(f"Name {MOST_COPIES} addresses at most.")
        return ", ".join(read.addresses)

    def send(self, by: Any) -> Announcement:
        """Send the mail that was typed. Raises Announcement.Refused."""
        typed = self.cleaned_data
        session = Session.objects.get(pk=self.session.pk)
        return Announcement.objects.send(
            session,
            typed["part"],
            typed["subject"],
            typed["words"],
            by=by,
            key=typed["key"],
            copies=[address for address in typed["copies"].split(", ") if address],
        )

    @property
    def agreement(self) -> str:
        """What a yes to exactly this mail is, once the form is valid."""
        said = repr(sorted((name, str(value)) for name, value in self.cleaned_data.items()))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def write_page(office: OfficeAdmin, request: HttpRequest, session: Session) -> HttpResponse:
    """Show the form; on POST the very mail for its first reader; on the next POST, of the same words, send it.

    A mail that was sent already answers as it did then. A refusal is 409, with what was typed.
    """
    by, status, rehearsed = acting(request), HTTPStatus.OK, None
    form = WriteForm(request.POST if request.method == "POST" else None, session=session)
    if form.is_bound and not form.is_valid():
        status = HTTPStatus.BAD_REQUEST
    elif form.is_bound:
        try:
            if request.POST.get("agreed") == form.agreement:
                written = form.send(by)
                wake(deliver_soon)
                messages.success(request, f"“{written.subject}” is on its way to {written.to_whom}.")
                return redirect(ROSTER, session.pk)
            rehearsed = rehearsed_mail(form, by)
            if "_mail" in request.POST:
                return framed(rehearsed.mail.html if rehearsed and rehearsed.mail else "")
        except Announcement.SentBefore as refusal:
            # The next press is of another mail.
            form.data = posted_with(form, "key", str(uuid.uuid4()))
            form.add_error(None, str(refusal))
            status = HTTPStatus.CONFLICT
        except Announcement.Refused as refusal:
            form.add_error(None, str(refusal))
            status = HTTPStatus.CONFLICT
    return office.page(
        request,
        "roster/write",
        "Write to people",
        status,
        subtitle=str(session),
        session=session,
        form=form,
        rehearsed=rehearsed,
        goes_to=goes_to(rehearsed) if rehearsed else "",
        agreement=form.agreement if rehearsed else "",
    )


def rehearsed_mail(form: WriteForm, by: Any) -> Rehearsed:
    """Return the mail as the first of its readers would get it, and how many others would."""
    first = people_of(form.session, form.cleaned_data["part"]).select_related("person").first()
    if first is None:
        raise Announcement.NobodyThere("There is nobody to write to: choose other people.")
    return rehearse(lambda: form.send(by), [form.session], first.person)


def goes_to(rehearsed: Rehearsed) -> str:
    """Return how many people the mail goes to, in a sentence."""
    if rehearsed.mail is None:
        return "It went out before: pressing again changes nothing."
    many = rehearsed.others + 1
    return "It goes to one person." if many == 1 else f"It goes to {number_words(many)} people, each by themselves."


def written_page(office: OfficeAdmin, request: HttpRequest, session: Session, pk: int) -> HttpResponse:
    """Show one mail that was written to the people of `session`, and what became of it."""
    written = get_object_or_404(Announcement.objects.select_related("written_by"), session=session, pk=pk)
    sent = Notice.objects.filter(kind="announced", facts__announcement=written.pk).order_by()
    states = dict(sent.values_list("state").annotate(many=Count("pk")))
    return office.page(
        request,
        "roster/written",
        written.subject,
        subtitle=str(session),
        session=session,
        written=written,
        when=day_and_time(written.written_at, session.time_zone),
        html=markdown(written.words),
        states=[(Notice.State(state).label, many) for state, many in sorted(states.items())],
    )


def written_to(session: Session) -> list[Announcement]:
    """Return the mails written to the people of `session`, the newest first. One query."""
    return list(session.announcements.select_related("written_by"))
