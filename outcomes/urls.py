"""What came of sessions, for the people who were there."""

from django.urls import path

from outcomes.views import outside, record

urlpatterns = [
    path("my/record/", record.record, name="record"),
    path("my/record.<slug:form>", record.record_file, name="record_file"),
    path("my/record/consents/<slug:purpose>/", record.consent, name="consent"),
    path("my/record/consents/<slug:purpose>/withdrawal/", record.consent_withdrawal, name="consent_withdrawal"),
    path("my/record/outside/", outside.tell, name="tell_outside"),
    path("outside-activities/<uuid:uuid>/", outside.activity, name="outside_activity"),
    path("outside-activities/<uuid:uuid>/proof/", outside.proof, name="outside_proof"),
    path("outside-activities/<uuid:uuid>/withdrawal/", outside.withdrawal, name="outside_withdrawal"),
]
