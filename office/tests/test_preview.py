"""A mail of each kind with real data, read by the office before it goes: nothing is saved, nobody is exposed."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from devtools.testing.mail_reader import read_mail
from devtools.testing.page import read
from notifications.kinds import KINDS
from notifications.models import Notice, Wording
from notifications.outbox.preview import NOWHERE, is_about_a_session, preview
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
ABOUT_A_SESSION = sorted(name for name, kind in KINDS.items() if is_about_a_session(kind))


@pytest.fixture
def with_a_line(make_session, people, now):
    """A session with three registered people and one who waits, confirmed."""
    session = make_session(minimum=2, capacity=3)
    for person in people(4, name="Zebedee Quagga"):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    return session


def url(kind: str, name: str = "preview", session=None) -> str:
    return reverse(f"admin:notifications_wording_{name}", args=[kind]) + (f"?session={session.pk}" if session else "")


@pytest.mark.parametrize("kind", ABOUT_A_SESSION)
def test_every_kind_reads_as_it_would_with_a_real_session(clerk, with_a_line, kind):
    page = clerk.get(url(kind, session=with_a_line))
    assert page.status_code == 200
    assert "Bystander Interventions" in read(page).text and "Zebedee" not in read(page).everything
    mail = clerk.get(url(kind, "mail", with_a_line))
    assert read(mail).is_whole and "Zebedee" not in read(mail).everything


def test_the_counts_are_those_of_the_session(clerk, with_a_line):
    assert "Three people have registered, so this session is going ahead." in read(clerk.get(url("confirmed"))).text
    assert "You’re 1st in line." in read(clerk.get(url("waitlisted"))).text


def test_a_change_is_shown_as_a_move_by_one_day(clerk, with_a_line):
    page = read(clerk.get(url("changed")))
    assert "The time of this session has changed." in page.text and "Please check" not in page.everything


def test_a_cancelled_meeting_is_shown_with_a_reason_to_come(clerk, with_a_line):
    page = read(clerk.get(url("dropped")))
    assert "One meeting of this session is cancelled" in page.text and "The reason: the reason you give" in page.text


def test_a_cancelled_session_is_the_one_a_cancellation_is_shown_with(clerk, office, with_a_line, make_session, now):
    cancelled = make_session(days=5, minimum=1)
    cancelled.cancel("The room is flooded.", by=office, now=now)
    page = read(clerk.get(url("cancelled")))
    assert "We have to cancel this session. The reason: The room is flooded." in page.text
    assert "had registered by" in read(clerk.get(url("cancelled", session=with_a_line))).text


def test_the_digest_reads_as_it_would_go_out_now(clerk, make_session, now):
    assert "No session is open, so there is no decision to show this mail with." in read(clerk.get(url("digest"))).text
    later, soon = make_session(days=30), make_session(days=20)
    page = read(clerk.get(url("digest")))
    assert "Decisions due: 2" in page.text
    Session.objects.filter(pk=soon.pk).update(confirm_by=now + timedelta(days=1))
    mail = read(clerk.get(url("digest", "mail")))
    assert any(f"/admin/sessions_app/session/{soon.pk}/" in address for address in mail.addresses)
    assert f"/admin/sessions_app/session/{later.pk}/" not in mail.everything
    assert not Notice.objects.filter(kind="digest").exists()


def test_every_kind_the_office_may_word_has_a_preview(clerk):
    assert {kind.name for kind in KINDS.values() if kind.may_be_worded} == {*ABOUT_A_SESSION, "digest"}


def test_a_decline_is_shown_with_when_the_place_is_given_up(clerk, with_a_line):
    page = read(clerk.get(url("declined")))
    assert "Your place is given up on " in page.text and "unless you keep it before then" in page.text


def test_without_any_session_it_says_so(clerk):
    assert "There is no session yet to show this mail with." in read(clerk.get(url("confirmed"))).text
    assert clerk.get(url("confirmed", "mail")).status_code == 404


def test_personal_links_lead_nowhere(office, with_a_line):
    notice = preview(KINDS["confirmed"], office, with_a_line)
    assert all(f"/registrations/{NOWHERE}/" in body for body in read_mail(notice).bodies)


def test_the_offices_saved_words_are_shown(clerk, with_a_line):
    Wording.objects.create(kind="confirmed", subject="On: {title}", words="See you soon at {title}!")
    assert "On: Bystander Interventions" in read(clerk.get(url("confirmed"))).text
    assert "See you soon at Bystander Interventions!" in read(clerk.get(url("confirmed", "mail"))).text


def test_words_are_shown_before_they_are_saved(clerk, with_a_line):
    typed = {"subject": "On: {title}", "words": "See <you> at {title}!"}
    page = read(clerk.post(url("confirmed"), typed))
    assert "On: Bystander Interventions" in page.text and "nothing is saved" in page.text
    mail = read(clerk.post(url("confirmed", "mail"), typed))
    assert "See <you> at Bystander Interventions!" in mail.text and mail.parts("you") == []
    assert not Wording.objects.exists()


def test_words_that_cannot_be_used_are_refused_in_the_preview_too(clerk, with_a_line):
    response = clerk.post(url("confirmed"), {"words": "See {you}"})
    assert response.status_code == 400
    assert "There is no placeholder {you} here." in read(response).text
    assert clerk.post(url("confirmed", "mail"), {"words": "See {you}"}).status_code == 404


@pytest.mark.parametrize("asked", ["0", "x", "99999999999999999999", "1\0"])
def test_a_session_that_is_none_is_answered_with_the_fitting_one(clerk, with_a_line, asked):
    assert clerk.get(url("confirmed"), {"session": asked}).status_code == 200


def test_drafts_are_not_shown(clerk, with_a_line, make_session):
    draft = make_session(published=False)
    assert str(draft.pk) not in [
        str(one.pk) for one in clerk.get(url("confirmed")).context["choice"].fields["session"].queryset
    ]


def test_the_frame_of_the_mail_runs_and_loads_nothing(clerk, with_a_line):
    page, mail = clerk.get(url("confirmed")), clerk.get(url("confirmed", "mail"))
    assert (
        read(page).part("iframe").attribute("sandbox") == "" and "frame-src 'self'" in page["Content-Security-Policy"]
    )
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
    assert mail["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox"
    )
    assert mail["X-Frame-Options"] == "SAMEORIGIN"


def test_the_preview_needs_permission_for_sessions_and_registrations(client, people, with_a_line):
    staff = people(1, is_staff=True)[0]
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_wording", "change_wording"]))
    client.force_login(staff)
    assert client.get("/admin/notifications/wording/").status_code == 200
    assert (
        "The standard, as it reads today"
        not in read(client.get("/admin/notifications/wording/confirmed/change/")).everything
    )
    for name in ("preview", "mail"):
        assert client.get(url("confirmed", name)).status_code == 403
        assert client.post(url("confirmed", name)).status_code == 403
    staff.user_permissions.clear()
    assert client.get("/admin/notifications/wording/").status_code == 403


def test_the_office_group_may_see_and_change_it(client, with_a_line):
    from django.core.management import call_command

    from accounts.models import Person

    call_command("create_office", "colleague@example.edu", verbosity=0)
    client.force_login(Person.objects.get(email="colleague@example.edu"))
    assert client.get(url("confirmed")).status_code == 200
    assert "Preview these words" in read(client.get("/admin/notifications/wording/confirmed/change/")).text


def test_what_is_shown_is_not_written(clerk, with_a_line):
    before = Notice.objects.count()
    for kind in (*ABOUT_A_SESSION, "digest"):
        clerk.get(url(kind))
    assert Notice.objects.count() == before


def test_the_pages_make_the_same_queries_for_one_session_and_for_ten(clerk, with_a_line, make_session):
    counts = []
    for more in (0, 9):
        for day in range(more):
            make_session(days=20 + day)
        clerk.get(url("confirmed"))
        with CaptureQueriesContext(connection) as queries:
            clerk.get(url("confirmed", session=with_a_line))
        counts.append(len(queries))
    assert counts[0] == counts[1]
