"""What the catalog is about, in the admin: topics and actions."""

from django.contrib import admin

from catalog.models import Action, Topic
from office.base import OfficeAdmin


@admin.register(Topic)
class TopicAdmin(OfficeAdmin):
    list_display = ["name"]
    fields = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    office_may = ("view", "add", "change", "delete")


@admin.register(Action)
class ActionAdmin(OfficeAdmin):
    list_display = ["name", "position", "summary"]
    fields = ["name", "slug", "position", "summary"]
    search_fields = ["name", "summary"]
    prepopulated_fields = {"slug": ["name"]}
    office_may = ("view", "add", "change", "delete")
