"""Logs in CloudWatch Logs: AWS's names and lines, written as the execution role may, there when one looks."""

import json
from typing import Any

from tests.region.conftest import Clients, a_role
from tests.region.invoking.conftest import ANSWERS, Opens, a_quick_function, lines, queue_up
from tutor.region.region import Region

PRINTS = """
import logging

def handler(event, context):
    print("printed", event["n"])
    logging.getLogger().warning("warned")
    return context.log_stream_name
"""


def events(region: Region, group: str = "/aws/lambda/f") -> list[dict[str, Any]]:
    """Every event of a group, stream by stream, in the order of the stream."""
    logs = region.client("logs")
    streams = [stream["logStreamName"] for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]]
    return [
        event
        for stream in streams
        for event in logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)["events"]
    ]


def groups(region: Region) -> list[str]:
    """The names of all groups."""
    return [group["logGroupName"] for group in region.client("logs").describe_log_groups()["logGroups"]]


def test_one_stream_for_each_environment(region: Region, served: Clients) -> None:
    """Group and stream have AWS's names; the lines of all invocations stand in it, each ended, none before another."""
    a_quick_function(region, PRINTS)
    client = served("lambda")
    names = {json.loads(client.invoke(FunctionName="f", Payload=b'{"n": %d}' % n)["Payload"].read()) for n in range(3)}
    (stream,) = served("logs").describe_log_streams(logGroupName="/aws/lambda/f")["logStreams"]
    assert {stream["logStreamName"]} == names
    found = events(region)
    texts = [event["message"] for event in found]
    assert all(text.endswith("\n") for text in texts)
    kinds = [text.split()[0] for text in texts]
    assert kinds == ["INIT_START", *["START", "printed", "[WARNING]", "END", "REPORT"] * 3]
    assert [event["timestamp"] for event in found] == sorted(event["timestamp"] for event in found)
    assert found[0]["timestamp"] // 1000 == region.clock.now()


def test_the_runtime_version_is_the_configuration_s(region: Region, served: Clients) -> None:
    """INIT_START tells the runtime version that the function's configuration has, in whichever AWS region."""
    a_quick_function(region, PRINTS)
    client = served("lambda")
    client.invoke(FunctionName="f", Payload=b'{"n": 1}')
    arn = client.get_function_configuration(FunctionName="f")["RuntimeVersionConfig"]["RuntimeVersionArn"]
    assert events(region)[0]["message"].endswith(f"Runtime Version ARN: {arn}\n")


PRINTS_RECORDS = """
import json

def handler(event, context):
    for record in event:
        print(json.dumps(record))
"""


def test_printed_records_are_kept_by_their_level(region: Region, served: Clients) -> None:
    """A record with a level and an RFC 3339 time is weighed by it, every other line as INFO; text keeps them all."""
    a_quick_function(region, PRINTS_RECORDS, LoggingConfig={"LogFormat": "JSON"})
    client = served("lambda")
    at = {"timestamp": "2026-01-01T00:00:00.123456Z"}
    weighed = [{"level": level, **at} for level in ("trace", "DEBUG", "info", "WARNING", "error", "Critical")]
    as_info = [{"level": "ERROR"}, {"level": "DEBUG", "time": "noon"}, {"level": "loud", **at}, {"no": "level"}, 7]
    warned = {"level": "WARN", "time": "2026-01-01T01:00:00+01:00"}
    expected = {
        "TRACE": [*weighed, *as_info, warned],
        "DEBUG": [*weighed[1:], *as_info, warned],
        "INFO": [*weighed[2:], *as_info, warned],
        "WARN": [*weighed[3:], warned],
        "FATAL": weighed[5:],
    }
    for level, kept in expected.items():
        setting = {"LogFormat": "JSON", "ApplicationLogLevel": level, "LogGroup": level}
        client.update_function_configuration(FunctionName="f", LoggingConfig=setting)
        region.clock.drain(10)
        client.invoke(FunctionName="f", Payload=json.dumps([*weighed, *as_info, warned]))
        found = [json.loads(event["message"]) for event in events(region, level)]
        assert [record for record in found if not str(kind_of(record)).startswith("platform.")] == kept, level


def test_the_system_log_level_tells_more_or_less(region: Region, served: Clients) -> None:
    """DEBUG tells when runtime and INIT were done; INFO and WARN tell that of a failure, and WARN no success."""
    a_quick_function(
        region, "def handler(event, context):\n    return {}[event]\n", LoggingConfig={"LogFormat": "JSON"}
    )
    client = served("lambda")
    init = ["platform.initStart", "platform.initRuntimeDone", "platform.initReport"]
    expected = {
        "DEBUG": [*init, "platform.start", "platform.runtimeDone", "platform.report"],
        "INFO": ["platform.initStart", "platform.start", "platform.runtimeDone", "platform.report"],
        "WARN": ["platform.runtimeDone"],
    }
    for level, kinds in expected.items():
        setting = {"LogFormat": "JSON", "SystemLogLevel": level, "LogGroup": level}
        client.update_function_configuration(FunctionName="f", LoggingConfig=setting)
        region.clock.drain(10)
        client.invoke(FunctionName="f", Payload=b"1")
        records = [json.loads(event["message"]) for event in events(region, level)]
        assert [kind_of(record) for record in records if kind_of(record)] == kinds
        (done,) = [record["record"] for record in records if kind_of(record) == "platform.runtimeDone"]
        assert (done["status"], done["errorType"]) == ("error", "KeyError")
        assert sorted(done["metrics"]) == ["durationMs", "producedBytes"]


def kind_of(record: Any) -> Any:
    """What kind of record of Lambda's own this is, None for what a function printed."""
    return record.get("type") if isinstance(record, dict) else None


def test_retries_have_their_own_time(region: Region) -> None:
    """Each attempt stands at its own moment of region time, with the same request id."""
    a_quick_function(region)
    queue_up(region, {"fails": "no"})
    begun = region.clock.now()
    assert region.clock.drain(60)
    starts = [event for event in events(region) if event["message"].startswith("START")]
    assert [event["timestamp"] // 1000 - begun for event in starts] == [0, 60, 180]
    assert len({event["message"] for event in starts}) == 1


def test_a_role_without_rights_leaves_no_log(region: Region) -> None:
    """The function runs; no group comes to be, and the timeline says why."""
    role = a_role(region, "mute", {})
    a_quick_function(region, ANSWERS, role=role)
    assert region.client("lambda").invoke(FunctionName="f")["StatusCode"] == 200
    assert groups(region) == []
    assert "lines were not written to /aws/lambda/f: AccessDenied" in lines(region)[-1]


def test_a_role_that_may_not_make_groups_writes_into_one_that_is_there(region: Region) -> None:
    """CreateLogGroup is needed only where there is no group."""
    rights = [{"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}]
    a_quick_function(region, ANSWERS, role=a_role(region, "narrow", {"logs": rights}))
    client = region.client("lambda")
    client.invoke(FunctionName="f")
    assert groups(region) == []
    region.client("logs").create_log_group(logGroupName="/aws/lambda/f")
    client.invoke(FunctionName="f")
    assert [event["message"].split(" ")[0] for event in events(region)] == ["START", "END", "REPORT"]


def test_a_group_of_ones_own(region: Region) -> None:
    """LoggingConfig names another group, and JSON lines stand there."""
    settings = {"LogGroup": "/mine", "LogFormat": "JSON"}
    a_quick_function(region, PRINTS, LoggingConfig=settings)
    region.client("lambda").invoke(FunctionName="f", Payload=b'{"n": 1}')
    found = [event["message"] for event in events(region, "/mine")]
    records = [json.loads(text) for text in found if text.startswith("{")]
    assert [record.get("type") for record in records if "type" in record] == [
        "platform.initStart", "platform.start", "platform.report",
    ]  # fmt: skip
    assert groups(region) == ["/mine"]


def test_a_group_that_is_deleted_comes_again(region: Region) -> None:
    """An environment whose stream was deleted makes it anew."""
    a_quick_function(region)
    client, logs = region.client("lambda"), region.client("logs")
    client.invoke(FunctionName="f")
    logs.delete_log_group(logGroupName="/aws/lambda/f")
    client.invoke(FunctionName="f")
    assert [event["message"].split(" ")[0] for event in events(region)] == ["START", "END", "REPORT"]


def test_logs_survive_a_restart(opens: Opens) -> None:
    """What was not written yet when the region closes is written then."""
    region = opens("kept")
    a_quick_function(region)
    region.client("lambda").invoke(FunctionName="f")
    region.close()
    again = opens("kept")
    assert [event["message"].split(" ")[0] for event in events(again)] == ["INIT_START", "START", "END", "REPORT"]


def test_logs_of_weeks_ago_are_kept(region: Region) -> None:
    """CloudWatch Logs refuses what is two weeks old: a clock that goes a month on writes before it is there."""
    a_quick_function(region)
    region.client("lambda").invoke(FunctionName="f")
    region.clock.advance(30 * 86_400)
    assert len(events(region)) == 4


def test_a_long_log_is_written_in_batches(region: Region) -> None:
    """More than one batch of PutLogEvents takes, by number and by size, arrives whole."""
    code = "def handler(event, context):\n    for n in range(event['n']):\n        print(n, 'x' * event['long'])\n"
    a_quick_function(region, code)
    client = region.client("lambda")
    client.invoke(FunctionName="f", Payload=b'{"n": 11000, "long": 1}')
    for _ in range(3):
        client.invoke(FunctionName="f", Payload=b'{"n": 9, "long": 100000}')
    logs = region.client("logs")
    found = []
    more: dict[str, str] = {}
    while True:
        page = logs.filter_log_events(logGroupName="/aws/lambda/f", **more)
        found += [event["message"] for event in page["events"]]
        if not page.get("nextToken"):
            break
        more = {"nextToken": page["nextToken"]}
    assert sum(" x" in text for text in found) == 11_027


def test_a_traced_function_says_so(region: Region) -> None:
    """With active tracing a line after REPORT has the trace's id; the function has the same in its environment."""
    code = "import os\n\ndef handler(event, context):\n    return os.environ['_X_AMZN_TRACE_ID']\n"
    a_quick_function(region, code, TracingConfig={"Mode": "Active"})
    answer = region.client("lambda").invoke(FunctionName="f")
    header = dict(part.split("=", 1) for part in json.loads(answer["Payload"].read()).split(";"))
    assert header["Sampled"] == "1"
    last = events(region)[-1]["message"]
    assert last == f"XRAY TraceId: {header['Root']}\tSegmentId: {header['Parent']}\tSampled: true\t\n"


def test_the_system_log_level(region: Region) -> None:
    """WARN leaves Lambda's own records of successes out."""
    settings = {"LogFormat": "JSON", "SystemLogLevel": "WARN"}
    a_quick_function(region, PRINTS, LoggingConfig=settings)
    region.client("lambda").invoke(FunctionName="f", Payload=b'{"n": 1}')
    assert not any('"platform.' in event["message"] for event in events(region))


def test_the_role_of_the_time_counts(region: Region) -> None:
    """What was printed while the role might write is there, and only that, also when the rights changed right after."""
    statement = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    a_quick_function(region, ANSWERS, role=a_role(region, "writer", {"logs": [statement]}))
    functions, iam = region.client("lambda"), region.client("iam")
    functions.invoke(FunctionName="f")
    iam.delete_role_policy(RoleName="writer", PolicyName="logs")
    functions.invoke(FunctionName="f")
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="writer", PolicyName="logs", PolicyDocument=document)
    assert sum(event["message"].startswith("START") for event in events(region)) == 1
