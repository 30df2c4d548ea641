"""Encryption of a probe: contexts, when a certificate expires, and what a failed handshake means."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from exporters.probing.module import TlsRules
from exporters.probing.result import Failure, Reason

_VERSION, _UTC_TIME, _GENERALIZED_TIME = 0xA0, 0x17, 0x18
_LONG_FORM = 0x80
_READ_BYTES = 65_536
_EXPIRED, _WRONG_NAME, _WRONG_ADDRESS = 10, 62, 64  # X509_V_ERR_* of OpenSSL
_CENTURY_TURN = 50  # RFC 5280: years from 50 on are of the 20th century


def context(rules: TlsRules) -> ssl.SSLContext:
    """Context for a module. Raises ``Failure`` if its file of certificates cannot be read."""
    try:
        changed = rules.ca_file.stat().st_mtime_ns if rules.ca_file else 0
        return _context(rules.verify, rules.ca_file, changed)
    except OSError as error:
        raise Failure(Reason.OTHER, "the module's ca_file cannot be read") from error


@lru_cache(maxsize=64)
def _context(verify: bool, ca_file: Path | None, changed: int) -> ssl.SSLContext:  # noqa: ARG001, FBT001 - parts of the key
    made = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def failure(error: ssl.SSLError) -> Failure:
    """What a failed handshake means."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return Failure(Reason.TLS, f"no agreement on encryption: {error.reason or 'connection closed'}")
    if error.verify_code == _EXPIRED:
        return Failure(Reason.CERTIFICATE_EXPIRED, "the certificate has expired")
    if error.verify_code in (_WRONG_NAME, _WRONG_ADDRESS):
        return Failure(Reason.CERTIFICATE_NAME, "the certificate is for another name")
    return Failure(Reason.CERTIFICATE_UNTRUSTED, f"the certificate is not trusted: {error.verify_message}")


class Channel:
    """The client's end of an encrypted connection, without a socket: bytes in, bytes out."""

    def __init__(self, made: ssl.SSLContext, name: str) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = made.wrap_bio(self._incoming, self._outgoing, server_hostname=name)

    def handshake(self) -> bool:
        """Goes on with the handshake; true once it is done. Raises ``Failure``."""
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError as error:
            raise failure(error) from error
        return True

    def expiry(self) -> datetime | None:
        """When the other side's certificate expires, verified or not; None if it does not say."""
        certificate = self._tls.getpeercert(binary_form=True)
        return not_after(certificate) if certificate else None

    def take(self, data: bytes) -> None:
        """Takes bytes from the socket."""
        self._incoming.write(data)

    def read(self) -> tuple[bytes, bool]:
        """What has been decrypted, and whether the other side said that no more follows."""
        pieces: list[bytes] = []
        try:
            while piece := self._tls.read(_READ_BYTES):
                pieces.append(piece)
        except ssl.SSLWantReadError:
            return b"".join(pieces), False
        except ssl.SSLZeroReturnError:
            return b"".join(pieces), True
        except ssl.SSLError as error:
            raise failure(error) from error
        return b"".join(pieces), True

    def write(self, data: bytes) -> None:
        """Encrypts bytes, which ``pending`` gives."""
        self._tls.write(data)

    def pending(self) -> bytes:
        """Bytes for the socket."""
        return self._outgoing.read()


def not_after(certificate: bytes) -> datetime | None:
    """``notAfter`` of an X.509 certificate in DER (RFC 5280, 4.1); None if it cannot be read."""
    try:
        _, body, _ = _element(certificate)
        _, fields, _ = _element(body)
        tag, _, rest = _element(fields)
        for _ in range(3 if tag == _VERSION else 2):  # serial number, algorithm, issuer
            _, _, rest = _element(rest)
        _, validity, _ = _element(rest)
        _, _, rest = _element(validity)
        tag, text, _ = _element(rest)
        return _instant(tag, text.decode("ascii"))
    except (ValueError, IndexError):
        return None


def _element(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag, content and remainder of the first element of DER."""
    length, start = data[1], 2
    if length & _LONG_FORM:
        start += length & ~_LONG_FORM
        length = int.from_bytes(data[2:start], "big")
    return data[0], data[start : start + length], data[start + length :]


def _instant(tag: int, text: str) -> datetime | None:
    if tag == _UTC_TIME:
        text = ("19" if int(text[:2]) >= _CENTURY_TURN else "20") + text
    elif tag != _GENERALIZED_TIME:
        return None
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
