"""Mail about certificates: one that was issued after the mail that follows its session, and one that holds no more.

What that mail will still say needs none of its own. A certificate that is revoked is told of after ten minutes, so that
a slip which is set right at once troubles nobody.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from foundation import database_clock
from foundation.links import absolute
from notifications.kinds.afterwards import is_still_to_be_written
from notifications.kinds.contexts import first_name
from notifications.models import Notice
from notifications.models.kind import Example, Family, Kind
from notifications.models.placeholders import IN_EVERY_KIND
from outcomes.models import Certificate
from sessions_app.models import Session

SETTLES = timedelta(minutes=10)
# A certificate may be of a program: no session, no day.
OF_A_CERTIFICATE = {
    "title": "the title of the workshop or the program",
    "office_name": IN_EVERY_KIND["office_name"],
    "institution_name": IN_EVERY_KIND["institution_name"],
}


def owe_certificate(certificate: Certificate, replaces: Certificate | None) -> None:
    """Owe its person the mail about a certificate, unless the mail after its session will have it."""
    if not _waits_for_the_mail_after(certificate):
        _owe(CERTIFICATE, certificate, is_new=replaces is None)


def owe_revoked(certificate: Certificate) -> None:
    """Owe its person the mail that a certificate is not valid any more, ten minutes later."""
    if not _waits_for_the_mail_after(certificate):
        _owe(CERTIFICATE_REVOKED, certificate, after=SETTLES)


def _waits_for_the_mail_after(certificate: Certificate) -> bool:
    person, session = certificate.person, certificate.session
    if person is None or session is None:
        return False
    return is_still_to_be_written(person, session, database_clock.now())


def _owe(kind: Kind, certificate: Certificate, after: timedelta | None = None, **facts: Any) -> None:
    person = certificate.person
    if person is None or not person.is_active:
        return
    at = database_clock.now() + after if after else None
    facts = {"certificate": certificate.pk} | facts
    Notice.objects.owe_to(kind, f"{certificate.pk}::", person.email, person, facts, at=at)


def is_valid(notice: Notice, now: datetime) -> bool:
    """Tell whether the certificate still holds."""
    return Certificate.objects.valid().filter(pk=notice.facts["certificate"]).exists()


def is_gone(notice: Notice, now: datetime) -> bool:
    """Tell whether its person has no valid certificate in its place."""
    certificate = Certificate.objects.get(pk=notice.facts["certificate"])
    others = Certificate.objects.valid().filter(session=certificate.session_id, program=certificate.program_id)
    return certificate.person_id is not None and not others.filter(person=certificate.person_id).exists()


# ---- what the templates may name ----


def certificate_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of mail about a certificate may name."""
    return about(notice, Certificate.objects.get(pk=notice.facts["certificate"]))


def about(notice: Notice, certificate: Certificate) -> dict[str, Any]:
    """Return what a mail names of `certificate`."""
    return {
        "kind": notice.kind,
        "name": first_name(notice.person),
        "title": certificate.title,
        "days": certificate.days,
        "credits": [str(one) for one in certificate.credits.all()] if certificate.pk else [],
        "reason": certificate.revoke_reason,
        "certificate_url": absolute(certificate.get_absolute_url()),
        "own_url": own_page(certificate),
        "office_name": settings.OFFICE_NAME,
        "institution_name": settings.INSTITUTION_NAME,
    } | notice.facts


def own_page(certificate: Certificate) -> str:
    """Return the URL of the registration of its person, or of their training where they had none."""
    if certificate.person and certificate.session_id:
        seat = certificate.person.registrations.registered().filter(session=certificate.session_id).first()
        if seat:
            return absolute(seat.get_absolute_url())
    return absolute(reverse("my_training"))


def example_context(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the context of an example: the certificate of the reader for `session`."""
    return about(notice, Certificate(title=session.workshop.title, revoke_reason="The reason you give."))


CERTIFICATE = Kind(
    name="certificate",
    label="Certificate",
    family=Family.PROMPT,
    context=certificate_context,
    subject_placeholders=OF_A_CERTIFICATE,
    placeholders={"certificate_url": "the link to the certificate"},
    still_true=is_valid,
    example=Example(facts=lambda session: {"is_new": True}, context=example_context),
)
CERTIFICATE_REVOKED = Kind(
    name="certificate_revoked",
    label="Certificate revoked",
    family=Family.PROMPT,
    context=certificate_context,
    subject_placeholders=OF_A_CERTIFICATE,
    placeholders={"own_url": "the link to what the person has"},
    still_true=is_gone,
    example=Example(context=example_context),
)

KINDS = (CERTIFICATE, CERTIFICATE_REVOKED)
