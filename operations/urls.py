from django.urls import path

from operations import health
from operations.forgetting import views

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("privacy/", views.what_we_keep, name="what_we_keep"),
    path("my/data/", views.my_data, name="my_data"),
    path("my/data/export/", views.own_export, name="own_export"),
    path("my/data/erasure/", views.own_erasure, name="own_erasure"),
    path("my/data/erasure/sign-in/", views.sign_in_again, name="sign_in_again"),
]
