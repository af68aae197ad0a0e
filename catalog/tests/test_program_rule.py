"""The rule of a program: its words, when it is met, and why nobody could meet it."""

import pytest

from catalog.program_rule import ProgramRule, RuleKind, Wanted

NONE, ALL, SOME, CATEGORIES = RuleKind
BOTH = (Wanted("Foundations", 1, 3), Wanted("Practice", 2, 4))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (ProgramRule(NONE, 7), ""),
        (ProgramRule(ALL, 7), "Take all seven."),
        (ProgramRule(ALL, 13), "Take all 13."),
        (ProgramRule(ALL, 2), "Take both."),
        (ProgramRule(ALL, 1), "Take this workshop."),
        (ProgramRule(ALL, 0), ""),
        (ProgramRule(SOME, 7, needed=4), "Take four of these seven."),
        (ProgramRule(SOME, 7, needed=1), "Take one of these seven."),
        (ProgramRule(SOME, 3, needed=4), "Take four workshops."),
        (ProgramRule(SOME, 1, needed=1), "Take one workshop."),
        (ProgramRule(ALL, 7, within_months=12), "Take all seven, within 12 months."),
        (ProgramRule(ALL, 7, within_months=1), "Take all seven, within one month."),
        (
            ProgramRule(CATEGORIES, 7, within_months=12, wanted=BOTH),
            "Take one of Foundations and two of Practice, within 12 months.",
        ),
        (
            ProgramRule(CATEGORIES, 7, wanted=(*BOTH, Wanted("Dialogue", 1, 1))),
            "Take one of Foundations, two of Practice and one of Dialogue.",
        ),
    ],
)
def test_a_rule_is_said_in_words(rule, words):
    assert rule.words == words


@pytest.mark.parametrize(
    ("rule", "taken", "counted", "is_met"),
    [
        (ProgramRule(NONE, 3), ["", "", ""], 3, False),
        (ProgramRule(ALL, 3), ["", ""], 2, False),
        (ProgramRule(ALL, 3), ["", "", ""], 3, True),
        (ProgramRule(ALL, 0), [], 0, False),
        (ProgramRule(SOME, 7, needed=4), [""] * 3, 3, False),
        (ProgramRule(SOME, 7, needed=4), [""] * 6, 4, True),
        (ProgramRule(CATEGORIES, 7, wanted=BOTH), ["Practice"] * 4, 2, False),
        (ProgramRule(CATEGORIES, 7, wanted=BOTH), ["Practice", "", "Foundations"], 2, False),
        (ProgramRule(CATEGORIES, 7, wanted=BOTH), ["Practice", "Practice", "Foundations"], 3, True),
    ],
)
def test_a_rule_counts_what_it_takes(rule, taken, counted, is_met):
    assert (rule.counted(taken), rule.is_met_by(taken)) == (counted, is_met)


@pytest.mark.parametrize(
    ("rule", "flaw"),
    [
        (ProgramRule(NONE, 0), ""),
        (ProgramRule(NONE, 3, within_months=6), "A time needs a rule: say what people take to complete it."),
        (
            ProgramRule(ALL, 0),
            "It takes workshops to complete it, and there are none here: add them, or choose that it is a heading.",
        ),
        (ProgramRule(SOME, 3), "Say how many workshops it takes."),
        (ProgramRule(SOME, 3, needed=3), ""),
        (
            ProgramRule(SOME, 3, needed=4),
            "It takes four workshops, and there are only three here: add workshops, or ask for fewer.",
        ),
        (
            ProgramRule(SOME, 1, needed=2),
            "It takes two workshops, and there is only one here: add workshops, or ask for fewer.",
        ),
        (ProgramRule(CATEGORIES, 3), "It takes so many of each category, and there is none: add the categories."),
        (ProgramRule(CATEGORIES, 7, wanted=BOTH), ""),
        (
            ProgramRule(CATEGORIES, 7, wanted=(BOTH[0], Wanted("Practice", 2, 1))),
            "It takes two workshops of Practice, and only one of them is here: "
            "give more workshops this category, or ask for fewer.",
        ),
        (
            ProgramRule(CATEGORIES, 7, wanted=(Wanted("Dialogue", 1, 0),)),
            "It takes one workshop of Dialogue, and none of them is here: "
            "give more workshops this category, or ask for fewer.",
        ),
    ],
)
def test_a_rule_that_cannot_be_met_says_why(rule, flaw):
    assert rule.flaw == flaw
