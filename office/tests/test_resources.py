"""Resources in the admin: written, with a file and a citation, and refused with a sentence."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from devtools.testing.library import PDF
from devtools.testing.office_pages import filled_in, workshop_page
from devtools.testing.page import get, read
from library.models import Citation, Placement, Resource, StoredFile

pytestmark = pytest.mark.django_db
ADD, LIST = "/admin/library/resource/add/", "/admin/library/resource/"
IMPORT = f"{LIST}import/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def page_of(resource: Resource) -> str:
    return reverse("admin:library_resource_change", args=[resource.pk])


def send(client, path: str = ADD, **typed):
    """Fill in the form at `path` with what is `typed`, and send it."""
    basic = {"title": "Six ways", "slug": "six-ways"} if path == ADD else {}
    return client.post(path, filled_in(client, path, "resource_form", **basic | typed))


def file(content: bytes = PDF, name: str = "sheet.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def test_a_resource_is_written_with_its_workshop_citation_and_file(clerk, workshop):
    typed = {"status": "published", "body": "1. Being", "minutes": 20, "upload": file(), "access": "registrants"}
    typed |= {"placements-0-workshop": workshop.pk, "citation-0-authors": "Do, Victor\r\n\r\nBusari,  JO"}
    typed |= {"citation-0-year": 2021, "citation-0-doi": "https://doi.org/10.36834/cmej.71566"}
    assert send(clerk, **typed).status_code == 302
    resource = Resource.objects.get()
    assert (resource.title, resource.is_published, resource.minutes) == ("Six ways", True, 20)
    assert (resource.citation.authors, resource.citation.doi) == ("Do, Victor\nBusari, JO", "10.36834/cmej.71566")
    assert bytes(resource.file.content) == PDF and resource.placements.get().workshop == workshop
    shown = get(clerk, resource.get_absolute_url())
    assert "Do V, Busari JO. Six ways. 2021. doi:10.36834/cmej.71566" in shown.text
    assert "Save the file (PDF, 1 kB)" in shown.link_names


def test_a_session_alone_is_enough_to_say_where_it_belongs(clerk, session):
    assert send(clerk, **{"placements-0-session": session.pk}).status_code == 302
    assert Placement.objects.get().workshop == session.workshop


@pytest.mark.parametrize(
    "typed, sentence",
    [
        (
            {"citation-0-doi": "nonsense"},
            "“nonsense” is not a DOI. Copy it as the article gives it, such as 10.1000/182.",
        ),
        ({"citation-0-year": 20210}, "Ensure this value is less than or equal to 2100."),
        ({"citation-0-authors": "Do\x07"}, "Enter this on one line, without control characters"),
        ({"upload": file(SVG, "a.svg")}, "By its content this file is none that can be put here."),
        ({"upload": file(b"<!doctype html><p>", "a.pdf")}, "By its content this file is none that can be put here."),
        ({"upload": file(PDF + b"\0" * 6_000_000)}, "This file has 6.0 MB, and 5 MB is the most."),
        ({"body": "a" * 1_000_000}, "Ensure this value has at most 100000 characters"),
        ({"access": "registrants"}, "It is for people of a session: choose its workshop or session here"),
        ({"released": "after"}, "Before or after a session is only for people with a seat in it, or who took part."),
        (
            {"access": "registrants", "released": "before"},
            "Say how many days before the session it is released.",
        ),
        ({"days_before": 3}, "Leave this empty, or choose that it is released before the session."),
        ({"access": "attended", "kind": "pre_work"}, "Pre-work is read before the session"),
        ({"slug": "no slug!"}, "Enter a valid “slug”"),
        ({"link": "javascript:alert(1)"}, "Enter a link that starts with https://, and nothing else."),
    ],
    ids=lambda value: "" if isinstance(value, str) else ",".join(value),
)
def test_what_cannot_be_is_refused_with_what_to_do(typed, sentence, clerk):
    response = send(clerk, **{"summary": "Typed and kept", **typed})
    page = read(response)
    assert response.status_code == 400 and sentence in page.text
    assert page.field("Summary").value == "Typed and kept"
    assert not Resource.objects.exists()


def test_a_session_of_another_workshop_is_refused(clerk, session, make_session):
    from catalog.models import Workshop

    other = Workshop.objects.create(title="Other", slug="other", status=Workshop.Status.PUBLISHED)
    response = send(clerk, **{"placements-0-session": session.pk, "placements-0-workshop": other.pk})
    assert "This session is one of Bystander Interventions. Choose that workshop." in read(response).text


def test_a_file_is_replaced_taken_away_and_put_on_record(clerk, make_resource):
    resource = make_resource(file=PDF)
    old = resource.file.name
    assert send(clerk, page_of(resource), upload=file(PDF * 2)).status_code == 302
    new = StoredFile.objects.get()
    assert new.name != old and bytes(new.content) == PDF * 2
    said = LogEntry.objects.filter(content_type__model="resource").latest("pk").get_change_message()
    assert said.startswith("File: from PDF, 1 kB, ") and old[:6] in said and new.name[:6] in said
    assert send(clerk, page_of(resource), take_file_away="on").status_code == 302
    assert not StoredFile.objects.exists()


def test_a_citation_that_changed_is_on_record(clerk, make_resource):
    resource = make_resource(cited={"journal": "Old Journal"})
    assert send(clerk, page_of(resource), **{"citation-0-journal": "New Journal"}).status_code == 302
    said = LogEntry.objects.filter(content_type__model="resource").latest("pk").get_change_message()
    assert "Old Journal" in said and "New Journal" in said


def test_what_two_people_wrote_is_kept(clerk, make_resource):
    resource = make_resource()
    form = filled_in(clerk, page_of(resource), "resource_form", title="Mine")
    Resource.objects.update(summary="Theirs")
    response = clerk.post(page_of(resource), form)
    assert response.status_code == 302
    assert (Resource.objects.get().title, Resource.objects.get().summary) == ("Mine", "Theirs")


def test_a_file_is_chosen_again_where_somebody_changed_the_page(clerk, make_resource):
    resource = make_resource()
    form = filled_in(clerk, page_of(resource), "resource_form")
    Resource.objects.update(summary="Theirs")
    response = clerk.post(page_of(resource), form | {"upload": SimpleUploadedFile("mine.pdf", PDF)})
    assert response.status_code == 409 and "mine.pdf: choose it again" in read(response).text
    assert not StoredFile.objects.exists()


def test_a_workshop_that_a_resource_needs_is_not_deleted(clerk, make_resource, workshop):
    make_resource(beside=[workshop])
    path = reverse("admin:catalog_workshop_delete", args=[workshop.pk])
    page = get(clerk, path)
    assert "Bystander Interventions cannot be deleted, because 1 resource needs it." in page.text
    assert "Six ways to be an ally" in page.link_names
    assert clerk.post(path, {"post": "yes"}).status_code == 409
    assert get(clerk, workshop_page(workshop)).status == 200


def test_a_resource_is_deleted_with_all_that_is_its_own(clerk, make_resource, workshop):
    resource = make_resource(beside=[workshop], cited={"journal": "Journal"}, file=PDF)
    clerk.post(reverse("admin:library_resource_delete", args=[resource.pk]), {"post": "yes"})
    assert not any(model.objects.exists() for model in (Resource, Citation, Placement, StoredFile))
    assert "Resources" not in get(clerk, "/workshops/").link_names


# ---- citations of a reference manager ----

RECORDS = """TY  - JOUR
AU  - Sonnenberg, Lyn K.
AU  - Do, Victor
TI  - Six ways to get a grip
JO  - Canadian Medical Education Journal
PY  - 2021
VL  - 12
IS  - 4
SP  - 111
EP  - 115
DO  - 10.36834/cmej.71566
ER  -

TY  - VIDEO
TI  - A talk
UR  - https://videos.example.org/talk
ER  -

TY  - JOUR
AU  - Nobody
ER  -
"""


def test_records_are_shown_before_anything_is_saved(clerk):
    page = read(clerk.post(IMPORT, {"file": SimpleUploadedFile("a.ris", RECORDS.encode())}))
    assert "3 records are in it." in page.text and "Nothing is saved yet" in page.text
    assert "Sonnenberg LK, Do V. Six ways to get a grip. Canadian Medical Education Journal. 2021;12(4)" in page.text
    assert "It has no title, so it is not taken in." in page.text
    assert not Resource.objects.exists()
    assert page.form("Make drafts").data["record"] == ["1", "2"]


def test_the_chosen_records_become_drafts(clerk, office):
    page = read(clerk.post(IMPORT, {"text": RECORDS}))
    response = clerk.post(IMPORT, page.form("Make drafts").data | {"take_in": "Make drafts"})
    assert response.url == f"{LIST}?status__exact=draft"
    assert "2 drafts are made." in get(clerk, response.url).text
    article, film = Resource.objects.order_by("pk")
    assert (article.kind, article.status, film.kind) == ("article", "draft", "video")
    assert (article.link, film.link) == ("https://doi.org/10.36834/cmej.71566", "https://videos.example.org/talk")
    assert article.citation.pages == "111-115" and article.slug == "six-ways-to-get-a-grip"
    assert LogEntry.objects.get(object_id=article.pk, user=office).change_message == "Taken in from a RIS file."


def test_what_is_there_already_is_said_and_not_chosen(clerk, make_resource):
    make_resource(cited={"doi": "10.36834/CMEJ.71566"})
    page = read(clerk.post(IMPORT, {"text": RECORDS}))
    assert "It is there already: Six ways to be an ally" in page.text
    assert page.form("Make drafts").data["record"] == ["2"]


def test_two_records_of_one_title_have_two_addresses(clerk):
    twice = "TY  - JOUR\nTI  - Study\nPY  - 2020\nER  - \n" * 2
    clerk.post(IMPORT, {"text": twice, "take_in": "yes", "record": ["1", "2"]})
    assert sorted(Resource.objects.values_list("slug", flat=True)) == ["study", "study-2"]


@pytest.mark.parametrize(
    "sent, sentence",
    [
        ({}, "Choose a RIS file, or paste its text."),
        ({"text": "Dear office"}, "There is no record in it."),
        ({"text": RECORDS[:-8]}, "has no end: the file seems to be cut off."),
        ({"file": SimpleUploadedFile("a.ris", "TY  - JOUR\nTI  - Étude\nER  - \n".encode("latin-1"))}, "Latin-1"),
        ({"file": SimpleUploadedFile("a.ris", b"\x89PNG\r\n\x1a\n\0\0")}, "is not in UTF-8"),
        ({"file": SimpleUploadedFile("a.ris", b"x" * 600_000)}, "This file has more than 500 kB."),
        ({"text": RECORDS, "take_in": "yes"}, "Choose at least one of the records."),
        ({"text": RECORDS, "take_in": "yes", "record": ["3", "9", "x"]}, "Choose at least one of the records."),
    ],
    ids=str,
)
def test_what_is_no_whole_file_is_refused_with_what_to_do(sent, sentence, clerk):
    response = clerk.post(IMPORT, sent)
    page = read(response)
    assert response.status_code == 400 and sentence in page.text
    assert not Resource.objects.exists()
    if "text" in sent:
        texts = [form.data["text"][0] for form in page.forms() if "text" in form.data]
        assert texts and texts[0].split() == sent["text"].split()


def test_only_people_who_may_add_resources_import_citations(client, person, clerk):
    from django.contrib.auth.models import Group
    from django.core.management import call_command
    from django.test import Client

    from accounts.models import Person

    call_command("create_office", "colleague@example.edu", verbosity=0)
    colleague, other = Client(), Client()
    colleague.force_login(Person.objects.get(email="colleague@example.edu"))
    person.is_staff = True
    person.save()
    other.force_login(person)
    assert Group.objects.filter(name="Office").exists()
    assert [one.get(IMPORT).status_code for one in (colleague, other)] == [200, 403]
