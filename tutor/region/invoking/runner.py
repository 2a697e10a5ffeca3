"""One invocation, from the choice of the version to its log and metrics: what synchronous and queued ones share."""

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.awslambda.admission import Admitted, Throttle, Usage
from tutor.awslambda.alias import Alias, choose_version
from tutor.awslambda.configuration_state import ConfigurationState, check_invocable
from tutor.awslambda.initialisation import RestoreFailed
from tutor.awslambda.invocation import Invocation
from tutor.awslambda.invocation_request import InvocationRequest
from tutor.awslambda.recursion import RecursiveLoop, is_recursive, passed_on, recursive_invocation
from tutor.awslambda.version import has_snapshot
from tutor.errors import HostError, ServiceError
from tutor.region.catalogue import Target, function_arn
from tutor.region.invoking.admissions import Admissions
from tutor.region.invoking.idleness import Idleness
from tutor.region.invoking.live import LiveFunctions
from tutor.region.invoking.request import InvokeRequest
from tutor.region.invoking.trace import xray_line
from tutor.region.observing.observation import Observation

if TYPE_CHECKING:
    from tutor.region.region import Region


@dataclass(frozen=True)
class Leave:
    """Leave to run: the version that was chosen, and what is to be given back at the end."""

    target: Target
    admitted: Admitted


@dataclass(frozen=True)
class Ran:
    """What ran: with which leave, from when on (region time), beside what else."""

    leave: Leave
    began: float
    usage: Usage
    invocation: Invocation
    trace_header: str


class Runner:
    """Leads aliases to versions, asks for admission, runs. Safe for threads."""

    def __init__(
        self,
        region: "Region",
        admissions: Admissions,
        live: LiveFunctions,
        observation: Observation,
        idleness: Idleness,
    ) -> None:
        self._region = region
        self._admissions = admissions
        self._live = live
        self._observation = observation
        self._idleness = idleness
        fast = region.clock.mode == "fast"
        self._chance = random.Random(f"aliases of {region.name}") if fast else random.Random()

    def check_invocable(self, target: Target) -> None:
        """Refuse a version that cannot be invoked in its present state. Raises ``ServiceError``."""
        configuration = self._idleness.invoked(target).configuration
        state = ConfigurationState(configuration["State"], configuration.get("LastUpdateStatus"))
        check_invocable(state, has_snapshot(configuration))

    def admit(self, target: Target, *, synchronous: bool) -> Leave | Throttle:
        """Leave to run the target now, or why it is throttled. Leave must be used: ``run`` gives it back.

        Raises ``ServiceError`` for a version that cannot be invoked in its present state.
        """
        routed = self._routed(target)
        self.check_invocable(routed)
        admitted = self._admissions.admit(target, synchronous=synchronous)
        if isinstance(admitted, Throttle):
            self._observation.throttled(target)
            return admitted
        return Leave(routed, admitted)

    def _routed(self, target: Target) -> Target:
        """The version that an alias with weights leads to this time."""
        weights = ((target.alias or {}).get("RoutingConfig") or {}).get("AdditionalVersionWeights")
        if not weights or target.alias is None:
            return target
        alias = Alias(target.alias["Name"], target.alias["FunctionVersion"], weights)
        return self._region.catalogue.routed(target, choose_version(alias, self._chance.random()))

    def check_loop(self, request: InvokeRequest) -> None:
        """Refuse a request that has been through the function too often. Raises ``ServiceError``."""
        target = request.target
        setting: RecursiveLoop = target.function.get("recursive_loop") or "Terminate"
        arn = function_arn(target.aws_region, target.name)
        if is_recursive(request.trace_header, arn, setting, self._region.quotas):
            self._observation.recursive(target)
            raise recursive_invocation()

    def run(self, request: InvokeRequest, leave: Leave) -> Ran:
        """Run it, which blocks. Raises ``ServiceError`` where the sandbox could not run anything."""
        target, admitted = leave.target, leave.admitted
        began = self._region.clock.now()
        try:
            usage = self._admissions.usage(target.aws_region, target.name)
            with self._live.serving(target, admitted.qualifier if admitted.provisioned else "") as sandboxed:
                sandboxed.prepare()
                with self._region.clock.running():
                    invocation = sandboxed.invoke(request.payload, _asked(request))
        except RestoreFailed as error:
            self._observation.initialised(target, began, error.restore)
            raise
        except HostError as error:
            raise ServiceError("ServiceException", str(error)) from error
        except OSError as error:
            text = f"This host cannot run another environment: {error.strerror or error}."
            raise ServiceError("ServiceException", text) from error
        finally:
            self._admissions.release(target.aws_region, admitted)
        return Ran(leave, began, usage, invocation, request.trace_header)

    def observe(self, ran: Ran) -> None:
        """Write down what ran."""
        target = ran.leave.target
        active = (target.configuration.get("TracingConfig") or {}).get("Mode") == "Active"
        traced = xray_line(ran.trace_header) if active else None
        extra = (traced,) if traced else ()
        self._observation.ran(target, ran.leave.admitted, ran.usage, ran.began, ran.invocation, extra)


def _asked(request: InvokeRequest) -> InvocationRequest:
    target = request.target
    return InvocationRequest(
        request_id=request.request_id,
        invoked_arn=target.arn,
        client_context=request.client_context,
        trace_header=passed_on(request.trace_header, target.arn),
        on_streamed=request.on_streamed,
    )
