"""The office's own words on pages: written in the admin, previewed before saving, and ours where it has none."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse

from catalog.models import PageText
from devtools.testing.office_pages import filled_in
from devtools.testing.page import read

pytestmark = pytest.mark.django_db
PLACES = PageText.Place.values


def page_of(place: str) -> str:
    return reverse("admin:catalog_pagetext_change", args=[place])


def preview_of(place: str) -> str:
    return reverse("admin:catalog_pagetext_preview", args=[place])


def write(client, place: str, text: str):
    return client.post(page_of(place), filled_in(client, page_of(place), "pagetext_form", text=text))


def test_what_the_office_writes_stands_on_the_page_at_once(clerk, client):
    assert write(clerk, "home", "For **every** clinic.").status_code == 302
    assert "every" in [part.text for part in read(client.get(reverse("home"))).parts(".q-lede strong")]


def test_an_empty_text_brings_our_own_words_back(clerk):
    write(clerk, "footer", "Held on two campuses.")
    assert "Held on two campuses." in read(clerk.get(reverse("home"))).text
    assert write(clerk, "footer", "  \n ").status_code == 302
    assert not PageText.objects.exists()
    assert "Held on two campuses." not in read(clerk.get(reverse("home"))).text


def test_a_text_is_on_record_with_what_it_was(clerk):
    write(clerk, "how", "Come")
    write(clerk, "how", "Come, and stay")
    assert LogEntry.objects.latest("pk").get_change_message() == "Text: from Come to Come, and stay."


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_a_page_and_a_preview_of_our_own_words(clerk, place):
    assert clerk.get(page_of(place)).status_code == 200
    preview = clerk.get(preview_of(place))
    assert preview.status_code == 200 and len(read(preview).part("main").text) > 10


def test_the_list_says_whose_words_stand_where(clerk):
    write(clerk, "purpose", "To learn from each other.")
    rows = read(clerk.get(reverse("admin:catalog_pagetext_changelist"))).table().rows
    assert {row["Place"]: row["Words"] for row in rows} == {
        label: "Yours: To learn from each other." if place == "purpose" else "Ours"
        for place, label in PageText.Place.choices
    }


def test_a_preview_shows_what_is_typed_and_saves_nothing(clerk):
    response = clerk.post(preview_of("how"), {"text": "Bring a *question*."})
    assert [part.text for part in read(response).parts("em")] == ["question"]
    assert not PageText.objects.exists()


def test_a_preview_is_framed_by_us_alone_and_runs_nothing(clerk):
    response = clerk.post(preview_of("how"), {"text": "<script>alert(1)</script>[x](javascript:alert(1))"})
    assert read(response).parts("script, main a[href^=javascript]") == [] and read(response).inline_code == []
    assert response["X-Frame-Options"] == "SAMEORIGIN" and "sandbox" in response["Content-Security-Policy"]


def test_markdown_with_a_script_reaches_no_page_as_one(clerk):
    write(clerk, "home", "Hello <script>alert(1)</script> <img src=x onerror=alert(1)>")
    page = read(clerk.get(reverse("home")))
    assert page.inline_code == [] and page.parts("main img, main script") == []


def test_a_text_of_a_megabyte_is_refused_in_words_and_kept(clerk):
    text = "word " * 200_000
    response = write(clerk, "how", text)
    assert response.status_code == 400
    page = read(response)
    sentence = "This is too long: a text has at most 20000 characters, and this one has 1000000."
    assert sentence in page.text
    assert page.field(name="text").value == text
    preview = clerk.post(preview_of("how"), {"text": text})
    assert preview.status_code == 400 and sentence in read(preview).text
    assert not PageText.objects.exists()


def test_a_workshops_description_of_a_megabyte_is_refused_too(clerk, workshop):
    path = reverse("admin:catalog_workshop_change", args=[workshop.pk])
    response = clerk.post(path, filled_in(clerk, path, "workshop_form", description="x" * 1_000_000))
    assert response.status_code == 400 and "This is too long" in read(response).text


@pytest.mark.parametrize("place", ["nowhere", "1", "%00"])
def test_a_place_that_is_none_has_no_page(clerk, place):
    base = reverse("admin:catalog_pagetext_changelist")
    assert clerk.get(f"{base}{place}/preview/").status_code == 404
    assert clerk.get(f"{base}{place}/change/").status_code in (302, 404)


def test_only_people_who_may_see_the_texts_see_a_preview(client, people):
    colleague = people(1, is_staff=True)[0]
    client.force_login(colleague)
    assert client.get(preview_of("home")).status_code == 403
    colleague.user_permissions.add(Permission.objects.get(codename="view_pagetext"))
    assert client.get(preview_of("home")).status_code == 200


def test_a_text_that_somebody_changed_in_between_is_not_overwritten(clerk):
    fields = filled_in(clerk, page_of("how"), "pagetext_form", text="Mine.")
    write(clerk, "how", "Theirs.")
    response = clerk.post(page_of("how"), fields)
    assert response.status_code == 409 and PageText.objects.get().text == "Theirs."
