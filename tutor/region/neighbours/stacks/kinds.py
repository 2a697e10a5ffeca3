"""Every type of resource that stacks may have here."""

from collections.abc import Mapping
from typing import Any

from tutor.region.neighbours.stacks import (
    kinds_account,
    kinds_data,
    kinds_http,
    kinds_lambda,
    kinds_messages,
    spread,
)
from tutor.region.neighbours.stacks.custom import Custom

_KINDS: Mapping[str, Any] = {
    **kinds_lambda.KINDS,
    **kinds_http.KINDS,
    **kinds_messages.KINDS,
    **kinds_data.KINDS,
    **kinds_account.KINDS,
    **spread.KINDS,
    "AWS::CloudFormation::CustomResource": Custom(),
}
_CUSTOM = Custom()


def kind_of(type_name: str) -> Any:
    """How resources of a type are made; None for a type that is not there."""
    return _CUSTOM if type_name.startswith("Custom::") else _KINDS.get(type_name)
