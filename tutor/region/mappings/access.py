"""What AWS says of a source that a mapping cannot read: at creation as an error, later as the processing result."""

from botocore.exceptions import ClientError

from tutor.awslambda.event_source_mapping import role_may_not, stream_out_of_reach

_DENIED = ("AccessDenied", "NotAuthorized", "UnauthorizedOperation", "UnrecognizedClient")
_MISSING = ("NonExistentQueue", "QueueDoesNotExist", "ResourceNotFound", "NoSuch")


def denied(error: ClientError) -> bool:
    """Whether the source refused because the role may not."""
    return any(mark in error.response["Error"]["Code"] for mark in _DENIED)


def missing(error: ClientError) -> bool:
    """Whether there is no such source."""
    return any(mark in error.response["Error"]["Code"] for mark in _MISSING)


def refusal(error: ClientError, source_arn: str) -> str:
    """The sentence for a source that could not be read."""
    if source_arn.split(":")[2] == "sqs":
        return _of_queue(error)
    if denied(error):
        return stream_out_of_reach("kinesis" if ":kinesis:" in source_arn else "dynamodb", source_arn)
    if missing(error):
        return f"Stream not found: {source_arn}"
    return f"{error.response['Error']['Code']}: {error.response['Error'].get('Message', '')}"


def _of_queue(error: ClientError) -> str:
    if denied(error):
        return role_may_not(error.operation_name, "SQS")
    if missing(error):
        return (
            "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
            "SQS Error Message: The specified queue does not exist."
        )
    found = error.response["Error"]
    text = f"SQS Error Code: {found['Code']}. SQS Error Message: {found.get('Message', '')}"
    return f"Error occurred while {error.operation_name}. {text}"
