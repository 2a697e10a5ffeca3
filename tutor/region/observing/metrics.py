"""Metrics on their way to CloudWatch: summed up by minute, and put into the namespace ``AWS/Lambda``.

CloudWatch keeps Lambda's metrics by the minute, so a minute's values go there as one set of statistics.
Source: developer guide, monitoring-metrics-types.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tutor.awslambda.metrics import NAMESPACE, Metric

if TYPE_CHECKING:
    from tutor.region.region import Region

_MINUTE = 60
_AT_A_TIME = 1000  # data that one PutMetricData takes

_Series = tuple[str, str, tuple[tuple[str, str], ...]]
"""A metric's name and unit, and one set of dimensions."""


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
        self._waiting: dict[tuple[str, int, _Series], _Statistics] = {}
        self._clients: dict[str, Any] = {}

    def add(self, aws_region: str, now: float, metrics: Iterable[Metric]) -> None:
        """Count values into the minute of ``now``."""
        minute = int(now // _MINUTE) * _MINUTE
        with self._lock:
            for metric in metrics:
                value = float(metric.value)
                key = (aws_region, minute, (metric.name, metric.unit, tuple(metric.dimensions.items())))
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
        for (aws_region, minute, (metric, unit, dimensions)), statistics in waiting.items():
            datum = {
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
                "Timestamp": datetime.fromtimestamp(minute, UTC),
                "StatisticValues": statistics.members(),
                "Unit": unit,
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
