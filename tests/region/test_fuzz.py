"""Whatever is asked of the region, it answers as its model says and goes on; what it refuses leaves no trace."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings

from tests.region.api.attempts import Attempt, attempts, operations
from tests.region.conftest import Opens, a_role, zipped
from tutor.region.api.compliance import complies
from tutor.region.region import Region

AWS_REGION = "eu-west-1"  # the one that the attempts are signed for
ARN = f"arn:aws:lambda:{AWS_REGION}:123456789012"
KNOWN: Mapping[str, Sequence[Any]] = {
    "FunctionName": ["kept", f"{ARN}:function:kept", "kept:prod", "kept:1"],
    "Qualifier": ["prod", "1", "$LATEST"],
    "Name": ["prod", "other"],
    "FunctionVersion": ["1", "$LATEST"],
    "LayerName": ["layer", f"{ARN}:layer:layer"],
    "VersionNumber": [1],
    "Role": ["arn:aws:iam::123456789012:role/role"],
    "Resource": [f"{ARN}:function:kept"],
    "ResourceArn": [f"{ARN}:function:kept"],
    "Runtime": ["python3.13"],
    "Handler": ["lambda_function.handler"],
    "StatementId": ["one"],
    "Principal": ["s3.amazonaws.com", "123456789012"],
    "EventSourceArn": [f"arn:aws:sqs:{AWS_REGION}:123456789012:queue"],
}


@pytest.fixture(scope="module")
def region(opens_for_module: Opens) -> Region:
    """One region for all attempts, with a function, a version, an alias, a layer and a queue."""
    region = opens_for_module("fuzz")
    region.client("sqs", AWS_REGION).create_queue(QueueName="queue")
    functions = region.client("lambda", AWS_REGION)
    functions.create_function(
        FunctionName="kept",
        Role=a_role(region),
        Runtime="python3.13",
        Handler="lambda_function.handler",
        Code={"ZipFile": zipped("def handler(event, context):\n    return 1\n")},
    )
    region.clock.drain()
    functions.publish_version(FunctionName="kept")
    functions.create_alias(FunctionName="kept", Name="prod", FunctionVersion="1")
    functions.publish_layer_version(LayerName="layer", Content={"ZipFile": zipped("X = 1\n", "python/x.py")})
    return region


@pytest.mark.parametrize("operation", operations())
def test_every_answer_complies_and_what_is_refused_leaves_no_trace(region: Region, operation: str) -> None:
    """An answer of the model, or an error of AWS's form below 500; after a refusal the state is what it was."""
    assert settings.default is not None
    examples = max(1, settings.default.max_examples // 32)

    @settings(max_examples=examples)
    @given(attempts(KNOWN, (operation,)))
    def try_it(attempt: Attempt) -> None:
        before = _state(region)
        response = region.entrance.answer(attempt.request)
        assert response.status < 500, (attempt, response.data())
        assert not [told for told in complies(operation, response) if not _known(told)], attempt
        if response.status >= 400 and not operation.startswith("Invoke"):
            assert _state(region) == before, attempt
        _restore(region)

    try_it()


_OTHER_THAN_THE_MODEL = (
    "FunctionUrl: ",  # an address of this host is shorter than one of AWS's
    "LastUpdateStatusReasonCode: 'Creating'",  # recorded from the service, whose model lacks it
    "GetFunctionCodeSigningConfig: no ",  # recorded: without a configuration the answer is empty
)


def _known(told: str) -> bool:
    """Whether this is where the service does not keep to its own model, or an address of this host stands."""
    return any(known in told for known in _OTHER_THAN_THE_MODEL)


def _state(region: Region) -> str:
    kinds = ("function", "version", "alias", "layer", "layer-version", "policy", "mapping", "url", "event-invoke")
    return json.dumps([region.state.items(kind) for kind in kinds], sort_keys=True, default=str)


def _restore(region: Region) -> None:
    """Put the function back that an attempt has rightly deleted."""
    region.clock.drain(60)
    if region.state.get("function", f"{AWS_REGION}/kept") is None:
        region.client("lambda", AWS_REGION).create_function(
            FunctionName="kept",
            Role="arn:aws:iam::123456789012:role/role",
            Runtime="python3.13",
            Handler="lambda_function.handler",
            Code={"ZipFile": zipped("def handler(event, context):\n    return 1\n")},
        )
        region.clock.drain(60)
