"""What the exporter answers over HTTP: probes, service discovery, its own metrics, its health.

``/probe?target=<code of a region>&module=<name>`` probes the targets of that region that are in the
configuration: a code, never a URL, so that nobody can have other hosts contacted. A target that is
down is an answer (200, ``pantau_probe_success 0``); an unknown region or module is an error (400).
"""

from __future__ import annotations

import asyncio
import contextlib
import html
from collections.abc import AsyncIterator, Coroutine, Mapping
from importlib.metadata import version
from typing import Any

from prometheus_client import REGISTRY
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from exporters.collecting.collectorexposure import show_collector
from exporters.collecting.exposure import own_scrape, probe_scrape
from exporters.collecting.operation import Operation
from exporters.collecting.regional import RECORDS, regional_scrape
from exporters.collecting.shown import shown_config, shown_probes
from exporters.errors import ConfigError
from exporters.exposition import Scrape, answer
from exporters.probing import Confirmed
from exporters.push.api import PushApi
from exporters.push.exposure import show
from metrics.errors import StoreError
from metrics.regions import UnknownRegion

TIMEOUT_SECONDS = 10.0
"""Deadline of a probe for a client that states none."""
TIMEOUT_OFFSET_SECONDS = 0.5
"""So much before Prometheus gives up, the answer is on its way."""
TIMEOUT_HEADER = "X-Prometheus-Scrape-Timeout-Seconds"

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Pantau MPP exporter</title>
<h1>Pantau MPP exporter {version}</h1><p>{targets} targets of {regions} regions.{simulated}</p>
<ul><li><a href="/metrics">/metrics</a>: this exporter's own health</li>
<li><a href="/sd">/sd</a>: regions for service discovery; <a href="/sd?module=records">with records</a></li>
<li>/probe?target=&lt;code of a region&gt;: its targets, probed now (&amp;debug=true: step by step)</li>
<li>/probe?target=&lt;code of a region&gt;&amp;module=records: its records and sources as last taken in</li>
<li><a href="/v1/">/v1/</a>: how to push records</li>
<li><a href="/config">/config</a>: the configuration at work, without secrets</li>
<li><a href="/-/healthy">/-/healthy</a>, <a href="/-/ready">/-/ready</a></li></ul>
<h2>Latest findings</h2><table><tr><th>region<th>target<th>up<th>reason<th>detail</tr>{rows}</table></html>"""
RECENT = 50


class Server:
    """The application for one operation, and for what is pushed meanwhile."""

    def __init__(self, operation: Operation, push: PushApi) -> None:
        self._operation = operation
        self._push = push
        get = ["GET"]
        self.app = Starlette(
            routes=[
                Route("/", self._landing, methods=get),
                Route("/metrics", self._metrics, methods=get),
                Route("/probe", self._probe, methods=get),
                Route("/sd", self._discovery, methods=get),
                Route("/config", self._config, methods=get),
                Route("/-/healthy", self._healthy, methods=get),
                Route("/-/ready", self._ready, methods=get),
                Route("/-/reload", self._reload, methods=["POST"]),
                Mount("/v1", push.app),
            ],
            lifespan=self._lifespan,
        )
        self.app.router.redirect_slashes = False  # a redirect would repeat the Host that the client sent

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with self._operation, self._push:
            yield

    async def _landing(self, _: Request) -> Response:
        prober = self._operation.prober
        targets = prober.config.targets
        rows = "".join(
            f"<tr><td>{html.escape(region)}<td>{html.escape(name)}<td>{'yes' if one.first.up else 'no'}"
            f"<td>{html.escape(one.first.reason)}<td>{html.escape(one.first.detail)}</tr>"
            for (region, name), one in list(prober.last.items())[-RECENT:]
        )
        return HTMLResponse(
            PAGE.format(
                version=html.escape(version("pantau-mpp")),
                targets=len(targets),
                regions=len({target.region for target in targets}),
                simulated=" <strong>They are simulated.</strong>" if prober.config.simulated else "",
                rows=rows,
            )
        )

    async def _metrics(self, request: Request) -> Response:
        held = self._operation
        scrape = own_scrape(held.prober, held.sweep, reloaded=held.reloaded, reloaded_at=held.reloaded_at)
        show_collector(scrape, held.collector)
        show(scrape, self._push)
        body, headers = answer(
            scrape, request.headers.get("accept"), request.headers.get("accept-encoding"), REGISTRY
        )
        return Response(body, headers=headers)

    async def _probe(self, request: Request) -> Response:
        region, module = request.query_params.get("target", ""), request.query_params.get("module") or None
        if region and module == RECORDS:
            return await self._records(request, region)
        reason = self._refusal(region, module)
        if reason:
            return _refused(reason)
        prober = self._operation.prober
        try:
            async with asyncio.timeout(_deadline(request)):
                found = await _unless_gone(request, prober.probe_all(prober.config.of_region(region, module)))
        except TimeoutError:
            return PlainTextResponse(
                "the probes did not end within the time that the client gives; raise scrape_timeout, or "
                "lower timeout_seconds of the module\n",
                status_code=504,
            )
        if found is None:
            return Response(status_code=499)
        scrape = probe_scrape(found)
        if request.query_params.get("debug") != "true":
            return _exposed(request, scrape)
        log = shown_probes(prober.config, region, found)
        return PlainTextResponse(f"{log}\n{answer(scrape, None, None)[0].decode()}")

    async def _config(self, _: Request) -> Response:
        return PlainTextResponse(shown_config(self._operation.config.text))

    def _refusal(self, region: str, module: str | None) -> str:
        """Why these parameters name nothing to probe, "" where they do."""
        config = self._operation.config
        if not region:
            return "the parameter target is missing: the code of a region, as in /probe?target=11.01"
        if module is not None and module not in config.modules:
            known = ", ".join([*config.modules, RECORDS])
            return f"there is no module {module!r}; there are {known}"
        if not config.of_region(region, module):
            return f"region {region!r} has no target in the configuration for that module"
        return ""

    async def _records(self, request: Request, region: str) -> Response:
        try:
            known = await self._operation.regional(region)
        except UnknownRegion as error:
            return _refused(str(error))
        except StoreError as error:
            return PlainTextResponse(f"{error}\n", status_code=503)
        return _exposed(request, regional_scrape(known))

    async def _discovery(self, request: Request) -> Response:
        module = request.query_params.get("module") or None
        if module is not None and module not in (*self._operation.config.modules, RECORDS):
            return _refused(f"there is no module {module!r}")
        return JSONResponse(self._operation.discovery(module))

    async def _healthy(self, _: Request) -> Response:
        if not self._operation.sweeping:
            return PlainTextResponse("the sweep has ended; see the log, and restart it\n", status_code=503)
        return PlainTextResponse("healthy\n")

    async def _ready(self, _: Request) -> Response:
        return PlainTextResponse("ready\n")

    async def _reload(self, _: Request) -> Response:
        try:
            await self._operation.reload()
        except ConfigError as error:
            return PlainTextResponse(f"{error}\nThe old configuration stays.\n", status_code=500)
        return PlainTextResponse("reloaded\n")


def _exposed(request: Request, scrape: Scrape) -> Response:
    body, headers = answer(scrape, request.headers.get("accept"), request.headers.get("accept-encoding"))
    return Response(body, headers=headers)


def _refused(reason: str) -> Response:
    return PlainTextResponse(f"{reason}\n", status_code=400)


def _deadline(request: Request) -> float:
    try:
        given = float(request.headers.get(TIMEOUT_HEADER, ""))
    except ValueError:
        return TIMEOUT_SECONDS
    return max(given - TIMEOUT_OFFSET_SECONDS, TIMEOUT_OFFSET_SECONDS)


async def _unless_gone(
    request: Request, work: Coroutine[Any, Any, Mapping[str, Confirmed]]
) -> Mapping[str, Confirmed] | None:
    """Findings; ``None`` where the client went away before, and with it the probes."""
    probing = asyncio.create_task(work)
    leaving = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({probing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return probing.result() if probing.done() else None
    finally:
        probing.cancel()
        leaving.cancel()
        await asyncio.gather(probing, leaving, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
