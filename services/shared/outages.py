"""When an error says nothing about the work but that the database is away, or had to break it off: then the same work
may succeed a moment later."""

import socket

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

AWAY = (ConnectionError, TimeoutError, socket.gaierror, PoolTimeout)
# Classes and codes of PostgreSQL: connection lost or refused, shut down or starting up, too many connections,
# a lock not had in time, and work rolled back for the sake of other work.
PASSING = ("08", "57P01", "57P02", "57P03", "53300", "55P03", "40001", "40P01")


def is_passing(error: BaseException) -> bool:
    if isinstance(error, AWAY):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and _of_driver(error.orig.__cause__))
    return _of_driver(error)


def _of_driver(error: BaseException | None) -> bool:
    if isinstance(error, asyncpg.PostgresError):
        return bool(error.sqlstate) and error.sqlstate.startswith(PASSING)
    # The driver's own words for a connection that is gone or broke off; for a value that it cannot send as well.
    return isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError) and not isinstance(error, ValueError)
