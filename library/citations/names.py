"""The names of authors, as they are typed and as CSL has them."""

import re

# “LK” for given names is two initials. Who is called “Al” writes it so.
INITIALS = re.compile(r"[^\W\d_]{2,4}")


def names_of(authors: str) -> list[dict[str, str]]:
    """Return the authors, one a line, as CSL's names: family and given, or one literal name where there is no comma."""
    return [_name(line) for line in authors.splitlines() if line.strip(" ,")]


def _name(line: str) -> dict[str, str]:
    family, comma, given = (part.strip() for part in line.partition(","))
    if not comma or not family or not given:
        return {"literal": family or given}
    if INITIALS.fullmatch(given) and given.isupper():
        given = " ".join(f"{letter}." for letter in given)
    return {"family": family, "given": given}
