"""Which account a sign-in at the school opens: the one it has opened before, or the one with an address that is proven.

An account is joined only by an address that the provider says it has verified, or of a domain the provider answers for
(SCHOOL_VOUCHES_FOR). An address that another person of the same provider has used joins nothing: schools give addresses
to somebody else after a while, and what was somebody's stays theirs.
"""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction

from accounts import sign_in
from accounts.models import Person, SchoolRecord
from accounts.models.other_address import leads_nowhere
from accounts.school.record import has_left_the_school
from accounts.school.said import Said
from foundation.verbs import lock_row


class Refused(Exception):
    """Somebody is not signed in; `str(error)` is the sentence shown to them, `status` that of the answer."""

    def __init__(self, sentence: str, status: int = 403) -> None:
        super().__init__(sentence)
        self.status = status


NOBODY = (
    "The school’s sign-in did not tell us who you are in a way that stays the same. Ask your IT service to release an "
    "identifier to this site."
)
NO_ADDRESS = (
    "The school’s sign-in did not tell us an email address. Ask your IT service to release your address to this site."
)
UNPROVEN = (
    "The school’s sign-in has not verified your email address. Verify it in your account there, and sign in once more."
)
ELSEWHERE = (
    "The school’s sign-in knows you by an address that has no access here. Ask the office which addresses may sign in."
)
TAKEN = (
    "The account with your email address was used by somebody else at the school’s sign-in. Write to the office, which "
    "can tell the two of you apart."
)
MERGED = (
    "The account with your email address has become one with another account of yours. Sign in with the address of "
    "that one, or write to the office."
)
LEFT = "The school’s sign-in says that you are no member of the school any more. Write to the office if that is wrong."


@transaction.atomic
def take(said: Said) -> Person:
    """Return the person whom this sign-in is of, joined to it and with what the school says now; made if there is none.

    Somebody who is switched off is returned as they are. Raises Refused, and leaves nothing behind.
    """
    account = SocialAccount.objects.filter(provider=said.provider, uid=said.uid).select_related("user").first()
    person = account.user if account else _of_an_address(said)
    if not person.is_active:
        return person
    known = SchoolRecord.objects.filter(person=person).first()
    if settings.SCHOOL_LEFT == "refuse" and has_left_the_school(said, known):
        raise Refused(LEFT)
    if account is None:
        lock_row(person)
        others = SocialAccount.objects.filter(user=person, provider=said.provider).exclude(uid=said.uid)
        if others.exists():
            raise Refused(TAKEN)
        SocialAccount.objects.get_or_create(provider=said.provider, uid=said.uid, defaults={"user": person})
    SchoolRecord.objects.refresh(person, said)
    return person


def _of_an_address(said: Said) -> Person:
    """Return the person with the first proven address that has an account here, or else one made for the first."""
    if not said.vouched and not said.unproven:
        raise Refused(NO_ADDRESS)
    if not said.vouched:
        raise Refused(UNPROVEN)
    usable = [address for address in said.vouched if sign_in.may_get_mail(address)]
    if not usable:
        raise Refused(ELSEWHERE)
    people = {person.email: person for person in Person.objects.filter(email__in=usable)}
    if found := next((people[address] for address in usable if address in people), None):
        return found
    if any(leads_nowhere(address) for address in usable):
        raise Refused(MERGED)
    return sign_in.welcome(usable[0])
