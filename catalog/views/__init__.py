from catalog.views.people import FacilitatorListView, FacilitatorView, PartnerListView, TeamView
from catalog.views.workshops import WorkshopListView, WorkshopView

__all__ = [
    "FacilitatorListView",
    "FacilitatorView",
    "PartnerListView",
    "TeamView",
    "WorkshopListView",
    "WorkshopView",
]
