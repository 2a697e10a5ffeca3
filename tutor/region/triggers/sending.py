"""Sends an event to a function of a running region, from outside, the way its service would."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from tutor.errors import ServiceError, UsageError

_NOBODY = "No region answers at {}. Start one in another terminal with: tutor region"


@dataclass(frozen=True)
class Sent:
    """What became of it: ``how`` it went, in a sentence; the answer, where it was waited for; whether that failed."""

    how: str
    status: int
    answer: Any = None
    function_error: str | None = None


class Sender:
    """Speaks to the region at ``endpoint`` as a client does, in one AWS region. Raises ``UsageError`` where none is."""

    def __init__(self, endpoint: str, aws_region: str) -> None:
        self._endpoint = endpoint
        self._aws_region = aws_region

    def function_arn(self, name: str) -> str:
        """The ARN of a function by its name or ARN; an unknown one is refused with the nearest there is."""
        try:
            return str(self._ask("lambda", "get_function", FunctionName=name)["Configuration"]["FunctionArn"])
        except ServiceError as refusal:
            if refusal.code != "ResourceNotFoundException":
                raise
            known = self._functions()
            near = get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(known) or 'none'}."
            raise UsageError(f"There is no function {name!r} in {self._aws_region} of this region.{hint}") from None

    def push(self, function: str, event: Any) -> Sent:
        """As a service that does not wait: the event goes into Lambda's queue."""
        invoked = self._invoke(function, event, "Event")
        return Sent("Lambda has taken it into its queue (202).", invoked["StatusCode"])

    def call(self, function: str, event: Any) -> Sent:
        """As a service that waits for the answer."""
        invoked = self._invoke(function, event, "RequestResponse")
        answer = json.loads(invoked["Payload"].read() or b"null")
        return Sent("The function has answered.", invoked["StatusCode"], answer, invoked.get("FunctionError"))

    def put(self, function: str, service: str, values: Mapping[str, Any], event: Any) -> Sent:
        """As a source that is polled: put a record into the source of a mapping, or play the poller where none is."""
        source = self._source(function, service)
        if source is None:
            sent = self.call(function, event)
            how = "No mapping polls such a source for this function, so the batch was handed over as a poller would."
            return Sent(how, sent.status, sent.answer, sent.function_error)
        told = _PUTS[service](self, source, values)
        return Sent(f"{told}; the mapping polls it and invokes the function.", 200)

    def allows(self, function: str, principal: str) -> bool:
        """Whether the function's resource policy names the service (its conditions are not looked at)."""
        try:
            policy = json.loads(self._ask("lambda", "get_policy", FunctionName=function)["Policy"])
        except ServiceError:
            return False
        principals = [statement.get("Principal") for statement in policy.get("Statement", ())]
        return any(one == "*" or (isinstance(one, dict) and principal in one.values()) for one in principals)

    def _invoke(self, function: str, event: Any, kind: str) -> Mapping[str, Any]:
        return self._ask("lambda", "invoke", FunctionName=function, InvocationType=kind, Payload=json.dumps(event))

    def _functions(self) -> list[str]:
        return [each["FunctionName"] for each in self._ask("lambda", "list_functions")["Functions"]]

    def _source(self, function: str, service: str) -> str | None:
        """The ARN of a source of this kind that an enabled mapping of the function polls."""
        if service not in _PUTS:
            return None
        listed = self._ask("lambda", "list_event_source_mappings", FunctionName=function)["EventSourceMappings"]
        arns = (str(each["EventSourceArn"]) for each in listed if each["State"] == "Enabled")
        return next((arn for arn in arns if arn.split(":")[2] == service), None)

    def _message(self, arn: str, values: Mapping[str, Any]) -> str:
        name = arn.rsplit(":", 1)[-1]
        url = self._ask("sqs", "get_queue_url", QueueName=name)["QueueUrl"]
        fifo = {"MessageGroupId": "tutor", "MessageDeduplicationId": self._chance} if name.endswith(".fifo") else {}
        self._ask("sqs", "send_message", QueueUrl=url, MessageBody=str(values["body"]), **fifo)
        return f"A message is in the queue {name}"

    def _record(self, arn: str, values: Mapping[str, Any]) -> str:
        key, data = str(values["partition_key"]), str(values["data"]).encode()
        self._ask("kinesis", "put_record", StreamARN=arn, PartitionKey=key, Data=data)
        return f"A record is in the stream {arn.rpartition('/')[2]}"

    def _item(self, arn: str, values: Mapping[str, Any]) -> str:
        table = arn.split("/")[1]
        told = self._ask("dynamodb", "describe_table", TableName=table)["Table"]
        types = {each["AttributeName"]: each["AttributeType"] for each in told["AttributeDefinitions"]}
        names = [each["AttributeName"] for each in told["KeySchema"]]
        item = {name: _attribute(types[name], str(values["id"])) for name in names}
        changed = {"tutor": {"S": self._chance}}  # else the same item twice would be no change
        self._ask("dynamodb", "put_item", TableName=table, Item={**item, **changed})
        return f"An item is in the table {table}"

    @property
    def _chance(self) -> str:
        from uuid import uuid4

        return str(uuid4())

    def _ask(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError

        try:
            answer: Mapping[str, Any] = getattr(self._client(service), operation)(**parameters)
            return answer
        except ClientError as refused:
            error = refused.response["Error"]
            raise ServiceError(error.get("Code", "Unknown"), error.get("Message", "")) from refused
        except (EndpointConnectionError, HTTPClientError) as nobody:
            raise UsageError(_NOBODY.format(self._endpoint)) from nobody
        except (BotoCoreError, ValueError) as wrong:
            raise UsageError(f"This cannot be asked of {self._endpoint}: {wrong}") from wrong

    def _client(self, service: str) -> Any:
        from botocore.config import Config

        config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=960)
        keys = {"aws_access_key_id": "tutor", "aws_secret_access_key": "tutor"}
        where = {"region_name": self._aws_region, "endpoint_url": self._endpoint}
        return self._session.client(service, config=config, **where, **keys)

    @cached_property
    def _session(self) -> Any:
        import boto3

        return boto3.Session()


_PUTS = {"sqs": Sender._message, "kinesis": Sender._record, "dynamodb": Sender._item}


def _attribute(kind: str, text: str) -> Mapping[str, Any]:
    """A value for a key of this type."""
    if kind == "N":
        return {"N": text if text.lstrip("-").isdigit() else "1"}
    return {"B": text.encode()} if kind == "B" else {"S": text}
