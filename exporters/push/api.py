"""``POST /v1/<record set>``: records in, an account of them out. Rows are in the archive when 200 is sent."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from exporters.files.format import Kind
from exporters.push.access import Access
from exporters.push.account import Push
from exporters.push.body import KEY_LENGTH, claimed, decompress, receive
from exporters.push.groups import RETRY_SECONDS, Groups, Take
from exporters.push.openapi import document
from exporters.push.page import page
from exporters.push.reading import Reader
from exporters.push.receipts import Answer, Receipts, digest_of
from exporters.push.refusal import Refusal, later, problem
from exporters.push.room import Room, Stay
from exporters.push.settings import PushSettings
from exporters.push.tokens import Grant
from metrics.datasets import DATASETS
from metrics.errors import StoreError
from metrics.regions import Registry
from metrics.store import Store

Found = TypeVar("Found")
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


@dataclass
class Tally:
    """What has been pushed since the start.

    ``requests``: by record set and class of status; ``read`` and ``rejected``: records by record set.
    """

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Held:
    """A body that has arrived. ``key`` and ``digest``: as of ``Push``."""

    content: Path
    kind: Kind
    dataset: str
    grant: Grant
    key: str
    digest: str


class PushApi:
    """The application, at work from entry to exit. ``settings`` are asked for anew at each push.

    ``take`` and ``refresh`` are called in one thread, in turn (see ``Groups``).
    """

    def __init__(
        self,
        store: Store,
        registry: Registry,
        take: Take,
        refresh: Callable[[], object],
        scratch: Path,
        *,
        clock: Callable[[], datetime],
        settings: Callable[[], PushSettings] = PushSettings,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._scratch = scratch
        self._lookups = ThreadPoolExecutor(2, thread_name_prefix="push-store")
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="push-read")
        self._reader = Reader(registry)
        self._receipts = Receipts(store, self._lookups, clock=clock, settings=settings)
        self._groups = Groups(
            take,
            self._receipts.remember,
            refresh,
            clock=clock,
            refresh_seconds=lambda: settings().refresh_seconds,
        )
        self.access = Access(store.push_secret, registry, self._lookups, clock)
        self.room = Room()
        self.tally = Tally()
        self.app = Starlette(
            routes=[
                Route("/", self._page, methods=["GET"]),
                Route("/openapi.json", self._openapi, methods=["GET"]),
                *(Route(f"/{name}", self._endpoint(name), methods=["POST"]) for name in DATASETS),
            ],
            exception_handlers={HTTPException: _http_problem, Exception: _fault},
        )
        self.app.router.redirect_slashes = False  # a redirect would repeat the Host that the client sent

    async def __aenter__(self) -> Self:
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True)
        await self._groups.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._groups.__aexit__(kind, error, trace)
        self._readers.shutdown()
        self._lookups.shutdown()

    def _endpoint(self, dataset: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            response = await self._answered(request, dataset)
            self.tally.requests[dataset, f"{response.status_code // 100}xx"] += 1
            return response

        return endpoint

    async def _answered(self, request: Request, dataset: str) -> Response:
        try:
            answer = await self._push(request, dataset)
        except Refusal as refusal:
            return refusal.answer
        except StoreError:
            return later(503, "the store cannot be read now. Send it again later.", RETRY_SECONDS).answer
        except ClientDisconnect:
            return problem(400, "the body was not sent to its end.")
        return Response(
            answer.account,
            status_code=answer.status,
            media_type="application/json",
            headers={"Idempotent-Replayed": str(answer.replayed).lower()},
        )

    async def _push(self, request: Request, dataset: str) -> Answer:
        settings = self._settings()
        grant = await self.access.grant(request, settings)
        if dataset not in grant.datasets:
            raise Refusal(
                403, f"the token {grant.token} is not for {dataset}. Ask the operator for one that is."
            )
        self.access.within_rate(grant, settings)
        claim, key = claimed(request, settings), _key(request)
        with (
            self.room.stay(settings) as stay,
            tempfile.TemporaryDirectory(dir=self._scratch) as folder,
        ):
            sent, content = Path(folder) / "sent", Path(folder) / "body"
            await receive(request, sent, settings, stay)
            inner = await self._read(decompress, sent, content, claim.encoding, settings)
            stay.hold(stay.bytes + content.stat().st_size)
            sent.unlink()
            stay.hold(content.stat().st_size)
            digest = digest_of(dataset, claim.kind, inner)
            own_key = digest_of("key", key) if key else digest_of("content", digest)
            held = Held(content, claim.kind, dataset, grant, own_key, digest)
            return await self._receipts.once(
                grant.token, own_key, digest, lambda: self._taken(held, settings, stay)
            )

    async def _taken(self, held: Held, settings: PushSettings, stay: Stay) -> Answer:
        now, grant, mapping = self._clock(), held.grant, held.grant.mapping
        records = await self._read(
            self._reader.records, held.content, held.kind, held.dataset, grant, settings, now
        )
        held.content.unlink()
        stay.hold(records.bytes)
        push = Push(
            id=f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(6)}",
            token=grant.token,
            key=held.key,
            digest=held.digest,
            dataset=held.dataset,
            source=mapping.source if mapping else f"push/{grant.token}",
            mapping_hash=mapping.digest if mapping else "",
            simulated=grant.simulated,
            seen_on_arrival=mapping is not None and mapping.seen_on_arrival,
            records=records,
        )
        account = await self._groups.take(push)
        self.tally.read[held.dataset] += account.read
        self.tally.rejected[held.dataset] += account.rejected
        return Answer(account.status, account.json)

    async def _read(self, work: Callable[..., Found], *given: object) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._readers, work, *given)

    async def _page(self, _: Request) -> Response:
        return HTMLResponse(page(self._settings()), headers=SECURITY)

    async def _openapi(self, _: Request) -> Response:
        return JSONResponse(document(self._settings()))


def _key(request: Request) -> str:
    """Idempotency key of a push, "" without one. Raises ``Refusal`` (400)."""
    key = request.headers.get("idempotency-key", "")
    if len(key) > KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise Refusal(
            400, f"the Idempotency-Key is no key. Send {KEY_LENGTH} printable ASCII characters at most."
        )
    return key


async def _http_problem(_: Request, error: Exception) -> Response:
    """404 and 405, which Starlette itself answers."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    what = {
        404: f"there is nothing here. Record sets: {', '.join(DATASETS)}.",
        405: "this method is not for this address. Records are sent by POST; /v1/ explains how.",
    }
    return problem(status, what.get(status, "the request cannot be answered."), headers)


async def _fault(_: Request, __: Exception) -> Response:
    return problem(
        500, "the exporter failed; nothing of the push counts. Report it, with the time of the push."
    )
