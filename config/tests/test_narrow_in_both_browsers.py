"""Every page in a window of 320 CSS pixels (1280 at 400 % zoom), with text of twice the size, and in one's own colors.

WCAG 2.2: 1.4.4 Resize text, 1.4.10 Reflow, 1.4.11 Non-text contrast, 2.4.7 Focus visible.
"""

import pytest
from django.core.cache import cache
from django.test import Client

from devtools.testing.browser import AXE, RUN_AXE, SCROLLS_SIDEWAYS
from devtools.testing.every_noun import routes

NARROW, WIDE = 320, 1280
# Files, answers for machines, and the panel of a session, which htmx puts into its page.
NO_PAGE = (".ics", ".txt", ".ris", "healthz", "readyz", "file/<slug:name>/", "/logout/", "/meter/")
# Where what is chosen is marked, or where one types and presses: in one's own colors each keeps a border.
MARKED = "a[aria-current], .btn, .form-control, .form-select, .form-check-input, .q-panel, .q-card"
WITHOUT_BORDER = f"""() => [...document.querySelectorAll('{MARKED}')].filter((each) => {{
    const style = getComputedStyle(each), sides = ['Top', 'Right', 'Bottom', 'Left'];
    const shown = each.offsetParent && !each.closest('.visually-hidden') && !each.matches('.btn-link');
    const native = each.matches('.form-check-input') && style.appearance === 'auto';
    return shown && !native && !sides.some((side) => style[`border${{side}}Style`] !== 'none'
        && parseFloat(style[`border${{side}}Width`]) > 0 && style[`border${{side}}Color`] !== style.backgroundColor);
}}).map((each) => each.outerHTML.slice(0, 120))"""


@pytest.fixture
def every_page(transactional_db, address, every_noun, office) -> dict[str, list[str]]:
    """The paths of every page that a visitor, the owner of every noun and the office are shown, refusals too."""
    cache.clear()
    found = {"visitor": ["/?q=nothing-of-the-kind"], "owner": [], "office": []}
    paths = [address(each) for each in routes() if not each.startswith("admin/") and not each.endswith(NO_PAGE)]
    for who, person in {"visitor": None, "owner": every_noun.person, "office": office}.items():
        client = Client()
        if person is not None:
            client.force_login(person)
        for path in dict.fromkeys(paths):
            answer = client.get(path)
            is_page = answer.get("Content-Type", "").startswith("text/html") and answer.status_code not in (301, 302)
            if is_page and (who != "office" or "/2fa/" in path):
                found[who].append(path)
    return found


@pytest.fixture
def visits(live_server, sign_in, every_page, every_noun, office):
    """visits(page) opens every page, as each person, and gives who sees it and its path."""

    def visit(page, whose=("visitor", "owner", "office")):
        people = {"owner": every_noun.person, "office": office}
        for who in whose:
            if who in people:
                sign_in(page, people[who])
            for path in every_page[who]:
                page.goto(live_server.url + path)
                yield f"{path} ({who})"

    return visit


def test_no_page_scrolls_sideways_at_four_times_the_size(open_page, visits):
    page, seen = open_page(NARROW), []
    wrong = [name for name in visits(page) if seen.append(name) or page.evaluate(SCROLLS_SIDEWAYS)]
    assert len(seen) > 60
    assert wrong == []


def test_axe_finds_nothing_on_any_page_that_has_an_address(browser_pages, visits):
    page, found = browser_pages("chromium", NARROW, bypass_csp=True), {}
    for name in visits(page):
        page.evaluate(AXE)
        if problems := page.evaluate(RUN_AXE):
            found[name] = problems
    assert found == {}


@pytest.mark.parametrize("kind", ["chromium-low-vision", "firefox-low-vision"])
def test_text_of_twice_the_size_has_the_layout_of_a_phone(browser_pages, visits, kind):
    page, wrong = browser_pages(kind, WIDE, forced_colors="active"), []
    for name in visits(page, ["visitor", "owner"]):
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        if page.evaluate(SCROLLS_SIDEWAYS):
            wrong.append(f"{name} scrolls sideways")
        columns = "[...document.querySelectorAll('.q-two')].map((each) => getComputedStyle(each).gridTemplateColumns)"
        wrong += [f"{name} has two columns" for each in page.evaluate(columns) if len(each.split()) > 1]
        wrong += [f"{name} has no border round {each}" for each in page.evaluate(WITHOUT_BORDER)]
    assert wrong == []
