"""What a mail of any kind tells each of its readers, headers and calendar too: what they may know, and no more (G12).

Access needs, licenses and birthdays stand in none.
"""

import pytest
from django.conf import settings

from devtools.testing.canaries import canaries_in, canaries_of
from devtools.testing.letters import ACCOUNT, letters
from devtools.testing.overhearing import overheard
from notifications.kinds import KINDS
from notifications.models import Notice
from registrations.models import Registration

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

# What stands in the mail of each reader, of all kinds together.
TOLD = {
    # Who they are, what they have a seat in, what they asked and what was answered.
    "canarypersonemail@example.edu": canaries_of("""
        accounts.Person: name email addressed_as
        sessions_app.Meeting: join_link
        sessions_app.SessionRequest: topic answer decline_reason
        outcomes.AttendanceDispute: answer
        outcomes.OutsideActivity: title answer
        notifications.CalendarThread: uid
        notifications.Announcement: subject words
    """),
    # Who waits has their own name in it, and what the office wrote to everybody.
    "fellow@example.edu": {"canarywaits"} | canaries_of("notifications.Announcement: subject words"),
    # People who lead get the way in, and a copy of what the office wrote: to how many, and to nobody by name.
    "leader@example.edu": canaries_of("""
        sessions_app.Meeting: join_link
        notifications.Announcement: subject words part_words
    """),
    # That something about access waits, and not for whom.
    "arranger@example.edu": set(),
    # Who asks for a session, and why a facilitator said no. Of who registers, only how many.
    settings.OFFICE_EMAIL: canaries_of("""
        accounts.Person: name email
        sessions_app.SessionRequest: topic
        sessions_app.Leading: reason
    """),
    # The old address of a person, and the new one: this may be anybody's, so it is told of nobody.
    "canaryaddresschangeoldaddress@example.edu": canaries_of("accounts.AddressChange: old_address new_address"),
    "canaryaddresschangenewaddress@example.edu": canaries_of("accounts.AddressChange: new_address"),
    # The news that another address is in force.
    "before@example.edu": canaries_of("accounts.Person: name email addressed_as"),
}


def test_mail_of_every_kind_tells_its_reader_what_they_may_know_and_no_more(every_noun, fellow, now):
    waits, told, kinds = Registration.objects.get(person=fellow, session=every_noun.session), {}, set()
    for kind, to, said in letters(every_noun, waits, now):
        told.setdefault(to, set()).update(canaries_in(said))
        kinds.add(kind)
    assert told == TOLD
    assert kinds == set(KINDS) >= ACCOUNT
    assert overheard.take() == set()


def test_the_office_is_told_of_nobody_who_registers(every_noun, fellow, now):
    """Of the kinds that the office gets, only that of a request names a person."""
    waits = Registration.objects.get(person=fellow, session=every_noun.session)
    of_people = canaries_of("accounts.Person: name email pronouns addressed_as") | {"canarywaits"}
    told = {
        kind
        for kind, to, said in letters(every_noun, waits, now)
        if to == settings.OFFICE_EMAIL and canaries_in(said) & of_people
    }
    assert told == {"request_asked"}
    assert Notice.objects.filter(to=settings.OFFICE_EMAIL).exists()
