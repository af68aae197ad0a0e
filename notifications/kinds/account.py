"""Account mail: sign-in codes, news about how a person signs in, and that something about access waits.

Account mail belongs to its reader alone. Mail about access requests is account mail too, so that the office's list of
mail does not show who asked for something: the mail says that something waits on the portal, but not what, about which
session, for whom. Account mail is written when it is owed, because its sentence is stored nowhere else.

The mail with a code is written by the worker, and only the worker asks whether the address may get one: the page that
asked does the same work for every address, so that its time does not tell which addresses are known. Until then the
code waits in the Notice, sealed.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Person
from accounts.models.other_address import leads_nowhere
from accounts.sealed import SIGN_INS
from accounts.sign_in import may_sign_in
from foundation import database_clock
from foundation.links import absolute
from notifications.kinds.contexts import first_name
from notifications.models import Notice
from notifications.models.kind import Family, Kind
from registrations.models import Accommodation

NEWS_LIFE = timedelta(days=3)
# Longer than delivery is tried, so that undeliverable mail is shown as such and not as expired.
ACCESS_LIFE = timedelta(days=7)


def owe_code(email: str, code: str, seconds: int) -> None:
    """Owe `email` a sign-in code that works for so many seconds, ahead of the queue."""
    facts = {"code": SIGN_INS.seal(f"{code[:3]} {code[3:]}"), "minutes": seconds // 60}
    expires_at = database_clock.now() + timedelta(seconds=seconds)
    person = Person.objects.filter(email=email).first()
    Notice.objects.owe_to(CODE, f"{uuid.uuid4()}::", email, person, facts, expires_at, priority=Notice.Priority.CODE)


def code_context(notice: Notice) -> dict[str, Any]:
    """Return what the mail with a sign-in code names."""
    code = SIGN_INS.unseal(notice.facts["code"])
    is_other = leads_nowhere(notice.to)
    return {"code": code, "minutes": notice.facts["minutes"], "is_other": is_other} | _of_everybody(notice.person)


def may_still_sign_in(notice: Notice, now: datetime) -> bool:
    """Tell whether the address of a code may get it."""
    return may_sign_in(notice.to)


def owe_account_news(email: str, news: str) -> None:
    """Owe `email` a sentence about how its owner signs in, ahead of the queue."""
    person = Person.objects.filter(email=email).first()
    words = rendered(ACCOUNT.name, person, {"news": news})
    expires_at, key = database_clock.now() + NEWS_LIFE, f"{uuid.uuid4()}::"
    Notice.objects.owe_written(ACCOUNT, key, email, person, words, expires_at, priority=Notice.Priority.CODE)


def owe_farewell(person: Person, said: str, now: datetime) -> Notice:
    """Owe `person`, who is erased in this transaction, the mail that says so; once it has arrived its address goes.

    `said` is the sentence that says who wanted it.
    """
    words, key = rendered("erased", person, {"said": said}), f"{uuid.uuid4()}::"
    return Notice.objects.owe_written(ACCOUNT, key, person.email, person, words, expires_at=now + NEWS_LIFE)


def owe_access_request(accommodation: Accommodation) -> None:
    """Owe every member of the Accommodations group a mail; the office itself where there is no member."""
    url, asked_at = absolute(reverse("admin:registrations_accommodation_changelist")), accommodation.asked_at
    key = f"access_asked-{accommodation.pk}-{asked_at.timestamp()}"
    members = list(Person.objects.arranging_access())
    for member in members:
        context = {"url": url, "has_members": True}
        _owe_about_access("access_asked", member.email, member, f"{key}:{member.pk}", asked_at, context)
    if not members:
        context = {"url": url, "has_members": False}
        _owe_about_access("access_asked", settings.OFFICE_EMAIL, None, f"{key}:office", asked_at, context)


def owe_access_answer(accommodation: Accommodation) -> None:
    """Owe the person a mail that says there is an answer, with a link to the page of their registration."""
    person, answered_at = accommodation.registration.person, accommodation.answered_at
    assert answered_at is not None
    context = {"url": absolute(accommodation.registration.get_absolute_url())}
    key = f"access_answered-{accommodation.pk}-{answered_at.timestamp()}:{person.pk}"
    _owe_about_access("access_answered", person.email, person, key, answered_at, context)


def _owe_about_access(
    folder: str, email: str, person: Person | None, key: str, at: datetime, context: dict[str, Any]
) -> None:
    words = rendered(folder, person, context)
    Notice.objects.owe_written(ACCOUNT, f"{key}:", email, person, words, expires_at=at + ACCESS_LIFE)


def rendered(folder: str, person: Person | None, context: dict[str, Any]) -> dict[str, str]:
    """Return subject, text and html of the mail in the template folder `folder`, as `person` reads it."""
    context = context | _of_everybody(person)
    context["subject"] = " ".join(render_to_string(f"notifications/{folder}/subject.txt", context).split())
    return {
        "subject": context["subject"],
        "text": render_to_string(f"notifications/{folder}/body.txt", context).strip() + "\n",
        "html": render_to_string(f"notifications/{folder}/body.html", context),
    }


def _of_everybody(person: Person | None) -> dict[str, Any]:
    return {
        "name": first_name(person),
        "office_name": settings.OFFICE_NAME,
        "institution_name": settings.INSTITUTION_NAME,
        "site_url": settings.SITE_URL,
    }


def no_context(notice: Notice) -> dict[str, Any]:
    """Return nothing: account mail is written when it is owed."""
    return {}


# One label for both: a person who is sent an answer about access, and nothing else about an account, would stand out.
LABEL = "Sign-in and account"
CODE = Kind(
    name="code",
    label=LABEL,
    family=Family.ACCOUNT,
    context=code_context,
    still_true=may_still_sign_in,
    example=None,
    is_owed=False,
)
ACCOUNT = Kind(name="account", label=LABEL, family=Family.ACCOUNT, context=no_context, example=None)

KINDS = (CODE, ACCOUNT)
