"""Log lines on their way to CloudWatch Logs: gathered by stream, written as the execution role may.

Lambda keeps no log of what the role may not write; the function runs all the same.
Source: developer guide, monitoring-cloudwatchlogs; CloudWatch Logs API reference, PutLogEvents (limits of a batch).
"""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.region.invoking.role import role_caller

if TYPE_CHECKING:
    from tutor.region.region import Region

_BATCH_EVENTS = 10_000
_BATCH_BYTES = 1_048_576
_BYTES_BESIDE = 26  # what CloudWatch Logs counts for an event beside its text

LogLine = tuple[int, str]
"""Milliseconds since the epoch, in region time, and the text."""


@dataclass(frozen=True)
class LogStream:
    """One environment's stream. ``role`` (an ARN) is who writes; ``function`` its session's name."""

    aws_region: str
    group: str
    name: str
    role: str
    function: str


class LogWriter:
    """Gathers lines and writes them. ``add`` is cheap and safe for threads; ``write`` is for one thread at a time."""

    def __init__(self, region: "Region") -> None:
        self._region = region
        self._lock = threading.Lock()
        self._waiting: dict[LogStream, list[LogLine]] = {}
        self._latest: dict[LogStream, int] = {}
        self._known: set[tuple[str, str, str]] = set()
        self._clients: dict[tuple[str, str, str], Any] = {}

    def add(self, stream: LogStream, lines: Iterable[LogLine]) -> None:
        """Have lines written with the next ``write``, in the order in which they come.

        A fast clock may stand from one invocation to the next; in a stream no line is older than the one before.
        """
        with self._lock:
            waiting, latest = self._waiting.setdefault(stream, []), self._latest.get(stream, 0)
            for at, text in lines:
                latest = max(latest, at)
                waiting.append((latest, text))
            self._latest[stream] = latest

    def write(self) -> None:
        """Write what waits."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for stream, lines in waiting.items():
            self._write(stream, lines)

    def _write(self, stream: LogStream, lines: list[LogLine]) -> None:
        from botocore.exceptions import ClientError

        client = self._client(stream)
        for batch in _batches(lines):
            try:
                self._put(client, stream, batch)
            except ClientError as error:
                self._refused(stream, len(batch), error)

    def _client(self, stream: LogStream) -> Any:
        key = (stream.aws_region, stream.role, stream.function)
        if key not in self._clients:
            caller = role_caller(stream.role, stream.function)
            self._clients[key] = self._region.neighbours.client("logs", stream.aws_region, caller)
        return self._clients[key]

    def _put(self, client: Any, stream: LogStream, batch: list[dict[str, Any]]) -> None:
        """Put one batch; where the stream or the group is not there yet, or not any more, make it first."""
        from botocore.exceptions import ClientError

        place = {"logGroupName": stream.group, "logStreamName": stream.name}
        key = (stream.aws_region, stream.group, stream.name)
        if key not in self._known:
            self._make(client, stream, place)
        try:
            client.put_log_events(**place, logEvents=batch)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            self._make(client, stream, place)
            client.put_log_events(**place, logEvents=batch)
        self._known.add(key)

    def _make(self, client: Any, stream: LogStream, place: dict[str, str]) -> None:
        if not _unless_there(client.create_log_stream, **place):
            _unless_there(client.create_log_group, logGroupName=stream.group)
            _unless_there(client.create_log_stream, **place)

    def _refused(self, stream: LogStream, lines: int, error: Any) -> None:
        code = error.response["Error"]["Code"]
        text = f"{lines} lines were not written to {stream.group}: {code}"
        self._region.timeline.note("drop", stream.function, text, aws_region=stream.aws_region)


def _unless_there(make: Any, **place: str) -> bool:
    """Make it; whether it is there now. False where what it belongs to is missing."""
    from botocore.exceptions import ClientError

    try:
        make(**place)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ResourceNotFoundException":
            return False
        if code != "ResourceAlreadyExistsException":
            raise
    return True


def _batches(lines: list[LogLine]) -> Iterator[list[dict[str, Any]]]:
    """The lines in batches that one PutLogEvents takes."""
    batch: list[dict[str, Any]] = []
    size = 0
    for at, text in lines:
        needed = len(text.encode(errors="replace")) + _BYTES_BESIDE
        if batch and (len(batch) >= _BATCH_EVENTS or size + needed > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append({"timestamp": at, "message": text})
        size += needed
    if batch:
        yield batch
