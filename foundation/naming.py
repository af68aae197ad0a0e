"""Nouns whose name people read in their calendars: one verb changes the name and tells the apps that show it."""

from typing import Any, cast

from django.db import models
from django.dispatch import Signal

from foundation.record import record
from foundation.verbs import verb

# Sent with `noun=`, the class of the noun being the sender, inside the transaction of the change.
renamed = Signal()


def label_of(model: type[models.Model], name: str) -> str:
    """Return how pages call the field `name` of `model`: “length in minutes”."""
    return str(cast("models.Field[Any, Any]", model._meta.get_field(name)).verbose_name)


class Named(models.Model):
    """A noun that is named by the fields in `NAMING`."""

    NAMING: tuple[str, ...] = ("name",)

    class Meta:
        abstract = True

    @verb
    def rename(self, by: models.Model, **names: str) -> None:
        """Give it other names (fields of NAMING), on the record of `by`, a Person. Saves nothing else."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update(no_key=True))
        news = {field: name for field, name in names.items() if name != getattr(self, field)}
        if not news:
            return
        said = []
        for field, name in news.items():
            label = label_of(type(self), field)
            said.append(
                f"{label[:1].upper()}{label[1:]}: from {getattr(self, field) or 'nothing'} to {name or 'nothing'}."
            )
            setattr(self, field, name)
        self.save(update_fields=list(news))
        record(by, self, " ".join(said))
        renamed.send(type(self), noun=self)
