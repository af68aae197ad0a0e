"""Running text over several lines of a template: the mail's plain text, and what pages and mail share."""

import re

from django import template
from django.template import Context
from django.template.base import Node, NodeList, Parser, TextNode, Token
from django.template.defaultfilters import stringfilter
from django.utils.safestring import SafeString, mark_safe

from foundation.text import with_full_stop

register = template.Library()
# Stands for white space of the template until all of the text is known. No value holds it: PostgreSQL refuses it.
BREAK = "\0"
WHITE_SPACE, BREAKS = re.compile(r"\s+"), re.compile(f"{BREAK}+")


@register.filter
@stringfilter
def sentence(text: str) -> str:
    """Write what somebody typed, such as a reason, so that a sentence may follow it."""
    return with_full_stop(text)


@register.tag
def prose(parser: Parser, token: Token) -> "ProseNode":
    """Write the text from {% prose %} to {% endprose %} on one line, so that a template may break its own lines.

    White space of the template counts as in HTML: a run of it is one space, and none stands at either end. What the
    values hold stays as it is.
    """
    body = parser.parse(("endprose",))
    parser.delete_first_token()
    for text in body.get_nodes_by_type(TextNode):
        if isinstance(text, TextNode):
            text.s = WHITE_SPACE.sub(BREAK, text.s)
    return ProseNode(body)


class ProseNode(Node):
    child_nodelists = ("body",)

    def __init__(self, body: NodeList) -> None:
        self.body = body

    def render(self, context: Context) -> SafeString:
        return mark_safe(BREAKS.sub(" ", self.body.render(context)).strip())
