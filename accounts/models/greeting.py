"""How a mail greets somebody of whom only the full name is known: by the first word where that is certain.

Names have no form that holds for all of them. So a first name is taken only from “Jane Doe”, “Jane Q. Doe”, “Anna van
der Berg” and “Doe, Jane”; everybody else is greeted by the whole name, which is never wrong. A library that parses
names (nameparser was looked at) always answers with something, also for a title alone, a family name that stands first
and an emoji; what it guesses cannot be told from what it knows.
"""

import re

# Two letters at least, perhaps with hyphens and apostrophes inside; in Latin script, where the first word is mostly the
# given name. An initial is none.
WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+(?:[-'’][A-Za-z\u00c0-\u024f\u1e00-\u1eff]+)*")
INITIAL = re.compile(r"[A-Z\u00c0-\u00de]\.?")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words("""
    assoc asst brother capt captain col dame dean doctor doc dr father fr frau herr hon judge lady lt madam maj major
    miss mister mr mrs ms mx nurse pastor prof professor rabbi rev reverend rn sgt sir sister sr
""")
# What stands before a family name: the word after the first name may be one of these.
PARTICLES = _words("da das de del della den der di dos du la le ten ter van vander von vom zu zum zur")
# What begins a given name of several words, or a family name.
OPENINGS = _words("abd abdel abdul abu al bin bint el ibn mac mc o saint san santa st ste umm")
# Family names that often stand first. People whose given name it is are greeted by the whole name too.
FAMILY_FIRST = _words("""
    bui chan chang chen cheng choi cho chung dang dinh do duong han hoang huang jang jiang jung kang kim lai lam lau lee
    leung li liang lim lin liu luo ngo nguyen park pham phan sato song sun suzuki tan tanaka tang tran vo vu wang wong
    wu xie xu yamamoto yang yoon yu zhang zhao zheng zhou zhu
""")
# What follows a comma or ends a name, and is no name.
AFTER_A_NAME = _words("""
    bsn cpa dds do dnp edd emeritus esq ii iii iv jd jr lcsw ma mba md mph ms msw pa phd pharmd rn sr
""")


def greeting_of(name: str) -> str:
    """Return the given name where it is certain, and `name` as it is where it is not."""
    family, comma, given = name.partition(", ")
    if comma:
        is_family = _is_family(family.split())
        return given if is_family and _is_given(given) and given.casefold() not in AFTER_A_NAME else name
    first, *others = name.split() or [""]
    if not others or not _is_given(first):
        return name
    middle, last = others[:-1], others[-1]
    between = all(INITIAL.fullmatch(word) for word in middle) or all(word in PARTICLES for word in middle)
    is_last = bool(WORD.fullmatch(last)) and len(last) > 1 and last.casefold() not in AFTER_A_NAME
    return first if between and is_last else name


def _is_given(word: str) -> bool:
    known = TITLES | PARTICLES | OPENINGS | FAMILY_FIRST
    return len(word) > 1 and bool(WORD.fullmatch(word)) and word.casefold() not in known


def _is_family(words: list[str]) -> bool:
    """Tell whether these are one family name: one word, with nothing but particles before it."""
    *before, last = words or [""]
    return bool(WORD.fullmatch(last)) and all(word.casefold() in PARTICLES for word in before)
