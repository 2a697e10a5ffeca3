"""One HTTP request and its answer as values, free of sockets."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO


class Headers(Mapping[str, str]):
    """Header fields by name, whatever its case. Of a field given twice the values are joined by commas."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        kept: dict[str, str] = {}
        for name, value in pairs:
            lower = name.lower()
            kept[lower] = f"{kept[lower]},{value}" if lower in kept else value
        self._fields = kept

    @classmethod
    def lowered(cls, fields: dict[str, str]) -> "Headers":
        """Of fields whose names are in lower case and told once; the dictionary is ours from now."""
        made = cls.__new__(cls)
        made._fields = fields
        return made

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a field, or ``default``."""
        return self._fields.get(name.lower(), default)

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __repr__(self) -> str:
        return f"Headers({self._fields!r})"


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came: ``path`` and ``query`` are raw, nothing in them is decoded.

    ``body`` is bytes, or a seekable binary file for what is too big to be held in memory.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes | BinaryIO = b""

    def data(self) -> bytes:
        """The whole body, in memory. It can be asked for again."""
        if isinstance(self.body, bytes):
            return self.body
        self.body.seek(0)
        return self.body.read()

    def size(self) -> int:
        """The body's length in bytes, without reading it."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.seek(0, io.SEEK_END)


@dataclass(frozen=True)
class HttpResponse:
    """An answer. A body that is an iterator is sent piece by piece, as it comes; a ``close`` of its is called."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | Iterator[bytes] = b""

    def header(self, name: str) -> str | None:
        """The value of a header field, whatever the case of its name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def data(self) -> bytes:
        """The whole body; an iterator is used up by it."""
        return self.body if isinstance(self.body, bytes) else b"".join(self.body)
