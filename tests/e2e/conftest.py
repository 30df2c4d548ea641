"""A PostgreSQL server for the tests from end to end."""

from tests.services.postgres import postgres_server

__all__ = ["postgres_server"]
