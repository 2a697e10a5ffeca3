"""Neighbours with a queue, and what they push."""

from typing import Any

from tests.region.neighbours.neighbourhood import Lambda
from tutor.region.clock import Clock
from tutor.region.neighbours.gate import Neighbours

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
URL = "https://sqs.us-east-1.amazonaws.com/123456789012/q"


class Street:
    """Neighbours, their clock and the Lambda that they push to."""

    def __init__(self, neighbours: Neighbours, clock: Clock, functions: Lambda) -> None:
        self.neighbours, self.clock, self.functions = neighbours, clock, functions
        self.client = neighbours.client

    def pushed(self) -> Any:
        """The one thing that was pushed."""
        [one] = self.functions.pushed
        self.functions.pushed.clear()
        return one

    def bodies(self) -> list[str]:
        """The messages of the queue ``q``."""
        messages = self.client("sqs").receive_message(QueueUrl=URL, MaxNumberOfMessages=10).get("Messages", ())
        return [each["Body"] for each in messages]
