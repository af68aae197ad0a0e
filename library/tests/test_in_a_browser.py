"""The library in a real browser, under the Content-Security-Policy; and axe on its pages."""

from catalog.models import Action, Topic
from devtools.testing.library import PDF

CITED = {
    "authors": "Sonnenberg, LK\nDo, V\nLeBlanc, C\nBusari, JO",
    "journal": "Canadian Medical Education Journal",
    "year": 2021,
    "volume": "12",
    "issue": "4",
    "pages": "111-115",
    "doi": "10.36834/cmej.71566",
}


def test_axe_finds_nothing_in_the_library(inspector, make_resource, workshop, session, sign_in, person, office):
    topic = Topic.objects.create(name="Allyship", slug="allyship")
    actions = [Action.objects.create(name=name, slug=name.lower()) for name in ("Being", "Knowing")]
    body, both = "3. Feeling\n4. Doing", {"topics": [topic], "actions": actions, "beside": [workshop]}
    article = make_resource(body=body, cited=CITED, file=PDF, link="https://example.org/", minutes=20, **both)
    closed = make_resource("For people with a seat", access="registrants", summary="What it is.", **both)
    for_members = make_resource("For people who sign in", access="signed_in")
    workshop.topics.add(topic)
    workshop.actions.set(actions)
    inspector.visit("/resources/", "/resources/?by=topic&topic=allyship", "/resources/?topic=nope")
    inspector.visit(*(one.get_absolute_url() for one in (article, closed, for_members)))
    inspector.visit("/topics/allyship/", "/actions/being/", workshop.get_absolute_url(), session.get_absolute_url())
    sign_in(inspector.page, office)
    inspector.visit("/admin/library/resource/", f"/admin/library/resource/{article.pk}/change/")
    inspector.visit("/admin/library/resource/add/", "/admin/library/resource/import/")
    inspector.page.get_by_label("Or its text").fill("TY  - JOUR\nTI  - A study\nDO  - none\nER  - \n")
    inspector.page.get_by_role("button", name="Show what is in it").click()
    inspector.page.get_by_text("One record is in it.").wait_for()
    inspector.look("the records of a file")


def test_a_press_marks_the_whole_reference_and_the_file_is_saved(
    live_server, transactional_db, make_resource, browser_page
):
    article, page = make_resource(cited=CITED, file=PDF), browser_page
    page.goto(live_server.url + article.get_absolute_url())
    page.locator(".q-cite").click()
    marked = page.evaluate("getSelection().toString()").strip()
    assert marked.startswith("Sonnenberg LK, Do V") and marked.endswith("doi:10.36834/cmej.71566")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the file").click()
    assert saved.value.suggested_filename == "six-ways-to-be-an-ally.pdf"
