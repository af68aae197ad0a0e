"""How much was written to the tables that public pages show, by each connection that ever wrote to one."""

from django.db import models


class Written(models.Model):
    """One addend of the number. A row of its own for each server process, so that no two writers wait for each other.

    `writer` is its process id, and 0 for those that are gone and for SQLite, which has one writer at a time.
    """

    writer = models.IntegerField(primary_key=True)
    number = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} by {self.writer}"
