"""Functions that nobody invokes for long: what Lambda holds for them in other services is given back.

They are Inactive then. The next invocation fails, and the function is Pending until it is restored. Only what has
anything to give back falls asleep: a function in a VPC its network interfaces, a Java version its snapshot. Source:
developer guide, functions-states, configuration-vpc, snapstart-activate.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tutor.awslambda.version import has_snapshot
from tutor.region.catalogue import Target
from tutor.region.operations.settling import put_to_rest, settle_later, woken

if TYPE_CHECKING:
    from tutor.region.region import Region

_KIND = "used"
_DAY = 86_400.0


class Idleness:
    """Knows when a version was last used. Its state follows when somebody looks: nothing waits on the clock for it.

    Documents of kind ``used``, by the version's key, for versions that can be idle alone.
    """

    def __init__(self, region: "Region") -> None:
        self._region = region

    def looked_at(self, target: Target) -> Target:
        """The target in the state it is in by now."""
        if not can_be_idle(target.configuration) or not self._is_over(target):
            return target
        self._region.catalogue.put_configuration(target, put_to_rest(target.configuration))
        return self._again(target)

    def invoked(self, target: Target) -> Target:
        """The target as the invocation finds it, which counts as its last one, and wakes it where it sleeps."""
        if not can_be_idle(target.configuration):
            return target
        with self._region.state.transaction():
            found = self.looked_at(target)
            self._region.state.put(_KIND, target.version_key, {"at": self._region.clock.now()})
            if found.configuration["State"] == "Inactive":
                self._region.catalogue.put_configuration(found, woken(found.configuration))
                settle_later(self._region, self._again(found))
        return found

    def _is_over(self, target: Target) -> bool:
        configuration = target.configuration
        if configuration["State"] != "Active" or configuration.get("LastUpdateStatus") == "InProgress":
            return False
        kept = self._region.state.get(_KIND, target.version_key)
        made = datetime.strptime(configuration["LastModified"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
        last = max(made, configuration.get("published", 0.0), kept["at"] if kept else 0.0)
        return bool(self._region.clock.now() - last >= self._region.quotas.idle_days * _DAY)

    def _again(self, target: Target) -> Target:
        catalogue = self._region.catalogue
        found = catalogue.target(target.aws_region, target.name, target.qualifier)
        return catalogue.routed(found, target.version)


def can_be_idle(configuration: Mapping[str, Any]) -> bool:
    """Whether Lambda holds something for the version in another service, which it can give back."""
    in_vpc = bool((configuration.get("VpcConfig") or {}).get("SubnetIds"))
    return in_vpc or (has_snapshot(configuration) and str(configuration["Runtime"]).startswith("java"))
