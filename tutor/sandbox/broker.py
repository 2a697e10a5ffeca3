"""Connects outside in place of a function that has no way out, and only to public addresses.

Two sockets of the function's network namespace come out to it: where its connections are turned aside to, and where its
questions for names go. It runs in a thread of its own.
"""

import asyncio
import socket
import struct
import threading
from contextlib import closing
from ipaddress import IPv4Address, IPv4Network

_FORBIDDEN = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/3",
    )
)
_ORIGINAL_DESTINATION = 80
_MOST_CONNECTIONS = 256
_CONNECT_S = 30
_PIECE = 1 << 16
_AT_ONCE = struct.pack("ii", 1, 0)  # a linger of no time: a reset, and no polite end
_A, _INTERNET, _TTL_S = 1, 1, 60
_NO_ERROR, _FAILED, _NO_SUCH_NAME = 0, 2, 3


def allowed(address: str) -> bool:
    """Whether an address is public: of no block that belongs to a host, a link or a site, and not this host's."""
    parsed = IPv4Address(address)
    return not any(parsed in block for block in _FORBIDDEN) and not _own(address)


def _own(address: str) -> bool:
    """Whether this host has the address: no other can be bound to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


class Broker:
    """Serves one environment until it is closed. Takes the two descriptors over."""

    def __init__(self, connections: int, names: int) -> None:
        self._connections = socket.socket(fileno=connections)
        self._names = socket.socket(fileno=names)
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End every connection."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        for one in (self._connections, self._names):
            one.setblocking(False)
        self._free = asyncio.Semaphore(_MOST_CONNECTIONS)
        server = await asyncio.start_server(self._connected, sock=self._connections)
        resolver, _ = await self._loop.create_datagram_endpoint(_Resolver, sock=self._names)
        await self._ended.wait()
        resolver.close()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _connected(self, inside: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """One connection of the function's; it is reset where it may not, or cannot, go on outside."""
        found = back.get_extra_info("socket").getsockopt(socket.SOL_IP, _ORIGINAL_DESTINATION, 16)
        port, address = struct.unpack("!2xH4s8x", found)
        try:
            async with self._free:
                outside, on = await self._connect(socket.inet_ntoa(address), port)
                with closing(on), closing(back):
                    await asyncio.gather(_pass_on(inside, on), _pass_on(outside, back))
        except OSError:
            back.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            back.transport.abort()  # the function sees its connection reset

    @staticmethod
    async def _connect(address: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if not allowed(address):
            raise PermissionError(address)
        return await asyncio.wait_for(asyncio.open_connection(address, port), _CONNECT_S)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Everything until the end, and the end too."""
    while data := await source.read(_PIECE):
        target.write(data)
        await target.drain()
    if target.can_write_eof():
        target.write_eof()


class _Resolver(asyncio.DatagramProtocol):
    """Answers questions for IPv4 addresses by the host's resolver; only public ones are told."""

    def __init__(self) -> None:
        self._answering: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers go out by."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer beside other questions."""
        task = asyncio.get_running_loop().create_task(self._answer(data, addr))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, query: bytes, asker: tuple[str, int]) -> None:
        question = question_of(query)
        if question is None:
            return
        name, kind = question
        code, found = _NO_ERROR, []
        try:
            hosts = await asyncio.get_running_loop().getaddrinfo(
                name, None, family=socket.AF_INET, type=socket.SOCK_STREAM
            )
            found = [host[4][0] for host in hosts if allowed(str(host[4][0]))]
            code = _NO_ERROR if found else _NO_SUCH_NAME
        except socket.gaierror as error:
            code = _NO_SUCH_NAME if error.errno == socket.EAI_NONAME else _FAILED
        assert isinstance(self._transport, asyncio.DatagramTransport)
        self._transport.sendto(answer(query, code, [str(one) for one in found] if kind == _A else []), asker)


def question_of(query: bytes) -> tuple[str, int] | None:
    """The name and the kind of record that a query asks for; None for what is no plain question. Source: RFC 1035."""
    if len(query) < 17 or query[2] & 0x80 or struct.unpack_from(">H", query, 4)[0] != 1:
        return None
    labels, at = [], 12
    while at < len(query) and 0 < query[at] < 64:
        labels.append(query[at + 1 : at + 1 + query[at]])
        at += 1 + query[at]
    if not labels or at + 5 > len(query) or query[at] != 0:
        return None
    try:
        return b".".join(labels).decode("ascii"), struct.unpack_from(">H", query, at + 1)[0]
    except UnicodeDecodeError:
        return None


def answer(query: bytes, code: int, addresses: list[str]) -> bytes:
    """The answer to a plain question: so many addresses, or none and a ``code``."""
    end = query.index(b"\0", 12) + 5
    head = query[:2] + struct.pack(">BBHHHH", 0x81, 0x80 | code, 1, len(addresses), 0, 0)
    record = struct.pack(">HHHIH", 0xC00C, _A, _INTERNET, _TTL_S, 4)
    return head + query[12:end] + b"".join(record + socket.inet_aton(address) for address in addresses)
