"""Recount what the portal promises about dates that are being merged, and were."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q

from registrations.models import MergeOffer, Registration
from sessions_app.models import Session


def dates_merge_within_their_workshop(now: datetime) -> Iterator[str]:
    """G25: a date that is being merged runs, and the other one is of the same workshop and not itself being merged."""
    strange = Session.objects.filter(merge_by__isnull=False).filter(
        ~Q(status__in=Session.RUNNING)
        | ~Q(merges_into__workshop=F("workshop"))
        | Q(merges_into__merge_by__isnull=False)
        | Q(merges_into__status=Session.Status.DRAFT)
    )
    for code, status, into in strange.order_by("pk").values_list("code", "status", "merges_into__code"):
        yield f"G25 session {code}: it is {status}, and being merged into {into}."


def offers_follow_their_merge(now: datetime) -> Iterator[str]:
    """G25: an offer is open only while its date is being merged into the one that it offers."""
    strange = MergeOffer.objects.open().exclude(registration__session__merges_into=F("into"))
    for pk, registration in strange.order_by("pk").values_list("pk", "registration"):
        yield f"G25 offer {pk}: it is open, and the date of registration {registration} is not being merged so."


def people_who_said_yes_have_one_place(now: datetime) -> Iterator[str]:
    """G25: a person who moved by an offer has left the old date, and one who said yes is not in both of them."""
    both = Registration.objects.active().filter(session=OuterRef("into"), person=OuterRef("registration__person"))
    yes = MergeOffer.objects.filter(answer=MergeOffer.Answer.YES).order_by("pk")
    here = yes.filter(Exists(both), registration__status__in=Registration.ACTIVE)
    moved = yes.filter(registration__moved_to__session=F("into"), registration__status__in=Registration.ACTIVE)
    for pk, registration in (here | moved).values_list("pk", "registration"):
        yield f"G25 offer {pk}: registration {registration} is active, and its person has a place on the other date."


PROMISES = [dates_merge_within_their_workshop, offers_follow_their_merge, people_who_said_yes_have_one_place]
