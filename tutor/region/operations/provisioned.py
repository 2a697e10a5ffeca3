"""Put, Get, Delete and ListProvisionedConcurrencyConfigs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tutor.awslambda.concurrency import check_provisioned, check_provisioned_read, check_provisioned_target
from tutor.awslambda.names import FunctionName, alias_not_found, function_not_found
from tutor.region.call import Call
from tutor.region.catalogue import Target
from tutor.region.invoking.provisioning import members
from tutor.region.operations.page import page
from tutor.region.operations.reference import function, named, plain

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region
    from tutor.region.state import Document


def put_provisioned_concurrency_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Ask for environments that are kept initialised for a version or an alias."""
    name, count = named(call), int(call.parameters["ProvisionedConcurrentExecutions"])
    with region.state.transaction():
        shared = region.invoking.account(call.aws_region)
        if name.is_latest:
            check_provisioned_target(name, shared, {})
        target = _target(region, name)
        snap_start = target.configuration["SnapStart"]["ApplyOn"] != "None"
        check_provisioned_target(name, shared, _aliases(region, name), snap_start)
        check_provisioned(name, count, shared, region.quotas)
        return _answer(region.invoking.provisioning.request(target, count))


def get_provisioned_concurrency_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """How far the allocation is."""
    name = named(call)
    check_provisioned_read(name, configured=True)
    _target(region, name)
    kept = region.state.get("provisioned", _key(name))
    check_provisioned_read(name, configured=kept is not None)
    assert kept is not None
    return _answer(region.invoking.provisioning.progress(kept))


def delete_provisioned_concurrency_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Give the environments up; harmless where there are none."""
    name = named(call)
    check_provisioned_read(name, configured=True)
    region.invoking.provisioning.give_up(_target(region, name))
    return {}


def list_provisioned_concurrency_configs(region: "Region", call: Call) -> Mapping[str, Any]:
    """What is provisioned on a function's versions and aliases."""
    name = plain(call)
    function(region, call, name)
    found = region.state.items("provisioned", f"{call.aws_region}/{name.name}:")
    shown, more = page(call, found, lambda entry: entry[0], region.quotas.page_size)
    configs = [
        {
            "FunctionArn": name.qualified(key.rpartition(":")[2]).arn,
            **_answer(region.invoking.provisioning.progress(kept)),
        }
        for key, kept in shown
    ]
    return {"ProvisionedConcurrencyConfigs": configs, **more}


def _target(region: "Region", name: FunctionName) -> Target:
    """The version or alias. That an alias is not there is told in the words of the aliases' own operations."""
    aws_region = name.place.aws_region
    if name.is_alias and region.state.get("alias", _key(name)) is None:
        raise alias_not_found(name)
    if region.catalogue.function(aws_region, name.name) is None:
        raise function_not_found(name)
    return region.catalogue.target(aws_region, name.name, name.qualifier)


def _aliases(region: "Region", name: FunctionName) -> Mapping[str, str]:
    found = region.catalogue.aliases(name.place.aws_region, name.name)
    return {alias["Name"]: alias["FunctionVersion"] for alias in found}


def _key(name: FunctionName) -> str:
    return f"{name.place.aws_region}/{name.name}:{name.qualifier}"


def _answer(document: "Document") -> dict[str, Any]:
    asked = datetime.fromtimestamp(document["asked"], UTC)
    return {**members(document), "LastModified": f"{asked:%Y-%m-%dT%H:%M:%S}+0000"}


OPERATIONS: Mapping[str, "Operation"] = {
    "PutProvisionedConcurrencyConfig": put_provisioned_concurrency_config,
    "GetProvisionedConcurrencyConfig": get_provisioned_concurrency_config,
    "DeleteProvisionedConcurrencyConfig": delete_provisioned_concurrency_config,
    "ListProvisionedConcurrencyConfigs": list_provisioned_concurrency_configs,
}
