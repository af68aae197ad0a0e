"""Send hostile input to every page, form, parameter and header that a crawl of the portal finds (G15).

`attack(count, seed)` is the whole promise: no input gives a 5xx, and what was typed is still there when a form comes
back. Every input is sent inside a transaction that is rolled back, so that each stands by itself and can be repeated
from its seed and number.
"""

import random
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, URLPattern, get_resolver, resolve

from devtools.testing.hostile import some_body, some_headers, some_query, some_value
from devtools.testing.page import Field, Form, Page, Part, on_one_line, read

EACH_ROUTE = 2  # pages of one URL pattern, by different objects
TYPED = {"text", "email", "search", "url", "tel", "number", "date", "time", "datetime-local", "textarea"}
# Parameters that no link names; those of links and the fields of every model are tried too.
PARAMETERS = ["page", "next", "_popup", "_to_field", "_changelist_filters", "e", "all", "p", "o"]
# The page for two people who do the same at the same moment.
OVERTAKEN = "409.html"
# What the browser or the tester asks of the portal and no page links to.
NOT_CRAWLED = re.compile(r"/(accounts/logout|readyz|__mail__|static)")
# The token of every form, and the row that a script copies where one is added.
NOT_TYPED = re.compile(r"csrfmiddlewaretoken|__prefix__")


@dataclass
class Target:
    """A form as one role finds it: where it goes, what a browser would send, which fields can be typed into."""

    who: str
    page: str
    action: str
    method: str
    data: dict[str, list[str]]
    fields: list[Field]
    sends: list[dict[str, str]]

    def is_like(self, other: "Target") -> bool:
        """Return whether both are one form of one role, for other objects or on other pages."""
        return (self.who, route_of(self.action), self.names) == (other.who, route_of(other.action), other.names)

    @property
    def names(self) -> set[str]:
        return {re.sub(r"\d+", "", one.name) for one in self.fields}


@dataclass
class Found:
    """What a crawl found, by role: the addresses of pages, and the forms on them."""

    pages: list[tuple[str, str]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    parameters: set[str] = field(default_factory=lambda: {*PARAMETERS, *model_fields()})


def attack(clients: dict[str, Client], count: int, seed: int = 0) -> list[str]:
    """Send `count` inputs as the roles of `clients`. Returns what broke, each with the seed and number of its input."""
    found, broken = crawl(clients), []
    cookies = {who: client.cookies.output(header="") for who, client in clients.items()}
    for number in range(count):
        chance = random.Random(f"{seed}-{number}")
        with transaction.atomic():
            for what in try_one(chance, clients, found):
                broken.append(f"input {seed}-{number}: {what}")
            transaction.set_rollback(True)
        for who, client in clients.items():
            client.cookies.load(cookies[who])
    return broken


# ---- what there is to attack ----


def crawl(clients: dict[str, Client]) -> Found:
    """Follow every link from every page without parameters, as each role, to a few pages of each URL pattern."""
    found = Found()
    for who, client in clients.items():
        waiting, seen = ["/", *("/" + route for route in plain_routes())], {}
        while waiting:
            path = waiting.pop(0)
            route = route_of(path)
            if (
                not route
                or NOT_CRAWLED.match(path)
                or path in seen.get(route, ())
                or len(seen.get(route, ())) >= EACH_ROUTE
            ):
                continue
            seen.setdefault(route, []).append(path)
            response = client.get(path)
            found.pages.append((who, path))
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                page = read(response)
                links = [urlsplit(urljoin(path, address)) for address in page.addresses]
                waiting += [link.path for link in links]
                found.parameters |= {name for link in links for name, _ in parse_qsl(link.query)}
                for target in targets_on(page, who, path):
                    alike = [one for one in found.targets if target.is_like(one)]
                    found.targets += [target] if len(alike) < EACH_ROUTE else []
            elif 300 <= response.status_code < 400:
                waiting.append(urlsplit(urljoin(path, response["Location"])).path)
    return found


def plain_routes(patterns: list | None = None, before: str = "") -> Iterator[str]:
    """Yield every route that has no parameter."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from plain_routes(pattern.url_patterns, route)
        elif not re.search(r"[<^($]", route):
            yield route


def route_of(path: str) -> str:
    try:
        return resolve(path).route
    except Resolver404:
        return ""


def model_fields() -> set[str]:
    """Return the names of all fields of all models, and of the fields of what they point to."""
    return {
        name
        for model in apps.get_models()
        for one in model._meta.concrete_fields
        for name in (one.name, one.attname, f"{one.name}__pk", f"{one.name}__email")
    }


def targets_on(page: Page, who: str, path: str) -> Iterator[Target]:
    for part, form in zip(page.parts("form"), page.forms(), strict=True):
        action = urlsplit(urljoin(path, form.action)).path
        sends = [button.sends for button in part.buttons() if button.sends] or [{}]
        yield Target(who, path, action, form.method, form.data, part.fields(), sends)


# ---- one input ----


def try_one(chance: random.Random, clients: dict[str, Client], found: Found) -> Iterator[str]:
    """Send one input and yield what is wrong with the answer."""
    kind = chance.random()
    if kind < 0.6:
        yield from try_form(chance, clients, chance.choice(found.targets))
        return
    who, path = chance.choice(found.pages)
    client, method = clients[who], chance.choice(["get", "post", "get", "head", "put", "delete"])
    if kind < 0.8:
        query = some_query(chance, [*sorted(found.parameters), some_value(chance)[:50]])
        # A server hands on each byte of the address as one character (PEP 3333).
        raw = query.encode().decode("latin-1")
        yield from sent(lambda: client.get(path, QUERY_STRING=raw), f"{who} GET {path}?{query[:150]}")
    elif kind < 0.9:
        headers = some_headers(chance)
        yield from sent(lambda: getattr(client, method)(path, **headers), f"{who} {method} {path} with {headers!a}")
    else:
        body, content_type = some_body(chance)
        told = f"{who} POST {path} with {content_type!a} {body[:60]!a}"
        yield from sent(lambda: client.generic("POST", path, body, content_type), told)


def try_form(chance: random.Random, clients: dict[str, Client], target: Target) -> Iterator[str]:
    """Send a form as a browser would but for one to three fields, and look for what was typed when it comes back."""
    names = [one.name for one in target.fields if one.name and not NOT_TYPED.search(one.name)]
    changed = {name: some_value(chance) for name in chance.sample(names, min(len(names), chance.randint(1, 3)))}
    data = {**target.data, **chance.choice(target.sends), **changed}
    client = clients[target.who]
    told = f"{target.who} {target.method} {target.action} from {target.page} with {short(changed)}"
    answers: list[HttpResponseBase] = []
    if target.method == "get":
        yield from sent(lambda: client.get(target.action, data), told, answers)
        return
    yield from sent(lambda: client.post(target.action, data), told, answers)
    for response in answers:
        if response.status_code in (200, 400, 409, 422) and response["Content-Type"].startswith("text/html"):
            yield from lost(read(response), target, changed, told)


def sent(
    send: Callable[[], HttpResponseBase], told: str, answers: list[HttpResponseBase] | None = None
) -> Iterator[str]:
    """Send, and yield a line for an exception or a 5xx."""
    try:
        response = send()
    except Exception as error:
        yield f"{type(error).__name__} in {place_of(error)}: {str(error)[:120]!a}; {told}"
        return
    if response.status_code >= 500 and not told.split(" ", 2)[2].startswith("/readyz"):
        yield f"{response.status_code}; {told}"
    elif any(template.name == OVERTAKEN for template in response.templates):
        # Nobody else is here, so nobody can have been quicker: it is an error that would be 500 without that page.
        yield f"overtaken by nobody; {told}"
    elif answers is not None:
        answers.append(response)


def place_of(error: Exception) -> str:
    """Return where in the portal an exception came from: the innermost line of its own code, else of all."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if one.filename.startswith(f"{settings.BASE_DIR}/") and "/.venv/" not in one.filename]
    own = [one for one in own if "/devtools/" not in one.filename] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno} (at {Path(frames[-1].filename).name}:{frames[-1].lineno})"


def lost(page: Page, target: Target, changed: dict[str, str], told: str) -> Iterator[str]:
    """Yield a line for each text that was typed and is not in the form that came back with it."""
    for part, form in zip(page.parts("form"), page.forms(), strict=True):
        if is_the_form(part, form, target):
            for one in part.fields():
                if one.name in changed and one.kind in TYPED and shown(one.value) != shown(changed[one.name]):
                    yield f"lost: {one.name} came back as {one.value[:60]!a}; {told}"
            return


def is_the_form(part: Part, form: Form, target: Target) -> bool:
    return urlsplit(urljoin(target.page, form.action)).path == target.action and part.field_names == {
        one.name for one in target.fields if one.name
    }


def shown(text: str) -> str:
    """Return a text as a page can show it: blanks run together, and what HTML cannot hold left out."""
    return on_one_line(re.sub("[\x00\ufffd]", "", text)).strip()


def short(changed: dict[str, str]) -> str:
    return ", ".join(f"{name}={value[:40]!a}" for name, value in changed.items())
