from library.views.gathered import action, topic
from library.views.one import citation, resource, stored_file
from library.views.shelf import resources

__all__ = ["action", "citation", "resource", "resources", "stored_file", "topic"]
