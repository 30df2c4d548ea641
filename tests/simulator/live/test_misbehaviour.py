"""Each fault does what it says, on a real socket."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest

from simulator.live.faults import KINDS
from tests.simulator.live.live import Answer, Live, serving

SYSTEM = "mppdn-transactions"
Check = Callable[[Live, str], Awaitable[None]]


async def read(live: Live) -> Answer:
    return await live.records(live.outlet(SYSTEM))


@asynccontextmanager
async def opened(live: Live) -> AsyncIterator[asyncio.StreamReader]:
    """The answer, unread, of a connection that has asked."""
    outlet = live.outlet(SYSTEM)
    reader, writer = await live.connect()
    path = f"/r/{outlet.place.code}/api/transactions"
    writer.write(live.request(path, headers=await live.credentials(outlet)))
    try:
        yield reader
    finally:
        writer.close()


async def is_broken_off(live: Live, _plain: str) -> None:
    with pytest.raises(ConnectionResetError):
        await read(live)


async def is_slow(live: Live, plain: str) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    assert (await read(live)).body.decode() == plain
    assert loop.time() - begun >= 0.3


async def never_answers(live: Live, _plain: str) -> None:
    async with opened(live) as reader:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.5)


async def drips(live: Live, _plain: str) -> None:
    async with opened(live) as reader:
        pieces = [await reader.read(1000) for _ in range(8)]
        assert b"".join(pieces) == b"HTTP/1.1"


async def is_reset_in_the_body(live: Live, _plain: str) -> None:
    async with opened(live) as reader:
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(7) == b'{"data"'
        with pytest.raises(ConnectionResetError):
            await reader.read()


async def does_not_end(live: Live, plain: str) -> None:
    async with opened(live) as reader:
        assert b"Content-Length" not in await reader.readuntil(b"\r\n\r\n")
        assert len(await reader.readexactly(3_000_000)) > 10 * len(plain)


async def is_a_bomb(live: Live, _plain: str) -> None:
    answer = await read(live)
    assert answer.headers["content-encoding"] == "gzip"
    unpacked = zlib.decompress(answer.body, zlib.MAX_WBITS | 16)
    assert len(unpacked) == 8 << 20
    assert len(answer.body) * 500 < len(unpacked)


async def leads_to_itself(live: Live, _plain: str) -> None:
    answer = await read(live)
    code = live.outlet(SYSTEM).place.code
    assert (answer.status, answer.headers["location"]) == (302, f"/r/{code}/api/transactions?")


async def leads_elsewhere(live: Live, _plain: str) -> None:
    answer = await read(live)
    assert (answer.status, answer.headers["location"]) == (302, "http://elsewhere.invalid/")


async def has_failed(live: Live, _plain: str) -> None:
    assert (await read(live)).status == 502


async def asks_who_it_is(live: Live, _plain: str) -> None:
    answer = await read(live)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")


async def cannot_be_read(live: Live, _plain: str) -> None:
    answer = await read(live)
    assert answer.status == 200
    assert int(answer.headers["content-length"]) == len(answer.body)
    with pytest.raises(orjson.JSONDecodeError):
        _ = answer.json


async def tells_another_hour(live: Live, plain: str) -> None:
    before, now = orjson.loads(plain)["data"][0], (await read(live)).json["data"][0]
    changed = {name for name in before if before[name] != now[name]}
    assert {"tanggal_masuk", "diperbarui"} <= changed


async def stamps_another_hour(live: Live, plain: str) -> None:
    before, now = orjson.loads(plain)["data"][0], (await read(live)).json["data"][0]
    assert {name for name in before if before[name] != now[name]} == {"diperbarui", "updated_at"}


async def says_all_twice(live: Live, plain: str) -> None:
    before, now = orjson.loads(plain), (await read(live)).json
    assert now["meta"]["total"] == 2 * before["meta"]["total"]
    assert now["data"] == [row for row in before["data"] for _ in range(2)][:100]


async def is_late(live: Live, plain: str) -> None:
    live.hand.seconds += 299
    assert (await read(live)).body.decode() == plain
    live.hand.seconds += 601
    assert (await read(live)).json["meta"]["total"] > orjson.loads(plain)["meta"]["total"]


async def has_other_columns(live: Live, plain: str) -> None:
    before, now = orjson.loads(plain)["data"][0], (await read(live)).json["data"][0]
    assert set(before) - set(now) == {"tanggal_masuk"}
    assert set(now) - set(before) == {"tanggal_masuk_v2"}


CHECKS: dict[str, tuple[Check, dict[str, object]]] = {
    "down": (is_broken_off, {}),
    "province_loss": (is_broken_off, {}),
    "slow": (is_slow, {"delay_seconds": 0.3}),
    "hanging": (never_answers, {}),
    "dripping": (drips, {"interval_seconds": 0.02}),
    "resetting": (is_reset_in_the_body, {}),
    "huge": (does_not_end, {}),
    "gzip_bomb": (is_a_bomb, {"megabytes": 8}),
    "redirect_loop": (leads_to_itself, {}),
    "redirect_elsewhere": (leads_elsewhere, {}),
    "status": (has_failed, {"code": 502}),
    "auth": (asks_who_it_is, {}),
    "malformed": (cannot_be_read, {}),
    "wrong_time_zone": (tells_another_hour, {}),
    "clock_skew": (stamps_another_hour, {}),
    "duplicates": (says_all_twice, {}),
    "late": (is_late, {"delay_seconds": 600}),
    "schema_change": (has_other_columns, {"form": "renamed"}),
}


def test_every_kind_of_fault_is_shown_here() -> None:
    assert {*CHECKS, "expired_certificate"} == set(KINDS)


@pytest.mark.parametrize("kind", CHECKS)
def test_system_with_the_fault_behaves_so_and_others_do_not(kind: str, tmp_path: Path) -> None:
    check, options = CHECKS[kind]

    async def run() -> None:
        async with serving(tmp_path) as live:
            outlet = live.outlet(SYSTEM)
            other = next(
                one for one in live.simulation.world.places.values() if one.province != outlet.place.province
            )
            plain = (await read(live)).body.decode()
            aim = (
                {"province": outlet.place.province}
                if kind == "province_loss"
                else {"region": outlet.place.code}
            )
            assert (await live.order(kind=kind, seconds=1_000, options=options, **aim)).status == 201
            await check(live, plain)
            assert (await live.ask(f"/r/{other.code}/")).status == 200
            live.hand.seconds += 2_000
            assert (await read(live)).status == 200
            assert not live.simulation.faults.active

    asyncio.run(run())


def test_certificate_of_the_page_is_expired_while_the_fault_lasts(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            assert live.simulation._tls is not None, "the program openssl is needed"
            region = next(iter(live.simulation._tls.contexts))
            trusted = ssl.create_default_context(cafile=tmp_path / "certificates" / "authority.pem")
            address = ("127.0.1.1", live.port)
            (await asyncio.open_connection(*address, ssl=trusted))[1].close()
            assert (await live.order(kind="expired_certificate", region=region)).status == 201
            with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
                await asyncio.open_connection(*address, ssl=trusted)
            live.simulation.faults.end()
            (await asyncio.open_connection(*address, ssl=trusted))[1].close()

    asyncio.run(run())


def test_fault_of_a_certificate_is_refused_where_there_is_none(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            assert live.simulation._tls is not None, "the program openssl is needed"
            region = next(
                code for code in live.simulation.world.places if code not in live.simulation._tls.contexts
            )
            answer = await live.order(kind="expired_certificate", region=region)
            assert (answer.status, "no page over TLS" in answer.json["error"]) == (400, True)

    asyncio.run(run())


def test_connection_is_kept_for_another_request(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            reader, writer = await live.connect()
            for _ in range(3):
                writer.write(b"HEAD /r/11.01/ HTTP/1.1\r\nHost: x\r\n\r\n")
                assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
            writer.close()

    asyncio.run(run())


@pytest.mark.parametrize("sent", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"])
def test_what_is_no_request_is_refused(sent: bytes, tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            reader, writer = await live.connect()
            writer.write(sent)
            assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
            writer.close()

    asyncio.run(run())


def test_end_leaves_no_connection_and_no_task(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            await live.order(kind="dripping", all=True, options={"interval_seconds": 1_000})
            reader, writer = await live.connect()
            writer.write(live.request("/r/11.01/"))
            assert await reader.readexactly(1) == b"H"
        writer.close()
        assert live.simulation.server.connections == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())
