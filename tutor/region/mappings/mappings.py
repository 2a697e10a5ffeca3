"""All event source mappings of a region: their states on the clock, and a poller for each that is enabled."""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from tutor.errors import ServiceError
from tutor.region.invoking.role import role_caller
from tutor.region.mappings.checkpoint import forget
from tutor.region.mappings.dropping import Dropping
from tutor.region.mappings.narration import Narration
from tutor.region.mappings.queue import Queue
from tutor.region.mappings.queue_poller import QueuePoller
from tutor.region.mappings.source_mapping import KIND, SourceMapping
from tutor.region.mappings.sources import POLLED, stream_of
from tutor.region.mappings.stream_poller import StreamPoller

if TYPE_CHECKING:
    from tutor.region.neighbours.asked import Asked
    from tutor.region.region import Region

_SETTLING = 1.0  # ours: seconds of region time that a change of state takes
_SETTLES: Mapping[str, Mapping[bool, str]] = {
    "Creating": {True: "Enabled", False: "Disabled"},
    "Enabling": {True: "Enabled", False: "Disabled"},
    "Updating": {True: "Enabled", False: "Disabled"},
    "Disabling": {True: "Enabled", False: "Disabled"},
}
"""What a passing state ends in, by whether the mapping is to be enabled. ``Deleting`` ends in nothing."""


class Poller(Protocol):
    """Reads one source for one mapping. Used on the clock's thread alone."""

    mapping: SourceMapping

    @property
    def busy(self) -> bool:
        """Whether an invocation of it is still running."""

    def look(self) -> None:
        """See whether there is something to do."""

    def stop(self) -> None:
        """Begin nothing more."""


class Mappings:
    """The mappings that operations create, change and remove; each call takes the key of a mapping's document.

    Nothing polls in a circle: a poller looks when something passed the gate of the neighbours, and by appointment when
    something will show by itself. So an idle region does nothing, and a fast clock has nothing to jump to.
    """

    def __init__(self, region: "Region") -> None:
        self._region = region
        self._clock = region.clock
        self._pollers: dict[str, Poller] = {}
        self._roles: dict[str, str] = {}
        self._lock = threading.Lock()
        self._watching = False
        self._waking: set[str] = set()
        self._closed = False

    def start(self) -> None:
        """Go on with what the state holds: poll for enabled mappings, settle those that were changing."""
        for key, document in sorted(self._region.state.items(KIND), key=lambda item: item[1].get("place", 0)):
            if document["State"] in ("Enabled", "Disabled"):
                self._clock.at(self._clock.now(), lambda key=key: self._poll(key))  # type: ignore[misc]
            else:
                self.changed(key)

    def created(self, key: str) -> None:
        """A mapping's document is there, in state Creating."""
        self.changed(key)

    def changed(self, key: str) -> None:
        """A mapping's settings or its state have changed; it settles in a while of region time."""
        self._clock.at(self._clock.now(), lambda: self._rest(key))
        self._clock.after(_SETTLING, lambda: self._settle(key))

    def removed(self, key: str) -> None:
        """A mapping is in state Deleting."""
        self.changed(key)

    def close(self) -> None:
        """Poll no more."""
        self._closed = True
        for poller in list(self._pollers.values()):
            poller.stop()

    def _rest(self, key: str) -> None:
        if key in self._pollers:
            self._pollers[key].stop()

    def _settle(self, key: str) -> None:
        """End a passing state, when nothing of before runs any more."""
        poller = self._pollers.get(key)
        if poller is not None and poller.busy:
            self._clock.after(_SETTLING, lambda: self._settle(key))
            return
        self._pollers.pop(key, None)
        state = self._region.state
        with state.transaction():
            document = state.get(KIND, key)
            if document is None:
                return
            if document["State"] == "Deleting":
                state.delete(KIND, key)
                forget(state, key)
                return
            if document["State"] in _SETTLES:
                settled = _SETTLES[document["State"]][bool(document["enabled"])]
                state.put(KIND, key, {**document, "State": settled, **_confession(SourceMapping(key, document))})
        self._poll(key)

    def _poll(self, key: str) -> None:
        """Have a poller for an enabled mapping whose source can be polled here."""
        document = self._region.state.get(KIND, key)
        if document is None or document["State"] != "Enabled" or key in self._pollers or self._closed:
            return
        mapping = SourceMapping(key, document)
        self._roles[key] = role_arn(self._region, mapping)
        poller = self._poller(mapping, self._roles[key])
        if poller is not None:
            self._watch()
            self._pollers[key] = poller
            poller.look()

    def _poller(self, mapping: SourceMapping, role: str) -> Poller | None:
        region = self._region
        narration = Narration(region, mapping)
        caller = role_caller(role, mapping.function_name)
        if mapping.service == "sqs":
            return QueuePoller(region, mapping, Queue(region.neighbours, mapping.source_arn, caller), narration)
        stream = stream_of(region, mapping, role, caller)
        if stream is None:
            return None
        return StreamPoller(region, mapping, stream, narration, Dropping(region, mapping, narration, caller))

    def _watch(self) -> None:
        if not self._watching:
            self._watching = True
            self._region.neighbours.watch(self._something_passed)

    def _something_passed(self, asked: "Asked") -> None:
        """On any thread: have the pollers of that AWS region look."""
        with self._lock:
            if self._closed or asked.aws_region in self._waking:
                return
            self._waking.add(asked.aws_region)
        self._clock.at(self._clock.now(), lambda: self._look(asked.aws_region))

    def _look(self, aws_region: str) -> None:
        with self._lock:
            self._waking.discard(aws_region)
        for key, poller in list(self._pollers.items()):
            if poller.mapping.aws_region == aws_region:
                self._keep_role(key, poller)
                poller.look()

    def _keep_role(self, key: str, poller: Poller) -> None:
        """Have the source read with another role where the function has got one."""
        role = role_arn(self._region, poller.mapping)
        if role and role != self._roles.get(key) and not poller.busy:
            poller.stop()
            self._clock.at(self._clock.now(), lambda: self._settle(key))


def _confession(mapping: SourceMapping) -> dict[str, str]:
    """What a mapping says of itself whose source this region has not."""
    if mapping.service in POLLED:
        return {}
    told = "This region keeps the event source mapping but does not poll this kind of source; nothing is read."
    return {"StateTransitionReason": told, "LastProcessingResult": f"PROBLEM: {told}"}


def role_arn(region: "Region", mapping: SourceMapping) -> str:
    """The execution role of the mapping's function, empty where the function is gone."""
    try:
        return str(mapping.target(region.catalogue).configuration["Role"])
    except ServiceError:
        return ""
