"""Recursion detection: how often a chain of requests has been through a function, told by its trace header.

The SDKs carry the trace header from an invocation to the queue, topic or function that it calls; its ``Lineage`` part
counts for each function. Source: developer guide, invocation-recursion. (The form of ``Lineage`` is not documented:
``<depth>:<eight hex of the resource>:<count>``, entries joined by ``|``, as seen in trace headers.)
"""

import hashlib
import re
from functools import lru_cache
from typing import Literal

from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError

RecursiveLoop = Literal["Terminate", "Allow"]

DETECTED: frozenset[str] = frozenset({"sqs", "sns", "s3", "lambda"})
"""The services through which loops are seen. DynamoDB is none of them."""

_ENTRY = re.compile(r"(\d+):([0-9a-f]{8}):(\d+)")


def lineage(trace_header: str | None) -> dict[str, int]:
    """How often each function (by ``mark``) is in the chain of a trace header; empty for what is none."""
    if not trace_header or "Lineage=" not in trace_header:
        return {}
    for part in trace_header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == "Lineage":
            found = [_ENTRY.fullmatch(entry) for entry in value.split("|")]
            return {match[2]: int(match[3]) for match in found if match}
    return {}


@lru_cache(maxsize=1000)
def mark(function_arn: str) -> str:
    """The eight hex digits that stand for a function in a lineage; all of its versions share them."""
    unqualified = ":".join(function_arn.split(":")[:7])
    return hashlib.sha256(unqualified.encode()).hexdigest()[:8]


def passed_on(trace_header: str | None, function_arn: str) -> str:
    """The trace header that an invocation of the function gets, and hands on: its own count is one more.

    ``trace_header`` is the request's (``Root=…;Parent=…;Sampled=…;Lineage=…``), None for the start of a chain.
    """
    counts = lineage(trace_header)
    own = mark(function_arn)
    counts[own] = counts.get(own, 0) + 1
    entries = "|".join(f"{len(counts)}:{name}:{count}" for name, count in counts.items())
    others = [part for part in (trace_header or "").split(";") if part and not part.strip().startswith("Lineage=")]
    return ";".join([*others, f"Lineage={entries}"])


def is_recursive(trace_header: str | None, function_arn: str, setting: RecursiveLoop, quotas: Quotas) -> bool:
    """Whether the invocation that is about to happen is dropped: the function was in the chain sixteen times."""
    return setting == "Terminate" and lineage(trace_header).get(mark(function_arn), 0) >= quotas.recursive_invocations


def recursive_invocation() -> ServiceError:
    """What the caller in the loop gets. (AWS's text is not recorded.)"""
    text = "Lambda detected the function being invoked in a recursive loop with other AWS resources."
    return ServiceError("RecursiveInvocationException", f"{text} The invocation has been stopped.")
