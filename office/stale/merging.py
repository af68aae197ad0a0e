"""Three ways into one: what the page showed, what somebody else has made of it since, and what was typed.

A field that only one of the two changed is theirs or mine. A field that both changed, each in another way, is a clash:
it keeps what was typed, and the page shows it beside the other.
"""

from typing import NamedTuple

from django import forms
from django.http import QueryDict

from office.stale.posted import Field, Fields, Values, fields_of, plain, shown_by

# What is posted under this and the key of a field that clashes: whose it is to be.
KEEP, THEIRS = "keep:", "theirs"


class Clash(NamedTuple):
    """What two people changed at once. `key` is what the answer is posted under; None where nothing is to choose."""

    label: str
    was: str
    theirs: str
    mine: str
    key: str | None = None


def merge_form(loaded: Fields, form: forms.BaseForm, data: QueryDict) -> list[Clash]:
    """Put into `data`, which was typed into a page made of `loaded`, what somebody else has changed since.

    `form` is unbound: it shows what there is by now. Returns the clashes.
    """
    fields = fields_of(form)
    sent = {name: sent_for(data, field, loaded.get(name, {})) for name, field in fields.items()}
    merged, clashes = merge_fields(fields, loaded, shown_by(form), sent)
    gone = no_longer_typed(loaded, fields, data)
    for name, values in merged.items():
        put(data, fields[name], values)
    return [clash._replace(key=KEEP + str(clash.key)) for clash in clashes] + gone


def merge_fields(
    fields: dict[str, Field], loaded: Fields, now: Fields, sent: Fields, of: str = ""
) -> tuple[Fields, list[Clash]]:
    """Return what each field is to send, and where it clashes, each by the key of its field. `of` names a row."""
    merged: Fields = {}
    clashes = []
    for name, field in fields.items():
        was, theirs, mine = loaded.get(name, {}), now.get(name, {}), sent[name]
        if field.is_same(was, theirs) or field.is_same(theirs, mine):
            merged[name] = mine
        elif field.is_same(was, mine):
            merged[name] = theirs
        else:
            merged[name] = mine
            label, words = f"{of}: {field.label}" if of else field.label, field.in_words
            clashes.append(Clash(label, words(was), words(theirs), words(mine), field.key))
    return merged, clashes


def sent_for(data: QueryDict, field: Field, was: Values, before: str = "") -> Values:
    """Return what was sent for a field; what the page showed, where the answer to its clash is that theirs is kept."""
    if data.get(KEEP + before + field.key) == THEIRS:
        return was
    return {key: data.getlist(before + key) for key in field.keys if before + key in data}


def put(data: QueryDict, field: Field, values: Values) -> None:
    """Send `values` for a field."""
    for key in field.keys:
        data.pop(key, None)
    for key, sent in values.items():
        data.setlist(key, sent)


def no_longer_typed(loaded: Fields, fields: dict[str, Field], data: QueryDict) -> list[Clash]:
    """Return what was typed into fields that the page has no more, because of what became of its object."""
    clashes = []
    for name, was in loaded.items():
        if name in fields:
            continue
        # A box that was not ticked and a field left empty had no key.
        keys = list(was) or [name]
        mine = {key: data.getlist(key) for key in keys if key in data}
        if mine and plain(mine) != plain(was):
            label = name.replace("_", " ").capitalize()
            clashes.append(Clash(label, _as_sent(was), "cannot be typed here any more", _as_sent(mine)))
    return clashes


def _as_sent(values: Values) -> str:
    return " ".join(value for sent in values.values() for value in sent) or "nothing"
