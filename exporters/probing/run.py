"""What a probe under way has seen so far; a failure keeps it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from exporters.probing import tls
from exporters.probing.address import IPAddress
from exporters.probing.connection import Conversation, Reader, connect, converse
from exporters.probing.guard import check_addresses
from exporters.probing.module import Module, TlsRules
from exporters.probing.phases import Phase, Stopwatch
from exporters.probing.resolve import Resolver, preferred
from exporters.probing.result import Failure, Reason, Result
from exporters.probing.turns import turn


@dataclass(slots=True)
class Run:
    """One probe from its beginning to its result."""

    module: Module
    resolver: Resolver
    deadline: float
    queue_seconds: float
    watch: Stopwatch = field(default_factory=Stopwatch)
    checked: datetime = field(default_factory=lambda: datetime.now(UTC))
    ip: str | None = None
    status_code: int | None = None
    http_version: str | None = None
    certificate_expires_at: datetime | None = None
    redirects: int = 0
    body_bytes: int | None = None

    async def resolve(self, host: str) -> tuple[IPAddress, ...]:
        """Addresses of a host. Raises ``Failure`` if there are none."""
        asked = time.perf_counter()
        self.watch.begin(Phase.DNS, asked)
        try:
            found = await self.resolver(host)
        except (OSError, UnicodeError) as error:
            raise Failure(Reason.DNS, "the name has no address, or no name server answered") from error
        self.watch.drop()
        self.queue_seconds += found.began - asked  # until a thread was free
        self.watch.begin(Phase.DNS, found.began)
        self.watch.end(found.ended)
        return preferred(found.addresses, self.module.ip)

    async def guarded(self, host: str) -> tuple[IPAddress, ...]:
        """Addresses of a host, all of which may be reached. Raises ``Failure``."""
        addresses = await self.resolve(host)
        check_addresses(host, addresses, self.module.allow)
        return addresses

    async def exchange(
        self,
        addresses: tuple[IPAddress, ...],
        port: int,
        secure: tuple[TlsRules, str] | None,
        request: bytes,
        reader: Reader | None,
    ) -> None:
        """Sends a request over a new connection and reads the answer.

        ``secure``: rules and name for an encrypted one. Raises ``Failure``.
        """
        channel = tls.Channel(tls.context(secure[0]), secure[0].server_name or secure[1]) if secure else None
        self.queue_seconds += await turn()
        connected, address = await connect(addresses, port, self.watch, self.deadline)
        self.ip = str(address)
        conversation = Conversation(request, reader, self.watch, channel)
        try:
            await converse(connected, conversation)
        finally:
            self.certificate_expires_at = conversation.certificate_expires_at or self.certificate_expires_at

    def check_certificate(self, rules: TlsRules) -> None:
        """Raises ``Failure`` if the certificate does not last as long as it must."""
        if rules.minimum_days is None or self.certificate_expires_at is None:
            return
        left = (self.certificate_expires_at - self.checked).total_seconds() / 86_400
        if left < 0:
            raise Failure(Reason.CERTIFICATE_EXPIRED, "the certificate has expired")
        if left < rules.minimum_days:
            raise Failure(Reason.CERTIFICATE_EXPIRING, f"the certificate expires in {left:.1f} days")

    def result(self, failure: Failure | None) -> Result:
        """The outcome, with all that was seen."""
        self.watch.leave()
        return Result(
            checked=self.checked,
            up=failure is None,
            reason=failure.reason if failure else Reason.NONE,
            detail=failure.detail if failure else "",
            phases=self.watch.phases(),
            total_seconds=self.watch.total_seconds(),
            queue_seconds=self.queue_seconds,
            ip=self.ip,
            status_code=self.status_code,
            http_version=self.http_version,
            certificate_expires_at=self.certificate_expires_at,
            redirects=self.redirects,
            body_bytes=self.body_bytes,
        )
