"""Probes of regional systems over HTTP, TCP and DNS: is it up, why not, and how long each phase took.

Flow: a ``Module`` says what to ask and what to expect, an ``Address`` whom to ask; ``probe`` resolves
the name once, ``guard`` refuses what must not be reached, the connection stamps each phase from the
socket's events, and the outcome is a ``Result`` in any case, never an exception. ``probe_record`` turns
it into a record of ``probes``.
"""

from exporters.probing.address import Address
from exporters.probing.engine import probe, probe_twice
from exporters.probing.module import Module
from exporters.probing.phases import Phases
from exporters.probing.record import probe_record
from exporters.probing.resolve import Found, Resolver, system_resolver
from exporters.probing.result import Confirmed, Reason, Result

__all__ = [
    "Address",
    "Confirmed",
    "Found",
    "Module",
    "Phases",
    "Reason",
    "Resolver",
    "Result",
    "probe",
    "probe_record",
    "probe_twice",
    "system_resolver",
]
