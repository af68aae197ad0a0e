"""The rows of a form that somebody else changed: merged by their keys in the database, and numbered again."""

from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict

from office.stale.merging import KEEP, THEIRS, Clash, merge_fields, sent_for
from office.stale.posted import DELETE, Field, Fields, Values, fields_of, own_keys, shown_by

DELETING = Field("Delete", DELETE, forms.BooleanField(required=False))
# No page has more rows.
MOST_ROWS = 1000


class Row(NamedTuple):
    """A row as it is to be sent: its key in the database, "" for a new one; its clashes by the keys of its fields."""

    key: str
    values: Values
    clashes: list[Clash]


def merge_rows(formset: Any, loaded: list[tuple[str, Fields]], data: QueryDict) -> list[Clash]:
    """Put into `data` what somebody else has changed in the rows of `formset`, which is unbound. Returns the clashes.

    Rows that somebody added are there, rows that somebody deleted are gone, unless this one changed them.
    """
    places = _places(formset, data)
    if places is None:
        return []
    name, keys = str(formset.model._meta.verbose_name).capitalize(), own_keys(formset)
    was, now = dict(loaded), {str(form.instance.pk): form for form in formset.initial_forms}
    sent = {data.get(before + keys[0], ""): before for before in places}
    if getattr(formset, "is_rewritten", False):
        was, sent = _follow(was, sent, now)
    rows = [
        _still_there(form, keys, was.get(key, {}), sent.get(key), data, f"{name} “{form.instance}”")
        for key, form in now.items()
    ]
    empty = fields_of(formset.empty_form, keys)
    gone = (_deleted_by_them(empty, was.get(key, {}), data, sent[key], name) for key in sent if key and key not in now)
    rows += [row for row in gone if row]
    new = [before for before in places if not data.get(before + keys[0])]
    rows += [Row("", _everything(data, before), []) for before in new if data.get(KEEP + before) != THEIRS]
    return _numbered(formset, rows, places, data)


def _places(formset: Any, data: QueryDict) -> list[str] | None:
    """Return the prefix of each row that was sent, None where the form does not say how many there are."""
    total = data.get(f"{formset.prefix}-TOTAL_FORMS", "")
    if not (total.isascii() and total.isdecimal()) or int(total) > MOST_ROWS:
        return None
    return [f"{formset.prefix}-{number}-" for number in range(int(total))]


def _follow(
    was: dict[str, Fields], sent: dict[str, str], now: dict[str, Any]
) -> tuple[dict[str, Fields], dict[str, str]]:
    """Let rows that are gone go on in those that took their place in order: saving wrote all of them again."""
    gone, new = [key for key in was if key not in now], [key for key in now if key not in was]
    new_key = dict(zip(gone, new, strict=False))
    return (
        {new_key.get(key, key): fields for key, fields in was.items()},
        {new_key.get(key, key): before for key, before in sent.items()},
    )


def _still_there(
    form: Any, keys: tuple[str, str, str], was: Fields, before: str | None, data: QueryDict, name: str
) -> Row:
    key, theirs, fields = str(form.instance.pk), shown_by(form, keys), fields_of(form, keys)
    if before is None:
        # Somebody added it since.
        return Row(key, _joined(theirs), [])
    mine = {each: sent_for(data, field, was.get(each, {}), before) for each, field in fields.items()}
    deleted = sent_for(data, DELETING, {}, before)
    news = [each for each in fields if not fields[each].is_same(was.get(each, {}), theirs.get(each, {}))]
    if deleted and news:
        words = "; ".join(f"{fields[each].label}: {fields[each].in_words(theirs[each])}" for each in news)
        return Row(key, _joined(theirs) | deleted, [Clash(name, "there", words, "deleted", DELETE)])
    merged, clashes = merge_fields(fields, was, theirs, mine, name)
    return Row(key, _joined(merged) | deleted, clashes)


def _deleted_by_them(fields: dict[str, Field], was: Fields, data: QueryDict, before: str, name: str) -> Row | None:
    """Return a row that somebody deleted and this one changed: a new one, which clashes. None where nothing is lost."""
    if data.get(before + DELETE):
        return None
    mine = {each: sent_for(data, field, was.get(each, {}), before) for each, field in fields.items()}
    changed = [each for each in fields if not fields[each].is_same(was.get(each, {}), mine[each])]
    if not changed:
        return None
    old, new = (
        "; ".join(f"{fields[each].label}: {fields[each].in_words(said.get(each, {}))}" for each in changed)
        for said in (was, mine)
    )
    return Row("", _joined(mine), [Clash(name, old, "deleted", new, "")])


def _joined(fields: Fields) -> Values:
    return {key: values for sent in fields.values() for key, values in sent.items()}


def _everything(data: QueryDict, before: str) -> Values:
    return {key.removeprefix(before): data.getlist(key) for key in data if key.startswith(before)}


def _numbered(formset: Any, rows: list[Row], places: list[str], data: QueryDict) -> list[Clash]:
    """Write `rows` into `data`, those that are there first. Returns their clashes by their new places."""
    key_name, whole, _ = own_keys(formset)
    for key in [key for key in data if key.removeprefix(KEEP).startswith(tuple(places) or " ")]:
        del data[key]
    clashes = []
    for number, row in enumerate(rows):
        before = f"{formset.prefix}-{number}-"
        for name, sent in row.values.items():
            data.setlist(before + name, sent)
        data[before + key_name], data[before + whole] = row.key, str(formset.instance.pk)
        clashes += [clash._replace(key=KEEP + before + str(clash.key)) for clash in row.clashes]
    data[f"{formset.prefix}-TOTAL_FORMS"] = str(len(rows))
    data[f"{formset.prefix}-INITIAL_FORMS"] = str(sum(bool(row.key) for row in rows))
    return clashes
