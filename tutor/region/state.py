"""What a region keeps: documents by kind and key, and blobs by their hash, in one folder.

Documents lie in SQLite with a write-ahead log, so that a kill at any moment leaves the state before a change or after
it; all of them are held in memory too, where they are read. A document is never changed in place: put a new one.
"""

import fcntl
import hashlib
import json
import os
import sqlite3
import threading
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tutor.errors import StoreError

Document = Mapping[str, Any]
_SCHEMA = 1
_CREATE = "CREATE TABLE IF NOT EXISTS documents (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"
_PUT = "INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body"


class _Shelf:
    """The documents of one kind, by key, with their keys in order."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.keys: list[str] = []

    def put(self, key: str, document: Document | None) -> Document | None:
        """Put a document, or with None take it away. Returns what was there."""
        before = self.documents.get(key)
        if document is None:
            if before is not None:
                del self.documents[key]
                del self.keys[bisect_left(self.keys, key)]
        else:
            if before is None:
                insort(self.keys, key)
            self.documents[key] = document
        return before


class State:
    """One region's documents and blobs. Safe for threads; one process at a time.

    Raises ``StoreError`` for a folder in use, from a newer version, or that cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._depth = 0
        self._undo: list[tuple[str, str, Document | None]] = []
        self._shelves: dict[str, _Shelf] = {}
        try:
            (folder / "blobs").mkdir(parents=True, exist_ok=True)
            self._claim: IO[bytes] = (folder / "lock").open("ab")
        except OSError as error:
            raise StoreError(f"The region's folder {str(folder)!r} cannot be written: {error.strerror}.") from error
        try:
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._claim.close()
            text = f"The region {folder.name!r} is in use by another tutor. Choose another --name, or end that one."
            raise StoreError(text) from error
        self._open()

    def _open(self) -> None:
        path = self.folder / "state.db"
        try:
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            version = self._database.execute("PRAGMA user_version").fetchone()[0]
            if version <= _SCHEMA:
                self._database.execute(_CREATE)
                self._database.execute(f"PRAGMA user_version = {_SCHEMA}")
                for kind, key, body in self._database.execute("SELECT kind, key, body FROM documents"):
                    self._shelf(kind).put(key, json.loads(body))
        except (sqlite3.Error, ValueError) as error:
            self._claim.close()
            raise StoreError(f"The region's state in {str(path)!r} cannot be read: {error}. Move it away.") from error
        if version > _SCHEMA:
            self.close()
            raise StoreError(f"The region's state in {str(path)!r} comes from a newer tutor. Update this one.")

    def _shelf(self, kind: str) -> _Shelf:
        return self._shelves.setdefault(kind, _Shelf())

    def get(self, kind: str, key: str) -> Document | None:
        """The document, or None."""
        with self._lock:
            return self._shelf(kind).documents.get(key)

    def items(self, kind: str, prefix: str = "") -> list[tuple[str, Document]]:
        """All documents of a kind whose key begins with ``prefix``, in the keys' order."""
        with self._lock:
            shelf = self._shelf(kind)
            first = bisect_left(shelf.keys, prefix)
            last = bisect_left(shelf.keys, prefix + "\U0010ffff") if prefix else len(shelf.keys)
            return [(key, shelf.documents[key]) for key in shelf.keys[first:last]]

    def put(self, kind: str, key: str, document: Document) -> None:
        """Keep a document, in place of one with the same kind and key."""
        body = json.dumps(document, separators=(",", ":"))
        with self.transaction():
            self._database.execute(_PUT, (kind, key, body))
            self._undo.append((kind, key, self._shelf(kind).put(key, document)))

    def delete(self, kind: str, key: str) -> None:
        """Forget a document; harmless when there is none."""
        with self.transaction():
            self._database.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))
            self._undo.append((kind, key, self._shelf(kind).put(key, None)))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is put and deleted within it is kept, or nothing of it when an exception leaves it."""
        with self._lock:
            if self._depth == 0:
                self._database.execute("BEGIN IMMEDIATE")
                self._undo.clear()
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._roll_back()
                raise
            self._depth -= 1
            if self._depth == 0:
                self._database.execute("COMMIT")

    def _roll_back(self) -> None:
        self._database.execute("ROLLBACK")
        for kind, key, before in reversed(self._undo):
            self._shelf(kind).put(key, before)

    def keep_blob(self, data: bytes) -> str:
        """Keep bytes under their SHA-256 (in hex), whole or not at all. Returns that name."""
        name = hashlib.sha256(data).hexdigest()
        path = self.blob(name)
        if not path.exists():
            part = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
            part.write_bytes(data)
            part.replace(path)
        return name

    def blob(self, name: str) -> Path:
        """Where the blob of that name lies, as a zip's file name so that the sandbox knows what it is."""
        return self.folder / "blobs" / f"{name}.zip"

    def close(self) -> None:
        """Let go of the folder. Safe to call twice."""
        with self._lock:
            self._database.close()
            self._claim.close()
