"""Compare names of people as programs for meetings show them with names as people gave them here.

Two names are one where only case, accents, hyphens, titles, credentials, pronouns or a middle initial differ, or where
one has the last name first: “Lindqvist, Rosa (she/her)” is “Rosa Lindqvist”, and “Dr. José M. Peñalosa, MD” is “Jose
Penalosa”.
"""

import re
import unicodedata

BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）")
OF_ORGANIZATION = re.compile(r"\s+[-–—|/@]\s+.*$")
APOSTROPHES = re.compile(r"['’ʼ`´]")
NO_LETTER = re.compile(r"[\W_]+")
SHORTENED = re.compile(r"\b(\w{1,2})\.(?=\w\b)")
PRONOUN = r"(?:she|her|hers|he|him|his|they|them|theirs|ze|zir|xe|xem|any|ella|el|elle|iel)"
PRONOUNS = re.compile(rf"\s*{PRONOUN}(?:\s*[/,]\s*{PRONOUN})+\s*$", re.IGNORECASE)
TITLES = {"dr", "prof", "professor", "mr", "mrs", "ms", "mx", "miss", "rev", "sir", "dean"}
# These are names too.
LIKE_NAMES = {"do", "ma", "ba", "pa", "pt", "ot", "med"}
# fmt: off
CREDENTIALS = LIKE_NAMES | {
    "md", "phd", "mph", "ms", "msc", "mba", "mhs", "mpp", "edd", "edm", "jd", "dds", "dmd", "pharmd", "rph", "dnp",
    "rn", "np", "bsn", "msn", "crna", "aprn", "pac", "dpt", "otr", "psyd", "lcsw", "lmsw", "licsw", "msw", "lpc",
    "bs", "bsc", "facp", "faap", "facs", "facog", "mbbs", "mbchb", "frcp", "ccc", "slp", "esq",
}
# fmt: on
# Father and son have one name but for this, so it stays.
GENERATION = re.compile(r",\s*(jr|sr|ii|iii|iv)\b", re.IGNORECASE)
# Letters that have no accent to take off, and are written otherwise where a keyboard lacks them.
OTHERWISE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def name_key(name: str) -> str:
    """Return what all ways of writing one name share; "" for what holds no name."""
    bare = GENERATION.sub(r" \1", PRONOUNS.sub("", OF_ORGANIZATION.sub("", BRACKETS.sub(" ", name))))
    parts = [_words(part) for part in bare.split(",")]
    parts = [part for number, part in enumerate(parts) if part and not (number and _are_credentials(part, parts[0]))]
    if not parts:
        return ""
    # “Last, First”.
    words = [*parts[1], *parts[0]] if len(parts) == 2 else [word for part in parts for word in part]
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    while len(words) > 2 and words[-1] in CREDENTIALS - LIKE_NAMES:
        words = words[:-1]
    middle = [word for word in words[1:-1] if len(word) > 1]
    return " ".join([words[0], *middle, words[-1]] if len(words) > 1 else words)


def _are_credentials(words: list[str], before: list[str]) -> bool:
    """Tell whether what stands behind a comma are credentials: “Linh Tran, MA”, not “Tran, Ma”."""
    return CREDENTIALS.issuperset(words) and not (len(before) == 1 and LIKE_NAMES.issuperset(words))


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(OTHERWISE)
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return NO_LETTER.sub(" ", SHORTENED.sub(r"\1", APOSTROPHES.sub("", letters))).split()
