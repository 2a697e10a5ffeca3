"""CreateAlias, GetAlias, UpdateAlias, DeleteAlias, ListAliases."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda.alias import Alias, Target, alias_exists, alias_missing, check_alias, check_alias_name
from tutor.awslambda.configuration_state import check_leadable
from tutor.awslambda.names import FunctionName, alias_not_found
from tutor.awslambda.version import check_revision
from tutor.region.call import Call
from tutor.region.operations import demands
from tutor.region.operations.moment import revision
from tutor.region.operations.page import page
from tutor.region.operations.reference import function, plain
from tutor.region.state import Document

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region


def create_alias(region: "Region", call: Call) -> Mapping[str, Any]:
    """Name a version, or two with weights."""
    asked, name = call.parameters, plain(call).qualified(call.parameters["Name"])
    check_alias_name(asked["Name"])
    document = {
        "AliasArn": name.arn,
        "Name": asked["Name"],
        "FunctionVersion": asked["FunctionVersion"],
        "Description": asked.get("Description", ""),
        "RevisionId": revision(),
    }
    with region.state.transaction():
        return _keep(region, call, name, _routed(document, asked), new=True)


def get_alias(region: "Region", call: Call) -> Mapping[str, Any]:
    """One alias."""
    name = plain(call).qualified(call.parameters["Name"])
    function(region, call, name)
    document = region.state.get("alias", _key(name))
    if document is None:
        raise alias_not_found(name)
    return document


def update_alias(region: "Region", call: Call) -> Mapping[str, Any]:
    """Point an alias elsewhere. Routing that is not named stays; an empty one is taken away."""
    asked, name = call.parameters, plain(call).qualified(call.parameters["Name"])
    with region.state.transaction():
        function(region, call, name)
        before = region.state.get("alias", _key(name))
        if before is None:
            raise alias_missing(name)
        check_revision(asked.get("RevisionId"), before["RevisionId"])
        named = {member: asked[member] for member in ("FunctionVersion", "Description") if member in asked}
        kept = _keep(region, call, name, _routed({**before, **named, "RevisionId": revision()}, asked), new=False)
    region.invoking.changed(f"{call.aws_region}/{name.name}")
    return kept


def delete_alias(region: "Region", call: Call) -> Mapping[str, Any]:
    """Forget an alias with what belongs to it; harmless where there is none."""
    name = plain(call).qualified(call.parameters["Name"])
    with region.state.transaction():
        function(region, call, name)
        for kind in ("alias", "policy", "event-invoke", "url", "provisioned"):
            region.state.delete(kind, _key(name))
    region.invoking.removed(_key(name))
    region.triggers.removed(_key(name))
    return {}


def list_aliases(region: "Region", call: Call) -> Mapping[str, Any]:
    """The aliases by name, or those whose main version is the one that the call names."""
    name = plain(call)
    function(region, call, name)
    version = call.parameters.get("FunctionVersion")
    found = region.catalogue.aliases(call.aws_region, name.name)
    chosen = [alias for alias in found if version in (None, alias["FunctionVersion"])]
    shown, more = page(call, chosen, lambda alias: str(alias["Name"]), region.quotas.page_size)
    return {"Aliases": shown, **more}


def _key(name: FunctionName) -> str:
    return f"{name.place.aws_region}/{name.resource}"


def _routed(document: Document, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The alias with the weights that the call gives."""
    result = dict(document)
    if "RoutingConfig" in asked:
        weights = asked["RoutingConfig"].get("AdditionalVersionWeights")
        result.pop("RoutingConfig", None)
        if weights:
            result["RoutingConfig"] = {"AdditionalVersionWeights": dict(weights)}
    return result


def _keep(region: "Region", call: Call, name: FunctionName, document: Document, *, new: bool) -> Document:
    demands.check_parameters(call.parameters)
    main = document["FunctionVersion"]
    kept = region.catalogue.function(call.aws_region, name.name)
    if kept is None:
        region.catalogue.target(call.aws_region, name.name, main)  # says that it is not there, as AWS does
    weights = document.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    alias = Alias(name.qualifier or "", main, weights)
    check_alias(alias, name.qualified(None), _targets(region, call, name), region.quotas)
    for version in (main, *weights):
        check_leadable(region.catalogue.target(call.aws_region, name.name, version).configuration["State"])
    if new and region.state.get("alias", _key(name)) is not None:
        raise alias_exists(name)
    region.state.put("alias", _key(name), document)
    return document


def _targets(region: "Region", call: Call, name: FunctionName) -> dict[str, Target]:
    """What an alias could point to."""
    found = [region.catalogue.target(call.aws_region, name.name).configuration]
    found.extend(region.catalogue.versions(call.aws_region, name.name))
    return {each["Version"]: Target(each["Role"], each.get("DeadLetterConfig", {}).get("TargetArn")) for each in found}


OPERATIONS: Mapping[str, "Operation"] = {
    "CreateAlias": create_alias,
    "GetAlias": get_alias,
    "UpdateAlias": update_alias,
    "DeleteAlias": delete_alias,
    "ListAliases": list_aliases,
}
