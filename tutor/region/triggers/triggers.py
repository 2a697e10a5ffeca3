"""Everything that sends events to functions from outside of them."""

import threading
from typing import TYPE_CHECKING

from tutor.region.triggers.doors import Doors
from tutor.region.triggers.function_urls import FunctionUrls
from tutor.region.triggers.http_apis import HttpApis
from tutor.region.triggers.load_balancers import LoadBalancers
from tutor.region.triggers.rest_apis import CHANGES, RestApis
from tutor.region.triggers.schedules import Schedules

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.region.neighbours.asked import Asked
    from tutor.region.neighbours.gate import Neighbours
    from tutor.region.region import Region

_KINDS = {"rest-api": "apigateway", "http-api": "apigatewayv2", "load-balancer": "elbv2"}
_WATCHED = ("apigateway", "apigatewayv2", "elbv2", "events", "scheduler")


class Triggers:
    """The parts that listen and fire, started and closed together.

    What of them the neighbours keep (APIs, balancers, rules, schedules) is looked at again after each change.
    ``on_announcement`` is told every new address, in a sentence.
    """

    def __init__(self, region: "Region") -> None:
        self._region = region
        self._refreshing = threading.RLock()
        self.function_urls = FunctionUrls(region)
        self.doors = Doors(region)
        self.rest_apis = RestApis(region, self.doors)
        self.http_apis = HttpApis(region, self.doors)
        self.load_balancers = LoadBalancers(region, self.doors)
        self.schedules = Schedules(region)
        self.on_announcement: Callable[[str], None] | None = None

    def attend(self, neighbours: "Neighbours") -> None:
        """Look again at what a neighbour keeps whenever it changes. A stack may change any of them."""
        for service in _WATCHED:
            neighbours.watch(self._changed, service)
        neighbours.watch(self._stack_changed, "cloudformation")

    def start(self) -> None:
        """Take up what was left when the region was closed."""
        self.function_urls.start()
        for kind, service in _KINDS.items():
            for aws_region in self.doors.kept(kind):
                self._refresh(service, aws_region)
        for aws_region in self.schedules.kept():
            self._refresh("events", aws_region)

    def announce(self, address: str, aws_region: str) -> None:
        """Tell a new address: in the timeline, and to whoever asked to be told."""
        self._region.timeline.note("listen", "", address, aws_region=aws_region)
        if self.on_announcement is not None:
            self.on_announcement(address)

    def removed(self, key: str) -> None:
        """A function is gone, by its key, and with it its URLs."""
        for known in self.function_urls.of_function(key):
            self.function_urls.closed(known)

    def close(self) -> None:
        """Let nothing more come in."""
        self.function_urls.close()
        self.doors.close()
        self.schedules.close()

    def _changed(self, asked: "Asked") -> None:
        if _matters(asked):
            self._refresh(asked.service, asked.aws_region)

    def _stack_changed(self, asked: "Asked") -> None:
        for service in _WATCHED:
            self._refresh(service, asked.aws_region)

    def _refresh(self, service: str, aws_region: str) -> None:
        refresh = {
            "apigateway": self.rest_apis.refresh,
            "apigatewayv2": self.http_apis.refresh,
            "elbv2": self.load_balancers.refresh,
        }
        with self._refreshing:
            refresh.get(service, self.schedules.refresh)(aws_region)


def _matters(asked: "Asked") -> bool:
    """Whether a change may open a door or move an appointment; of two services that see many, few do."""
    if asked.service == "events":
        return asked.operation.endswith("Rule")
    return asked.service != "apigateway" or asked.operation in CHANGES
