"""The store: the learner's events in a database, through SQLAlchemy Core.

Each ``add_…`` is one transaction and committed when it returns. A database that is not there yet reads as empty
and is made by the first event.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar
from weakref import finalize

from sqlalchemy import Column, Connection, Engine, Table, func, insert, select
from sqlalchemy.engine import URL, make_url

from tutor.store.engine import BEGIN, file_of, make_engine
from tutor.store.fault import told
from tutor.store.migration import Migration
from tutor.store.rows import act_of, answer_of, lab_attempt_of, row_of
from tutor.store.sitting_rows import record_of, row_of_event, row_of_sitting
from tutor.store.tables import UtcDateTime, acts, answers, lab_attempts, metadata, sitting_events, sittings
from tutor.study.answer import Act, Answer, LabAttempt
from tutor.study.sitting import Seal, Sitting, SittingEvent, SittingRecord

Event = TypeVar("Event", Answer, LabAttempt, Act)


def open_memory(url: str) -> "DatabaseMemory":
    """The memory at an SQLAlchemy URL; nothing is connected or created before it is used.

    Raises ``StoreError`` for a URL that SQLAlchemy does not know.
    """
    with told(f"The database URL {_without_password(url)!r}"):
        return DatabaseMemory(make_url(url))


class DatabaseMemory:
    """Implements the Protocols ``Memory`` and ``SittingMemory``; raises ``StoreError``.

    Safe from several threads and processes.
    """

    def __init__(self, url: URL, migration: Migration | None = None) -> None:
        self._url = url
        self._file = file_of(url)
        name = f"The database {self._file or url.render_as_string(hide_password=True)}"
        self._migration = migration or Migration(name)
        self._name = self._migration.name
        self._lock = Lock()
        self._ready = False

    def add_answer(self, answer: Answer) -> None:
        """Keep one answer; committed when this returns."""
        self._add(answers, answer)

    def add_lab_attempt(self, attempt: LabAttempt) -> None:
        """Keep one graded run of a lab; committed when this returns."""
        self._add(lab_attempts, attempt)

    def add_act(self, act: Act) -> None:
        """Keep one act; committed when this returns."""
        self._add(acts, act)

    def answers(self) -> tuple[Answer, ...]:
        """All answers, oldest first."""
        return self._all(answers, answer_of)

    def lab_attempts(self) -> tuple[LabAttempt, ...]:
        """All graded runs, oldest first."""
        return self._all(lab_attempts, lab_attempt_of)

    def acts(self) -> tuple[Act, ...]:
        """All acts, oldest first."""
        return self._all(acts, act_of)

    def add_sitting(self, sitting: Sitting, seals: Sequence[Seal]) -> None:
        """Keep a sitting that begins; committed when this returns."""
        self._insert((sittings, row_of_sitting(sitting, seals)))

    def add_sitting_event(
        self, sitting_id: str, event: SittingEvent, given: Sequence[Answer] = (), known: int | None = None
    ) -> bool:
        """Keep what was done in a sitting, with the answers that it makes final, all of it or nothing.

        Nothing is kept, and False returned, where the sitting has other than ``known`` events: another tutor was first.
        """
        of_sitting = sitting_events.c.sitting_id == sitting_id
        with self._changing() as connection:
            if known is not None:
                there = connection.scalar(select(func.count()).select_from(sitting_events).where(of_sitting))
                if there != known:
                    return False
            connection.execute(insert(sitting_events), row_of_event(sitting_id, event))
            for one in given:
                connection.execute(insert(answers), row_of(one))
        return True

    def add_all(
        self,
        given: Sequence[Answer],
        attempts: Sequence[LabAttempt],
        done: Sequence[Act],
        sat: Sequence[tuple[SittingRecord, bool]],
        known: int,
    ) -> bool:
        """Keep all of it or nothing. A sitting comes with the events to add, and whether it is new.

        Nothing is kept, and False returned, where there are other than ``known`` rows: another tutor was first.
        """
        rows = [
            *((answers, row_of(one)) for one in given),
            *((lab_attempts, row_of(one)) for one in attempts),
            *((acts, row_of(one)) for one in done),
            *((sittings, row_of_sitting(record.begun, record.seals)) for record, new in sat if new),
            *((sitting_events, row_of_event(one.begun.id, event)) for one, _ in sat for event in one.events),
        ]
        with self._changing() as connection:
            if _count(connection) != known:
                return False
            for table, row in rows:
                connection.execute(insert(table), row)
        return True

    def count(self) -> int:
        """How many rows there are in all tables. They only become more: the same count is the same rows."""
        with self._reading() as connection:
            return _count(connection) if connection else 0

    def sittings(self) -> tuple[SittingRecord, ...]:
        """All sittings with their events, oldest first."""
        rows = self._rows(sittings)
        of_sitting: dict[str, list[Any]] = {row["sitting_id"]: [] for row in rows}
        for event in self._rows(sitting_events):
            of_sitting.setdefault(event["sitting_id"], []).append(event)
        return tuple(record_of(row, of_sitting[row["sitting_id"]]) for row in rows)

    def close(self) -> None:
        """Give the connections back, as the end of the program does. The memory may be used again afterwards."""
        if "_engine" in self.__dict__:
            self._engine.dispose()

    @cached_property
    def _engine(self) -> Engine:
        engine = make_engine(self._url)
        finalize(self, engine.dispose)
        return engine

    def _add(self, table: Table, event: Answer | LabAttempt | Act) -> None:
        self._insert((table, row_of(event)))

    def _insert(self, *rows: tuple[Table, Mapping[str, Any]]) -> None:
        with self._changing() as connection:
            for table, row in rows:
                connection.execute(insert(table), row)

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """One transaction, committed at the end."""
        with told(self._name), self._lock:
            self._make_ready()
            with self._writing() as connection, connection.begin():
                yield connection

    def _all(self, table: Table, event_of: Callable[[Any], Event]) -> tuple[Event, ...]:
        """In the order of time: what was merged from another machine was added later than it was done."""
        time = next(column for column in table.c if isinstance(column.type, UtcDateTime))
        return tuple(event_of(row) for row in self._rows(table, time))

    def _rows(self, table: Table, *order: Column[Any]) -> Sequence[Mapping[str, Any]]:
        with self._reading() as connection:
            if connection is None:
                return ()
            rows = connection.execute(select(table).order_by(*order, table.c.id)).mappings().all()
            return [dict(row) for row in rows]

    @contextmanager
    def _reading(self) -> Iterator[Connection | None]:
        """A connection to read by; None where there is nothing yet."""
        with told(self._name), self._lock:
            if not self._ready and not self._exists():
                yield None
                return
            self._make_ready()
            with self._engine.connect() as connection:
                yield connection

    def _make_ready(self) -> None:
        """Bring the database to the present revision, once; another process may be doing the same."""
        if self._ready:
            return
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._engine.connect() as connection:
            current = self._migration.revision(connection) == self._migration.head
        if not current:
            with self._writing() as connection, connection.begin():
                self._migration.upgrade(connection)
        self._ready = True

    def _exists(self) -> bool:
        """Whether there is anything to read; looks without making the file."""
        if self._file is not None and (not self._file.exists() or not self._file.stat().st_size):
            return False
        with self._engine.connect() as connection:
            return self._migration.revision(connection) is not None

    def _writing(self) -> Connection:
        return self._engine.connect().execution_options(**{BEGIN: "IMMEDIATE"})


def _count(connection: Connection) -> int:
    return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in metadata.sorted_tables)


def _without_password(url: str) -> str:
    """The URL as it may be shown: what stands between ``:`` and ``@`` is left out."""
    scheme, separator, rest = url.partition("://")
    if "@" not in rest:
        return url
    user = rest.rpartition("@")[0].partition(":")[0]
    return f"{scheme}{separator}{user}:***@{rest.rpartition('@')[2]}"
