"""Provisioned concurrency: its states in region time, real environments that are warm, what is refused."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import zipped
from tests.region.invoking.conftest import Opens, a_quick_function
from tests.region.invoking.test_environments import invoke
from tests.region.invoking.test_throttling import WAITS, occupied, throttle
from tutor.region.region import Region

TELLS = """
import os
seen = []

def handler(event, context):
    seen.append(1)
    return {"kind": os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"], "seen": len(seen)}
"""
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"


def versions(region: Region, code: str = TELLS, aliases: tuple[str, ...] = ()) -> Any:
    """A client, with a function that has version 1 and aliases for it."""
    a_quick_function(region, code)
    client = region.client("lambda")
    client.publish_version(FunctionName="f")
    for alias in aliases:
        client.create_alias(FunctionName="f", Name=alias, FunctionVersion="1")
    region.clock.drain()
    return client


def provision(client: Any, count: int, qualifier: str = "1") -> dict[str, Any]:
    """Ask for provisioned environments."""
    answer: dict[str, Any] = client.put_provisioned_concurrency_config(
        FunctionName="f", Qualifier=qualifier, ProvisionedConcurrentExecutions=count
    )
    return without_metadata(answer)


def status(client: Any, qualifier: str = "1") -> dict[str, Any]:
    """How far the allocation is."""
    return without_metadata(client.get_provisioned_concurrency_config(FunctionName="f", Qualifier=qualifier))


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    """The members of an answer that are not the client's own."""
    return {member: value for member, value in answer.items() if member not in ("ResponseMetadata", "LastModified")}


def refused(call: Any, **parameters: Any) -> dict[str, str]:
    """Code and text of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error: dict[str, str] = caught.value.response["Error"]
    return error


def test_allocation_takes_its_time(region: Region) -> None:
    """In progress for a minute and more, none usable before all are there; then ready, as recorded."""
    client = versions(region)
    region.clock.pause()
    wanted = {"RequestedProvisionedConcurrentExecutions": 2}
    none = {"AllocatedProvisionedConcurrentExecutions": 0, "AvailableProvisionedConcurrentExecutions": 0}
    assert provision(client, 2) == {**wanted, **none, "Status": "IN_PROGRESS"}
    assert status(client) == {**wanted, **none, "Status": "IN_PROGRESS"}
    assert invoke(region, Qualifier="1")["kind"] == "on-demand"
    listed = region.client("cloudwatch").list_metrics(Namespace="AWS/Lambda")["Metrics"]
    assert not any("Provisioned" in metric["MetricName"] for metric in listed)
    begun = region.clock.now()
    region.clock.run()
    assert region.clock.drain(60)
    assert 60 < region.clock.now() - begun < 120
    ready = {"AllocatedProvisionedConcurrentExecutions": 2, "AvailableProvisionedConcurrentExecutions": 2}
    assert status(client) == {**wanted, **ready, "Status": "READY"}
    (listed,) = client.list_provisioned_concurrency_configs(FunctionName="f")["ProvisionedConcurrencyConfigs"]
    assert listed["FunctionArn"] == f"{ARN}:1"
    assert listed["Status"] == "READY"
    assert listed["LastModified"] == "2026-01-01T00:00:01+0000"


def test_a_provisioned_environment_is_warm(region: Region) -> None:
    """The first invocation has no INIT of its own, the function's bare name passes it by, and it stays warm."""
    client = versions(region, aliases=("live",))
    provision(client, 1, "live")
    assert region.clock.drain(60)
    assert invoke(region, Qualifier="live") == {"kind": "provisioned-concurrency", "seen": 1}
    assert not region.invoking.done[-1].cold
    assert invoke(region)["kind"] == "on-demand"
    region.clock.advance(86_400)
    assert invoke(region, Qualifier="live") == {"kind": "provisioned-concurrency", "seen": 2}


def test_what_is_too_much_spills_over(region: Region) -> None:
    """When all provisioned environments are busy the next one runs on demand, and a metric counts it."""
    client = versions(region, WAITS)
    provision(client, 1)
    assert region.clock.drain(60)
    target = region.catalogue.target("us-east-1", "f", "1")
    admitted = region.invoking.admissions.admit(target)
    client.invoke(FunctionName="f", Qualifier="1")
    region.invoking.admissions.release("us-east-1", admitted)  # type: ignore[arg-type]
    client.invoke(FunctionName="f", Qualifier="1")
    assert [done.initialization_type for done in region.invoking.done] == ["on-demand", "provisioned-concurrency"]
    found = region.client("cloudwatch").list_metrics(Namespace="AWS/Lambda")["Metrics"]
    names = {metric["MetricName"] for metric in found}
    assert {"ProvisionedConcurrencyInvocations", "ProvisionedConcurrencySpilloverInvocations"} <= names


def test_no_spilling_over_where_all_reserved_is_provisioned(region: Region) -> None:
    """With reserved equal to provisioned concurrency ``$LATEST`` is throttled, as recorded."""
    client = versions(region)
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    provision(client, 1)
    assert region.clock.drain(60)
    assert throttle(client)["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert invoke(region, Qualifier="1")["kind"] == "provisioned-concurrency"


def test_an_init_that_fails(region: Region) -> None:
    """FAILED with its reason; what is invoked runs on demand."""
    client = versions(region, "raise ValueError('no')\n")
    provision(client, 1)
    assert region.clock.drain(60)
    assert status(client) == {
        "RequestedProvisionedConcurrentExecutions": 1,
        "AllocatedProvisionedConcurrentExecutions": 0,
        "AvailableProvisionedConcurrentExecutions": 0,
        "Status": "FAILED",
        "StatusReason": "FUNCTION_ERROR_INIT_FAILURE",
    }
    assert invoke(region, Qualifier="1")["errorType"] == "ValueError"


def test_the_log_of_an_init_ahead(region: Region) -> None:
    """INIT_REPORT stands in the stream of the provisioned environment before anything was invoked."""
    client = versions(region)
    provision(client, 1)
    assert region.clock.drain(60)
    found = region.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
    texts = [event["message"] for event in found]
    assert texts[0].startswith("INIT_START")
    assert texts[1].startswith("INIT_REPORT Init Duration: ")


def test_giving_up(region: Region) -> None:
    """After a deletion there is nothing to be told, and the version runs on demand. Deleting twice is no error."""
    client = versions(region)
    provision(client, 1)
    assert region.clock.drain(60)
    for _ in range(2):
        client.delete_provisioned_concurrency_config(FunctionName="f", Qualifier="1")
    assert refused(client.get_provisioned_concurrency_config, FunctionName="f", Qualifier="1") == {
        "Code": "ProvisionedConcurrencyConfigNotFoundException",
        "Message": "No Provisioned Concurrency Config found for this function",
    }
    assert invoke(region, Qualifier="1")["kind"] == "on-demand"


def test_giving_up_before_it_was_there(region: Region) -> None:
    """An allocation that nobody waits for any more brings nothing."""
    client = versions(region)
    region.clock.pause()
    provision(client, 1)
    client.delete_provisioned_concurrency_config(FunctionName="f", Qualifier="1")
    region.clock.run()
    assert region.clock.drain(60)
    assert client.list_provisioned_concurrency_configs(FunctionName="f")["ProvisionedConcurrencyConfigs"] == []
    assert region.invoking.usage("us-east-1", "f").claimed == 0


def test_it_goes_where_the_alias_goes(region: Region) -> None:
    """An alias that leads to another version takes its provisioned concurrency along, and ends with it."""
    client = versions(region, aliases=("live",))
    provision(client, 1, "live")
    assert region.clock.drain(60)
    client.update_function_code(FunctionName="f", ZipFile=zipped(TELLS + "\n# two\n"))
    region.clock.drain()
    client.publish_version(FunctionName="f")
    region.clock.drain()
    region.clock.pause()
    client.update_alias(FunctionName="f", Name="live", FunctionVersion="2")
    assert status(client, "live")["Status"] == "IN_PROGRESS"
    region.clock.run()
    assert region.clock.drain(60)
    assert status(client, "live")["Status"] == "READY"
    answer = client.invoke(FunctionName="f", Qualifier="live")
    assert answer["ExecutedVersion"] == "2"
    assert json.loads(answer["Payload"].read()) == {"kind": "provisioned-concurrency", "seen": 1}
    client.delete_alias(FunctionName="f", Name="live")
    assert client.list_provisioned_concurrency_configs(FunctionName="f")["ProvisionedConcurrencyConfigs"] == []


def test_it_is_there_again_after_a_restart(opens: Opens) -> None:
    """A region that is opened again has the environments that it had."""
    region = opens("again")
    client = versions(region)
    provision(client, 1)
    assert region.clock.drain(60)
    region.close()
    again = opens("again")
    assert again.clock.drain(60)
    assert status(again.client("lambda"))["Status"] == "READY"
    assert invoke(again, Qualifier="1")["kind"] == "provisioned-concurrency"


def test_refusals(region: Region) -> None:
    """What cannot be provisioned, read or deleted, in the words recorded from the service."""
    client = versions(region, aliases=("live",))
    put = client.put_provisioned_concurrency_config
    one = {"ProvisionedConcurrentExecutions": 1}
    invalid, missing = "InvalidParameterValueException", "ResourceNotFoundException"
    for call, parameters, code, text in (
        (put, {"Qualifier": "$LATEST", **one}, invalid,
         "Provisioned Concurrency Configs cannot be applied to unpublished function versions."),
        (put, {"Qualifier": "none", **one}, missing, f"Cannot find alias arn: {ARN}:none"),
        (put, {"Qualifier": "10", **one}, missing, f"Function not found: {ARN}:10"),
        (client.get_provisioned_concurrency_config, {"Qualifier": "$LATEST"}, invalid,
         "The function resource provided must be an alias or a published version."),
        (client.get_provisioned_concurrency_config, {"Qualifier": "none"}, missing,
         f"Cannot find alias arn: {ARN}:none"),
        (client.delete_provisioned_concurrency_config, {"Qualifier": "$LATEST"}, invalid,
         "The function resource provided must be an alias or a published version."),
        (client.delete_provisioned_concurrency_config, {"Qualifier": "10"}, missing, f"Function not found: {ARN}:10"),
    ):  # fmt: skip
        assert refused(call, FunctionName="f", **parameters) == {"Code": code, "Message": text}
    elsewhere = "arn:aws:lambda:us-east-1:123456789012:function:doesnotexist"
    assert refused(put, FunctionName="doesnotexist", Qualifier="none", **one)["Message"] == (
        f"Cannot find alias arn: {elsewhere}:none"
    )
    assert refused(client.list_provisioned_concurrency_configs, FunctionName="doesnotexist")["Message"] == (
        f"Function not found: {elsewhere}"
    )
    provision(client, 1)
    assert refused(put, FunctionName="f", Qualifier="live", **one) == {
        "Code": "ResourceConflictException",
        "Message": "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    }
    client.delete_provisioned_concurrency_config(FunctionName="f", Qualifier="1")
    provision(client, 1, "live")
    assert refused(put, FunctionName="f", Qualifier="1", **one) == {
        "Code": "ResourceConflictException",
        "Message": "Version is pointed by a Provisioned Concurrency alias",
    }


def test_limits(region: Region) -> None:
    """Reservation, account and floor bound what is provisioned, and what is provisioned bounds the reservation."""
    client = versions(region)
    put = client.put_provisioned_concurrency_config
    assert refused(put, FunctionName="f", Qualifier="1", ProvisionedConcurrentExecutions=1001)["Message"] == (
        "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000]."
    )
    assert refused(put, FunctionName="f", Qualifier="1", ProvisionedConcurrentExecutions=901)["Message"] == (
        "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its "
        "minimum value of [100]."
    )
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=2)
    assert refused(put, FunctionName="f", Qualifier="1", ProvisionedConcurrentExecutions=3)["Message"] == (
        "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
    )
    provision(client, 2)
    reserve = client.put_function_concurrency
    assert refused(reserve, FunctionName="f", ReservedConcurrentExecutions=1)["Message"] == (
        " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2]."
    )


def test_reserving(region: Region) -> None:
    """Put, Get, Delete, with their answers; the floor of 100; the account's figure follows."""
    client = versions(region)
    assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(FunctionName="f")
    assert client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=900)[
        "ReservedConcurrentExecutions"
    ] == 900  # fmt: skip
    assert client.get_function_concurrency(FunctionName="f")["ReservedConcurrentExecutions"] == 900
    assert client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 100
    assert refused(client.put_function_concurrency, FunctionName="f", ReservedConcurrentExecutions=901)["Message"] == (
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below "
        "its minimum value of [100]."
    )
    deleted = client.delete_function_concurrency(FunctionName="f")
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 1000
    nowhere = "arn:aws:lambda:us-east-1:123456789012:function:doesnotexist"
    for call, tail in (
        (client.put_function_concurrency, ":$LATEST"),
        (client.get_function_concurrency, ""),
        (client.delete_function_concurrency, ""),
    ):
        more = {"ReservedConcurrentExecutions": 1} if tail else {}
        error = refused(call, FunctionName="doesnotexist", **more)
        assert error == {"Code": "ResourceNotFoundException", "Message": f"Function not found: {nowhere}{tail}"}
    assert refused(client.put_function_concurrency, FunctionName=f"{ARN}:1", ReservedConcurrentExecutions=1)[
        "Message"
    ].startswith("This operation is permitted on Lambda functions only.")


def test_a_full_account_leaves_the_reserved_alone(opens: Opens) -> None:
    """Provisioned environments outside of a reservation are taken from the pool of all."""
    region = opens("small", concurrency=3, unreserved_concurrency_min=0)
    client = versions(region, WAITS)
    provision(client, 2)
    assert region.clock.drain(60)
    with occupied(region, 1):
        assert throttle(client)["Reason"] == "ConcurrentInvocationLimitExceeded"
        assert client.invoke(FunctionName="f", Qualifier="1")["StatusCode"] == 200


@pytest.mark.parametrize(("provisioned", "other"), [("live", "1"), ("1", "live")])
def test_environments_are_their_versions(region: Region, provisioned: str, other: str) -> None:
    """What is provisioned for an alias serves its version by number as well, and the other way round."""
    client = versions(region, aliases=("live",))
    provision(client, 1, provisioned)
    assert region.clock.drain(60)
    assert invoke(region, Qualifier=other)["kind"] == "provisioned-concurrency"
    assert invoke(region)["kind"] == "on-demand"
