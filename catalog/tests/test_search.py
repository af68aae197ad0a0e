"""What is found by what somebody typed, over the demo's catalog and a few things more."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.text import slugify

from catalog import search
from catalog.models import Action, Facilitator, Offering, Partner, Program, Topic, Workshop
from catalog.search import Document, Weight, rank
from catalog.search.documents import SOURCES
from devtools.testing.cost import costs_at_most
from operations.demo.build import build_catalog, build_places

ARTICLE = "Six ways to get a grip by calling-out racism and enacting allyship in medical education"
VISITOR = AnonymousUser()


def articles(person) -> Iterator[Document]:
    """What an app to the right would give: one article."""
    yield Document(
        key=("resource", 1),
        what="Article",
        title=ARTICLE,
        url="/resources/six-ways/",
        summary="Being, knowing, feeling, doing, promoting and acting.",
        fields=((Weight.NAME, "Sonnenberg LK, Do V, LeBlanc C, Busari JO"), (Weight.TEXT, "10.36834/cmej.71566")),
    )


@pytest.fixture
def offered_catalog(office, now, monkeypatch):
    """The demo's catalog with its three programs, an article, and what the demo has no need of."""
    monkeypatch.setattr("catalog.search.documents.SOURCES", list(SOURCES))
    search.register(articles)
    build_places()
    build_catalog(office, now)
    make("Résumé Reviews without Prejudice", summary="Read an application for what it says.")
    make("Mentoring across Difference", summary="How to be a mentor to somebody whose path was not yours.")
    make("Café con leche", offering=Offering.DIALOGUE, topics=["Language"])
    make("Ways of Knowing", actions=["Knowing"], partners=["Lakeside Health Alliance"])
    make("Language Justice in the Clinic", status=Workshop.Status.DRAFT)
    Facilitator.objects.create(name="Zoë Ångström-Nuñez", title="Interpreter", biography="She restores harpsichords.")


def make(title: str, **fields) -> Workshop:
    many = {name: fields.pop(name, ()) for name in ("topics", "actions", "partners")}
    made = Workshop.objects.create(**{"title": title, "slug": slugify(title), "status": "published"} | fields)
    for (name, names), model in zip(many.items(), (Topic, Action, Partner), strict=True):
        getattr(made, name).set(model.objects.get_or_create(name=each, slug=slugify(each))[0] for each in names)
    return made


def found(text: str, person=VISITOR) -> list[str]:
    """Return the titles of what is found, best first."""
    return [document.title for document in rank(text, search.findable(person))]


MICRO, AFFIRMATIONS = (
    "Microaggressions & Macroaggressions",
    "Micro Affirmations and Allyship: Addressing Workplace Toxicity and Power Dynamics",
)
STARTS, MIDDLES, ENDS = (
    ["bi", "spe", "jus", "cul", "mic", "psy", "wel", "har", "tor", "ven"],
    "aeiou",
    ["nder", "king", "ture", "bias", "lity"],
)
WORDS = [f"{start}{one}{two}{end}" for start in STARTS for one in MIDDLES for two in MIDDLES for end in ENDS]
FIRST = [
    # As it is written, in any case, with any punctuation.
    ("Implicit Bias", "Implicit Bias"),
    ("IMPLICIT BIAS!!", "Implicit Bias"),
    ("bias", "Implicit Bias"),
    ("bias, implicit", "Implicit Bias"),
    ("a workshop on cultural humility", "Cultural Humility"),
    ("LGBTQ", "LGBTQ+ Inequities Pt. 1"),
    ("lgbtq+ pt 2", "LGBTQ+ Inequities Pt. 2"),
    ("systemic racism pt. 2", "Systemic Racism Pt. 2"),
    ("debrief", "Justice at Work Debrief Session"),
    # Misspelled.
    ("implict bais", "Implicit Bias"),
    ("micro agressions", MICRO),
    ("microagressions", MICRO),
    ("macro aggressions", MICRO),
    ("bystandr", "Bystander Interventions"),
    ("ybstander strategies", "Understanding Allyship and Responding to Microaggressions"),
    ("cultural humilty", "Cultural Humility"),
    ("pyschological saftey", "Psychological Safety"),
    ("disabilty", "Disability and Allyship"),
    ("work place well being", "Workplace Wellbeing"),
    ("debreif", "Justice at Work Debrief Session"),
    # Part words, and words with another ending.
    ("psych saf", "Psychological Safety"),
    ("dom cult", "Dominant Culture"),
    ("aggression", MICRO),
    ("microaff", AFFIRMATIONS),
    ("allies belonging", "Confronting Dominant Culture and Creating Belonging as an Ally"),
    ("mental inequity", "Mental Health Inequities Pt. 1"),
    # With and without accents.
    ("resume", "Résumé Reviews without Prejudice"),
    ("résumé reviews", "Résumé Reviews without Prejudice"),
    ("CAFÉ", "Café con leche"),
    ("ímplicit bïas", "Implicit Bias"),
    ("angstrom nunez", "Zoë Ångström-Nuñez"),
    # People, programs, an article and its author.
    ("Renata Larkmoor", "Renata Larkmoor"),
    ("oren", "Oren Ashmeadow"),
    ("larkmor", "Renata Larkmoor"),
    ("interpreter", "Zoë Ångström-Nuñez"),
    ("harpsichord", "Zoë Ångström-Nuñez"),
    ("foundational trainings", "Foundational Trainings"),
    ("ally training program", "Ally Training Program 2023"),
    ("deans lecture", "Dean's Lecture Series"),
    ("dean’s lecture series", "Dean's Lecture Series"),
    ("six ways", ARTICLE),
    ("sonnenberg", ARTICLE),
    ("whose pane", "Whose Pain Is Believed"),
    # Topics, actions, partners, kinds, objectives, and the text that describes a workshop.
    ("patient care", "Cultural Humility"),
    ("knowing", "Ways of Knowing"),
    ("lakeside alliance", "Ways of Knowing"),
    ("change chat", "Change Chat: Implicit Bias"),
    ("language", "Café con leche"),
    ("mentor somebody", "Mentoring across Difference"),
    ("choose among five responses", "Bystander Interventions"),
    ("two decisions in your own work", "Implicit Bias"),
    ("nurses station", "Bystander Interventions"),
]
NOTHING = [
    "quantum chromodynamics",
    "parking permit",
    "pizza",
    "payroll",
    "dental plan",
    "bias chromodynamics",
    "zzzz",
    "2022",
    "!!! ... ???",
    "🎉🎉",
    "\u202e\u202d",
    "x" * 40,
    "Language Justice",
    "larkspur",
]


def test_what_was_meant_comes_first(offered_catalog):
    wrong = {typed: found(typed)[:3] for typed, first in FIRST if found(typed)[:1] != [first]}
    assert wrong == {}


def test_what_nobody_offers_is_not_found(offered_catalog):
    assert {typed: titles[:3] for typed in NOTHING if (titles := found(typed))} == {}


def test_each_visitor_finds_what_they_may(offered_catalog, office):
    assert found("language justice") == []
    assert found("language justice", office)[:1] == ["Language Justice in the Clinic"]


def test_a_draft_program_lends_its_name_to_no_workshop(offered_catalog):
    program = Program.objects.create(title="Zephyr Fellowship", slug="zephyr")
    program.entries.create(workshop=Workshop.objects.get(title="Implicit Bias"))
    assert found("zephyr") == []
    Program.objects.update(status=Program.Status.PUBLISHED)
    assert found("zephyr") == ["Zephyr Fellowship", "Implicit Bias"]


def test_search_makes_four_queries_for_any_number_of_workshops(offered_catalog, django_assert_num_queries):
    for number in range(50):
        make(f"Ward round {number}", topics=[f"Ward {number}"])
    with django_assert_num_queries(4):
        assert len(found("ward round")) == 50


HOSTILE = [
    "x" * 10_000,
    "bias " * 2_000,
    "!" * 10_000,
    "🎉" * 10_000,
    "\0" * 100,
    "\u202e" * 5_000 + "saib",
    "a" * 40 + " " + "a" * 40,
    "e\u0301" * 5_000,
    "ﷺ" * 100,
    "bistander aplying adressing powr dinamics toxcity jugment responzes",
    " ".join(f"{word[:-1]}qx" for word in WORDS),
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_typed_takes_long(typed):
    """A hundred milliseconds of a quiet processor for 400 workshops; here the bound allows for a busy one."""
    offered = [
        Document(
            key=("workshop", number),
            what="Workshop",
            title=" ".join(WORDS[number : number + 4]),
            url=f"/workshops/{number}/",
            summary=" ".join(WORDS[number + 100 : number + 115]),
            fields=((Weight.TEXT, " ".join(WORDS[number + 200 : number + 400])),),
        )
        for number in range(400)
    ]
    rank("bias", offered)
    assert costs_at_most(0.5, lambda: rank(typed, offered))
