"""Certificates in the admin: found in a list, revoked and issued again on pages that ask first."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from devtools.testing.office_pages import filled_in
from devtools.testing.page import read
from outcomes.models import Certificate

pytestmark = pytest.mark.django_db
LIST = "/admin/outcomes/certificate/"


@pytest.fixture
def certificate_in_office(certify, person):
    return certify(person, name="Maria Åström")


def decide(clerk, certificate_in_office, which: str, **typed):
    page = reverse(f"admin:outcomes_certificate_{which}", args=[certificate_in_office.pk])
    return clerk.post(page, filled_in(clerk, page, "decision_form", **typed))


def test_the_list_finds_it_by_name_and_code(clerk, certificate_in_office):
    for typed in ("Åström", certificate_in_office.code, certificate_in_office.person.email):
        assert certificate_in_office.name in read(clerk.get(LIST, {"q": typed})).text
    assert "0 certificates" in read(clerk.get(LIST, {"q": "nobody"})).text


@pytest.mark.parametrize("state", ["valid", "replaced", "revoked"])
def test_the_list_is_filtered_by_state(clerk, certificate_in_office, office, certify, people, state):
    replaced, revoked = (certify(one, days_ago=days) for one, days in zip(people(2), (3, 5), strict=True))
    replaced.replace(by=office, name="Other")
    replaced.refresh_from_db()
    revoked.revoke("Left early.", by=office)
    wanted = {"valid": certificate_in_office, "replaced": replaced, "revoked": revoked}[state]
    shown = read(clerk.get(LIST, {"state": state})).source
    assert f"/certificate/{wanted.pk}/change/" in shown
    others = {certificate_in_office, replaced, revoked} - {wanted}
    assert not any(f"/certificate/{one.pk}/change/" in shown for one in others)


def test_it_is_revoked_with_a_reason_on_record(clerk, certificate_in_office):
    assert decide(clerk, certificate_in_office, "revoke", reason="Left after ten minutes.").status_code == 302
    certificate_in_office.refresh_from_db()
    assert (certificate_in_office.is_valid, certificate_in_office.revoke_reason) == (False, "Left after ten minutes.")
    said = LogEntry.objects.filter(content_type__model="certificate").latest("pk").get_change_message()
    assert said == "Revoked: Left after ten minutes."


def test_nothing_is_revoked_without_a_reason(clerk, certificate_in_office):
    answer = decide(clerk, certificate_in_office, "revoke", reason="")
    assert answer.status_code == 400
    assert "Say why: the person reads the reason." in read(answer).text
    assert Certificate.objects.get().is_valid


def test_it_is_issued_again_with_another_name(clerk, certificate_in_office):
    assert decide(clerk, certificate_in_office, "again", name="Maria Delgado").status_code == 302
    assert Certificate.objects.valid().get().name == "Maria Delgado"


def test_one_that_has_ended_is_not_decided_about(clerk, certificate_in_office, office):
    certificate_in_office.revoke("A mistake.", by=office)
    for name in ("revoke", "again"):
        page = reverse(f"admin:outcomes_certificate_{name}", args=[certificate_in_office.pk])
        assert clerk.get(page).status_code == 302
        assert clerk.post(page, {"reason": "x", "name": "x"}).status_code == 302
    assert Certificate.objects.count() == 1


def test_people_who_may_only_look_decide_nothing(client, certificate_in_office, people, office):
    from django.contrib.auth.models import Permission

    [viewer] = people(1)
    viewer.is_staff = True
    viewer.save(update_fields=["is_staff"])
    viewer.user_permissions.add(Permission.objects.get(codename="view_certificate"))
    client.force_login(viewer)
    assert client.get(LIST).status_code == 200
    page = reverse("admin:outcomes_certificate_revoke", args=[certificate_in_office.pk])
    assert client.post(page, {"reason": "x"}).status_code == 403
