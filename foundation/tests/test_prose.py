"""Running text over several lines of a template."""

from django.template import engines


def write(source: str, **values) -> str:
    return engines["django"].from_string("{% load prose %}" + source).render(values)


def test_a_line_break_of_the_template_is_one_space():
    assert write("{% prose %}\n  You have\n  a seat.\n{% endprose %}") == "You have a seat."


def test_no_branch_leaves_two_spaces():
    choice = "{% if first %}\n  One.\n{% else %}\n  Other.\n{% endif %}"
    words = "{% prose %}\n" + choice + "\n{% if more %}\n  More.\n{% endif %}\n{% endprose %}"
    assert write(words, first=True, more=True) == "One. More."
    assert write(words, more=True) == "Other. More."
    assert write(words, first=True) == "One."


def test_prose_leaves_the_lines_of_a_value():
    assert write("{% prose %}\n  The reason:\n  {{ reason }}\n{% endprose %}", reason="Ice,\n\nand  snow") == (
        "The reason: Ice,\n\nand  snow"
    )


def test_prose_escapes_a_value_once():
    assert write("{% prose %}Led by\n  {{ name }}{% endprose %}", name="<A & B>") == "Led by &lt;A &amp; B&gt;"


def test_an_included_file_may_end_with_a_line_break():
    headline = "{% prose %}{% include 'notifications/changed/_headline.txt' %}{% endprose %}: Basics"
    assert write(headline, what=["When"]) == "New time: Basics"
