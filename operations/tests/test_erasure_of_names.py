"""An erasure takes out of texts what can only be the person: no words of the catalog, and no name of somebody else."""

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry

from accounts.models import AddressChange, OtherAddress, Person, Unit
from catalog.models import Facilitator, PageText, TeamMember, Workshop
from foundation.record import record
from operations.forgetting.erasing import erase
from operations.forgetting.words import PUBLISHED
from registrations.models import Nomination

pytestmark = pytest.mark.django_db


def test_a_name_that_two_people_have_stays_with_the_other(people, office, now):
    one, other = people(2, name="Maria Garcia")
    record(office, other, "Unit: Maria Garcia moved.")
    erase(one, by=one, now=now)
    assert LogEntry.objects.filter(change_message="Unit: Maria Garcia moved.").exists()
    assert Person.objects.get(pk=other.pk).name == "Maria Garcia"


def test_a_longer_name_with_the_name_in_it_stays(people, office, now):
    one, other = people(2, name="Ann Lee")
    Person.objects.filter(pk=other.pk).update(name="Joann Leeson")
    record(office, other, "Joann Leeson and Ann Lee met.")
    erase(one, by=one, now=now)
    message = LogEntry.objects.get(change_message__startswith="Joann Leeson").change_message
    assert "Ann Lee " not in message and message.endswith("met.")


@pytest.mark.parametrize("name", ["of the", "Implicit Bias"])
def test_a_name_made_of_words_of_the_catalog_destroys_nothing(every_noun, person, office, now, name):
    workshop = every_noun.session.workshop
    Workshop.objects.filter(pk=workshop.pk).update(title="Signs of the Implicit Bias", description=f"{name} we meet.")
    Unit.objects.bulk_create(Unit(name=f"{kind} of the Implicit Bias") for kind in ("Office", "Unit"))
    PageText.objects.update(text=f"Much {name} is here.")
    record(office, every_noun, "Workshop: Signs of the Implicit Bias.")
    Person.objects.filter(pk=person.pk).update(name=name)
    before = published()
    person.refresh_from_db()
    erase(person, by=person, now=now)
    assert published() == before
    assert LogEntry.objects.filter(change_message="Workshop: Signs of the Implicit Bias.").exists()


def published() -> list[str]:
    """Return all that the office says to everybody, and what things are called."""
    nouns = (*(label for label in PUBLISHED if label.count(".") == 1), "accounts.Unit", "accounts.Campus")
    return [str(row) for noun in nouns for row in apps.get_model(noun)._base_manager.order_by("pk").values_list()]


def test_an_address_that_never_took_hold_is_nobodys(person, office, now):
    stranger = "somebody.else@example.edu"
    Person.objects.filter(email=stranger).delete()
    change = AddressChange.objects.ask(person, stranger, by=office, now=now)
    change.stop(by=office, now=now)
    led = Facilitator.objects.create(name="Somebody Else", email=stranger, biography="Reads.")
    TeamMember.objects.create(name="Somebody Else", email=stranger, position=1)
    erase(person, by=person, now=now)
    led.refresh_from_db()
    assert (led.name, led.email, led.biography) == ("Somebody Else", stranger, "Reads.")
    assert TeamMember.objects.filter(email=stranger).exists()


def test_proposals_and_walk_ins_under_two_addresses_and_names_stay_two(every_noun, people, office, now):
    person, proposer = people(2)
    Person.objects.filter(pk=person.pk).update(name="Ann Lee")
    person.refresh_from_db()
    Facilitator.objects.create(name="Ann Lee-Moss", person=person)
    OtherAddress.objects.create(person=person, email="before@example.edu", since=now)
    session, meeting = every_noun.session, every_noun.session.meetings.get()
    for address in (person.email, "before@example.edu"):
        Nomination.objects.create(session=session, by=proposer, email=address, nominated_at=now, told_at=now)
        meeting.attendances.create(name="Ann", address=address, state="here", source="roster", said_at=now)
    for name in ("Ann Lee", "Ann Lee-Moss"):
        meeting.attendances.create(name=name, state="here", source="roster", said_at=now)
    before = meeting.attendances.count(), session.nominations.count()
    erase(person, by=person, now=now)
    assert (meeting.attendances.count(), session.nominations.count()) == before
    said = [*meeting.attendances.values_list("name", "address"), *session.nominations.values_list("email")]
    assert not any(word in str(said) for word in ("Ann Lee", "before@", person.email))
