"""SnapStart's snapshots: taken when a version is published, by running its INIT."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tutor.awslambda.initialisation import Initialisation
from tutor.errors import ServiceError, TutorError
from tutor.region.catalogue import Target
from tutor.region.invoking.live import LiveFunctions
from tutor.region.observing.observation import Observation

if TYPE_CHECKING:
    from tutor.region.region import Region


class Snapshots:
    """Takes snapshots beside the clock's thread and tells of them on it."""

    def __init__(self, region: "Region", live: LiveFunctions, observation: Observation) -> None:
        self._region = region
        self._live = live
        self._observation = observation

    def take(self, target: Target, done: Callable[[bool], None]) -> None:
        """Run the version's INIT for its snapshot, log it, and call ``done`` with whether it succeeded.

        What this host cannot run at all (Java, .NET) counts as a success: it is no fault of the function, and invoking
        it tells why.
        """
        if not str(target.configuration["Runtime"]).startswith("python"):
            done(True)
            return
        self._region.clock.work(partial(self._initialise, target), partial(self._ended, target, done))

    def _initialise(self, target: Target) -> Initialisation | ServiceError | str:
        try:
            with self._live.serving(target) as sandboxed:
                return sandboxed.snapshot()
        except ServiceError as refusal:
            return refusal
        except (TutorError, OSError) as fault:
            return str(fault)

    def _ended(self, target: Target, done: Callable[[bool], None], found: Initialisation | ServiceError | str) -> None:
        succeeded, text = True, "the snapshot is taken"
        if isinstance(found, Initialisation):
            self._observation.initialised(target, self._region.clock.now(), found)
            if not found.succeeded:
                succeeded, text = False, f"no snapshot, INIT failed: {found.error_type or found.status}"
        else:
            succeeded, text = isinstance(found, str), f"no snapshot: {found}"
        self._region.timeline.note("snapshot", f"{target.name}:{target.version}", text, aws_region=target.aws_region)
        done(succeeded)
