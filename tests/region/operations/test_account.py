"""What is kept beside functions: account settings, runtime management, recursion; and what is not here yet."""

from typing import Any

import pytest
from botocore.session import get_session

from tests.region.operations.material import ARN, CODE, OTHER, Create, refusal
from tutor.region.operations import operations
from tutor.region.operations.not_yet import OPERATIONS as NOT_YET
from tutor.region.region import Region


def test_account_settings_count_every_version(client: Any, create: Create, region: Region) -> None:
    """Every version's zip counts by itself, and a layer's; limits are the quotas."""
    create(Publish=True)
    client.publish_layer_version(LayerName="tools", Content={"ZipFile": OTHER})
    found = client.get_account_settings()
    assert found["AccountUsage"] == {"TotalCodeSize": 2 * len(CODE) + len(OTHER), "FunctionCount": 1}
    assert found["AccountLimit"] == {
        "TotalCodeSize": 300 << 30,
        "CodeSizeUnzipped": 262144000,
        "CodeSizeZipped": 52428800,
        "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 1000,
    }


def test_runtime_management(client: Any, create: Create) -> None:
    """Auto by default; a version of the runtime is pinned with Manual only, and must be the function's."""
    made = create(Publish=True)
    arn = made["RuntimeVersionConfig"]["RuntimeVersionArn"]
    found = client.get_runtime_management_config(FunctionName="fn")
    assert (found["UpdateRuntimeOn"], found["FunctionArn"]) == ("Auto", f"{ARN}:function:fn")
    put = client.put_runtime_management_config
    put(FunctionName="fn", Qualifier="1", UpdateRuntimeOn="Manual", RuntimeVersionArn=arn)
    pinned = client.get_runtime_management_config(FunctionName="fn", Qualifier="1")
    assert (pinned["UpdateRuntimeOn"], pinned["RuntimeVersionArn"]) == ("Manual", arn)
    assert client.get_runtime_management_config(FunctionName="fn")["UpdateRuntimeOn"] == "Auto"
    for wrong in (
        {"UpdateRuntimeOn": "Manual"},
        {"UpdateRuntimeOn": "Auto", "RuntimeVersionArn": arn},
        {"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": f"{arn[:-64]}{'0' * 64}"},
    ):
        assert refusal(put, FunctionName="fn", **wrong).startswith("InvalidParameterValueException: ")


def test_recursion(client: Any, create: Create) -> None:
    """A loop is terminated unless it was allowed; the setting is the function's, not a version's."""
    create()
    assert client.get_function_recursion_config(FunctionName="fn")["RecursiveLoop"] == "Terminate"
    client.put_function_recursion_config(FunctionName="fn", RecursiveLoop="Allow")
    assert client.get_function_recursion_config(FunctionName="fn")["RecursiveLoop"] == "Allow"
    assert "Function not found" in refusal(client.get_function_recursion_config, FunctionName="gone")


def test_scaling_is_for_managed_instances(client: Any, create: Create) -> None:
    """A function without a capacity provider has no scaling configuration, as with AWS."""
    create(Publish=True)
    for call in (client.get_function_scaling_config, client.put_function_scaling_config):
        told = refusal(call, FunctionName="fn", Qualifier="1")
        assert told.startswith("InvalidParameterValueException: ")
        assert refusal(call, FunctionName="fn", Qualifier="2").startswith("ResourceNotFoundException: ")


def test_every_durable_and_capacity_operation_is_named(client: Any) -> None:
    """All operations of the model that speak of them are refused as not here yet, and no other one is."""
    names = get_session().get_service_model("lambda").operation_names
    assert set(NOT_YET) == {name for name in names if "Durable" in name or "CapacityProvider" in name}
    assert set(NOT_YET) <= set(operations())


@pytest.mark.parametrize("call", ["list_capacity_providers", "get_durable_execution"])
def test_what_is_not_here_yet_says_so(client: Any, call: str) -> None:
    """The refusal has an error's form, so that a client reads it as one."""
    arn = f"{ARN}:function:fn:1/durable-execution/a/00000000-0000-0000-0000-000000000000"
    parameters = {"DurableExecutionArn": arn} if "durable" in call else {}
    assert "is not in this region yet" in refusal(getattr(client, call), **parameters)
