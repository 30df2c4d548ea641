"""An authority and certificates of every kind, made for one run of the tests."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Certificates:
    """A folder with an authority's certificate and servers' certificates."""

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    def server(self, kind: str) -> ssl.SSLContext:
        """Context of a server: `valid`, `expired`, `soon`, `wrong_name` or `self_signed`."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.folder / f"{kind}.pem")
        return made

    def parsed(self, kind: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / f"{kind}.pem").read_bytes())


def make_certificates(folder: Path) -> Certificates:
    """Certificates for localhost and 127.0.0.1, and some that do not fit."""
    now = datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    authority = _signed(
        "Authority", key, key, "Authority", (now - timedelta(days=900), now + timedelta(days=900))
    )
    (folder / "authority.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    long_past, past = now - timedelta(days=90), now - timedelta(days=1)
    kinds = {
        "valid": ("localhost", "Authority", (past, now + timedelta(days=90))),
        "expired": ("localhost", "Authority", (long_past, past)),
        "soon": ("localhost", "Authority", (past, now + timedelta(days=5))),
        "far": ("localhost", "Authority", (past, datetime(2061, 1, 1, tzinfo=UTC))),
        "wrong_name": ("elsewhere.test", "Authority", (past, now + timedelta(days=90))),
        "self_signed": ("localhost", "localhost", (past, now + timedelta(days=90))),
    }
    for kind, (name, issuer, valid) in kinds.items():
        own = ec.generate_private_key(ec.SECP256R1())
        signer = own if kind == "self_signed" else key
        made = _signed(name, own, signer, issuer, valid)
        (folder / f"{kind}.pem").write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + own.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    return Certificates(folder)


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    issuer: str,
    valid: tuple[datetime, datetime],
) -> x509.Certificate:
    is_authority = name == "Authority"
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    public = signer.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(signer, hashes.SHA256())
    )
