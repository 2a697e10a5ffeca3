"""Filter policies of SNS: a pattern of events, asked of a message's attributes or of its body.

Source: SNS developer guide, sns-subscription-filter-policies, string-value-matching, numeric-value-matching.
"""

import json
from collections.abc import Mapping
from typing import Any

from tutor.awslambda.filter_pattern import MAPPING_OPERATORS, matches, parse_pattern
from tutor.errors import ServiceError

BODY = "MessageBody"
SCOPES = ("MessageAttributes", BODY)
"""What a filter policy may look at; the first is what it looks at where nothing is said."""
_OPERATORS = MAPPING_OPERATORS | {"cidr"}


class SnsFilter:
    """A subscription's filter policy. In the place of moto's ``FilterPolicyMatcher``, with its names."""

    def __init__(self, filter_policy: Mapping[str, Any], filter_policy_scope: str | None) -> None:
        self._pattern = _plain(filter_policy)
        self._of_body = filter_policy_scope == BODY

    def matches(self, message_attributes: Mapping[str, Any] | None, message: str) -> bool:
        """Whether the subscription gets this message."""
        if not self._of_body:
            given = message_attributes or {}
            return matches(self._pattern, {name: _value(attribute) for name, attribute in given.items()})
        try:
            body = json.loads(message)
        except (ValueError, RecursionError):
            return False
        return isinstance(body, dict) and matches(self._pattern, _plain(body))


def wrong_with(policy: object) -> str | None:
    """What is wrong with a filter policy beyond what moto finds; None for one that can be asked."""
    if not isinstance(policy, dict):
        return "Filter policy must be a JSON object"
    if any(leaves == [] for leaves in policy.values()):
        return "Empty arrays are not allowed"
    try:
        parse_pattern(json.dumps(policy), _OPERATORS)
    except ServiceError as refusal:
        return refusal.message.partition("Reason: ")[2] or refusal.message
    return None


def without_networks(policy: Any) -> Any:
    """The policy as moto knows to check it, which does not know ``cidr``: texts stand in for networks."""
    if isinstance(policy, dict):
        network = policy.get("cidr") if len(policy) == 1 else None
        return network if isinstance(network, str) else {key: without_networks(each) for key, each in policy.items()}
    return [without_networks(each) for each in policy] if isinstance(policy, list) else policy


def _plain(value: Any) -> Any:
    """JSON in which a number is a number, however it is written: SNS compares 5 and 5.0 as equal."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _value(attribute: Mapping[str, Any]) -> Any:
    """What an attribute of a message holds: a text, a number, a list; nothing that can be compared if it is binary."""
    kind, value = str(attribute.get("Type", "String")), attribute.get("Value")
    if kind.startswith("Binary"):
        return {}
    try:
        if kind.startswith("Number"):
            return float(str(value))
        if kind == "String.Array":
            return _plain(json.loads(str(value)))
    except (ValueError, RecursionError):
        return {}
    return value
