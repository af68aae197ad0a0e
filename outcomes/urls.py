"""What came of sessions, for the people who were there: certificates, licenses, and the record."""

from django.urls import path

from outcomes import views
from outcomes.views import outside, record

urlpatterns = [
    path("certificates/<slug:code>/", views.certificate, name="certificate"),
    path("certificates/<slug:code>/certificate.pdf", views.certificate_file, name="certificate_file"),
    path("certificates/<slug:code>/name/", views.certificate_name, name="certificate_name"),
    path("outside-activities/<uuid:uuid>/", outside.activity, name="outside_activity"),
    path("outside-activities/<uuid:uuid>/proof/", outside.proof, name="outside_proof"),
    path("outside-activities/<uuid:uuid>/withdrawal/", outside.withdrawal, name="outside_withdrawal"),
    path("my/licenses/", views.licenses, name="licenses"),
    path("my/licenses/<int:kind>/", views.license_of, name="license"),
    path("my/licenses/<int:kind>/deletion/", views.license_deletion, name="license_deletion"),
    path("my/record.<slug:form>", record.record_file, name="record_file"),
    path("my/record/", record.record, name="record"),
    path("my/record/consents/<slug:purpose>/", record.consent, name="consent"),
    path("my/record/consents/<slug:purpose>/withdrawal/", record.consent_withdrawal, name="consent_withdrawal"),
    path("my/record/outside/", outside.tell, name="tell_outside"),
]
