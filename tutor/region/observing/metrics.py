"""Metrics on their way to CloudWatch: summed up by minute, and put into the namespace ``AWS/Lambda``.

CloudWatch keeps Lambda's metrics by the minute, so a minute's values go there as one set of statistics.
Source: developer guide, monitoring-metrics-types.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tutor.region.region import Region

NAMESPACE = "AWS/Lambda"
_MINUTE = 60
_AT_A_TIME = 1000  # data that one PutMetricData takes

Dimensions = tuple[tuple[str, str], ...]


class Series(NamedTuple):
    """What a value belongs to: a metric under one set of dimensions (names and values)."""

    metric: str
    unit: str
    dimensions: Dimensions


Datum = tuple[Series, float]
"""One value of a series."""


@dataclass
class _Statistics:
    """What came together in one minute."""

    count: int
    total: float
    least: float
    most: float

    def add(self, value: float) -> None:
        """One value more."""
        self.count += 1
        self.total += value
        self.least = min(self.least, value)
        self.most = max(self.most, value)

    def members(self) -> dict[str, float]:
        """As PutMetricData has it."""
        return {"SampleCount": self.count, "Sum": self.total, "Minimum": self.least, "Maximum": self.most}


class MetricWriter:
    """Sums up and writes. ``add`` is cheap and safe for threads; ``write`` is for one thread at a time."""

    def __init__(self, region: "Region") -> None:
        self._region = region
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, int, Series], _Statistics] = {}
        self._clients: dict[str, Any] = {}

    def add(self, aws_region: str, now: float, data: Iterable[Datum]) -> None:
        """Count values into the minute of ``now``."""
        minute = int(now // _MINUTE) * _MINUTE
        with self._lock:
            for series, value in data:
                key = (aws_region, minute, series)
                known = self._waiting.get(key)
                if known is None:
                    self._waiting[key] = _Statistics(1, value, value, value)
                else:
                    known.add(value)

    def write(self) -> None:
        """Write what waits. Metrics need nobody's permission."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        by_region: dict[str, list[dict[str, Any]]] = {}
        for (aws_region, minute, series), statistics in waiting.items():
            datum = {
                "MetricName": series.metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in series.dimensions],
                "Timestamp": datetime.fromtimestamp(minute, UTC),
                "StatisticValues": statistics.members(),
                "Unit": series.unit,
            }
            by_region.setdefault(aws_region, []).append(datum)
        for aws_region, data in by_region.items():
            for first in range(0, len(data), _AT_A_TIME):
                self._client(aws_region).put_metric_data(
                    Namespace=NAMESPACE, MetricData=data[first : first + _AT_A_TIME]
                )

    def _client(self, aws_region: str) -> Any:
        if aws_region not in self._clients:
            self._clients[aws_region] = self._region.neighbours.client("cloudwatch", aws_region)
        return self._clients[aws_region]
