"""Registrations and what belongs to one person."""

from django.urls import path

from registrations import views

urlpatterns = [
    path("sessions/<slug:code>/registration/", views.register, name="register"),
    path("registrations/<uuid:uuid>/", views.registration, name="registration"),
    path("registrations/<uuid:uuid>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("my/", views.my_training, name="my_training"),
]
