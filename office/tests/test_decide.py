"""The page on which the office decides: how it stands, whom to ask, each choice with its mail, and one decision."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Unit
from devtools.testing.office_pages import filled_in, session_page, workshop_page
from devtools.testing.page import read
from foundation.text import with_full_stop
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from registrations.models import Call, Interest, Nomination, Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def short_by_one(make_session, people, now):
    """An open session with five of six people, and those people."""
    session, crowd = make_session(), people(5)
    for person in crowd:
        Registration.objects.register(person, session, now=now)
    return session, crowd


def url_of(session, name="decide") -> str:
    return reverse(f"admin:sessions_app_session_{name}", args=[session.pk])


def words_of(text: str, reader) -> list[str]:
    """Return the words of a mail without its links, its reader called “you”."""
    said = text.replace(f"Hello {reader.get_short_name()}.", "Hello.")
    return [word for word in said.split() if not word.startswith("http")]


def shown_mail(page, form_id: str) -> str:
    return page.part(f"#{form_id} pre.office-mail").text


# ---- how it stands ----


def test_the_page_says_how_it_stands_and_what_is_left(clerk, short_by_one):
    page = read(clerk.get(url_of(short_by_one[0])))
    assert "5 of 6 have registered: one more needed." in page.text
    assert "days are left: it is decided on" in page.text


def test_the_session_and_the_home_page_lead_to_it(clerk, short_by_one):
    session = short_by_one[0]
    Session.objects.filter(pk=session.pk).update(confirm_by=session.starts_at - timedelta(days=9))
    change = reverse("admin:sessions_app_session_change", args=[session.pk])
    for page in (change, reverse("admin:index")):
        assert url_of(session) in read(clerk.get(page)).source


def test_a_session_that_is_not_to_be_decided_has_no_such_page(clerk, make_session, short_by_one, office):
    draft = make_session(published=False)
    short_by_one[0].cancel("Snow.", by=office)
    for session in (draft, short_by_one[0]):
        assert clerk.get(url_of(session)).status_code == 302


# ---- the choices ----


def test_run_anyway_with_five_sends_the_mail_that_was_shown(clerk, short_by_one, office):
    session, crowd = short_by_one
    shown = shown_mail(read(clerk.get(url_of(session))), "run-anyway_form")
    data = {"reason": "The department asked for it", "seen": seen(clerk, session)}
    assert clerk.post(url_of(session, "run-anyway"), data).status_code == 302
    notices = Notice.objects.filter(kind="confirmed")
    assert {one.person for one in notices} == set(crowd)
    notice = notices.first()
    assert words_of(write_mail(notice)["text"], notice.person) == words_of(shown, office)


def test_a_lowered_minimum_sends_the_same_mail(clerk, short_by_one, office):
    session, crowd = short_by_one
    session.resize(minimum=5, capacity=session.capacity, by=office)
    session.settle()
    shown = read(
        clerk.get(reverse("admin:notifications_wording_preview", args=["confirmed"]) + f"?session={session.pk}")
    )
    notice = Notice.objects.filter(kind="confirmed").first()
    said = words_of(write_mail(notice)["text"], notice.person)
    assert said == words_of(shown.part("pre.office-mail").text, office)
    assert "Five people have registered, so this session is going ahead." in " ".join(said)


def test_a_cancellation_sends_the_mail_that_was_shown_with_its_reason(clerk, short_by_one, office):
    session, crowd = short_by_one
    typed = {"reason": "The facilitator is ill", "show": "cancel"}
    page = read(clerk.post(url_of(session), typed))
    assert "The facilitator is ill" in page.part("#cancel_form textarea").text
    shown = shown_mail(page, "cancel_form")
    clerk.post(url_of(session, "cancel"), {"reason": typed["reason"], "seen": seen(clerk, session)})
    notice = Notice.objects.filter(kind="cancelled").first()
    said = words_of(write_mail(notice)["text"], notice.person)
    assert said == words_of(shown, office)
    assert "The reason: The facilitator is ill. No other date is planned yet." in " ".join(said)


def seen(clerk, session) -> str:
    return read(clerk.get(url_of(session))).field(name="seen").value


def test_of_two_presses_one_decides(clerk, short_by_one):
    session = short_by_one[0]
    was = seen(clerk, session)
    assert clerk.post(url_of(session, "run-anyway"), {"reason": "Yes.", "seen": was}).status_code == 302
    for name in ("run-anyway", "cancel", "extend"):
        data = {"reason": "No.", "seen": was, "until_0": "2099-01-01", "until_1": "12:00"}
        answered = clerk.post(url_of(session, name), data)
        assert answered.status_code == 409
        assert "Somebody decided while you had the page open" in read(answered).text or name != "cancel"
    session.refresh_from_db()
    assert (session.status, session.decisions.count()) == ("confirmed", 1)


def test_nobody_is_confirmed_without_people(clerk, make_session, office):
    session = make_session()
    assert "Confirm anyway" not in read(clerk.get(url_of(session))).button_names
    with pytest.raises(Session.Refused, match="^Nobody has registered, so there is nobody to hold it for"):
        session.run_anyway("Anyway.", by=office)
    answered = clerk.post(url_of(session, "run-anyway"), {"reason": "Anyway."})
    assert answered.status_code == 409
    session.settle(now=session.confirm_by)
    assert session.status == "cancelled"


# ---- whom to ask ----


@pytest.fixture
def others(make_session, people, workshop, now):
    """Somebody interested, somebody who waits for another date, somebody proposed for it, and somebody of a unit."""
    full = make_session(days=21, minimum=1, capacity=1)
    unit = Unit.objects.create(name="Pediatrics")
    interested, waiting, proposed, colleague, first = people(5)
    colleague.unit = unit
    colleague.save(update_fields=["unit"])
    Interest.objects.express(interested, workshop, now=now)
    for person in (first, waiting):
        Registration.objects.register(person, full, now=now)
    Nomination.objects.nominate([proposed.email], full, by=first, now=now)
    return interested, waiting, proposed, colleague


def asked_by(clerk, session, people, **more):
    return clerk.post(url_of(session), {"call": "1", "person": [one.pk for one in people], **more})


def test_people_are_shown_with_why_and_those_selected_are_asked_once(clerk, short_by_one, others):
    session = short_by_one[0]
    rows = [part.text for part in read(clerk.get(url_of(session))).parts("#call_form tbody tr")]
    assert len(rows) == 3
    assert asked_by(clerk, session, others[:2]).status_code == 302
    assert asked_by(clerk, session, others[:3]).status_code == 302
    assert {one.person for one in Notice.objects.filter(kind="call")} == set(others[:3])
    assert Notice.objects.filter(kind="call").count() == 3
    assert Call.objects.count() == 3


def test_people_of_a_unit_are_asked(clerk, short_by_one, others):
    session, unit = short_by_one[0], others[3].unit
    page = read(clerk.get(url_of(session), {"unit": unit.pk}))
    assert "In a unit that was asked" in page.text
    asked_by(clerk, session, [others[3]], unit=unit.pk)
    assert Call.objects.get().why == "unit"


def test_the_mail_says_why_and_how_to_hear_no_more(clerk, short_by_one, others, client):
    session = short_by_one[0]
    asked_by(clerk, session, [others[1]])
    text = " ".join(write_mail(Notice.objects.get(kind="call"))["text"].split())
    assert "You wait for a seat on another date of this workshop, and the one below has seats." in text
    call = Call.objects.get()
    assert call.get_absolute_url() in text
    client.logout()
    assert read(client.get(call.get_absolute_url())).heading() == "Ask me no more?"
    call.refresh_from_db()
    assert call.stopped_at is None
    client.post(call.get_absolute_url())
    call.refresh_from_db()
    assert call.stopped_at is not None


def test_nobody_is_asked_who_said_no(clerk, short_by_one, others, make_session, workshop, office, now):
    interested, waiting, proposed, colleague = others
    session, elsewhere = short_by_one[0], make_session(days=28)
    Interest.objects.get().stop(now=now)
    Nomination.objects.get().decline(proposed, now=now)
    Call.objects.call(elsewhere, [(waiting, "waiting")], office, now=now)
    Call.objects.get().stop(now=now)
    Registration.objects.register(colleague, session, now=now).withdraw(colleague, now=now)
    assert not Call.objects.possible(session, now).filter(pk__in=[one.pk for one in others]).exists()
    everybody = [(one, "unit") for one in others]
    assert Call.objects.call(session, everybody, office, now=now) == []


@pytest.mark.parametrize("chosen", [[], ["0"], ["x\0"], ["9" * 40]])
def test_a_press_without_anybody_who_can_be_asked_asks_nobody(clerk, short_by_one, others, chosen):
    answered = clerk.post(url_of(short_by_one[0]), {"call": "1", "person": chosen})
    assert answered.status_code in (302, 409)
    assert not Call.objects.exists()


def test_nobody_is_asked_to_a_full_session(clerk, make_session, people, others, now):
    session = make_session(minimum=1, capacity=1)
    Registration.objects.register(people(1)[0], session, now=now)
    assert asked_by(clerk, session, others[:1]).status_code == 409
    assert not Call.objects.exists()


def test_the_page_asks_as_many_questions_for_many_people(clerk, short_by_one, others, people, workshop, now):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            clerk.get(url_of(short_by_one[0]))
        return len(captured)

    queries()
    few = queries()
    for person in people(30):
        Interest.objects.express(person, workshop, now=now)
    assert queries() == few


# ---- a reason without a full stop ----


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("Snow", "Snow."),
        (" Snow. ", "Snow."),
        ("Snow!", "Snow!"),
        ("“Snow”", "“Snow”."),
        ("“Snow.”", "“Snow.”"),
        ("", ""),
        ("Snow…", "Snow…"),
    ],
)
def test_a_reason_reads_as_a_sentence(typed, read_as):
    assert with_full_stop(typed) == read_as


# ---- a minimum of nobody ----


def test_no_form_takes_a_minimum_of_nobody(clerk, session, workshop, office, wednesday):
    add = reverse("admin:sessions_app_session_add")
    new = filled_in(clerk, add, "session_form", workshop=workshop.pk, starts="12:00", minimum="0")
    doors = [
        (add, new | {"day": wednesday.isoformat()}, "minimum"),
        (session_page(session), filled_in(clerk, session_page(session), "session_form", minimum="0"), "minimum"),
        (
            workshop_page(workshop),
            filled_in(clerk, workshop_page(workshop), "workshop_form", default_minimum="0"),
            "default_minimum",
        ),
    ]
    for url, typed, field in doors:
        answered = clerk.post(url, typed)
        assert answered.status_code == 400, url
        assert answered.context["adminform"].form.errors[field], url
    with pytest.raises(Session.Refused, match="^A session needs at least one person.$"):
        session.resize(minimum=0, capacity=24, by=office)
    session.refresh_from_db()
    assert session.minimum == 6
