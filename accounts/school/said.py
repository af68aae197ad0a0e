"""What the school's sign-in says of a person, read by the table of docs/sign-in.md. Nothing here is trusted further.

An identity provider sends attributes under names of its own, each with one value or several, of whatever type.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.models.campus import Campus
from accounts.models.people import Person
from accounts.models.units import Unit
from foundation.values.addresses import plain_address, read_address
from foundation.values.lines import read_line

# Of each thing the names it is looked for under; the first that the provider sends counts. OpenID Connect Core 1.0
# section 5.1, eduPerson 202208, RFC 4519; SAML providers send the object identifier, the friendly name, or both.
NAMES = {
    "address": ["email", "mail", "urn:oid:0.9.2342.19200300.100.1.3"],
    # SAML only: OpenID Connect has its own. By it a person is known for good.
    "identifier": [
        "urn:oasis:names:tc:SAML:attribute:subject-id",
        "subject-id",
        "urn:oasis:names:tc:SAML:attribute:pairwise-id",
        "pairwise-id",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.13",
        "eduPersonUniqueId",
    ],
    "name": ["name", "displayName", "urn:oid:2.16.840.1.113730.3.1.241", "cn", "urn:oid:2.5.4.3"],
    "role": [
        "eduperson_scoped_affiliation",
        "eduPersonScopedAffiliation",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.9",
        "eduperson_affiliation",
        "eduPersonAffiliation",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.1",
    ],
    "unit": ["ou", "urn:oid:2.5.4.11", "department"],
    "campus": ["campus", "l", "urn:oid:2.5.4.7"],
}
GIVEN_NAMES = ["given_name", "givenName", "urn:oid:2.5.4.42"]
FAMILY_NAMES = ["family_name", "sn", "urn:oid:2.5.4.4"]
# Of one attribute: more is no list of addresses or units, but an attempt.
MOST_VALUES = 20
MOST_UID = 191  # what allauth's column holds


@dataclass(frozen=True)
class Said:
    """What one sign-in said. Texts are plain lines, "" for what was not said.

    `provider` is openid or saml, and `uid` what names the person there for good. `vouched` are the addresses that are
    proven, in lower case and in the provider's order; `unproven` are the others. `affiliations` are in lower case and
    without their scope. `proof` is how the person proved who they are: `acr`, or the AuthnContext class.
    """

    provider: str
    uid: str
    vouched: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    name: str = ""
    affiliations: tuple[str, ...] = ()
    unit: str = ""
    campus: str = ""
    proof: str = ""

    @property
    def role(self) -> str:
        """The role that the affiliations stand for, the first of SCHOOL_ROLES that fits; "" for none."""
        return next((role for word, role in settings.SCHOOL_ROLES if word in self.affiliations), "")


def read_said(provider: str, uid: Any, attributes: Mapping[str, Any], *, is_verified: bool, proof: str) -> Said | None:
    """Return what `attributes`, by name, say; None if `uid` names nobody for good.

    `is_verified` says that the provider has verified the one address it sends.
    """
    uid = str(uid) if isinstance(uid, str | int) and not isinstance(uid, bool) else ""
    if not uid or len(uid) > MOST_UID or not uid.isprintable():
        return None
    given, family = _first(attributes, GIVEN_NAMES), _first(attributes, FAMILY_NAMES)
    names = lines_of(_found(attributes, names_of("name")), most=Person._meta.get_field("name").max_length)
    addresses = addresses_of(_found(attributes, names_of("address")))
    vouched = [one for one in addresses if (is_verified and len(addresses) == 1) or is_vouched_for(one)]
    words = (word.partition("@")[0].strip().lower() for word in lines_of(_found(attributes, names_of("role"))))
    return Said(
        provider=provider,
        uid=uid,
        vouched=tuple(vouched),
        unproven=tuple(one for one in addresses if one not in vouched),
        name=names[0] if names else f"{given} {family}".strip()[:120],
        affiliations=tuple(word for word in words if word),
        unit=_first(attributes, names_of("unit"), most=Unit._meta.get_field("name").max_length),
        campus=_first(attributes, names_of("campus"), most=Campus._meta.get_field("name").max_length),
        proof=proof,
    )


def names_of(what: str) -> list[str]:
    """Return the names under which a provider may send `what`: those of SCHOOL_ATTRIBUTES, or else the usual ones."""
    return settings.SCHOOL_ATTRIBUTES.get(what) or NAMES[what]


def is_vouched_for(address: str) -> bool:
    """Tell whether the provider answers for every address of this domain: SCHOOL_VOUCHES_FOR."""
    return address.rpartition("@")[2] in settings.SCHOOL_VOUCHES_FOR


def addresses_of(values: Iterable[Any]) -> list[str]:
    """Return the addresses among `values`, each once, in the form in which they are stored."""
    found = []
    for line in lines_of(values):
        try:
            found.append(plain_address(read_address(line)))
        except ValidationError:
            continue
    return list(dict.fromkeys(found))


def lines_of(values: Iterable[Any], most: int | None = 254) -> list[str]:
    """Return those of `values` that are words on one line, in their plain form and at most `most` characters."""
    found = []
    for value in values:
        if type(value) is int and abs(value) < 10**12:  # the number of a department; True is none
            value = str(value)
        try:
            line = read_line(value) if isinstance(value, str) else ""
        except ValidationError:
            continue
        if line:
            found.append(line[:most].strip())
    return found


def _first(attributes: Mapping[str, Any], names: list[str], most: int | None = 120) -> str:
    return next(iter(lines_of(_found(attributes, names), most)), "")


def _found(attributes: Mapping[str, Any], names: list[str]) -> list[Any]:
    """Return the values of the first of `names` that has one, at most twenty."""
    for name in names:
        value = attributes.get(name)
        values = value if isinstance(value, list | tuple) else [value]
        if lines_of(values[:MOST_VALUES]):
            return list(values[:MOST_VALUES])
    return []
