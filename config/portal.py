"""What makes a setting of the portal itself wrong: whose it is, how it looks, whom it serves, what it keeps."""

import holidays

from config.rules import Problem, Rule, is_address, mailbox, one_line, whole_number
from foundation.portal import brand
from foundation.portal import logo as logos
from foundation.portal.reader import Posture
from foundation.values.zones import zone_names


def time_zone_problem(value: str, debug: bool) -> str:
    return "" if value in zone_names() else f"TIME_ZONE is {value!r}, not a time zone."


def domains_problem(value: str, debug: bool) -> str:
    domains = [domain.strip() for domain in value.split(",") if domain.strip()]
    if not domains:
        return "SIGNUP_EMAIL_DOMAINS is empty, so nobody new could sign in."
    wrong = next((domain for domain in domains if not is_address(f"name@{domain}")), None)
    return f"SIGNUP_EMAIL_DOMAINS holds {wrong!r}, not a domain." if wrong else ""


def color(name: str) -> Problem:
    """Return the rule for a color of the office's own."""
    return lambda value, debug: brand.problem_with(name, value)


def logo(name: str) -> Problem:
    """Return the rule for the file of a logo."""
    return lambda value, debug: logos.problem_with(name, value)


def catalog_problem(value: str, debug: bool) -> str:
    return "" if value in Posture.values else f"CATALOG is {value!r}, and a catalog is public, signed-in or link."


def holidays_problem(value: str, debug: bool) -> str:
    country, _, part = value.strip().partition("-")
    try:
        if country:
            holidays.country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        return f"HOLIDAYS is {value!r}, which is no place whose holidays are known."
    return ""


def month_of_a_year(name: str) -> Problem:
    """Return the rule for the number of a month."""

    def problem(value: str, debug: bool) -> str:
        good = value.isascii() and value.isdecimal() and len(value) < 3 and 1 <= int(value) <= 12
        return "" if good else f"{name} is {value!r}, and a month is a number from 1 to 12."

    return problem


RULES: list[Rule] = [
    Rule(
        "E007",
        "OFFICE_EMAIL",
        mailbox("OFFICE_EMAIL"),
        "The address every message and invitation comes from, for example training@example.edu.",
        required=True,
    ),
    Rule("E077", "PRODUCT_NAME", one_line("PRODUCT_NAME"), "What the portal is called here, as people should read it."),
    Rule("E078", "COLOR", color("COLOR"), "# and six hexadecimal digits, for light pages and mail; left out, pine."),
    Rule("E079", "COLOR_ON_DARK", color("COLOR_ON_DARK"), "The same for dark pages: a lighter one."),
    Rule("E080", "LOGO", logo("LOGO"), "An SVG or PNG file of at most 100 kB, at most eight times as wide as high."),
    Rule(
        "E081", "LOGO_ON_DARK", logo("LOGO_ON_DARK"), "The same for dark pages; without it LOGO stands on white there."
    ),
    Rule("E008", "OFFICE_NAME", one_line("OFFICE_NAME"), "The office's name, as people should read it.", required=True),
    Rule(
        "E009",
        "INSTITUTION_NAME",
        one_line("INSTITUTION_NAME"),
        "The institution's name, as people should read it.",
        required=True,
    ),
    Rule("E010", "TIME_ZONE", time_zone_problem, "A name of the tz database, for example America/Chicago."),
    Rule(
        "E011",
        "SIGNUP_EMAIL_DOMAINS",
        domains_problem,
        "The domains people may sign in from, with commas between them: example.edu,med.example.edu.",
        required=True,
    ),
    Rule(
        "E034",
        "HOLIDAYS",
        holidays_problem,
        "A country or a part of one by ISO 3166, whose public holidays the office is reminded of: US, US-MN, CA-ON.",
    ),
    Rule(
        "E076",
        "CATALOG",
        catalog_problem,
        "public: everybody finds the sessions; signed-in: people who have signed in; link: people with a link.",
    ),
    Rule(
        "E021",
        "DECLINE_UNDO_MINUTES",
        whole_number("DECLINE_UNDO_MINUTES"),
        "Minutes between a decline in a calendar and the loss of the place, for example 30.",
    ),
    Rule(
        "E040",
        "ACADEMIC_YEAR_MONTH",
        month_of_a_year("ACADEMIC_YEAR_MONTH"),
        "The month an academic year begins with, for example 7.",
    ),
    Rule(
        "E075",
        "DIRECTORY_MAY_LOSE",
        whole_number("DIRECTORY_MAY_LOSE", least=0, most=100),
        "Percent of the people of the directory who may be missing in the next one, for example 10.",
    ),
    Rule(
        "E041",
        "ATTENDANCE_YEARS",
        whole_number("ATTENDANCE_YEARS", least=1, most=100),
        "Years after which it is forgotten who was at a session, for example 3.",
    ),
    Rule(
        "E042",
        "CREDIT_YEARS",
        whole_number("CREDIT_YEARS", least=1, most=100),
        "Years for which credit and what it rests on are kept, for example 6.",
    ),
    Rule(
        "E043",
        "MAIL_DAYS",
        whole_number("MAIL_DAYS", least=4, most=3650),
        "Days after which the words of mail are erased, for example 30. Delivery is tried for three days.",
    ),
    Rule(
        "E044",
        "WAITLIST_DAYS",
        whole_number("WAITLIST_DAYS", least=1, most=3650),
        "Days after a session for which it is kept who waited or withdrew, for example 180.",
    ),
    Rule(
        "E045",
        "REQUEST_DAYS",
        whole_number("REQUEST_DAYS", least=1, most=3650),
        "Days for which a request for a session is kept once it has ended, for example 365.",
    ),
    Rule(
        "E046",
        "AUDIT_YEARS",
        whole_number("AUDIT_YEARS", least=1, most=100),
        "Years for which it is kept who changed what, for example 3.",
    ),
    Rule(
        "E047",
        "IDLE_YEARS",
        whole_number("IDLE_YEARS", least=1, most=100),
        "Years after which an account that nobody uses is erased, for example 3.",
    ),
    Rule(
        "E031",
        "OFFICE_IDLE_HOURS",
        whole_number("OFFICE_IDLE_HOURS", least=1),
        "Hours after which a person of the office who has used nothing signs in again, for example 12.",
    ),
    Rule(
        "E033",
        "ACCOUNT_RETURN_EMAIL",
        mailbox("ACCOUNT_RETURN_EMAIL"),
        "The mailbox that undeliverable sign-in codes go back to, one that few people read, or leave it out.",
    ),
]
