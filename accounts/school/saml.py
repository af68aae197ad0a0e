"""SAML 2.0 (Shibboleth) by python3-saml, which is installed only where it is used: nothing but urls.py imports this.

The provider answers with a form that its page sends here, a POST without our cookie. So the answer waits in a browser
session of its own, and the page it leads to, which has the cookie, reads it: as allauth's own views do. Those take an
answer for right before they look whose question it answers; here the question comes first.
"""

import hashlib
import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from allauth.core import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.sessions import LoginSession
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from lxml.etree import LxmlError
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from requests import RequestException
from xmlsec import Error as XmlsecError

from accounts.school.joining import NOBODY, Refused
from accounts.school.refusals import LATE, NOT_THERE, TOO_LONG, TOO_OFTEN, WRONG, kinds, refused
from accounts.school.said import Said, lines_of, names_of, read_said
from accounts.school.views import destination, of_a_provider
from foundation import database_clock

SAML = "saml"
MOST = 400_000  # characters of an answer: a few kilobytes of attributes, their signature, and what encryption adds
METADATA_SECONDS = 4 * 60 * 60
USED_SECONDS = 24 * 60 * 60
ERRORS = (OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError)
UNREADABLE = (*ERRORS, LxmlError, XmlsecError, LookupError, TypeError, ValueError)

logger = logging.getLogger(__name__)


@of_a_provider(SAML)
@require_GET
def saml(request: HttpRequest) -> HttpResponse:
    """Lead to the school's SAML provider with a question, and from there back to `next`, if that is on this site."""
    elsewhere, next_url, wants_second_step = destination(request)
    if elsewhere:
        return elsewhere
    auth = OneLogin_Saml2_Auth(_this_request({}), old_settings=_settings(wants_second_step))
    url = auth.login(return_to="")
    state = {"next": next_url} if next_url else {}
    statekit.stash_state(request, provider_id=SAML, state=state, state_id=auth.get_last_request_id())
    return redirect(url)


@csrf_exempt
@of_a_provider(SAML)
@require_POST
def saml_answer(request: HttpRequest) -> HttpResponse:
    """Keep the answer for the page that reads it. What is far too long for one is not kept."""
    if not ratelimit.consume(request, action="school_answer"):
        return refused(request, TOO_OFTEN, 429)
    answer = request.POST.get("SAMLResponse", "")
    if not answer or len(answer) > MOST:
        return refused(request, TOO_LONG if answer else LATE, 400)
    response = redirect("school_saml_finish")
    waiting = LoginSession(request, "saml_answer", "saml-answer")
    waiting.store["answer"] = answer
    waiting.save(response)
    return response


@of_a_provider(SAML)
@require_GET
def saml_finish(request: HttpRequest) -> HttpResponse:
    """Sign in the person whom the answer is about, or say why nobody is signed in."""
    waiting = LoginSession(request, "saml_answer", "saml-answer")
    answer = waiting.store.get("answer")
    waiting.delete()
    if not isinstance(answer, str):
        return refused(request, LATE, 400)
    try:
        response = OneLogin_Saml2_Response(_settings(), answer)
        question = response.get_in_response_to()
        state = statekit.unstash_state(request, provider_id=SAML, state_id=question) if question else None
        if state is None:
            return refused(request, LATE, 400)
        response.is_valid(_this_request({"SAMLResponse": answer}), request_id=question, raise_exceptions=True)
        _refuse_another_portals(response)
        said = _said(response)
    except UNREADABLE as error:
        logger.warning("a sign-in at the school failed: %s", kinds(error))
        return refused(request, NOT_THERE if _is_no(error) else WRONG, 403)
    if said is None:
        raise Refused(NOBODY)
    if not _is_first_use(response):
        return refused(request, LATE, 400)
    login = SocialLogin(account=SocialAccount(provider=SAML, uid=said.uid, extra_data={}))
    login.said, login.state = said, state
    return complete_social_login(request, login)


@of_a_provider(SAML)
@require_GET
def saml_metadata(request: HttpRequest) -> HttpResponse:
    """Describe this portal to the people who run the identity provider."""
    told = _settings()
    # Only here: what the provider does not encrypt is taken all the same.
    told.get_security_data()["wantAssertionsEncrypted"] = bool(settings.SAML_KEY)
    return HttpResponse(told.get_sp_metadata(), content_type="application/samlmetadata+xml")


# ---- reading an answer ----


def _is_no(error: BaseException) -> bool:
    """Tell whether the provider itself says that it signed nobody in."""
    if not isinstance(error, OneLogin_Saml2_ValidationError):
        return False
    return bool(error.code == OneLogin_Saml2_ValidationError.STATUS_CODE_IS_NOT_SUCCESS)


def _said(response: OneLogin_Saml2_Response) -> Said | None:
    attributes = response.get_friendlyname_attributes() | response.get_attributes()
    accepted = [proof for proof in response.get_authn_contexts() if proof in settings.SCHOOL_SECOND_FACTOR]
    # Called verified by nobody: SAML has no word for it. So the domain decides (SCHOOL_VOUCHES_FOR).
    return read_said(SAML, _uid(response, attributes), attributes, is_verified=False, proof="".join(accepted[:1]))


def _uid(response: OneLogin_Saml2_Response, attributes: dict[str, Any]) -> str:
    """Return what names the person for good: an attribute for that, or a persistent NameID; "" for none."""
    for name in names_of("identifier"):
        if found := lines_of(attributes.get(name, [])):
            return found[0]
    is_persistent = response.get_nameid_format() == Constants.NAMEID_PERSISTENT
    return response.get_nameid() if is_persistent else ""


def _refuse_another_portals(response: OneLogin_Saml2_Response) -> None:
    """Raise for an assertion that does not say it is for this portal (SAML profiles, section 4.1.4.2)."""
    if _entity_id() not in response.get_audiences():
        raise OneLogin_Saml2_ValidationError("no audience", OneLogin_Saml2_ValidationError.WRONG_AUDIENCE)


def _is_first_use(response: OneLogin_Saml2_Response) -> bool:
    """Tell whether this assertion was never taken before, and take it (SAML profiles, section 4.1.4.5)."""
    name = hashlib.sha256(response.get_assertion_id().encode()).hexdigest()
    left = (response.get_assertion_not_on_or_after() or 0) - database_clock.now().timestamp()
    return cache.add(f"saml-assertion:{name}", True, int(max(USED_SECONDS, left + Constants.ALLOWED_CLOCK_DRIFT)))


# ---- what python3-saml is told ----


def _entity_id() -> str:
    return settings.SITE_URL + reverse("school_saml_metadata")


def _this_request(posted: dict[str, str]) -> dict[str, Any]:
    """Return the address at which answers arrive, as SITE_URL says it, whatever proxies are in front."""
    site = urlsplit(settings.SITE_URL)
    return {
        "https": "on" if site.scheme == "https" else "off",
        "http_host": site.netloc,
        "script_name": reverse("school_saml_answer"),
        "get_data": {},
        "post_data": posted,
    }


def _settings(wants_second_step: bool = False) -> OneLogin_Saml2_Settings:
    """Return this portal and the school's provider, from the settings and its metadata.

    Raises RequestException if the metadata cannot be fetched, and ValueError if it is of no use.
    """
    files = (settings.SAML_KEY, settings.SAML_CERTIFICATE)
    key, certificate = (Path(path).read_text() if path else "" for path in files)
    portal = {
        "entityId": _entity_id(),
        "assertionConsumerService": {
            "url": settings.SITE_URL + reverse("school_saml_answer"),
            "binding": Constants.BINDING_HTTP_POST,
        },
        "NameIDFormat": Constants.NAMEID_PERSISTENT,
        "x509cert": certificate,
        "privateKey": key,
    }
    security = {
        "authnRequestsSigned": bool(key),
        "rejectDeprecatedAlgorithm": True,
        "signatureAlgorithm": Constants.RSA_SHA256,
        "digestAlgorithm": Constants.SHA256,
        "requestedAuthnContext": settings.SCHOOL_SECOND_FACTOR if wants_second_step else False,
        "allowRepeatAttributeName": True,
        "allowSingleLabelDomains": True,
        "wantNameId": False,
        "wantAttributeStatement": False,
    }
    try:
        found = OneLogin_Saml2_IdPMetadataParser.parse(_metadata(), entity_id=settings.SAML_ENTITY_ID or None)
        provider = found.get("idp", {})
        return OneLogin_Saml2_Settings({"strict": True, "idp": provider, "sp": portal, "security": security})
    except (*ERRORS, LxmlError) as error:
        raise ValueError("metadata of no use") from error


def _metadata() -> bytes:
    """Return the provider's metadata: the file, or what its address said the last time (four hours)."""
    place = settings.SAML_METADATA
    if "://" not in place:
        return Path(place).read_bytes()
    name = f"saml-metadata:{hashlib.sha256(place.encode()).hexdigest()}"
    if fresh := cache.get(name):
        return fresh
    try:
        with get_adapter().get_requests_session() as fetching:
            answer = fetching.get(place)
            answer.raise_for_status()
    except RequestException:
        if old := cache.get(f"{name}:last"):
            return old
        raise
    cache.set(name, answer.content, METADATA_SECONDS)
    cache.set(f"{name}:last", answer.content, None)
    return answer.content
