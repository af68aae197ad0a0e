"""What keeps a person from a session, with the way forward: plain for mail and records, with links for pages."""

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from catalog.models import Workshop


class Sentence(str):
    """A sentence as mail and records have it; `linked` is the same one with the links that pages have."""

    linked: SafeString


NOTHING = Sentence()
NOTHING.linked = SafeString()

ROLE = "This workshop is for {roles}. If that is you, correct {profile}your role in your profile{end}."
CAMPUS = "This session is for people at {campus}. If that is you, set {profile}your campus in your profile{end}."
OFF = "This account cannot register. {office}Write to the office{end}."
# What comes before it can be registered for.
ONE = (
    "This workshop comes after {title}. Register for {dates}an earlier date of it{end} first, "
    "or {office}write to the office{end} if you have taken it elsewhere."
)
EACH = (
    "This workshop comes after {titles}. Register for an earlier date of each of them first, "
    "or {office}write to the office{end} if you have taken them elsewhere."
)
# It cannot.
ONE_WITHOUT_DATE = (
    "This workshop comes after {title}, which has no earlier date you can register for. "
    "We can {told}tell you when it has one{end}, "
    "or {office}write to the office{end} if you have taken it elsewhere."
)
ONE_NOT_OFFERED = (
    "This workshop comes after {title}, which is not offered now. "
    "{office}Write to the office{end} if you have taken it elsewhere."
)
SOME_WITHOUT_DATE = (
    "This workshop comes after {titles}. There is no earlier date of {undated} you can register for. "
    "{office}Write to the office{end} if you have taken them elsewhere."
)
# Only people who were there may register.
WAS_THERE = (
    "This workshop is only for people who were at a session of {title}, and attendance does not say that of you. "
    "If you were there, or have taken it elsewhere, {office}write to the office{end}."
)
WAS_AT_EACH = (
    "This workshop is only for people who were at a session of each of these: {titles}. Attendance does not say that "
    "of you. If you were there, or have taken them elsewhere, {office}write to the office{end}."
)
# Where it is not looked at whether it can be.
FIRST = (
    "This comes after {titles}: look for a date of it that is earlier, "
    "or {office}write to the office{end} if you have taken it elsewhere."
)


def say(literal: str, links: Mapping[str, str], **places: str) -> Sentence:
    """Return `literal` with its places filled in; what stands between {name} and {end} leads where `links` say."""
    sentence = Sentence(literal.format(end="", **dict.fromkeys(links, ""), **places))
    tags = {name: format_html('<a href="{}">', url) for name, url in links.items()}
    linked = {name: getattr(value, "linked", value) for name, value in places.items()}
    sentence.linked = format_html(literal, end=mark_safe("</a>"), **tags, **linked)
    return sentence


def for_roles(workshop: Workshop) -> Sentence:
    """Say whom `workshop` is for."""
    return say(ROLE, {"profile": reverse("profile")}, roles=workshop.audience_words.lower())


def for_campus(campus: str) -> Sentence:
    """Say at which campus people are whom a session is for."""
    return say(CAMPUS, {"profile": reverse("profile")}, campus=campus)


def switched_off() -> Sentence:
    return say(OFF, _office())


def comes_after(missing: list[Workshop], dated: set[Workshop]) -> Sentence:
    """Say what comes first, of which the person can register for an earlier date of those that are `dated`."""
    undated = [workshop for workshop in missing if workshop not in dated]
    if len(missing) == 1:
        (only,) = missing
        if dated:
            return say(ONE, {"dates": only.get_absolute_url(), **_office()}, title=str(only))
        if only.is_published:
            told = reverse("interested", args=[only.slug])
            return say(ONE_WITHOUT_DATE, {"told": told, **_office()}, title=str(only))
        return say(ONE_NOT_OFFERED, _office(), title=str(only))
    if not undated:
        return say(EACH, _office(), titles=_titles(missing))
    return say(SOME_WITHOUT_DATE, _office(), titles=_titles(missing), undated=" and ".join(map(str, undated)))


def was_there(missing: list[Workshop]) -> Sentence:
    """Say that it is only for people who were at a session of each of `missing`."""
    if len(missing) == 1:
        return say(WAS_THERE, _office(), title=_titles(missing))
    return say(WAS_AT_EACH, _office(), titles=_titles(missing))


def comes_first(missing: list[Workshop]) -> Sentence:
    """Say what comes before a date, without looking at the dates it has."""
    return say(FIRST, _office(), titles=_titles(missing))


def on_a_page(problem: Exception) -> str:
    """Return what `problem` says, with its links where it has some."""
    said = problem.args[0] if problem.args else ""
    return said.linked if isinstance(said, Sentence) else str(problem)


def _office() -> dict[str, str]:
    return {"office": f"mailto:{settings.OFFICE_EMAIL}"}


def _titles(workshops: list[Workshop]) -> Sentence:
    """“Pt. 1 and Pt. 2”, each a link to its page if it has one."""
    sentence = Sentence(" and ".join(map(str, workshops)))
    links = (
        format_html('<a href="{}">{}</a>', workshop.get_absolute_url(), workshop) if workshop.is_published else workshop
        for workshop in workshops
    )
    sentence.linked = format_html_join(" and ", "{}", ((link,) for link in links))
    return sentence
