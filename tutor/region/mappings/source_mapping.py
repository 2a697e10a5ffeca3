"""One event source mapping as its poller sees it: the document that the region keeps, read once.

Documents of the kind ``mapping``, by ``<aws-region>/<uuid>``, hold the members of the API's
``EventSourceMappingConfiguration`` as they are answered, and in lower case what is ours: ``tags`` and ``enabled`` (what
the mapping is on its way to be).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tutor.awslambda.filter_pattern import MAPPING_OPERATORS, keeps, parse_pattern
from tutor.region.catalogue import Catalogue, Target
from tutor.region.state import Document

KIND = "mapping"
CHECKPOINT = "checkpoint"
"""Documents of how far a stream's shard was read: ``<aws-region>/<uuid>/<shard>``."""


@dataclass(frozen=True)
class SourceMapping:
    """A mapping's settings. ``document`` is never changed in place."""

    key: str
    document: Document

    def get(self, member: str, default: Any = None) -> Any:
        """A member of the answer, or ``default`` where it is not set or null."""
        found = self.document.get(member)
        return default if found is None else found

    @property
    def uuid(self) -> str:
        """The mapping's identifier."""
        return str(self.document["UUID"])

    @property
    def aws_region(self) -> str:
        """Where the mapping and its function are."""
        return self.key.partition("/")[0]

    @property
    def source_arn(self) -> str:
        """The ARN of the queue or stream; empty for a source that has none (self-managed Kafka)."""
        return str(self.get("EventSourceArn", ""))

    @property
    def service(self) -> str:
        """The service of the source's ARN: ``sqs``, ``kinesis``, ``dynamodb``, ``kafka``, ``mq``, ``rds``; or none."""
        return self.source_arn.split(":")[2] if self.source_arn else ""

    @property
    def fifo(self) -> bool:
        """Whether the source is a FIFO queue."""
        return self.service == "sqs" and self.source_arn.endswith(".fifo")

    @property
    def function_arn(self) -> str:
        """The function's ARN as the mapping was given it, with the qualifier where there was one."""
        return str(self.document["FunctionArn"])

    @property
    def function_name(self) -> str:
        """The function's name."""
        return self.function_arn.split(":")[6]

    @property
    def qualifier(self) -> str | None:
        """The version or alias that it invokes, None for the unpublished one without a qualifier."""
        return ":".join(self.function_arn.split(":")[7:]) or None

    def target(self, catalogue: Catalogue) -> Target:
        """The function as it is now. Raises ``ServiceError`` where it is gone."""
        return catalogue.target(self.aws_region, self.function_name, self.qualifier)

    @property
    def enabled(self) -> bool:
        """Whether it polls: asked to, and no longer on its way there."""
        return self.document.get("State") == "Enabled"

    @property
    def batch_size(self) -> int:
        """Records to an invocation, at most."""
        return int(self.document["BatchSize"])

    @property
    def window(self) -> int:
        """Seconds to gather records for one invocation."""
        return int(self.get("MaximumBatchingWindowInSeconds", 0))

    @property
    def reports_failures(self) -> bool:
        """Whether the function's answer names the records that failed."""
        return "ReportBatchItemFailures" in self.get("FunctionResponseTypes", ())

    @cached_property
    def _patterns(self) -> tuple[Mapping[str, Any], ...]:
        filters = self.get("FilterCriteria", {}).get("Filters") or ()
        return tuple(parse_pattern(str(one["Pattern"]), MAPPING_OPERATORS) for one in filters)

    def wants(self, record: Mapping[str, Any]) -> bool:
        """Whether the filter lets a record of the event through to the function."""
        source: Any = self.service
        return keeps(self._patterns, record, source)

    @property
    def tumbling_window(self) -> int:
        """Seconds of a tumbling window, 0 for none."""
        return int(self.get("TumblingWindowInSeconds", 0))

    @property
    def parallelization_factor(self) -> int:
        """Batches of one shard at a time."""
        return int(self.get("ParallelizationFactor", 1))

    @property
    def bisects(self) -> bool:
        """Whether a batch that failed is tried again in two halves."""
        return bool(self.get("BisectBatchOnFunctionError", False))

    @property
    def maximum_record_age(self) -> int | None:
        """Seconds after which a record is given up, None for never."""
        age = int(self.get("MaximumRecordAgeInSeconds", -1))
        return None if age < 0 else age

    def exhausted(self, failures: int) -> bool:
        """Whether a batch that failed so often before is given up now that it has failed again."""
        most = int(self.get("MaximumRetryAttempts", -1))
        return 0 <= most <= failures

    @property
    def on_failure(self) -> str | None:
        """Where dropped records are told: an ARN."""
        destination: str | None = self.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        return destination or None

    @property
    def metrics(self) -> frozenset[str]:
        """The groups of metrics that were asked for."""
        return frozenset(self.get("MetricsConfig", {}).get("Metrics") or ())

    def with_members(self, members: Mapping[str, Any]) -> "SourceMapping":
        """The same mapping with other members."""
        return SourceMapping(self.key, {**self.document, **members})
