"""Long polling of SQS in region time, without keeping others out: the request is tried again when that may help.

It may when something changed in the region (a message was sent, by whatever way), when a message becomes visible, and
when the time is up.
"""

import json
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode

from tutor.region.api.message import Headers, HttpRequest, HttpResponse
from tutor.region.call import ACCOUNT
from tutor.region.neighbours.asked import Asked
from tutor.region.neighbours.house import House
from tutor.region.neighbours.moto_import import moto

_LONGEST = 20.0  # seconds


class Change:
    """Tells that something has changed: whoever waits looks again."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._count = 0
        self.closed = False

    @property
    def count(self) -> int:
        """How many changes there were."""
        return self._count

    def happened(self) -> None:
        """Wake all who wait."""
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    def wait(self, seen: int) -> None:
        """Return as soon as there were more changes than ``seen``."""
        with self._condition:
            self._condition.wait_for(lambda: self._count > seen or self.closed)

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._condition:
            self.closed = True
            self._condition.notify_all()


def seconds_to_wait(wish: Asked) -> float:
    """For how long this request may wait for messages. Only inside a scene."""
    given = wish.parameters.get("WaitTimeSeconds")
    if given is None:
        queue = queue_of(wish)
        given = getattr(queue, "receive_message_wait_time_seconds", None) or 0
    try:
        return (
            float(given) if 0.0 <= float(given) <= _LONGEST else 0.0
        )  # what is out of range is not waited for but refused
    except (TypeError, ValueError):
        return 0.0


def queue_of(wish: Asked) -> Any:
    """moto's queue that a request is about, None if there is none. Only inside a scene."""
    name = str(wish.parameters.get("QueueUrl", "")).rsplit("/", 1)[-1]
    return moto("sqs.models").sqs_backends[ACCOUNT][wish.aws_region].queues.get(name)


def next_visible(wish: Asked, now: float) -> float | None:
    """When (region time) the next hidden or delayed message of the queue can be seen. Only inside a scene."""
    queue = queue_of(wish)
    hidden = [max(each.visible_at, each.delayed_until) / 1000 for each in getattr(queue, "_messages", ())]
    return min((due + _TICK for due in hidden if due >= now), default=None)


_TICK = 0.001  # moto shows a message after its millisecond has passed


def received(response: HttpResponse) -> bool:
    """Whether the answer is an error or has messages: then there is nothing to wait for."""
    return response.status != 200 or b"MessageId" in response.data()


def poll(
    house: House, change: Change, wish: Asked, seconds: float, attempt: Callable[[], HttpResponse]
) -> HttpResponse:
    """Attempt again and again, until there is an answer with messages or ``seconds`` of region time have passed."""
    over = house.clock.now() + seconds
    while True:
        seen = change.count
        response = attempt()
        if received(response) or house.clock.now() >= over or change.closed:
            return response
        with house.inside():
            visible = next_visible(wish, house.clock.now())
        due = min(over, visible) if visible is not None else over
        appointment = house.clock.at(due, change.happened)
        change.wait(seen)
        appointment.cancel()


def without_waiting(request: HttpRequest) -> HttpRequest:
    """The same request with a waiting time of zero, as it is journalled and tried."""
    body = request.data()
    if body.lstrip().startswith(b"{"):
        told = json.loads(body)
        body = json.dumps({**told, "WaitTimeSeconds": 0}).encode()
    else:
        form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        body = urlencode({**form, "WaitTimeSeconds": "0"}).encode()
    fields = {**request.headers, "content-length": str(len(body))}
    return HttpRequest(request.method, request.path, request.query, Headers(fields), body)
