"""An office with nothing but its account enters what five such offices publish, and everybody finds all of it.

Everything goes through the pages of the admin. What is found, and by whom, is the table of docs/moving-in.md: each of
its rows names one entry of FOUND, by number, or another test.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.text import slugify

EIGHT = [
    "Implicit Bias",
    "Bystander Interventions",
    "Microaggressions & Macroaggressions",
    "Micro Affirmations and Allyship",
    "Cultural Humility",
    "Psychological Safety",
    "Workplace Wellbeing",
    "Dominant Culture",
]
SIX = [
    "Systemic Racism Pt. 1",
    "Systemic Racism Pt. 2",
    "Disability and Allyship",
    "LGBTQ+ Inequities Pt. 2",
    "Mental Health Inequities Pt. 2",
    "Justice at Work Debrief Session",
]
OF_THE_YEAR = [*SIX[1:], "Psychological Safety", "Confronting Dominant Culture"]
SERIES, PARTS = "Understanding Allyship", ("Identity, Power and Allyship", "Bystander Intervention Strategies")
ACTIONS = ["Being", "Knowing", "Feeling", "Doing", "Promoting", "Acting"]
ARTICLE, MEMBERS = "Six ways to get a grip", "On being an effective ally"
LECTURE, CHAT = "A lecture at noon", "Belonging at work"

IMPLICIT_BIAS, CATALOG, HOME, YEAR = "/workshops/implicit-bias/", "/workshops/", "/", "/programs/ally-training-program/"
THE_SERIES, THE_ARTICLE = f"/workshops/{slugify(SERIES)}/", f"/resources/{slugify(ARTICLE)}/"
THE_MEMBERS_TEXT, TWO_PAGES = f"/resources/{slugify(MEMBERS)}/", "/resources/two-pages-to-read/"
# What is found: number, who looks ("visitor", "member", "registrant"), where, and the words there.
FOUND = [
    # ---- the foundational trainings of a medical school ----
    (1, "visitor", CATALOG, ["Foundational Trainings", *EIGHT]),
    (2, "visitor", CATALOG, ["About Implicit Bias, in two sentences."]),
    (3, "visitor", CATALOG, ["First aim of Implicit Bias.", "Third aim of Implicit Bias."]),
    (4, "visitor", CATALOG, ["2 dates from", "six needed by"]),
    (5, "visitor", IMPLICIT_BIAS, ["Training, interactive"]),
    (6, "visitor", IMPLICIT_BIAS, ["With pre-work", "Fifteen minutes with two pages."]),
    (7, "visitor", HOME, ["Small rooms, time to think alone, and talk."]),
    (8, "visitor", IMPLICIT_BIAS, ["Not recorded", "What is said stays in the room."]),
    (9, "visitor", IMPLICIT_BIAS, ["Is your team six or more?", "Ask for a session for your team"]),
    (10, "visitor", "/requests/new/", ["at least six", "What do you hope for?"]),
    (11, "visitor", IMPLICIT_BIAS, ["For faculty, staff"]),
    (12, "visitor", HOME, ["We teach what a good day at work needs."]),
    (13, "visitor", HOME, ["People who ask better questions."]),
    (14, "visitor", CATALOG, ["Dean's Lecture Series", LECTURE]),
    (15, "visitor", f"/workshops/{slugify(LECTURE)}/", ["Lecture", "Recorded"]),
    (16, "visitor", "/team/", ["Rosa Lindqvist, MEd (she/her)", "Learning and development manager"]),
    (17, "visitor", "/team/", ["rosa@example.edu"]),
    (18, "visitor", HOME, ["Write to us about anything at the front desk."]),
    # ---- the year's program of an ally training ----
    (19, "visitor", YEAR, ["Ally Training Program", "A year in seven workshops."]),
    (20, "visitor", YEAR, OF_THE_YEAR),
    (21, "visitor", YEAR, ["Take all seven."]),
    (22, "visitor", YEAR, ["At least one person from every department takes part."]),
    (23, "visitor", YEAR, ["They become its champions."]),
    (24, "visitor", YEAR, ["Comes after Systemic Racism Pt. 1"]),
    (25, "visitor", YEAR, ["Debrief"]),
    (26, "visitor", YEAR, ["5 hours"]),
    (27, "visitor", YEAR, ["Northwater Allies"]),
    (28, "visitor", YEAR, ["ally.program@example.edu"]),
    (29, "visitor", YEAR, ["0 of 6", "Noon–1:30 PM"]),
    (30, "visitor", YEAR, ["Open to everyone"]),
    (31, "visitor", f"/workshops/{slugify(CHAT)}/", ["Change chat"]),
    (32, "member", YEAR, ["0 of 7 done"]),
    (33, "visitor", "/partners/", ["Northwater Allies", "Cases from community clinics."]),
    # ---- the two parts of an association's workshop ----
    (34, "visitor", THE_SERIES, [SERIES]),
    (35, "visitor", THE_SERIES, [f"Part 1: {PARTS[0]}", f"Part 2: {PARTS[1]}"]),
    (36, "visitor", THE_SERIES, ["Aim of the first part.", "Aim of the second part."]),
    (37, "visitor", THE_SERIES, ["90 minutes", "1 hour"]),
    (38, "visitor", THE_SERIES, ["2 hours 30 minutes"]),
    (39, "visitor", THE_SERIES, ["Lena Okafor, MD", "Professor of pediatrics, Children’s Hospital"]),
    (40, "visitor", THE_SERIES, ["The Pediatric Society, sponsor"]),
    (41, "visitor", "the date of the series", [PARTS[0], PARTS[1], "taken together"]),
    (42, "visitor", "the facilitator", ["Lena has taught since 2009.", SERIES]),
    # ---- an article of a journal ----
    (43, "visitor", THE_ARTICLE, [ARTICLE, "Questions for a team."]),
    (44, "visitor", THE_ARTICLE, ["Sonnenberg LK, Do V. "]),
    (45, "visitor", THE_ARTICLE, ["Canadian Medical Education Journal. 2021;12(4):111-115."]),
    (46, "visitor", THE_ARTICLE, ACTIONS),
    (47, "visitor", "/actions/acting/", [ARTICLE, SERIES]),
    # ---- a text for the members of an association ----
    (48, "visitor", THE_MEMBERS_TEXT, [MEMBERS, "Three ways to use your place.", "Sign in"]),
    (49, "member", THE_MEMBERS_TEXT, ["Sponsoring", "A sponsor puts a name forward."]),
    (50, "registrant", TWO_PAGES, ["A patient is late for the third time."]),
]
# What must not be found.
HIDDEN = [("visitor", THE_MEMBERS_TEXT, "puts a name forward"), ("member", TWO_PAGES, "third time")]


class Office:
    """Somebody at the pages of the admin."""

    def __init__(self, page, url: str) -> None:
        self.page, self.url = page, url

    def add(self, noun: str, **typed) -> None:
        """Fill in the form of a new row and save it. Rows of a table are typed as parts__0__title."""
        self.page.goto(f"{self.url}/admin/{noun}/add/")
        self.fill(typed)
        self.save()

    def fill(self, typed: dict) -> None:
        for name, value in typed.items():
            self.enter(name.replace("__", "-"), value)

    def enter(self, name: str, value) -> None:
        """Type into a field, choose in it, or tick the boxes with these labels; a further row is added for it."""
        group, _, rest = name.partition("-")
        if rest and not self.page.locator(f"[name='{name}']").count():
            self.page.locator(f"#{group}-group .add-row a, #{group}-group a.addlink").last.click()
        field = self.page.locator(f"[name='{name}']")
        folded = self.page.locator("details:not([open])", has=field)
        if folded.count():
            folded.first.locator("summary").click()
        kind = field.first.evaluate("each => each.type || each.tagName.toLowerCase()")
        if isinstance(value, list):
            for label in value:
                self.page.locator(f"label:has([name='{name}'])").filter(has_text=label).first.click()
        elif kind == "checkbox":
            field.set_checked(value)
        elif kind == "radio":
            self.page.get_by_role("radio", name=value).check()
        elif kind == "select-one":
            field.select_option(label=value)
        else:
            field.fill(str(value))

    def press(self, button: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).first.click()

    def save(self, button: str = "Save") -> None:
        self.press(button)
        wrong = self.page.locator(".errornote, .errorlist").all_inner_texts()
        assert not wrong, (self.page.url, wrong)


def workshop(title: str, **other) -> dict:
    """Return what the office types for a workshop. Its address is not typed: it follows from the title."""
    usual = {"title": title, "status": "Published", "summary": f"What {title} is about."}
    usual |= {f"objectives__{number}__text": f"{nth} aim of {title}." for number, nth in enumerate(NTH)}
    return usual | {"description": f"About {title}, in two sentences. This is the second."} | other


NTH = ("First", "Second", "Third")


def enter_people_and_words(office: Office) -> None:
    for position, name in enumerate(ACTIONS, 1):
        office.add("catalog/action", name=name, position=position, summary=f"What {name} asks.")
    office.add(
        "catalog/partner",
        name="Northwater Allies",
        link="https://allies.example.org/",
        gives="Cases from community clinics.",
    )
    office.add("catalog/partner", name="The Pediatric Society")
    office.add(
        "catalog/facilitator",
        name="Lena Okafor",
        credentials="MD",
        pronouns="she/her",
        title="Professor of pediatrics",
        unit="Children’s Hospital",
        biography="Lena has taught since 2009.",
    )
    office.add(
        "catalog/teammember",
        name="Rosa Lindqvist",
        credentials="MEd",
        pronouns="she/her",
        role="Learning and development manager",
        email="rosa@example.edu",
    )
    words = {
        "home": "We teach what a good day at work needs.",
        "purpose": "People who ask better questions.",
        "how": "Small rooms, time to think alone, and talk.",
        "footer": "Write to us about anything at the front desk.",
    }
    for place, text in words.items():
        office.page.goto(f"{office.url}/admin/catalog/pagetext/{place}/change/")
        office.fill({"text": text})
        office.save()


def enter_workshops(office: Office) -> None:
    for title in EIGHT:
        office.add(
            "catalog/workshop",
            **workshop(
                title,
                pre_work="Fifteen minutes with two pages.",
                recording_note="What is said stays in the room.",
                for_residents=False,
                for_students=False,
                for_others=False,
            ),
        )
    for title in [*SIX, "Confronting Dominant Culture"]:
        after = {"requires": ["Systemic Racism Pt. 1"]} if title == "Systemic Racism Pt. 2" else {}
        debrief = {"offering": "Debrief", "minutes": 300} if "Debrief" in title else {}
        office.add("catalog/workshop", **workshop(title, **after, **debrief))
    office.add("catalog/workshop", **workshop(LECTURE, offering="Lecture", is_recorded=True, is_interactive=False))
    office.add("catalog/workshop", **workshop(CHAT, offering="Dialogue", offering_name="Change chat"))
    parts = {"parts__0__title": PARTS[0], "parts__0__minutes": 90, "parts__1__title": PARTS[1], "parts__1__minutes": 60}
    typed = workshop(
        SERIES, facilitators=["Lena Okafor"], sponsor="The Pediatric Society", actions=["Being", "Acting"], **parts
    )
    office.add("catalog/workshop", **{name: value for name, value in typed.items() if "objectives" not in name})
    office.page.locator("#result_list").get_by_role("link", name=SERIES, exact=True).click()
    office.fill({"objectives__0__text": "Aim of the first part.", "objectives__0__part": PARTS[0]})
    office.fill({"objectives__1__text": "Aim of the second part.", "objectives__1__part": PARTS[1]})
    office.save()


def enter_programs(office: Office) -> None:
    def program(title: str, workshops: list[str], **other) -> None:
        entries = {}
        for number, one in enumerate(workshops):
            entries |= {f"entries__{number}__workshop": one, f"entries__{number}__position": number + 1}
        usual = {"title": title, "status": "Published"}
        office.add("catalog/program", **usual | other | entries)

    program("Foundational Trainings", EIGHT, lead="Eight workshops, in any order.", position=1)
    program(
        "Ally Training Program",
        OF_THE_YEAR,
        position=2,
        lead="A year in seven workshops.",
        description="At least one person from every department takes part. They become its champions.",
        rule="All of its workshops",
        partners=["Northwater Allies"],
        contact="ally.program@example.edu",
    )
    program("Dean's Lecture Series", [LECTURE], position=3)


def enter_dates(office: Office) -> None:
    day = timezone.localdate() + timedelta(days=40)
    plans = [("Implicit Bias", 0, "12:00"), ("Implicit Bias", 7, "15:00"), ("Systemic Racism Pt. 2", 9, "12:00")]
    plans += [("Disability and Allyship", 14, "12:00"), (SERIES, 21, "12:00")]
    for title, later, starts in plans:
        office.page.goto(f"{office.url}/admin/sessions_app/session/add/")
        office.fill({"workshop": title, "day": (day + timedelta(days=later)).isoformat(), "starts": starts})
        if title == SERIES:
            office.page.get_by_text("Add another Further meeting").click()
            office.page.locator("#id_meetings-0-day").fill((day + timedelta(days=later + 7)).isoformat())
            office.page.locator("#id_meetings-0-starts").fill("12:00")
        office.press("Save and publish")  # it says that nobody leads it and that there is no link
        office.save("Save and publish")


def enter_resources(office: Office) -> None:
    citation = {
        "title": "Six ways to get a grip by calling-out racism and enacting allyship in medical education",
        "authors": "Sonnenberg, Lyn K.\nDo, Victor",
        "journal": "Canadian Medical Education Journal",
        "year": 2021,
        "volume": 12,
        "issue": 4,
        "pages": "111-115",
    }
    office.add(
        "library/resource",
        title=ARTICLE,
        status="Published",
        kind="Article",
        summary="Questions for a team.",
        actions=ACTIONS,
        **{f"citation__0__{name}": value for name, value in citation.items()},
    )
    office.add(
        "library/resource",
        title=MEMBERS,
        status="Published",
        kind="Article",
        access="People who sign in",
        summary="Three ways to use your place.",
        body="## Sponsoring\n\nA sponsor puts a name forward.",
    )
    office.add(
        "library/resource",
        title="Two pages to read",
        status="Published",
        kind="Pre-work",
        access="People with a seat in a session of it",
        body="A patient is late for the third time.",
        placements__0__workshop="Implicit Bias",
    )


def register(page, url: str) -> None:
    """Register for the first date of Implicit Bias, as its page offers it."""
    page.goto(url + IMPLICIT_BIAS)
    page.locator(".q-row a.btn").first.click()
    page.get_by_role("button", name="Register").click()
    page.get_by_text("You’re registered for Implicit Bias").wait_for()


def text_of(page, address: str) -> str:
    """Return what can be read at `address`, on one line, with all that opens there opened."""
    page.goto(address)
    button = page.get_by_role("button", name="Expand all")
    if button.count():
        button.click()
    return " ".join(page.locator("body").inner_text().split())


@pytest.fixture
def pages(browser, people, sign_in) -> Iterator[dict]:
    """A page for each of the people who look."""
    pages = {who: browser.new_context().new_page() for who in ("visitor", "member", "registrant")}
    for who, person in zip(("member", "registrant"), people(2), strict=True):
        sign_in(pages[who], person)
    yield pages
    for page in pages.values():
        page.context.close()


def test_an_office_moves_in_and_everybody_finds_everything(office_page, live_server, pages):
    office, url = Office(office_page, live_server.url), live_server.url
    for enter in (enter_people_and_words, enter_workshops, enter_programs, enter_dates, enter_resources):
        enter(office)
    register(pages["registrant"], url)
    pages["visitor"].goto(url + THE_SERIES)
    date = pages["visitor"].locator(".q-rows a").first.get_attribute("href")
    lena = pages["visitor"].get_by_role("link", name="Lena Okafor").get_attribute("href")
    missing, read = [], {}
    for number, who, address, words in FOUND:
        where = {"the date of the series": date, "the facilitator": lena}.get(address, address)
        said = read.setdefault((who, where), None) or text_of(pages[who], url + where)
        read[who, where] = said
        missing += [(number, who, where, word) for word in words if word not in said]
    assert missing == []
    for who, address, words in HIDDEN:
        assert words not in text_of(pages[who], url + address)
