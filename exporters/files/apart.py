"""Work on content that may be hostile, in a process of its own whose memory and time are limited.

A process that asks for too much ends; this one goes on.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

Answer = TypeVar("Answer")


class TookTooMuch(Exception):
    """The work took more than it was given, or brought its process down."""


def apart(
    work: Callable[..., Answer], *given: object, memory_bytes: int, seconds: int | None = None
) -> Answer:
    """What the work gives, which is a function of a module. Raises what it raises, and ``TookTooMuch``.

    ``memory_bytes``: of address space. ``seconds``: of the processor's time.
    """
    spawning = multiprocessing.get_context("spawn")
    bounds = (memory_bytes, seconds)
    try:
        with ProcessPoolExecutor(1, mp_context=spawning, initializer=_bound, initargs=bounds) as process:
            return process.submit(_done, work, given).result()
    except (BrokenProcessPool, MemoryError) as error:
        raise TookTooMuch from error


def _done(work: Callable[..., Answer], given: tuple[object, ...]) -> Answer:
    """What the work gives, in the other process: what breaks down there below Python cannot be handed on."""
    try:
        return work(*given)
    except Exception:
        raise
    except BaseException as error:
        raise MemoryError from error


def _bound(memory_bytes: int, seconds: int | None) -> None:
    """Bound this process, which says nothing when it ends for that."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    if seconds is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
