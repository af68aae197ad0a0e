from catalog.views.people import FacilitatorListView, FacilitatorView, PartnerListView, TeamView
from catalog.views.workshops import ProgramView, WorkshopListView, WorkshopView

__all__ = [
    "FacilitatorListView",
    "FacilitatorView",
    "PartnerListView",
    "ProgramView",
    "TeamView",
    "WorkshopListView",
    "WorkshopView",
]
