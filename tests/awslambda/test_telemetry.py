"""Subscriptions to telemetry: what is taken, with which defaults, and what is refused."""

from typing import Any

import pytest

from tests.fakes.quotas import QUOTAS
from tutor.awslambda.telemetry import subscription
from tutor.errors import ServiceError


def document(**changes: Any) -> dict[str, Any]:
    """A subscription that is taken, with changes."""
    plain = {
        "schemaVersion": "2022-12-13",
        "types": ["function", "platform"],
        "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080/path?x=1"},
    }
    return {**plain, **changes}


def test_defaults_and_destination() -> None:
    """Port and path come from the URI, the buffer from the quotas; types have an order of their own."""
    found = subscription("x", document(), QUOTAS)
    assert (found.protocol, found.port, found.path) == ("HTTP", 8080, "/path?x=1")
    assert (found.max_items, found.max_bytes, found.timeout) == (1000, 262144, 1000)
    assert found.types == ("platform", "function")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"types": []}, "types should not be empty"),
        ({"types": ["logs"]}, "not logs"),
        ({"schemaVersion": "2020-01-01"}, "schemaVersion should be one of"),
        ({"destination": None}, "destination is not provided"),
        ({"destination": {"protocol": "UDP", "URI": "x://sandbox:1"}}, "protocol should be one of HTTP, TCP"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox"}}, "URI port is not provided"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox:9001"}}, "URI port 9001 is reserved"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox:70000"}}, "URI port should be at most"),
        ({"destination": {"protocol": "HTTP", "URI": "http://example.org:80"}}, "URI host should be"),
        ({"buffering": []}, None),
        ({"buffering": 7}, "buffering should be an object"),
        ({"buffering": {"maxItems": 999}}, "maxItems should be between 1000 and 10000"),
        ({"buffering": {"maxBytes": 1048577}}, "maxBytes should be between 262144 and 1048576"),
        ({"buffering": {"timeoutMs": True}}, "timeoutMs should be between 25 and 30000"),
        ({"buffering": {"maxItems": 10000, "maxBytes": 1048576, "timeoutMs": 30000}}, None),
    ],
)
def test_each_mistake_is_named(changes: dict[str, Any], problem: str | None) -> None:
    """ValidationError with the member and what it can be; the ends of each range are taken."""
    if problem is None:
        subscription("x", document(**changes), QUOTAS)
        return
    with pytest.raises(ServiceError) as refused:
        subscription("x", document(**changes), QUOTAS)
    assert refused.value.code == "ValidationError"
    assert problem in refused.value.message


@pytest.mark.parametrize("nonsense", [None, [], "x", 3])
def test_what_is_no_object_is_refused(nonsense: Any) -> None:
    """Whatever JSON value comes."""
    with pytest.raises(ServiceError, match="JSON object"):
        subscription("x", nonsense, QUOTAS)
