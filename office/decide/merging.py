"""Merging two dates, in the admin: choose the other date, look at what it means, and follow who answers what."""

import hashlib
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import Person
from foundation import database_clock
from foundation.dates import day_and_time, local
from foundation.values.zones import zone_of
from foundation.wall_clock import instant
from notifications.kinds.merging import MERGE_OFFER
from notifications.models import Notice
from notifications.outbox.preview import preview
from office.base import OfficeAdmin, acting, model_choice
from office.consequences import people_words
from office.sessions.decisions import ReasonForm
from office.sessions.fields import WallClockField
from registrations.merging.asked import Concerned, concerned
from registrations.models import MergeOffer
from sessions_app.models import Session

NOTHING_YET = "Nothing is done yet: look at what it means below, and press again, or change it."
NOBODY = "Nobody in this date may come to that one. Choose another date, or cancel this one."


class OtherDates(forms.ModelChoiceField):
    """The dates of the workshop that another one may be merged into."""

    def label_from_instance(self, obj: Any) -> str:
        free = sum(max(0, obj.seats_left_in(line) - obj.waiting_in(line)) for line in obj.lines)
        seats = "1 seat" if free == 1 else f"{free} seats"
        return f"{day_and_time(obj.starts_at, obj.time_zone)} · {obj.get_status_display()} · {seats} free"


class MergeForm(ReasonForm):
    """Choose the date that stays, until when people answer, and why. Pressed once, it says what that means."""

    title, button = "Merge with another date", "Look at what it means"
    is_grave = False

    into = OtherDates(Session.objects.none(), label="The date that stays", empty_label="Choose a date")
    until = WallClockField(label="People answer by", required=True)
    agreed = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ("into", "until", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session, now = self.session, database_clock.now()
        others = Session.objects.running().filter(workshop=session.workshop_id, starts_at__gt=now)
        model_choice(self, "into").queryset = others.exclude(pk=session.pk).order_by("starts_at", "pk")
        latest = session.confirm_by if session.status == Session.Status.OPEN else session.starts_at
        if latest and session.status == Session.Status.OPEN:
            self.initial["until"] = local(latest, session.time_zone).replace(tzinfo=None)
        self.fields["until"].help_text = (
            f"On the clock of {zone_of(session.time_zone).key}. This date is cancelled then, or once everybody has "
            "answered."
        )
        self.fields["reason"].help_text = "People read it in the mail that asks them, and in the one that cancels."
        self.fields["reason"].error_messages["required"] = "Say why: people are told the reason."
        self.asked: list[str] = []
        self.agreement, self.mail = "", None
        self.asking = Concerned()

    def explanation(self) -> str:
        return (
            "People of this date are asked whether they come on the other one. Those who say yes move there, in the "
            "order of their seats, those on the waitlist after them. Then this date is cancelled, and the rest are "
            "told, with other dates. Until then nobody registers for this date."
        )

    def clean_until(self) -> datetime:
        until = self.cleaned_data["until"]
        try:
            return instant(until.date(), until.time(), self.session.time_zone)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        super().clean()
        into, until, now = self.cleaned_data.get("into"), self.cleaned_data.get("until"), database_clock.now()
        if into is None or until is None or self.errors:
            return self.cleaned_data
        try:
            self.session.refuse_unless_mergeable(into, until, now)
        except Session.Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        self.asking = concerned(self.session, into, now)
        if not self.asking.asked:
            raise forms.ValidationError(NOBODY)
        self.asked = self._consequences(into, until)
        said = "\n".join([*self.asked, str(into.pk), until.isoformat(), self.cleaned_data["reason"]])
        self.agreement = hashlib.sha256(said.encode()).hexdigest()[:16]
        return self.cleaned_data

    @property
    def is_agreed(self) -> bool:
        """True if somebody has looked at exactly this, and pressed again."""
        return bool(self.agreement) and self.data.get("agreed") == self.agreement

    def mail_to(self, reader: Person) -> Notice:
        """Return the mail that asks people, as it will go; `reader` stands in for them. Of a valid form."""
        until, into = self.cleaned_data["until"], self.cleaned_data["into"]
        facts = {"into": into.pk, "answer_by": until.isoformat(), "reason": self.cleaned_data["reason"].strip()}
        return preview(MERGE_OFFER, reader, self.session, facts=facts)

    def _consequences(self, into: Session, until: datetime) -> list[str]:
        found, seated = self.asking, sum(one.is_registered for one in self.asking.asked)
        free = sum(max(0, into.seats_left_in(line) - into.waiting_in(line)) for line in into.lines)
        many, waiting = len(found.asked), len(found.asked) - seated
        sentences = [f"{_capital(people_words(many))} {_are(many)} asked: {seated} with a seat, {waiting} waiting."]
        if free >= many:
            sentences.append(f"There are seats for all of them: {free} are free on that date.")
        else:
            sentences.append(
                f"{free} of them can have a seat on that date; of the others those who say yes are on its waitlist."
            )
        if there := len(found.there_already):
            sentences.append(
                f"{_capital(people_words(there))} {_are(there)} on that date already, not asked, and told when this "
                "one is cancelled."
            )
        if not_for := len(found.not_for):
            sentences.append(
                f"{_capital(people_words(not_for))} may not come to that date, {_are(not_for)} not asked, and told "
                "when this one is cancelled."
            )
        if clashing := len(found.clashing):
            has = "has" if clashing == 1 else "have"
            sentences.append(f"{_capital(people_words(clashing))} asked {has} another session at that time.")
        by = day_and_time(until, self.session.time_zone)
        sentences.append(f"They answer by {by}. People who do not answer keep this date until it is cancelled then.")
        return sentences

    def act(self, by: Person) -> str:
        self.session.begin_merge(
            self.cleaned_data["into"], self.cleaned_data["until"], self.cleaned_data["reason"], by=by
        )
        return "People are being asked. This page shows who answers what."


def merge(request: HttpRequest, pk: int, *, office: OfficeAdmin) -> HttpResponse:
    """Show the form, or while people answer who said what; POST looks at it, begins it, ends it, or lets both be."""
    if not office.has_change_permission(request):
        raise PermissionDenied
    session = get_object_or_404(office.get_queryset(request).select_related("workshop", "merges_into"), pk=pk)
    if session.is_merging:
        return _going_on(request, session, office)
    if not session.is_running or session.has_started(database_clock.now()):
        state = session.get_status_display().lower()
        messages.warning(request, f"“{MergeForm.title}” is not open: this session is {state}.")
        return redirect("admin:sessions_app_session_change", pk)
    posted = request.POST if request.method == "POST" else None
    form = MergeForm(posted, session=session, initial={"into": request.GET.get("into", "")})
    status = HTTPStatus.OK
    if request.method == "POST":
        if not form.is_valid():
            status = HTTPStatus.BAD_REQUEST
        elif form.is_agreed:
            try:
                messages.success(request, form.act(acting(request)))
                return redirect("admin:sessions_app_session_merge", pk)
            except Session.Refused as refusal:
                form.add_error(None, str(refusal))
                status = HTTPStatus.CONFLICT
    mail = form.mail_to(acting(request)) if form.asked and not form.errors else None
    said = {"form": form, "original": session, "subtitle": str(session), "mail": mail, "nothing_yet": NOTHING_YET}
    return office.page(request, "decide/merge", form.title, status, **said)


def _going_on(request: HttpRequest, session: Session, office: OfficeAdmin) -> HttpResponse:
    """Show who answered what; POST with `does` ends the merge now, or lets both dates be."""
    if request.method == "POST":
        does, refusal = request.POST.get("does"), ""
        try:
            if does == "end":
                session.end_merge(acting(request))
                messages.success(request, "This date is cancelled. People who said yes have moved; the rest are told.")
                return redirect("admin:sessions_app_session_change", session.pk)
            if does == "keep":
                session.keep(acting(request))
                messages.success(request, "Both dates are held. People who were asked are told.")
                return redirect("admin:sessions_app_session_change", session.pk)
        except Session.Refused as error:
            refusal = str(error)
        messages.error(request, refusal or "This date is being merged already: end it, or let both dates be.")
    offers = MergeOffer.objects.filter(registration__session=session, into=session.merges_into)
    rows = list(offers.select_related("registration__person", "registration__moved_to").in_order())
    said = {
        "original": session,
        "subtitle": str(session),
        "into": session.merges_into,
        "by": day_and_time(session.merge_by, session.time_zone),
        "rows": rows if request.user.has_perm("registrations.view_registration") else [],
        "counts": _counts(rows),
    }
    status = HTTPStatus.CONFLICT if request.method == "POST" else HTTPStatus.OK
    return office.page(request, "decide/merging", "Merging two dates", status, **said)


def _counts(rows: list[MergeOffer]) -> list[tuple[str, int]]:
    """Return how many have moved, said yes and wait for a seat, said no, and not answered."""
    still = [one for one in rows if one.may_be_answered]
    return [
        ("moved", sum(one.has_moved for one in rows)),
        ("said yes, no seat yet", sum(one.answer == MergeOffer.Answer.YES for one in still)),
        ("said no", sum(one.answer == MergeOffer.Answer.NO for one in still)),
        ("have not answered", sum(not one.answer for one in still)),
    ]


def _are(many: int) -> str:
    return "is" if many == 1 else "are"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
