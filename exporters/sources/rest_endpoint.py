"""A region's system over HTTP: how it is reached, and answers of it that are answers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Annotated, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator, model_validator

from exporters.errors import FetchError
from exporters.probing.address import Address
from exporters.probing.guard import checked_allowance
from exporters.probing.module import OWN_HEADERS
from exporters.probing.result import printable
from exporters.secret import revealed
from exporters.sources.client import Answer, Ask, Limits, Tls
from exporters.sources.client_status import check_status
from exporters.sources.rest_auth import (
    HEADER_NAME,
    HEADER_VALUE,
    TOKEN_REFUSED,
    Auth,
    Credentials,
    Part,
    Url,
)
from exporters.sources.source import Settings, Surroundings

_SECRET_NAME = re.compile(
    r"authorization|cookie|passw|secret|token|credential|signature|api[-_]?key|(?:^|[-_.])(?:auth|key|pin)$",
    re.IGNORECASE,
)
_UNAUTHORISED = 401
_LONG = 8


def looks_secret(name: str) -> bool:
    """Whether what has this name is a secret."""
    return _SECRET_NAME.search(name) is not None


def _revealed(values: object) -> object:
    if not isinstance(values, dict):
        return values
    return {name: _value(name, value) for name, value in values.items()}


def _value(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    found = revealed(value)
    if found is None and looks_secret(name):
        raise ValueError(f"{name} is a secret by its name. Write env:NAME or file:PATH")
    return SecretStr(value if found is None else found)


def _headers(headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name):
            raise ValueError("a header's name holds letters, digits and hyphens only. Correct it")
        if name.lower() in OWN_HEADERS:
            raise ValueError(f"{name} is set by itself. Remove it")
        if not HEADER_VALUE.fullmatch(value.get_secret_value()):
            raise ValueError(f"{name} is empty, or holds a line break or another character that is not ASCII")
    return headers


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Values = Annotated[dict[str, SecretStr], BeforeValidator(_revealed)]
Allowances = Annotated[
    tuple[Annotated[str, AfterValidator(checked_allowance)], ...], BeforeValidator(_listed)
]


class AnswerLimits(Part):
    """What an answer may grow to before it is refused."""

    body_bytes: int = Field(16 << 20, ge=1, le=1 << 30, description="bytes of an answer, decompressed")
    ratio: float = Field(
        100.0, gt=1, description="how many times its size an answer may grow to (over 1 MiB)"
    )
    header_bytes: int = Field(64 << 10, ge=1_024, le=1 << 20, description="bytes of its headers")
    depth: int = Field(32, ge=1, le=200, description="objects, arrays or elements inside one another")
    columns: int = Field(2_000, ge=1, le=100_000, description="different fields of its records")
    rows: int = Field(100_000, ge=1, le=10_000_000, description="rows of an answer")


class TlsFiles(Part):
    """Certificates by the paths of their files, in PEM."""

    certificate: str | None = Field(None, description="our certificate, where the system asks for one")
    key: str | None = Field(None, description="its key, without a password; if not in the same file")
    ca: str | None = Field(None, description="authorities trusted beside the system's")


class EndpointSettings(Settings):
    """How a region's system is reached over HTTP."""

    url: Url = Field(description="`https://host/path`, with `{region}` and `{name}` where they differ")
    query: Values = Field(default_factory=dict, description="parameters; secrets as `env:NAME`, `file:PATH`")
    headers: Annotated[Values, AfterValidator(_headers)] = Field(
        default_factory=dict, description="headers; secrets as `env:NAME`, `file:PATH`"
    )
    auth: Auth | None = Field(None, description="how it is shown who asks")
    tls: TlsFiles = Field(default_factory=TlsFiles, description="certificates")
    allow: Allowances = Field(
        (), description="hosts, addresses and networks that may be reached though they are not public"
    )
    timeout_seconds: float = Field(30.0, gt=0, le=3_600, description="what one request may take in all")
    limits: AnswerLimits = Field(default_factory=AnswerLimits, description="what an answer may grow to")

    @field_validator("url")
    @classmethod
    def _no_secret(cls, url: str) -> str:
        named = next((name for name, _ in parse_qsl(urlsplit(url).query) if looks_secret(name)), None)
        if named is not None:
            raise ValueError(f"{named} is a secret by its name. Move it to query, as env:NAME or file:PATH")
        return url

    @model_validator(mode="after")
    def _one_authorisation(self) -> Self:
        if self.auth is not None and any(name.lower() == "authorization" for name in self.headers):
            raise ValueError("headers: Authorization stands beside auth. Keep one of them")
        return self


class Endpoint:
    """Asks a region's system. Errors begin with the name of the source."""

    def __init__(
        self,
        settings: EndpointSettings,
        surroundings: Surroundings,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._around = surroundings
        self._credentials = Credentials(settings.auth, self._post, clock)
        self._headers = _plain(settings.headers)
        limits = settings.limits
        self._limits = Limits(limits.body_bytes, limits.ratio, limits.header_bytes)
        self._tls = Tls(settings.tls.certificate, settings.tls.key, settings.tls.ca)
        self._secrets = _secrets(settings)
        self.host = Address.parse(settings.url).authority

    async def ask(
        self,
        parameters: Mapping[str, str],
        *,
        path: str = "",
        url: str | None = None,
        method: str = "GET",
        body: bytes | None = None,
    ) -> Answer:
        """Answer, whatever its status. Raises ``FetchError``.

        ``path``: what follows the path of the configuration. ``url``: asked instead of that of the
        configuration, which has its parameters already.
        """
        target = self._target(parameters, path) if url is None else _with_query(url, self._credentials.query)
        own = self._headers if body is None else {"Content-Type": "application/json"} | self._headers
        try:
            answer = await self._ask(target, method, own | await self._credentials.headers(), body)
            if answer.status == _UNAUTHORISED and self._credentials.renewable:
                self._credentials.forget()
                answer = await self._ask(target, method, own | await self._credentials.headers(), body)
        except FetchError as error:
            raise self.named(error) from error
        return answer

    def check(self, answer: Answer, *, told: str = "") -> None:
        """Raises ``FetchError`` unless an answer's status is one of success."""
        try:
            check_status(answer, self.host, self._around.now(), told=told)
        except FetchError as error:
            raise self.named(error) from error

    def fit_to_show(self, text: str) -> str:
        """What the other side wrote, as one short line without the secrets that we sent it."""
        for secret in (*self._secrets, *self._credentials.tokens):
            text = text.replace(secret, "***")
        return printable(text)

    def named(self, error: FetchError) -> FetchError:
        """An error that names the source."""
        return FetchError(
            f"{self._around.name}: {error}", error.reason, retry_after_seconds=error.retry_after_seconds
        )

    def _target(self, parameters: Mapping[str, str], path: str) -> str:
        base, mark, query = self._settings.url.partition("?")
        url = f"{base.rstrip('/') if path else base}{path}{mark}{query}"
        return _with_query(url, _plain(self._settings.query) | dict(parameters) | self._credentials.query)

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        answer = await self._ask(url, "POST", headers, body)
        if answer.status not in TOKEN_REFUSED:
            check_status(answer, Address.parse(url).authority, self._around.now())
        return answer

    async def _ask(self, url: str, method: str, headers: dict[str, str], body: bytes | None) -> Answer:
        settings = self._settings
        return await self._around.client.ask(
            Ask(
                url=url,
                method=method,
                headers=headers,
                body=body,
                allow=settings.allow,
                tls=self._tls,
                limits=self._limits,
                timeout_seconds=settings.timeout_seconds,
            )
        )


def _secrets(settings: EndpointSettings) -> list[str]:
    """Values that are secret, or so long that they may be; the longest first."""
    given = {**settings.headers, **settings.query}
    values = [value for name, value in given.items() if looks_secret(name) or len(value) >= _LONG]
    values += [value for _, value in settings.auth or () if isinstance(value, SecretStr)]
    return sorted(filter(None, (value.get_secret_value() for value in values)), key=len, reverse=True)


def _plain(values: Mapping[str, SecretStr]) -> dict[str, str]:
    return {name: value.get_secret_value() for name, value in values.items()}


def _with_query(url: str, parameters: Mapping[str, str]) -> str:
    """A URL with parameters, which go before those of the same name that it has."""
    if not parameters:
        return url
    base, _, query = url.partition("?")
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in parameters]
    return f"{base}?{urlencode([*kept, *parameters.items()])}"
