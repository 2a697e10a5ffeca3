"""A function in a VPC that nobody invokes for two weeks: Inactive, woken by the next invocation, which fails."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.invoking.conftest import a_quick_function
from tests.region.invoking.test_environments import invoke
from tutor.region.call import ADMINISTRATOR
from tutor.region.region import Region

FORTNIGHT = timedelta(days=14).total_seconds()
DAY = timedelta(days=1).total_seconds()


def in_a_vpc(region: Region) -> dict[str, list[str]]:
    """A subnet and a security group of the account's own VPC."""
    ec2 = region.client("ec2")
    groups = [group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"]]
    return {"SubnetIds": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]], "SecurityGroupIds": groups[:1]}


def state(region: Region, name: str = "f") -> tuple[str, str | None]:
    """The function's state, and why it is in it."""
    found: dict[str, Any] = region.client("lambda").get_function_configuration(FunctionName=name)
    return found["State"], found.get("StateReasonCode")


def test_an_idle_function_in_a_vpc_sleeps_until_it_is_invoked(region: Region) -> None:
    """After 14 days it is Inactive; the next invocation fails and has it restored, the one after that runs."""
    a_quick_function(region, "def handler(event, context):\n    return 'here'\n", VpcConfig=in_a_vpc(region))
    region.clock.advance(FORTNIGHT - DAY)
    assert invoke(region) == "here"
    region.clock.advance(FORTNIGHT - DAY)
    assert state(region) == ("Active", None)
    region.clock.advance(2 * DAY)
    assert state(region) == ("Inactive", "Idle")
    region.clock.pause()
    with pytest.raises(ClientError) as refused:
        invoke(region)
    assert refused.value.response["Error"]["Code"] == "ResourceConflictException"
    assert "following state: Inactive" in refused.value.response["Error"]["Message"]
    assert state(region) == ("Pending", "Restoring")
    region.clock.run()
    region.clock.drain()
    assert state(region) == ("Active", None)
    assert invoke(region) == "here"
    region.client("lambda").delete_function(FunctionName="f")
    assert list(region.state.items("used")) == []


def test_an_event_wakes_its_function_and_waits(region: Region) -> None:
    """What a service pushes is in the queue, and tried again until the function is there; Invoke itself is refused."""
    a_quick_function(region, "def handler(event, context):\n    return 'here'\n", VpcConfig=in_a_vpc(region))
    region.clock.advance(FORTNIGHT + DAY)
    region.clock.pause()
    with pytest.raises(ClientError, match="following state: Inactive"):
        region.client("lambda").invoke(FunctionName="f", InvocationType="Event")
    region.invoking.accept(region.catalogue.target("us-east-1", "f"), b"{}", ADMINISTRATOR)
    region.clock.run()
    region.clock.drain()
    assert [done.payload for done in region.invoking.done] == ["here"]


def test_a_function_with_nothing_to_give_back_stays_active(region: Region) -> None:
    """Without a VPC there are no resources of others that an idle function would hold."""
    a_quick_function(region)
    region.clock.advance(2 * FORTNIGHT)
    assert state(region) == ("Active", None)
