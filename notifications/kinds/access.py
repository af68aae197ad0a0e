"""Mail around access requests: it says that something waits on the portal, and not what, about which session, for whom.

It is written as account mail, so that the office's list of mail does not show who asked for something.
"""

from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Person
from foundation.links import absolute
from notifications.models import Notice
from registrations.models import Accommodation

# Longer than delivery is tried, so that undeliverable mail is shown as such and not as expired.
LIFE = timedelta(days=7)


def tell_a_request_waits(accommodation: Accommodation) -> None:
    """Owe every member of the Accommodations group a notice; the office itself where there is no member."""
    url, asked_at = absolute(reverse("admin:registrations_accommodation_changelist")), accommodation.asked_at
    key = f"access_asked-{accommodation.pk}-{asked_at.timestamp()}"
    members = list(Person.objects.arranging_access())
    for member in members:
        _owe("access_asked", member.email, member, f"{key}:{member.pk}", asked_at, url=url, has_members=True)
    if not members:
        _owe("access_asked", settings.OFFICE_EMAIL, None, f"{key}:office", asked_at, url=url, has_members=False)


def tell_an_answer_is_there(accommodation: Accommodation) -> None:
    """Owe the person a notice that there is an answer, with a link to the page of their registration."""
    person, answered_at = accommodation.registration.person, accommodation.answered_at
    url = absolute(accommodation.registration.get_absolute_url())
    key = f"access_answered-{accommodation.pk}-{answered_at.timestamp()}:{person.pk}"
    _owe("access_answered", person.email, person, key, answered_at, url=url)


def _owe(folder: str, email: str, person: Person | None, key: str, at, **said) -> None:
    said |= {
        "name": person.get_short_name() if person and person.name else "",
        "office_name": settings.OFFICE_NAME,
        "institution_name": settings.INSTITUTION_NAME,
    }
    said["subject"] = render_to_string(f"notifications/{folder}/subject.txt", said).strip()
    text = render_to_string(f"notifications/{folder}/body.txt", said).strip() + "\n"
    html = render_to_string(f"notifications/{folder}/body.html", said)
    Notice.objects.owe_private(email, person, key, said["subject"], text, html, expires_at=at + LIFE)
