"""What makes a setting of the school's sign-in wrong, and how the tables among them are read: docs/sign-in.md.

`together` holds what several must agree on.
"""

import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

from config.rules import FALSE_WORDS, LOOPBACK, TRUE_WORDS, Problem, Rule, readable_file

USUAL_ROLES = "resident=resident,fellow=resident,faculty=faculty,staff=staff,employee=staff,student=student"
ROLES = ("faculty", "staff", "resident", "student", "other")
FIELDS = ("identifier", "address", "name", "role", "unit", "campus")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def pairs(text: str) -> list[tuple[str, str]]:
    """Return “faculty=faculty,employee=staff” as pairs, in its order; the left of each in lower case."""
    found = [part.partition("=")[::2] for part in text.split(",") if part.strip()]
    return [(left.strip().lower(), right.strip()) for left, right in found]


def names_by_field(text: str) -> dict[str, list[str]]:
    """Return “unit=ou,unit=department,campus=l” as the names of attributes by field of ours, in its order."""
    names: dict[str, list[str]] = {}
    for field, name in pairs(text):
        names.setdefault(field, []).append(name)
    return names


# ---- one variable each ----


def on_or_off(name: str) -> Problem:
    def problem(value: str, debug: bool) -> str:
        good = value.strip().lower() in TRUE_WORDS | FALSE_WORDS
        return "" if good else f"{name} is {value!r}, neither on nor off."

    return problem


def words(name: str) -> Problem:
    """Return the rule for a value that is one line and not empty. The sentence does not repeat it: some are secret."""

    def problem(value: str, debug: bool) -> str:
        good = value.strip() and value.isprintable()
        return "" if good else f"{name} must be one line, without control characters."

    return problem


def openid_url_problem(value: str, debug: bool) -> str:
    if not value.strip():
        return ""
    if "/.well-known/" in value:
        return "OPENID_URL is the address of the provider’s configuration, not of the provider."
    return _https_problem("OPENID_URL", value)


def _https_problem(name: str, value: str) -> str:
    try:
        url = urlsplit(value.strip())
        good = bool(url.scheme in ("http", "https") and url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        good = False
    if not good or url.query or url.fragment or url.username or "*" in value:
        return f"{name} is not the address of a provider."
    if url.scheme == "http" and url.hostname not in LOOPBACK:
        return f"{name} must be https: the server that answers there decides who is signed in."
    return ""


def scopes_problem(value: str, debug: bool) -> str:
    names = value.split()
    if any(not re.fullmatch(r"[!#-\[\]-~]+", name) for name in names):  # RFC 6749 section 3.3
        return "OPENID_SCOPES holds what is no scope."
    return "" if "openid" in names else "OPENID_SCOPES does not hold openid."


def vouches_for_problem(value: str, debug: bool) -> str:
    domains = [domain.strip().lower() for domain in value.split(",") if domain.strip()]
    ascii_of = {domain: domain.encode("idna").decode() if _is_idna(domain) else domain for domain in domains}
    wrong = next((domain for domain, plain in ascii_of.items() if not DOMAIN.fullmatch(plain)), None)
    return f"SCHOOL_VOUCHES_FOR holds {wrong!r}, not a domain." if wrong else ""


def _is_idna(domain: str) -> bool:
    try:
        domain.encode("idna")
    except UnicodeError:
        return False
    return True


def attributes_problem(value: str, debug: bool) -> str:
    wrong = next((left for left, _ in pairs(value) if left not in FIELDS), None)
    if wrong is not None:
        return f"SCHOOL_ATTRIBUTES names {wrong!r}, which is none of {', '.join(FIELDS)}."
    empty = next((left for left, right in pairs(value) if not right or not right.isprintable()), None)
    return f"SCHOOL_ATTRIBUTES does not say from which attribute {empty} comes." if empty else ""


def roles_problem(value: str, debug: bool) -> str:
    if not pairs(value):
        return "SCHOOL_ROLES is empty, so everybody would have left the school."
    wrong = next((right for left, right in pairs(value) if right not in ROLES or not left), None)
    return "" if wrong is None else f"SCHOOL_ROLES names {wrong!r}, which is none of {', '.join(ROLES)}."


def left_problem(value: str, debug: bool) -> str:
    return "" if value in ("other", "refuse") else f"SCHOOL_LEFT is {value!r}, neither other nor refuse."


def proofs_problem(value: str, debug: bool) -> str:
    return "" if value.isascii() and value.isprintable() else "SCHOOL_SECOND_FACTOR holds what no provider sends."


def metadata_problem(value: str, debug: bool) -> str:
    if not value.strip():
        return ""
    if "://" in value:
        return _https_problem("SAML_METADATA", value)
    if sentence := readable_file("SAML_METADATA")(value, debug):
        return sentence
    try:
        root = ElementTree.fromstring(Path(value.strip()).read_bytes())
    except ElementTree.ParseError:
        return f"SAML_METADATA names {value!r}, which is no XML."
    found = root.iter("{urn:oasis:names:tc:SAML:2.0:metadata}IDPSSODescriptor")
    return (
        "" if next(found, None) is not None else f"SAML_METADATA names {value!r}, which describes no identity provider."
    )


RULES: list[Rule] = [
    Rule(
        "E050",
        "SIGN_IN_BY_CODE",
        on_or_off("SIGN_IN_BY_CODE"),
        "on: guests sign in by a code that is mailed; off: nobody.",
    ),
    Rule(
        "E051", "OPENID_URL", openid_url_problem, "What the provider calls itself (issuer): https://login.example.edu."
    ),
    Rule("E052", "OPENID_CLIENT_ID", words("OPENID_CLIENT_ID"), "As the provider calls this site."),
    Rule("E053", "OPENID_CLIENT_SECRET", words("OPENID_CLIENT_SECRET"), "The secret that the provider gave this site."),
    Rule("E054", "OPENID_NAME", words("OPENID_NAME"), "What its button says after “Sign in with”: Example School."),
    Rule("E055", "OPENID_SCOPES", scopes_problem, "With blanks between them: openid profile email."),
    Rule("E056", "SAML_METADATA", metadata_problem, "The file with the provider’s metadata, or its address (https)."),
    Rule(
        "E057", "SAML_ENTITY_ID", words("SAML_ENTITY_ID"), "Which provider of several in the metadata, or leave it out."
    ),
    Rule("E058", "SAML_NAME", words("SAML_NAME"), "What its button says after “Sign in with”: Example School."),
    Rule("E059", "SAML_CERTIFICATE", readable_file("SAML_CERTIFICATE"), "A file in PEM: the certificate of SAML_KEY."),
    Rule("E060", "SAML_KEY", readable_file("SAML_KEY"), "A file in PEM that only the portal’s processes can read."),
    Rule(
        "E061",
        "SCHOOL_VOUCHES_FOR",
        vouches_for_problem,
        "Domains with commas between them: example.edu,med.example.edu.",
    ),
    Rule(
        "E062", "SCHOOL_ATTRIBUTES", attributes_problem, "For example unit=departmentName,campus=site; docs/sign-in.md."
    ),
    Rule("E063", "SCHOOL_ROLES", roles_problem, f"Affiliation=role, the first that fits counts: {USUAL_ROLES}."),
    Rule(
        "E064", "SCHOOL_LEFT", left_problem, "other: people who left sign in with the role Other; refuse: they do not."
    ),
    Rule("E065", "SCHOOL_NEW_UNITS", on_or_off("SCHOOL_NEW_UNITS"), "off: units nobody knows wait for the office."),
    Rule("E066", "SCHOOL_SECOND_FACTOR", proofs_problem, "With blanks between them: https://refeds.org/profile/mfa."),
]


# ---- several together ----


def together(environ: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return a sentence, a hint and an id for each thing on which the variables do not agree."""
    given = {name: value.strip() for name, value in environ.items()}
    openid, saml = bool(given.get("OPENID_URL")), bool(given.get("SAML_METADATA"))
    by_code = given.get("SIGN_IN_BY_CODE", "on").lower() in TRUE_WORDS
    rows = [
        (
            openid and not (given.get("OPENID_CLIENT_ID") and given.get("OPENID_CLIENT_SECRET")),
            "OPENID_URL is set without OPENID_CLIENT_ID and OPENID_CLIENT_SECRET.",
            "Register this site with the provider, which gives you both; docs/sign-in.md.",
            "E070",
        ),
        (
            not by_code and not openid and not saml,
            "SIGN_IN_BY_CODE is off, and there is neither OPENID_URL nor SAML_METADATA: nobody could sign in.",
            "Set up the school’s sign-in, or leave SIGN_IN_BY_CODE out.",
            "E071",
        ),
        (
            saml and importlib.util.find_spec("onelogin") is None,
            "SAML_METADATA is set, and what speaks SAML is not installed.",
            "Install it with: pip install --require-hashes -r requirements-saml.txt.",
            "E072",
        ),
        (
            saml and not given.get("SCHOOL_VOUCHES_FOR"),
            "SAML_METADATA is set without SCHOOL_VOUCHES_FOR: SAML cannot say that an address is verified.",
            "Name the domains for whose addresses the provider answers, for example example.edu.",
            "E073",
        ),
        (
            bool(given.get("SAML_KEY")) != bool(given.get("SAML_CERTIFICATE")),
            "SAML_KEY and SAML_CERTIFICATE are of no use without each other.",
            "Set both, so that assertions can be encrypted, or neither.",
            "E074",
        ),
    ]
    return [(sentence, hint, id) for true, sentence, hint, id in rows if true]
