"""Listening ports for what has an address of its own on AWS: an API's stages, a load balancer's listener."""

from typing import TYPE_CHECKING

from tutor.errors import HostError
from tutor.region.api.doorkeeper import Doorkeeper
from tutor.region.api.doorstep import Application

if TYPE_CHECKING:
    from tutor.region.api.listener import Served
    from tutor.region.region import Region

KIND = "door"
"""Documents: ``<aws-region>/<what>/<id>`` → the port, so that an address stays the same over restarts."""


class Doors:
    """One port of 127.0.0.1 for each key. Which addresses there are is in ``addresses`` and in the timeline."""

    def __init__(self, region: "Region") -> None:
        self._region = region
        self._served: dict[str, Served] = {}

    @property
    def addresses(self) -> dict[str, str]:
        """The URLs by key."""
        return {key: served.address for key, served in sorted(self._served.items())}

    def kept(self, what: str) -> list[str]:
        """The AWS regions in which doors of this kind were open when the region was last closed."""
        keys = (key.split("/") for key, _ in self._region.state.items(KIND))
        return sorted({aws_region for aws_region, kind, _ in keys if kind == what})

    def open(self, key: str, application: Application, port: int = 0, doorkeeper: Doorkeeper | None = None) -> str:
        """Serve an application; its address. The port is the one from before, else the given one, where it is free."""
        if key not in self._served:
            kept = (self._region.state.get(KIND, key) or {}).get("port", port)
            try:
                served = self._region.listener.listen(application, int(kept), doorkeeper)
            except HostError:
                served = self._region.listener.listen(application, doorkeeper=doorkeeper)
            self._served[key] = served
            self._region.state.put(KIND, key, {"port": served.port})
        return self._served[key].address

    def shut(self, key: str) -> None:
        """What was behind a door is gone; harmless where there was none."""
        served = self._served.pop(key, None)
        if served is not None:
            served.close()
        self._region.state.delete(KIND, key)

    def shut_all_but(self, prefix: str, keys: set[str]) -> None:
        """Shut the doors whose key begins with ``prefix`` and is not among ``keys``."""
        known = {*self._served, *(key for key, _ in self._region.state.items(KIND, prefix))}
        for key in sorted(known - keys):
            if key.startswith(prefix):
                self.shut(key)

    def close(self) -> None:
        """Listen no more; the ports are kept for the next time."""
        for served in self._served.values():
            served.close()
        self._served.clear()
