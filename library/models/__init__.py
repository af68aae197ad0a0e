from library.models.citations import Citation
from library.models.files import StoredFile
from library.models.placements import Placement
from library.models.resources import Resource

__all__ = ["Citation", "Placement", "Resource", "StoredFile"]
