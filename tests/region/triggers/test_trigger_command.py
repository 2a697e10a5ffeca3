"""``tutor trigger``: every service's event reaches a real function, and bad input ends in a sentence."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.region.conftest import Clients, a_function
from tutor import locations
from tutor.cli import main
from tutor.content.events import read_events, services
from tutor.region.region import Region

ECHO = "def handler(event, context):\n    print('GOT')\n    return {'got': event}\n"
Runs = Callable[..., tuple[int, str, str]]


@pytest.fixture
def runs(served: Clients, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Runs ``tutor trigger`` against the served region: exit code, stdout, stderr."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", served("lambda").meta.endpoint_url)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["trigger", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_every_service(runs: Runs, region: Region) -> None:
    """The event of every service is taken by a function, in the way its service invokes."""
    a_function(region, ECHO)
    events = read_events(locations.content_root())
    for service in services(locations.content_root()):
        code, out, err = runs(service, "--function", "f", "--json")
        told = json.loads(out)
        assert (code, told["Service"]) == (0, service), err
        waits = events[service].invocation != "asynchronous"
        assert told["StatusCode"] == (200 if waits else 202)
        assert (told["Payload"] is not None) == waits
        assert f"who tries again: {events[service].retries}" in err
    region.clock.drain()
    ended = [entry for entry in region.timeline.entries() if entry.kind == "invoke"]
    assert len(ended) >= len(events)


def test_a_synchronous_answer(runs: Runs, region: Region) -> None:
    """The answer of the function comes on stdout."""
    a_function(region, ECHO)
    code, out, _ = runs("cognito", "--function", "f", "--set", "user=eva")
    assert (code, json.loads(out)["got"]["userName"]) == (0, "eva")


def test_a_function_that_fails(runs: Runs, region: Region) -> None:
    """The exit code tells, as the answer does."""
    a_function(region, "def handler(event, context):\n    raise ValueError('no')\n")
    code, out, _ = runs("lex", "--function", "f")
    assert (code, json.loads(out)["errorType"]) == (1, "ValueError")


def test_a_mapped_queue(runs: Runs, region: Region) -> None:
    """Where a mapping polls a queue, a message is put there, and the poller brings it."""
    a_function(region, ECHO)
    sqs, functions = region.client("sqs"), region.client("lambda")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    functions.create_event_source_mapping(EventSourceArn="arn:aws:sqs:us-east-1:123456789012:q", FunctionName="f")
    region.clock.drain()
    code, out, err = runs("sqs", "--function", "f", "--set", "body=hello")
    assert (code, out) == (0, "")
    assert "A message is in the queue q" in err
    region.clock.drain()
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert told["ApproximateNumberOfMessages"] == "0"


def test_a_mapped_table(runs: Runs, region: Region) -> None:
    """Where a mapping polls a table's stream, an item is put into the table, with the keys that it has."""
    a_function(region, ECHO)
    dynamodb = region.client("dynamodb")
    made = dynamodb.create_table(
        TableName="t",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    stream = made["TableDescription"]["LatestStreamArn"]
    region.client("lambda").create_event_source_mapping(
        EventSourceArn=stream, FunctionName="f", StartingPosition="TRIM_HORIZON"
    )
    region.clock.drain()
    _, _, err = runs("dynamodb", "--function", "f", "--set", "id=17")
    assert "An item is in the table t" in err
    assert dynamodb.get_item(TableName="t", Key={"k": {"N": "17"}})["Item"]["k"] == {"N": "17"}


def test_the_missing_permission_is_told(runs: Runs, region: Region) -> None:
    """What would keep the service out is said, with what lets it in."""
    a_function(region, ECHO)
    assert "--principal s3.amazonaws.com" in runs("s3", "--function", "f")[2]
    region.client("lambda").add_permission(
        FunctionName="f", StatementId="s1", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com"
    )
    assert "add-permission" not in runs("s3", "--function", "f")[2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["s33", "--function", "f"], "did you mean 's3'"),
        ([], "Name a service"),
        (["s3"], "Say which function"),
        (["s3", "--function", "orderz"], "Did you mean 'orders'"),
        (["s3", "--function", "f!"], "functionName"),
        (["s3", "--function", "orders", "--set", "bucket"], "is no KEY=VALUE"),
        (["s3", "--function", "orders", "--set", "buket=b"], "did you mean 'bucket'"),
        (["s3", "--function", "orders", "--set", "size=big"], "must be a whole number"),
        (["s3", "--function", "orders", "--endpoint", "here"], "is no endpoint"),
        (["s3", "--function", "orders", "--endpoint", "http://127.0.0.1:9"], "Start one in another terminal"),
        (["s3", "--function", "orders", "--region-name", "not a region"], "cannot be asked"),
    ],
)
def test_bad_input(runs: Runs, region: Region, arguments: list[str], told: str) -> None:
    """A sentence, and exit code 2."""
    a_function(region, ECHO, "orders")
    code, out, err = runs(*arguments)
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    """Every service has its place in the table, and in its JSON who allows it and who tries again."""
    assert main(["trigger", "--list", "--json"]) == 0
    rows: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["service"] for row in rows] == services(locations.content_root())
    assert all(row["retries"] and row["allowed_by"] for row in rows)
    assert main(["trigger", "--list"]) == 0
    assert "Amazon S3 event notification" in capsys.readouterr().out
