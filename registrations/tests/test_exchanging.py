"""What is given up and what is got, before a person changes the date; and which button is never the filled one."""

from datetime import timedelta

import pytest

from catalog.models import Workshop
from devtools.testing.page import read
from devtools.testing.registering import day_of, join, register_page
from registrations.display.exchanging import SENTENCES, Gets, Has, exchange
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(make_session, person, people, now):
    """here(has) is the registration of `person`, of whom `has` says what they have."""

    def make(has: Has) -> Registration:
        session = make_session(minimum=6 if has is Has.PLACE else 1, capacity=1 if has is Has.LINE else 20)
        if has is Has.LINE:
            join(session, people(2))
        own = Registration.objects.register(person, session, now=now)
        session.settle(now=now)
        if has is Has.NOTHING:
            session.cancel("Snow.", by=session.registrations.get().person, now=now)
        return Registration.objects.get(pk=own.pk)

    return make


@pytest.fixture
def there(make_session, people, now):
    """there(gets) is another date, that gives what `gets` says."""

    def make(gets: Gets) -> Session:
        taken = {Gets.SEAT: 6, Gets.MANY_MISSING: 1, Gets.ONE_MISSING: 4, Gets.LAST: 5, Gets.DECIDED: 2}[gets]
        session = make_session(days=30)
        join(session, people(taken))
        if gets is Gets.SEAT:
            session.settle(now=now)
        if gets is Gets.DECIDED:
            Session.objects.filter(pk=session.pk).update(confirm_by=now - timedelta(minutes=1))
        return Session.objects.get(pk=session.pk)

    return make


def test_every_case_has_its_sentence():
    assert set(SENTENCES) == {(has, gets) for has in Has for gets in Gets}


@pytest.mark.parametrize("gets", Gets)
@pytest.mark.parametrize("has", Has)
def test_every_sentence_is_said_where_it_is_true(here, there, has, gets, now):
    own, to = here(has), there(gets)
    said = exchange(own, to, now)
    assert said.words.startswith(SENTENCES[has, gets].split("{")[0]) and "{" not in said.words
    assert (has is Has.NOTHING) or day_of(own.session) in said.words
    assert (said.waits, said.is_loss) == (False, has is Has.SEAT and gets is not Gets.SEAT)


def test_a_confirmed_seat_for_a_date_that_needs_people(here, there, now):
    own, to = here(Has.SEAT), there(Gets.MANY_MISSING)
    words = exchange(own, to, now).words
    assert words.startswith(
        f"You give up a confirmed seat on {day_of(own.session)} for a date that four more people must"
    )
    assert words.endswith("If they don’t, it is cancelled.")


def test_a_full_date_is_waited_for_beside_what_one_has(here, make_session, people, now):
    own, full = here(Has.SEAT), make_session(days=30, minimum=1, capacity=1)
    join(full, people(3))
    full.refresh_from_db()
    said = exchange(own, full, now)
    day = day_of(own.session)
    assert (
        said.words
        == f"This date is full. You would be 3rd in line, and you keep what you have on {day} while you wait."
    )
    assert said.waits and not said.is_loss
    own.status = Registration.Status.SESSION_CANCELLED
    assert exchange(own, full, now).words == "This date is full. You would be 3rd in line."


def test_what_a_line_costs_is_said(here, there, now):
    own = here(Has.LINE)
    assert (
        f"waitlist for {day_of(own.session)}, where you are 2nd in line" in exchange(own, there(Gets.SEAT), now).words
    )


# ---- the page ----


def transfer(own: Registration) -> str:
    return f"/registrations/{own.uuid}/transfer/"


def button_class(page, name: str) -> str | None:
    return next(part.attribute("class") for part in page.parts("button, a.btn") if name in part.text)


def test_confirmed_dates_come_first_then_those_that_gather_then_full_ones(me, here, there, make_session, people):
    own = here(Has.SEAT)
    full = make_session(days=20, minimum=1, capacity=1)
    join(full, people(1))
    gathering, confirmed = there(Gets.MANY_MISSING), there(Gets.SEAT)
    page = read(me.get(transfer(own)))
    assert page.headings()[1:] == ["Confirmed", "Not confirmed yet", "Full"]
    codes = [form.data["to"][0] for form in page.forms() if "to" in form.data]
    assert codes == [confirmed.code, gathering.code, full.code]


@pytest.mark.parametrize(("has", "gets", "filled"), [(Has.SEAT, Gets.MANY_MISSING, False), (Has.SEAT, Gets.SEAT, True)])
def test_giving_up_a_confirmed_seat_for_less_is_never_the_filled_button(me, here, there, has, gets, filled):
    own, to = here(has), there(gets)
    page = read(me.get(transfer(own)))
    assert ("btn-primary" in button_class(page, f"Move to {day_of(to)}").split()) is filled


def test_one_page_and_one_press_move_the_place(me, here, there):
    own, to = here(Has.PLACE), there(Gets.SEAT)
    page = read(me.get(transfer(own)))
    form = page.form(f"Move to {day_of(to)}")
    assert me.post(form.action, form.data).status_code == 302
    own.refresh_from_db()
    assert own.moved_to.session == to


def test_the_date_that_was_asked_for_is_open(me, here, there):
    own, to, other = here(Has.PLACE), there(Gets.SEAT), there(Gets.MANY_MISSING)
    assert read(me.get(transfer(own))).parts("details[open]") == []
    (opened,) = read(me.get(f"{transfer(own)}?to={other.code}")).parts("details[open]")
    assert other.code in opened.everything and to.code not in opened.everything


def test_a_date_one_waits_for_leads_to_it_and_is_not_offered(me, here, make_session, person, people, now):
    own, full = here(Has.SEAT), make_session(days=30, minimum=1, capacity=1)
    join(full, [*people(1), person])
    page = read(me.get(transfer(own)))
    assert "You have this date too." in page.text
    assert full.registrations.get(person=person).get_absolute_url() in page.addresses
    assert full.code not in str([form.data for form in page.forms()])


def test_an_overlap_says_what_is_given_up_and_its_button_is_not_filled(me, here, there, make_session, person, now):
    own, to = here(Has.SEAT), there(Gets.MANY_MISSING)
    other = Workshop.objects.create(title="Disability and Allyship", slug="disability", status="published")
    Registration.objects.register(person, make_session(days=30, workshop=other), now=now)
    response = me.post(transfer(own), {"to": to.code})
    page = read(response)
    assert response.status_code == 409 and "This overlaps with Disability and Allyship" in page.text
    assert "for a date that four more people must join" in page.text
    assert "btn-primary" not in button_class(page, "Move anyway").split()


@pytest.mark.parametrize(("gets", "filled"), [(Gets.MANY_MISSING, False), (Gets.SEAT, True)])
def test_registering_beside_another_date_says_what_a_move_gives_up(me, here, there, gets, filled):
    own, to = here(Has.SEAT), there(gets)
    page = read(me.get(register_page(to)))
    assert f"If you move it: You give up a confirmed seat on {day_of(own.session)}" in page.text
    assert ("btn-primary" in button_class(page, "Move my place to this date").split()) is filled


def test_registering_over_another_workshop_says_that_both_are_kept(me, make_session, person, now):
    other = Workshop.objects.create(title="Disability and Allyship", slug="disability", status="published")
    Registration.objects.register(person, make_session(days=14, workshop=other), now=now)
    page = read(me.get(register_page(make_session(days=14))))
    assert "You keep both and give up nothing until you leave one of them." in page.text
