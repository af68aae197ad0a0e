"""Programs in the admin: typed on one page with their categories and workshops; a rule nobody can meet is refused."""

import pytest
from django.contrib.admin.models import LogEntry

from catalog.models import Program, Workshop
from devtools.testing.office_pages import filled_in
from devtools.testing.page import read

pytestmark = pytest.mark.django_db
ADD = "/admin/catalog/program/add/"


@pytest.fixture
def workshops(db) -> list[Workshop]:
    """Four published workshops, A to D."""
    return [Workshop.objects.create(title=name, slug=name.lower(), status="published") for name in "ABCD"]


def page_of(program: Program) -> str:
    return f"/admin/catalog/program/{program.pk}/change/"


def rows(prefix: str, *typed: dict, initial: int = 0) -> dict:
    fields = {f"{prefix}-TOTAL_FORMS": len(typed), f"{prefix}-INITIAL_FORMS": initial}
    return fields | {
        f"{prefix}-{number}-{name}": value for number, row in enumerate(typed) for name, value in row.items()
    }


def entries(*typed: tuple, initial: int = 0) -> dict:
    """entries((1, workshop, "Practice"), ...) are rows of workshops as they are posted."""
    named = ({"position": place, "workshop": one.pk, "category_name": category} for place, one, category in typed)
    return rows("entries", *named, initial=initial)


def categories(*typed: tuple) -> dict:
    return rows("categories", *({"name": name, "needed": needed} for name, needed in typed))


@pytest.fixture
def add(clerk):
    """add(rows..., field=value) posts the form of a new program and returns the answer."""

    def post(*typed: dict, **fields):
        basic = {"title": "Ally Training", "slug": "ally", "rule": "none"}
        data = filled_in(clerk, ADD, "program_form", **basic | fields)
        for each in typed:
            data |= each
        return clerk.post(ADD, data)

    return post


def shape(program: Program) -> list[tuple]:
    return [(one.position, one.workshop.title, str(one.category or "")) for one in program.entries.all()]


def test_a_program_is_typed_on_one_page(add, workshops):
    a, b, c, _ = workshops
    response = add(
        categories(("Foundations", 1), ("Practice", 2), ("", 1)),
        entries((3, c, "practice"), ("", b, "Practice"), (1, a, "Foundations")),
        rule="categories",
        within_months=12,
        status="published",
    )
    assert response.status_code == 302, read(response).text
    program = Program.objects.get()
    assert shape(program) == [(1, "A", "Foundations"), (2, "C", "Practice"), (3, "B", "Practice")]
    assert program.rule_words == "Take one of Foundations and two of Practice, within 12 months."


TWO = "It takes three workshops, and there are only two here: add workshops, or ask for fewer."


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rule": "some", "needed": 3}, TWO),
        ({"rule": "some"}, "Say how many workshops it takes."),
        ({"rule": "all", "needed": 2}, "Leave this blank: the number belongs to “So many of its workshops”."),
        ({"rule": "none", "within_months": 6}, "A time needs a rule: say what people take to complete it."),
        ({"rule": "categories"}, "It takes so many of each category, and there is none: add the categories."),
        ({"rule": "all", "within_months": 0}, "greater than or equal to 1"),
        ({"rule": "all", "within_months": 121}, "less than or equal to 120"),
    ],
)
def test_a_rule_nobody_can_meet_is_refused(add, workshops, fields, said):
    a, b, *_ = workshops
    response = add(entries((1, a, ""), (2, b, "")), **fields)
    page = read(response)
    assert response.status_code == 400 and said in page.text
    assert page.field(name="title").value == "Ally Training" and not Program.objects.exists()


def test_a_category_with_too_few_workshops_is_refused(add, workshops):
    response = add(categories(("Practice", 2)), entries((1, workshops[0], "Practice")), rule="categories")
    said = "It takes two workshops of Practice, and only one of them is here"
    assert response.status_code == 400 and said in read(response).text


def test_a_rule_without_workshops_is_refused(add):
    response = add(rule="all")
    assert response.status_code == 400 and "add them, or choose that it is a heading" in read(response).text


def test_a_draft_workshop_does_not_meet_the_rule_of_a_published_program(add, workshops):
    a, b, *_ = workshops
    Workshop.objects.filter(pk=b.pk).update(status="draft")
    typed = entries((1, a, ""), (2, b, ""))
    page = read(add(typed, rule="some", needed=2, status="published"))
    assert "It takes two workshops, and there is only one here" in page.text
    assert "Workshops that are drafts do not count in a published program." in page.text
    assert add(typed, rule="some", needed=2, status="draft").status_code == 302


def test_a_category_that_is_none_is_refused_at_its_row(add, workshops):
    response = add(categories(("Practice", 1)), entries((1, workshops[0], "Practise")))
    page = read(response)
    said = "There is no category “Practise” above: add it, or choose one of those."
    assert response.status_code == 400 and said in page.text
    assert page.field(name="entries-0-category_name").value == "Practise"


def test_a_category_named_twice_is_refused(add):
    response = add(categories(("Practice", 1), ("practice", 2)))
    assert response.status_code == 400 and "a category stands in a program once" in read(response).text


def test_a_workshop_stands_in_a_program_once(add, workshops):
    response = add(entries((1, workshops[0], ""), (2, workshops[0], "")))
    assert response.status_code == 400 and "A workshop stands in a program once" in read(response).text


def test_a_workshop_beside_the_one_it_counts_as_is_refused(add, workshops):
    a, b, *_ = workshops
    Workshop.objects.filter(pk=a.pk).update(successor=b)
    response = add(entries((1, a, ""), (2, b, "")))
    assert response.status_code == 400 and "A counts as B, so people who took it" in read(response).text


@pytest.fixture
def program(workshops) -> Program:
    """A program of A in Foundations and B in Practice, one of each."""
    made = Program.objects.create(title="Ally", slug="ally", rule="categories")
    for position, (workshop, name) in enumerate(zip(workshops, ("Foundations", "Practice"), strict=False), 1):
        made.entries.create(workshop=workshop, position=position, category=made.categories.create(name=name))
    return made


def test_what_changed_is_on_record(clerk, program, workshops):
    data = filled_in(clerk, page_of(program), "program_form", lead="A year of it")
    data |= {"entries-0-position": 9, "entries-2-workshop": workshops[2].pk}
    assert clerk.post(page_of(program), data).status_code == 302
    assert LogEntry.objects.latest("pk").get_change_message() == (
        "Lead: from nothing to A year of it. "
        "Workshops: from 1. A (Foundations) 2. B (Practice) to 1. B (Practice) 2. A (Foundations) 3. C."
    )


def test_a_renamed_category_keeps_its_workshops(clerk, program):
    data = filled_in(clerk, page_of(program), "program_form", **{"categories-0-name": "Basics"})
    assert clerk.post(page_of(program), data).status_code == 302
    assert shape(program) == [(1, "A", "Basics"), (2, "B", "Practice")]


def test_a_category_that_goes_and_comes_back_keeps_its_workshops(clerk, program):
    data = filled_in(clerk, page_of(program), "program_form")
    data |= {"categories-0-DELETE": "on", "categories-2-name": "Foundations", "categories-2-needed": 1}
    assert clerk.post(page_of(program), data).status_code == 302
    assert shape(program) == [(1, "A", "Foundations"), (2, "B", "Practice")]


def test_a_workshop_taken_out_of_it_breaks_the_rule(clerk, program):
    data = filled_in(clerk, page_of(program), "program_form", **{"entries-1-DELETE": "on"})
    response = clerk.post(page_of(program), data)
    assert response.status_code == 400 and "It takes one workshop of Practice, and none" in read(response).text
    assert program.entries.count() == 2


def test_what_somebody_else_added_to_a_program_stays(clerk, program, workshops):
    data = filled_in(clerk, page_of(program), "program_form", lead="Mine")
    program.entries.create(workshop=workshops[2], position=3)
    response = clerk.post(page_of(program), data)
    program.refresh_from_db()
    assert response.status_code == 302 and program.lead == "Mine"
    assert program.entries.filter(workshop=workshops[2]).exists()


def test_the_page_links_to_the_program(clerk, program):
    assert program.get_absolute_url() in read(clerk.get(page_of(program))).addresses


def test_the_page_makes_the_same_queries_with_two_and_with_forty_workshops(
    clerk, program, django_assert_max_num_queries
):
    clerk.get(page_of(program))
    with django_assert_max_num_queries(40) as few:
        clerk.get(page_of(program))
    for number in range(40):
        workshop = Workshop.objects.create(title=f"W{number}", slug=f"w{number}")
        program.entries.create(workshop=workshop, category=program.categories.create(name=f"C{number}"))
    with django_assert_max_num_queries(len(few)):
        assert clerk.get(page_of(program)).status_code == 200


# ---- a workshop that a program needs ----


def workshop_page(workshop: Workshop) -> str:
    return f"/admin/catalog/workshop/{workshop.pk}/change/"


def test_a_workshop_that_a_published_program_needs_is_not_taken_back(clerk, program, workshops):
    data = filled_in(clerk, workshop_page(workshops[0]), "workshop_form", status="draft")
    Program.objects.update(status="published")
    response = clerk.post(workshop_page(workshops[0]), data)
    assert response.status_code == 400 and "The program Ally needs this workshop." in read(response).text
    Program.objects.update(status="draft")
    assert clerk.post(workshop_page(workshops[0]), data).status_code == 302
