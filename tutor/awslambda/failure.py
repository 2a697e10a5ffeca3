"""Failures that Lambda itself reports, because the function could not: the error document and the REPORT's status.

Source: recordings of the real service, except where a text is marked unverified.
"""

import signal
from dataclasses import dataclass

from tutor.awslambda.invocation import Json


@dataclass(frozen=True)
class Failure:
    """A failure seen from outside. ``error_type`` is None where REPORT names only a status (a timeout)."""

    document: Json
    status: str
    error_type: str | None


def _error(error_type: str, request_id: str, text: str) -> Json:
    return {"errorType": error_type, "errorMessage": f"RequestId: {request_id} Error: {text}"}


def timed_out(request_id: str, timeout: float) -> Failure:
    """The function was stopped at its timeout (seconds)."""
    document = _error("Sandbox.Timedout", request_id, f"Task timed out after {timeout:.2f} seconds")
    return Failure(document, "timeout", None)


def out_of_memory(request_id: str) -> Failure:
    """The function was killed at its memory size. The document is unverified: no source shows it."""
    document = _error("Runtime.OutOfMemory", request_id, "Runtime exited with error: signal: killed")
    return Failure(document, "error", "Runtime.OutOfMemory")


def exited(request_id: str, code: int) -> Failure:
    """The runtime ended by itself: ``code`` is its exit status, negative for the signal that ended it."""
    text = f"Runtime exited with error: {_status(code)}" if code else "Runtime exited without providing a reason"
    return Failure(_error("Runtime.ExitError", request_id, text), "error", "Runtime.ExitError")


def extension_failed(request_id: str, error_type: str, code: int | None) -> Failure:
    """An extension failed with ``error_type``; ``code`` as in ``exited``, None where it never ran or never ended."""
    text = "exit code 0" if code == 0 else _status(code) if code is not None else "extension failed to launch"
    return Failure(_error(error_type, request_id, text), "error", error_type)


def _status(code: int) -> str:
    return f"exit status {code}" if code > 0 else f"signal: {signal_name(-code)}"


def truncated_response(request_id: str) -> Failure:
    """The runtime broke off in the middle of its response. The document's text is unverified: no source shows it."""
    document = _error("Runtime.TruncatedResponse", request_id, "Response was truncated")
    return Failure(document, "error", "Runtime.TruncatedResponse")


def invalid_entrypoint(request_id: str, reason: str) -> Failure:
    """There is no program to start as the runtime: ``reason`` as the service words it."""
    return Failure(_error("Runtime.InvalidEntrypoint", request_id, reason), "error", "Runtime.InvalidEntrypoint")


def signal_name(number: int) -> str:
    """A signal in the words of the service's logs: ``killed``, ``segmentation fault``, ``aborted``."""
    return (signal.strsignal(number) or f"signal {number}").lower()


def response_too_large(limit: int) -> Failure:
    """The function answered with more bytes than ``limit``."""
    text = f"Response payload size exceeded maximum allowed payload size ({limit} bytes)."
    document = {"errorMessage": text, "errorType": "Function.ResponseSizeTooLarge"}
    return Failure(document, "error", "Function.ResponseSizeTooLarge")
