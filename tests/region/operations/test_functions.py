"""Functions are made, read, listed and deleted as the real service does it, with its texts where it refuses."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.operations.conftest import CODE, ROLE, Clients
from tutor.region.region import Region

Create = Callable[..., dict[str, Any]]


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    """The code and the text with which the service refuses a call."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_function_is_pending_and_then_active(client: Any, region: Region) -> None:
    """CreateFunction answers Pending with its reason; the SDK's waiter sees Active; the revision has changed."""
    region.clock.pause()
    made = client.create_function(
        FunctionName="fn", Runtime="python3.13", Handler="app.handler", Role=ROLE, Code={"ZipFile": CODE}
    )
    assert (made["State"], made["StateReason"], made["StateReasonCode"]) == (
        "Pending",
        "The function is being created.",
        "Creating",
    )
    assert "LastUpdateStatus" not in made
    region.clock.run()
    client.get_waiter("function_active_v2").wait(FunctionName="fn", WaiterConfig={"Delay": 0})
    now = client.get_function_configuration(FunctionName="fn")
    assert (now["State"], now["LastUpdateStatus"]) == ("Active", "Successful")
    assert "StateReason" not in now
    assert now["RevisionId"] != made["RevisionId"]


def test_what_is_left_out_has_the_defaults_of_the_service(create: Create) -> None:
    """A minimal function has AWS's defaults, and no member of the region's own shows."""
    made = create()
    assert made["FunctionArn"] == "arn:aws:lambda:us-east-1:123456789012:function:fn"
    assert (made["Timeout"], made["MemorySize"], made["Description"], made["Version"]) == (3, 128, "", "$LATEST")
    assert made["EphemeralStorage"] == {"Size": 512}
    assert made["TracingConfig"] == {"Mode": "PassThrough"}
    assert made["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/fn"}
    assert made["SnapStart"] == {"ApplyOn": "None", "OptimizationStatus": "Off"}
    assert (made["Architectures"], made["PackageType"]) == (["x86_64"], "Zip")
    assert made["LastModified"].endswith("+0000")
    assert "Environment" not in made
    assert not {"blob", "settling", "layers"} & made.keys()


def test_two_creations_at_once_make_one_function(client: Any, clients: Clients, region: Region) -> None:
    """Of several CreateFunction of one name at the same time one succeeds, the others are told that it exists."""
    results: list[str] = []

    def make() -> None:
        try:
            clients().create_function(
                FunctionName="fn", Runtime="python3.13", Handler="app.handler", Role=ROLE, Code={"ZipFile": CODE}
            )
            results.append("made")
        except ClientError as error:
            results.append(f"{error.response['Error']['Code']}: {error.response['Error']['Message']}")

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["ResourceConflictException: Function already exist: fn"] * 3 + ["made"]
