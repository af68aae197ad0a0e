"""What pages of a person's own say of their certificates, and of the credit that one session counts for."""

from datetime import datetime
from typing import NamedTuple

from django import template
from django.template import Context

from foundation import database_clock
from outcomes.credit import Earned, credit_in
from outcomes.models import Certificate, CreditKind, CreditOffer, License
from outcomes.models.certificate import CertificateQuerySet
from outcomes.models.credit import hours_words
from registrations.models import Registration

register = template.Library()
register.filter("hours", hours_words)


class Counts(NamedTuple):
    """What one registration came to: the certificate, the credit, what waits, and the kinds that ask for a license."""

    certificate: Certificate | None
    waiting: list[Earned]
    licenses: list[CreditKind]


@register.simple_tag(takes_context=True)
def own_certificates(context: Context) -> CertificateQuerySet:
    """Give the viewer's valid certificates, the newest first. One query."""
    return Certificate.objects.valid().of(context["request"].user).order_by("-day", "-pk")


@register.simple_tag(takes_context=True)
def what_it_counts(context: Context, registration: Registration) -> Counts | None:
    """Give what `registration` came to; None before its session is over, and where it came to nothing. Six queries."""
    now: datetime = context.get("now") or database_clock.now()
    if not registration.is_registered or registration.session.ends_at > now:
        return None
    certificate = (
        Certificate.objects.valid().filter(person=registration.person, session=registration.session_id).first()
    )
    waiting = [one for one in credit_in([registration])[registration.pk] if one.waits]
    offers = CreditOffer.objects.over([registration.session])[registration.session_id]
    asking = [offer.kind for offer in offers if offer.kind.asks_license]
    given = set(License.objects.of(registration.person).values_list("kind", flat=True)) if asking else set()
    counts = Counts(certificate, waiting, [kind for kind in asking if kind.pk not in given])
    return counts if any(counts) else None
