"""A worker registers many pasted people: once, with what came of each line, and on from where another one died."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import OperationalError
from django.urls import reverse

from accounts.models import Person
from devtools.testing.page import read
from foundation import database_clock
from foundation.work.claimed import MOST_TRIES
from registrations.models import PastedOutcome, PastedPeople, Registration
from registrations.pasted import lines as pasted_lines
from registrations.tasks import register_all_pasted, register_pasted

pytestmark = pytest.mark.django_db
MANY = 52


@pytest.fixture
def roomy(make_session):
    return make_session(minimum=1, capacity=600)


@pytest.fixture
def pasted_crowd(people):
    """The addresses of many people, a line each."""
    return "\n".join(one.email for one in people(MANY))


def several(session) -> str:
    return reverse("admin:registrations_registration_several", args=[session.pk])


def begin(session, text: str, by: Person, **how) -> PastedPeople:
    return PastedPeople.objects.begin(session, text, len(text.splitlines()), by, uuid4(), **how)


def looked_at(clerk, session, typed: dict) -> dict:
    """Return what the button posts once the lines in `typed` were looked at."""
    return read(clerk.post(several(session), typed)).form(id="several_form").data


def agreed(clerk, session, text: str) -> dict:
    """Return what the button posts once a list that was put together by itself was looked at."""
    form = read(clerk.get(several(session))).form(id="several_form").data
    return looked_at(clerk, session, form | {"people": text})


def test_the_button_answers_at_once_and_a_worker_does_the_rest(clerk, roomy, pasted_crowd):
    answer = clerk.post(several(roomy), agreed(clerk, roomy, pasted_crowd))
    pasted = PastedPeople.objects.get()
    assert answer.status_code == 302 and answer.url == f"{several(roomy)}{pasted.pk}/"
    page = clerk.get(answer.url)
    assert page["Refresh"] == "2" and f"0 of {MANY} lines are done." in read(page).text
    assert not Registration.objects.exists()
    register_pasted(pasted.pk)
    page = clerk.get(answer.url)
    assert "Refresh" not in page and f"{MANY} people are registered." in read(page).text
    assert roomy.registrations.registered().count() == MANY


def test_a_second_press_begins_nothing_more(clerk, roomy, pasted_crowd):
    typed = agreed(clerk, roomy, pasted_crowd)
    assert clerk.post(several(roomy), typed).url == clerk.post(several(roomy), typed).url
    assert PastedPeople.objects.count() == 1


@pytest.fixture
def two_crowds(people):
    """The addresses of two crowds, a line each."""
    addresses = [one.email for one in people(2 * MANY)]
    return "\n".join(addresses[:MANY]), "\n".join(addresses[MANY:])


def test_another_list_typed_over_the_first_one_is_registered_too(clerk, roomy, two_crowds):
    first, second = two_crowds
    typed = agreed(clerk, roomy, first)
    pages = [clerk.post(several(roomy), typed).url]
    over = looked_at(clerk, roomy, typed | {"people": second})
    pages.append(clerk.post(several(roomy), over).url)
    assert len(set(pages)) == 2
    register_all_pasted()
    assert roomy.registrations.registered().count() == 2 * MANY


def test_another_list_under_the_key_of_the_first_one_is_registered_too(clerk, roomy, two_crowds):
    """As a browser sends it that kept the fields of a page from before."""
    first, second = two_crowds
    typed = agreed(clerk, roomy, first)
    clerk.post(several(roomy), typed)
    clerk.post(several(roomy), looked_at(clerk, roomy, typed | {"people": second}) | {"key": typed["key"]})
    assert PastedPeople.objects.count() == 2


def test_the_same_list_looked_at_once_more_is_a_list_of_its_own(clerk, roomy, pasted_crowd, office):
    typed = agreed(clerk, roomy, pasted_crowd)
    clerk.post(several(roomy), typed)
    register_all_pasted()
    roomy.registrations.registered().first().withdraw(office)
    clerk.post(several(roomy), looked_at(clerk, roomy, typed | {"agreed": ""}))
    register_all_pasted()
    assert roomy.registrations.registered().count() == MANY


def test_three_of_many_that_cannot_are_named_and_the_rest_is_registered(clerk, roomy, people, office, now):
    pasted_crowd = people(118)
    Registration.objects.register(pasted_crowd[7], roomy, now=now)
    pasted_crowd[3].is_active = False
    pasted_crowd[3].save(update_fields=["is_active"])
    pasted = begin(
        roomy, "\n".join([*(one.email for one in pasted_crowd), "nobody", "Nora <nora@example.edu>"]), office
    )
    register_pasted(pasted.pk)
    page = read(clerk.get(f"{several(roomy)}{pasted.pk}/"))
    assert "117 people are registered." in page.text and "3 lines are not: they stand first below." in page.text
    assert roomy.registrations.registered().count() == 118
    assert [row["Pasted"] for row in page.table().rows][:3] == [pasted_crowd[3].email, pasted_crowd[7].email, "nobody"]


def test_a_worker_that_died_is_followed_by_one_that_goes_on(roomy, pasted_crowd, office, monkeypatch):
    pasted, register, done = begin(roomy, pasted_crowd, office), pasted_lines._register, []

    class Killed(BaseException):
        pass

    def die_at_the_tenth(*args):
        if len(done) == 9:
            raise Killed
        register(*args)
        done.append(args)

    monkeypatch.setattr(pasted_lines, "_register", die_at_the_tenth)
    with pytest.raises(Killed):
        register_pasted(pasted.pk)
    monkeypatch.setattr(pasted_lines, "_register", register)
    assert roomy.registrations.registered().count() == pasted.outcomes.count() == 9
    register_all_pasted()
    assert pasted.outcomes.count() == 9  # it may still be at it
    PastedPeople.objects.update(claimed_at=database_clock.now() - PastedPeople.LEASE)
    register_all_pasted()
    assert roomy.registrations.registered().count() == MANY
    assert not pasted.outcomes.filter(is_wrong=True).exists()
    pasted.refresh_from_db()
    assert pasted.is_finished and not pasted.text


def test_a_line_that_another_worker_has_done_is_not_done_twice(roomy, person, office):
    """The control: without the unique index the second one writes that the person is there already."""
    pasted = begin(roomy, person.email, office)
    pasted.keep(0, person.email, "Person 1 has a seat.", [], False)
    twin = PastedPeople.objects.get(pk=pasted.pk)
    twin.keep_unless_known(0, person.email, "Person 1 is already in this session.")
    assert PastedOutcome.objects.get().said == "Person 1 has a seat."


def test_what_kills_every_worker_is_given_up_and_said(clerk, roomy, pasted_crowd, office):
    pasted = begin(roomy, pasted_crowd, office)
    PastedPeople.objects.update(tries=MOST_TRIES)
    register_pasted(pasted.pk)
    page = read(clerk.get(f"{several(roomy)}{pasted.pk}/"))
    assert f"{MANY} lines were not done. Paste the list again" in page.text


def test_a_list_that_was_given_up_is_begun_again_by_the_same_press(clerk, roomy, pasted_crowd):
    typed = agreed(clerk, roomy, pasted_crowd)
    page = clerk.post(several(roomy), typed).url
    PastedPeople.objects.update(tries=MOST_TRIES)
    register_all_pasted()
    assert "lines were not done" in read(clerk.get(page)).text
    assert clerk.post(several(roomy), typed).url == page
    register_all_pasted()
    assert f"{MANY} people are registered." in read(clerk.get(page)).text


@pytest.fixture
def scheduler(people):
    """Somebody of the office who may change registrations, and no more than that."""
    one = people(1, name="Sam Scheduler", is_staff=True)[0]
    one.user_permissions.set(Permission.objects.filter(codename="change_registration"))
    return one


@pytest.mark.parametrize("lost", [{"is_active": False}, {"is_staff": False}, {}])
def test_nobody_is_registered_in_the_name_of_a_person_who_may_no_longer(clerk, roomy, pasted_crowd, scheduler, lost):
    pasted = begin(roomy, pasted_crowd, scheduler, reason="They speak at it.")
    if lost:
        Person.objects.filter(pk=scheduler.pk).update(**lost)
    else:
        scheduler.user_permissions.clear()
    register_all_pasted()
    assert not Registration.objects.exists()
    page = read(clerk.get(f"{several(roomy)}{pasted.pk}/"))
    assert f"{MANY} lines were not done, because Sam Scheduler may not register people any more." in page.text


def test_a_person_with_that_one_permission_has_it_done(roomy, pasted_crowd, scheduler):
    begin(roomy, pasted_crowd, scheduler)
    register_all_pasted()
    assert roomy.registrations.registered().count() == MANY


@pytest.fixture
def locked_for(monkeypatch):
    """A function: the lock of a line is waited for in vain, so many times, from the third line on."""

    def lock(times: int) -> list:
        register, tries = pasted_lines._register, []

        def wait(*args):
            tries.append(args)
            if 3 <= len(tries) < 3 + times:
                raise OperationalError("canceling statement due to lock timeout")
            register(*args)

        monkeypatch.setattr(pasted_lines, "_register", wait)
        return tries

    return lock


def test_a_line_that_waited_for_a_lock_in_vain_is_done_after_the_others(roomy, pasted_crowd, office, locked_for):
    pasted, tries = begin(roomy, pasted_crowd, office), locked_for(2)
    register_pasted(pasted.pk)
    assert roomy.registrations.registered().count() == MANY and len(tries) == MANY + 2
    assert not pasted.outcomes.filter(is_wrong=True).exists()


def test_a_line_that_waits_in_vain_twice_says_so(roomy, pasted_crowd, office, locked_for):
    pasted, tries = begin(roomy, pasted_crowd, office), locked_for(1000)
    register_pasted(pasted.pk)
    assert len(tries) == 2 + 2 * (MANY - 2)
    said = pasted.outcomes.filter(said__startswith="The portal is busy", is_wrong=True)
    assert said.count() == MANY - 2 and pasted.outcomes.count() == MANY


def test_people_of_a_session_cancelled_in_between_are_refused_one_by_one(roomy, pasted_crowd, office):
    pasted = begin(roomy, pasted_crowd, office)
    roomy.cancel("Snow.", by=office)
    register_pasted(pasted.pk)
    assert pasted.outcomes.filter(is_wrong=True).count() == MANY and not Registration.objects.exists()


def test_it_is_forgotten_a_day_later(roomy, pasted_crowd, office, now):
    pasted = begin(roomy, pasted_crowd, office)
    assert PastedPeople.objects.stale(pasted.made_at + timedelta(days=1)).count() == 1
    assert not PastedPeople.objects.stale(pasted.made_at + timedelta(hours=23)).exists()
