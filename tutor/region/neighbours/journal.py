"""The journal of the requests that changed a neighbour: an append-only file, replayed when the region starts again.

A record is its length and its checksum (32 bits each, big endian), then the length of its header, the header (JSON) and
the body as it came. What was written before a kill stays written; a last record that is cut short, or not what its
checksum says, ends the journal and is cut off.
"""

import base64
import json
import os
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import IO, Any

from tutor.errors import StoreError
from tutor.region.api.message import Headers, HttpRequest

_FRAME = struct.Struct(">III")
_MAGIC = b"tutor-neighbours 1\n"


@dataclass(frozen=True)
class Record:
    """One request that changed something: when (region time), by what chance, with what answer.

    ``heard`` is what came from outside of moto meanwhile; ``digest`` the checksum of the answer's body. A record
    without a request is a ``conclusion``: what came of something that goes on beside requests (its kind, and plain
    values).
    """

    moment: float
    seed: int = 0
    request: HttpRequest | None = None
    service: str = ""
    operation: str = ""
    status: int = 0
    digest: int = 0
    heard: tuple[Any, ...] = ()
    conclusion: Mapping[str, Any] = field(default_factory=dict)


_PLAIN = tuple(each.name for each in fields(Record) if each.name != "request")


def _pack(record: Record) -> bytes:
    request = record.request
    members = ((name, getattr(record, name)) for name in _PLAIN)
    header: dict[str, Any] = {name: value for name, value in members if value not in ("", (), {})}
    if request is not None:
        header["request"] = [request.method, request.path, request.query, dict(request.headers)]
    text = json.dumps(header, separators=(",", ":"), default=_told).encode()
    body = request.data() if request is not None else b""
    inner = zlib.crc32(body, zlib.crc32(text))
    return _FRAME.pack(len(text) + len(body), inner, len(text)) + text + body


def _told(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(f"A journal holds plain values, no {type(value).__name__}.")


def _unpack(text: bytes, body: bytes) -> Record:
    header = json.loads(text)
    told = header.pop("request", None)
    request = HttpRequest(told[0], told[1], told[2], Headers(told[3]), body) if told else None
    return Record(**{**header, "heard": tuple(header.get("heard", ())), "request": request})


class Journal:
    """The file, open for appending. One process at a time; its caller sees to the order.

    Raises ``StoreError`` for a file that is none of ours or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = path.open("a+b", buffering=0)
        except OSError as error:
            raise StoreError(f"The region's journal {path} cannot be opened: {error.strerror}.") from error
        self._begin()

    def _begin(self) -> None:
        self._file.seek(0)
        magic = self._file.read(len(_MAGIC))
        if magic == _MAGIC:
            return
        if not _MAGIC.startswith(magic):
            self._file.close()
            raise StoreError(f"{self._path} is no journal of this version of the tutor.")
        self._file.truncate(0)
        self._file.write(_MAGIC)

    def records(self) -> Iterator[Record]:
        """Every record, the first first. A damaged end is cut off when it is reached."""
        whole = len(_MAGIC)
        with self._path.open("rb") as reader:
            reader.seek(whole)
            while (parts := _read(reader)) is not None:
                whole = reader.tell()
                yield _unpack(*parts)
        if whole < os.fstat(self._file.fileno()).st_size:
            self._file.truncate(whole)

    def append(self, record: Record) -> None:
        """Write one record; when this returns, a kill of the process cannot undo it. Raises ``StoreError``."""
        packed = memoryview(_pack(record))
        try:
            while packed:
                packed = packed[self._file.write(packed) or 0 :]
        except OSError as error:
            raise StoreError(f"The region's journal {self._path} cannot be written: {error.strerror}.") from error

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _read(reader: IO[bytes]) -> tuple[bytes, bytes] | None:
    frame = reader.read(_FRAME.size)
    if len(frame) < _FRAME.size:
        return None
    size, checksum, header = _FRAME.unpack(frame)
    data = reader.read(size)
    if len(data) < size or header > size or zlib.crc32(data) != checksum:
        return None
    return data[:header], data[header:]
