"""Activities elsewhere: told with proof, approved or answered by the office, withdrawn; the file for two alone."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from devtools.testing.library import PDF
from devtools.testing.page import get, read
from foundation.files.uploads import Upload
from outcomes.models import CreditKind, OutsideActivity, OutsideProof
from outcomes.models.outside import Told

pytestmark = pytest.mark.django_db

FORM = "/my/record/outside/"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 20
TYPED = {
    "title": "Cultural humility",
    "where": "State society",
    "happened_on": "2026-05-14",
    "hours": "1.5",
    "kind": "",
}
PROOF = Upload("pdf", "application/pdf", PDF)


@pytest.fixture
def activity(person, now):
    told = Told("Cultural humility", date(2026, 5, 14), Decimal("1.5"), "State society")
    return OutsideActivity.objects.tell(person, told, PROOF, now=now)


def send(client, name="proof.pdf", content=PDF, **changed):
    return client.post(FORM, TYPED | changed | {"proof": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("name, content, extension", [("a.pdf", PDF, "pdf"), ("a.png", PNG, "png")])
def test_what_is_told_waits_with_its_proof(me, person, name, content, extension):
    response = send(me, name, content)
    told = OutsideActivity.objects.get()
    assert (told.person, told.title, told.hours, told.is_waiting) == (person, "Cultural humility", Decimal("1.5"), True)
    assert (bytes(told.proof.content), told.proof.extension) == (content, extension)
    assert response.status_code == 302 and response.url == told.get_absolute_url()
    assert "Waiting for the office." in get(me, response.url).text


@pytest.mark.parametrize(
    "name, content, sentence",
    [
        (
            "a.pdf",
            b"<!doctype html><script>",
            "By its content this file is none that can be put here. It may be a PDF,",
        ),
        ("a.docx", b"PK\x03\x04" + b"\0" * 60, "By its content this file is none that can be put here."),
        ("a.png", PDF, "The content of this file is that of .pdf, and its name says something else."),
        ("a.pdf", b"", "This file is empty. Choose another one."),
        ("a.pdf", PDF + b"\0" * 6_000_000, "This file has 6.0 MB, and 5 MB is the most. Make it smaller"),
    ],
)
def test_proof_that_is_no_pdf_or_picture_is_refused_and_the_text_kept(me, name, content, sentence):
    response = send(me, name, content)
    page = read(response)
    assert response.status_code == 422 and sentence in page.text
    assert page.field("What was it?").value == "Cultural humility"
    assert page.field("Hours").value == "1.5"
    assert not OutsideActivity.objects.exists()


@pytest.mark.parametrize("hours", ["0", "-1", "1000", "1.1", "NaN", "Infinity", "1e400", "many"])
def test_hours_that_nobody_spends_are_refused(me, hours):
    response = send(me, hours=hours)
    assert response.status_code == 422
    assert "Enter the hours in quarters, such as 1, 1.25 or 1.5: more than 0, and at most 100." in read(response).text


@pytest.mark.parametrize(
    "day, sentence",
    [
        ("2099-01-01", "This day is to come."),
        ("1999-12-31", "Choose a day from the year 2000 on."),
        ("May", "Enter the day as a date, like 2026-05-14."),
    ],
)
def test_a_day_that_cannot_be_is_refused(me, day, sentence):
    response = send(me, happened_on=day)
    assert response.status_code == 422 and sentence in read(response).text


def test_the_same_told_twice_is_one(me):
    send(me)
    send(me)
    assert OutsideActivity.objects.count() == OutsideProof.objects.count() == 1


def test_so_many_wait_and_no_more(me, person, now, monkeypatch):
    monkeypatch.setattr(OutsideActivity, "MOST_WAITING", 1)
    send(me)
    response = send(me, title="Another")
    assert response.status_code == 409
    assert "1 of your activities wait for an answer, and that is the most." in read(response).text
    assert read(response).field("What was it?").value == "Another"


def test_a_kind_that_is_given_no_more_cannot_be_chosen(me):
    kind = CreditKind.objects.create(name="DEI hours", is_active=False)
    assert send(me, kind=str(kind.pk)).status_code == 422


# ---- the office ----


def decision(activity) -> str:
    return f"/admin/outcomes/outsideactivity/{activity.pk}/decision/"


def test_the_office_approves_and_the_person_reads_it(clerk, activity, person, office):
    assert clerk.post(decision(activity), {"approve": "1", "answer": ""}).status_code == 302
    activity.refresh_from_db()
    assert activity.is_approved and activity.answered_by == office
    assert LogEntry.objects.get().change_message == "Approved, was: Waiting for the office."
    client = Client()
    client.force_login(person)
    assert "It counts, and stands on your record." in get(client, activity.get_absolute_url()).text


def test_the_office_says_why_it_does_not_count(clerk, activity, person):
    assert clerk.post(decision(activity), {"decline": "1", "answer": "The file shows another name."}).status_code == 302
    client = Client()
    client.force_login(person)
    page = get(client, activity.get_absolute_url())
    assert "It does not count, and this is why:" in page.text and "The file shows another name." in page.text


def test_no_without_words_is_refused(clerk, activity):
    response = clerk.post(decision(activity), {"decline": "1", "answer": "  "})
    assert response.status_code == 409 and "Say why it does not count" in read(response).text
    activity.refresh_from_db()
    assert activity.is_waiting


def test_the_same_decision_again_is_quiet(activity, office):
    activity.approve(office)
    activity.approve(office)
    assert LogEntry.objects.count() == 1


# ---- the file ----


def test_the_file_is_given_to_save_and_kept_nowhere(me, activity):
    response = me.get(f"{activity.get_absolute_url()}proof/")
    assert (response.status_code, response.content) == (200, PDF)
    assert response["Content-Disposition"] == f'attachment; filename="proof-{activity.pk}.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_office_gets_the_file_too(clerk, activity):
    assert clerk.get(f"{activity.get_absolute_url()}proof/").content == PDF


@pytest.mark.parametrize("page", ["", "proof/"])
def test_nobody_else_learns_that_there_is_one(people, activity, page):
    (other,) = people(1)
    client = Client()
    client.force_login(other)
    assert client.get(f"{activity.get_absolute_url()}{page}").status_code == 404


def test_somebody_of_the_office_who_may_not_look_gets_no_file(people, activity):
    (clerk,) = people(1, is_staff=True)
    client = Client()
    client.force_login(clerk)
    assert client.get(f"{activity.get_absolute_url()}proof/").status_code == 404


def test_withdrawn_it_is_gone_with_its_file(me, activity, office):
    activity.approve(office)
    assert me.get(f"{activity.get_absolute_url()}withdrawal/").status_code == 405
    assert me.post(f"{activity.get_absolute_url()}withdrawal/").url == "/my/record/"
    assert not OutsideActivity.objects.exists() and not OutsideProof.objects.exists()


def test_nobody_withdraws_that_of_another(people, activity):
    (other,) = people(1)
    client = Client()
    client.force_login(other)
    assert client.post(f"{activity.get_absolute_url()}withdrawal/").status_code == 404
    assert OutsideActivity.objects.exists()
