"""What may be reached."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.probing import Address, Reason
from exporters.probing.address import ip_address
from exporters.probing.guard import check_addresses, checked_allowance, is_public
from exporters.probing.result import Failure

NOT_PUBLIC = [
    *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("0.1.2.3", "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12::1", "ff02::1"),
    *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::"),
    *("::7f00:1", "64:ff9b:1::1", "2001:db8::1", "192.0.2.1"),
]
"""Loopback, private, link-local, shared, benchmarking, multicast, reserved, and IPv6 that stands for them."""


def checked(host: str, address: str, *allow: str) -> bool:
    """Whether an address of a host may be reached."""
    found = ip_address(address)
    assert found is not None
    try:
        check_addresses(host, [found], [checked_allowance(text) for text in allow])
    except Failure as failure:
        return failure.reason is not Reason.ADDRESS_NOT_ALLOWED
    return True


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_address_that_is_not_public_is_refused(address: str) -> None:
    assert not checked("a.test", address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "103.1.1.1", "2001:4860:4860::8888", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public_address_may_be_reached(address: str) -> None:
    assert checked("a.test", address)


@given(st.ip_addresses(v=4))
def test_ipv4_is_judged_alike_in_every_form_of_ipv6(address: ipaddress.IPv4Address) -> None:
    forms = [
        ipaddress.IPv6Address(f"::ffff:{address}"),
        ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address)),
        ipaddress.IPv6Address((0x2002 << 112) + (int(address) << 80)),
    ]
    assert {is_public(form) for form in forms} == {is_public(address)}


@pytest.mark.parametrize(
    ("allow", "address"),
    [
        ("a.test", "10.0.0.1"),
        ("A.Test.", "127.0.0.1"),
        ("10.0.0.0/8", "10.9.9.9"),
        ("10.0.0.1", "10.0.0.1"),
        ("10.0.0.0/8", "::ffff:10.0.0.1"),
        ("fd00::/8", "fd12::1"),
        ("169.254.0.0/16", "169.254.1.1"),
    ],
)
def test_address_may_be_reached_where_it_is_allowed(allow: str, address: str) -> None:
    assert checked("a.test", address, allow)


@pytest.mark.parametrize(
    ("allow", "address"),
    [
        ("b.test", "10.0.0.1"),
        ("sub.a.test", "10.0.0.1"),
        ("10.0.0.0/8", "192.168.0.1"),
        ("a.test", "169.254.169.254"),
        ("a.test", "::ffff:169.254.169.254"),
        ("a.test", "0.0.0.0"),  # noqa: S104 - not bound to
        ("a.test", "224.0.0.1"),
    ],
)
def test_allowance_is_no_wider_than_it_says(allow: str, address: str) -> None:
    # a host that is allowed by name still cannot point its name at the cloud's metadata
    assert not checked("a.test", address, allow)


def test_one_address_that_is_not_allowed_refuses_the_host() -> None:
    addresses = [ipaddress.IPv4Address("8.8.8.8"), ipaddress.IPv4Address("10.0.0.1")]
    with pytest.raises(Failure):
        check_addresses("a.test", addresses, ())


@pytest.mark.parametrize("text", ["10.0.0.1/8", "10.0.0.0/33", "a b", "", "*.test", "a..b"])
def test_allowance_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Correct it|Write for example"):
        checked_allowance(text)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.test/",
        "https:///path",
        "https://user:secret@a.test/",
        "https://a.test/\r\nX-Injected: secret",
        "https://a.test/ secret",
        "https://a.test:0x50/",
        "https://a.test:70000/",
        "https://-a.test/",
        "https://[::1%25eth0]/",
        "https://[::1/",
        "a.test",
    ],
)
def test_url_that_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - which message depends on the case
        Address.parse(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("path", ["/a\r\nX: y", "/a b", "a", "", "/\x00", "/ü"])
def test_path_that_could_change_the_request_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="a path begins with /"):
        Address("a.test", path=path)


@pytest.mark.parametrize(
    ("url", "address", "authority"),
    [
        ("https://A.Test", Address("a.test"), "a.test"),
        ("http://a.test:8080/x?y=1#z", Address("a.test", 8080, "http", "/x?y=1"), "a.test:8080"),
        ("https://[::1]:443/", Address("::1", 443), "[::1]"),
        ("https://bücher.test/ä", Address("xn--bcher-kva.test", path="/%C3%A4"), "xn--bcher-kva.test"),
    ],
)
def test_url_is_read(url: str, address: Address, authority: str) -> None:
    assert Address.parse(url) == address
    assert address.authority == authority
