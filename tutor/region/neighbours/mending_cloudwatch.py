"""moto's CloudWatch: a metric is told by exactly the dimensions that are asked for."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

_Dimensions = frozenset[tuple[str, str]]


class _View:
    """A backend of which only chosen data are seen."""

    def __init__(self, backend: Any, chosen: Callable[[Any], bool]) -> None:
        self._backend = backend
        self._chosen = chosen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def get_all_metrics(self) -> list[Any]:
        """The chosen data."""
        return [datum for datum in self._backend.get_all_metrics() if self._chosen(datum)]


def _labelled(query: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The query with its label: the metric's name alone, where no other query asks for that metric, as recorded."""
    name = query.get("MetricStat", {}).get("Metric", {}).get("MetricName")
    return query if query.get("Label") or names.count(name) != 1 else {**query, "Label": name}


def mend_cloudwatch(module: ModuleType) -> None:
    """Mend ``moto.cloudwatch.models``."""
    backend = module.CloudWatchBackend
    statistics, data = backend.get_metric_statistics, backend.get_metric_data

    def get_metric_statistics(self: Any, namespace: str, metric_name: str, *rest: Any, **named: Any) -> Any:
        asked = _asked(named["dimensions"] if "dimensions" in named else rest[4])
        return statistics(_View(self, lambda datum: _of(datum) == asked), namespace, metric_name, *rest, **named)

    def get_metric_data(self: Any, queries: Sequence[dict[str, Any]], *rest: Any, **named: Any) -> Any:
        metrics = [query["MetricStat"]["Metric"] for query in queries if "MetricStat" in query]
        bare = {(one["Namespace"], one["MetricName"]) for one in metrics if not one.get("Dimensions")}
        sets = {_asked(one.get("Dimensions", ())) for one in metrics}

        def chosen(datum: Any) -> bool:
            return (datum.namespace, datum.name) not in bare or _of(datum) in sets

        queries = [_labelled(query, [one["MetricName"] for one in metrics]) for query in queries]
        if "start_time" in named:
            least = min(
                (int(query["MetricStat"]["Period"]) for query in queries if "MetricStat" in query), default=_MINUTE
            )
            named["start_time"] = _rounded(named["start_time"], module.utcnow(), least)
        return data(_View(self, chosen), queries, *rest, **named)

    backend.get_metric_statistics = get_metric_statistics
    backend.get_metric_data = get_metric_data


_MINUTE, _FIVE_MINUTES, _HOUR = 60, 300, 3600
_BY_MINUTE, _BY_FIVE_MINUTES = timedelta(days=15), timedelta(days=63)


def _rounded(start: datetime, now: datetime, period: int) -> datetime:
    """The beginning from which CloudWatch counts periods (API reference, GetMetricData, StartTime).

    A whole minute, five minutes or an hour, by how long ago it is; with a period under a minute, a multiple of that.
    """
    age = now - start.replace(tzinfo=now.tzinfo)
    step = _MINUTE if age < _BY_MINUTE else _FIVE_MINUTES if age < _BY_FIVE_MINUTES else _HOUR
    seconds = start.minute * 60 + start.second
    over = timedelta(seconds=seconds % (period if period < _MINUTE else step), microseconds=start.microsecond)
    return start - over


def _of(datum: Any) -> _Dimensions:
    return frozenset((each.name, each.value) for each in datum.dimensions)


def _asked(dimensions: Sequence[dict[str, str]] | None) -> _Dimensions:
    return frozenset((each["Name"], each["Value"]) for each in dimensions or ())
