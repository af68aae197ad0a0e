"""StoredFile: a file of the office's, kept in the database.

The web processes hold no state and there may be many machines of them (docs/decisions/a-file-is-a-row.md).
"""

import secrets

from django.db import models

from foundation.files.uploads import Upload, size_words
from foundation.verbs import lock_row, verb
from library.models.resources import Resource


def new_name() -> str:
    """Return a name that nobody can guess, for the address of a file."""
    return secrets.token_hex(16)


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    @verb
    def put(self, resource: Resource, upload: Upload) -> "StoredFile":
        """Store `upload` as the file of `resource`, in place of the one it has."""
        lock_row(resource)
        self.filter(resource=resource).delete()
        facts = {"extension": upload.extension, "content_type": upload.content_type}
        return self.create(resource=resource, **facts, size=len(upload.content), content=upload.content)


class StoredFile(models.Model):
    """The file of a resource, as it was found to be by its content. A new one has a new name."""

    resource = models.OneToOneField(Resource, models.CASCADE, related_name="file")
    name = models.CharField(max_length=32, unique=True, default=new_name, editable=False)
    extension = models.CharField(max_length=8)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    content = models.BinaryField()

    objects = StoredFileQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.extension.upper()}, {self.size_words}"

    @property
    def size_words(self) -> str:
        """Return its size as people read it: “1.2 MB”, “340 kB”."""
        return size_words(self.size)
