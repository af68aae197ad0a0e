"""What came of sessions: attendance, certificates, and the pages of the people who were there."""

from django.urls import path

from outcomes import views
from outcomes.views import outside, record
from outcomes.views.evaluations import evaluation

urlpatterns = [
    path("sessions/<slug:code>/check-in/", views.check_in, name="check_in"),
    path("sessions/<slug:code>/check-in/code/", views.code_of_the_day, name="code_of_the_day"),
    path("registrations/<uuid:uuid>/attendance/", views.attendance_dispute, name="attendance_dispute"),
    path("check-in/", views.check_in_with, name="check_in_with"),
    path("check-in/<slug:day_code>/", views.check_in_with, name="check_in_with"),
    path("evaluations/<slug:token>/", evaluation, name="evaluation"),
    path("my/record/", record.record, name="record"),
    path("my/record.<slug:form>", record.record_file, name="record_file"),
    path("my/record/consents/<slug:purpose>/", record.consent, name="consent"),
    path("my/record/consents/<slug:purpose>/withdrawal/", record.consent_withdrawal, name="consent_withdrawal"),
    path("my/record/outside/", outside.tell, name="tell_outside"),
    path("outside-activities/<uuid:uuid>/", outside.activity, name="outside_activity"),
    path("outside-activities/<uuid:uuid>/proof/", outside.proof, name="outside_proof"),
    path("outside-activities/<uuid:uuid>/withdrawal/", outside.withdrawal, name="outside_withdrawal"),
    path("certificates/<slug:code>/", views.certificate, name="certificate"),
    path("certificates/<slug:code>/certificate.pdf", views.certificate_file, name="certificate_file"),
    path("certificates/<slug:code>/name/", views.certificate_name, name="certificate_name"),
    path("outside-activities/<uuid:uuid>/", outside.activity, name="outside_activity"),
    path("outside-activities/<uuid:uuid>/proof/", outside.proof, name="outside_proof"),
    path("outside-activities/<uuid:uuid>/withdrawal/", outside.withdrawal, name="outside_withdrawal"),
    path("my/licenses/", views.licenses, name="licenses"),
    path("my/licenses/<int:kind>/", views.license_of, name="license"),
    path("my/licenses/<int:kind>/deletion/", views.license_deletion, name="license_deletion"),
]
