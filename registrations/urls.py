"""Registrations and what belongs to one person."""

from django.urls import path

from registrations import views

urlpatterns = [
    path("sessions/<slug:code>/registration/", views.register, name="register"),
    path("registrations/<uuid:uuid>/", views.registration, name="registration"),
    path("registrations/<uuid:uuid>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("registrations/<uuid:uuid>/withdrawal/<slug:key>/", views.leaving, name="leaving"),
    path("registrations/<uuid:uuid>/merge/<slug:key>/", views.merge_offer, name="merge_offer"),
    path("registrations/<uuid:uuid>/seat/", views.seat, name="seat"),
    path("registrations/<uuid:uuid>/mode/", views.mode, name="mode"),
    path("registrations/<uuid:uuid>/transfer/", views.transfer, name="transfer"),
    path("registrations/<uuid:uuid>/pre-work/", views.pre_work, name="pre_work"),
    path("sessions/<slug:code>/nominations/", views.nominate, name="nominate"),
    path("nominations/<uuid:uuid>/", views.nomination, name="nomination"),
    path("programs/<slug:slug>/registration/", views.program_registration, name="program_registration"),
    path("workshops/<slug:slug>/interest/", views.interested, name="interested"),
    path("calls/<uuid:uuid>/", views.call, name="call"),
    path("interests/<uuid:uuid>/", views.interest, name="interest"),
    path("registrations/<uuid:uuid>/accommodation/", views.accommodation, name="accommodation"),
    path(
        "registrations/<uuid:uuid>/accommodation/deletion/",
        views.accommodation_deletion,
        name="accommodation_deletion",
    ),
    path("my/", views.my_training, name="my_training"),
    path("my/leading/", views.leading_list, name="leading_list"),
    path("my/leading/<slug:code>/", views.leading_session, name="leading_session"),
    path("my/leading/<slug:code>/names/", views.leading_names, name="leading_names"),
]
