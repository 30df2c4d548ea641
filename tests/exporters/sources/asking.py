"""The client, asked in an event loop of its own, with all that it says searched for secrets."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, TypeVar

import pytest

from exporters.errors import FetchError
from exporters.probing.resolve import Resolver, system_resolver
from exporters.sources.client import Answer, Ask, Client
from exporters.sources.source import Piece, Source, Surroundings, Want
from tests.exporters.probing.certificates import Certificates
from tests.exporters.sources.fetching import pieces_of, run, surroundings

HIDDEN = "hidden-word"
"""What secrets are made of in the tests: nothing that is told may hold it."""
Given = TypeVar("Given")


def with_client(work: Callable[[Client], Awaitable[Given]], resolver: Resolver = system_resolver) -> Given:
    """What comes of work with a client, which is closed after it."""

    async def whole() -> Given:
        client = Client(resolver)
        try:
            return await work(client)
        finally:
            await client.close()

    return run(whole)


def answers_to(*asks: Ask, resolver: Resolver = system_resolver) -> list[Answer]:
    """Answers to requests, one after the other."""

    async def work(client: Client) -> list[Answer]:
        return [await client.ask(ask) for ask in asks]

    return with_client(work, resolver)


def answer_to(ask: Ask) -> Answer:
    """Answer to a request."""
    return answers_to(ask)[0]


def failure_of(ask: Ask, resolver: Resolver = system_resolver) -> FetchError:
    """How a request fails. Holds what is told of it to end in a sentence and to hold no secret."""
    with pytest.raises(FetchError) as caught:
        answers_to(ask, resolver=resolver)
    return discreet(caught.value)


def discreet(error: FetchError) -> FetchError:
    """An error that tells no secret, nor does its trace."""
    assert str(error).endswith((".", "?"))
    assert HIDDEN not in "".join(traceback.format_exception(error))
    return error


def gathered(
    kind: type[Source],
    settings: Mapping[str, object],
    want: Want | None = None,
    *,
    around: Callable[[Surroundings], Surroundings] = lambda given: given,
    times: int = 1,
) -> list[Piece]:
    """Pieces of the last of some fetches of one source."""

    async def work(client: Client) -> list[Piece]:
        with surroundings(client=client) as given:
            made: Any = kind.Settings.model_validate({"allow": "127.0.0.0/8", **settings})
            source = kind(made, around(given))
            for _ in range(times - 1):
                await pieces_of(source, want)
            pieces = await pieces_of(source, want)
            await source.close()
            return pieces

    return with_client(work)


@contextlib.contextmanager
def wanting_a_certificate(certificates: Certificates) -> Iterator[int]:
    """Port of a server that tells a client without a good certificate so, as the servers of asyncio do not."""
    context = certificates.server("valid")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificates.authority)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    _greet(context, listening.accept()[0])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def _greet(context: ssl.SSLContext, plain: socket.socket) -> None:
    secure = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
    try:
        secure.do_handshake()
    except ssl.SSLError:
        with socket.socket(fileno=secure.detach()) as rest:  # read to its end, or a reset overtakes the alert
            rest.shutdown(socket.SHUT_WR)
            while rest.recv(65_536):
                pass
        return
    with secure:
        secure.recv(65_536)
        secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
