"""When a certificate expires, read from its bytes."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from exporters.probing.tls import not_after
from tests.exporters.probing.certificates import Certificates


@pytest.mark.parametrize("kind", ["valid", "expired", "soon", "far", "wrong_name", "self_signed"])
def test_expiry_is_that_of_the_certificate(certificates: Certificates, kind: str) -> None:
    # `far` lies past 2049, where the form of the date changes
    certificate = certificates.parsed(kind)
    assert not_after(certificate.public_bytes(Encoding.DER)) == certificate.not_valid_after_utc


@given(st.binary(max_size=300))
def test_bytes_that_are_no_certificate_have_no_expiry(data: bytes) -> None:
    assert not_after(data) is None


@given(cut=st.integers(0, 250))
def test_certificate_that_is_cut_off_has_no_expiry_or_its_own(certificates: Certificates, cut: int) -> None:
    certificate = certificates.parsed("valid")
    found = not_after(certificate.public_bytes(Encoding.DER)[:cut])
    assert found in (None, certificate.not_valid_after_utc)
