"""What the embedded Label Studio may reach: the internet and 127.0.0.1, no network of ours."""

from __future__ import annotations

import ipaddress
import secrets

import pytest

from annotate.errors import StudioRefused
from annotate.studio.client import BLOCKED, Client
from annotate.studio.environment import SETTINGS
from tests.serve.test_registration import SCHEMA

BANNED = [
    ipaddress.ip_network(one) for one in SETTINGS["USER_ADDITIONAL_BANNED_SUBNETS"].split(",")
]


def banned(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return any(found in network for network in BANNED)


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.169.254", "10.1.2.3", "172.20.0.1", "192.168.1.1", "0.0.0.0", "127.0.0.0"),
        *("127.0.0.2", "127.255.255.255", "::1", "::ffff:127.0.0.1", "fe80::1", "fc00::1"),
    ],
)
def test_networks_of_ones_own_stay_closed(address: str) -> None:
    assert banned(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "93.184.216.34", "2606:2800:220:1::1"])
def test_loopback_and_the_world_are_open(address: str) -> None:
    assert not banned(address)


@pytest.mark.server
@pytest.mark.parametrize("host", ["169.254.169.254", "127.0.0.2", "10.0.0.1"])
def test_the_real_server_refuses_them(real_studio: Client, host: str) -> None:
    project = real_studio.create_project(f"net {secrets.token_hex(4)}", SCHEMA.xml, "")
    with pytest.raises(StudioRefused, match=BLOCKED):
        real_studio.save_backend(None, project=project.id, url=f"http://{host}:9", title="x")
    with pytest.raises(StudioRefused, match=BLOCKED):
        real_studio.save_webhook(None, project=project.id, url=f"http://{host}:9/webhook")
