"""The school's sign-in beside the portal: an OpenID provider of its own (oidc-provider-mock), in a thread on loopback.

It is an implementation that knows nothing of ours. `tampering` puts something between it and the portal.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import oidc_provider_mock
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from oidc_provider_mock._storage import storage
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

OPENID = "/accounts/school/openid/"
Tamper = Callable[[str, dict[str, Any]], dict[str, Any] | None]


@dataclass
class OpenIDProvider:
    """A running provider. `asked` are the URLs it was asked for a sign-in, as the portal built them."""

    app: Any
    issuer: str = ""
    key: str = ""
    tamper: Tamper | None = None
    asked: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        """Answer as the provider does, but for JSON that is tampered with."""
        request = Request(environ)
        answer = Response.from_app(self.app, environ)
        if self.tamper and answer.mimetype == "application/json":
            other = self.tamper(request.path, json.loads(answer.get_data()))
            answer = (
                Response(status=500) if other is None else Response(json.dumps(other), 200, mimetype=answer.mimetype)
            )
        return answer(environ, start)

    @contextmanager
    def tampering(self, tamper: Tamper) -> Iterator[None]:
        """Change what it answers: `tamper` takes a path and its JSON, and returns what goes out; None for a failure."""
        self.tamper = tamper
        try:
            yield
        finally:
            self.tamper = None

    @contextmanager
    def token(self, key: Any = None, headers: dict[str, Any] | None = None, **claims: Any) -> Iterator[None]:
        """Answer with an ID token that says `claims` too, signed by `key` instead of its own; None leaves one out."""

        def tamper(path: str, answer: dict[str, Any]) -> dict[str, Any]:
            if "id_token" in answer:
                said = jwt.decode(answer["id_token"], options={"verify_signature": False}) | claims
                said = {name: value for name, value in said.items() if value is not None}
                answer["id_token"] = jwt.encode(said, key or self.key, "RS256", headers=headers)
            return answer

        with self.tampering(tamper):
            yield

    @contextmanager
    def forged(self, algorithm: str) -> Iterator[None]:
        """Answer with an ID token that says the same, without a signature (“none”) or signed by what is public."""

        def tamper(path: str, answer: dict[str, Any]) -> dict[str, Any]:
            if "id_token" in answer:
                said = jwt.decode(answer["id_token"], options={"verify_signature": False})
                key = None if algorithm == "none" else "what everybody may read, long enough for HS256"
                answer["id_token"] = jwt.encode(said, key, algorithm)
            return answer

        with self.tampering(tamper):
            yield

    def knows(self, sub: str, **claims: Any) -> None:
        """Let the provider say `claims` of the person `sub` from now on."""
        requests.put(f"{self.issuer}/users/{sub}", json=claims, timeout=10).raise_for_status()

    def sign_in(self, client: Client, sub: str, next_url: str = "", **more: Any) -> Any:
        """Sign in as people do: press the button, say at the provider who they are, come back. Returns the answer."""
        return client.get(self.come_back(client, sub, next_url, **more))

    def come_back(self, client: Client, sub: str, next_url: str = "", deny: bool = False, **more: Any) -> str:
        """Do so up to the URL at which the provider sends the browser back, and return its path with the query.

        With `deny` the person says no to the provider.
        """
        begun = client.get(OPENID, ({"next": next_url} if next_url else {}) | more)
        assert begun.status_code == 302, begun.status_code
        self.asked.append(begun.url)
        answered = requests.post(
            begun.url, data={"action": "deny"} if deny else {"sub": sub}, allow_redirects=False, timeout=10
        )
        back = urlsplit(answered.headers["Location"])
        if "state=" not in back.query:  # it forgets it where the person says no (RFC 6749 section 4.1.2.1)
            back = back._replace(query=f"{back.query}&state={parse_qs(urlsplit(begun.url).query)['state'][0]}")
        return f"{back.path}?{back.query}"


@pytest.fixture(scope="session")
def running_openid_provider() -> Iterator[OpenIDProvider]:
    """Run the provider on loopback, for all tests of this process."""
    provider = OpenIDProvider(oidc_provider_mock.app(issue_refresh_token=False))
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    with provider.app.test_request_context("/"):
        provider.app.preprocess_request()
        provider.key = storage.jwk.as_pem(is_private=True).decode()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def openid_provider(running_openid_provider: OpenIDProvider, settings: Any) -> OpenIDProvider:
    """Set the portal up for the running provider, which knows nobody yet that a test has not told it of."""
    settings.OPENID_URL = running_openid_provider.issuer
    settings.OPENID_CLIENT_ID, settings.OPENID_CLIENT_SECRET = "portal", "a secret of the portal"
    settings.SCHOOL_PROVIDERS = {"openid": "Example School"}
    running_openid_provider.asked.clear()
    return running_openid_provider


def another_key() -> rsa.RSAPrivateKey:
    """Return a key that no provider has published."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def long_ago() -> dict[str, int]:
    """Return the times of a token that ran out an hour ago."""
    now = int(time.time())
    return {"iat": now - 7200, "exp": now - 3600}
