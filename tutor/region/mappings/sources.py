"""Which kind of source an ARN names, and the stream behind a mapping."""

from typing import TYPE_CHECKING

from tutor.region.call import Caller
from tutor.region.mappings.kinesis_stream import KinesisStream
from tutor.region.mappings.source_mapping import SourceMapping
from tutor.region.mappings.stream import Stream
from tutor.region.mappings.table_stream import TableStream

if TYPE_CHECKING:
    from tutor.region.region import Region

POLLED = frozenset({"sqs", "kinesis", "dynamodb"})
"""The services that are polled here."""


def stream_of(region: "Region", mapping: SourceMapping, role_arn: str, caller: Caller) -> Stream | None:
    """The stream that a mapping reads, None for sources that are not polled here."""
    if mapping.service == "kinesis":
        return KinesisStream(region.neighbours, mapping.source_arn, caller, role_arn, region.quotas)
    if mapping.service == "dynamodb":
        return TableStream(region.neighbours, mapping.source_arn, caller, region.quotas)
    return None
