"""Fixtures with a real browser: one to act in, and one that looks at pages with axe in every width and scheme."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
import pytest
from django.core.cache import cache
from django.test import Client

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


class Chromium:
    """One headless Chromium for all tests, and another one where it is gone: with a test that hung it is killed too."""

    def __init__(self) -> None:
        self.playwright = self.browser = None

    def running(self):
        """Return the browser, started once more if it does not answer."""
        from playwright.sync_api import Error, sync_playwright

        if self.browser is not None:
            try:
                self.browser.new_context().close()
                return self.browser
            except Error:
                self.stop()
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread; the tests do not use it
        self.playwright = sync_playwright().start()
        path = os.environ.get("BROWSER_PATH") or None
        try:
            self.browser = self.playwright.chromium.launch(executable_path=path, args=ARGS)
        except Error as error:
            self.stop()
            pytest.fail(f"This test needs a browser: {HOW}.\n{error}", pytrace=False)
        return self.browser

    def stop(self) -> None:
        from playwright.sync_api import Error

        if self.browser is not None:
            with contextlib.suppress(Error):
                self.browser.close()
        if self.playwright is not None:
            self.playwright.stop()
        self.playwright = self.browser = None


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser of all tests: the one of BROWSER_PATH, or else the one Playwright keeps."""
    chromium = Chromium()
    yield chromium
    chromium.stop()


@pytest.fixture
def browser(chromium):
    """A headless Chromium that runs."""
    return chromium.running()


@pytest.fixture
def browser_page(browser):
    """A fresh page. The test fails if a script of the page failed or the Content-Security-Policy stopped something."""
    context = browser.new_context(locale="en-US", timezone_id=ZONE, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(patience(10) * 1000)
    page, problems = context.new_page(), []
    context.on("weberror", lambda failure: problems.append(str(failure.error)))
    context.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert problems == []


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

    A page is loaded once and then changes its width and scheme, as when a window is resized.
    """

    url: str
    page: object
    found: dict[str, list[str]] = field(default_factory=dict)

    def visit(self, *paths: str) -> None:
        """Open each path, which must answer well, and look at it."""
        for path in paths:
            assert self.page.goto(self.url + path).ok, path
            self.look(path)

    def look(self, name: str) -> None:
        """Look at the page as it is now: what axe finds, and whether it scrolls sideways."""
        self.page.wait_for_load_state()
        if self.page.evaluate("typeof axe === 'undefined'"):
            self.page.evaluate(AXE)
        for width in (1280, 390):
            self.page.set_viewport_size({"width": width, "height": 900})
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme)
                problems = self.page.evaluate(RUN_AXE)
                if self.page.evaluate(SCROLLS_SIDEWAYS):
                    problems.append("scrolls sideways")
                if problems:
                    self.found[f"{name} ({width} px, {scheme})"] = problems


@pytest.fixture
def inspector(browser, transactional_db, live_server) -> Iterator[Inspector]:
    """Looks at pages of the portal. The test fails if anything was found."""
    cache.clear()  # the throttles; they outlive a test that commits
    context = browser.new_context(bypass_csp=True)  # axe is no script of the portal
    inspector = Inspector(live_server.url, context.new_page())
    yield inspector
    context.close()
    assert inspector.found == {}
