"""Nouns whose name people read in their calendars: one verb changes the name and tells the apps that show it."""

from django.db import models
from django.dispatch import Signal

from foundation.record import record
from foundation.verbs import verb

# Sent with `noun=`, the class of the noun being the sender, inside the transaction of the change.
renamed = Signal()


class Named(models.Model):
    """A noun that is named by the fields in `NAMING`."""

    NAMING: tuple[str, ...] = ("name",)

    class Meta:
        abstract = True

    @verb
    def rename(self, by, **names) -> None:
        """Give it other names (fields of NAMING), on the record of `by`, a Person. Saves nothing else."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update(no_key=True))
        news = {field: name for field, name in names.items() if name != getattr(self, field)}
        if not news:
            return
        said = []
        for field, name in news.items():
            label = str(self._meta.get_field(field).verbose_name)
            said.append(
                f"{label[:1].upper()}{label[1:]}: from {getattr(self, field) or 'nothing'} to {name or 'nothing'}."
            )
            setattr(self, field, name)
        self.save(update_fields=list(news))
        record(by, self, " ".join(said))
        renamed.send(type(self), noun=self)
