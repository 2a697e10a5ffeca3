"""CreateFunction, GetFunction, GetFunctionConfiguration, DeleteFunction, ListFunctions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda import function_request, version
from tutor.awslambda.names import LATEST, FunctionName, new_function_name
from tutor.region.call import Call
from tutor.region.catalogue import Target
from tutor.region.operations import demands, settings, settling
from tutor.region.operations.answer import answered, listed, of_target
from tutor.region.operations.code_location import location
from tutor.region.operations.code_signing import check_signature, sign_with
from tutor.region.operations.environment_keys import with_environment
from tutor.region.operations.moment import stamp
from tutor.region.operations.networks import in_vpc, vpc_id
from tutor.region.operations.packages import Package, receive
from tutor.region.operations.page import page
from tutor.region.operations.publishing import publish
from tutor.region.operations.reference import function, named, place, target
from tutor.region.operations.storage import count
from tutor.region.operations.tags import check_tags
from tutor.region.operations.used_layers import check_size, with_layers

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region

_KEPT_BESIDE = ("alias", "version", "policy", "event-invoke", "url", "provisioned", "runtime-management", "used")


def create_function(region: "Region", call: Call) -> Mapping[str, Any]:
    """Make a function of a zip. It is Pending for a moment; with ``Publish`` its first version is there too."""
    asked = call.parameters
    name = new_function_name(asked["FunctionName"], place(call), region.quotas)
    demands.check_parameters(asked)
    function_request.check_create(asked, place(call), region.runtimes, region.clock.datetime().date(), region.quotas)
    _check_new(region, name)
    check_tags({}, asked.get("Tags", {}), region.quotas)
    configuration = settings.first(asked, name, region.quotas)
    demands.check(region, call, configuration)
    configuration = in_vpc(configuration, vpc_id(region, call, configuration))
    package = receive(region, call, asked["Code"])
    with region.state.transaction():
        _check_new(region, name)
        made = _first(region, call, configuration, package)
        sign_with(region, name, asked.get("CodeSigningConfigArn"))
        check_signature(region, name)
        kept = {"name": name.name, "created": region.clock.now(), "tags": dict(asked.get("Tags", {})), "latest": made}
        region.catalogue.put_function(call.aws_region, name.name, kept)
        published = publish(region, name, None, pending=True)[0] if asked.get("Publish") else None
    settling.settle_later(region, region.catalogue.target(call.aws_region, name.name))
    if published is None:
        return answered(made)
    settling.settle_later(region, published)
    return answered(published.configuration, name.unqualified_arn)


def _check_new(region: "Region", name: FunctionName) -> None:
    if region.catalogue.function(name.place.aws_region, name.name) is not None:
        raise function_request.function_exists(name.name)


def _first(region: "Region", call: Call, configuration: Mapping[str, Any], package: Package) -> dict[str, Any]:
    """The whole configuration of a new function."""
    empty = {**configuration, "layers": [], "layers_unzipped": 0}
    made = settling.created(with_code(region, with_layers(region, call, empty), package, call.parameters["Code"]))
    check_size(region, made)
    count(region, call.aws_region, package.size)
    return made


def with_code(
    region: "Region", configuration: Mapping[str, Any], package: Package, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """The configuration with other code; ``asked`` may name the key that AWS would encrypt it with."""
    return {
        **configuration,
        "source_kms_key_arn": asked.get("SourceKMSKeyArn", ""),
        "CodeSize": package.size,
        "CodeSha256": package.sha256,
        "blob": package.blob,
        "unzipped": package.unzipped,
        "LastModified": stamp(region.clock),
    }


def get_function(region: "Region", call: Call) -> Mapping[str, Any]:
    """The configuration, where its code can be fetched, its tags and its reserved concurrency."""
    found = target(region, call)
    code = {"RepositoryType": "S3", "Location": location(region, found.configuration["blob"])}
    if found.configuration.get("source_kms_key_arn"):
        code["SourceKMSKeyArn"] = found.configuration["source_kms_key_arn"]
    answer: dict[str, Any] = {"Configuration": _seen(region, call, found), "Code": code}
    if found.function["tags"]:
        answer["Tags"] = found.function["tags"]
    if found.function.get("reserved") is not None:
        answer["Concurrency"] = {"ReservedConcurrentExecutions": found.function["reserved"]}
    return answer


def get_function_configuration(region: "Region", call: Call) -> Mapping[str, Any]:
    """The configuration of ``$LATEST``, a version, or the version that an alias leads to."""
    return _seen(region, call, target(region, call))


def _seen(region: "Region", call: Call, found: Target) -> Mapping[str, Any]:
    return with_environment(region, call, of_target(found))


def delete_function(region: "Region", call: Call) -> Mapping[str, Any]:
    """Delete the function with all that belongs to it, or one version that no alias needs."""
    name = named(call)
    if name.qualifier is not None and "$" not in name.qualifier.removeprefix(LATEST):
        version.check_deletion(name, exists=False, aliases=())  # before the function is looked for, as the service does
    function(region, call, name)
    if name.qualifier is not None:
        _delete_version(region, name)
        return {"StatusCode": 204}
    key = f"{call.aws_region}/{name.name}"
    with region.state.transaction():
        gone = [function(region, call, name)["latest"], *region.catalogue.versions(call.aws_region, name.name)]
        count(region, call.aws_region, -sum(each["CodeSize"] for each in gone))
        for kind in _KEPT_BESIDE:
            for found, _ in region.state.items(kind, f"{key}:"):
                region.state.delete(kind, found)
            region.state.delete(kind, key)
        region.state.delete("code-signing-of", key)
        region.state.delete("function", key)
    region.invoking.removed(key)
    region.triggers.removed(key)
    return {"StatusCode": 204}


def _delete_version(region: "Region", name: FunctionName) -> None:
    aws_region, number = name.place.aws_region, str(name.qualifier)
    with region.state.transaction():
        kept = [each for each in region.catalogue.versions(aws_region, name.name) if each["Version"] == number]
        leads = [
            alias["Name"]
            for alias in region.catalogue.aliases(aws_region, name.name)
            if number == alias["FunctionVersion"]
            or number in alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        ]
        version.check_deletion(name, bool(kept), leads)
        count(region, aws_region, -sum(each["CodeSize"] for each in kept))
        key = f"{aws_region}/{name.name}:{number}"
        region.state.delete("version", f"{aws_region}/{name.name}:{int(number):09}")
        for kind in ("policy", "event-invoke", "provisioned", "runtime-management", "used"):
            region.state.delete(kind, key)
    region.invoking.removed(key)


def list_functions(region: "Region", call: Call) -> Mapping[str, Any]:
    """The functions by name, with ``FunctionVersion=ALL`` their versions too. No function here is replicated (Edge)."""
    everything = call.parameters.get("FunctionVersion") == "ALL"
    if call.parameters.get("MasterRegion") not in (None, "ALL", call.aws_region):
        return {"Functions": []}
    found: list[Mapping[str, Any]] = []
    for document in region.catalogue.functions(call.aws_region):
        found.append(document["latest"])
        if everything:
            found.extend(region.catalogue.versions(call.aws_region, document["name"]))
    chosen, more = page(call, found, _place_in_list, region.quotas.page_size)
    return {"Functions": [listed(each, qualified=everything) for each in chosen], **more}


def _place_in_list(configuration: Mapping[str, Any]) -> str:
    number = configuration["Version"]
    return f"{configuration['FunctionName']} {int(number) if number.isdecimal() else 0:09}"  # a space sorts first


OPERATIONS: Mapping[str, "Operation"] = {
    "CreateFunction": create_function,
    "GetFunction": get_function,
    "GetFunctionConfiguration": get_function_configuration,
    "DeleteFunction": delete_function,
    "ListFunctions": list_functions,
}
