"""Probe over TCP: a connection, with TLS if wanted, and what comes back over it."""

from __future__ import annotations

from exporters.probing.address import Address
from exporters.probing.module import TcpRules
from exporters.probing.result import Failure, Reason
from exporters.probing.run import Run


class Expected:
    """Reads until a pattern is found in what comes back."""

    def __init__(self, rules: TcpRules) -> None:
        self.received = bytearray()
        self._pattern = rules.expect
        self._limit = rules.limit_bytes

    def feed(self, data: bytes) -> bool:
        """Takes the next bytes; true once the pattern is found. Raises ``Failure`` past the limit."""
        self.received += data[: self._limit - len(self.received) + 1]
        if self._pattern and self._pattern.search(self.received.decode("utf-8", errors="replace")):
            return True
        if len(self.received) > self._limit:
            raise Failure(Reason.TOO_LARGE, f"what is expected did not come in {self._limit} bytes")
        return False

    def end(self) -> None:
        """The stream ended before the pattern was found. Raises ``Failure``."""
        if not self.received:
            raise Failure(Reason.CLOSED, "the connection was closed without an answer")
        raise Failure(Reason.BODY, "the answer is not what is expected")


async def probe_tcp(address: Address, run: Run) -> None:
    """Connects, sends and reads. Raises ``Failure``."""
    rules = run.module.tcp
    addresses = await run.guarded(address.host)
    expected = Expected(rules) if rules.expect else None
    secure = (rules.tls, address.host) if rules.tls else None
    port = rules.port or address.effective_port
    try:
        await run.exchange(addresses, port, secure, (rules.send or "").encode(), expected)
    finally:
        run.body_bytes = len(expected.received) if expected else None
    if rules.tls:
        run.check_certificate(rules.tls)
