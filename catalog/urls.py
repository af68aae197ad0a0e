from django.urls import path

from catalog.doors import robots
from catalog.views import (
    CatalogView,
    FacilitatorListView,
    FacilitatorView,
    PartnerListView,
    ProgramView,
    TeamView,
    WorkshopView,
)
from foundation.portal.brand import colors
from foundation.portal.logo import on_dark, on_light

urlpatterns = [
    path("colors.css", colors, name="colors"),
    path("logo", on_light, name="logo"),
    path("logo-on-dark", on_dark, name="logo_on_dark"),
    path("robots.txt", robots, name="robots"),
    path("workshops/", CatalogView.as_view(), name="workshops"),
    path("workshops/<slug:slug>/", WorkshopView.as_view(), name="workshop"),
    path("facilitators/", FacilitatorListView.as_view(), name="facilitators"),
    path("facilitators/<slug:key>/", FacilitatorView.as_view(), name="facilitator"),
    path("team/", TeamView.as_view(), name="team"),
    path("partners/", PartnerListView.as_view(), name="partners"),
    path("programs/<slug:slug>/", ProgramView.as_view(), name="program"),
]
