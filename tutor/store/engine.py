"""Making an engine for a database URL: SQLite is set up so that two processes may write and a kill loses nothing."""

from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import StaticPool

BUSY_SECONDS = 20
"""How long one process waits for another's write before it gives up."""

BEGIN = "sqlite_begin"
"""The execution option that says how SQLite's transaction begins; ``IMMEDIATE`` to write."""


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database; None for one in memory and for any other database."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return None if url.database.startswith("file:") else Path(url.database)


def make_engine(url: URL) -> Engine:
    """An engine; nothing is connected yet. Raises SQLAlchemy's ``ArgumentError`` and ``ImportError``."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    more: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
    if file_of(url) is None:
        more["poolclass"] = StaticPool
    engine = create_engine(url, **more)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, record: Any) -> None:  # noqa: ARG001
    """The write-ahead log, and a sync at each commit."""
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous=FULL")


def _use_write_ahead_log(connection: Any) -> None:
    """Readers and a writer then do not wait for each other. SQLite does not wait to change this, so we do."""
    from sqlite3 import OperationalError

    until = monotonic() + BUSY_SECONDS
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
                connection.execute("PRAGMA journal_mode=WAL")
            return
        except OperationalError as error:
            if "locked" not in str(error) or monotonic() > until:
                raise
            sleep(0.01)


def _begin(connection: Connection) -> None:
    """Our own BEGIN: Python's driver would begin at the first change only, and leave a migration's DDL outside."""
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(BEGIN, 'DEFERRED')}")
