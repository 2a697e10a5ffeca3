"""moto's load balancers: a function is a target when it may be invoked, and is healthy when somebody looks.

Source: Elastic Load Balancing user guide, lambda-functions; API reference, RegisterTargets, DescribeTargetHealth.
"""

from functools import partial
from types import ModuleType
from typing import Any, cast

from tutor.region.neighbours.house import scene
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.refusal import refused

_SERVICE = "elasticloadbalancing.amazonaws.com"


def mend_load_balancers(module: ModuleType) -> None:
    """Mend ``moto.elbv2.models``."""
    backend, group = module.ELBv2Backend, module.FakeTargetGroup
    registered, health = backend.register_targets, group.health_for

    def register_targets(self: Any, target_group_arn: str, instances: list[dict[str, Any]]) -> None:
        there = self.target_groups.get(target_group_arn)
        if there is not None and there.target_type == "lambda":
            for target in instances:
                if not _may_invoke(target["Id"], target_group_arn):
                    raise _denied(f"permission to invoke {target['Id']} from target group {target_group_arn}")
        registered(self, target_group_arn, instances)

    def health_for(self: Any, target: dict[str, Any], ec2_backend: Any) -> Any:
        told = health(self, target, ec2_backend)
        if self.target_type == "lambda" and told.status == "healthy" and not _is_set(self.health_check_enabled):
            told.status, told.reason = "unavailable", "Target.HealthCheckDisabled"
            told.description = "Health checks are not enabled for this target"
        return told

    backend.register_targets, group.health_for = register_targets, health_for


def _denied(what: str) -> Exception:
    """The service's model does not know this error, so moto's own form of it does not do."""
    text = f"elasticloadbalancing principal does not have {what}"
    error: Any = moto("core.exceptions").HTTPException(refused("query", "AccessDenied", text).data().decode())
    error.code = 403
    return cast(Exception, error)


def _is_set(setting: Any) -> bool:
    return str(setting).lower() == "true"


def _may_invoke(function: str, target_group: str) -> bool:
    here = scene()
    if here is None:
        return True
    place = {"service": _SERVICE, "source_arn": target_group, "aws_region": target_group.split(":")[3]}
    return here.hear(partial(here.house.adapter.permits, function, **place)) is not False
