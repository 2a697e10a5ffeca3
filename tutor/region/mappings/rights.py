"""What a mapping needs its function's execution role to be allowed to do, checked when the mapping is made."""

from typing import TYPE_CHECKING

from tutor.awslambda import event_source_mapping as rules
from tutor.awslambda.event_source_mapping import Source
from tutor.errors import ServiceError
from tutor.region.call import ACCOUNT, Caller
from tutor.region.invoking.rights import lacks, may, queue_url
from tutor.region.mappings.source_mapping import SourceMapping

if TYPE_CHECKING:
    from tutor.region.region import Region

_QUEUE = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
_STREAM = ("DescribeStream", "GetShardIterator", "GetRecords")
_TARGETS = {"sqs": "SQS", "sns": "SNS", "s3": "S3"}
_CLIENTS = {"kinesis": "kinesis", "dynamodb": "dynamodbstreams"}


def check_rights(region: "Region", mapping: SourceMapping, source: Source, caller: Caller) -> None:
    """Refuse a source that the role may not read, or an on-failure destination that it may not write to."""
    if mapping.source_arn and mapping.source_arn.split(":")[4] == ACCOUNT:
        _check_source(region, mapping, source, caller)
    check_destination_rights(region, mapping, caller)


def _check_source(region: "Region", mapping: SourceMapping, source: Source, caller: Caller) -> None:
    arn = mapping.source_arn
    aws_region = arn.split(":")[3]
    if source in rules.QUEUES:
        for operation in _QUEUE:
            if not may(region, caller, "sqs", operation, {"QueueUrl": queue_url(arn)}, aws_region):
                raise _refuse(rules.role_may_not(operation, "SQS"))
    if source in rules.STREAMS:
        named = {"StreamARN": arn.partition("/consumer/")[0], "StreamArn": arn}
        client = _CLIENTS[source]
        if not all(may(region, caller, client, operation, named, aws_region) for operation in _STREAM):
            raise _refuse(rules.stream_out_of_reach(source, arn))


def check_destination_rights(region: "Region", mapping: SourceMapping, caller: Caller) -> None:
    """Refuse an on-failure destination that the role may not write to."""
    arn = mapping.on_failure or ""
    if not arn.startswith("arn:"):
        return
    operation = lacks(region, caller, arn)
    if operation is not None:
        raise _refuse(rules.role_may_not(operation, _TARGETS[arn.split(":")[2]]))


def _refuse(text: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", text)
