"""What is asked of people over time, in the admin."""

from django.contrib import admin

from office.base import OfficeAdmin
from outcomes.models import Requirement


@admin.register(Requirement)
class RequirementAdmin(OfficeAdmin):
    office_may = ("view", "add", "change", "delete")
    list_display = ["title", "what", "window", "whom", "is_active"]
    list_filter = ["is_active", "window"]
    list_select_related = ["kind", "program"]
    search_fields = ["title"]
    fieldsets = [
        (None, {"fields": ["title", "is_active"]}),
        (
            "What it takes",
            {
                "fields": ["hours", "kind", "program", "each_once", "most_outside"],
                "description": "So many hours, of one kind of credit or of any; or a program, and then no hours.",
            },
        ),
        ("How often", {"fields": ["window", "months"]}),
        (
            "Of whom",
            {"fields": list(Requirement.ROLE_FIELDS.values()), "description": "None chosen: it is asked of everybody."},
        ),
    ]

    @admin.display(description="takes")
    def what(self, requirement: Requirement) -> str:
        return requirement.what_words

    @admin.display(description="of whom")
    def whom(self, requirement: Requirement) -> str:
        return requirement.whom_words
