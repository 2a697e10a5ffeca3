"""Queues, topics, buses, schedules, streams and logs: where events come from and go to."""

from collections.abc import Mapping
from typing import Any

from tutor.region.neighbours.stacks.kind import Kind, Properties, Services, text_of

_NO_ATTRIBUTE = ("QueueName", "TopicName", "Tags", "Subscription", "FifoQueue", "FifoTopic")


def _attributes(properties: dict[str, Any]) -> dict[str, str]:
    return {name: text_of(value) for name, value in properties.items() if name not in _NO_ATTRIBUTE}


def _queue(properties: dict[str, Any]) -> dict[str, Any]:
    fifo = {"FifoQueue": "true"} if text_of(properties.get("FifoQueue", False)) == "true" else {}
    name = str(properties.get("QueueName", ""))
    suffix = ".fifo" if fifo and not name.endswith(".fifo") else ""
    named = {"QueueName": f"{name}{suffix}"} if name else {}
    return {**properties, **named, "Attributes": {**_attributes(properties), **fifo}}


def _topic(properties: dict[str, Any]) -> dict[str, Any]:
    fifo = {"FifoTopic": "true"} if text_of(properties.get("FifoTopic", False)) == "true" else {}
    name = str(properties.get("TopicName", ""))
    suffix = ".fifo" if fifo and not name.endswith(".fifo") else ""
    return {**properties, "Name": f"{name}{suffix}", "Attributes": {**_attributes(properties), **fifo}}


def _topic_changed(services: Services, known: dict[str, Any], before: Properties) -> None:
    arn = known["TopicArn"]
    if before:
        for name, value in _attributes({k: v for k, v in known.items() if k in before}).items():
            services.do("sns", "set_topic_attributes", TopicArn=arn, AttributeName=name, AttributeValue=value)
    for each in known.get("Subscription") or ():
        if each not in (before.get("Subscription") or ()):
            services.do("sns", "subscribe", TopicArn=arn, Protocol=each["Protocol"], Endpoint=each["Endpoint"])


def _queue_tagged(services: Services, known: dict[str, Any], before: Properties) -> None:
    if before:
        attributes = {name: value for name, value in known["Attributes"].items() if name != "FifoQueue"}
        services.do("sqs", "set_queue_attributes", QueueUrl=known["QueueUrl"], Attributes=attributes)


def _subscription(properties: dict[str, Any]) -> dict[str, Any]:
    attributes = {name: text_of(properties[name]) for name in _OF_A_SUBSCRIPTION if name in properties}
    return {**properties, "Attributes": attributes, "ReturnSubscriptionArn": True}


_OF_A_SUBSCRIPTION = ("FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy", "DeliveryPolicy")


def _subscription_changed(services: Services, known: dict[str, Any], before: Properties) -> None:
    for name, value in known["Attributes"].items() if before else ():
        arn = known["SubscriptionArn"]
        services.do("sns", "set_subscription_attributes", SubscriptionArn=arn, AttributeName=name, AttributeValue=value)


def _targeted(services: Services, known: dict[str, Any], before: Properties) -> None:
    """A rule's targets; those that the template no longer has go."""
    place = {"Rule": known["Name"], "EventBusName": known.get("EventBusName", "default")}
    wanted = known.get("Targets") or []
    kept = {each["Id"] for each in wanted}
    gone = [each["Id"] for each in before.get("Targets") or () if each["Id"] not in kept]
    if gone:
        services.do("events", "remove_targets", **place, Ids=gone)
    if wanted:
        services.do("events", "put_targets", **place, Targets=wanted)


def _untargeted(services: Services, known: dict[str, Any], _: Properties) -> None:
    ids = [each["Id"] for each in known.get("Targets") or ()]
    if ids:
        place = {"Rule": known["Name"], "EventBusName": known.get("EventBusName", "default")}
        services.there("events", "remove_targets", **place, Ids=ids)


def _retained(services: Services, known: dict[str, Any], before: Properties) -> None:
    days = known.get("RetentionInDays")
    if days:
        services.do("logs", "put_retention_policy", logGroupName=known["LogGroupName"], retentionInDays=days)
    elif before.get("RetentionInDays"):
        services.do("logs", "delete_retention_policy", logGroupName=known["LogGroupName"])


def _filter(properties: dict[str, Any]) -> dict[str, Any]:
    return {"FilterPattern": "", **properties}


def _machine(properties: dict[str, Any]) -> dict[str, Any]:
    """A machine's definition as text, its substitutions filled in."""
    text = text_of(properties.get("DefinitionString") or properties.get("Definition") or "")
    for name, value in (properties.get("DefinitionSubstitutions") or {}).items():
        text = text.replace(f"${{{name}}}", text_of(value))
    named = {"Name": properties["StateMachineName"]} if properties.get("StateMachineName") else {}
    kind = {"Type": properties["StateMachineType"]} if properties.get("StateMachineType") else {}
    return {**properties, **named, **kind, "Definition": text}


def _shards(services: Services, known: dict[str, Any], before: Properties) -> None:
    name = known["StreamName"]
    if before and known.get("ShardCount") and known.get("ShardCount") != before.get("ShardCount"):
        wanted = {"TargetShardCount": known["ShardCount"], "ScalingType": "UNIFORM_SCALING"}
        services.do("kinesis", "update_shard_count", StreamName=name, **wanted)
    known["Arn"] = services.do("kinesis", "describe_stream_summary", StreamName=name)["StreamDescriptionSummary"][
        "StreamARN"
    ]


def _scheduled(properties: dict[str, Any]) -> dict[str, Any]:
    return {"GroupName": "default", **properties}


KINDS: Mapping[str, Kind] = {
    "AWS::SQS::Queue": Kind(
        "sqs",
        "create_queue",
        "{QueueUrl}",
        {"QueueUrl": "{QueueUrl}"},
        name="QueueName",
        attributes={
            "Arn": "arn:aws:sqs:{region}:{account}:{QueueName}",
            "QueueName": "{QueueName}",
            "QueueUrl": "{QueueUrl}",
        },
        delete="delete_queue",
        fixed=("FifoQueue",),
        prepare=_queue,
        steps=(_queue_tagged,),
        longest=75,
    ),
    "AWS::SNS::Topic": Kind(
        "sns",
        "create_topic",
        "{TopicArn}",
        {"TopicArn": "{TopicArn}"},
        name="TopicName",
        attributes={"TopicArn": "{TopicArn}", "TopicName": "{Name}"},
        delete="delete_topic",
        fixed=("FifoTopic",),
        prepare=_topic,
        steps=(_topic_changed,),
    ),
    "AWS::SNS::Subscription": Kind(
        "sns",
        "subscribe",
        "{SubscriptionArn}",
        {"SubscriptionArn": "{SubscriptionArn}"},
        attributes={"Arn": "{SubscriptionArn}"},
        delete="unsubscribe",
        fixed=("TopicArn", "Protocol", "Endpoint"),
        prepare=_subscription,
        steps=(_subscription_changed,),
    ),
    "AWS::Events::EventBus": Kind(
        "events",
        "create_event_bus",
        "{Name}",
        {"Name": "{Name}"},
        name="Name",
        attributes={"Arn": "{EventBusArn}", "Name": "{Name}"},
        delete="delete_event_bus",
    ),
    "AWS::Events::Rule": Kind(
        "events",
        "put_rule",
        "{Name}",
        {"Name": "{Name}", "EventBusName": "{EventBusName}"},
        name="Name",
        attributes={"Arn": "{RuleArn}"},
        updates=("put_rule",),
        delete="delete_rule",
        fixed=("EventBusName",),
        steps=(_targeted,),
        before_delete=_untargeted,
    ),
    "AWS::Scheduler::Schedule": Kind(
        "scheduler",
        "create_schedule",
        "{Name}",
        {"Name": "{Name}", "GroupName": "{GroupName}"},
        name="Name",
        attributes={"Arn": "{ScheduleArn}"},
        updates=("update_schedule",),
        delete="delete_schedule",
        fixed=("GroupName",),
        prepare=_scheduled,
    ),
    "AWS::Scheduler::ScheduleGroup": Kind(
        "scheduler",
        "create_schedule_group",
        "{Name}",
        {"Name": "{Name}"},
        name="Name",
        attributes={"Arn": "{ScheduleGroupArn}"},
        delete="delete_schedule_group",
    ),
    "AWS::Logs::LogGroup": Kind(
        "logs",
        "create_log_group",
        "{LogGroupName}",
        {"logGroupName": "{LogGroupName}"},
        name="LogGroupName",
        attributes={"Arn": "arn:aws:logs:{region}:{account}:log-group:{LogGroupName}:*"},
        delete="delete_log_group",
        steps=(_retained,),
    ),
    "AWS::Logs::LogStream": Kind(
        "logs",
        "create_log_stream",
        "{LogStreamName}",
        {"logGroupName": "{LogGroupName}", "logStreamName": "{LogStreamName}"},
        name="LogStreamName",
        delete="delete_log_stream",
    ),
    "AWS::Logs::SubscriptionFilter": Kind(
        "logs",
        "put_subscription_filter",
        "{FilterName}",
        {"logGroupName": "{LogGroupName}", "filterName": "{FilterName}"},
        name="FilterName",
        updates=("put_subscription_filter",),
        delete="delete_subscription_filter",
        fixed=("LogGroupName",),
        prepare=_filter,
    ),
    "AWS::Logs::MetricFilter": Kind(
        "logs",
        "put_metric_filter",
        "{FilterName}",
        {"logGroupName": "{LogGroupName}", "filterName": "{FilterName}"},
        name="FilterName",
        updates=("put_metric_filter",),
        delete="delete_metric_filter",
        fixed=("LogGroupName",),
    ),
    "AWS::StepFunctions::StateMachine": Kind(
        "stepfunctions",
        "create_state_machine",
        "{stateMachineArn}",
        {"stateMachineArn": "{stateMachineArn}"},
        name="StateMachineName",
        attributes={"Arn": "{stateMachineArn}", "Name": "{StateMachineName}"},
        updates=("update_state_machine",),
        delete="delete_state_machine",
        fixed=("StateMachineType",),
        prepare=_machine,
    ),
    "AWS::Kinesis::Stream": Kind(
        "kinesis",
        "create_stream",
        "{StreamName}",
        {"StreamName": "{StreamName}"},
        name="Name",
        attributes={"Arn": "{Arn}"},
        delete="delete_stream",
        prepare=lambda given: {**given, "StreamName": given["Name"]},
        steps=(_shards,),
    ),
}
