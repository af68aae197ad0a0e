"""What came of a session: certificates, and the licenses that credit asks for."""

from django.urls import path

from outcomes import views

urlpatterns = [
    path("certificates/<slug:code>/", views.certificate, name="certificate"),
    path("certificates/<slug:code>/certificate.pdf", views.certificate_file, name="certificate_file"),
    path("certificates/<slug:code>/name/", views.certificate_name, name="certificate_name"),
    path("my/licenses/", views.licenses, name="licenses"),
    path("my/licenses/<int:kind>/", views.license_of, name="license"),
    path("my/licenses/<int:kind>/deletion/", views.license_deletion, name="license_deletion"),
]
