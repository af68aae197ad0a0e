"""OpenID Connect: allauth's flow, with every ID token verified and nothing taken from what a browser adds to a URL."""

from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.school.joining import NOBODY, Refused
from accounts.school.said import read_said

OPENID = "openid"
# Signatures by a key that only the provider has. None that is symmetric, and no token without one.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY = 60  # seconds that two clocks may differ
# What the token itself must say: the answer of the userinfo endpoint is not signed.
OF_THE_TOKEN = ("iss", "aud", "exp", "iat", "sub", "acr", "amr", "azp")


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):
    """Fetch and verify what one sign-in says."""

    def get_provider(self) -> "OpenID":
        return OpenID(self.request, app=openid_app())

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return settings.SITE_URL + reverse("school_openid_answer")

    @property
    def basic_auth(self) -> bool:
        """Tell whether the secret goes into a header: a provider that does not say takes it there (Discovery 1.0)."""
        methods = self.openid_config.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return "client_secret_post" not in methods

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider publishes of itself. Raises OAuth2Error if it is another than the one that was set
        (OpenID Connect Discovery 1.0 section 4.3), but for a slash at the end."""
        published = super().openid_config
        if not isinstance(published, dict) or str(published.get("issuer")).rstrip("/") != settings.OPENID_URL:
            raise OAuth2Error("another issuer")
        return published

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Return the sign-in that the verified token, and the userinfo of the same person, speak of.

        Raises OAuth2Error for a token that is not right, and Refused for one that names nobody.
        """
        attributes = self._decode_id_token(app, str(kwargs["response"].get("id_token")))
        if "userinfo_endpoint" in self.openid_config:
            more = self._fetch_user_info(token.token)
            if not isinstance(more, dict) or more.get("sub") != attributes["sub"]:
                raise OAuth2Error("userinfo of somebody else")
            attributes |= {name: value for name, value in more.items() if name not in OF_THE_TOKEN}
        proof = attributes.get("acr")
        said = read_said(
            OPENID,
            attributes["sub"],
            attributes,
            is_verified=attributes.get("email_verified") in (True, "true"),
            proof=proof if isinstance(proof, str) else "",
        )
        if said is None:
            raise Refused(NOBODY)
        account = SocialAccount(provider=OPENID, uid=said.uid, extra_data={})
        login = SocialLogin(account=account, provider=self.get_provider())
        login.said = said
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Return the claims. Raises OAuth2Error for a wrong signature, issuer or audience, and for one out of date.

        Also where the token came over TLS from the provider itself, for which the standard allows to leave it out.
        """
        try:
            return jwt.decode(
                id_token,
                self._key_of(id_token),
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error("Invalid id_token") from error

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        with get_adapter().get_requests_session() as fetching:
            answer = fetching.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        name = jwt.get_unverified_header(id_token).get("kid")
        found = [key for key in keys if key.key_id == name] or keys
        return found[0]


class OpenID(OpenIDConnectProvider):
    """The school's OpenID provider, from the settings. Of a request that starts a sign-in only `next` counts."""

    oauth2_adapter_class = OpenIDAdapter

    def get_oauth2_adapter(self, request: HttpRequest) -> OpenIDAdapter:
        return OpenIDAdapter(request, OPENID)

    def get_callback_url(self) -> str:
        return reverse("school_openid_answer")


def openid_app() -> SocialApp:
    """Return the settings as allauth wants them: a row that is in no database."""
    return SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=OPENID,
        name=settings.SCHOOL_PROVIDERS[OPENID],
        client_id=settings.OPENID_CLIENT_ID,
        secret=settings.OPENID_CLIENT_SECRET,
        settings={
            "server_url": settings.OPENID_URL,
            "oauth_pkce_enabled": True,
            "scope": settings.OPENID_SCOPES,
        },
    )
