"""Fixtures with real browsers: pages to act in, and one that looks at pages with axe in every width and scheme."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import axe_playwright_python
import pytest
from django.core.cache import cache
from django.test import Client

from devtools import styles
from devtools.environment import FIREFOXES, installed
from devtools.processes import patience
from devtools.testing.cast import ZONE
from devtools.testing.database import HOW

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RUN_AXE = """() => {
    // A color on its way from one scheme to the other is neither.
    document.getAnimations().forEach(each => each.finish());
    // axe would fetch style sheets again, which is slow, and no rule that runs needs them.
    const options = {resultTypes: ["violations"], preload: {assets: ["media"]}};
    return axe.run(options).then(said => said.violations.map(each => each.id));
}"""
CLASSES = """document.querySelector("link[href*='quorum/quorum']") ?
    [...document.querySelectorAll("[class]")].flatMap(each => [...each.classList]) : []"""
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LARGE_TEXT = 32  # CSS pixels: twice what a browser starts with
# The server keeps a thread, and that a connection to the database, for as long as a browser holds on to it.
PREFERENCES = {"network.http.keep-alive.timeout": 1}
OWN_COLORS = {"browser.display.document_color_use": 2}  # never a page's: forced colors


def chromium(*args: str) -> dict:
    """Return how Chromium is started."""
    return {"executable_path": os.environ.get("BROWSER_PATH") or None, "args": [*ARGS, *args]}


def firefox(**preferences: object) -> dict:
    """Return how Firefox is started: as distributions ship it, spoken to over WebDriver BiDi."""
    path = os.environ.get("FIREFOX_PATH") or installed(FIREFOXES)
    return {"executable_path": path, "channel": "moz-firefox", "firefox_user_prefs": PREFERENCES | preferences}


LAUNCH: dict[str, Callable[[], dict]] = {
    "chromium": chromium,
    "firefox": firefox,
    "chromium-low-vision": lambda: chromium(f"--blink-settings=defaultFontSize={LARGE_TEXT}"),
    "firefox-low-vision": lambda: firefox(**OWN_COLORS, **{"font.size.variable.x-western": LARGE_TEXT}),
}


def takes_keys(page) -> None:
    """Wait until the browser has painted the page. Before that it drops every key, as nobody presses one unseen.

    Such a key is lost without a word, and on a busy machine a page is painted long after it is loaded.
    """
    until = time.monotonic() + patience(10)
    while not page.evaluate("performance.getEntriesByName('first-contentful-paint').length"):
        assert time.monotonic() < until, f"{page.url} is not painted."
        page.wait_for_timeout(20)


def type_where_focus_is(page, name: str, text: str) -> None:
    """Type into the field `name`, which must get the focus by itself, as a person does who presses nothing before."""
    field = page.locator(f"[name={name}]:focus")
    field.wait_for()
    takes_keys(page)
    page.keyboard.type(text)
    assert field.input_value() == text


class Browsers:
    """One headless browser of each kind for all tests, and new ones where one is gone: a test that hung takes it along.

    A kind is a key of LAUNCH.
    """

    def __init__(self) -> None:
        self.playwright = None
        self.started: dict[str, object] = {}

    def running(self, kind: str):
        """Return the browser of this kind, started if it is not there or does not answer."""
        from playwright.sync_api import Error, sync_playwright

        try:
            for each in self.started.values():
                each.new_context().close()
        except Error:
            self.stop()
        if kind in self.started:
            return self.started[kind]
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread; the tests do not use it
        self.playwright = self.playwright or sync_playwright().start()
        name = kind.partition("-")[0]
        try:
            self.started[kind] = getattr(self.playwright, name).launch(**LAUNCH[kind]())
        except Error as error:
            self.stop()
            pytest.fail(f"This test needs {name.title()}: {HOW}.\n{error}", pytrace=False)
        return self.started[kind]

    def stop(self) -> None:
        from playwright.sync_api import Error

        for browser in self.started.values():
            with contextlib.suppress(Error):
                browser.close()
        if self.playwright is not None:
            self.playwright.stop()
        self.playwright, self.started = None, {}


@pytest.fixture(scope="session")
def real_browsers(django_db_setup) -> Iterator[Browsers]:
    """The browsers of all tests: those of BROWSER_PATH and FIREFOX_PATH, or else those that are found."""
    browsers = Browsers()
    yield browsers
    browsers.stop()


@pytest.fixture
def browser(real_browsers):
    """A headless Chromium that runs."""
    return real_browsers.running("chromium")


@pytest.fixture(params=("chromium", "firefox"))
def kind(request) -> str:
    """Each browser after the other: a test that asks for it runs in both."""
    return request.param


@pytest.fixture
def browser_pages(real_browsers) -> Iterator[Callable]:
    """browser_pages("firefox", width=390, script=False) opens a fresh page; further arguments are those of a context.

    The test fails if a script of a page failed or the Content-Security-Policy stopped something.
    """
    contexts, problems = [], []

    def open_page(kind: str, width: int = 1280, script: bool = True, **options):
        is_firefox = kind.startswith("firefox")
        usual = {"locale": "en-US", "timezone_id": ZONE, "viewport": {"width": width, "height": 900}}
        if not is_firefox:
            options["java_script_enabled"] = script
        context = real_browsers.running(kind).new_context(**usual | options)
        contexts.append(context)
        if is_firefox and not script:  # which Playwright cannot ask of it; the portal has no script but these files
            context.route("**/*.js", lambda route: route.abort())
        context.set_default_timeout(patience(10) * 1000)
        context.on("weberror", lambda failure: problems.append(str(failure.error)))
        context.on(
            "console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None
        )
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def browser_page(browser_pages):
    """A fresh page of Chromium."""
    return browser_pages("chromium")


@pytest.fixture
def open_page(browser_pages, kind) -> Callable:
    """open_page(width=390, script=False) opens a fresh page of each browser, one after the other."""
    return partial(browser_pages, kind)


@pytest.fixture
def sign_in(live_server) -> Callable:
    """sign_in(page, person) makes the page's browser theirs, without a code."""

    def become(page, person) -> None:
        client = Client()
        client.force_login(person)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])

    return become


@pytest.fixture
def office_page(browser_page, sign_in, office):
    """A fresh page of a browser signed in as the office."""
    sign_in(browser_page, office)
    return browser_page


@dataclass
class Inspector:
    """A browser that looks at pages at 1280 and 390 px, light and dark; `found` is what was wrong, by page and look.

    A page is loaded once and then changes its width and scheme, as when a window is resized. Each is looked at twice,
    in both widths and both schemes. Which go together takes turns, so that what all pages share is seen in all four.
    """

    url: str
    page: object
    found: dict[str, list[str]] = field(default_factory=dict)
    schemes: tuple[str, str] = ("light", "dark")

    def visit(self, *paths: str) -> None:
        """Open each path, which must answer well, and look at it."""
        for path in paths:
            assert self.page.goto(self.url + path).ok, path
            self.look(path)

    def look(self, name: str) -> None:
        """Look at the page as it is now: what axe finds, what no rule is there for, and whether it scrolls sideways."""
        self.page.wait_for_load_state()
        if without_rules := styles.left_out().intersection(self.page.evaluate(CLASSES)):
            self.found[f"{name}: classes of Bootstrap whose rules are left out"] = sorted(without_rules)
        if self.page.evaluate("typeof axe === 'undefined'"):
            self.page.evaluate(AXE)
        for width, scheme in zip((1280, 390), self.schemes, strict=True):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme=scheme)
            problems = self.page.evaluate(RUN_AXE)
            if self.page.evaluate(SCROLLS_SIDEWAYS):
                problems.append("scrolls sideways")
            if problems:
                self.found[f"{name} ({width} px, {scheme})"] = problems
        self.schemes = self.schemes[::-1]


@pytest.fixture
def inspector(browser, transactional_db, live_server) -> Iterator[Inspector]:
    """Looks at pages of the portal. The test fails if anything was found."""
    cache.clear()  # the throttles; they outlive a test that commits
    context = browser.new_context(bypass_csp=True)  # axe is no script of the portal
    inspector = Inspector(live_server.url, context.new_page())
    yield inspector
    context.close()
    assert inspector.found == {}


def until(page, so: Callable[[], bool]) -> None:
    """Wait until it is so. The portal's CSP forbids the evaluation by which Playwright would wait itself."""
    for _ in range(round(patience(10) * 20)):
        if so():
            return
        page.wait_for_timeout(50)
    assert so()
