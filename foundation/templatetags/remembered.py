"""Parts of a page that are rendered once for the same values and then remembered in the process."""

from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.utils.safestring import SafeString

register = template.Library()
MOST = 512
PLAIN = (str, int, float, bool, type(None), tuple, date)


@register.tag
def remembered(parser: Parser, token: Token) -> "RememberedNode":
    """Remember the part from {% remembered name=value other ... %} to {% endremembered %} under exactly these values.

    A name alone stands for the page's own value of that name. The part sees only the named values, so that it cannot
    show a value it is not remembered under. Values are plain: a model compares by its key and would go stale, so
    TypeError refuses it.
    """
    values: dict[str, FilterExpression] = {}
    for bit in token.split_contents()[1:]:
        values |= token_kwargs([bit], parser) or {bit: parser.compile_filter(bit)}
    body = parser.parse(("endremembered",))
    parser.delete_first_token()
    return RememberedNode(values, body)


class RememberedNode(Node):
    child_nodelists = ("body",)

    def __init__(self, values: dict[str, FilterExpression], body: NodeList) -> None:
        self.values, self.body = values, body
        # One memory for each place in a template; values of different types that compare equal stay apart.
        self.html = lru_cache(MOST, typed=True)(self.render_body)

    def render(self, context: template.Context) -> SafeString:
        values = [value.resolve(context) for value in self.values.values()]
        for name, value in zip(self.values, values, strict=True):
            if not isinstance(value, PLAIN):
                raise TypeError(f"{name} is {type(value).__name__}; only plain values can be remembered.")
        return self.html(*values)

    def render_body(self, *values: Any) -> SafeString:
        alone = template.Template("")
        alone.nodelist = self.body
        return alone.render(template.Context(dict(zip(self.values, values, strict=True))))
