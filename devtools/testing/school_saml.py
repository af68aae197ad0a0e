"""A SAML identity provider beside the portal: pysaml2, in a thread on loopback. It knows nothing of our code.

It signs by python-xmlsec instead of the program xmlsec1, so that no machine needs one more package; what it says, and
where the signature stands, is pysaml2's. `before_signing` changes what it says, and `after_signing` is what somebody
between it and the portal would change.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import xmlsec
from bs4 import BeautifulSoup
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.test import Client
from lxml import etree
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.sigver import CryptoBackend
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

SAML = "/accounts/school/saml/"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
SHA256 = (SIG_RSA_SHA256, DIGEST_SHA256)
NAMES = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion"}
DS = {"ds": "http://www.w3.org/2000/09/xmldsig#"}


def unchanged(xml: str) -> str:
    return xml


@dataclass
class Signer(CryptoBackend):
    """Sign what pysaml2 has written, with the key in a file."""

    key: Path
    before_signing: Callable[[str], str] = unchanged

    def sign_statement(self, statement: str | bytes, node_name: str, key_file: str, node_id: str) -> str:
        """Return the XML `statement` with the signature of its element `node_id` filled in."""
        statement = statement.decode() if isinstance(statement, bytes) else str(statement)
        tree = etree.fromstring(self.before_signing(statement).encode())
        xmlsec.tree.add_ids(tree, ["ID"])
        (reference,) = tree.xpath(f"//ds:Reference[@URI='#{node_id}']", namespaces=DS)
        signing = xmlsec.SignatureContext()
        signing.key = xmlsec.Key.from_file(str(self.key), xmlsec.constants.KeyDataFormatPem)
        signing.sign(reference.getparent().getparent())
        return etree.tostring(tree).decode()

    def encrypt_assertion(
        self, statement: Any, certificate: str, template: Any, key_type: str, node_xpath: str | None = None
    ) -> str:
        """Return `statement` with its assertion encrypted to `certificate` (a file), as Shibboleth does since 4.0.

        pysaml2's own `template` is for Triple DES.
        """
        tree = etree.fromstring(str(statement).encode())
        (assertion,) = tree.xpath("//saml:EncryptedAssertion/saml:Assertion", namespaces=NAMES)
        data = xmlsec.template.encrypted_data_create(
            assertion, xmlsec.constants.TransformAes128Gcm, type=xmlsec.constants.TypeEncElement, ns="xenc"
        )
        xmlsec.template.encrypted_data_ensure_cipher_value(data)
        wrapped = xmlsec.template.add_encrypted_key(
            xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds"), xmlsec.constants.TransformRsaOaep
        )
        xmlsec.template.encrypted_data_ensure_cipher_value(wrapped)
        keys = xmlsec.KeysManager()
        keys.add_key(xmlsec.Key.from_file(certificate, xmlsec.constants.KeyDataFormatCertPem))
        encrypting = xmlsec.EncryptionContext(keys)
        encrypting.key = xmlsec.Key.generate(xmlsec.constants.KeyDataAes, 128, xmlsec.constants.KeyDataTypeSession)
        encrypting.encrypt_xml(data, assertion)
        return etree.tostring(tree).decode()


@dataclass
class SAMLProvider:
    """A running identity provider."""

    folder: Path
    base: str = ""
    server: Server | None = None
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    proof: str = PASSWORD
    signs: tuple[bool, bool] = (True, False)  # the assertion, the response
    algorithms: tuple[str, str] = SHA256
    encrypts_to: Path | None = None  # a certificate; without one it encrypts nothing
    after_signing: Callable[[str], str] = unchanged
    is_away: bool = False
    present: str = ""  # who sits at a real browser
    asked: list[Any] = field(default_factory=list)

    @property
    def signer(self) -> Signer:
        assert self.server is not None
        return self.server.sec.crypto

    def start(self, base: str) -> None:
        """Configure pysaml2 at this address, with a key of its own."""
        self.base = base
        key, certificate = make_key(self.folder, "provider")
        sso = [(f"{base}/sso", BINDING_HTTP_REDIRECT)]
        policy = {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None}}
        told = {
            "entityid": f"{base}/metadata",
            "service": {"idp": {"endpoints": {"single_sign_on_service": sso}, "policy": policy}},
            "key_file": str(key),
            "cert_file": str(certificate),
            "crypto_backend": "XMLSecurity",
            "metadata": {"inline": []},
        }
        self.server = Server(config=IdPConfig().load(told))
        self.server.sec.crypto = Signer(key)

    def meet(self, client: Client) -> None:
        """Give it the portal's metadata, as an operator does."""
        self.server.metadata.load("inline", client.get(f"{SAML}metadata.xml").content)

    def learn_of(self, portal: str) -> None:
        """Fetch the metadata of a portal at another address."""
        answer = requests.get(f"{portal}{SAML}metadata.xml", timeout=10)
        self.server.metadata.load("inline", answer.content)

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        """Serve the metadata, and a sign-in of the person in `as` for the question in the query."""
        request = Request(environ)
        if self.is_away:
            return Response(status=503)(environ, start)
        if request.path == "/metadata":
            return Response(str(entity_descriptor(self.server.config)), mimetype="text/xml")(environ, start)
        return Response(self.answer(request.args), mimetype="text/html")(environ, start)

    def answer(self, query: Any) -> str:
        """Return the page whose form carries the answer to the portal."""
        question = self.server.parse_authn_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT).message
        self.asked.append(question)
        where, sub = self.server.response_args(question), query.get("as", self.present)
        if sub == "nobody":
            says = str(
                self.server.create_error_response(where["in_response_to"], where["destination"], ValueError("no"))
            )
        else:
            says = str(
                self.server.create_authn_response(
                    self.people[sub],
                    userid=sub,
                    name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=sub),
                    authn={"class_ref": self.proof, "authn_auth": self.base},
                    sign_alg=self.algorithms[0],
                    digest_alg=self.algorithms[1],
                    sign_assertion=self.signs[0],
                    sign_response=self.signs[1],
                    encrypt_assertion=self.encrypts_to is not None,
                    # Written otherwise, its signature is not what was signed any more once it stands in the response.
                    encrypt_assertion_self_contained=False,
                    encrypt_cert_assertion=self.encrypts_to and self.encrypts_to.read_text(),
                    **{name: where[name] for name in ("in_response_to", "destination", "sp_entity_id")},
                )
            )
        says = self.after_signing(says)
        return self.server.apply_binding(BINDING_HTTP_POST, says, where["destination"], response=True)["data"]

    def knows(self, sub: str, **attributes: Any) -> None:
        """Let it say `attributes` of the person `sub` from now on."""
        self.people[sub] = attributes

    def come_back(self, client: Client, sub: str, next_url: str = "", **more: Any) -> tuple[str, dict[str, str]]:
        """Press the button and sign in at the provider. Returns the address and the fields its page sends."""
        begun = client.get(SAML, ({"next": next_url} if next_url else {}) | more)
        assert begun.status_code == 302, begun.status_code
        page = requests.get(begun.url, params={"as": sub}, timeout=10)
        assert page.status_code == 200, page.text[:500]
        form = BeautifulSoup(page.text, "html.parser").form
        fields = {one["name"]: one["value"] for one in form("input", attrs={"name": True})}
        return urlsplit(form["action"]).path, fields

    def sign_in(self, client: Client, sub: str, next_url: str = "", **more: Any) -> Any:
        """Sign in as people do. Returns the last answer."""
        return self.send(client, *self.come_back(client, sub, next_url, **more))

    @staticmethod
    def send(client: Client, path: str, fields: dict[str, str]) -> Any:
        """Send an answer as the provider's page does, from another site, and follow to the page that reads it."""
        kept = Client(enforce_csrf_checks=True).post(path, fields)
        if kept.status_code != 302:
            return kept
        client.cookies.update(kept.cookies)
        return client.get(kept.url)


def make_key(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a new key and its certificate in PEM into `folder`; returns both paths."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(own, own, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.key", folder / f"{name}.pem"
    plain = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    paths[0].write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
    paths[1].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return paths


@pytest.fixture(scope="session")
def running_saml_provider(tmp_path_factory: Any) -> Iterator[SAMLProvider]:
    """Run the identity provider on loopback, for all tests of this process."""
    provider = SAMLProvider(tmp_path_factory.mktemp("saml"))
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    provider.start(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def saml_provider(running_saml_provider: SAMLProvider, settings: Any, fresh_cache: None) -> Iterator[SAMLProvider]:
    """Set the portal and the running provider up for each other."""
    provider = running_saml_provider
    settings.SAML_METADATA = f"{provider.base}/metadata"
    settings.SCHOOL_PROVIDERS = settings.SCHOOL_PROVIDERS | {"saml": "Example School"}
    settings.SCHOOL_VOUCHES_FOR = ["example.edu"]
    if not provider.server.metadata.service_providers():
        provider.meet(Client())
    provider.asked.clear()
    yield provider
    provider.proof, provider.signs, provider.after_signing = PASSWORD, (True, False), unchanged
    provider.algorithms, provider.encrypts_to = SHA256, None
    provider.signer.before_signing, provider.signer.key = unchanged, provider.folder / "provider.key"
