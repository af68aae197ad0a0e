"""The library: what there is to read and watch, one of them, and what a topic or an action gathers."""

from django.urls import path

from library import views

urlpatterns = [
    path("resources/", views.resources, name="resources"),
    path("resources/<slug:slug>/", views.resource, name="resource"),
    path("resources/<slug:slug>/citation.ris", views.citation, name="citation"),
    path("resources/<slug:slug>/file/<slug:name>/", views.stored_file, name="stored_file"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("actions/<slug:slug>/", views.action, name="action"),
]
