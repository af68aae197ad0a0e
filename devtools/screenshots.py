"""Take the pictures of docs/screenshots/ from a running demo.

    python3 dev.py run                                    in one terminal, on an empty var/
    .venv/bin/python -m devtools.screenshots              in another; the tests' packages must be there

Every page at 1280 and 390 pixels, the main ones in the dark too. Nothing is registered or changed but the sign-in.
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from devtools.environment import find_browser

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
WIDTHS = (1280, 390)
# A long list says no more further down.
MOST_HEIGHT = 2000
IN_THE_DARK = ("home", "month", "session", "my-training")
OFFICE, MANAGER, MEMBER = "office@example.edu", "manager@example.edu", "amina.hazelwick@example.edu"


def sign_in(page: Page, site: str, address: str) -> None:
    """Sign in with the newest code in the inbox."""
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("Work or school email").fill(address)
    page.get_by_role("button", name="Send me a code").click()
    page.wait_for_url("**/code/**")
    inbox = page.context.new_page()
    code = None
    for _ in range(40):
        inbox.goto(f"{site}/__mail__/")
        newest = inbox.locator("table tr", has_text=address).first
        if newest.count() and (code := re.search(r"\d{3} \d{3}", newest.inner_text())):
            break
        inbox.wait_for_timeout(500)
    inbox.close()
    assert code is not None, f"no code arrived for {address}"
    page.get_by_role("textbox", name="Code").fill(code.group())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/my/")


def address_of(page: Page, page_url: str, link: str) -> str:
    """Return where the first element that matches `link` leads."""
    page.goto(page_url)
    return page.locator(link).first.get_attribute("href") or ""


def session_of(page: Page, site: str, own: str) -> str:
    """Return the address of the session of the registration at `own`."""
    return address_of(page, site + own, "main a[href^='/sessions/']:not([href*='nominations'])")


def take(page: Page, site: str, shots: dict[str, str], scheme: str) -> None:
    """Take every page of `shots` at the present width."""
    assert page.viewport_size is not None, "the context sets one"
    width = page.viewport_size["width"]
    for name, path in shots.items():
        if scheme == "dark" and name not in IN_THE_DARK:
            continue
        page.goto(site + path)
        height = min(MOST_HEIGHT, page.evaluate("document.documentElement.scrollHeight"))
        page.screenshot(
            path=FOLDER / f"{name}-{width}{'-dark' if scheme == 'dark' else ''}.png",
            full_page=True,
            clip={"x": 0, "y": 0, "width": width, "height": height},
        )


def main(site: str = "http://127.0.0.1:8000") -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        for address in ("", MEMBER, MANAGER, OFFICE):
            storage = None
            for scheme in ("light", "dark"):
                for width in WIDTHS:
                    context = browser.new_context(
                        viewport={"width": width, "height": 900}, color_scheme=scheme, storage_state=storage
                    )
                    page = context.new_page()
                    if address and storage is None:
                        sign_in(page, site, address)
                        storage = context.storage_state()
                    take(page, site, shots_of(page, site, address), scheme)
                    context.close()
        browser.close()


def shots_of(page: Page, site: str, address: str) -> dict[str, str]:
    """Return what a visitor (no address), a member, a Manager or the office is shown: name and path."""
    if not address:
        session = address_of(page, site + "/", ".q-card a")
        return {
            "home": "/",
            "month": "/?view=month",
            "found": "/?q=micro+agressions",
            "workshops": "/workshops/",
            "workshop": address_of(page, site + "/workshops/", "main a[href^='/workshops/']"),
            "program": address_of(page, site + "/workshops/", "main a[href^='/programs/']"),
            "session": session,
            "register": session + "registration/",
            "register-several": address_of(page, site + "/workshops/", "main a[href^='/programs/']") + "registration/",
            "request-form": "/requests/new/",
            "resources": "/resources/",
            "resource": address_of(page, site + "/resources/", "main .q-list a[href^='/resources/']"),
            "action": "/actions/acting/",
            "facilitators": "/facilitators/",
            "facilitator": address_of(page, site + "/facilitators/", "main .q-list a"),
            "team": "/team/",
            "partners": "/partners/",
            "what-we-keep": "/privacy/",
            "sign-in": "/accounts/login/",
        }
    if address == MEMBER:
        own = address_of(page, site + "/my/", "main .q-row a[href^='/registrations/']")
        return {
            "my-training": "/my/",
            "my-month": "/?view=month",
            "my-program": address_of(page, site + "/workshops/", "main a[href^='/programs/ally']"),
            "registration": own,
            "transfer": own + "transfer/",
            "withdrawal": own + "withdrawal/",
            "nominate": session_of(page, site, own) + "nominations/",
            "private-calendar": "/my/calendar/",
            "profile": "/accounts/profile/",
            "my-record": "/my/record/",
            "outside-form": "/my/record/outside/",
            "my-data": "/my/data/",
            "my-erasure": "/my/data/erasure/",
            "certificate": address_of(page, site + "/my/", "main a[href^='/certificates/']"),
        }
    person = address_of(page, f"{site}/admin/accounts/person/?q={MEMBER}", "#result_list th a").partition("?")[0]
    if address == MANAGER:
        return {
            "office-erasure": person.replace("/change/", "/delete/"),
            "office-hold": "/admin/operations/legalhold/add/",
            "office-holds": "/admin/operations/legalhold/",
        }
    changelist = "/admin/sessions_app/session/?when=upcoming&status__exact=open"
    session = address_of(page, site + changelist, "#result_list tbody a").partition("?")[0]
    completed = "/admin/sessions_app/session/?status__exact=completed"
    held = address_of(page, site + completed, "#result_list tbody a").partition("?")[0]
    shown = "/admin/outcomes/evaluation/?state=results"
    evaluation = address_of(page, site + shown, "#result_list tbody th a").partition("?")[0]
    past = address_of(page, site + "/admin/sessions_app/session/?needs=attendance", "#result_list tbody a")
    roster = address_of(page, site + past.partition("?")[0], ".object-tools a[href*='roster']")
    return {
        "office": "/admin/",
        "office-sessions": changelist,
        "office-schedule": "/admin/sessions_app/session/add/",
        "office-season": "/admin/sessions_app/scheduleimport/add/",
        "office-numbers": "/admin/sessions_app/session/numbers/",
        "office-session": session,
        "office-times": address_of(page, site + session, ".object-tools a[href*='reschedule']"),
        "office-roster": address_of(page, site + session, ".object-tools a[href*='roster']"),
        "office-report": address_of(page, site + held, ".object-tools a[href*='roster']") + "report/",
        "check-in": address_of(page, site + roster, "main a[href*='check-in']"),
        "code-of-the-day": address_of(page, site + roster, "main a[href*='check-in']").replace("?", "code/?"),
        "office-attendance": address_of(page, site + roster, "main a[href*='attendancesheet/meeting']"),
        "office-requests": "/admin/sessions_app/sessionrequest/",
        "office-outside": "/admin/outcomes/outsideactivity/",
        "office-requirement": "/admin/outcomes/requirement/add/",
        "office-export": "/admin/outcomes/export/new/",
        "office-figures": "/admin/figures/",
        "office-coverage": "/admin/figures/coverage/",
        "office-merging": person.replace("/change/", "/merging/"),
        "office-directory": "/admin/accounts/person/directory/",
        "office-undeliverable": "/admin/notifications/notice/undeliverable/",
        "office-wording": "/admin/notifications/wording/",
        "office-workshop": "/admin/catalog/workshop/add/",
        "office-resource": "/admin/library/resource/add/",
        "office-citations": "/admin/library/resource/import/",
        "office-program": address_of(page, site + "/admin/catalog/program/", "#result_list tbody th a"),
        "office-words": "/admin/catalog/pagetext/how/change/",
        "evaluation": address_of(page, site + evaluation, ".office-actions a[href*='/workshop/']") + "form/",
        "office-evaluation": evaluation,
        "office-evaluations": address_of(page, site + evaluation, ".office-actions a[href*='/workshop/']"),
        "office-audit": evaluation.replace("/change/", "/audit/"),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
