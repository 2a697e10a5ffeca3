"""How the Python runtime writes its log: records as text or JSON, errors as one event.

Loaded once with ``bootstrap``. Formats are those of AWS's own runtime client (developer guide, python-logging and
monitoring-cloudwatchlogs-advanced). What the runtime itself says goes to a stream of its own: a handler may replace
or close ``sys.stdout`` without taking the log away.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import traceback

_INDENT = "\u00a0\u00a0"
_LEVELS = {
    "TRACE": logging.NOTSET,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "ERROR": logging.ERROR,
    "FATAL": logging.CRITICAL,
}
_OWN = {"aws_request_id", "tenant_id", "message", "asctime", "taskName"}
_RESERVED = set(logging.makeLogRecord({}).__dict__) | _OWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from logging import LogRecord
    from typing import Any, TextIO


class Request:
    """The event that is being handled: what every log record of it carries."""

    id = ""
    tenant_id: str | None = None

    def filter(self, record: LogRecord) -> bool:
        """Put it into a record. A class with this one method is all that ``logging`` wants of a filter."""
        record.aws_request_id = Request.id
        record.tenant_id = Request.tenant_id
        return True


class _Text(logging.Formatter):
    """Tabs between level, time, request and message; the lines of one record stay one event of the log."""

    def __init__(self) -> None:
        fields = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
        super().__init__(fields, "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime

    def format(self, record: LogRecord) -> str:
        return super().format(record).replace("\n", "\r")


class _Json(logging.Formatter):
    """One JSON object per record; what was passed as ``extra`` becomes fields of it."""

    def __init__(self) -> None:
        super().__init__()
        self.converter = time.gmtime

    def format(self, record: LogRecord) -> str:
        fields: dict[str, Any] = {
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            **_failure(record),
            "requestId": getattr(record, "aws_request_id", None) or None,
            "tenantId": getattr(record, "tenant_id", None),
        }
        for name, value in record.__dict__.items():
            if name not in _RESERVED and name not in fields:
                fields[name] = value
        kept = {name: value for name, value in fields.items() if value is not None}
        return json.dumps(kept, ensure_ascii=False)


def _failure(record: LogRecord) -> dict[str, Any]:
    """What a record tells of the exception that it carries."""
    kind, error, trace = record.exc_info or (None, None, None)
    if kind is None or error is None:
        return {}
    return {
        "stackTrace": traceback.format_tb(trace),
        "errorType": kind.__name__,
        "errorMessage": text_of(error),
        "location": "%s:%s:%d" % (record.pathname, record.funcName, record.lineno),
    }


def text_of(error: BaseException) -> str:
    """``str(error)``, or words for an exception that cannot say what it is."""
    try:
        return str(error)
    except Exception:  # the learner's own __str__: whatever it raises must not hide the error itself
        return "<exception str() failed>"


class Log:
    """The runtime's own voice."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._json = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"

    def write(self, text: str) -> None:
        """Write as it is. A handler that closed the descriptor itself hears nothing more."""
        try:
            self._stream.write(text)
        except (OSError, ValueError):
            pass

    def prepare(self) -> None:
        """Give the root logger its handler, and in JSON its level."""
        handler = logging.StreamHandler(self._stream)
        handler.setFormatter(_Json() if self._json else _Text())
        handler.addFilter(Request())
        root = logging.getLogger()
        root.addHandler(handler)
        if self._json:
            root.setLevel(_LEVELS.get(os.environ.get("AWS_LAMBDA_LOG_LEVEL", ""), logging.INFO))
        self._handler = handler

    def retire(self) -> None:
        """Take the root logger's handler away again."""
        logging.getLogger().removeHandler(self._handler)

    def warn(self, message: str) -> None:
        """A warning of the runtime's, whatever level the function's loggers have."""
        self._handler.handle(logging.LogRecord("root", logging.WARNING, __file__, 0, message, None, None))

    def error(self, document: Mapping[str, Any]) -> None:
        """A failure as one event of the log; its lines are joined by carriage returns."""
        if self._json:
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self.write(json.dumps({"timestamp": stamp, "level": "ERROR", **document}, ensure_ascii=False) + "\n")
            return
        message = document["errorMessage"]
        lines = ["[ERROR] " + document["errorType"] + (": " + message if message else "")]
        if document["stackTrace"]:
            lines.append("Traceback (most recent call last):")
        for frame in document["stackTrace"]:
            for line in frame.rstrip("\n").split("\n"):
                kept = line.lstrip(" ")
                lines.append(_INDENT * ((len(line) - len(kept)) // 2) + kept)
        self.write("\r".join(line.replace("\n", "\r") for line in lines) + "\n")


def flush() -> None:
    """Let out what the handler printed. It may have put anything in the place of its streams, or nothing."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # the learner's own stream, which may fail as it likes
            pass
