"""What is kept of a page is kept under the values it names, and can show no other."""

import pytest
from django.template import Context, Template

from catalog.models import Topic


def test_a_part_sees_only_the_values_it_is_kept_under():
    page = Template("{% load kept %}{% kept name=name %}{{ name }}{{ secret }}{% endkept %}")
    assert page.render(Context({"name": "Ada", "secret": "1234"})) == "Ada"


def test_another_value_is_another_part():
    page = Template("{% load kept %}{% kept name=name %}<b>{{ name }}</b>{% endkept %}")
    assert [page.render(Context({"name": name})) for name in ("Ada", "<i>", 1, True)] == [
        "<b>Ada</b>",
        "<b>&lt;i&gt;</b>",
        "<b>1</b>",
        "<b>True</b>",
    ]


def test_a_model_cannot_be_kept():
    page = Template("{% load kept %}{% kept topic=topic %}{{ topic }}{% endkept %}")
    with pytest.raises(TypeError, match="topic is Topic; only plain values can be kept."):
        page.render(Context({"topic": Topic(name="Bias")}))
