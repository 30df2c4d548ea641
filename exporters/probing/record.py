"""A result as a record of the record set ``probes``, in the words of its contract."""

from __future__ import annotations

from exporters.probing.result import Reason, Result

CONTRACT_REASONS: dict[Reason, str] = {
    Reason.NONE: "none",
    Reason.DNS: "dns",
    Reason.REFUSED: "refused",
    Reason.UNREACHABLE: "other",
    Reason.RESET: "reset",
    Reason.CLOSED: "reset",
    Reason.TIMEOUT: "timeout",
    Reason.TLS: "tls",
    Reason.CERTIFICATE_EXPIRED: "tls",
    Reason.CERTIFICATE_EXPIRING: "tls",
    Reason.CERTIFICATE_NAME: "tls",
    Reason.CERTIFICATE_UNTRUSTED: "tls",
    Reason.STATUS: "status",
    Reason.BODY: "body",
    Reason.REDIRECT: "redirect",
    Reason.TOO_LARGE: "body",
    Reason.PROTOCOL: "other",
    Reason.ADDRESS_NOT_ALLOWED: "other",
    Reason.OTHER: "other",
}
"""The contract's word for each reason; it has fewer."""


def probe_record(
    result: Result, *, region: str, target: str, simulated: bool, valid_seconds: float | None = None
) -> dict[str, object]:
    """Record of ``probes`` with every column of the contract; its id is the target and the instant."""
    phases = result.phases
    return {
        "region": region,
        "id": f"{target}@{result.checked.isoformat()}",
        "observed_at": result.checked,
        "simulated": simulated,
        "target": target,
        "checked": result.checked,
        "up": result.up,
        "valid_seconds": valid_seconds,
        "status_code": result.status_code or 0,
        "reason": CONTRACT_REASONS[result.reason],
        "dns_seconds": phases.dns,
        "connect_seconds": phases.connect,
        "tls_seconds": phases.tls,
        "first_byte_seconds": phases.first_byte,
        "transfer_seconds": phases.transfer,
        "total_seconds": result.total_seconds,
    }
