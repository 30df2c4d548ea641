"""Servers and a browser for the tests from end to end."""

from tests.services.chromium import chromium
from tests.services.postgres import postgres_server

__all__ = ["chromium", "postgres_server"]
