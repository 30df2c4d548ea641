"""TLS and users of the exporter's own server, in the form of Prometheus' exporter-toolkit.

The file is read again when it has changed: a new certificate holds from the next connection on, a
new password from the next request. Source of the form: exporter-toolkit, docs/web-configuration.md.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import bcrypt
from pydantic import AfterValidator, Field, ValidationError
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from exporters.collecting.sourceconfig import Entry
from exporters.errors import ConfigError
from exporters.faults import faults
from exporters.yamltext import read_yaml

OPEN_PATHS = ("/v1/",)
"""Paths that have tokens of their own."""
_REMEMBERED = 100
_NOBODY = bcrypt.hashpw(b"nobody", bcrypt.gensalt(4))
"""Compared with where a user is not known, so that the time does not tell."""
_VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}


def _hashed(text: str) -> str:
    if not text.startswith(("$2a$", "$2b$", "$2y$")):
        raise ValueError("it is no bcrypt hash. Make one with: htpasswd -nBC 10 '' | tr -d ':'")
    return text


class TlsServer(Entry):
    """Certificates. Paths are relative to the file."""

    cert_file: str = Field(description="certificate of this server with its chain, PEM")
    key_file: str = Field(description="its key, PEM")
    client_ca_file: str | None = Field(None, description="authorities whose clients are let in")
    client_auth_type: Literal["NoClientCert", "RequestClientCert", "RequireAndVerifyClientCert"] = Field(
        "NoClientCert", description="whether clients must show a certificate"
    )
    min_version: Literal["TLS12", "TLS13"] = Field("TLS12", description="oldest version of TLS")


class WebConfig(Entry):
    """The file given with ``--web-config``."""

    tls_server_config: TlsServer | None = Field(None, description="certificates; without them plain HTTP")
    basic_auth_users: dict[str, Annotated[str, AfterValidator(_hashed)]] = Field(
        default_factory=dict, description="user: bcrypt hash of the password; without users nobody is asked"
    )

    @classmethod
    def load(cls, path: Path) -> WebConfig:
        """Configuration from a file. Raises ``ConfigError``."""
        try:
            document = read_yaml(path.read_text(encoding="utf-8-sig"), path.name, fault=ConfigError)
            return cls.model_validate(document)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} cannot be read: {error}. Correct the path, or the rights.") from error
        except ValidationError as error:
            lines = faults(error, quoting=False)
            listed = "\n".join(f"  {line}" for line in lines)
            raise ConfigError(f"{path.name} cannot be used:\n{listed}") from error


class Guarded:
    """Asks every request for its user, and keeps the certificates up to date.

    An ASGI middleware. Raises ``ConfigError`` for a file that cannot be used at the start; a later
    one that cannot be used closes the door (500), since nobody can tell who may come in.
    """

    def __init__(self, app: ASGIApp, path: Path) -> None:
        self._app = app
        self._path = path
        self._known: dict[bytes, bytes] = {}
        self._key = hashlib.sha256(str(id(self)).encode()).digest()
        self.config = WebConfig.load(path)
        self.tls = self._context(self.config.tls_server_config)
        self._read_at = self._changed()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 to whoever is not let in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await asyncio.to_thread(self.refresh)
        except ConfigError:
            response = PlainTextResponse("the web configuration cannot be used; see check-config\n", 500)
            await response(scope, receive, send)
            return
        if scope["path"].startswith(OPEN_PATHS) or await self._lets_in(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        asked = {"WWW-Authenticate": 'Basic realm="Pantau MPP exporter", charset="UTF-8"'}
        await PlainTextResponse("user and password, please\n", 401, headers=asked)(scope, receive, send)

    def refresh(self) -> None:
        """Read the file again if it, or a certificate, has changed. Raises ``ConfigError``."""
        changed = self._changed()
        if changed == self._read_at:
            return
        self.config = WebConfig.load(self._path)
        self._known.clear()
        if self.tls is not None and self.config.tls_server_config is not None:
            self._load(self.tls, self.config.tls_server_config)
        self._read_at = self._changed()

    async def _lets_in(self, headers: Headers) -> bool:
        users = self.config.basic_auth_users
        if not users:
            return True
        given = headers.get("authorization", "")
        scheme, _, encoded = given.partition(" ")
        if scheme.casefold() != "basic":
            return False
        try:
            name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return bool(colon) and await self._is_right(users, name, password)

    async def _is_right(self, users: Mapping[str, str], name: str, password: str) -> bool:
        """Whether a password is a user's. Right ones are remembered as digests: bcrypt is slow on purpose."""
        digest = hmac.digest(self._key, f"{name}\0{password}".encode(), "sha256")
        hashed = users.get(name, "").encode()
        if hashed and self._known.get(digest) == hashed:
            return True
        right = await asyncio.to_thread(bcrypt.checkpw, password.encode()[:72], hashed or _NOBODY)
        if right and hashed:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[digest] = hashed
        return right and bool(hashed)

    def _context(self, tls: TlsServer | None) -> ssl.SSLContext | None:
        if tls is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._load(context, tls)
        return context

    def _load(self, context: ssl.SSLContext, tls: TlsServer) -> None:
        context.minimum_version = _VERSIONS[tls.min_version]
        folder = self._path.parent
        try:
            context.load_cert_chain(folder / tls.cert_file, folder / tls.key_file)
            if tls.client_ca_file is not None:
                context.load_verify_locations(folder / tls.client_ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"{self._path.name}: tls_server_config: a certificate cannot be used: {error}. Correct it."
            ) from error
        modes = {"RequestClientCert": ssl.CERT_OPTIONAL, "RequireAndVerifyClientCert": ssl.CERT_REQUIRED}
        context.verify_mode = modes.get(tls.client_auth_type, ssl.CERT_NONE)

    def _changed(self) -> tuple[float, ...]:
        """When the file and its certificates were last changed."""
        tls, files = self.config.tls_server_config, [self._path]
        if tls is not None:
            named = (tls.cert_file, tls.key_file, tls.client_ca_file)
            files += [self._path.parent / name for name in named if name]
        return tuple(file.stat().st_mtime if file.exists() else 0.0 for file in files)
