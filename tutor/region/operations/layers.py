"""Layers and their versions: publish, get, list, delete."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda.names import LayerName, layer_name
from tutor.region.call import Call
from tutor.region.operations.code_location import location
from tutor.region.operations.moment import stamp
from tutor.region.operations.packages import Package, receive
from tutor.region.operations.page import page
from tutor.region.operations.reference import place
from tutor.region.operations.refusal import invalid, missing, unauthorized
from tutor.region.operations.storage import count
from tutor.region.operations.used_layers import layer_version_key
from tutor.region.state import Document

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region

_COUNTED_DOWN = 999_999_999


def publish_layer_version(region: "Region", call: Call) -> Mapping[str, Any]:
    """Make the next version of a layer, or the first. Numbers are never used twice."""
    name = layer_name(call.parameters["LayerName"], place(call))
    check_own(call, name)
    package = receive(region, call, call.parameters["Content"])
    key = f"{call.aws_region}/{name.name}"
    with region.state.transaction():
        count(region, call.aws_region, package.size)
        number = int((region.state.get("layer", key) or {"next_version": 1})["next_version"])
        made = LayerName(name.name, number, name.place)
        document = _document(region, call, made, package)
        region.state.put("layer", key, {"next_version": number + 1})
        region.state.put("layer-version", layer_version_key(made), document)
    return _answered(region, document)


def _document(region: "Region", call: Call, name: LayerName, package: Package) -> dict[str, Any]:
    asked = call.parameters
    document: dict[str, Any] = {
        "LayerArn": name.layer_arn,
        "LayerVersionArn": name.arn,
        "Version": name.version,
        "Description": asked.get("Description", ""),
        "CreatedDate": stamp(region.clock),
        "CodeSize": package.size,
        "CodeSha256": package.sha256,
        "blob": package.blob,
        "unzipped": package.unzipped,
    }
    for member in ("CompatibleRuntimes", "CompatibleArchitectures", "LicenseInfo"):
        if member in asked:
            document[member] = asked[member]
    return document


def _answered(region: "Region", document: Document) -> dict[str, Any]:
    content = {
        "Location": location(region, document["blob"]),
        "CodeSha256": document["CodeSha256"],
        "CodeSize": document["CodeSize"],
    }
    hidden = ("CodeSha256", "CodeSize")
    rest = {member: value for member, value in document.items() if member[0].isupper() and member not in hidden}
    return {"Content": content, **rest}


def get_layer_version(region: "Region", call: Call) -> Mapping[str, Any]:
    """One version, and where its zip can be fetched."""
    return _answered(region, _existing(region, named(call)))


def get_layer_version_by_arn(region: "Region", call: Call) -> Mapping[str, Any]:
    """One version, by its whole ARN."""
    name = layer_name(call.parameters["Arn"], place(call))
    check_own(call, name)
    return _answered(region, _existing(region, name))


def delete_layer_version(region: "Region", call: Call) -> Mapping[str, Any]:
    """Delete a version; functions that use it keep it. Harmless where there is none."""
    name = named(call)
    with region.state.transaction():
        gone = region.state.get("layer-version", layer_version_key(name))
        count(region, call.aws_region, -gone["CodeSize"] if gone else 0)
        region.state.delete("layer-version", layer_version_key(name))
        region.state.delete("layer-policy", layer_version_key(name))
    return {}


def list_layer_versions(region: "Region", call: Call) -> Mapping[str, Any]:
    """The versions of a layer, the newest first; those for one runtime or architecture where that is asked."""
    name = layer_name(call.parameters["LayerName"], place(call))
    found = [each for each in _versions(region, call, name.name) if _fits(call, each)]
    chosen, more = page(call, found, lambda each: f"{_COUNTED_DOWN - int(each['Version']):09}", region.quotas.page_size)
    return {"LayerVersions": [_listed(each) for each in chosen], **more}


def list_layers(region: "Region", call: Call) -> Mapping[str, Any]:
    """The layers by name, each with its newest version that fits; one without such a version is left out."""
    names = [key.partition("/")[2] for key, _ in region.state.items("layer", f"{call.aws_region}/")]
    found = []
    for name in names:
        fitting = [each for each in _versions(region, call, name) if _fits(call, each)]
        if fitting:
            arn = fitting[0]["LayerArn"]
            found.append({"LayerName": name, "LayerArn": arn, "LatestMatchingVersion": _listed(fitting[0])})
    chosen, more = page(call, found, lambda each: str(each["LayerName"]), region.quotas.page_size)
    return {"Layers": chosen, **more}


def _versions(region: "Region", call: Call, name: str) -> list[Document]:
    """The newest first."""
    found = region.state.items("layer-version", f"{call.aws_region}/{name}:")
    return [document for _, document in reversed(found)]


def _fits(call: Call, document: Document) -> bool:
    """Whether a version says of itself that it goes with what is asked for."""
    wanted = {"CompatibleRuntimes": "CompatibleRuntime", "CompatibleArchitectures": "CompatibleArchitecture"}
    return all(
        call.parameters.get(asked) is None or call.parameters[asked] in document.get(member, ())
        for member, asked in wanted.items()
    )


def _listed(document: Document) -> dict[str, Any]:
    """How a list tells a version: an empty description is left out, where the version's own answer has it."""
    hidden = ("LayerArn", "CodeSha256", "CodeSize", *(() if document["Description"] else ("Description",)))
    return {member: value for member, value in document.items() if member[0].isupper() and member not in hidden}


def named(call: Call) -> LayerName:
    """The layer version that a call names by the layer and a number."""
    name = layer_name(call.parameters["LayerName"], place(call), call.parameters["VersionNumber"])
    if name.version is None or name.version > _COUNTED_DOWN:
        raise missing("The resource you requested does not exist.")
    check_own(call, name)
    return name


def check_own(call: Call, name: LayerName) -> None:
    """Refuse a layer of another Region or account, none of which is here."""
    if name.place.aws_region != call.aws_region:
        raise invalid(f"Layers are not in the same region. Layers are expected to be in region {call.aws_region}.")
    if name.place.account != place(call).account:
        raise unauthorized(call.caller, f"lambda:{call.operation}", name.arn)


def _existing(region: "Region", name: LayerName) -> Document:
    known = name.version is not None and name.version <= _COUNTED_DOWN
    document = region.state.get("layer-version", layer_version_key(name)) if known else None
    if document is None:
        raise missing("The resource you requested does not exist.")
    return document


OPERATIONS: Mapping[str, "Operation"] = {
    "PublishLayerVersion": publish_layer_version,
    "GetLayerVersion": get_layer_version,
    "GetLayerVersionByArn": get_layer_version_by_arn,
    "DeleteLayerVersion": delete_layer_version,
    "ListLayerVersions": list_layer_versions,
    "ListLayers": list_layers,
}
