"""Filter policies of SNS subscriptions: what they let through, and what SNS refuses."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.neighbours.neighbourhood import FUNCTION
from tests.region.neighbours.street import Street


def _attributes(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    def told(value: Any) -> dict[str, Any]:
        if isinstance(value, bytes):
            return {"DataType": "Binary", "BinaryValue": value}
        if isinstance(value, list):
            return {"DataType": "String.Array", "StringValue": json.dumps(value)}
        return {"DataType": "String" if isinstance(value, str) else "Number", "StringValue": str(value)}

    return {name: told(value) for name, value in values.items()}


def _subscribed(street: Street, policy: object, scope: str = "MessageAttributes") -> str:
    sns = street.client("sns")
    topic = str(sns.create_topic(Name="t")["TopicArn"])
    settings = {"FilterPolicy": json.dumps(policy), "FilterPolicyScope": scope}
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION, Attributes=settings)
    return topic


@pytest.mark.parametrize(
    ("leaf", "let_through", "kept_back"),
    [
        ("a", ["a", ["a", "z"]], ["b", 1, b"a"]),
        ({"prefix": "ab"}, ["abc"], ["b"]),
        ({"suffix": "bc"}, ["abc"], ["cb"]),
        ({"anything-but": ["a", "b"]}, ["c", ["a", "c"]], ["a"]),
        ({"anything-but": {"prefix": "a"}}, ["ba"], ["ab"]),
        ({"anything-but": {"suffix": "a"}}, ["ab"], ["ba"]),
        ({"anything-but": [5]}, [6], [5, 5.0]),
        ({"equals-ignore-case": "AbC"}, ["abc", "ABC"], ["abcd"]),
        ({"cidr": "10.0.0.0/24"}, ["10.0.0.7"], ["10.0.1.7", "nowhere"]),
        ({"numeric": [">", 1, "<=", 5]}, [5, 1.5], [1, "5"]),
        (5, [5, 5.0, [5]], [6, "5"]),
        ({"exists": True}, ["a", 1], []),
    ],
    ids=str,
)
def test_attributes(street: Street, leaf: object, let_through: list[Any], kept_back: list[Any]) -> None:
    """A message goes to the function when its attribute fits, and only then; without the attribute none does."""
    topic = _subscribed(street, {"x": [leaf]})
    sns = street.client("sns")
    for value in let_through:
        sns.publish(TopicArn=topic, Message="m", MessageAttributes=_attributes({"x": value}))
        assert street.pushed().function == FUNCTION, value
    for value in kept_back:
        sns.publish(TopicArn=topic, Message="m", MessageAttributes=_attributes({"x": value}))
        assert street.functions.pushed == [], value
    sns.publish(TopicArn=topic, Message="m")
    assert street.functions.pushed == []


def test_an_attribute_that_is_not_there(street: Street) -> None:
    """It can be asked for that one is missing, and for one of several."""
    topic = _subscribed(street, {"$or": [{"x": [{"exists": False}]}, {"y": ["1"]}]})
    for values, count in (({}, 1), ({"x": "a"}, 0), ({"x": "a", "y": "1"}, 1)):
        street.client("sns").publish(TopicArn=topic, Message="m", MessageAttributes=_attributes(values))
        assert len(street.functions.pushed) == count, values
        street.functions.pushed.clear()


@pytest.mark.parametrize(
    ("policy", "let_through", "kept_back"),
    [
        ({"x": ["a"]}, ['{"x": "a"}', '{"x": ["b", "a"]}'], ['{"x": "b"}', "no JSON", '["a"]', "{}"]),
        ({"o": {"n": [{"numeric": ["=", 1]}]}}, ['{"o": {"n": 1.0}}', '{"o": [{"n": 2}, {"n": 1}]}'], ['{"o": 1}']),
        ({"x": [None]}, ['{"x": null}'], ['{"x": 0}', "{}"]),
        ({"x": [True]}, ['{"x": true}'], ['{"x": 1}', '{"x": "true"}']),
        ({"x": [{"cidr": "10.0.0.0/8"}]}, ['{"x": "10.1.2.3"}'], ['{"x": "11.1.2.3"}']),
    ],
    ids=str,
)
def test_the_body(street: Street, policy: object, let_through: list[str], kept_back: list[str]) -> None:
    """With the body's scope the message itself is looked at, however deep; what is no object fits nothing."""
    topic = _subscribed(street, policy, "MessageBody")
    for message in (*let_through, *kept_back):
        street.client("sns").publish(TopicArn=topic, Message=message)
        assert len(street.functions.pushed) == (message in let_through), message
        street.functions.pushed.clear()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("FilterPolicy", "{", "FilterPolicy: failed to parse JSON."),
        ("FilterPolicy", "[1]", "FilterPolicy: Filter policy must be a JSON object"),
        ("FilterPolicy", '{"a": []}', "FilterPolicy: Empty arrays are not allowed"),
        ("FilterPolicy", '{"a": [{"nope": 1}]}', "FilterPolicy: Unrecognized match type nope"),
        ("FilterPolicy", '{"a": [{"cidr": "x"}]}', "FilterPolicy: cidr of 'a' cannot be \"x\""),
        ("FilterPolicy", '{"a": [{"anything-but": {"x": 1}}]}', "FilterPolicy: anything-but of 'a' cannot be"),
        ("FilterPolicyScope", "Body", "FilterPolicyScope: Invalid value [Body]. Please use either MessageBody or"),
    ],
)
def test_what_is_no_filter(street: Street, name: str, value: str, told: str) -> None:
    """It is refused where it is set, with SNS's prefix for a subscription that is there and for one that is made."""
    sns = street.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    given = {"TopicArn": topic, "Protocol": "lambda", "Endpoint": FUNCTION}
    with pytest.raises(ClientError) as made:
        sns.subscribe(**given, Attributes={name: value})
    assert made.value.response["Error"]["Code"] == "InvalidParameter"
    assert made.value.response["Error"]["Message"].startswith(f"Invalid parameter: Attributes Reason: {told}")
    there = sns.subscribe(**given)["SubscriptionArn"]
    with pytest.raises(ClientError) as changed:
        sns.set_subscription_attributes(SubscriptionArn=there, AttributeName=name, AttributeValue=value)
    assert changed.value.response["Error"]["Message"].startswith(f"Invalid parameter: {told}")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"Message": "x" * 262_145}, "Message too long"),
        ({"Message": "ä" * 131_073}, "Message too long"),
        ({"Message": "x", "MessageStructure": "json"}, "Message Structure - JSON message body failed to parse"),
        (
            {"Message": '{"a": 1}', "MessageStructure": "json"},
            "Message Structure - No default entry in JSON message body",
        ),
    ],
    ids=["long", "long in bytes", "no JSON", "no default"],
)
def test_what_is_no_message(street: Street, given: Mapping[str, str], told: str) -> None:
    """The publisher hears of it, not a log."""
    sns = street.client("sns")
    with pytest.raises(ClientError) as refused:
        sns.publish(TopicArn=sns.create_topic(Name="t")["TopicArn"], **given)
    assert refused.value.response["Error"]["Message"] == f"Invalid parameter: {told}"


def test_a_protocol_that_is_none(street: Street) -> None:
    """Nothing is subscribed by a word that is no protocol."""
    sns = street.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    with pytest.raises(ClientError, match="Amazon SNS does not support this protocol string: pigeon"):
        sns.subscribe(TopicArn=topic, Protocol="pigeon", Endpoint="coop")
    assert sns.list_subscriptions()["Subscriptions"] == []
