"""What boto3 raises, as this program's own errors: AWS's code and text stay as they are."""

from collections.abc import Iterator
from contextlib import contextmanager

from tutor.errors import ServiceError, UsageError


@contextmanager
def aws_refusals() -> Iterator[None]:
    """Turn a client's errors into ``ServiceError``, and what a client refuses to send into ``UsageError``."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        told = error.response.get("Error", {})
        raise ServiceError(told.get("Code", "Unknown"), told.get("Message", str(error))) from error
    except BotoCoreError as error:
        raise UsageError(str(error)) from error
