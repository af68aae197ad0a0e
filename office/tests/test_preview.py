"""A letter of each kind with real data, read by the office before it goes: nothing is saved, nobody is exposed."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.kinds import KINDS
from notifications.models import Notice, Wording
from notifications.outbox.preview import NOWHERE, is_about_a_session, preview
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
ABOUT_A_SESSION = sorted(name for name, kind in KINDS.items() if is_about_a_session(kind))


@pytest.fixture
def desk(client, office):
    client.force_login(office)
    return client


@pytest.fixture
def session(make_session, people, now):
    """A session with three registered people and one who waits, confirmed."""
    session = make_session(minimum=2, capacity=3)
    for person in people(4, name="Zebedee Quagga"):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    return session


def url(kind: str, name: str = "preview", session=None) -> str:
    return f"/admin/notifications/wording/{kind}/{name}/" + (f"?session={session.pk}" if session else "")


@pytest.mark.parametrize("kind", ABOUT_A_SESSION)
def test_every_kind_reads_as_it_would_with_a_real_session(desk, session, kind):
    page = desk.get(url(kind, session=session))
    assert page.status_code == 200
    assert "Bystander Interventions" in page.text and "Zebedee" not in page.text
    letter = desk.get(url(kind, "letter", session))
    assert letter.text.startswith("<!doctype html>") and "Zebedee" not in letter.text


def test_the_counts_are_those_of_the_session(desk, session):
    assert "Three people have registered, so this session is going ahead." in desk.get(url("confirmed")).text
    assert "You’re 1st in line." in desk.get(url("waitlisted")).text


def test_a_change_is_shown_as_if_each_meeting_had_been_a_day_earlier(desk, session):
    text = desk.get(url("changed")).text
    assert "The time of this session has changed." in text and "Please check" not in text


def test_one_meeting_that_would_be_cancelled_is_shown_with_a_reason_to_come(desk, session):
    text = desk.get(url("dropped")).text
    assert "One meeting of this session is cancelled" in text and "The reason: the reason you give" in text


def test_a_cancelled_session_is_the_one_a_cancellation_is_shown_with(desk, office, session, make_session, now):
    cancelled = make_session(days=5, minimum=1)
    cancelled.cancel("The room is flooded.", by=office, now=now)
    text = desk.get(url("cancelled")).text
    assert "We have to cancel this session. The reason: The room is flooded." in text
    assert "had registered by" in desk.get(url("cancelled", session=session)).text


def test_the_digest_reads_as_it_would_go_out_now_or_else_with_the_next_decision(desk, make_session, now):
    assert "No session is open, so there is no decision to show this mail with." in desk.get(url("digest")).text
    later, soon = make_session(days=30), make_session(days=20)
    text = desk.get(url("digest")).text
    assert "Decisions due: 2" in text
    Session.objects.filter(pk=soon.pk).update(confirm_by=now + timedelta(days=1))
    letter = desk.get(url("digest", "letter")).text
    assert f"/admin/sessions_app/session/{soon.pk}/" in letter
    assert f"/admin/sessions_app/session/{later.pk}/" not in letter
    assert not Notice.objects.filter(kind="digest").exists()


def test_every_kind_the_office_may_word_has_a_preview(desk):
    assert {kind.name for kind in KINDS.values() if kind.may_be_worded} == {*ABOUT_A_SESSION, "digest"}


def test_a_decline_is_shown_with_when_the_place_is_given_up(desk, session):
    text = desk.get(url("declined")).text
    assert "Your place is given up on " in text and "unless you keep it before then" in text


def test_without_any_session_it_says_so(desk):
    assert "There is no session yet to show this mail with." in desk.get(url("confirmed")).text
    assert desk.get(url("confirmed", "letter")).status_code == 404


def test_personal_links_lead_nowhere(office, session):
    notice = preview("confirmed", office, session)
    assert f"/registrations/{NOWHERE}/" in notice.text and f"/registrations/{NOWHERE}/" in notice.html


def test_the_offices_saved_words_are_shown(desk, session):
    Wording.objects.create(kind="confirmed", subject="On: {title}", words="See you soon at {title}!")
    assert "On: Bystander Interventions" in desk.get(url("confirmed")).text
    assert "See you soon at Bystander Interventions!" in desk.get(url("confirmed", "letter")).text


def test_words_are_shown_before_they_are_saved(desk, session):
    typed = {"subject": "On: {title}", "words": "See <you> at {title}!"}
    text = desk.post(url("confirmed"), typed).text
    assert "On: Bystander Interventions" in text and "nothing is saved" in text
    assert "See &lt;you&gt; at Bystander Interventions!" in desk.post(url("confirmed", "letter"), typed).text
    assert not Wording.objects.exists()


def test_words_that_cannot_be_used_are_refused_in_the_preview_too(desk, session):
    response = desk.post(url("confirmed"), {"words": "See {you}"})
    assert response.status_code == 400
    assert "There is no placeholder {you} here." in response.text
    assert desk.post(url("confirmed", "letter"), {"words": "See {you}"}).status_code == 404


@pytest.mark.parametrize("asked", ["0", "x", "99999999999999999999", "1\0"])
def test_a_session_that_is_none_is_answered_with_the_fitting_one(desk, session, asked):
    assert desk.get(url("confirmed"), {"session": asked}).status_code == 200


def test_drafts_are_not_shown(desk, session, make_session):
    draft = make_session(published=False)
    assert str(draft.pk) not in [
        str(one.pk) for one in desk.get(url("confirmed")).context["choice"].fields["session"].queryset
    ]


def test_the_letter_stands_in_a_frame_that_runs_and_loads_nothing(desk, session):
    page, letter = desk.get(url("confirmed")), desk.get(url("confirmed", "letter"))
    assert " sandbox " in page.text and "frame-src 'self'" in page["Content-Security-Policy"]
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
    assert letter["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox"
    )
    assert letter["X-Frame-Options"] == "SAMEORIGIN"


def test_only_who_may_see_sessions_and_registrations_may_see_letters(client, people, session):
    staff = people(1, is_staff=True)[0]
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_wording", "change_wording"]))
    client.force_login(staff)
    assert client.get("/admin/notifications/wording/").status_code == 200
    assert "The standard, as it reads today" not in client.get("/admin/notifications/wording/confirmed/change/").text
    for name in ("preview", "letter"):
        assert client.get(url("confirmed", name)).status_code == 403
        assert client.post(url("confirmed", name)).status_code == 403
    staff.user_permissions.clear()
    assert client.get("/admin/notifications/wording/").status_code == 403


def test_the_office_group_may_see_and_change_it(client, session):
    from django.core.management import call_command

    from accounts.models import Person

    call_command("create_office", "colleague@preview.edu", verbosity=0)
    client.force_login(Person.objects.get(email="colleague@preview.edu"))
    assert client.get(url("confirmed")).status_code == 200
    assert "Preview these words" in client.get("/admin/notifications/wording/confirmed/change/").text


def test_what_is_shown_is_not_written(desk, session):
    before = Notice.objects.count()
    for kind in (*ABOUT_A_SESSION, "digest"):
        desk.get(url(kind))
    assert Notice.objects.count() == before


def test_the_pages_make_the_same_queries_for_one_session_and_for_ten(desk, session, make_session):
    counts = []
    for more in (0, 9):
        for day in range(more):
            make_session(days=20 + day)
        desk.get(url("confirmed"))
        with CaptureQueriesContext(connection) as queries:
            desk.get(url("confirmed", session=session))
        counts.append(len(queries))
    assert counts[0] == counts[1]
