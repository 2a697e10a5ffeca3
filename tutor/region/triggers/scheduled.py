"""What a schedule of EventBridge Scheduler does when it fires: send its input to its target, in the target's role."""

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from tutor.errors import ServiceError
from tutor.region.call import ACCOUNT
from tutor.region.invoking.role import role_caller
from tutor.region.triggers.asking import hand_over

if TYPE_CHECKING:
    from tutor.region.region import Region

_log = logging.getLogger(__name__)
_SOURCE = "scheduler.amazonaws.com"


class Scheduled:
    """Delivers to Lambda, SQS and SNS; what fails goes to the target's dead-letter queue, where it has one."""

    def __init__(self, region: "Region") -> None:
        self._region = region

    def fire(self, schedule: Mapping[str, Any], aws_region: str) -> None:
        """Send the schedule's input; delete the schedule where it asks for that and will not fire again."""
        target = schedule["Target"]
        text = self._input(schedule, aws_region)
        try:
            self._send(target, text, aws_region)
        except (ServiceError, ClientError, BotoCoreError) as error:
            self._failed(schedule, text, error, aws_region)
        if schedule.get("ActionAfterCompletion") == "DELETE" and schedule["ScheduleExpression"].startswith("at("):
            client = self._region.neighbours.client("scheduler", aws_region)
            client.delete_schedule(Name=schedule["Name"], GroupName=schedule["GroupName"])

    def _send(self, target: Mapping[str, Any], text: str, aws_region: str) -> None:
        arn = str(target["Arn"])
        caller = role_caller(target["RoleArn"], "scheduler")
        kind = arn.split(":")[2]
        if kind == "lambda":
            hand_over(self._region, arn, text.encode(), caller, aws_region=aws_region, source=_SOURCE)
        elif kind == "sqs":
            group = (target.get("SqsParameters") or {}).get("MessageGroupId")
            fifo = {"MessageGroupId": group, "MessageDeduplicationId": str(uuid4())} if group else {}
            client = self._region.neighbours.client("sqs", aws_region, caller)
            client.send_message(QueueUrl=_queue_url(arn), MessageBody=text, **fifo)
        elif kind == "sns":
            client = self._region.neighbours.client("sns", aws_region, caller)
            client.publish(TopicArn=arn, Message=text)
        else:
            raise ServiceError("ValidationException", f"a schedule cannot reach {arn} in this region")

    def _input(self, schedule: Mapping[str, Any], aws_region: str) -> str:
        now = f"{self._region.clock.datetime():%Y-%m-%dT%H:%M:%SZ}"
        execution = str(uuid4())
        given = schedule["Target"].get("Input")
        if not given:
            return json.dumps(_notification(schedule["Arn"], execution, now, aws_region))
        known = {"schedule-arn": schedule["Arn"], "scheduled-time": now, "execution-id": execution}
        for name, value in {**known, "attempt-number": "1"}.items():
            given = given.replace(f"<aws.scheduler.{name}>", value)
        return str(given)

    def _failed(self, schedule: Mapping[str, Any], text: str, error: Exception, aws_region: str) -> None:
        told = f"schedule {schedule['Name']} could not deliver: {error}"
        self._region.timeline.note("drop", "", told, aws_region=aws_region)
        _log.info("%s", told)
        queue = (schedule["Target"].get("DeadLetterConfig") or {}).get("Arn")
        if queue:
            code = error.code if isinstance(error, ServiceError) else "SDK_CLIENT_ERROR"
            facts = {
                "SCHEDULE_ARN": schedule["Arn"],
                "TARGET_ARN": schedule["Target"]["Arn"],
                "ERROR_CODE": code,
                "ERROR_MESSAGE": str(error),
            }
            attributes = {name: {"DataType": "String", "StringValue": value} for name, value in facts.items()}
            client = self._region.neighbours.client("sqs", aws_region)
            client.send_message(QueueUrl=_queue_url(queue), MessageBody=text, MessageAttributes=attributes)


def _notification(arn: str, execution: str, now: str, aws_region: str) -> dict[str, Any]:
    """What is sent where the target has no input; the detail is a text."""
    return {
        "version": "0",
        "id": execution,
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": now,
        "region": aws_region,
        "resources": [arn],
        "detail": "{}",
    }


def _queue_url(arn: str) -> str:
    _, _, _, aws_region, account, name = arn.split(":", 5)
    return f"https://sqs.{aws_region}.amazonaws.com/{account}/{name}"
