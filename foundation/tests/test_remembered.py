"""A part of a page is remembered under the values it names, and can show no other."""

import pytest
from django.template import Context, Template

from catalog.models import Topic


def test_a_part_sees_only_the_values_it_names():
    page = Template("{% load remembered %}{% remembered name=name %}{{ name }}{{ secret }}{% endremembered %}")
    assert page.render(Context({"name": "Ada", "secret": "1234"})) == "Ada"


def test_a_name_alone_stands_for_its_own_value():
    page = Template("{% load remembered %}{% remembered name year=born %}{{ name }} {{ year }}{% endremembered %}")
    assert page.render(Context({"name": "Ada", "born": 1815})) == "Ada 1815"
    assert page.render(Context({"name": "Bea", "born": 1815})) == "Bea 1815"


def test_another_value_is_another_part():
    page = Template("{% load remembered %}{% remembered name=name %}<b>{{ name }}</b>{% endremembered %}")
    assert [page.render(Context({"name": name})) for name in ("Ada", "<i>", 1, True)] == [
        "<b>Ada</b>",
        "<b>&lt;i&gt;</b>",
        "<b>1</b>",
        "<b>True</b>",
    ]


def test_a_model_cannot_be_remembered():
    page = Template("{% load remembered %}{% remembered topic=topic %}{{ topic }}{% endremembered %}")
    with pytest.raises(TypeError, match="topic is Topic; only plain values can be remembered."):
        page.render(Context({"topic": Topic(name="Bias")}))
