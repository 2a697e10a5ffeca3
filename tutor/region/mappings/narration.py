"""What a mapping's poller tells: lines of the region's timeline, its processing result, and metrics."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tutor.awslambda.event_source_mapping import FUNCTION_FAILED, PROCESSED
from tutor.awslambda.metrics import Metric, Unit, dimension_sets
from tutor.awslambda.names import FunctionName, Place
from tutor.region.mappings.access import refusal
from tutor.region.mappings.delivery import Delivery
from tutor.region.mappings.source_mapping import KIND, SourceMapping

if TYPE_CHECKING:
    from tutor.region.region import Region


class Narration:
    """Tells for one mapping. Cheap: the mapping's document changes only when the result does."""

    def __init__(self, region: "Region", mapping: SourceMapping) -> None:
        self._region = region
        self._mapping = mapping
        self._source = mapping.source_arn.rpartition(":")[2]

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Turn what a source refuses into the mapping's processing result; polling rests until something changes."""
        try:
            yield
        except ClientError as error:
            self.problem(error)

    def problem(self, error: ClientError) -> None:
        """The source could not be read."""
        text = f"PROBLEM: {refusal(error, self._mapping.source_arn)}"
        if self._result(text):
            self._note("poll", text)
        self._count("ErrorCount", "PollingErrorCount", 1)

    def polled(self, records: int, filtered: int, shard: str = "") -> None:
        """Records were read; some of them the filter keeps from the function."""
        where = f"{self._source} {shard}".strip()
        left_out = f", {filtered} filtered out" if filtered else ""
        self._note("poll", f"{_records(records)} from {where}{left_out}")
        self._count("EventCount", "PolledEventCount", records)
        self._count("EventCount", "FilteredOutEventCount", filtered)

    def passed_over(self, filtered: int, lost: int) -> None:
        """Records of a stream were left behind: by the filter, or because the stream keeps them no longer."""
        if filtered:
            self._note("poll", f"{_records(filtered)} filtered out")
            self._count("EventCount", "FilteredOutEventCount", filtered)
        if lost:
            self._note("drop", f"{_records(lost)} no longer kept by the stream")
            self._count("EventCount", "DroppedEventCount", lost)

    def delivering(self, records: int, *, age: float | None = None, attempt: int | None = None) -> None:
        """A batch is on its way to the function. ``age`` of its last record in seconds."""
        self._note("deliver", f"{_records(records)} from {self._source}", attempt=attempt)
        self._count("EventCount", "InvokedEventCount", records)
        if age is not None:
            self._measure("IteratorAge", max(0.0, age * 1000), "Milliseconds")

    def polling(self, pollers: int) -> None:
        """So many provisioned pollers are active."""
        metric = Metric("ProvisionedPollers", pollers, "Count", {"EventSourceMappingUUID": self._mapping.uuid})
        self._emit([metric])

    def delivered(self, result: Delivery, done: int, failed: int) -> None:
        """The function had a batch: so many of its records are done with, so many come back."""
        outcome = "failed" if result.function_error else "succeeded"
        self._note("invoke", outcome, request_id=result.request_id)
        self._result(FUNCTION_FAILED if failed else PROCESSED)
        if failed:
            what = result.reason or "reported by the function"
            self._note("retry", f"{_records(failed)} not processed: {what}", request_id=result.request_id)
        self._count("EventCount", "FailedInvokeEventCount", failed)
        if self._mapping.service == "sqs":
            self._count("EventCount", "DeletedEventCount", done)

    def throttled(self, result: Delivery) -> None:
        """The function was not invoked; the batch waits."""
        self._result(FUNCTION_FAILED)
        self._note("throttle" if result.kind == "throttled" else "retry", result.reason)
        self._count("ErrorCount", "InvokeErrorCount", 1)

    def dropped(self, records: int, condition: str) -> None:
        """Records were given up."""
        self._note("drop", f"{_records(records)}: {condition}")
        self._count("EventCount", "DroppedEventCount", records)

    def sent(self, destination: str, records: int) -> None:
        """The on-failure destination was told."""
        self._note("destination", f"failure of {_records(records)} to {destination}")
        self._count("EventCount", "OnFailureDestinationDeliveredEventCount", records)

    def not_sent(self, destination: str, reason: str) -> None:
        """The on-failure destination could not be told."""
        self._note("destination", f"{destination} could not be reached: {reason}")
        self._count("ErrorCount", "OnFailureDestinationDeliveryErrorCount", 1)
        self._measure("DestinationDeliveryFailures", 1, "Count")

    def _note(self, kind: str, text: str, *, request_id: str = "", attempt: int | None = None) -> None:
        self._region.timeline.note(
            kind,
            self._mapping.function_name,
            text,
            request_id=request_id,
            attempt=attempt,
            aws_region=self._mapping.aws_region,
        )

    def _count(self, group: str, metric: str, value: int) -> None:
        """Count for the mapping, where its MetricsConfig asks for the group."""
        if value and group in self._mapping.metrics:
            self._emit([Metric(metric, value, "Count", {"EventSourceMappingUUID": self._mapping.uuid})])

    def _measure(self, metric: str, value: float, unit: Unit) -> None:
        """A value of the function, whatever the mapping asks for."""
        mapping = self._mapping
        function = FunctionName(mapping.function_name, mapping.qualifier, Place(mapping.aws_region))
        self._emit([Metric(metric, value, unit, dimensions) for dimensions in dimension_sets(function)])

    def _emit(self, metrics: list[Metric]) -> None:
        self._region.invoking.recorder.measure(self._mapping.aws_region, metrics)

    def _result(self, text: str) -> bool:
        """Keep the last processing result. Whether it was another one before."""
        state = self._region.state
        with state.transaction():
            document = state.get(KIND, self._mapping.key)
            if document is None or document.get("LastProcessingResult") == text:
                return False
            state.put(KIND, self._mapping.key, {**document, "LastProcessingResult": text})
        return True


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"
