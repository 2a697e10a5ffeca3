"""Lambda's own part of a function's log, as lines of text or as JSON records, whichever its logging format asks for.

JSON has a level for each record: what is no success is WARN, what is told in ``platform.report`` anyway is DEBUG.
Source: developer guide, monitoring-cloudwatchlogs-advanced and monitoring-cloudwatchlogs-log-level.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutor.awslambda import log_lines, platform_events
from tutor.awslambda.execution_environment import ON_DEMAND, InitializationType
from tutor.awslambda.function import LOG_LEVELS, SYSTEM_LOG_LEVELS, FunctionConfiguration
from tutor.awslambda.invocation import Report

_UNLEVELLED = "INFO"
_OTHER_NAMES = {"WARNING": "WARN", "CRITICAL": "FATAL"}
_OF_THE_RUNTIME = ("logger", "requestId")
_TIMES = ("timestamp", "time", "@timestamp")  # as the runtimes and common loggers name it
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class SystemLog:
    """Words what Lambda has to say. ``at`` is a time in seconds since the epoch; durations are in ms."""

    configuration: FunctionConfiguration
    runtime_version: str
    runtime_version_arn: str
    initialization_type: InitializationType = ON_DEMAND

    def init_start(self, at: float) -> tuple[str, ...]:
        """A cold start begins."""
        if self._json:
            return self._told(self.init_start_event(at, "init"))
        return (log_lines.init_start(self.runtime_version, self.runtime_version_arn),)

    def init_start_event(self, at: float, phase: str) -> Mapping[str, object]:
        """The same as a record; ``phase`` is ``invoke`` when INIT is run again there."""
        version, arn = self.runtime_version, self.runtime_version_arn
        return platform_events.init_start(at, self.configuration, version, arn, phase, self.initialization_type)

    def init_runtime_done(self, at: float, phase: str, status: str | None, error_type: str | None) -> tuple[str, ...]:
        """The runtime is ready, or has failed; text has no line for it. ``status`` is None for a success."""
        if not self._json:
            return ()
        kind = self.initialization_type
        return self._told(platform_events.init_runtime_done(at, phase, status, error_type, kind), "DEBUG")

    def init_report(
        self, at: float, duration_ms: float, phase: str, status: str | None, error_type: str | None
    ) -> tuple[str, ...]:
        """INIT is over: text tells it where it has failed or was late, and always where it ran ahead.

        ``phase`` is ``init``, or ``invoke`` when it was run again there; ``status`` is None for a success.
        """
        kind = self.initialization_type
        expected = kind == ON_DEMAND and status is None
        if self._json:
            event = platform_events.init_report(at, phase, duration_ms, status, error_type, kind)
            return self._told(event, "DEBUG" if expected else "INFO")
        if expected:
            return ()
        return (log_lines.init_report(duration_ms, phase, status, error_type),)

    def restore_start(self, at: float) -> tuple[str, ...]:
        """SnapStart: a snapshot is about to be restored."""
        version, arn = self.runtime_version, self.runtime_version_arn
        if self._json:
            return self._told(platform_events.restore_start(at, self.configuration, version, arn))
        return (log_lines.restore_start(version, arn),)

    def restore_report(
        self, at: float, duration_ms: float, status: str | None, error_type: str | None
    ) -> tuple[str, ...]:
        """SnapStart: the snapshot was restored; ``status`` is None for a success."""
        if self._json:
            return self._told(platform_events.restore_report(at, duration_ms, status, error_type))
        return (log_lines.restore_report(duration_ms, status, error_type),)

    def start(self, at: float, request_id: str) -> tuple[str, ...]:
        """An invocation begins."""
        version = self.configuration.version
        if self._json:
            return self._told(platform_events.start(at, request_id, version))
        return (log_lines.start(request_id, version),)

    def runtime_done(
        self,
        at: float,
        request_id: str,
        duration_ms: float,
        produced_bytes: int,
        status: str | None,
        error_type: str | None,
    ) -> tuple[str, ...]:
        """The runtime has answered, or has failed; text has no line for it. ``status`` is None for a success."""
        if not self._json:
            return ()
        event = platform_events.runtime_done(at, request_id, duration_ms, produced_bytes, status, error_type)
        return self._told(event, "DEBUG")

    def report(self, at: float, report: Report) -> tuple[str, ...]:
        """An invocation is over."""
        if self._json:
            return self._told(platform_events.report(at, report))
        return (log_lines.end(report.request_id), log_lines.report(report))

    def worded(self, line: str, event: Mapping[str, object]) -> str:
        """One thing to tell, in the format that is asked for."""
        return _record(event) if self._json else line

    def keeps(self, line: str) -> bool:
        """Whether a line of the function's is kept: only the JSON format leaves lines out, by their level.

        What the runtime's own logger wrote it has weighed already, by a level that code may have set. Any other line
        has the level that it tells, and INFO where it is no object with a known level and a time.
        """
        lowest = self.configuration.effective_log_level
        if lowest is None:
            return True
        record = _object(line)
        if any(member in record for member in _OF_THE_RUNTIME):
            return True
        return LOG_LEVELS.index(_level(record)) >= LOG_LEVELS.index(lowest)

    def _told(self, event: Mapping[str, Any], success: str = "INFO") -> tuple[str, ...]:
        """A record, unless the system log level leaves it out; ``success`` is the level of what is no failure."""
        level = success if event["record"].get("status", "success") == "success" else "WARN"
        lowest = self.configuration.system_log_level or "INFO"
        return (_record(event),) if SYSTEM_LOG_LEVELS.index(level) >= SYSTEM_LOG_LEVELS.index(lowest) else ()

    @property
    def _json(self) -> bool:
        return self.configuration.logging_format == "JSON"


def _record(event: Mapping[str, object]) -> str:
    return json.dumps(event, separators=(",", ":"))


def _object(line: str) -> Mapping[str, Any]:
    """The object that a line is in JSON; an empty one for any other line."""
    if not line.startswith("{"):
        return {}
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _level(record: Mapping[str, Any]) -> str:
    given = str(record.get("level")).upper()
    level = _OTHER_NAMES.get(given, given)
    timed = any(_RFC_3339.fullmatch(str(record.get(member))) for member in _TIMES)
    return level if timed and level in LOG_LEVELS else _UNLEVELLED
