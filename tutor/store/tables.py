"""The tables, append-only: what the learner did, never a counter.

``HEAD`` is the revision that these tables are at; a test holds it against the migration scripts, so that an
up-to-date database is known by one plain query and without importing Alembic.
"""

from datetime import UTC, datetime

from sqlalchemy import JSON, Boolean, Column, DateTime, Dialect, Integer, MetaData, String, Table
from sqlalchemy.types import TypeDecorator

HEAD = "0002"
"""The newest revision under ``migrations/versions``."""

VERSION_TABLE = "alembic_version"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time, kept as a plain timestamp so that every database can compare it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

answers = Table(
    "answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("question_id", String(255), nullable=False, index=True),
    Column("content_hash", String(128), nullable=False),
    Column("seed", Integer, nullable=False),
    Column("option_order", JSON, nullable=False),
    Column("chosen", JSON, nullable=False),
    Column("key", JSON, nullable=False),
    Column("scoring_rule", String(64), nullable=False),
    Column("confidence", String(16)),
    Column("milliseconds", Integer, nullable=False),
    Column("mode", String(16), nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
    Column("claims", JSON, nullable=False),
)

lab_attempts = Table(
    "lab_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lab_id", String(255), nullable=False, index=True),
    Column("content_hash", String(128), nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("verdicts", JSON, nullable=False),
    Column("solution_shown", Boolean, nullable=False),
    Column("attempted_at", UtcDateTime, nullable=False),
    Column("claims", JSON, nullable=False),
)

acts = Table(
    "acts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("what", String(64), nullable=False),
    Column("item", String(255), nullable=False, index=True),
    Column("detail", String(255), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

sittings = Table(
    "sittings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sitting_id", String(64), nullable=False, unique=True),
    Column("mode", String(16), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("paper", JSON, nullable=False),
    Column("seals", JSON, nullable=False),
)

sitting_events = Table(
    "sitting_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sitting_id", String(64), nullable=False, index=True),
    Column("did", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("question", Integer),
    Column("detail", JSON),
    Column("confidence", String(16)),
)
