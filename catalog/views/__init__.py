from catalog.views.people import FacilitatorListView, FacilitatorView, PartnerListView, TeamView
from catalog.views.workshops import CatalogView, ProgramView, WorkshopView

__all__ = [
    "CatalogView",
    "FacilitatorListView",
    "FacilitatorView",
    "PartnerListView",
    "ProgramView",
    "TeamView",
    "WorkshopView",
]
