"""Stacks of CloudFormation: Lambda's resources are the region's own, and custom resources are heard."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import Opens, a_function, a_role
from tests.region.neighbours.neighbourhood import FUNCTION, Lambda, neighbourhood
from tutor.region.api.message import HttpRequest
from tutor.region.neighbours.gate import Neighbours
from tutor.region.region import Region

RESPONDER = """
import json, urllib.request

def handler(event, context):
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": "made", "Data": {"Y": event["ResourceProperties"]["X"] + "!"}}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request).close()
"""


def _template(**resources: Any) -> dict[str, Any]:
    return {"Resources": resources}


@pytest.fixture
def street(tmp_path: Path) -> Iterator[tuple[Neighbours, Lambda]]:
    """Neighbours on a clock that stands, and the Lambda that they invoke."""
    functions = Lambda()
    with neighbourhood(tmp_path, functions=functions) as (neighbours, clock):
        clock.pause()
        yield neighbours, functions


def _until(come: Callable[[], Any]) -> Any:
    """What comes of a stack that goes on by itself."""
    for _ in range(3000):
        found = come()
        if found:
            return found
        time.sleep(0.01)
    pytest.fail("nothing came of the stack")


def _custom(neighbours: Neighbours, functions: Lambda) -> Any:
    """A stack that waits for its custom resource. The event that the function got."""
    stacks = neighbours.client("cloudformation")
    custom = {"Type": "Custom::Thing", "Properties": {"ServiceToken": FUNCTION, "X": 1}}
    template = _template(Q={"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}, C=custom)
    template["Outputs"] = {"Y": {"Value": {"Fn::GetAtt": ["C", "Y"]}}}
    stacks.create_stack(StackName="stack", TemplateBody=json.dumps(template))
    return _until(lambda: functions.invoked)[0][1]


def _answer(neighbours: Neighbours, event: dict[str, Any], **answer: Any) -> None:
    path, _, query = event["ResponseURL"].removeprefix("http://127.0.0.1:9330").partition("?")
    response = neighbours.answer(HttpRequest("PUT", path, query, body=json.dumps(answer).encode()))
    assert response.status == 200


def _status(neighbours: Neighbours, name: str = "stack") -> str:
    found = neighbours.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return str(found["StackStatus"])


def _ends(neighbours: Neighbours, status: str) -> None:
    _until(lambda: not _status(neighbours).endswith("IN_PROGRESS"))
    assert _status(neighbours) == status


def test_a_custom_resource(street: tuple[Neighbours, Lambda]) -> None:
    """The stack waits for the function's answer and knows its data; the end is told to it too."""
    neighbours, functions = street
    event = _custom(neighbours, functions)
    assert (event["RequestType"], event["ResourceType"]) == ("Create", "Custom::Thing")
    assert event["ResourceProperties"] == {"ServiceToken": FUNCTION, "X": "1"}
    assert _status(neighbours) == "CREATE_IN_PROGRESS"
    _answer(neighbours, event, Status="SUCCESS", PhysicalResourceId="made", Data={"Y": "2"})
    _ends(neighbours, "CREATE_COMPLETE")
    stacks = neighbours.client("cloudformation")
    [stack] = stacks.describe_stacks(StackName="stack")["Stacks"]
    assert stack["Outputs"][0]["OutputValue"] == "2"
    stacks.delete_stack(StackName="stack")
    last = _until(lambda: functions.invoked[1:])[0][1]
    assert (last["RequestType"], last["PhysicalResourceId"]) == ("Delete", "made")
    _answer(neighbours, last, Status="SUCCESS")
    neighbours.house.clock.run()
    _until(lambda: stacks.describe_stacks(StackName=stack["StackId"])["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE")


def test_a_custom_resource_that_fails(street: tuple[Neighbours, Lambda]) -> None:
    """The stack is rolled back, what it had made is gone, and the reason is in its events."""
    neighbours, functions = street
    _answer(neighbours, _custom(neighbours, functions), Status="FAILED", Reason="no")
    _ends(neighbours, "ROLLBACK_COMPLETE")
    assert "QueueUrls" not in neighbours.client("sqs").list_queues()
    events = neighbours.client("cloudformation").describe_stack_events(StackName="stack")["StackEvents"]
    assert any("Message returned: no" in each.get("ResourceStatusReason", "") for each in events)


def test_a_custom_resource_that_says_nothing(street: tuple[Neighbours, Lambda]) -> None:
    """After an hour the stack gives up."""
    neighbours, functions = street
    _custom(neighbours, functions)
    before = neighbours.house.clock.now()
    neighbours.house.clock.run()
    _ends(neighbours, "ROLLBACK_COMPLETE")
    assert neighbours.house.clock.now() - before >= 3600


def test_a_custom_resource_over_a_restart(tmp_path: Path) -> None:
    """A stack that waits goes on waiting after a restart; what was answered is known."""
    functions = Lambda()
    with neighbourhood(tmp_path, functions=functions) as (neighbours, clock):
        clock.pause()
        event = _custom(neighbours, functions)
    with neighbourhood(tmp_path, functions=Lambda()) as (neighbours, clock):
        clock.pause()
        assert neighbours.lost == ()
        assert _status(neighbours) == "CREATE_IN_PROGRESS"
        _answer(neighbours, event, Status="SUCCESS", Data={"Y": "2"})
        _ends(neighbours, "CREATE_COMPLETE")
    with neighbourhood(tmp_path) as (neighbours, _):
        assert neighbours.lost == ()
        assert _status(neighbours) == "CREATE_COMPLETE"


def test_a_template_runs_no_code(street: tuple[Neighbours, Lambda], tmp_path: Path) -> None:
    """A template is data: what YAML could call is not called, AWS's short forms are understood."""
    neighbours, _ = street
    stacks = neighbours.client("cloudformation")
    made = tmp_path / "made"
    for call in ("os.mkdir", "subprocess.check_call"):
        evil = f"Resources:\n  Q:\n    Type: !!python/object/apply:{call} ['{made}']\n"
        with pytest.raises(ClientError):
            stacks.create_stack(StackName="evil", TemplateBody=evil)
    assert not made.exists()
    plain = (
        "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub '${AWS::StackName}-q'\n"
    )
    stacks.create_stack(StackName="stack", TemplateBody=plain)
    _ends(neighbours, "CREATE_COMPLETE")
    assert neighbours.client("sqs").list_queues()["QueueUrls"][0].endswith("/stack-q")


def test_lambda_s_resources(region: Region) -> None:
    """A stack's function, version, alias, permission, URL and mapping are the region's, and go with the stack."""
    role = a_role(region)
    code = "def handler(event, context):\n    return 'from a stack'\n"
    properties: dict[str, Any] = {
        "FunctionName": "f",
        "Role": role,
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Timeout": "5",
        "Code": {"ZipFile": code},
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    name = {"FunctionName": {"Ref": "F"}}
    permission = {**name, "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
    mapping = {**name, "EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]}, "BatchSize": "1"}
    template = _template(
        F={"Type": "AWS::Lambda::Function", "Properties": properties},
        Q={"Type": "AWS::SQS::Queue"},
        V={"Type": "AWS::Lambda::Version", "Properties": name},
        A={
            "Type": "AWS::Lambda::Alias",
            "Properties": {**name, "Name": "live", "FunctionVersion": {"Fn::GetAtt": ["V", "Version"]}},
        },
        P={"Type": "AWS::Lambda::Permission", "Properties": permission},
        M={"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
    )
    template["Outputs"] = {"Arn": {"Value": {"Fn::GetAtt": ["F", "Arn"]}}}
    stacks, functions = region.client("cloudformation"), region.client("lambda")
    stacks.create_stack(StackName="stack", TemplateBody=json.dumps(template))
    region.clock.drain()
    outputs = stacks.describe_stacks(StackName="stack")["Stacks"][0]["Outputs"]
    configuration = functions.get_function_configuration(FunctionName="f")
    assert outputs[0]["OutputValue"] == configuration["FunctionArn"]
    assert configuration["Timeout"] == 5
    answer = functions.invoke(FunctionName="f", Qualifier="live")
    assert json.load(answer["Payload"]) == "from a stack"
    assert len(functions.list_event_source_mappings(FunctionName="f")["EventSourceMappings"]) == 1
    properties["Timeout"] = 7
    stacks.update_stack(StackName="stack", TemplateBody=json.dumps(template))
    region.clock.drain()
    assert functions.get_function_configuration(FunctionName="f")["Timeout"] == 7
    mapping_id = functions.list_event_source_mappings(FunctionName="f")["EventSourceMappings"][0]["UUID"]
    stacks.delete_stack(StackName="stack")
    region.clock.drain()
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_function(FunctionName="f")
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_event_source_mapping(UUID=mapping_id)


def test_a_stack_waits_for_what_it_makes(opens: Opens) -> None:
    """A version is published when its function has come to rest; in a complete stack both can be invoked."""
    region = opens(mode="real")
    properties: dict[str, Any] = {"Role": a_role(region), "Runtime": "python3.13", "Handler": "index.handler"}
    code = {"ZipFile": "def handler(event, context):\n    return 1\n"}
    template = _template(
        F={"Type": "AWS::Lambda::Function", "Properties": {**properties, "Code": code, "FunctionName": "f"}},
        V={"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "F"}}},
    )
    region.client("cloudformation").create_stack(StackName="stack", TemplateBody=json.dumps(template))
    look = region.client("lambda").get_function_configuration
    assert [look(FunctionName="f", Qualifier=each)["State"] for each in ("$LATEST", "1")] == ["Active", "Active"]


def test_a_stack_that_lambda_refuses(region: Region) -> None:
    """What Lambda's API refuses fails the resource with its text, and what was made before goes."""
    wrong = {"Role": "arn:aws:iam::123456789012:role/none", "Code": {"ZipFile": "x"}, "Handler": "index.handler"}
    function = {"Type": "AWS::Lambda::Function", "DependsOn": "Q", "Properties": {**wrong, "Runtime": "python3.13"}}
    stacks = region.client("cloudformation")
    template = _template(F=function, Q={"Type": "AWS::SQS::Queue"})
    stacks.create_stack(StackName="stack", TemplateBody=json.dumps(template))
    region.clock.drain()
    events = stacks.describe_stack_events(StackName="stack")["StackEvents"]
    assert events[0]["ResourceStatus"] == "ROLLBACK_COMPLETE"
    [failed] = [each for each in events if each["ResourceStatus"] == "CREATE_FAILED"]
    assert "cannot be assumed by Lambda" in failed["ResourceStatusReason"]
    assert "QueueUrls" not in region.client("sqs").list_queues()


def test_a_custom_resource_of_a_real_function(region: Region) -> None:
    """A function in its environment answers by the address that it is given."""
    a_function(region, RESPONDER, name="responder")
    arn = "arn:aws:lambda:us-east-1:123456789012:function:responder"
    custom = {"Type": "Custom::Thing", "Properties": {"ServiceToken": arn, "X": "x"}}
    template = _template(C=custom)
    template["Outputs"] = {"Y": {"Value": {"Fn::GetAtt": ["C", "Y"]}}}
    stacks = region.client("cloudformation")
    stacks.create_stack(StackName="stack", TemplateBody=json.dumps(template))
    region.clock.drain()
    [stack] = stacks.describe_stacks(StackName="stack")["Stacks"]
    assert (stack["StackStatus"], stack["Outputs"][0]["OutputValue"]) == ("CREATE_COMPLETE", "x!")


def test_a_custom_resource_whose_code_stands_in_the_template(region: Region) -> None:
    """Such code has ``cfnresponse`` beside it, which answers for it and says so in the log."""
    code = (
        "import cfnresponse\n"
        "def handler(event, context):\n"
        "    cfnresponse.send(event, context, cfnresponse.SUCCESS, {'Y': 'y'}, 'made')\n"
    )
    function = {"Runtime": "python3.13", "Handler": "index.handler", "Role": a_role(region), "FunctionName": "answers"}
    template = _template(
        F={"Type": "AWS::Lambda::Function", "Properties": {**function, "Code": {"ZipFile": code}}},
        C={"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Fn::GetAtt": ["F", "Arn"]}}},
    )
    template["Outputs"] = {"Y": {"Value": {"Fn::GetAtt": ["C", "Y"]}}, "Ref": {"Value": {"Ref": "C"}}}
    stacks = region.client("cloudformation")
    stacks.create_stack(StackName="stack", TemplateBody=json.dumps(template))
    region.clock.drain()
    [stack] = stacks.describe_stacks(StackName="stack")["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    assert (stack["StackStatus"], outputs) == ("CREATE_COMPLETE", {"Y": "y", "Ref": "made"})
    events = region.client("logs").filter_log_events(logGroupName="/aws/lambda/answers")["events"]
    assert "Status code: 200\n" in [each["message"] for each in events]


def test_a_scheduled_rule_fires(street: tuple[Neighbours, Lambda]) -> None:
    """A rule that is fired sends AWS's event of a schedule; disabled or deleted it sends nothing."""
    neighbours, functions = street
    events = neighbours.client("events")
    arn = events.put_rule(Name="r", ScheduleExpression="rate(1 minute)")["RuleArn"]
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": FUNCTION}])
    neighbours.fire(arn)
    [pushed] = functions.pushed
    assert pushed.source_arn == arn
    assert pushed.payload == {
        "version": "0",
        "id": pushed.payload["id"],
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2027-01-15T08:00:00Z",
        "region": "us-east-1",
        "resources": [arn],
        "detail": {},
    }
    events.disable_rule(Name="r")
    for gone in (arn, arn + "-gone"):
        neighbours.fire(gone)
    assert len(functions.pushed) == 1
