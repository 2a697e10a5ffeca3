"""Bytes to and from a socket, for what no client library would send."""

import socket
from typing import Self


class Conversation:
    """A connection to a port of 127.0.0.1; closed at the end of a ``with``."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._read = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._read.close()
        self.socket.close()

    def send(self, *lines: str, body: bytes = b"") -> None:
        """Send a request line and header lines, an empty line, and a body as it is."""
        self.socket.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1") + body)

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case and body of the next answer; a chunked body is joined."""
        status = int(self._read.readline().split()[1])
        headers = {}
        while line := self._read.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            return status, headers, b"".join(iter(self.chunk, b""))
        return status, headers, self._read.read(int(headers.get("content-length", 0)))

    def head(self) -> int:
        """The status of an answer whose body is still to come."""
        status = int(self._read.readline().split()[1])
        while self._read.readline().strip():
            pass
        return status

    def chunk(self) -> bytes:
        """The next piece of a chunked body; empty at its end."""
        size = int(self._read.readline(), 16)
        data = self._read.read(size)
        self._read.readline()
        return data

    def rest(self) -> bytes:
        """All that comes until the other side ends the connection, in whatever way."""
        try:
            return self._read.read()
        except ConnectionResetError:
            return b""
