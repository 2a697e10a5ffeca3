"""Batches of an event source mapping: when one is cut, how large, and which of its records a function has done.

Source: developer guide, invocation-eventsourcemapping, services-sqs-errorhandling and
services-kinesis-batchfailurereporting.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tutor.awslambda.invocation import Json
from tutor.awslambda.quotas import Quotas

T = TypeVar("T")

_ENVELOPE = len(b'{"Records":[]}')


@dataclass(frozen=True)
class BatchLimits:
    """When a batch is full: ``size`` records, ``window`` seconds after the first, ``payload`` bytes of JSON."""

    size: int
    window: float
    payload: int

    @classmethod
    def of(cls, settings: Mapping[str, Json], quotas: Quotas) -> "BatchLimits":
        """The limits of a mapping's settings."""
        return cls(settings["BatchSize"], settings["MaximumBatchingWindowInSeconds"], quotas.request_payload)


def record_size(record: Json) -> int:
    """Bytes that a record takes in the event."""
    return len(json.dumps(record, separators=(",", ":")).encode())


def cut(records: Sequence[T], sizes: Sequence[int], limits: BatchLimits) -> list[list[T]]:
    """``records`` in order, cut into batches as full as the limits allow. ``sizes``: each one's ``record_size``.

    A record that alone is over the payload is a batch of its own: the invocation will be refused.
    """
    batches: list[list[T]] = []
    used = 0
    for record, size in zip(records, sizes, strict=True):
        if not batches or len(batches[-1]) >= limits.size or used + size + 1 > limits.payload:
            batches.append([])
            used = _ENVELOPE
        batches[-1].append(record)
        used += size + 1
    return batches


def due(first: float, sizes: Sequence[int], limits: BatchLimits, now: float) -> float:
    """When what was gathered is handed over: at once if a batch is full, else when the window of the first ends.

    ``first``: when the first record was polled. Not before ``now``.
    """
    full = len(sizes) >= limits.size or _ENVELOPE + sum(sizes) + len(sizes) > limits.payload
    return now if full else max(now, first + limits.window)


@dataclass(frozen=True)
class Processed:
    """What became of a batch: identifiers that are done, and those that come again, both in the batch's order."""

    done: tuple[str, ...]
    again: tuple[str, ...]

    @property
    def succeeded(self) -> bool:
        """Whether nothing has to come again."""
        return not self.again


def processed(identifiers: Sequence[str], payload: Json, *, failed: bool, partial: bool, ordered: bool) -> Processed:
    """What a function did with a batch.

    ``identifiers``: message ids or sequence numbers in order; ``failed``: it ended with a function error;
    ``partial``: ``ReportBatchItemFailures`` is on; ``ordered``: a stream, where everything from the first
    failure on comes again. ``payload`` is the answer's JSON value. Without partial answers it is all or nothing.
    """
    everything = tuple(identifiers)
    if failed:
        return Processed((), everything)
    reported = _reported(payload, ordered) if partial else set[str]()
    if reported is None or not reported <= set(everything):
        return Processed((), everything)
    if not ordered:
        again = tuple(one for one in everything if one in reported)
        return Processed(tuple(one for one in everything if one not in reported), again)
    start = next((index for index, one in enumerate(everything) if one in reported), len(everything))
    return Processed(everything[:start], everything[start:])


def _reported(payload: Json, stream: bool) -> set[str] | None:
    """The identifiers in an answer; empty when all is well, None when the answer itself is wrong."""
    if payload is None or (stream and payload in ("", [])):
        return set()
    failures = payload.get("batchItemFailures") if isinstance(payload, dict) else False
    if failures is None:
        return set()
    if not isinstance(failures, list):
        return None
    found = [one.get("itemIdentifier") if isinstance(one, dict) else None for one in failures]
    return {str(one) for one in found} if all(isinstance(one, str) and one for one in found) else None
