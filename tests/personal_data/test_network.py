"""IP addresses and hardware addresses."""

import pytest


@pytest.mark.parametrize(
    "address", ["81.2.69.142", "2a02:6b8:0:1::242", "2A02:6B8::2:242", "203.1.113.255"]
)
def test_public_addresses_are_found(finds, address):
    """Both versions, in sentences, in brackets and in logs."""
    for text in (
        f"from {address}.",
        f"[{address}]",
        f'{address} - - "GET / HTTP/1.1"',
        f"ip={address}, up",
    ):
        assert finds(text) == [("ip_address", address, False)], text


@pytest.mark.parametrize(
    "address",
    ["192.168.200.51", "10.0.0.1", "127.0.0.1", "192.0.2.7", "203.0.113.9", "2001:db8::8a2e:370:7334",
     "fe80::1ff:fe23:4567:890a", "8.8.8.8", "255.255.255.0"],
)  # fmt: skip
def test_private_and_documented_ones_are_nobodys(finds, address):
    """They lead to nobody, or to a name server that all know."""
    assert finds(f"ping {address}") == [("ip_address", address, True)]


@pytest.mark.parametrize(
    "text",
    ["version 10.0.19.41",
        "Chrome/120.0.99.109", "v2.14.3.12", "1.2.3.4", "256.1.1.10", "12.05.20.2024", "1.10.100.1000", "std::vector",
     "a::b::c", "12:30:45", "ratio 3:2:1", "1.22.33.44.55", "207.5.2.1 Life-Threatening Injury",
     "dead::beef", "abc::def::fed"],
)  # fmt: skip
def test_versions_times_sections_and_names_are_none(finds, text):
    """What stands around tells them apart."""
    assert finds(text) == []


def test_devices_are_found_and_documented_ones_are_nobodys(finds):
    """RFC 7042 keeps 00-00-5E-00-53; six pairs of digits alone, or more than six, are none."""
    assert finds("at 00:1B:44:11:3a:B7.") == [("mac_address", "00:1B:44:11:3a:B7", False)]
    assert finds("00-00-5E-00-53-01") == [("mac_address", "00-00-5E-00-53-01", True)]
    assert finds("ff:ff:ff:ff:ff:ff") == [] or finds("ff:ff:ff:ff:ff:ff")[0][2]
    for text in (
        "12-05-20-24-10-30",
        "00:1B:44:11:3A",
        "00:1B:44:11:3A:B7:00",
        "00:1B-44:11-3A:B7",
    ):
        assert finds(text) == [], text
