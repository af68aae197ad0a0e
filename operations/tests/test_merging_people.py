"""Two accounts of one person become one: what points to the one that goes follows, and nothing is there twice."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AddressChange, OtherAddress, Person
from accounts.school.joining import Refused as SchoolRefused
from accounts.school.joining import take
from accounts.school.said import Said
from catalog.models import Facilitator
from notifications.kinds.account import code_context, owe_code
from notifications.models import Notice
from notifications.outbox.compose import write_words
from operations.directory.reading import read_directory
from operations.directory.taking_in import take_in
from operations.invariants import breaches
from operations.merging_people.merge import Changed, Refused, merge_people, plan
from operations.merging_people.moves import MOVES, foreign_keys
from operations.models import LegalHold
from outcomes.models import Attendance
from registrations.models import Accommodation, Interest, Nomination, PriorAttendance, Registration

pytestmark = pytest.mark.django_db


def merge(kept, gone, by, now=None) -> None:
    merge_people(kept, gone, by, plan(kept, gone, by).agreement, now=now)


def test_every_row_that_points_to_a_person_is_known_to_merging():
    assert foreign_keys().keys() == MOVES.keys()


@pytest.mark.parametrize("which", [0, 1])
def test_a_person_with_a_row_of_every_noun_leaves_none_behind(every_noun, people, office, now, which):
    before = set(breaches(now))
    (kept,) = people(1)
    gone = (every_noun.person, Person.objects.get(email="person2@example.edu"))[which]
    for hold in LegalHold.objects.standing(now):
        hold.lift(by=office, now=now)
    pk, held = gone.pk, gone.registrations.count()
    merge(kept, gone, office, now)
    assert not Person.objects.filter(pk=pk).exists()
    for name, field in foreign_keys().items():
        assert not field.model._base_manager.filter(**{field.name: pk}).exists(), name
    assert kept.registrations.count() == held
    assert set(breaches(now)) <= before


def test_of_two_seats_one_is_passed_on(make_session, people, office, now):
    kept, gone, waiting = people(3)
    session = make_session(minimum=1, capacity=2)
    first, second = (Registration.objects.register(each, session, now=now) for each in (kept, gone))
    next_one = Registration.objects.register(waiting, session, now=now)
    assert "the seat of person1@example.edu stays" in plan(kept, gone, office).collides[0]
    merge(kept, gone, office, now)
    for row in (first, second, next_one):
        row.refresh_from_db()
    session.refresh_from_db()
    assert (first.is_registered, second.status, next_one.is_registered) == (True, "withdrawn", True)
    assert {first.person, second.person} == {kept}
    assert session.seats_taken == 2
    assert not list(breaches(now))
    told = Notice.objects.get(kind="withdrawn")
    assert told.to == "person2@example.edu"


def test_a_seat_stays_before_a_place_in_line_whosever_it_is(make_session, people, office, now):
    kept, gone = people(2)
    session = make_session(minimum=1, capacity=1)
    seat, place = (Registration.objects.register(each, session, now=now) for each in (gone, kept))
    merge(kept, gone, office, now)
    seat.refresh_from_db()
    place.refresh_from_db()
    assert (seat.person, seat.status, place.status) == (kept, "registered", "withdrawn")
    assert not list(breaches(now))


def test_invitations_that_hold_go_to_the_address_that_stays(make_session, people, office, now):
    kept, gone = people(2)
    session = make_session(minimum=1)
    registration = Registration.objects.register(gone, session, now=now)
    session.settle(now=now)
    Notice.objects.filter(state="queued").update(state="sent", sent_at=now)
    uid = registration.threads.get().uid
    merge(kept, gone, office, now)
    assert registration.threads.get().uid == uid
    again = Notice.objects.filter(thread__registration=registration, state="queued").get()
    assert (again.to, again.person, again.method) == (kept.email, kept, "REQUEST")
    assert not list(breaches(now))


def test_mail_that_waits_is_sent_to_the_address_that_stays(make_session, people, office, now):
    kept, gone = people(2)
    Registration.objects.register(gone, make_session(), now=now)
    merge(kept, gone, office, now)
    assert Notice.objects.get(kind="registered").to == kept.email


def test_of_two_attendances_the_one_that_says_more_stays(make_session, people, office, now):
    kept, gone = people(2)
    session = make_session(minimum=1)
    rows = [Registration.objects.register(each, session, now=now) for each in (kept, gone)]
    session.settle(now=now)
    meeting, later = session.meetings.get(), now + timedelta(days=20)
    for row, state in zip(rows, ("absent", "here"), strict=True):
        Attendance.objects.mark(meeting, row, state, "roster", by=office, now=later)
    session.settle(now=later)
    Notice.objects.update(state="sent", sent_at=now)
    merge(kept, gone, office, later)
    said = Attendance.objects.get()
    assert (said.person, said.state, said.registration) == (kept, "here", rows[0])
    assert Registration.objects.registered().get().person == kept
    # The news of the merge are owed by the clock, which has not gone on.
    Notice.objects.filter(kind="account").delete()
    assert not list(breaches(later))
    assert not Notice.objects.filter(kind="withdrawn").exists()


def test_what_both_have_is_there_once(workshop, people, office, now):
    kept, gone = people(2)
    for each in (kept, gone):
        Interest.objects.express(each, workshop, now=now)
        PriorAttendance.objects.create(person=each, workshop=workshop)
    said = " ".join(plan(kept, gone, office).collides)
    assert "Both have the same interest: 1. One of each stays." in said
    merge(kept, gone, office, now)
    assert (Interest.objects.get().person, PriorAttendance.objects.get().person) == (kept, kept)


def test_both_addresses_proposed_for_one_session_leave_one_that_was_told(make_session, people, office, now):
    kept, gone, *colleagues = people(4)
    session, other = make_session(), make_session(days=21)
    for email, where, by in (
        (gone.email, session, colleagues[0]),
        (kept.email, session, colleagues[1]),
        (gone.email, other, colleagues[0]),
    ):
        Nomination.objects.nominate([email], where, by=by, now=now)
    merge(kept, gone, office, now)
    said = Nomination.objects.order_by("pk").values_list("session", "email", "by", "told_at")
    assert list(said) == [
        (session.pk, kept.email, colleagues[0].pk, None),
        (session.pk, kept.email, colleagues[1].pk, now),
        (other.pk, kept.email, colleagues[0].pk, now),
    ]


def test_what_somebody_needs_comes_along_with_the_word_of_the_group_alone(make_session, people, office, now):
    kept, gone = people(2)
    registration = Registration.objects.register(gone, make_session(), now=now)
    Accommodation.objects.ask(registration, "An interpreter.", now=now)
    merge(kept, gone, office, now)
    assert not Accommodation.objects.exists()


@pytest.mark.parametrize("which", [0, 1, None])
def test_an_account_under_a_legal_hold_is_not_merged(people, office, now, which):
    both = people(2)
    hold = LegalHold.objects.place(None if which is None else both[which], "Case 7.", by=office, now=now)
    said = "keeps everything" if which is None else f"keeps everything about {both[which]}"
    with pytest.raises(Refused, match=f"{said}.* A Manager lifts it under Legal holds"):
        plan(*both, office)
    hold.lift(by=office, now=now)
    merge(*both, office, now)


def test_a_facilitator_follows_and_two_are_refused(people, office):
    kept, gone = people(2)
    ada = Facilitator.objects.create(name="Ada", person=gone)
    bo = Facilitator.objects.create(name="Bo", person=kept)
    with pytest.raises(Refused, match="Both lead sessions, as Ada and as Bo"):
        plan(kept, gone, office)
    bo.delete()
    merge(kept, gone, office)
    ada.refresh_from_db()
    assert ada.person == kept


def test_gaps_in_the_profile_are_filled_and_the_history_follows(people, office):
    (gone,) = people(1, pronouns="she/her")
    kept = Person.objects.create_user("short@example.edu")
    merge(kept, gone, office)
    kept.refresh_from_db()
    assert (kept.name, kept.pronouns, kept.role) == ("Person 1", "she/her", "staff")


def test_the_other_address_opens_nothing_and_says_so(people, office, now):
    kept, gone = people(2)
    merge(kept, gone, office, now)
    assert OtherAddress.objects.get().person == kept
    owe_code("person2@example.edu", "123456", 600)
    mail = Notice.objects.get(kind="code")
    write_words(mail, code_context(mail))
    assert mail.subject == "Sign in with your other address"
    assert "has become one with another account of yours" in mail.text
    assert "123" not in mail.text + mail.html
    with pytest.raises(ValidationError, match="became one with another account"):
        Person.objects.create_user("person2@example.edu")
    with pytest.raises(AddressChange.NotFree):
        AddressChange.objects.ask(people(1)[0], "person2@example.edu", by=office, now=now)
    said = Said("openid", "uid-2", vouched=("person2@example.edu",))
    with pytest.raises(SchoolRefused, match="has become one with another account of yours"):
        take(said)
    told = Notice.objects.filter(kind="account").values_list("to", flat=True)
    assert set(told) == {"person1@example.edu", "person2@example.edu"}


def test_the_directory_knows_the_other_address_as_the_same_person(people, office, now):
    kept, gone = people(2)
    take_in(read_directory(b"email\nperson2@example.edu\n"), office, apply=True)
    gone.refresh_from_db()
    merge(kept, gone, office, now)
    done = take_in(read_directory(b"email\nperson2@example.edu\n"), office, apply=True)
    kept.refresh_from_db()
    assert (done.new, done.left, kept.is_active, kept.from_directory) == (0, 0, True, True)


def test_who_may_not_be_merged_is_refused_with_why(people, office, settings):
    settings.PRODUCT_NAME = "The Portal"
    one, other = people(2)
    for kept, gone, by, said in [
        (one, one, office, "This is the same account"),
        (one, other, other, "Nobody merges an account of their own"),
        (one, office, other, "is of the office"),
        (one, Person.objects.rule(), office, "The Portal itself acts for the rule"),
    ]:
        with pytest.raises(Refused, match=said):
            plan(kept, gone, by if by != other or gone != office else people(1)[0])
    Person.objects.filter(pk=one.pk).update(is_active=False)
    one.refresh_from_db()
    with pytest.raises(Refused, match="is switched off"):
        plan(one, other, office)


def test_what_changed_since_it_was_shown_merges_nothing(make_session, people, office, now):
    kept, gone = people(2)
    agreed = plan(kept, gone, office).agreement
    Registration.objects.register(gone, make_session(), now=now)
    with pytest.raises(Changed):
        merge_people(kept, gone, office, agreed)
    assert Person.objects.filter(pk=gone.pk).exists()
