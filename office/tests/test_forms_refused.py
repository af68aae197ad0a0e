"""A form of the admin that is refused comes back with what was typed, whatever stands beside its row (G15)."""

from collections.abc import Callable

import pytest
from django.contrib import admin

from devtools.testing.office_pages import list_of
from devtools.testing.page import read
from registrations.models import Registration

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

# A field of each form, and what it refuses. A page that is not here takes nothing that is typed.
REFUSED = {
    "accounts.campus": {"time_zone": "Nowhere/Here"},
    "accounts.person": {"email": "no address"},
    "accounts.unit": {"name": "", "head_count": "many"},
    "catalog.action": {"slug": "no slug!"},
    "catalog.facilitator": {"name": ""},
    "catalog.pagetext": {"text": "x" * 20_001},
    "catalog.partner": {"link": "no link"},
    "catalog.program": {"needed": "many"},
    "catalog.teammember": {"email": "no address"},
    "catalog.topic": {"slug": "no slug!"},
    "catalog.workshop": {"minutes": "many"},
    "library.resource": {"minutes": "many", "citation-0-doi": "no DOI"},
    "notifications.wording": {"words": "{nonsense}"},
    "operations.legalhold": {"address": "nobody@example.edu"},
    "outcomes.creditkind": {"name": ""},
    "outcomes.requirement": {"hours": "many"},
    "registrations.priorattendance": {"email": "nobody@example.edu"},
    "sessions_app.blackout": {"first_day": "someday"},
    "sessions_app.requestrules": {"lead_days": "many"},
    "sessions_app.session": {"day": "yesterday", "capacity": "many"},
    "sessions_app.venue": {"building": ""},
}
# Another field, which is kept.
KEPT = {
    "accounts.campus": {"name": "Kept"},
    "accounts.person": {"name": "Kept"},
    "accounts.unit": {},
    "catalog.action": {"name": "Kept"},
    "catalog.facilitator": {"credentials": "Kept"},
    "catalog.pagetext": {},
    "catalog.partner": {"name": "Kept"},
    "catalog.program": {"title": "Kept"},
    "catalog.teammember": {"name": "Kept", "about": "Kept"},
    "catalog.topic": {"name": "Kept"},
    "catalog.workshop": {"title": "Kept", "objectives-0-text": "Kept"},
    "library.resource": {"title": "Kept", "body": "Kept", "citation-0-journal": "Kept"},
    "notifications.wording": {"subject": "Kept"},
    "operations.legalhold": {"reason": "Kept"},
    "outcomes.creditkind": {"unit": "Kept"},
    "outcomes.requirement": {"title": "Kept"},
    "registrations.priorattendance": {"note": "Kept"},
    "sessions_app.blackout": {"words": "Kept"},
    "sessions_app.requestrules": {"closed_words": "Kept"},
    "sessions_app.session": {"join_link": "Kept"},
    "sessions_app.venue": {"directions": "Kept"},
}
# Forms of choices alone: a choice that is none cannot be shown once more.
CHOOSES = {"accounts.unitname": {"unit": "nowhere"}}


PAGES = {page.opts.label_lower: page for page in admin.site._registry.values()}
WRONG = ["", "x", "\0", "-1", "9" * 5000]
# Of a page with rows to read: read, redirected or refused.
REFUSED_OR_READ = (200, 302, 400, 403, 405)
# Redirected as saved or gone, or shown again.
ANSWERED = (302, 400, 409)


@pytest.fixture
def beside(every_noun, make_session) -> Registration:
    """A row of every noun, and a draft."""
    make_session(published=False, days=30)
    every_noun.session.workshop.objectives.create(position=1, text="Say it.")
    return every_noun


@pytest.fixture
def forms_of(beside, clerk) -> Callable[..., dict]:
    """forms_of(labels, rows) is the address and the fields, as a browser sends them, of every page of these models.

    These are the page to add a row, and those of so many rows of each, or of all.
    """

    def of(labels, rows: int | None = None) -> dict[tuple[str, str], dict]:
        found = {}
        for label in labels:
            page = PAGES[label]
            keys = page.model._base_manager.order_by("-pk").values_list("pk", flat=True)[:rows]
            for which in ["add", *(f"{key}/change" for key in keys)]:
                answer = clerk.get(f"{list_of(page)}{which}/")
                if answer.status_code == 200:
                    shown = read(answer)
                    may_save = "Save" in shown.button_names
                    found[label, answer.request["PATH_INFO"]] = shown.form("Save").data if may_save else {}
        return found

    return of


def typed(forms: dict):
    return [(label, url, sent) for (label, url), sent in forms.items() if sent]


def test_a_refused_form_comes_back_with_what_was_typed(forms_of, clerk):
    forms = forms_of(PAGES)
    assert {label for label, _, _ in typed(forms)} == set(REFUSED) | set(CHOOSES)  # every form is tried
    assert set(REFUSED) == set(KEPT)
    for label, url, sent in typed(forms):
        if label in CHOOSES:
            assert clerk.post(url, sent | CHOOSES[label]).status_code == 400, url
            continue
        wrong = {name: value for name, value in REFUSED[label].items() if name in sent} or {"capacity": "many"}
        kept = {name: value for name, value in KEPT[label].items() if name in sent}
        response = clerk.post(url, sent | kept | wrong)
        assert response.status_code == (200 if label == "auth.group" else 400), url
        page = read(response)
        for name, value in (wrong | kept).items():
            assert page.field(name=name).value == value, (url, name)


def test_a_form_with_anything_in_it_is_no_error_of_ours(forms_of, clerk):
    for _, url, sent in typed(forms_of(REFUSED, 1)):
        for value in WRONG:
            response = clerk.post(url, dict.fromkeys(sent, value))
            assert response.status_code in ANSWERED, (url, value)
        assert clerk.post(url, {}).status_code in ANSWERED, url


def test_a_form_that_counts_its_rows_wrongly_is_no_error_of_ours(forms_of, clerk):
    for _, url, sent in typed(forms_of(REFUSED, 1)):
        counts, keys = ([name for name in sent if name.endswith(end)] for end in ("_FORMS", "-id"))
        # One by one where the first that is wrong would hide the others, which it does not for a number of rows.
        wrong = [dict.fromkeys(counts, "3"), *({name: "x"} for name in counts if "TOTAL" in name or "INITIAL" in name)]
        wrong += [dict.fromkeys(keys, "999999"), *({name: "x"} for name in keys[:1])]
        for each in filter(None, wrong):
            assert clerk.post(url, sent | each).status_code in ANSWERED, (url, each)


def test_a_row_to_read_takes_nothing_that_is_typed(forms_of, clerk):
    for _, url in forms_of(set(PAGES) - set(REFUSED)):
        assert clerk.post(url, {"name": "x", "status": "x", "state": "x"}).status_code in REFUSED_OR_READ, url
