"""Why a resource could not be had, in CloudFormation's words."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from tutor.errors import ServiceError
from tutor.region.neighbours.moto_clock import SHIMS

FAILURES = (ServiceError, ClientError, BotoCoreError, KeyError, ValueError, TypeError, AttributeError, IndexError)
"""What a service refuses, and what comes of properties that are not of a resource's form."""
_CODES = (
    ("AccessDenied", "AccessDenied"),
    ("Unauthorized", "AccessDenied"),
    ("AlreadyExist", "AlreadyExists"),
    ("EntityAlreadyExists", "AlreadyExists"),
    ("Conflict", "AlreadyExists"),
    ("NotFound", "NotFound"),
    ("NoSuch", "NotFound"),
    ("LimitExceeded", "ServiceLimitExceeded"),
    ("Throttl", "Throttling"),
)


def told(error: Exception) -> str:
    """The reason that an event gives."""
    if isinstance(error, ServiceError):
        return error.message
    if isinstance(error, ClientError):
        return _refused(error.response)
    if isinstance(error, ParamValidationError):
        lines = [line.strip() for line in str(error).splitlines()[1:] if line.strip()]
        return f"Properties validation failed for resource with message: {' '.join(lines)}"
    if isinstance(error, KeyError):
        return f"Properties validation failed for resource with message: #: required key [{error.args[0]}] not found"
    return f"Properties validation failed for resource with message: {error}"


def _refused(response: Any) -> str:
    about, said = response.get("ResponseMetadata", {}), response["Error"]
    code = next((name for part, name in _CODES if part in said["Code"]), "InvalidRequest")
    asked = about.get("RequestId", "")
    whole = f"{said.get('Message') or said['Code']} (Status Code: {about.get('HTTPStatusCode')}, Request ID: {asked})"
    token = SHIMS["uuid"].uuid4()
    return f'Resource handler returned message: "{whole}" (RequestToken: {token}, HandlerErrorCode: {code})'
