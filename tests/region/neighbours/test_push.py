"""What neighbours push: to whom, in whose name, and in AWS's shape."""

import base64
import gzip
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.neighbours.neighbourhood import FUNCTION, START, open_to, policy, trust
from tests.region.neighbours.street import QUEUE, URL, Street


def _topic(street: Street, **attributes: str) -> str:
    sns = street.client("sns")
    topic = str(sns.create_topic(Name="t")["TopicArn"])
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION, Attributes=attributes)
    return topic


def test_sns(street: Street) -> None:
    """A message with its subject and attributes, in Lambda's spelling of the members."""
    topic = _topic(street)
    attributes = {
        "a": {"DataType": "String", "StringValue": "x"},
        "b": {"DataType": "Binary", "BinaryValue": b"\x01"},
    }
    published = street.client("sns").publish(TopicArn=topic, Message="m", Subject="s", MessageAttributes=attributes)
    one = street.pushed()
    assert (one.service, one.source_arn) == ("sns.amazonaws.com", topic)
    [record] = one.payload["Records"]
    assert record["EventSource"] == "aws:sns"
    assert record["EventSubscriptionArn"].startswith(topic + ":")
    sns = record["Sns"]
    assert (sns["Message"], sns["Subject"], sns["MessageId"]) == ("m", "s", published["MessageId"])
    assert sns["MessageAttributes"] == {
        "a": {"Type": "String", "Value": "x"},
        "b": {"Type": "Binary", "Value": "AQ=="},
    }
    assert {"SigningCertUrl", "UnsubscribeUrl", "Timestamp", "Signature", "TopicArn"} <= set(sns)


def test_sns_without_a_subject(street: Street) -> None:
    """What was not given is null, and there are no attributes."""
    street.client("sns").publish(TopicArn=_topic(street), Message="m")
    sns = street.pushed().payload["Records"][0]["Sns"]
    assert (sns["Subject"], sns["MessageAttributes"]) == (None, {})


def test_traces_are_passed_on(street: Street) -> None:
    """What a traced request causes knows the trace: the message in a queue, by whatever way, and the pushed event."""
    sns = street.client("sns")
    topic = _topic(street)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:abc:0"

    def traced(request: Any, **_: Any) -> None:
        request.headers["X-Amzn-Trace-Id"] = trace

    sns.meta.events.register("before-sign.sns.Publish", traced)
    sns.meta.events.register("request-created.sns.Publish", traced)
    sns.publish(TopicArn=topic, Message="m")
    assert street.pushed().trace_header == trace
    told = street.client("sqs").receive_message(QueueUrl=URL, AttributeNames=["AWSTraceHeader"])["Messages"][0]
    assert told["Attributes"]["AWSTraceHeader"] == trace


def test_sns_filtered(street: Street) -> None:
    """A filter policy keeps messages away."""
    topic = _topic(street, FilterPolicy=json.dumps({"a": ["x"]}))
    for value in ("y", "x"):
        attributes = {"a": {"DataType": "String", "StringValue": value}}
        street.client("sns").publish(TopicArn=topic, Message=value, MessageAttributes=attributes)
    assert street.pushed().payload["Records"][0]["Sns"]["Message"] == "x"


def test_sns_to_a_queue_that_is_gone(street: Street) -> None:
    """A delivery that fails is not the publisher's trouble, and keeps no other from being delivered."""
    topic = _topic(street)
    street.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE + "-gone")
    street.client("sns").publish(TopicArn=topic, Message="m")
    street.pushed()


def test_a_queue_that_does_not_permit_it(street: Street) -> None:
    """Without a policy that lets it, neither topic nor rule reaches a queue; what has a queue for that goes there."""
    sqs, sns = street.client("sqs"), street.client("sns")
    sqs.create_queue(QueueName="shut")
    topic = sns.create_topic(Name="t")["TopicArn"]
    redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE[:-1]}shut", Attributes=redrive)
    sns.publish(TopicArn=topic, Message="m")
    assert json.loads(street.bodies()[0])["Message"] == "m"
    _rule(street, {"Arn": f"{QUEUE[:-1]}shut", "DeadLetterConfig": {"Arn": QUEUE}})
    _send(street)
    [told] = sqs.receive_message(QueueUrl=URL, MessageAttributeNames=["All"])["Messages"]
    assert told["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert "Messages" not in sqs.receive_message(QueueUrl=f"{URL[:-1]}shut")


def test_the_source_of_a_policy(street: Street) -> None:
    """A policy for one topic is for no other."""
    sqs, sns = street.client("sqs"), street.client("sns")
    arns = [sns.create_topic(Name=name)["TopicArn"] for name in ("one", "two")]
    only = policy("sqs:SendMessage", Principal="*", Condition={"ArnEquals": {"aws:SourceArn": arns[0]}})
    url = sqs.create_queue(QueueName="picky", Attributes={"Policy": only})["QueueUrl"]
    for arn in arns:
        sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=f"{QUEUE[:-1]}picky")
        sns.publish(TopicArn=arn, Message=arn)
    [told] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert json.loads(told["Body"])["Message"] == arns[0]


def _rule(street: Street, *targets: dict[str, Any], pattern: str = '{"source": ["me"]}', **more: Any) -> None:
    events = street.client("events")
    events.put_rule(Name="r", EventPattern=pattern, **more)
    numbered = [{"Id": str(number), **target} for number, target in enumerate(targets)]
    events.put_targets(Rule="r", Targets=numbered)


def _send(street: Street, detail: Any = None) -> None:
    entry = {"Source": "me", "DetailType": "d", "Detail": json.dumps(detail or {"x": "s", "y": 3})}
    assert street.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def test_events(street: Street) -> None:
    """An event as AWS writes it, with nothing of moto's own."""
    _rule(street, {"Arn": FUNCTION})
    _send(street)
    one = street.pushed()
    rule = "arn:aws:events:us-east-1:123456789012:rule/r"
    assert (one.service, one.source_arn) == ("events.amazonaws.com", rule)
    assert one.payload == {
        "version": "0",
        "id": one.payload["id"],
        "detail-type": "d",
        "source": "me",
        "account": "123456789012",
        "time": "2027-01-15T08:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {"x": "s", "y": 3},
    }


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ({"Input": '{"k": 1}'}, {"k": 1}),
        ({"InputPath": "$.detail.y"}, 3),
        (
            {"InputTransformer": {"InputPathsMap": {"x": "$.detail.x"}, "InputTemplate": '{"v": <x>, "w": "<x>!"}'}},
            {"v": "s", "w": "s!"},
        ),
        ({"InputTransformer": {"InputPathsMap": {"y": "$.detail.y"}, "InputTemplate": '"it is <y>"'}}, "it is 3"),
        ({"InputTransformer": {"InputTemplate": '{"rule": <aws.events.rule-name>}'}}, {"rule": "r"}),
    ],
)
def test_inputs(street: Street, wanted: dict[str, Any], given: Any) -> None:
    """A target gets its constant, its part of the event, or what its template makes of it."""
    _rule(street, {"Arn": FUNCTION, **wanted})
    _send(street)
    assert street.pushed().payload == given


def test_events_to_every_kind_of_target(street: Street) -> None:
    """Queues, topics, streams, log groups, machines and other buses are reached from a rule."""
    policies = {"Policy": open_to("events.amazonaws.com")}
    topic = street.client("sns").create_topic(Name="t", Attributes=policies)["TopicArn"]
    street.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)
    street.client("kinesis").create_stream(StreamName="s", ShardCount=1)
    street.client("logs").create_log_group(logGroupName="/aws/events/g")
    bus = street.client("events").create_event_bus(Name="other")["EventBusArn"]
    street.client("events").put_rule(Name="o", EventBusName="other", EventPattern='{"source": ["me"]}')
    street.client("events").put_targets(Rule="o", EventBusName="other", Targets=[{"Id": "1", "Arn": QUEUE}])
    arns = [
        QUEUE,
        topic,
        bus,
        "arn:aws:kinesis:us-east-1:123456789012:stream/s",
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/g",
        _machine(street, {"Type": "Pass", "End": True}),
    ]
    _rule(street, *[{"Arn": arn} for arn in arns[:5]])
    street.client("events").put_rule(Name="m", EventPattern='{"source": ["me"]}')
    street.client("events").put_targets(Rule="m", Targets=[{"Id": "m", "Arn": arns[5]}])
    _send(street)
    street.clock.drain()
    bodies = [json.loads(body) for body in street.bodies()]
    assert len(bodies) == 3
    assert len({body.get("id") for body in bodies if "detail" in body}) == 2
    executions = street.client("stepfunctions").list_executions(stateMachineArn=arns[5])["executions"]
    assert [each["status"] for each in executions] == ["SUCCEEDED"]
    logged = street.client("logs").filter_log_events(logGroupName="/aws/events/g")["events"]
    assert json.loads(logged[0]["message"])["source"] == "me"
    shard = {"StreamName": "s", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
    iterator = street.client("kinesis").get_shard_iterator(**shard)["ShardIterator"]
    [record] = street.client("kinesis").get_records(ShardIterator=iterator)["Records"]
    assert json.loads(record["Data"])["source"] == "me"


def test_events_that_are_not_sent(street: Street) -> None:
    """A disabled rule, another's pattern and a schedule send nothing."""
    _rule(street, {"Arn": FUNCTION}, State="DISABLED")
    events = street.client("events")
    events.put_rule(Name="s", ScheduleExpression="rate(1 minute)")
    events.put_targets(Rule="s", Targets=[{"Id": "1", "Arn": FUNCTION}])
    events.put_rule(Name="o", EventPattern='{"source": ["other"]}')
    events.put_targets(Rule="o", Targets=[{"Id": "1", "Arn": FUNCTION}])
    _send(street)
    assert street.functions.pushed == []


def test_a_target_that_is_gone(street: Street) -> None:
    """The event goes to the target's dead-letter queue, with what went wrong."""
    _rule(street, {"Arn": QUEUE + "-gone", "DeadLetterConfig": {"Arn": QUEUE}})
    _send(street)
    told = street.client("sqs").receive_message(QueueUrl=URL, MessageAttributeNames=["All"])["Messages"][0]
    assert json.loads(told["Body"])["source"] == "me"
    assert told["MessageAttributes"]["TARGET_ARN"]["StringValue"] == QUEUE + "-gone"


def test_logs(street: Street) -> None:
    """A subscription gets the lines of its pattern, packed, and the function sees group and stream."""
    logs = street.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    logs.put_subscription_filter(logGroupName="g", filterName="f", filterPattern="ERROR", destinationArn=FUNCTION)
    lines = [{"timestamp": int(START * 1000), "message": text} for text in ("fine", "ERROR x")]
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=lines)
    one = street.pushed()
    assert one.service == "logs.amazonaws.com"
    data = json.loads(gzip.decompress(base64.b64decode(one.payload["awslogs"]["data"])))
    assert (data["messageType"], data["owner"]) == ("DATA_MESSAGE", "123456789012")
    assert (data["logGroup"], data["logStream"], data["subscriptionFilters"]) == ("g", "s", ["f"])
    assert [each["message"] for each in data["logEvents"]] == ["ERROR x"]


def test_a_subscription_of_no_function(street: Street) -> None:
    """A function that is not there cannot be subscribed."""
    logs = street.client("logs")
    logs.create_log_group(logGroupName="g")
    with pytest.raises(logs.exceptions.InvalidParameterException, match="Could not execute the lambda function"):
        logs.put_subscription_filter(
            logGroupName="g", filterName="f", filterPattern="", destinationArn=FUNCTION + "-not"
        )


def _machine(street: Street, state: dict[str, Any], *granted: str) -> str:
    iam = street.client("iam")
    iam.create_role(RoleName="m", AssumeRolePolicyDocument=trust("states.amazonaws.com"))
    for action in granted:
        iam.put_role_policy(RoleName="m", PolicyName=action[:3], PolicyDocument=policy(action))
    definition = json.dumps({"StartAt": "S", "States": {"S": state}})
    role = "arn:aws:iam::123456789012:role/m"
    made = street.client("stepfunctions").create_state_machine(name="m", definition=definition, roleArn=role)
    return str(made["stateMachineArn"])


def _ran(street: Street, machine: str) -> Any:
    states = street.client("stepfunctions")
    execution = states.start_execution(stateMachineArn=machine, input='{"a": 1}')["executionArn"]
    street.clock.drain()
    return states.describe_execution(executionArn=execution)


def test_a_machine_invokes_as_its_role(street: Street) -> None:
    """A task asks Lambda's own API, as a session of the machine's role, and goes on with the answer."""
    parameters = {"FunctionName": FUNCTION, "Payload.$": "$"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": parameters, "End": True}
    ended = _ran(street, _machine(street, task))
    assert ended["status"] == "SUCCEEDED"
    output = json.loads(ended["output"])
    assert output["Payload"] == {"got": {"a": 1}}
    assert output["SdkHttpMetadata"]["HttpStatusCode"] == output["StatusCode"] == 200
    assert output["SdkHttpMetadata"]["AllHttpHeaders"]["Content-Type"] == ["application/json"]
    assert set(output["SdkResponseMetadata"]) == {"RequestId"}
    [(_, event, caller)] = street.functions.invoked
    assert event == {"a": 1}
    assert caller.arn.startswith("arn:aws:sts::123456789012:assumed-role/m/")


def test_a_machine_s_rights(street: Street) -> None:
    """A task that the machine's role may not do fails; with the right it is done."""
    parameters = {"QueueUrl": URL, "MessageBody": "from the machine"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": parameters, "End": True}
    machine = _machine(street, task)
    failed = _ran(street, machine)
    assert failed["status"] == "FAILED"
    assert "is not authorized to perform: sqs:sendmessage" in failed["cause"]
    street.client("iam").put_role_policy(RoleName="m", PolicyName="p", PolicyDocument=policy("sqs:SendMessage"))
    assert _ran(street, machine)["status"] == "SUCCEEDED"
    assert street.bodies() == ["from the machine"]


@pytest.mark.parametrize(
    "expression",
    ["rate(1 minutes)", "rate(0 hours)", "cron(0 10 * * * *)", "cron(0 10)", "at(2030)", " rate(5 minutes)"],
)
def test_a_schedule_that_is_none(street: Street, expression: str) -> None:
    """Neither a rule nor a schedule is made with it."""
    with pytest.raises(ClientError, match="ScheduleExpression is not valid"):
        street.client("events").put_rule(Name="r", ScheduleExpression=expression)
    role = {"RoleName": "s", "AssumeRolePolicyDocument": trust("scheduler.amazonaws.com")}
    arn = street.client("iam").create_role(**role)["Role"]["Arn"]
    told = {"FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": FUNCTION, "RoleArn": arn}}
    scheduler = street.client("scheduler")
    with pytest.raises(ClientError, match="Invalid Schedule Expression") as refused:
        scheduler.create_schedule(Name="s", ScheduleExpression=expression, **told)
    assert refused.value.response["Message"].startswith("Invalid Schedule Expression ")
    scheduler.create_schedule(Name="s", ScheduleExpression="rate(1 hour)", **told)
    wrong = {**told, "Target": {"Arn": FUNCTION, "RoleArn": f"{arn}-none"}}
    with pytest.raises(ClientError, match="must allow AWS EventBridge Scheduler to assume the role"):
        scheduler.create_schedule(Name="t", ScheduleExpression="rate(1 hour)", **wrong)


@pytest.mark.parametrize("pattern", ["{", "{}", '{"source": "me"}', '{"source": [{"nope": 1}]}'])
def test_a_pattern_that_is_none(street: Street, pattern: str) -> None:
    """No rule is made with it."""
    with pytest.raises(ClientError, match="Event pattern is not valid"):
        street.client("events").put_rule(Name="r", EventPattern=pattern)


def test_a_pattern_tried(street: Street) -> None:
    """A pattern can be tried on an event; nobody sends events in AWS's name."""
    events = street.client("events")
    event = json.dumps({"source": "me", "detail": {"n": 5}})
    pattern = json.dumps({"detail": {"n": [{"numeric": [">", 4]}]}})
    assert events.test_event_pattern(EventPattern=pattern, Event=event)["Result"] is True
    told = events.put_events(Entries=[{"Source": "aws.me", "DetailType": "d", "Detail": "{}"}])
    assert told["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
