"""The units for systemd and the configuration of nginx: what each process may do, and what reaches the portal."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

DOCS = Path(__file__).resolve().parents[2] / "docs"
UNITS = sorted((DOCS / "systemd").glob("*.service"))
NGINX = (DOCS / "nginx" / "quorum.conf").read_text()
# What `systemd-analyze security` weighs most. With these a unit is at 1.2 of 10; without any of them near 9.
MAY = {
    "UMask": ["0077"],
    "NoNewPrivileges": ["yes"],
    "CapabilityBoundingSet": [""],
    "AmbientCapabilities": [""],
    "PrivateTmp": ["yes"],
    "PrivateDevices": ["yes"],
    "PrivateUsers": ["yes"],
    "ProtectSystem": ["strict"],
    "ProtectHome": ["yes"],
    "ProtectClock": ["yes"],
    "ProtectControlGroups": ["yes"],
    "ProtectHostname": ["yes"],
    "ProtectKernelLogs": ["yes"],
    "ProtectKernelModules": ["yes"],
    "ProtectKernelTunables": ["yes"],
    "ProtectProc": ["invisible"],
    "ProcSubset": ["pid"],
    "RemoveIPC": ["yes"],
    "LockPersonality": ["yes"],
    "MemoryDenyWriteExecute": ["yes"],
    "RestrictAddressFamilies": ["AF_UNIX AF_INET AF_INET6"],
    "RestrictNamespaces": ["yes"],
    "RestrictRealtime": ["yes"],
    "RestrictSUIDSGID": ["yes"],
    "SystemCallArchitectures": ["native"],
    "SystemCallFilter": ["@system-service", "~@privileged @resources"],
}


def settings_of(unit: Path) -> dict[str, list[str]]:
    """Return every value of every setting under [Service]; a setting may be given several times."""
    section = unit.read_text().split("[Service]\n")[1].split("\n[")[0]
    found: dict[str, list[str]] = {}
    for line in section.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def block(opening: str) -> str:
    """Return what stands in the block of nginx that begins with `opening`."""
    (inside,) = re.findall(re.escape(opening) + r" \{\n(.*?)\n    \}", NGINX, re.S)
    return inside


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_may_do_what_it_needs_and_nothing_else(unit):
    found = settings_of(unit)
    assert {name: found.get(name) for name in MAY} == MAY
    assert found["User"] == found["Group"] == ["quorum"]
    # What would loosen it again.
    assert not {"ReadWritePaths", "BindPaths", "DeviceAllow", "SupplementaryGroups"}.intersection(found)


def test_there_is_a_unit_for_each_kind_of_process():
    assert [unit.name for unit in UNITS] == ["quorum-beat.service", "quorum-web.service", "quorum-worker@.service"]


def test_nginx_limits_what_is_posted_to_the_sign_in():
    assert all(reverse(name).startswith("/accounts/") for name in ("account_login", "account_confirm_login_code"))
    assert "limit_req zone=quorum_sign_in" in block("location /accounts/")
    assert "limit_req_zone $quorum_sender zone=quorum_sign_in:10m" in NGINX
    assert re.search(r"client_max_body_size \d+m;", NGINX)


def test_nginx_replaces_the_address_a_visitor_claims():
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    # A block with a header of its own would lose all of those above it.
    assert "proxy_set_header" not in "".join(re.findall(r"location .*?\n    \}", NGINX, re.S))


def test_nginx_compresses_nothing_but_public_calendars():
    (pattern,) = re.findall(r"location ~ (\S+) \{\n        gzip on;", NGINX)
    assert NGINX.count("gzip on;") == 1 and "    gzip off;" in NGINX
    calendars = ["/sessions.ics", "/workshops/bystander/sessions.ics", "/sessions/abcd2345/session.ics"]
    assert all(re.search(pattern, path) for path in calendars)
    private = reverse("private_feed", args=["token"])
    assert not any(re.search(pattern, path) for path in (private, "/my/", "/", "/registrations/1/invitation.ics"))
    (unlogged,) = re.findall(r"location ~ (\S+) \{\n        access_log off;", NGINX)
    assert re.search(unlogged, private)
