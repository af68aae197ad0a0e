"""The pages between the portal and the school's sign-in. Those of SAML are there where what speaks it is installed."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import path

from accounts.school import views

urlpatterns = [
    path("openid/", views.openid, name="school_openid"),
    path("openid/answer/", views.openid_answer, name="school_openid_answer"),
]
if find_spec("onelogin"):  # requirements-saml.txt
    saml = import_module("accounts.school.saml")
    urlpatterns += [
        path("saml/", saml.saml, name="school_saml"),
        path("saml/answer/", saml.saml_answer, name="school_saml_answer"),
        path("saml/finish/", saml.saml_finish, name="school_saml_finish"),
        path("saml/metadata.xml", saml.saml_metadata, name="school_saml_metadata"),
    ]
