"""Stacks made, changed and taken away, seen through CloudFormation's API."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.neighbours.neighbourhood import neighbourhood
from tutor.region.neighbours.gate import Neighbours


@pytest.fixture
def neighbours(tmp_path: Path) -> Iterator[Neighbours]:
    """Neighbours on a fast clock."""
    with neighbourhood(tmp_path) as (made, _):
        yield made


def queue(name: str | None = None, **properties: Any) -> dict[str, Any]:
    """A queue of a template."""
    named = {"QueueName": name} if name else {}
    return {"Type": "AWS::SQS::Queue", "Properties": {**named, **properties}}


def deploy(neighbours: Neighbours, template: dict[str, Any], *, update: bool = False, **more: Any) -> dict[str, Any]:
    """Have a stack be as a template says. How it stands then."""
    stacks = neighbours.client("cloudformation")
    ask = stacks.update_stack if update else stacks.create_stack
    ask(StackName="s", TemplateBody=json.dumps(template), **more)
    neighbours.house.clock.drain(30)
    return dict(stacks.describe_stacks(StackName="s")["Stacks"][0])


def queues(neighbours: Neighbours) -> list[str]:
    """The names of all queues."""
    urls = neighbours.client("sqs").list_queues().get("QueueUrls", ())
    return sorted(url.rsplit("/", 1)[-1] for url in urls)


def test_a_name_is_made_up(neighbours: Neighbours) -> None:
    """Of the stack's name, the resource's and letters of chance; and it stays at an update."""
    deploy(neighbours, {"Resources": {"Q": queue()}})
    [made] = queues(neighbours)
    assert made.startswith("s-Q-")
    assert deploy(neighbours, {"Resources": {"Q": queue(VisibilityTimeout=5)}}, update=True)["StackStatus"] == (
        "UPDATE_COMPLETE"
    )
    assert queues(neighbours) == [made]


def test_a_replacement(neighbours: Neighbours) -> None:
    """What cannot be changed is made anew; who refers to it gets the new one, and the old one goes."""
    policy = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    document = {"Queues": [{"Ref": "Q"}], "PolicyDocument": {"Version": "2012-10-17", "Statement": [policy]}}
    others = {"P": {"Type": "AWS::SQS::QueuePolicy", "Properties": document}}
    outputs = {"Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}}}}
    deploy(neighbours, {"Resources": {"Q": queue("one"), **others}, **outputs})
    stack = deploy(neighbours, {"Resources": {"Q": queue("two"), **others}, **outputs}, update=True)
    assert stack["Outputs"][0]["OutputValue"].endswith(":two")
    assert queues(neighbours) == ["two"]
    sqs = neighbours.client("sqs")
    url = sqs.get_queue_url(QueueName="two")["QueueUrl"]
    assert "Policy" in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def test_an_update_that_fails(neighbours: Neighbours) -> None:
    """Everything is as it was before."""
    deploy(neighbours, {"Resources": {"A": queue("a", VisibilityTimeout=5)}})
    bad = {"B": queue("b"), "C": {**queue("no name"), "DependsOn": "B"}}
    stack = deploy(neighbours, {"Resources": {"A": queue("a", VisibilityTimeout=9), **bad}}, update=True)
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert queues(neighbours) == ["a"]
    sqs = neighbours.client("sqs")
    url = sqs.get_queue_url(QueueName="a")["QueueUrl"]
    kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert kept == {"VisibilityTimeout": "5"}


def test_no_change(neighbours: Neighbours) -> None:
    """An update that changes nothing is refused."""
    deploy(neighbours, {"Resources": {"A": queue("a")}})
    with pytest.raises(ClientError, match="No updates are to be performed"):
        deploy(neighbours, {"Resources": {"A": queue("a")}}, update=True)


def test_a_new_resource_in_the_midst(neighbours: Neighbours) -> None:
    """What is there already may come to hang on what is new; what is left out of the template goes."""
    deploy(neighbours, {"Resources": {"A": queue("a"), "B": queue("b")}})
    letters = {"deadLetterTargetArn": {"Fn::GetAtt": ["C", "Arn"]}, "maxReceiveCount": 3}
    stack = deploy(neighbours, {"Resources": {"A": queue("a", RedrivePolicy=letters), "C": queue("c")}}, update=True)
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    assert queues(neighbours) == ["a", "c"]


def test_what_is_retained(neighbours: Neighbours) -> None:
    """A resource with the deletion policy Retain outlives its stack."""
    deploy(neighbours, {"Resources": {"A": {**queue("a"), "DeletionPolicy": "Retain"}, "B": queue("b")}})
    neighbours.client("cloudformation").delete_stack(StackName="s")
    neighbours.house.clock.drain(30)
    assert queues(neighbours) == ["a"]


def test_capabilities(neighbours: Neighbours) -> None:
    """Who makes roles must say so."""
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}
    with pytest.raises(ClientError, match=r"Requires capabilities : \[CAPABILITY_IAM\]"):
        deploy(neighbours, {"Resources": {"R": role}})


def test_change_sets(neighbours: Neighbours) -> None:
    """A change set tells what would be, and does it when it is executed."""
    stacks = neighbours.client("cloudformation")
    asked = {"StackName": "s", "ChangeSetName": "c"}
    text = json.dumps({"Resources": {"A": queue("a")}})
    stacks.create_change_set(**asked, TemplateBody=text, ChangeSetType="CREATE")
    told = stacks.describe_change_set(**asked)
    assert [each["ResourceChange"]["Action"] for each in told["Changes"]] == ["Add"]
    assert queues(neighbours) == []
    stacks.execute_change_set(**asked)
    neighbours.house.clock.drain(30)
    assert stacks.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    assert queues(neighbours) == ["a"]
    stacks.create_change_set(**asked, TemplateBody=text, ChangeSetType="UPDATE")
    assert stacks.describe_change_set(**asked)["Status"] == "FAILED"


def test_exports(neighbours: Neighbours) -> None:
    """Another stack may import what one exports, and then it cannot be taken away."""
    stacks = neighbours.client("cloudformation")
    exported = {"Value": 7, "Export": {"Name": "address"}}
    deploy(neighbours, {"Resources": {"A": queue("a")}, "Outputs": {"O": exported}})
    other = {"Resources": {"B": queue(DelaySeconds={"Fn::ImportValue": "address"})}}
    stacks.create_stack(StackName="other", TemplateBody=json.dumps(other))
    neighbours.house.clock.drain(30)
    assert stacks.describe_stacks(StackName="other")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.list_imports(ExportName="address")["Imports"] == ["other"]
    with pytest.raises(ClientError, match="is in use by other"):
        stacks.delete_stack(StackName="s")


def test_over_a_restart(tmp_path: Path) -> None:
    """Stacks, their events and their resources are there again."""
    with neighbourhood(tmp_path) as (neighbours, _):
        deploy(neighbours, {"Resources": {"Q": queue()}})
        before = neighbours.client("cloudformation").describe_stack_events(StackName="s")["StackEvents"]
        made = queues(neighbours)
    with neighbourhood(tmp_path) as (neighbours, _):
        assert neighbours.lost == ()
        stacks = neighbours.client("cloudformation")
        assert stacks.describe_stack_events(StackName="s")["StackEvents"] == before
        assert queues(neighbours) == made
        stacks.delete_stack(StackName="s")
        neighbours.house.clock.drain(30)
        assert queues(neighbours) == []


@pytest.mark.parametrize(
    ("operation", "parameters", "code"),
    [
        ("describe_stacks", {"StackName": "nobody"}, "ValidationError"),
        ("update_stack", {"StackName": "nobody", "TemplateBody": "Resources: {A: {Type: AWS::SQS::Queue}}"}, "Valid"),
        ("create_stack", {"StackName": "s"}, "ValidationError"),
        ("create_stack", {"StackName": "1", "TemplateBody": "{}"}, "ValidationError"),
        ("describe_change_set", {"StackName": "nobody", "ChangeSetName": "c"}, "ValidationError"),
        ("create_stack_set", {"StackSetName": "s"}, "NotImplemented"),
    ],
)
def test_refusals(neighbours: Neighbours, operation: str, parameters: dict[str, Any], code: str) -> None:
    """What is not there or not given is an error of AWS's form."""
    with pytest.raises(ClientError, match=code):
        getattr(neighbours.client("cloudformation"), operation)(**parameters)
