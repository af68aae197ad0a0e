"""The office's search and its activity, beside the pages of the nouns."""

from django.contrib import admin
from django.urls import path

from office.home.activity import activity
from office.home.search import search

urlpatterns = [
    path("search/", admin.site.admin_view(search), name="office_search"),
    path("activity/", admin.site.admin_view(activity), name="office_activity"),
]
