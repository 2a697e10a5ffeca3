"""Refusals of the API by their codes, for texts that only one operation has."""

from tutor.errors import ServiceError
from tutor.region.call import Caller


def invalid(text: str) -> ServiceError:
    """400: a parameter that cannot be."""
    return ServiceError("InvalidParameterValueException", text)


def conflict(text: str) -> ServiceError:
    """409: it exists, or it is being changed, or something depends on it."""
    return ServiceError("ResourceConflictException", text)


def missing(text: str) -> ServiceError:
    """404: there is no such resource."""
    return ServiceError("ResourceNotFoundException", text)


def denied(text: str) -> ServiceError:
    """403: the caller may not."""
    return ServiceError("AccessDeniedException", text)


def unauthorized(caller: Caller, action: str, resource: str) -> ServiceError:
    """403: nothing allows an action on a resource of another account."""
    text = f"User: {caller.arn or caller.service} is not authorized to perform: {action} on resource: {resource}"
    return denied(f"{text} because no resource-based policy allows the {action} action")


def not_yet(what: str) -> ServiceError:
    """400: AWS has it, this region does not."""
    return ServiceError("NotImplementedException", f"{what} is not in this region yet.")
