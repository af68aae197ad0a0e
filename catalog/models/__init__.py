from catalog.models.facilitators import Facilitator, TeamMember
from catalog.models.facts import Facts, Format
from catalog.models.page_text import PageText
from catalog.models.partners import Partner
from catalog.models.parts import Part, PartPlan
from catalog.models.programs import Program, ProgramCategory, ProgramWorkshop
from catalog.models.topics import Action, Topic
from catalog.models.workshops import Objective, Workshop
from catalog.offerings import Offering

__all__ = [
    "Action",
    "Facilitator",
    "Facts",
    "Format",
    "Objective",
    "Offering",
    "PageText",
    "Part",
    "PartPlan",
    "Partner",
    "Program",
    "ProgramCategory",
    "ProgramWorkshop",
    "TeamMember",
    "Topic",
    "Workshop",
]
