"""Where a subscribed calendar may be: nothing leads into our own network, however it is written."""

import ipaddress

import pytest

from audiences import calendar_addresses
from campaigns.foundation.errors import Refused

PUBLIC = ["8.8.8.8", "2606:4700::6810:84e5", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_machine_on_the_public_internet_may_be_read(address: str) -> None:
    assert calendar_addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", INSIDE)
def test_no_other_may(address: str) -> None:
    assert not calendar_addresses.is_public(ipaddress.ip_address(address))


def test_one_address_inside_among_those_of_a_name_is_enough_to_refuse_it() -> None:
    with pytest.raises(Refused, match=r"leads to 10\.0\.0\.1"):
        calendar_addresses.refuse_inside("calendar.example", ["8.8.8.8", "10.0.0.1"], loopback=True)


def test_only_localhost_by_its_name_leads_to_this_machine_and_only_outside_production() -> None:
    calendar_addresses.refuse_inside("localhost", ["127.0.0.1", "::1"], loopback=True)
    for host, loopback in (("localhost", False), ("calendar.example", True)):
        with pytest.raises(Refused):
            calendar_addresses.refuse_inside(host, ["127.0.0.1"], loopback=loopback)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://calendar.example/a.ics", "over https"),
        ("http://localhost.evil.example/", "over https"),
        ("http://localhost@evil.example/", "user name or a password"),
        ("https://someone:hunter2@calendar.example/a.ics", "user name or a password"),
        ("https://someone@calendar.example/a.ics", "user name or a password"),
        ("file:///etc/passwd", "begins with https"),
        ("ftp://calendar.example/a.ics", "begins with https"),
        ("https:///a.ics", "begins with https"),
        ("calendar.example/a.ics", "begins with https"),
        ("https://calendar.example:99999/", "not an address"),
        ("https://[::1/", "not an address"),
        ("https://calendar.example/a b", "without spaces"),
        ("https://calendar.example/a\r\nHost: x", "without spaces"),
        ("https://kalénder.example/", "without spaces"),
        ("https://calendar.example/" + "a" * 1000, "up to 1,000"),
    ],
)
def test_what_is_no_address_of_a_calendar_is_refused_without_repeating_it(url: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refusal:
        calendar_addresses.check(url, loopback=True)
    assert "hunter2" not in refusal.value.sentence


def test_production_reads_nothing_over_http() -> None:
    assert calendar_addresses.check("http://localhost/a.ics", loopback=True).hostname == "localhost"
    with pytest.raises(Refused, match="over https"):
        calendar_addresses.check("http://localhost/a.ics", loopback=False)


def test_an_address_is_shown_without_what_may_be_secret_in_it() -> None:
    assert calendar_addresses.shown("https://calendar.example/private-123/a.ics?key=456") == "https://calendar.example/…"
    moved = calendar_addresses.moved_to("https://calendar.example/a", "//me:pass@new.example/b\x1b[2J?key=1")
    assert moved == "https://new.example/b[2J"
