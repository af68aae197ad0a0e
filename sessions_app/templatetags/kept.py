"""Parts of a page that are rendered once for the same values and then kept in the process."""

from datetime import date
from functools import lru_cache

from django import template
from django.template.base import Node, NodeList, token_kwargs
from django.utils.safestring import SafeString

register = template.Library()
KEPT = 512
PLAIN = (str, int, float, bool, type(None), tuple, date)


@register.tag
def kept(parser, token) -> "KeptNode":
    """Keep what stands between {% kept name=value ... %} and {% endkept %}, under exactly these values.

    Inside there is nothing but the named values, so that a part cannot show anything it is not kept under. Values are
    plain: a model compares by its key and would go stale, so TypeError refuses it.
    """
    values = token_kwargs(token.split_contents()[1:], parser)
    body = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(values, body)


class KeptNode(Node):
    child_nodelists = ("body",)

    def __init__(self, values: dict, body: NodeList):
        self.values, self.body = values, body
        # One memory for each place in a template; values of different types that compare equal stay apart.
        self.html = lru_cache(KEPT, typed=True)(self.render_body)

    def render(self, context) -> SafeString:
        values = [value.resolve(context) for value in self.values.values()]
        for name, value in zip(self.values, values, strict=True):
            if not isinstance(value, PLAIN):
                raise TypeError(f"{name} is {type(value).__name__}; only plain values can be kept.")
        return self.html(*values)

    def render_body(self, *values) -> SafeString:
        alone = template.Template("")
        alone.nodelist = self.body
        return alone.render(template.Context(dict(zip(self.values, values, strict=True))))
