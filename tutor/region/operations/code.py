"""UpdateFunctionCode and UpdateFunctionConfiguration: what changes ``$LATEST``."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda.function_request import check_update_code
from tutor.awslambda.names import FunctionName
from tutor.awslambda.version import check_revision
from tutor.region.call import Call
from tutor.region.catalogue import Target
from tutor.region.operations import demands, settings, settling
from tutor.region.operations.answer import answered
from tutor.region.operations.code_signing import check_signature
from tutor.region.operations.functions import with_code
from tutor.region.operations.moment import stamp
from tutor.region.operations.networks import in_vpc, vpc_id
from tutor.region.operations.packages import receive
from tutor.region.operations.publishing import publish
from tutor.region.operations.reference import plain
from tutor.region.operations.storage import check_storage, count
from tutor.region.operations.used_layers import check_size, with_layers

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region

_SOURCES = ("ZipFile", "S3Bucket", "S3Key", "S3ObjectVersion", "S3ObjectStorageMode")


def update_function_code(region: "Region", call: Call) -> Mapping[str, Any]:
    """Give ``$LATEST`` other code, which the next invocation runs; with ``Publish`` make a version of it at once.

    ``DryRun`` checks everything, answers what would be, and changes nothing.
    """
    asked, name = call.parameters, plain(call)
    demands.check_parameters(asked)
    check_update_code(asked)
    _changeable(region, call, name)
    package = receive(region, call, {member: asked[member] for member in _SOURCES if member in asked})
    with region.state.transaction():
        before = _changeable(region, call, name)
        check_signature(region, name)
        changed = with_code(region, before.configuration, package, asked)
        if asked.get("Architectures"):
            changed["Architectures"] = list(asked["Architectures"])
        check_size(region, changed)
        more = package.size - before.configuration["CodeSize"]
        check_storage(region, call.aws_region, more)
        if asked.get("DryRun"):
            return answered(changed)
        count(region, call.aws_region, more)
        after = _keep(region, before, changed)
        published, new = publish(region, name, None, pending=True) if asked.get("Publish") else (after, False)
    _announce(region, after)
    if new:
        settling.settle_later(region, published)
    return answered(published.configuration)


def update_function_configuration(region: "Region", call: Call) -> Mapping[str, Any]:
    """Change settings of ``$LATEST``; what the call does not name stays."""
    name = plain(call)
    demands.check_parameters(call.parameters)
    changed = _changes(region, call, name)(_changeable(region, call, name))
    demands.check(region, call, changed)
    vpc = vpc_id(region, call, changed)
    with region.state.transaction():
        before = _changeable(region, call, name)
        after = _keep(region, before, in_vpc(_changes(region, call, name)(before), vpc))
    _announce(region, after)
    return answered(after.configuration)


def _changes(region: "Region", call: Call, name: FunctionName) -> Callable[[Target], dict[str, Any]]:
    """What the call makes of a configuration, its layers included."""

    def make(before: Target) -> dict[str, Any]:
        changed = settings.changed(before.configuration, call.parameters, name.place)
        changed = with_layers(region, call, {**changed, "LastModified": stamp(region.clock)})
        check_size(region, changed)
        return changed

    return make


def _changeable(region: "Region", call: Call, name: FunctionName) -> Target:
    """``$LATEST``, which must be at rest, and as the caller has seen it where that was said."""
    found = region.catalogue.target(call.aws_region, name.name)
    check_revision(call.parameters.get("RevisionId"), found.configuration["RevisionId"])
    settling.check_at_rest(found)
    return found


def _keep(region: "Region", before: Target, changed: Mapping[str, Any]) -> Target:
    region.catalogue.put_configuration(before, settling.updated(changed))
    return region.catalogue.target(before.aws_region, before.name)


def _announce(region: "Region", after: Target) -> None:
    """The environments of before end; the new state comes to rest in a moment."""
    region.invoking.changed(after.key)
    settling.settle_later(region, after)


OPERATIONS: Mapping[str, "Operation"] = {
    "UpdateFunctionCode": update_function_code,
    "UpdateFunctionConfiguration": update_function_configuration,
}
