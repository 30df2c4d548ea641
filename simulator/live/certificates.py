"""Throw-away certificates for the pages over TLS: an authority of our own, a good one and an expired one.

Made by the program ``openssl``, because Python's own library makes none. Where it is not there, or
this machine does not answer on 127.0.1.1 and its neighbours, there are no pages over TLS.
"""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from simulator.live.days import Place
from simulator.live.faults import Faults
from simulator.live.systems import PAGE

PROGRAM = "openssl"
MOST_SITES = 250
GOOD, EXPIRED = (
    ("good", "20200101000000Z", "20491231000000Z"),
    ("expired", "20200101000000Z", "20240101000000Z"),
)
AUTHORITY, KEY = "authority.pem", "site.key"
_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Pantau simulation
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[site]
basicConstraints = critical, CA:FALSE
subjectAltName = {names}
[ca]
default_ca = throw_away
[throw_away]
database = index.txt
unique_subject = no
rand_serial = yes
new_certs_dir = .
certificate = authority.pem
private_key = authority.key
default_md = sha256
policy = any
[any]
commonName = supplied
"""
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", "openssl.cnf")


class CertificateError(Exception):
    """There are no certificates; the message says why."""


def sites(places: Mapping[str, Place]) -> dict[str, str]:
    """Regions whose page is over TLS too, the largest of each province, each with an address of loopback."""
    largest: dict[str, Place] = {}
    for place in places.values():
        if place.province not in largest or place.weight > largest[place.province].weight:
            largest[place.province] = place
    chosen = list(largest.values())[:MOST_SITES]
    return {place.code: f"127.0.1.{number}" for number, place in enumerate(chosen, 1)}


def make(folder: Path, addresses: Sequence[str]) -> None:
    """Write ``authority.pem``, ``good.pem``, ``expired.pem`` and ``site.key``.

    Raises ``CertificateError`` where the program is not there, or does not do it.
    """
    if shutil.which(PROGRAM) is None:
        raise CertificateError(f"the program {PROGRAM} is not there. Install it for pages over TLS")
    folder.mkdir(parents=True, exist_ok=True)
    names = ", ".join(f"IP:{address}" for address in addresses)
    (folder / "openssl.cnf").write_text(_CONFIG.format(names=names), encoding="utf-8")
    (folder / "index.txt").write_text("", encoding="utf-8")
    authority = ("-x509", "-days", "9000", "-extensions", "authority", "-keyout", "authority.key")
    try:
        _run(folder, "req", *_NEW_KEY, *authority, "-out", AUTHORITY)
        _run(folder, "req", *_NEW_KEY, "-new", "-keyout", KEY, "-out", "site.csr")
        for name, begin, end in (GOOD, EXPIRED):
            dates = ("-startdate", begin, "-enddate", end, "-extensions", "site")
            signing = ("ca", "-config", "openssl.cnf", "-batch", "-notext", *dates)
            _run(folder, *signing, "-in", "site.csr", "-out", f"{name}.pem")
    except subprocess.CalledProcessError as error:
        raise CertificateError(f"{PROGRAM} failed: {error.stderr.decode(errors='replace')[-200:]}") from error


def _run(folder: Path, *words: str) -> None:
    subprocess.run([PROGRAM, *words], cwd=folder, check=True, capture_output=True)  # noqa: S603 - words of our own


@dataclass
class TlsSites:
    """Contexts of the pages over TLS, whose certificates change with the faults."""

    folder: Path
    contexts: dict[str, ssl.SSLContext] = field(default_factory=dict)

    def context(self, region: str) -> ssl.SSLContext:
        """Context of a region's page, with a good certificate."""
        context = self.contexts[region] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.num_tickets = 0  # a resumed session would go on showing the certificate it began with
        self._load(context, GOOD[0])
        return context

    def follow(self, faults: Faults, places: Mapping[str, Place]) -> None:
        """Show an expired certificate where a fault says so, a good one elsewhere."""
        for region, context in self.contexts.items():
            kinds = {fault.kind for fault in faults.active if fault.hits(places[region], PAGE, None)}
            self._load(context, (EXPIRED if "expired_certificate" in kinds else GOOD)[0])

    def _load(self, context: ssl.SSLContext, name: str) -> None:
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / KEY)
