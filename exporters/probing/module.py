"""A probe module: what is asked, and what the answer must be. Read from configuration.

Unknown entries, settings of another prober and anything that could change the shape of a request (line
breaks in a header or a path) are refused. Messages never repeat a value: headers may hold secrets.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from exporters.probing.address import checked_path, plain_host
from exporters.probing.guard import checked_allowance

OWN_HEADERS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "te", "upgrade"}
)
"""Headers that the prober sets itself."""

Prober = Literal["http", "tcp", "dns"]
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
_STATUS = re.compile(r"[1-5](?:xx|[0-9]{2})")


def _header(headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError("a header's name holds letters, digits and hyphens only. Correct it")
        if name.lower() in OWN_HEADERS:
            raise ValueError(f"the prober sets {name} itself. Remove it")
        if not _HEADER_VALUE.fullmatch(value.get_secret_value()):
            raise ValueError(f"the value of {name} holds a line break or another character that is not ASCII")
    return headers


def _status(value: object) -> object:
    text = str(value).lower()
    if not _STATUS.fullmatch(text):
        raise ValueError("a status is a code such as 200 or a class such as 2xx. Write it so")
    return text


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | int) else value


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as error:
        raise ValueError("an expected address is an IP address or a network. Write it so") from error


Status = Annotated[str, BeforeValidator(_status)]
Host = Annotated[str, AfterValidator(plain_host)]
Port = Annotated[int, Field(ge=1, le=65535)]
Texts = Annotated[tuple[re.Pattern[str], ...], BeforeValidator(_listed)]


class Entry(BaseModel):
    """Part of a module: nothing that is not listed may stand in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TlsRules(Entry):
    """How the other side must prove who it is."""

    verify: bool = Field(default=True, description="whether the certificate must be trusted and fit the name")
    ca_file: Path | None = Field(None, description="certificates trusted instead of the system's, in PEM")
    server_name: Host | None = Field(None, description="name asked for and verified, if not the host")
    minimum_days: Annotated[float, Field(ge=0)] | None = Field(
        None, description="days that the certificate must stay valid"
    )


class RedirectRules(Entry):
    """Which redirects are followed; never to another host."""

    follow: Literal["forbid", "same_host"] = Field("same_host", description="`forbid` or `same_host`")
    maximum: int = Field(5, ge=0, le=20, description="how many are followed at most")


class HttpRules(Entry):
    """One request over HTTP/1.1, and what its answer must be."""

    method: Literal["GET", "HEAD", "OPTIONS", "POST"] = Field("GET", description="POST sends an empty body")
    path: Annotated[str, AfterValidator(checked_path)] | None = Field(
        None, description="path and query, if not those of the address"
    )
    headers: Annotated[dict[str, SecretStr], AfterValidator(_header)] = Field(
        default_factory=dict, description="headers to send"
    )
    status: Annotated[tuple[Status, ...], BeforeValidator(_listed)] = Field(
        ("2xx",), min_length=1, description="codes (200) and classes (2xx) that are right"
    )
    body_matches: Texts = Field((), description="patterns that the body must contain, each of them")
    body_not_matches: Texts = Field((), description="patterns that the body must not contain")
    body_limit_bytes: int = Field(1_048_576, ge=0, le=67_108_864, description="longest body accepted")
    redirects: RedirectRules = Field(default_factory=RedirectRules, description="which are followed")
    tls: TlsRules = Field(default_factory=TlsRules, description="for https")

    def status_is_right(self, code: int) -> bool:
        """Whether a status code is one of those expected."""
        return str(code) in self.status or f"{code // 100}xx" in self.status


class TcpRules(Entry):
    """One connection; what is sent over it, and what must come back."""

    port: Port | None = Field(None, description="port, if not that of the address")
    tls: TlsRules | None = Field(None, description="left out, the connection is not encrypted")
    send: str | None = Field(None, description="text sent once connected")
    expect: re.Pattern[str] | None = Field(None, description="pattern that what comes back must contain")
    limit_bytes: int = Field(65_536, ge=1, le=1_048_576, description="bytes read for `expect` at most")


class DnsRules(Entry):
    """One look-up of IPv4 and IPv6 addresses through the system's resolver."""

    name: Host | None = Field(None, description="name to resolve, if not the host of the address")
    expected: Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(_listed)] = (
        Field((), description="addresses and networks of which every answer must be")
    )


class Module(Entry):
    """What is asked, and what the answer must be."""

    prober: Prober = Field("http", description="`http`, `tcp` or `dns`")
    timeout_seconds: float = Field(10.0, gt=0, le=120, description="deadline of the whole probe")
    ip: Literal["prefer_ipv4", "prefer_ipv6", "ipv4", "ipv6"] = Field(
        "prefer_ipv4", description="which addresses of a name are tried, and which first"
    )
    allow: Annotated[
        tuple[Annotated[str, AfterValidator(checked_allowance)], ...], BeforeValidator(_listed)
    ] = Field((), description="hosts, addresses and networks that may be reached though they are not public")
    http: HttpRules = Field(default_factory=HttpRules, description="for the prober http")
    tcp: TcpRules = Field(default_factory=TcpRules, description="for the prober tcp")
    dns: DnsRules = Field(default_factory=DnsRules, description="for the prober dns")

    @model_validator(mode="after")
    def _only_its_prober(self) -> Self:
        others = {"http", "tcp", "dns"} & self.model_fields_set - {self.prober}
        if others:
            raise ValueError(f"the prober is {self.prober}. Remove {' and '.join(sorted(others))}")
        return self
