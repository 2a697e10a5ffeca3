"""Tags: how many a resource may have, and what can have some. Source: API reference, TagResource; texts as recorded."""

from collections.abc import Mapping

from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError


def check_tags(existing: Mapping[str, str], added: Mapping[str, str], quotas: Quotas) -> dict[str, str]:
    """The tags that a resource has after ``added``. Raises ``ServiceError`` beyond the limit of a resource."""
    tags = {**existing, **added}
    if len(tags) > quotas.tags_max:
        raise ServiceError("InvalidParameterValueException", "Number of tags exceeds resource tag limit.")
    return tags


def check_tag_request(tags: Mapping[str, str]) -> None:
    """Refuse to add no tags at all, in the words of the service."""
    if not tags:
        text = "An error occurred and the request cannot be processed."
        raise ServiceError("InvalidParameterValueException", text)


def check_taggable(arn: str) -> None:
    """Refuse a function's ARN with a qualifier: versions and aliases have no tags."""
    parts = arn.split(":")
    if len(parts) > 7 and parts[5] == "function":
        text = "Tags on function aliases and versions are not supported. Please specify a function ARN."
        raise ServiceError("InvalidParameterValueException", text)
