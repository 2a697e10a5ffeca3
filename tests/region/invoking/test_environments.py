"""Live environments: begun when needed, of the right configuration, ended with it."""

import json
import threading
from typing import Any

from tests.region.conftest import a_role, zipped
from tests.region.invoking.conftest import Opens, a_quick_function, lines
from tests.region.invoking.test_throttling import WAITS, occupied
from tutor.region.call import ADMINISTRATOR
from tutor.region.region import Region
from tutor.region.server import Server

COUNTS = """
import os
seen = []

def handler(event, context):
    seen.append(1)
    return {"seen": len(seen), "colour": os.environ.get("COLOUR"), "memory": context.memory_limit_in_mb}
"""

ASKS = """
import boto3, os
from botocore.exceptions import ClientError

def handler(event, context):
    found = {"who": boto3.client("sts").get_caller_identity()["Arn"], "endpoint": os.environ["AWS_ENDPOINT_URL"]}
    try:
        boto3.client("dynamodb").list_tables()
    except ClientError as error:
        found["refused"] = error.response["Error"]["Code"]
    found["queues"] = len(boto3.client("sqs").list_queues().get("QueueUrls", []))
    return found
"""


def invoke(region: Region, payload: bytes = b"{}", name: str = "f", **more: Any) -> Any:
    """What a function answers."""
    answer = region.client("lambda").invoke(FunctionName=name, Payload=payload, **more)
    return json.loads(answer["Payload"].read())


def test_the_endpoint_s_own_url_inside(region: Region) -> None:
    """A function that was told where the endpoint is on this host finds it there, as it does by default."""
    with Server(region) as server:
        a_quick_function(region, ASKS, Environment={"Variables": {"AWS_ENDPOINT_URL": server.url}})
        found = invoke(region)
    assert found["endpoint"] == server.url
    assert ":assumed-role/f-role/" in found["who"]


def test_an_environment_is_used_again(region: Region) -> None:
    """One environment serves one event after another, cold once."""
    a_quick_function(region, COUNTS)
    assert [invoke(region)["seen"] for _ in range(3)] == [1, 2, 3]
    assert [done.cold for done in region.invoking.done] == [True, False, False]


def test_a_changed_configuration_has_environments_of_its_own(region: Region) -> None:
    """New settings need a new environment; a description does not."""
    a_quick_function(region, COUNTS, Environment={"Variables": {"COLOUR": "red"}})
    client = region.client("lambda")
    assert invoke(region) == {"seen": 1, "colour": "red", "memory": "1769"}
    client.update_function_configuration(FunctionName="f", Description="another")
    region.clock.drain()
    assert invoke(region)["seen"] == 2
    client.update_function_configuration(FunctionName="f", Environment={"Variables": {"COLOUR": "blue"}})
    region.clock.drain()
    assert invoke(region) == {"seen": 1, "colour": "blue", "memory": "1769"}


def test_changed_code_does_not_touch_what_runs(region: Region) -> None:
    """An invocation that runs when the code changes ends on the old code; the next one has the new."""
    a_quick_function(region, WAITS)
    target = region.catalogue.target("us-east-1", "f")
    answers: list[Any] = []

    def run() -> None:
        answers.append(region.invoking.invoke(target, b'{"until": "enough"}', ADMINISTRATOR).payload)

    thread = threading.Thread(target=run)
    thread.start()
    while region.invoking.usage("us-east-1", "f").of_function < 1:
        threading.Event().wait(0.01)
    client = region.client("lambda")
    client.update_function_code(FunctionName="f", ZipFile=zipped("def handler(event, context):\n    return 'new'\n"))
    assert invoke(region) == "new"
    region.client("s3").create_bucket(Bucket="enough")
    thread.join()
    assert answers == [{"until": "enough"}]


def test_versions_have_environments_of_their_own(region: Region) -> None:
    """``$LATEST`` and a version of the same code do not share one."""
    a_quick_function(region, COUNTS)
    region.client("lambda").publish_version(FunctionName="f")
    region.clock.drain()
    assert [invoke(region)["seen"], invoke(region, Qualifier="1")["seen"], invoke(region)["seen"]] == [1, 1, 2]


def test_an_idle_environment_is_cold_after_five_minutes(region: Region) -> None:
    """In region time, ours: AWS publishes no number."""
    a_quick_function(region, COUNTS)
    assert invoke(region)["seen"] == 1
    region.clock.advance(299)
    assert invoke(region)["seen"] == 2
    region.clock.advance(301)
    assert invoke(region)["seen"] == 1


def test_a_function_that_is_made_again_starts_anew(region: Region) -> None:
    """Nothing of a deleted function serves one of the same name."""
    a_quick_function(region, COUNTS)
    assert invoke(region)["seen"] == 1
    client = region.client("lambda")
    role = region.catalogue.target("us-east-1", "f").configuration["Role"]
    client.delete_function(FunctionName="f")
    client.create_function(
        FunctionName="f",
        Role=role,
        Runtime="python3.13",
        Handler="lambda_function.handler",
        Code={"ZipFile": zipped(COUNTS)},
        MemorySize=1769,
        Timeout=30,
    )
    region.clock.drain()
    assert invoke(region)["seen"] == 1


def test_a_handler_reaches_the_neighbours_as_its_role(region: Region) -> None:
    """Plain boto3 in a handler: the role's session asks, what the role may not is refused."""
    role = a_role(region, "asks", {"queues": [{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}]})
    a_quick_function(region, ASKS, role=role)
    region.client("sqs").create_queue(QueueName="one")
    assert invoke(region) == {
        "who": "arn:aws:sts::123456789012:assumed-role/asks/f@lambda_function",
        "endpoint": "http://127.0.0.1:9330",
        "refused": "AccessDeniedException",
        "queues": 1,
    }


def test_layers_are_there(region: Region) -> None:
    """What a layer brings is found in the environment."""
    client = region.client("lambda")
    layer = client.publish_layer_version(
        LayerName="words", Content={"ZipFile": zipped({"python/words.py": "WORD = 'hello'\n"})}
    )["LayerVersionArn"]
    code = "import words\n\ndef handler(event, context):\n    return words.WORD\n"
    a_quick_function(region, code, Layers=[layer])
    assert invoke(region) == "hello"


def test_weights_choose_the_version(opens: Opens) -> None:
    """An alias with weights leads to both versions, about as often as it says, and the same in every region's run."""

    def versions(region: Region) -> list[str]:
        a_quick_function(region)
        client = region.client("lambda")
        client.publish_version(FunctionName="f")
        client.update_function_configuration(FunctionName="f", Timeout=29)
        region.clock.drain()
        client.publish_version(FunctionName="f")
        weights = {"AdditionalVersionWeights": {"2": 0.3}}
        client.create_alias(FunctionName="f", Name="live", FunctionVersion="1", RoutingConfig=weights)
        region.clock.drain()
        return [client.invoke(FunctionName="f", Qualifier="live")["ExecutedVersion"] for _ in range(60)]

    region = opens("weights")
    found = versions(region)
    region.close()
    assert 8 <= found.count("2") <= 28
    region.state.folder.rename(region.state.folder.with_name("before"))
    assert versions(opens("weights")) == found


def test_a_handler_that_fails_to_load_is_an_answer(region: Region) -> None:
    """An INIT that fails is told as a function error, and tried again by the next invocation."""
    a_quick_function(region, "import nothing_of_that_name\n")
    assert invoke(region)["errorType"] == "Runtime.ImportModuleError"
    assert lines(region)[-1].endswith("f invoke failed: Runtime.ImportModuleError")


def test_many_functions_give_up_their_environments(region: Region) -> None:
    """Ours: of more than so many functions those used longest ago give up theirs, and start cold again."""
    from tutor.region.invoking import live

    a_quick_function(region, COUNTS)
    assert invoke(region)["seen"] == 1
    role = region.catalogue.target("us-east-1", "f").configuration["Role"]
    most, live._MOST = live._MOST, 2
    try:
        for name in ("g", "h"):
            a_quick_function(region, COUNTS, name=name, role=role)
            assert invoke(region, name=name)["seen"] == 1
    finally:
        live._MOST = most
    assert invoke(region)["seen"] == 1


def test_what_is_busy_keeps_its_environments(region: Region) -> None:
    """A function that runs is never the one that gives its environments up."""
    from tutor.region.invoking import live

    a_quick_function(region, WAITS)
    role = region.catalogue.target("us-east-1", "f").configuration["Role"]
    a_quick_function(region, COUNTS, name="g", role=role)
    most, live._MOST = live._MOST, 1
    try:
        with occupied(region, 1):
            assert [invoke(region, name="g")["seen"] for _ in range(2)] == [1, 2]
    finally:
        live._MOST = most
    assert region.invoking.done[-1].payload == {"until": "enough"}
