"""Servers for the tests of the sources."""

from tests.services.postgres import postgres_server

__all__ = ["postgres_server"]
