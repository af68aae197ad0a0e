"""Read a page as a person or a screen reader does: by role, label and text, never by searching its HTML.

`read(response)` makes a `Page`; `get(client, path)` and `post(client, path, data)` ask for one. A page, and each part
of it, gives the same readings:

- `page.text` is what can be read, on one line; `"..." in page.text` is the usual assertion.
- `page.everything` is what the page holds anywhere: hidden texts, every attribute, comments. What must not be
  in a page at all is asserted with `"..." not in page.everything`.
- `page.link("Register")` is the address of a link, `page.button("Register")` a button, `page.field("School email")` a
  field by its label with its value, errors and help, `page.form("Register").data` what a browser would send.
- `page.region("Past")` is the part below a heading, and `page.parts(selector)` the parts a CSS selector finds: for what
  has neither role nor label.

A reading that finds nothing, or more than one thing, raises LookupError with what there is.
"""

import re
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bs4 import BeautifulSoup, Comment, NavigableString, Tag
from bs4.element import CData, PreformattedString
from django.http import HttpResponse
from django.test import Client

BLANKS = re.compile(r"[ \t\r\n\f]+")
# Texts inside these run on; every other element stands apart from what is beside it.
INLINE = {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "em", "i", "kbd", "label", "mark", "q", "s", "small"}
INLINE |= {"span", "strong", "sub", "sup", "time", "u", "var", "wbr"}
UNSEEN = {"head", "script", "style", "template", "title"}
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
SECTIONS = ["section", "article", "aside", "nav", "main", "form", "fieldset", "details", "dialog"]
FIELDS, NO_FIELDS = ["input", "select", "textarea"], {"submit", "button", "image", "reset"}
BUTTONS = {"submit", "button", "image"}  # types of an input that is one
ERRORS = {"errorlist", "invalid-feedback"}


class Link(NamedTuple):
    """A link: what a screen reader calls it, and where it leads."""

    name: str
    address: str


class Button(NamedTuple):
    """A button: what it is called, what pressing it sends of its own, and the address of its form ("" for none)."""

    name: str
    sends: dict[str, str]
    action: str


@dataclass(frozen=True)
class Field:
    """A field of a form. `value` is what it would send: the chosen option's value, "" for a box that is not checked.

    Radio buttons, and boxes with one name, are one field; its label is that of the group, and `options` are the labels
    by value. A select has `options` too.
    """

    name: str
    label: str
    kind: str
    value: str
    values: list[str]
    options: dict[str, str]
    errors: list[str]
    help: str
    attributes: dict[str, str]


@dataclass(frozen=True)
class Form:
    """A form: where it goes, how, and what a browser would send of it, buttons left out (a name, its values)."""

    action: str
    method: str
    data: dict[str, list[str]]


@dataclass(frozen=True)
class Table:
    """A table: its columns, and each row as what stands below them (the texts), by column."""

    columns: list[str]
    rows: list[dict[str, str]] = field(default_factory=list)


class Part:
    """A part of a page: one element and what is in it."""

    def __init__(self, element: Tag):
        self._element = element

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.text[:200]!r}>"

    # ---- text ----

    @cached_property
    def text(self) -> str:
        """What can be read here, on one line, without what is hidden from everybody."""
        root = self._element
        return on_one_line("".join(_seen(root.find("body") or root)))

    @cached_property
    def everything(self) -> str:
        """All that is held here, seen or not: texts, elements with their attributes, comments; entities decoded."""
        elements = [self._element, *self._element.find_all(True)]
        return "\n".join([on_one_line("".join(_held(self._element))), *map(_with_attributes, elements)])

    def heading(self) -> str:
        """The first heading of the highest level there is."""
        for level in HEADINGS:
            if found := self._element.find(level):
                return Part(found).text
        raise LookupError("There is no heading.")

    def headings(self) -> list[str]:
        """Every heading, in order."""
        return [Part(one).text for one in self._element.find_all(HEADINGS)]

    # ---- links and buttons ----

    def links(self) -> list[Link]:
        """Every link, in order."""
        return [Link(self._name_of(one), str(one["href"])) for one in self._element.select("a[href]")]

    def link(self, name: str) -> str:
        """The address of the link with this name; several of that name must lead to one address."""
        return _only({one.address for one in self.links() if one.name == name}, "link", name, self.link_names)

    @property
    def link_names(self) -> list[str]:
        return [one.name for one in self.links()]

    @cached_property
    def addresses(self) -> list[str]:
        """Where the links lead, in order."""
        return [one.address for one in self.links()]

    def buttons(self) -> list[Button]:
        """Every button, in order."""
        return [self._button(one) for one in _buttons_in(self._element)]

    @property
    def button_names(self) -> list[str]:
        return [one.name for one in self.buttons()]

    def button(self, name: str) -> Button:
        """The button with this name."""
        found = [one for one in self.buttons() if one.name == name]
        if found and all(one == found[0] for one in found):
            return found[0]
        raise LookupError(f"{len(found)} buttons are named {name!r}; there are {self.button_names}.")

    # ---- forms ----

    @property
    def actions(self) -> list[str]:
        """Where the forms go, in order; "" for a form that goes to its own page."""
        return [str(one.get("action", "")) for one in self._element.find_all("form")]

    def form(self, button: str = "", *, id: str = "", action: str = "") -> Form:
        """The form with a button of this name, or with this id or action."""
        found = []
        for one in self._element.find_all("form"):
            names = [self._name_of(each) for each in _buttons_in(one)]
            if button in names if button else one.get("id") == id if id else one.get("action") == action:
                found.append(one)
        if len(found) != 1:
            raise LookupError(f"{len(found)} forms have {button or id or action!r}; they go to {self.actions}.")
        return _form(found[0])

    def forms(self) -> list[Form]:
        """Every form, in order."""
        return [_form(one) for one in self._element.find_all("form")]

    @cached_property
    def field_names(self) -> set[str]:
        """The names of all fields, hidden ones with them."""
        return {str(one["name"]) for one in _fields_in(self._element) if one.get("name")}

    def field(self, label: str = "", *, name: str = "") -> Field:
        """The field with this label, or this name."""
        fields = self.fields()
        found = [one for one in fields if (one.name == name if name else one.label == label)]
        if found and all(one == found[0] for one in found):
            return found[0]
        there = [one.name if name else one.label for one in fields]
        raise LookupError(f"{len(found)} fields are called {name or label!r}; there are {there}.")

    def fields(self) -> list[Field]:
        """Every field, in order; those of one name in one form are one field if they are boxes or radio buttons."""
        return list(self._fields)

    @cached_property
    def _fields(self) -> list[Field]:
        groups: dict[tuple, list[Tag]] = {}
        for number, one in enumerate(_fields_in(self._element)):
            choice = one.get("type") in ("radio", "checkbox")
            key = (id(one.find_parent("form")), one.get("name")) if choice else (number,)
            groups.setdefault(key, []).append(one)
        return [self._field(elements) for elements in groups.values()]

    # ---- regions and tables ----

    def region(self, name: str) -> "Part":
        """The part called so: by its aria-label, or by its heading, down to the next heading of that level."""
        named = [one for one in self._element.find_all(True) if one.get("aria-label") == name and one.name in SECTIONS]
        if named:
            return Part(named[0])
        found = [one for one in self._element.find_all(HEADINGS + ["legend", "summary"]) if Part(one).text == name]
        if len(found) != 1:
            raise LookupError(f"{len(found)} headings say {name!r}; there are {self.headings()}.")
        heading = found[0]
        around = heading.find_parent(SECTIONS)
        if around and around.name != "main" and around.find([*HEADINGS, "legend", "summary"]) is heading:
            return Part(around)
        below = BeautifulSoup("<div></div>", "html.parser").div
        below.append(copy(heading))
        for sibling in heading.next_siblings:
            if isinstance(sibling, Tag) and sibling.name in HEADINGS and sibling.name <= heading.name:
                break
            below.append(copy(sibling))
        return Part(below)

    def table(self, name: str = "") -> Table:
        """The table with this caption or aria-label, or the only table."""
        tables = self._element.find_all("table")
        found = [one for one in tables if not name or name in (self._caption(one), one.get("aria-label"))]
        if len(found) != 1:
            names = [self._caption(one) for one in tables]
            raise LookupError(f"{len(found)} tables are called {name!r}; there are {names}.")
        rows = [[Part(cell).text for cell in row.find_all(["th", "td"])] for row in found[0].find_all("tr")]
        columns = rows[0] if rows else []
        return Table(columns, [dict(zip(columns, row, strict=False)) for row in rows[1:]])

    def parts(self, selector: str) -> list["Part"]:
        """Every part that a CSS selector finds, in order."""
        return [Part(one) for one in self._element.select(selector)]

    def part(self, selector: str) -> "Part":
        """The one part that a CSS selector finds."""
        found = self.parts(selector)
        if len(found) != 1:
            raise LookupError(f"{len(found)} parts are {selector!r}.")
        return found[0]

    def attribute(self, name: str) -> str | None:
        """The value of an attribute of the part itself; None if it has none."""
        value = self._element.get(name)
        return " ".join(value) if isinstance(value, list) else value

    # ---- what a browser would run ----

    @cached_property
    def inline_code(self) -> list[str]:
        """What a browser would run or style by from the page itself: scripts, handlers, `javascript:`, styles."""
        scripts = [
            one.get_text() for one in self._element.find_all("script") if not one.get("src") and _runs(one.get("type"))
        ]
        styles = [one.get_text() for one in self._element.find_all("style")]
        values = [
            f"{name}={value}"
            for one in self._element.find_all(True)
            for name, value in one.attrs.items()
            if name == "style"
            or name.startswith("on")
            or (isinstance(value, str) and value.strip().lower().startswith(("javascript:", "data:text")))
        ]
        return scripts + styles + values

    # ---- how the readings are made ----

    def _root(self) -> Tag:
        return [self._element, *self._element.parents][-1]

    @cached_property
    def _named(self) -> tuple[dict[str, Tag], dict[str, list[Tag]]]:
        """The elements of the whole page by id, and its labels by the id they are for: looked up once, asked often."""
        by_id: dict[str, Tag] = {}
        labels: dict[str, list[Tag]] = {}
        for one in self._root().find_all(True):
            if name := one.get("id"):
                by_id.setdefault(str(name), one)
            if one.name == "label" and (name := one.get("for")):
                labels.setdefault(str(name), []).append(one)
        return by_id, labels

    def _by_id(self, ids: str | None) -> list[Tag]:
        by_id, _ = self._named if ids else ({}, {})
        return [by_id[one] for one in (ids or "").split() if one in by_id]

    def _name_of(self, element: Tag) -> str:
        """What a screen reader calls it."""
        if label := element.get("aria-label"):
            return str(label)
        if element.name == "input":
            return str(element.get("value", ""))
        pictures = " ".join(str(one.get("alt", "")) for one in element.find_all("img"))
        return on_one_line(f"{Part(element).text} {pictures}")

    def _button(self, element: Tag) -> Button:
        # A button may stand outside its form, and name it.
        named = self._by_id(element.get("form"))
        form = named[0] if named else element.find_parent("form")
        sends = {str(element["name"]): str(element.get("value", ""))} if element.get("name") else {}
        action = element.get("formaction") or (form.get("action", "") if form else "")
        return Button(self._name_of(element), sends, str(action))

    def _label_of(self, element: Tag) -> str:
        if label := element.get("aria-label"):
            return str(label)
        names = self._by_id(element.get("aria-labelledby"))
        if not names and element.get("id"):
            names = self._named[1].get(str(element["id"]), [])
        if not names:
            names = [one for one in [element.find_parent("label")] if one]
        return on_one_line(" ".join(Part(one).text for one in names)).rstrip("*: ")

    def _field(self, elements: list[Tag]) -> Field:
        first = elements[0]
        kind = str(first.get("type", "text")) if first.name == "input" else first.name
        grouped = kind == "radio" or (kind == "checkbox" and len(elements) > 1)
        around = first.find_parent(["fieldset"]) if grouped else None
        legend = around.find("legend") if around else None
        label = Part(legend).text.rstrip("*: ") if legend else self._label_of(first)
        options = {}
        if grouped:
            options = {str(one.get("value", "on")): self._label_of(one) for one in elements}
        elif kind == "select":
            options = {_value(one): Part(one).text for one in first.find_all("option")}
        values = [value for one in elements for value in _values(one)]
        around_or_first = [around] if around else []
        described = [each for one in [*around_or_first, *elements] for each in self._by_id(one.get("aria-describedby"))]
        described += [each for one in elements for each in self._by_id(one.get("aria-errormessage"))]
        described += [each for one in around_or_first for each in one.select(".invalid-feedback")]
        unique = {id(one): one for one in described}.values()
        wrong = [one for one in unique if ERRORS & set(one.get("class", []))]
        errors = [Part(each).text for one in wrong for each in (one.find_all("li") or [one])]
        helps = " ".join(Part(one).text for one in unique if not ERRORS & set(one.get("class", [])))
        attributes = {
            name: " ".join(value) if isinstance(value, list) else value for name, value in first.attrs.items()
        }
        name = str(first.get("name", ""))
        return Field(name, label, kind, values[0] if values else "", values, options, errors, helps, attributes)

    def _caption(self, table: Tag) -> str:
        return Part(table.caption).text if table.caption else ""


class Page(Part):
    """A whole page, or the fragment that htmx gets, with the status it was answered with."""

    def __init__(self, html: str, status: int = 200):
        self.status = status
        self.source = html  # for what may stand nowhere in it, addresses and attributes included
        self._soup = BeautifulSoup(html, "html.parser")
        super().__init__(self._soup)

    @property
    def title(self) -> str:
        """The title of the window."""
        return Part(self._soup.title).text if self._soup.title else ""

    @property
    def is_whole(self) -> bool:
        """Whether this is a whole page and no fragment."""
        return self._soup.html is not None

    @property
    def appearance(self) -> str | None:
        """The appearance that the server wrote into the page, light or dark; None if the device decides."""
        return self._soup.html.get("data-bs-theme") if self._soup.html else None

    @property
    def messages(self) -> list[str]:
        """The notices on top: what the last press came to."""
        return [part.text for part in self.parts(".q-notices > [role], ul.messagelist > li")]


def read(response: HttpResponse | str) -> Page:
    """Read an answer, or HTML, as a page. Raises AssertionError if the answer is none (a file, JSON, plain text)."""
    if isinstance(response, str):
        return Page(response)
    kind = response.get("Content-Type", "")
    assert kind.startswith("text/html"), f"This is no page but {kind}."
    return Page(response.content.decode(response.charset), response.status_code)


def get(client: Client, path: str, data: dict | None = None, **more) -> Page:
    """GET a page."""
    return read(client.get(path, data, **more))


def post(client: Client, path: str, data: dict | None = None, **more) -> Page:
    """POST, and read the page that answers."""
    return read(client.post(path, data, **more))


def on_one_line(text: str) -> str:
    """Return the text with each run of blanks (as HTML has them: no-break spaces are none) as one space."""
    return BLANKS.sub(" ", text).strip()


def _fields_in(element: Tag) -> list[Tag]:
    return [one for one in element.find_all(FIELDS) if one.name != "input" or one.get("type") not in NO_FIELDS]


def _buttons_in(element: Tag) -> list[Tag]:
    return element.find_all(_is_button)


def _is_button(one: Tag) -> bool:
    return one.name == "button" or one.get("role") == "button" or (one.name == "input" and one.get("type") in BUTTONS)


def _seen(element: Tag) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, Tag):
            if child.name in UNSEEN or child.has_attr("hidden"):
                continue
            apart = "" if child.name in INLINE else " "
            yield apart
            if child.name == "input" and child.get("type") in ("submit", "button", "reset"):
                yield str(child.get("value", ""))
            yield from _seen(child)
            yield apart
        elif isinstance(child, CData) or not isinstance(child, PreformattedString):
            yield str(child)


def _held(element: Tag) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, Tag):
            apart = "" if child.name in INLINE else " "
            yield apart
            yield from _held(child)
            yield apart
        elif isinstance(child, Comment):
            yield f" {child} "
        elif isinstance(child, NavigableString):
            yield str(child)


def _with_attributes(element: Tag) -> str:
    values = ((name, " ".join(value) if isinstance(value, list) else value) for name, value in element.attrs.items())
    return "<" + " ".join([element.name, *(f'{name}="{value}"' for name, value in values)]) + ">"


def _only(found: Iterable[str], what: str, name: str, there: list[str]) -> str:
    found = list(found)
    if len(found) != 1:
        raise LookupError(f"{len(found)} {what}s are named {name!r}; there are {there}.")
    return found[0]


def _runs(kind: str | None) -> bool:
    return kind in (None, "", "module") or "javascript" in str(kind)


def _value(option: Tag) -> str:
    return str(option["value"]) if option.has_attr("value") else Part(option).text


def _values(element: Tag) -> list[str]:
    """Return what a browser would send of one element, were it not disabled."""
    if element.name == "select":
        chosen = [_value(one) for one in element.find_all("option") if one.has_attr("selected")]
        options = element.find_all("option")
        return chosen or ([_value(options[0])] if options and not element.has_attr("multiple") else [])
    if element.name == "textarea":
        # A browser drops the line break that follows the tag.
        return [re.sub(r"\A\r?\n", "", element.get_text())]
    kind = element.get("type")
    if kind in ("radio", "checkbox") and not element.has_attr("checked"):
        return []
    return [str(element.get("value", "on" if kind in ("radio", "checkbox") else ""))]


def _form(element: Tag) -> Form:
    return Form(str(element.get("action", "")), str(element.get("method", "get")).lower(), _sent(element))


def _sent(form: Tag) -> dict[str, list[str]]:
    data: dict[str, list[str]] = {}
    for element in _fields_in(form):
        if element.get("name") and not element.has_attr("disabled") and (values := _values(element)):
            data.setdefault(str(element["name"]), []).extend(values)
    return data
