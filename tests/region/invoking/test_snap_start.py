"""SnapStart: the snapshot is taken when a version is published, and every environment of it is restored from that."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.invoking.conftest import Opens, a_quick_function, lines
from tests.region.invoking.test_environments import invoke
from tutor.region.region import Region

ON = {"ApplyOn": "PublishedVersions"}
HOOKS = """
from snapshot_restore_py import register_after_restore, register_before_snapshot
done = []
register_before_snapshot(lambda: done.append("before"))
register_after_restore(lambda: done.append("after"))
print("loaded")

def handler(event, context):
    return done
"""
BROKEN = "raise RuntimeError('no configuration')"


def published(region: Region, code: str, **settings: Any) -> Any:
    """A client, and a function of ``code`` whose version 1 has come to rest."""
    a_quick_function(region, code, SnapStart=ON, **settings)
    client = region.client("lambda")
    client.publish_version(FunctionName="f")
    region.clock.drain()
    return client


def logged(region: Region) -> list[str]:
    """All lines of the function's log."""
    region.invoking.recorder.flush()
    events = region.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
    return [event["message"].strip() for event in events]


def test_publishing_runs_init_and_invocations_are_restored(region: Region) -> None:
    """INIT runs at publishing and is logged then; the invocation is restored, hooks on both sides included."""
    client = published(region, HOOKS)
    now = client.get_function_configuration(FunctionName="f", Qualifier="1")
    assert (now["State"], now["SnapStart"]) == ("Active", {**ON, "OptimizationStatus": "On"})
    before = logged(region)
    assert [line for line in before if line.startswith(("INIT_REPORT", "loaded"))] == ["loaded", *before[-1:]]
    assert not any(line.startswith(("START", "RESTORE")) for line in before)
    assert invoke(region, Qualifier="1") == ["before", "after"]
    (done,) = region.invoking.done
    assert done.report.restore_duration_ms is not None
    assert [line.split()[0] for line in logged(region)[len(before) :]] == [
        "RESTORE_START", "RESTORE_REPORT", "START", "END", "REPORT",
    ]  # fmt: skip
    assert any("snapshot" in line for line in lines(region))


def test_a_failing_init_fails_the_version(region: Region) -> None:
    """Its State is Failed with AWS's reason, the waiter ends, what it printed is logged, and nobody can invoke it."""
    client = published(region, BROKEN)
    now = client.get_function_configuration(FunctionName="f", Qualifier="1")
    assert (now["State"], now["StateReasonCode"]) == ("Failed", "FunctionError")
    assert now["StateReason"] == "An error occurred during function initialization."
    assert now["SnapStart"] == {**ON, "OptimizationStatus": "Off"}
    assert any("no configuration" in line for line in logged(region))
    with pytest.raises(ClientError) as refused:
        client.invoke(FunctionName="f", Qualifier="1")
    assert refused.value.response["Error"] == {
        "Code": "ResourceConflictException",
        "Message": "The operation cannot be performed at this time. "
        "The function is currently in the following state: Failed",
    }
    with pytest.raises(ClientError, match="following state: Failed"):
        client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    latest = client.get_function_configuration(FunctionName="f")
    assert (latest["State"], latest["SnapStart"]["OptimizationStatus"]) == ("Active", "Off")


def test_a_version_whose_snapshot_is_not_there_yet_says_so(region: Region) -> None:
    """Until it is Active its invocation is refused with SnapStart's own error."""
    a_quick_function(region, HOOKS, SnapStart=ON)
    client = region.client("lambda")
    region.clock.pause()
    client.publish_version(FunctionName="f")
    with pytest.raises(ClientError) as refused:
        client.invoke(FunctionName="f", Qualifier="1")
    assert refused.value.response["Error"]["Code"] == "SnapStartNotReadyException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_a_version_that_is_deleted_meanwhile_stays_deleted(region: Region) -> None:
    """The end of its snapshot brings nothing back."""
    a_quick_function(region, HOOKS, SnapStart=ON)
    client = region.client("lambda")
    region.clock.pause()
    client.publish_version(FunctionName="f")
    client.delete_function(FunctionName="f", Qualifier="1")
    region.clock.run()
    region.clock.drain()
    assert [each["Version"] for each in client.list_versions_by_function(FunctionName="f")["Versions"]] == ["$LATEST"]


def test_a_snapshot_that_a_restart_came_before_is_taken_then(opens: Opens) -> None:
    """A version that was Pending when its region ended has its INIT run when the region is back."""
    before = opens()
    a_quick_function(before, BROKEN, SnapStart=ON)
    before.clock.pause()
    before.client("lambda").publish_version(FunctionName="f")
    before.close()
    again = opens()
    again.clock.drain()
    assert again.client("lambda").get_function_configuration(FunctionName="f", Qualifier="1")["State"] == "Failed"
