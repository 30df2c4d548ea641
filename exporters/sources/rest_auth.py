"""How a source shows who it is: a token, a password, a key, or a token that it is given for a secret."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self
from urllib.parse import quote_plus, urlencode

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from exporters.errors import FetchError, FetchReason
from exporters.probing.address import Address
from exporters.secret import Secret
from exporters.sources.client import Answer

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")
_ERROR_CODES = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    }
)
"""What a token endpoint may say (RFC 6749, section 5.2)."""
TOKEN_REFUSED = frozenset({400, 401, 403})
"""Statuses with which a token endpoint refuses a client."""
_EARLY_SECONDS = 30.0
_EARLY_SHARE = 0.1


def _one_line(secret: SecretStr) -> SecretStr:
    if not HEADER_VALUE.fullmatch(secret.get_secret_value()):
        raise ValueError(
            "it is empty, or holds a line break or another character that is not ASCII. Correct it"
        )
    return secret


def _url(text: str) -> str:
    Address.parse(text)
    return text


HeaderSecret = Annotated[Secret, AfterValidator(_one_line)]
Url = Annotated[str, AfterValidator(_url)]


class Part(BaseModel):
    """Part of the settings of a source: nothing that is not listed may stand in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Bearer(Part):
    """A token that stays the same."""

    kind: Literal["bearer"]
    token: HeaderSecret = Field(description="`env:NAME` or `file:PATH`")


class Basic(Part):
    """A user and a password."""

    kind: Literal["basic"]
    user: str = Field(min_length=1, pattern="^[^:\r\n]+$", description="name of the user")
    password: Secret = Field(description="`env:NAME` or `file:PATH`")


class ApiKey(Part):
    """A key in a header or in the query."""

    kind: Literal["api_key"]
    header: str | None = Field(None, pattern=rf"^{HEADER_NAME.pattern}$", description="name of the header")
    query: str | None = Field(None, min_length=1, description="name of the parameter")
    value: HeaderSecret = Field(description="`env:NAME` or `file:PATH`")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.header is None) == (self.query is None):
            raise ValueError("one of header and query is needed. Keep one")
        return self


class OAuth2(Part):
    """A token given for a secret (OAuth 2.0, client credentials), renewed before it expires."""

    kind: Literal["oauth2"]
    token_url: Url = Field(description="where tokens are given")
    client_id: str = Field(min_length=1, description="name of the client")
    client_secret: Secret = Field(description="`env:NAME` or `file:PATH`")
    scope: str | None = Field(None, description="scopes, with blanks between them")
    audience: str | None = Field(None, description="audience, where the endpoint asks for one")
    client_authentication: Literal["header", "body"] = Field(
        "header", description="where the client's name and secret are sent"
    )


Auth = Annotated[Bearer | Basic | ApiKey | OAuth2, Field(discriminator="kind")]
TokenAsk = Callable[[str, dict[str, str], bytes], Awaitable[Answer]]
"""Posts a body with headers to a URL. Raises ``FetchError`` for a status of failure that is no refusal."""


@dataclass
class Credentials:
    """What is added to each request. ``post``: asks the token endpoint. ``clock``: seconds, steady."""

    auth: Bearer | Basic | ApiKey | OAuth2 | None
    post: TokenAsk
    clock: Callable[[], float]
    _token: str | None = field(default=None, repr=False)
    _until: float = 0.0

    @property
    def renewable(self) -> bool:
        """Whether a new token may help where the one sent is refused."""
        return isinstance(self.auth, OAuth2)

    def forget(self) -> None:
        """Ask for a new token the next time."""
        self._token = None

    @property
    def tokens(self) -> tuple[str, ...]:
        """Tokens that were given to us."""
        return () if self._token is None else (self._token,)

    @property
    def query(self) -> dict[str, str]:
        """Parameters of the query."""
        if isinstance(self.auth, ApiKey) and self.auth.query is not None:
            return {self.auth.query: self.auth.value.get_secret_value()}
        return {}

    async def headers(self) -> dict[str, str]:
        """Headers. Raises ``FetchError`` where no token is given."""
        match self.auth:
            case Bearer(token=token):
                return {"Authorization": f"Bearer {token.get_secret_value()}"}
            case Basic(user=user, password=password):
                return {"Authorization": _basic(user, password.get_secret_value())}
            case ApiKey(header=str(header), value=value):
                return {header: value.get_secret_value()}
            case OAuth2() as auth:
                return {"Authorization": f"Bearer {await self._current(auth)}"}
        return {}

    async def _current(self, auth: OAuth2) -> str:
        if self._token is None or self.clock() >= self._until:
            asked = self.clock()
            answer = await self.post(auth.token_url, *_token_request(auth))
            self._token, lifetime = _granted(answer, Address.parse(auth.token_url).authority)
            self._until = asked + lifetime - min(_EARLY_SECONDS, lifetime * _EARLY_SHARE)
        return self._token


def _basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def _token_request(auth: OAuth2) -> tuple[dict[str, str], bytes]:
    form = {"grant_type": "client_credentials"}
    if auth.scope is not None:
        form["scope"] = auth.scope
    if auth.audience is not None:
        form["audience"] = auth.audience
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    secret = auth.client_secret.get_secret_value()
    if auth.client_authentication == "header":  # RFC 6749, section 2.3.1: both are form-encoded first
        headers["Authorization"] = _basic(quote_plus(auth.client_id), quote_plus(secret))
    else:
        form |= {"client_id": auth.client_id, "client_secret": secret}
    return headers, urlencode(form).encode()


def _granted(answer: Answer, host: str) -> tuple[str, float]:
    """Token, and for how many seconds from when it was asked for."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        document = None
    told = document if isinstance(document, dict) else {}
    if answer.status in TOKEN_REFUSED:
        code = told.get("error")
        said = f" ({code})" if isinstance(code, str) and code in _ERROR_CODES else ""
        raise FetchError(
            f"{host} gives no token{said}. Correct auth.client_id, auth.client_secret and auth.scope.",
            FetchReason.AUTH,
        )
    token, kind = told.get("access_token"), told.get("token_type", "bearer")
    usable = isinstance(token, str) and HEADER_VALUE.fullmatch(token)
    if not usable or not isinstance(kind, str) or kind.lower() != "bearer":
        raise FetchError(
            f"{host} answers without a bearer token that can be used. Correct auth.token_url.",
            FetchReason.AUTH,
        )
    return str(token), _lifetime(told.get("expires_in"))


def _lifetime(stated: object) -> float:
    try:
        seconds = float(stated) if isinstance(stated, int | float | str) else math.inf
    except ValueError:
        return math.inf
    return seconds if seconds > 0 else 0.0
